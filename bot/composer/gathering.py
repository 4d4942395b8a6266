"""Gathers the sentences that each say a part of what is asked for, where no form of the text tells them.

By two of the fits of `bot.composer.fits`: how likely a sentence says a point, and how likely the
documents speak of what is asked at all.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, ComposedForm, Composition, Line
from bot.composer.fits import Fits, load_fits
from bot.composer.likely_lists import likely_lists, listed
from bot.composer.sources import Material
from bot.composer.standing import standing
from bot.question.analysis import Question
from bot.question.metadata import LINES
from bot.reader.candidates import Sentence, coverage
from bot.reader.extractive import ELSEWHERE, NO_SPAN, Candidate, Evidence, asks_something
from bot.reader.features import FEATURES
from bot.reader.spans import enumerations
from corpus import Passage
from corpus.language.text import fold
from index import Vectors

LEADING = 8
"""Sentences, and passages, that OF_QUESTION looks at."""

TOGETHER = 3
"""Sentences whose scores are taken together for a section or a paragraph."""

FURTHEST_BEHIND = 5.0
"""How far below the best (log-odds) a sentence may be. With kinds left out 6 of 40 that are likely enough
and further behind say a point, of the others 42 %.
"""

LEAST_CONFIDENCE = 1e-3

ASKED_THERE = 0.75
"""Share of the words of the question, by rarity, that a question of the text has which is the same one. Of 89
questions for fitting on tables and FAQs it changes none; in an FAQ of two questions it keeps the other out.
"""

MEANT, APART = 0.02, 0.02
"""Margin of a question of the text from which it is the one that is asked, and how far it must be ahead of the
others of its document. Of 39 questions whose best sentence stands below a question of its text 10 have
both, and all of these mean that one.
"""

AHEAD = 0.5
"""How far the span of a sentence that lists, log(1 + odds), must be ahead of all others to answer alone.

In five small documents the right one was .8 ahead or more; of 290 composed questions no answer changes.
"""

# 哪些狗, 哪几类人
_WHICH = re.compile("哪[些几]|什么样")

_MARGIN = FEATURES.index("margin")
_SPAN = FEATURES.index("span")
_CONTEXT = FEATURES.index("context")


def gathered(form: ComposedForm, material: Material) -> Composition | None:
    """The sentences that likely say a part of the answer, in the order of the text.

    None where the documents hardly speak of what is asked, or one sentence says it all.
    """
    if not material.candidates or not asks_something(material.question):
        return None
    covered = coverage_of(material)
    if covered < _fit(material).covers.least:
        return None
    whole = one_that_lists(material)
    numbers = _chosen(material) if whole is None else [whole]
    lines = _lines([material.candidates[number] for number in numbers], material)
    cited = sum(len(line.citations) for line in lines)
    return Composition(form, lines, covered) if cited > 1 or whole is not None else None


def coverage_of(material: Material) -> float:
    """How likely the documents speak of what is asked, 0 to 1."""
    row = question_features(material)[None, :]
    return float(_fit(material).covers.probabilities(row)[0])


def is_covered(material: Material) -> bool:
    """Whether the documents likely enough speak of what is asked for several sentences to be cited."""
    return coverage_of(material) >= _fit(material).covers.least


def _fit(material: Material) -> Fits:
    return load_fits("neural" if material.scores else "rules")


def point_probabilities(material: Material) -> Vectors:
    """(n,) how likely each candidate says a point."""
    lists = likely_lists(material)
    probabilities = np.array([one.probability for one in lists], np.float32)
    of_lists = listed(len(material.candidates), [one.members for one in lists], probabilities)
    features = sentence_features(material.candidates, material.evidence, of_lists)
    return _fit(material).points.probabilities(features)


def _chosen(material: Material) -> list[int]:
    """The numbers of the candidates that likely say a point, the best of them."""
    likely = point_probabilities(material)
    same = _same_question(material)
    if same is not None:
        likely = np.where(same, likely, np.float32(0))
    scores = material.evidence.scores
    likely = np.where(scores >= scores.max() - FURTHEST_BEHIND, likely, np.float32(0))
    order = np.argsort(-likely, kind="stable")[:CITED_AT_MOST]
    chosen = []
    for number in map(int, order):
        is_elsewhere = ELSEWHERE.intersection(material.evidence.against[number])
        is_likely = likely[number] >= _fit(material).points.least
        if is_likely and not is_elsewhere and _says(material.candidates[number].sentence):
            chosen.append(number)
    return chosen


def one_that_lists(material: Material) -> int | None:
    """The candidate that says itself all that 哪些狗不用交管理费 asks for: it joins several, and the network
    is surer of it than of any other. None where none is, or where no quality of them is asked for.
    """
    question = material.question
    is_which = bool(_WHICH.search(fold(question.asked)))
    is_of_some = is_which and any(term in question.behind for term in question.terms)
    if material.form != "list" or not is_of_some or len(material.candidates) < 2:
        return None
    is_barred = np.array([bool(against) for against in material.evidence.against])
    odds = np.where(is_barred, np.float32(0), material.evidence.features[:, _SPAN])
    second, first = map(int, np.argsort(odds, kind="stable")[-2:])
    is_sure = odds[first] >= NO_SPAN and odds[first] - odds[second] >= AHEAD
    joins = bool(enumerations(material.candidates[first].sentence.folded))
    return first if is_sure and joins else None


def _says(sentence: Sentence) -> bool:
    """Whether a sentence says a part of anything: a question does not, nor a line about its document."""
    return not sentence.folded.rstrip().endswith("?") and sentence.span.heading not in LINES


def _same_question(material: Material) -> npt.NDArray[np.bool_] | None:
    """Which candidates stand below the question that the best one answers, (n,), where the text asks what
    is asked; else None.
    """
    below = [_question_above(candidate.sentence.span) for candidate in material.candidates]
    first = below[int(np.argmax(material.evidence.scores))]
    if first is None:
        return None
    about = material.scope.question_for(first.document, material.question)
    is_worded = coverage(about.terms, fold(first.text), about.alike) >= ASKED_THERE
    if not is_worded and not _means_same(first, about, material):
        return None
    return np.array([one == first for one in below])


def _means_same(asked: Passage, question: Question, material: Material) -> bool:
    """Whether a question of the text means what is asked, and no other of its document does."""
    collection = material.sources.snapshot.collection
    document = asked.document
    every = collection.sentences_of_passages(collection.passages_in([document.doc_id])).tolist()
    starts = [collection.sentences[row].start for row in every]
    kinds = [document.units_in(start, start + 1)[0].kind for start in starts]
    rows = [row for row, kind in zip(every, kinds, strict=True) if kind == "question"]
    margins = material.sources.reader.margins(question, rows)
    is_own = np.array([asked.start <= collection.sentences[row].start < asked.end for row in rows])
    own = float(margins[is_own].max(initial=-1.0))
    others = float(margins[~is_own].max(initial=-1.0))
    return own >= MEANT and own - others >= APART


def _question_above(span: Passage) -> Passage | None:
    """The question of the text that a sentence answers."""
    document = span.document
    for start, end in document.units_in(span.start, span.end)[0].leads:
        if document.units_in(start, end)[0].kind == "question":
            return Passage(document, start, end)
    return None


def sentence_features(
    candidates: Sequence[Candidate], evidence: Evidence, of_lists: Vectors
) -> Vectors:
    """(n, len(OF_SENTENCE)) float32 of n candidates, with what `listed` says of them, (n,)."""
    scores = evidence.scores
    best = int(np.argmax(scores))
    context = evidence.features[:, _CONTEXT]
    spans = [candidate.sentence.span for candidate in candidates]
    documents = [span.document.doc_id for span in spans]
    sections = []
    paragraphs = []
    is_item = []
    for span in spans:
        section = span.document.section_at(span.start)
        sections.append((span.document.doc_id, section.start if section else 0))
        unit = span.document.units_in(span.start, span.end)[0]
        lead = unit.leads[0].start if unit.leads else unit.start
        paragraphs.append((span.document.doc_id, lead))
        is_item.append(unit.kind == "item")
    rank = np.empty(len(scores))
    rank[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    columns = [
        scores - scores[best],
        scores,
        evidence.features[:, _MARGIN],
        context - context.max(),
        [document == documents[best] for document in documents],
        [section == sections[best] for section in sections],
        _taken_together(sections, scores) - scores[best],
        _taken_together(paragraphs, scores) - scores[best],
        is_item,
        np.log1p(rank),
        of_lists,
    ]
    return np.column_stack(columns).astype(np.float32)


def _taken_together(groups: Sequence[Hashable], scores: Vectors) -> Vectors:
    """(n,) for each sentence the mean score of the best TOGETHER of its group."""
    members: dict[Hashable, list[float]] = defaultdict(list)
    for group, score in zip(groups, scores, strict=True):
        members[group].append(float(score))
    means = {group: np.mean(sorted(of, reverse=True)[:TOGETHER]) for group, of in members.items()}
    return np.array([means[group] for group in groups], np.float32)


def question_features(material: Material) -> Vectors:
    """(len(OF_QUESTION),) float32 of a question with at least one candidate."""
    evidence, candidates = material.evidence, material.candidates
    order = np.argsort(-evidence.scores, kind="stable")[:LEADING]
    leading = evidence.scores[order]
    context = evidence.features[order, _CONTEXT]
    first = [hit.passage.document.doc_id for hit in material.hits[:LEADING]]
    documents = {candidates[int(number)].sentence.span.document.doc_id for number in order}
    row = (
        leading[0],
        leading[:TOGETHER].mean(),
        leading.mean(),
        evidence.features[order, _MARGIN].max(),
        context.max(),
        context.mean(),
        max(first.count(doc_id) for doc_id in first) / len(first),
        float(material.scope.is_sure),
        len(documents),
        math.log(material.confidence + LEAST_CONFIDENCE),
    )
    return np.array(row, np.float32)


def _lines(chosen: Sequence[Candidate], material: Material) -> tuple[Line, ...]:
    """A line for each run of sentences of one section, with its heading, or with the title of its
    document where they stand in several.
    """
    every = material.sources.snapshot.collection.sentences
    best: dict[str, float] = {}
    for candidate in chosen:
        best.setdefault(candidate.sentence.span.document.doc_id, len(best))
    ordered = sorted(chosen, key=lambda one: (best[one.sentence.span.document.doc_id], one.row))
    found: dict[str, list[Citation]] = {}
    told: Passage | None = None
    for candidate in ordered:
        span = candidate.sentence.span
        before = every[candidate.row - 1] if candidate.row else None
        # What a sentence leans on is not told twice.
        is_told = told is not None and told == before
        citation = (
            Citation(span.document, span.start, span.end) if is_told else standing(span, before)
        )
        if citation is None:
            continue
        told = span
        label = span.document.name if len(best) > 1 else span.heading
        found.setdefault(label, []).append(citation)
    return tuple(Line(label, tuple(dict.fromkeys(of_one))) for label, of_one in found.items())
