"""Answers a question from the hits: which sentences are cited, and what the short answer is.

Every sentence of the hits has named features (`features.py`). The best by `ranking.py` is cited if
`decision.py` takes it to be likely enough to answer; else the question is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.question.analysis import Question
from bot.question.scope import NO_SCOPE, Scope
from bot.reader.by_rule import NOTHING, Reading, read_by_rule, reading_of
from bot.reader.candidates import Sentence, coverage, read_sentences
from bot.reader.decision import Decision, deciding, load_decision
from bot.reader.extremes import asks_which_most
from bot.reader.features import FEATURES, features
from bot.reader.framing import is_framing
from bot.reader.lists import listed, with_items
from bot.reader.mismatches import Mismatch, constraints, is_bare_number, mismatches, own_things
from bot.reader.network import SpanScores
from bot.reader.new_words import is_asked_beside, own_text, says_only_title, with_news
from bot.reader.others_views import own_view
from bot.reader.ranking import Ranking, load_ranking
from bot.reader.rivals import tells_other_end
from bot.reader.selection import asks_for_each, select_sentences
from bot.reader.short_answer_choice import short_answer_of
from bot.reader.silent import is_silent
from bot.reader.span_selection import ODDS_LIMIT, scores_of, sentence_odds
from bot.reader.versions import NEARLY, frame, overlap
from corpus import Document, Passage
from corpus.language.text import Segmenter, fold
from index import Encoder, Hit, Vectors
from index.collection import Collection
from index.snapshot import Snapshot

NEGATIVE_COHORT = Path(__file__).with_name("negative_cohort.txt")

UNSURE_COVERAGE = 0.5
"""Where the best sentence has less than this share, the second best is cited beside it."""

ELSEWHERE: frozenset[Mismatch] = frozenset({"place", "year", "rival"})
"""A sentence with one of these mismatches speaks of something else, and is never cited as second."""

REMEMBERED_DOCUMENTS = 512

LIKELY = 0.5
"""How sure an answer must be that shares only the name of its document with the question."""

SPOKEN = 0.4
"""The share of the things that a question names from which a sentence speaks of them: 物业 is not 物业费."""

NO_SPAN = float(np.log(2))
"""log(1 + odds) below which a network rather takes a sentence to have no answer."""

_CONTEXT = FEATURES.index("context")
_SPAN = FEATURES.index("span")
_SCOPE = FEATURES.index("scope")


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

    `against`: the mismatches of each. `features`: (n, len(FEATURES)). `lacking`: (n,) which say
    nothing of what a question names that takes over its subject. `titled`: (n,) which have only words
    of it that their document is called by. `scores`: (n,) of the ranking.
    `deciding`: (len(DECIDING),) of the best.
    """

    against: Sequence[Sequence[Mismatch]]
    features: Vectors
    lacking: npt.NDArray[np.bool_]
    titled: npt.NDArray[np.bool_]
    scores: Vectors
    deciding: Vectors


class Fits(NamedTuple):
    """The two fits that read a question."""

    ranking: Ranking
    decision: Decision


class ExtractiveReader:
    """Cites the best sentence of the hits where it is likely to answer.

    It refuses what it is less sure of than `least` (0 to 1; 0: the fitted threshold). With `least`
    None it never refuses where there are hits. Without an encoder it goes by words alone.
    """

    def __init__(
        self, snapshot: Snapshot, encoder: Encoder | None, least: float | None = 0.0
    ) -> None:
        self._snapshot = snapshot
        self._least = least
        self.fits = {
            True: Fits(load_ranking("neural"), load_decision("neural")),
            False: Fits(load_ranking("rules"), load_decision("rules")),
        }
        self._cohort_vectors: Vectors | None = None
        if encoder and snapshot.dense:
            # A protocol does not say so, but every object has a hash.
            self._cohort_vectors = _vectors_of_cohort(encoder)  # type: ignore[arg-type]
        self._sentences = _remembered(snapshot.collection, snapshot.segmenter)
        self._folded = lru_cache(REMEMBERED_DOCUMENTS)(_folded_text)
        self._passage_row = {_key(p): row for row, p in enumerate(snapshot.collection.passages)}

    def read(
        self,
        question: Question,
        hits: Sequence[Hit],
        scores: Sequence[SpanScores] = (),
        scope: Scope = NO_SCOPE,
    ) -> Reading:
        """The answer that `hits` hold; `scores` are a network's for the first of them."""
        ruled = read_by_rule(question, hits, scope)
        if ruled is not None:
            return ruled
        candidates = self.candidates_for(hits, question)
        if not candidates or (self._least is not None and not asks_something(question)):
            return NOTHING
        evidence = self.weigh(question, candidates, scores, scope)
        best = int(np.argmax(evidence.scores))
        confidence = self.confidence(evidence, bool(scores))
        if not self.answers(evidence, bool(scores)):
            return Reading((), None, confidence)
        # Which has the most no row of a table tells by itself.
        is_open = self._least is not None and asks_which_most(question)
        if is_open and _is_plain_row(candidates[best].sentence):
            return Reading((), None, confidence)
        about = scope.question_for(candidates[best].sentence.span.document, question)
        if whole := listed(about, candidates[best].sentence.span):
            return reading_of(whole, None, confidence)
        cited = _cited_sentences(about, candidates, evidence)
        own = own_view(about, cited[0])
        if own:
            return reading_of(own, None, confidence)
        reads_on = len(cited) == 1 or not asks_for_each(question)
        read = scores_of(cited[0], hits, scores) if reads_on else None
        segmenter = self._snapshot.segmenter
        short = short_answer_of(about, cited[0], read, confidence, segmenter)
        return reading_of(cited, short, confidence)

    def confidence(self, evidence: Evidence, is_read: bool) -> float:
        """How likely the best candidate answers, 0 to 1; `is_read` where a network has read."""
        return self.fits[is_read].decision.probability(evidence.deciding)

    def answers(self, evidence: Evidence, is_read: bool) -> bool:
        """Whether the best candidate is likely enough to answer to be cited."""
        if self._least is None:
            return True
        confidence = self.confidence(evidence, is_read)
        best = int(np.argmax(evidence.scores))
        is_likely = confidence >= self.threshold(is_read)
        return is_likely and not is_unrelated(evidence, best, confidence)

    def threshold(self, is_read: bool) -> float:
        """How sure an answer must be, 0 to 1; 0 where nothing is refused."""
        if self._least is None:
            return 0.0
        return self._least or self.fits[is_read].decision.threshold

    def candidates(self, hits: Sequence[Hit]) -> list[Candidate]:
        """The sentences of `hits`, in their order."""
        # BM25 has no upper bound: scores are taken as shares of the best.
        scale = max((hit.score for hit in hits), default=0.0) or 1.0
        found = []
        for number, (passage, score) in enumerate(hits):
            first, sentences = self._sentences(passage.document)
            rows = self._snapshot.collection.sentences_of(self._passage_row[_key(passage)])
            for row in rows:
                found.append(Candidate(sentences[row - first], row, score / scale, number))
        return found

    def weigh(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        scores: Sequence[SpanScores] = (),
        scope: Scope = NO_SCOPE,
    ) -> Evidence:
        """How well each of the candidates answers, read by what is asked of its document."""
        measured = self._measured(question, candidates, scores, scope)
        matrix = np.zeros((len(candidates), len(FEATURES)), np.float32)
        lacking = np.zeros(len(candidates), np.bool_)
        titled = np.zeros(len(candidates), np.bool_)
        against: list[Sequence[Mismatch]] = [()] * len(candidates)
        for about, rows in _by_question(question, candidates, scope):
            asked = constraints(about, self._snapshot.vocabulary.terms)
            sentences = [candidates[row].sentence for row in rows]
            found = [mismatches(asked, s, self._folded(s.span.document)) for s in sentences]
            matrix[rows] = features(asked, sentences, measured[rows], found)
            lacking[rows] = _lacking(about, sentences)
            titled[rows] = [says_only_title(about, sentence) for sentence in sentences]
            for row, mismatch in zip(rows, found, strict=True):
                against[row] = mismatch
        ranked = self.fits[bool(scores)].ranking.scores(matrix)
        rivals = _rivals(candidates, int(np.argmax(ranked)))
        documents = [candidates[row].sentence.span.document.doc_id for row in rivals]
        decisive = deciding(matrix[rivals], ranked[rivals], documents)
        return Evidence(against, matrix, lacking, titled, ranked, decisive)

    def _measured(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        scores: Sequence[SpanScores],
        scope: Scope,
    ) -> Vectors:
        """(n, len(MEASURED)) of the candidates."""
        spans = np.zeros(len(candidates), np.float32)
        answers = np.zeros(len(candidates), np.float32)
        if scores:
            places = [(c.hit, with_items(question, c.sentence.span)) for c in candidates]
            spans = np.logaddexp(np.float32(0), sentence_odds(places, scores))
            for row, candidate in enumerate(candidates):
                answers[row] = _answer_odds(candidate.hit, scores)
        margins = np.zeros(len(candidates), np.float32)
        for about, rows in _by_question(question, candidates, scope):
            margins[rows] = self.margins(about, [self._telling_row(candidates[r]) for r in rows])
        passages = [candidate.score for candidate in candidates]
        fits = [scope.fit_of(candidate.sentence.span.document) for candidate in candidates]
        measured: Vectors = np.column_stack([spans, answers, 10 * margins, passages, fits])
        return measured.astype(np.float32)

    def _telling_row(self, candidate: Candidate) -> int:
        """The row of a sentence, or of its name where it is only a value: 904 says what 光明街 says."""
        sentence = candidate.sentence
        if not is_bare_number(sentence.folded):
            return candidate.row
        units = sentence.span.document.units_in(sentence.span.start, sentence.span.end)
        leads = units[0].leads if units and units[0].kind == "paragraph" else ()
        first, sentences = self._sentences(sentence.span.document)
        for number, other in enumerate(sentences):
            if leads and other.span.start == leads[0].start:
                return first + number
        return candidate.row

    def candidates_for(
        self, hits: Sequence[Hit], question: Question | None = None
    ) -> list[Candidate]:
        """The sentences of `hits` that may be cited: those that say something, unless none does, and no
        letterhead or signature where it is not asked for.

        None of 最高 where 最低 is asked for, unless all are.
        Of a question that is another with new words in it those that have most of the new words, none
        where these are nowhere.
        """
        every = self.candidates(hits)
        telling = [c for c in every if not is_silent(c.sentence.span)] or every
        if question is None:
            return telling
        asked = fold(question.whole)
        telling = [c for c in telling if not tells_other_end(asked, c.sentence.folded)] or telling
        telling = [c for c in telling if not is_framing(c.sentence.span, question)] or telling
        is_new = with_news(question, [candidate.sentence for candidate in telling])
        return [one for one, is_kept in zip(telling, is_new, strict=True) if is_kept]

    def margins(self, question: Question, rows: Sequence[int]) -> Vectors:
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


def _is_plain_row(sentence: Sentence) -> bool:
    """Whether a sentence is a row of a table that says of itself no 最."""
    span = sentence.span
    units = span.document.units_in(span.start, span.end)
    return bool(units) and units[0].kind == "row" and "最" not in sentence.folded


def _cited_sentences(
    question: Question, candidates: Sequence[Candidate], evidence: Evidence
) -> list[Passage]:
    """The sentences to cite, the best first; none beside it that speaks of something else."""
    scores = evidence.scores
    best = int(np.argmax(scores))
    unsure = bool(evidence.features[best, _CONTEXT] < UNSURE_COVERAGE)
    kept = []
    for number, against in enumerate(evidence.against):
        barred = against if unsure else ELSEWHERE.intersection(against)
        other = candidates[number].sentence
        is_beside = not barred and is_asked_beside(question, candidates[best].sentence, other)
        is_beside = is_beside and not (asks_which_most(question) and _is_plain_row(other))
        if number == best or is_beside:
            kept.append(number)
    sentences = [candidates[number].sentence for number in kept]
    return [s.span for s in select_sentences(question, sentences, scores[kept], unsure)]


def _rivals(candidates: Sequence[Candidate], best: int) -> list[int]:
    """The numbers of the best candidate and its rivals.

    What another document says in the same words, but for the numbers, is none: two reports of one flood
    make the answer no less sure. Of 575 questions on which no two documents speak alike none is read
    otherwise for it.
    """
    span = candidates[best].sentence.span
    framed = frame(span.text)
    kept = []
    for number, candidate in enumerate(candidates):
        other = candidate.sentence.span
        if other.document is span.document or overlap(framed, frame(other.text)) < NEARLY:
            kept.append(number)
    return kept


def _by_question(
    question: Question, candidates: Sequence[Candidate], scope: Scope
) -> list[tuple[Question, list[int]]]:
    """The numbers of the candidates, by what is asked of their documents."""
    groups: dict[int, tuple[Question, list[int]]] = {}
    for row, candidate in enumerate(candidates):
        about = scope.question_for(candidate.sentence.span.document, question)
        groups.setdefault(id(about), (about, []))[1].append(row)
    return list(groups.values())


def _lacking(question: Question, sentences: Sequence[Sentence]) -> list[bool]:
    """Which of `sentences`, with the one before each, speak of none of the things that a question names
    which takes over its subject: that is all it says.
    """
    things = own_things(question)
    if question.news or not things:
        return [False] * len(sentences)
    lacking = []
    for sentence in sentences:
        said = f"{own_text(sentence)}\n{sentence.before}"
        lacking.append(coverage(things, said, question.alike) < SPOKEN)
    return lacking


def _answer_odds(hit: int, scores: Sequence[SpanScores]) -> float:
    """The network's log-odds of an answer in a hit, at most ODDS_LIMIT either way; least if unread."""
    if hit >= len(scores):
        return -ODDS_LIMIT
    return max(-ODDS_LIMIT, min(ODDS_LIMIT, scores[hit].answer))


def is_unrelated(evidence: Evidence, best: int, confidence: float) -> bool:
    """Whether the best sentence shares no word with the question, in any wording, and has no span.

    The name of its document is a word that it shares, but alone it must be likelier than not: a law
    that does not say from when it holds has dates of its passing.
    """
    if evidence.lacking[best]:
        return True
    row = evidence.features[best]
    if row[_SPAN] >= NO_SPAN:
        return False
    if evidence.titled[best]:
        return confidence < LIKELY
    return bool(row[_CONTEXT] == 0 and (row[_SCOPE] < 1 or confidence < LIKELY))


def asks_something(question: Question) -> bool:
    """Whether a question has anything to search for."""
    return bool(question.terms or question.numbers)


def negative_cohort() -> list[str]:
    """The sentences of the negative cohort: about everything that the documents are not about."""
    lines = NEGATIVE_COHORT.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


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


@lru_cache(maxsize=1)
def _vectors_of_cohort(encoder: Encoder) -> Vectors:
    """The vectors of the negative cohort: those of the encoder in use, for one index after another."""
    return encoder.encode_document(negative_cohort())


def _folded_text(document: Document) -> str:
    return fold(document.text)


def _key(passage: Passage) -> tuple[str, int]:
    return passage.document.doc_id, passage.start
