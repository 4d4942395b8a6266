"""Reads by rules: picks the sentences that answer, and the short answer where one stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.answer import CITED_AT_MOST, TEXT_LIMIT, Citation
from bot.metadata import answering_lines, asked_sections
from bot.question import Question
from bot.readers.evidence import FEATURES, features
from bot.readers.model import Model
from bot.readers.objections import objections
from bot.readers.sentence import Sentence, read_document
from bot.readers.short import short_answer
from corpus import Document
from corpus.text import fold
from index import Encoder, Hit, Vectors
from index.snapshot import Snapshot

BACKGROUND = (
    "今天天气晴朗，适合出门散步。", "这道菜需要先焯水再下锅翻炒。", "球队在最后一分钟攻入制胜一球。", "函数返回一个整数列表。",
    "病人应当遵医嘱按时服药。", "三角形的内角和等于一百八十度。", "股票市场今天小幅上涨。", "这部电影获得了最佳导演奖。",
    "地铁二号线延长线将于年底通车。", "学校组织学生参加植树活动。", "该公司发布了新款手机。", "水在零摄氏度时结冰。",
    "他出生于一八八一年。", "这种鱼生活在热带海域。", "合同双方应当履行义务。", "专家建议加强锻炼。",
    "秋天的树叶变成了金黄色。", "旅客请提前两小时到达机场。", "该省去年粮食产量再创新高。", "法院作出了一审判决。",
    "猫喜欢在夜间活动。", "古城墙建于明代。", "她从小学习钢琴。", "新规定自下月起施行。",
    "会议研究了下一步工作。", "村里修了一条水泥路。", "实验结果与理论预测一致。", "银行下调了贷款利率。",
    "火箭成功将卫星送入轨道。", "孩子们在操场上做游戏。", "政府出台了扶持政策。", "志愿者走进社区开展服务。",
)  # fmt: skip
"""Unrelated sentences: a cosine says something only beside what these get with the same question."""

CONTEXT = FEATURES.index("context")
WORDLESS = 0.35
"""Where no candidate has this share of the question's terms, meaning alone decides."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Sentences to cite in the order of the text, none where the hits do not answer; confidence 0 to 1."""

    citations: tuple[Citation, ...]
    short_answer: str | None
    confidence: float


class ExtractiveReader:
    """Scores every sentence of the hits by a logistic model over named features, and cites the best."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder | None, model: Model, refuse: bool = True) -> None:
        self._snapshot = snapshot
        self._model = model
        self._refuse = refuse
        self._background = encoder.encode_document(list(BACKGROUND)) if encoder else None
        self._sentences = lru_cache(512)(self._read)
        self._folded = lru_cache(512)(lambda document: fold(document.text))
        rows = enumerate(snapshot.collection.sentences)
        self._row = {(s.document.doc_id, s.start): row for row, s in rows}

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """The answer that `hits` hold."""
        about_article = asked_sections(question)
        if about_article and hits:
            lines = answering_lines(hits[0].passage.document, about_article, question.kind)
            if lines:
                return self._cite(question, [Citation(s.document, s.start, s.end) for s in lines], 1.0)
        candidates = [(s, hit.score) for hit in hits for s in self._inside(hit)]
        if not candidates or not question.terms:
            return Reading((), None, 0.0)
        found = [s for s, _ in candidates]
        lift = self._lift(question, found)
        against = [objections(question, s, self._folded(s.span.document)) for s in found]
        evidence = features(question, found, lift, np.array([p for _, p in candidates], np.float32), against)
        odds = self._model.log_odds(evidence)
        if evidence[:, CONTEXT].max() < WORDLESS:
            odds = 100 * lift
        top = int(np.argmax(odds))
        if self._refuse and (against[top] or 10 * lift[top] < self._model.threshold):
            return Reading((), None, float(lift[top]))
        chosen = self._choose(question, found, odds)
        return self._cite(question, [Citation(s.span.document, s.span.start, s.span.end) for s in chosen], float(lift[top]))

    def _choose(self, question: Question, found: list[Sentence], odds: Vectors) -> list[Sentence]:
        order = np.argsort(-odds, kind="stable")
        best = found[int(order[0])]
        chosen = [best]
        return chosen

    def _cite(self, question: Question, citations: list[Citation], confidence: float) -> Reading:
        first = citations[0]
        span = short_answer(question, first.quote, self._snapshot.segmenter)
        citations = sorted(citations, key=lambda c: (c.document.doc_id != first.document.doc_id, c.start))
        kept = []
        for c in citations[:CITED_AT_MOST]:
            if sum(len(k.quote) + 3 for k in kept) + len(c.quote) + 3 <= TEXT_LIMIT:
                kept.append(c)
        return Reading(tuple(kept), first.quote[slice(*span)] if span else None, confidence)

    def _lift(self, question: Question, found: list[Sentence]) -> Vectors:
        """(n,) how much nearer each sentence lies to the question than unrelated ones do, in cosine; 0 without an encoder."""
        dense = self._snapshot.dense
        if dense is None or self._background is None:
            return np.zeros(len(found), np.float32)
        rows = [self._row[s.span.document.doc_id, s.span.start] for s in found]
        cosine = np.concatenate([dense.sentence_scores(question.text, range(row, row + 1)) for row in rows])
        return cosine - (self._background @ dense.vector(question.text)).mean()

    def _inside(self, hit: Hit) -> list[Sentence]:
        p = hit.passage
        return [s for s in self._sentences(p.document) if p.start <= s.span.start and s.span.end <= p.end]

    def _read(self, document: Document) -> list[Sentence]:
        return read_document(document, self._snapshot.segmenter)
