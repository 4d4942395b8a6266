"""Reads by rules: picks the sentences that answer, and the short answer where one stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.answer import CITED_AT_MOST, TEXT_LIMIT, Citation
from bot.metadata import answering_lines, asked_sections
from bot.question import Question
from bot.readers.evidence import FEATURES, features
from bot.readers.model import Model
from bot.readers.objections import objections
from bot.readers.sentence import Sentence, place_names, read_document
from bot.readers.short import label_answer, short_answer
from bot.readers.spans import enumerations
from corpus import Document, Passage
from corpus.text import fold
from index import Encoder, Hit, Vectors
from index.snapshot import Snapshot

BACKGROUND = Path(__file__).with_name("background.txt")
WORDED = 0.8
"""A sentence that has this share of the question's terms, context included, need not lead the background."""

_APART = re.compile(r"分别|各(?:自|是|有|做|为)|一一|逐[一个]|respectively|each")
CONTEXT = FEATURES.index("context")
WORDLESS = 0.35
"""Where the best sentence has less than this share of the question's terms, the second best is cited too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Sentences to cite in the order of the text, none where the hits do not answer; `lead` is how far the best one is ahead of
    the background, in cosine."""

    citations: tuple[Citation, ...]
    short_answer: str | None
    lead: float


def background() -> list[str]:
    """Sentences about everything else, which the documents are measured against."""
    lines = BACKGROUND.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def choose(question: Question, found: Sequence[Sentence], odds: Vectors, unsure: bool) -> list[Sentence]:
    """The sentences to cite, the best first: what belongs with it in a list, one for each place compared, or a second try."""
    order = [found[int(at)] for at in np.argsort(-odds, kind="stable")]
    best = order[0]
    places = place_names(question.terms)
    if len(places) > 1:
        of_places = (next((s for s in order if place in s.places), None) for place in sorted(places))
        return list(dict.fromkeys([best, *(s for s in of_places if s)]))[:CITED_AT_MOST]
    if question.kind == "list" or _APART.search(question.asked):
        return _group(best, found)
    return order[:2] if unsure else [best]


def _group(best: Sentence, found: Sequence[Sentence]) -> list[Sentence]:
    """`best` with the clauses that semicolons join to it, in the paragraph: a list spread over 宏观……；中观……；微观……。"""
    line = sorted((s for s in found if s.span.document == best.span.document), key=lambda s: s.span.start)
    at = line.index(best)
    first = last = at
    while first > 0 and _joins(line[first - 1], line[first]):
        first -= 1
    members = _members(best)
    while last + 1 < len(line) and (_joins(line[last], line[last + 1]) or _tells(line[last + 1], members, best)):
        last += 1
    return [best, *(s for s in line[first : last + 1] if s is not best)][:CITED_AT_MOST]


def _members(sentence: Sentence) -> list[str]:
    """The members of the enumerations in a sentence: 宏观, 中观, 微观."""
    parts = (sentence.folded[a:b] for a, b in enumerations(sentence.span.text))
    return [m for part in parts for m in re.split(r"[、和与及]", part) if 2 <= len(m) <= 6]


def _tells(following: Sentence, members: Sequence[str], of: Sentence) -> bool:
    """Whether a later sentence of the paragraph takes up a member of `of`'s enumeration at its beginning."""
    line = of.span.document.text
    return "\n" not in line[of.span.end : following.span.start] and any(m[-2:] in following.folded[:8] for m in members)


def _joins(one: Sentence, following: Sentence) -> bool:
    return one.span.text[-1:] in ";；" and following.span.start - one.span.end <= 1 and following.before == one.folded


class ExtractiveReader:
    """Scores every sentence of the hits by a logistic model over named features, and cites the best."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder | None, model: Model, refuse: bool = True) -> None:
        self._snapshot = snapshot
        self._model = model
        self._refuse = refuse
        self._background = encoder.encode_document(background()) if encoder else None
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
                return self._cite(question, [Citation(s.document, s.start, s.end) for s in lines], 1.0, label=True)
        candidates = [(s, hit.score) for hit in hits for s in self._inside(hit)]
        if not candidates or not question.terms:
            return Reading((), None, 0.0)
        found = [s for s, _ in candidates]
        lead = self._lead(question, found)
        against = [objections(question, s, self._folded(s.span.document)) for s in found]
        evidence = features(question, found, lead, np.array([p for _, p in candidates], np.float32), against)
        odds = self._model.log_odds(evidence)
        top = int(np.argmax(odds))
        context = float(evidence[top, CONTEXT])
        apart = context < WORDED and 10 * lead.max() < self._model.threshold
        if self._refuse and (against[top] or apart):
            return Reading((), None, float(lead.max()))
        chosen = choose(question, found, odds, unsure=context < WORDLESS)
        return self._cite(
            question, [Citation(s.span.document, s.span.start, s.span.end) for s in chosen], float(lead.max())
        )

    def _cite(self, question: Question, citations: list[Citation], lead: float, label: bool = False) -> Reading:
        first = citations[0]
        passage = Passage(first.document, first.start, first.end)
        span = label_answer(question, passage) if label else short_answer(question, passage, self._snapshot.segmenter)
        citations = sorted(citations, key=lambda c: (c.document.doc_id != first.document.doc_id, c.start))
        kept = []
        for c in citations[:CITED_AT_MOST]:
            if sum(len(k.quote) + 3 for k in kept) + len(c.quote) + 3 <= TEXT_LIMIT:
                kept.append(c)
        return Reading(tuple(kept), first.quote[slice(*span)] if span else None, lead)

    def _lead(self, question: Question, found: Sequence[Sentence]) -> Vectors:
        """(n,) how much nearer each sentence lies to the question than the nearest of the background, in cosine.

        Without an encoder 1 throughout. A cosine alone says little, for a small encoder's lie close together; beside a
        cohort of sentences about everything else it says whether the question belongs here at all.
        """
        dense = self._snapshot.dense
        if dense is None or self._background is None:
            return np.ones(len(found), np.float32)
        rows = [self._row[s.span.document.doc_id, s.span.start] for s in found]
        cosine = np.concatenate([dense.sentence_scores(question.text, range(row, row + 1)) for row in rows])
        return cosine - (self._background @ dense.vector(question.text)).max()

    def _inside(self, hit: Hit) -> list[Sentence]:
        p = hit.passage
        return [s for s in self._sentences(p.document) if p.start <= s.span.start and s.span.end <= p.end]

    def _read(self, document: Document) -> list[Sentence]:
        return read_document(document, self._snapshot.segmenter)
