"""Decides whether the hits answer a question, and which sentences are cited for it.

Every sentence of the hits is scored by named features (`features.py`, `scorer.py`) and, where a
network has read the passages, by its span scores. The best sentence is cited unless it is too
unlikely to answer or something in it does not match the question (`mismatches.py`): then the
answer is refused, in `ExtractiveReader.read`.
"""

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
from bot.reader.features import FEATURES, Mixture, Model, features
from bot.reader.mismatches import Mismatch, constraints, mismatches
from bot.reader.network import SpanScores
from bot.reader.selection import asks_for_each, fit_answer_length, select_sentences
from bot.reader.short_answer import byline_answer, choose_short_answer, short_answer
from bot.reader.span_selection import network_span, not_overruled, sentence_odds
from bot.reader.spans import Span
from bot.reader.tables import CONFIDENCE, TableCell, asked_cell
from corpus import Document, Passage
from corpus.language.text import Segmenter, fold
from index import Encoder, Hit, Vectors
from index.collection import Collection
from index.snapshot import Snapshot

NEGATIVE_COHORT = Path(__file__).with_name("negative_cohort.txt")

ENOUGH_COVERAGE = 0.8
"""A sentence with this share of the question's terms, context included, needs no margin over the
negative cohort to be cited."""

ENOUGH_COVERAGE_WITHOUT_ENCODER = 0.5
"""Without an encoder there is no margin: a sentence with less than this share does not answer."""

UNSURE_COVERAGE = 0.5
"""Where the best sentence has less than this share, the second best is cited beside it."""

SLIGHTLY_WORSE, CLEARLY_WORSE = 0.5, 2.0
"""Log-odds that a sentence without mismatches may lie behind the best one and still go first; the
second where the best speaks of another member of a set. Of four such questions on the bundled
article the right sentence was 1.4 to 1.7 behind."""

ELSEWHERE: frozenset[Mismatch] = frozenset({"place", "year", "rival"})
"""A sentence with one of these mismatches speaks of something else, and is never cited as second."""

REMEMBERED_DOCUMENTS = 512

_CONTEXT = FEATURES.index("context")
_MARGIN = FEATURES.index("margin")


class Candidate(NamedTuple):
    """A sentence of hit number `hit`.

    `row` is its row in the collection, `score` the score of the hit, 0 to 1.
    """

    sentence: Sentence
    row: int
    score: float
    hit: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of n candidates.

    `against`: the mismatches of each. `features`: (n, len(FEATURES)). `odds`: (n,) log-odds that
    each answers. `spans`: (n,) log-odds of the likeliest span in each, where a network has read.
    """

    against: Sequence[Sequence[Mismatch]]
    features: Vectors
    odds: Vectors
    spans: Vectors | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The sentences to cite, in the order of the text, and the short answer, a slice of one of them.

    Both are empty where the hits do not answer. `confidence` (0 to 1) is how likely the best
    sentence answers, halved where it is not cited.
    """

    citations: tuple[Citation, ...]
    short_answer: str | None
    confidence: float = 0.0


NOTHING = Reading((), None)


class ExtractiveReader:
    """Scores every sentence of the hits by a logistic model over named features and cites the best.

    It refuses what it is less sure of than `least` (0 to 1). With `least` None it never refuses
    where there are hits. Without an encoder it goes by words alone.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: Encoder | None,
        model: Model,
        mixture: Mixture,
        least: float | None = 0.0,
    ) -> None:
        """`model` weighs the features; `mixture` weighs that with a network's span scores."""
        self._snapshot = snapshot
        self._model = model
        self._mixture = mixture
        self._least = least
        self._cohort_vectors: Vectors | None = None
        if encoder and snapshot.dense:
            self._cohort_vectors = encoder.encode_document(negative_cohort())
        self._sentences = _remembered(snapshot.collection, snapshot.segmenter)
        self._folded = lru_cache(REMEMBERED_DOCUMENTS)(_folded_text)
        self._passage_row = {_key(p): row for row, p in enumerate(snapshot.collection.passages)}

    def read(
        self, question: Question, hits: Sequence[Hit], scores: Sequence[SpanScores] = ()
    ) -> Reading:
        """The answer that `hits` hold; `scores` are a network's for the first of them."""
        if lines := lines_about_document(question, hits):
            return _reading(lines, byline_answer(question, lines[0]), 1.0)
        if (cell := asked_cell(question, hits)) is not None:
            return _cell_reading(cell)
        candidates = self._candidates_for(question, hits)
        asks_something = bool(question.terms or question.numbers)
        if not candidates or (self._least is not None and not asks_something):
            return NOTHING
        evidence = self.weigh(question, candidates, scores)
        odds = prefer_unopposed(evidence)
        best = int(np.argmax(odds))
        confidence = float(1 / (1 + np.exp(-odds[best])))
        if self._refuses(evidence, best, confidence):
            return Reading((), None, confidence / 2)
        cited = _cited_sentences(question, candidates, evidence, odds)
        segmenter = self._snapshot.segmenter
        by_rule = short_answer(question, cited[0], segmenter)
        by_network = None
        if len(cited) == 1 or not asks_for_each(question):
            by_network = network_span(cited[0], question, hits, scores, segmenter)
        short = choose_short_answer(question, cited[0], by_rule, by_network)
        return _reading(cited, short, confidence)

    def candidates(self, hits: Sequence[Hit]) -> list[Candidate]:
        """The sentences of `hits`, in their order."""
        # BM25 has no upper bound: where scores exceed 1 they are taken as shares of the best.
        scale = max([1.0, *(hit.score for hit in hits)])
        found = []
        for number, (passage, score) in enumerate(hits):
            first, sentences = self._sentences(passage.document)
            rows = self._snapshot.collection.sentences_of(self._passage_row[_key(passage)])
            for row in rows:
                found.append(Candidate(sentences[row - first], row, score / scale, number))
        return found

    def weigh(
        self, question: Question, candidates: Sequence[Candidate], scores: Sequence[SpanScores] = ()
    ) -> Evidence:
        """How well each of the candidates answers."""
        asked = constraints(question, self._snapshot.vocabulary.terms)
        sentences = [candidate.sentence for candidate in candidates]
        against = [mismatches(asked, s, self._folded(s.span.document)) for s in sentences]
        margins = self._margins(question, [candidate.row for candidate in candidates])
        hit_scores = np.array([candidate.score for candidate in candidates], np.float32)
        matrix = features(asked, sentences, np.column_stack([margins, hit_scores]), against)
        odds = self._model.log_odds(matrix)
        if not scores:
            return Evidence(against, matrix, odds)
        spans = sentence_odds([(c.hit, c.sentence.span) for c in candidates], scores)
        upheld = not_overruled(question, against, spans)
        return Evidence(upheld, matrix, self._mixture.log_odds(odds, spans), spans)

    def _candidates_for(self, question: Question, hits: Sequence[Hit]) -> list[Candidate]:
        """The sentences of `hits` without headings that the question names and without questions,
        unless that is all.
        """
        every = self.candidates(hits)
        return [c for c in every if not _only_asks(c.sentence.span, question)] or every

    def _refuses(self, evidence: Evidence, best: int, confidence: float) -> bool:
        """Whether the question is refused: the best sentence is too unlikely, or does not match."""
        if self._least is None:
            return False
        return confidence < self._least or not self._answers(evidence, best)

    def _answers(self, evidence: Evidence, best: int) -> bool:
        """Whether the best sentence has no mismatch and the documents speak of the subject at all."""
        if set(evidence.against[best]) - {"rival"}:
            return False
        context = evidence.features[best, _CONTEXT]
        if self._cohort_vectors is None:
            return bool(context >= ENOUGH_COVERAGE_WITHOUT_ENCODER)
        margin = evidence.features[:, _MARGIN].max()
        return bool(context >= ENOUGH_COVERAGE or margin >= self._model.threshold)

    def _margins(self, question: Question, rows: Sequence[int]) -> Vectors:
        """(n,) the cosine of each sentence to the question, less that of the nearest in the cohort.

        A cosine alone says little, because those of a small encoder lie close together. Measured
        against sentences about everything else it says whether the question belongs here at all.
        Without an encoder the margins are 0.
        """
        dense = self._snapshot.dense
        if dense is None or self._cohort_vectors is None:
            return np.zeros(len(rows), np.float32)
        nearest = (self._cohort_vectors @ dense.vector(question.text)).max()
        margins: Vectors = dense.sentence_scores(question.text, rows) - nearest
        return margins


def _cited_sentences(
    question: Question, candidates: Sequence[Candidate], evidence: Evidence, odds: Vectors
) -> list[Passage]:
    """The sentences to cite, the best first; none beside it that speaks of something else."""
    best = int(np.argmax(odds))
    unsure = bool(evidence.features[best, _CONTEXT] < UNSURE_COVERAGE)
    kept = []
    for number, against in enumerate(evidence.against):
        barred = against if unsure else ELSEWHERE.intersection(against)
        if number == best or not barred:
            kept.append(number)
    sentences = [candidates[number].sentence for number in kept]
    return [s.span for s in select_sentences(question, sentences, odds[kept], unsure)]


def lines_about_document(question: Question, hits: Sequence[Hit]) -> list[Passage]:
    """The sentences of the first hit's document that answer a question about the document itself, by rule."""
    headings = asked_sections(question)
    return answering_lines(hits[0].passage.document, headings) if headings and hits else []


def prefer_unopposed(evidence: Evidence) -> Vectors:
    """(n,) log-odds, with the best sentence without mismatches put first where it is not much worse.

    It may be clearly worse than a sentence about another member of a set (微观 where 中观 is asked).
    """
    odds = evidence.odds.copy()
    of_rival = "rival" in evidence.against[int(np.argmax(odds))]
    tolerated = CLEARLY_WORSE if of_rival else SLIGHTLY_WORSE
    unopposed = [number for number, against in enumerate(evidence.against) if not against]
    if unopposed:
        best = max(unopposed, key=lambda number: float(odds[number]))
        if odds[best] >= odds.max() - tolerated:
            odds[best] = odds.max() + 1e-3
    return odds


def negative_cohort() -> list[str]:
    """The sentences of the negative cohort: about everything that the documents are not about."""
    lines = NEGATIVE_COHORT.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _cell_reading(cell: TableCell) -> Reading:
    """The row of a cell with the cell as the short answer; nothing where the cell is empty."""
    start, end = cell.answer
    if start == end:
        return NOTHING
    short = (start - cell.row.start, end - cell.row.start)
    return _reading([cell.row], short, CONFIDENCE)


def _only_asks(line: Passage, question: Question) -> bool:
    """Whether a line does not answer by itself: a question with its answer below, or a heading."""
    units = line.document.units_in(line.start, line.end)
    return any(unit.kind == "question" for unit in units) or _is_heading_of(line, question)


def _is_heading_of(line: Passage, question: Question) -> bool:
    """Whether a line is the heading of a section that the question names: the answer stands below it."""
    section = line.document.section_at(line.start)
    is_heading = section is not None and section.heading == line.text
    return is_heading and _letters(line.text) in _letters(question.asked)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _reading(chosen: Iterable[Passage], short: Span | None, confidence: float) -> Reading:
    """A reading that cites `chosen`; `short` is a span of the first of them, characters."""
    citations = [Citation(p.document, p.start, p.end) for p in chosen]
    return Reading(
        fit_answer_length(citations),
        citations[0].quote[slice(*short)] if short else None,
        confidence,
    )


def _remembered(
    collection: Collection, segmenter: Segmenter
) -> Callable[[Document], tuple[int, list[Sentence]]]:
    """A function from a document to the row of its first sentence and all its sentences, with a cache."""
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


def _key(passage: Passage) -> tuple[str, int]:
    return passage.document.doc_id, passage.start
