"""Reads by rules: picks the sentences that answer, and the short answer where one stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.question.analysis import Question
from bot.question.metadata import answering_lines, asked_sections
from bot.reader.candidates import Sentence, read_sentences
from bot.reader.features import FEATURES, features
from bot.reader.mismatches import Mismatch, constraints, mismatches
from bot.reader.network import SpanScores
from bot.reader.scorer import Mixture, Model
from bot.reader.selection import asks_each, choose, fitting
from bot.reader.short_answer import label_answer, settled, short_answer
from bot.reader.span_selection import odds_of, span_in, upheld
from bot.reader.spans import Span
from corpus import Document, Passage
from corpus.language.text import Segmenter, fold
from index import Encoder, Hit, Vectors
from index.collection import Collection
from index.snapshot import Snapshot

BACKGROUND = Path(__file__).with_name("background.txt")

WORDED = 0.8
"""A sentence that has this share of the question's terms, context included, need not lead the background."""

WORDED_ALONE = 0.5
"""... and where nothing is known of meaning, one that has less than this does not answer."""

WORDLESS = 0.5
"""Where the best sentence has less than this share of the question's terms, the second best is cited too."""

REMEMBERED_DOCUMENTS = 512

_CONTEXT = FEATURES.index("context")


class Candidate(NamedTuple):
    """A sentence of hit number `hit`; `row` is its row in the collection, `score` the hit's, 0 to 1."""

    sentence: Sentence
    row: int
    score: float
    hit: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of n candidates: mismatches to each, `features` (n, len(FEATURES)), and their `odds` (n,).

    `spans` (n,): log-odds of the likeliest span in each, by a network, where one has read.
    """

    against: Sequence[Sequence[Mismatch]]
    features: Vectors
    odds: Vectors
    spans: Vectors | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Sentences to cite in the order of the text, none where the hits do not answer, and a slice of one, or None.

    `confidence` (0 to 1) is how likely the best sentence answers, halved where it is not cited.
    """

    citations: tuple[Citation, ...]
    short_answer: str | None
    confidence: float = 0.0


HARDLY_WORSE, WORSE = 0.5, 2.0
"""Log-odds by which a sentence may be behind one that something, or only that it is of a rival, speaks against."""

ELSEWHERE: frozenset[Mismatch] = frozenset({"place", "year", "rival"})
"""What a sentence that is cited beside the best must not have against it: it speaks of something else."""

NOTHING = Reading((), None)


class ExtractiveReader:
    """Scores every sentence of the hits by a logistic model over named features, and cites the best.

    What it is less sure of than `least` it refuses, and never where that is None: then it answers whenever there are
    hits. Without an encoder it goes by words alone.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: Encoder | None,
        model: Model,
        mixture: Mixture,
        least: float | None = 0.0,
    ) -> None:
        """`model` weighs what rules find, `mixture` that with what a network saw, where one has read."""
        self._snapshot = snapshot
        self._model = model
        self._mixture = mixture
        self._least = least
        self._background = (
            encoder.encode_document(background()) if encoder and snapshot.dense else None
        )
        self._sentences = _remembered(snapshot.collection, snapshot.segmenter)
        self._folded = lru_cache(REMEMBERED_DOCUMENTS)(_folded_text)
        self._passage_row = {_place(p): row for row, p in enumerate(snapshot.collection.passages)}

    def read(
        self, question: Question, hits: Sequence[Hit], seen: Sequence[SpanScores] = ()
    ) -> Reading:
        """The answer that `hits` hold; `seen` is what a network saw in the first of them."""
        if lines := lines_answering(question, hits):
            return _reading(lines, label_answer(question, lines[0]), 1.0)
        candidates = self.candidates(hits)
        candidates = [
            c for c in candidates if not _is_heading_of(c.sentence.span, question)
        ] or candidates
        if not candidates or (
            self._least is not None and not question.terms and not question.numbers
        ):
            return NOTHING
        evidence = self.weigh(question, candidates, seen)
        odds = unopposed(evidence)
        top = int(np.argmax(odds))
        likely = float(1 / (1 + np.exp(-odds[top])))
        if self._least is not None and (likely < self._least or not self._answers(evidence, top)):
            return Reading((), None, likely / 2)
        unsure = bool(evidence.features[top, _CONTEXT] < WORDLESS)
        barred = (ag if unsure else ELSEWHERE.intersection(ag) for ag in evidence.against)
        kept = [at for at, bar in enumerate(barred) if at == top or not bar]
        chosen = [
            s.span
            for s in choose(question, [candidates[at].sentence for at in kept], odds[kept], unsure)
        ]
        segmenter = self._snapshot.segmenter
        by_rule = short_answer(question, chosen[0], segmenter)
        each = len(chosen) > 1 and asks_each(question)
        by_network = None if each else span_in(chosen[0], question, hits, seen, segmenter)
        return _reading(chosen, settled(question, chosen[0], by_rule, by_network), likely)

    def candidates(self, hits: Sequence[Hit]) -> list[Candidate]:
        """The sentences of `hits`, in their order."""
        # BM25 has no bound of its own: where scores exceed 1 they are taken as shares of the best.
        scale = max([1.0, *(hit.score for hit in hits)])
        found = []
        for at, (passage, score) in enumerate(hits):
            first, sentences = self._sentences(passage.document)
            rows = self._snapshot.collection.sentences_of(self._passage_row[_place(passage)])
            found += [Candidate(sentences[row - first], row, score / scale, at) for row in rows]
        return found

    def weigh(
        self, question: Question, candidates: Sequence[Candidate], seen: Sequence[SpanScores] = ()
    ) -> Evidence:
        """How well each of the candidates answers."""
        asked = constraints(question, self._snapshot.vocabulary.terms)
        found = [candidate.sentence for candidate in candidates]
        against = [mismatches(asked, s, self._folded(s.span.document)) for s in found]
        lead = self._lead(question, [candidate.row for candidate in candidates])
        scores = np.array([candidate.score for candidate in candidates], np.float32)
        matrix = features(asked, found, np.column_stack([lead, scores]), against)
        odds = self._model.log_odds(matrix)
        if not seen:
            return Evidence(against, matrix, odds)
        spans = odds_of([(c.hit, c.sentence.span) for c in candidates], seen)
        return Evidence(
            upheld(question, against, spans), matrix, self._mixture.log_odds(odds, spans), spans
        )

    def _answers(self, evidence: Evidence, top: int) -> bool:
        """Whether nothing speaks against the best sentence, and the documents speak of what is asked at all."""
        if set(evidence.against[top]) - {"rival"}:
            return False
        context = evidence.features[top, _CONTEXT]
        if self._background is None:
            return bool(context >= WORDED_ALONE)
        lead = evidence.features[:, FEATURES.index("lead")].max()
        return bool(context >= WORDED or lead >= self._model.threshold)

    def _lead(self, question: Question, rows: Sequence[int]) -> Vectors:
        """(n,) how much nearer each sentence lies to the question than the nearest of the background, in cosine.

        Without an encoder 0 throughout. A cosine alone says little, for a small encoder's lie close together; beside a
        cohort of sentences about everything else it says whether the question belongs here at all.
        """
        dense = self._snapshot.dense
        if dense is None or self._background is None:
            return np.zeros(len(rows), np.float32)
        nearest = (self._background @ dense.vector(question.text)).max()
        lead: Vectors = dense.sentence_scores(question.text, rows) - nearest
        return lead


def lines_answering(question: Question, hits: Sequence[Hit]) -> list[Passage]:
    """The sentences of the first hit's document that answer a question about the document itself, by rule."""
    headings = asked_sections(question)
    return answering_lines(hits[0].passage.document, headings) if headings and hits else []


def unopposed(evidence: Evidence) -> Vectors:
    """(n,) log-odds, the best sentence that nothing speaks against put first where it is hardly worse than the best.

    Before one of a rival of what is asked, 微观 for 中观, also where it is worse.
    """
    odds = evidence.odds.copy()
    of_rival = "rival" in evidence.against[int(np.argmax(odds))]
    free = [at for at, against in enumerate(evidence.against) if not against]
    if free:
        best = max(free, key=lambda at: float(odds[at]))
        if odds[best] >= odds.max() - (WORSE if of_rival else HARDLY_WORSE):
            odds[best] = odds.max() + 1e-3
    return odds


def background() -> list[str]:
    """Sentences about everything else, which the documents are measured against."""
    lines = BACKGROUND.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _is_heading_of(line: Passage, question: Question) -> bool:
    """Whether a line is the heading of a section that the question names: asked for is what stands under it."""
    section = line.document.section_at(line.start)
    is_heading = section is not None and section.heading == line.text
    return is_heading and _letters(line.text) in _letters(question.asked)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _reading(chosen: Iterable[Passage], short: Span | None, confidence: float) -> Reading:
    citations = [Citation(p.document, p.start, p.end) for p in chosen]
    return Reading(
        fitting(citations), citations[0].quote[slice(*short)] if short else None, confidence
    )


def _remembered(
    collection: Collection, segmenter: Segmenter
) -> Callable[[Document], tuple[int, list[Sentence]]]:
    """Document → the row of its first sentence, and all of them; recent documents are remembered."""
    rows: dict[str, list[int]] = {}
    for row, sentence in enumerate(collection.sentences):
        rows.setdefault(sentence.document.doc_id, [row, row])[1] = row + 1

    @lru_cache(REMEMBERED_DOCUMENTS)
    def read(document: Document) -> tuple[int, list[Sentence]]:
        first, end = rows[document.doc_id]
        return first, read_sentences(collection.sentences[first:end], segmenter)

    return read


def _folded_text(document: Document) -> str:
    return fold(document.text)


def _place(passage: Passage) -> tuple[str, int]:
    return passage.document.doc_id, passage.start
