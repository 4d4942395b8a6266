"""Gathers the sentences that each say a part of what is asked for, where no form of the text tells them.

Two logistic regressions, fitted on composed questions by `bot.training.fit_gathering` and worth what
docs/benchmarks.md says on a kind of text left out: how likely a sentence says a point, and how likely
the documents speak of what is asked at all. The weights are in gathering.json.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, ComposedForm, Composition, Line
from bot.composer.sources import Material
from bot.composer.standing import standing
from bot.reader.extractive import ELSEWHERE, Candidate, Evidence, asks_something
from bot.reader.features import FEATURES
from bot.reader.ranking import FitName
from corpus import Passage
from index import Vectors

WEIGHTS = Path(__file__).with_name("gathering.json")

OF_SENTENCE = (
    "behind",  # score of the sentence less that of the best
    "score",
    "margin",
    "context",  # share of the words of the question, less that of the sentence which has most
    "best_document",  # whether it stands in the document of the best, 0 or 1
    "best_section",  # ... in its section
    "section",  # mean score of the three best sentences of its section, less that of the best
    "paragraph",  # ... of its paragraph, or of the list or article that its paragraph belongs to
    "item",  # whether it is an item of a list, 0 or 1
    "rank",  # log(1 + number of better sentences)
)
"""What tells how likely a sentence says a point."""

OF_QUESTION = (
    "best",  # score of the best sentence
    "three",  # mean of the three best
    "eight",  # ... of the eight best
    "margin",  # largest of the eight best
    "context",  # ... and of their shares of the words of the question
    "contexts",  # mean of these
    "hits",  # largest share of the first eight passages that one document has
    "named",  # whether the question surely names a document, 0 or 1
    "documents",  # number of documents that the eight best sentences stand in
    "confidence",  # log of the confidence of a single fact
)
"""What tells how likely the documents speak of what is asked."""

LEADING = 8
"""Sentences, and passages, that OF_QUESTION looks at."""

TOGETHER = 3
"""Sentences whose scores are taken together for a section or a paragraph."""

LEAST_CONFIDENCE = 1e-3

_MARGIN = FEATURES.index("margin")
_CONTEXT = FEATURES.index("context")


class Logistic(NamedTuple):
    """probability = 1 / (1 + exp(-(features @ weights + bias))); `least` is the one that is enough."""

    weights: Vectors
    bias: float
    least: float

    def probabilities(self, features: Vectors) -> Vectors:
        """(n,) float32 for (n, len(weights)) features."""
        odds = np.clip(features @ self.weights + self.bias, -30, 30)
        return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


@dataclass(frozen=True, slots=True)
class Gathering:
    """How likely a sentence says a point, and the documents speak of what is asked."""

    points: Logistic
    covers: Logistic


def gathered(form: ComposedForm, material: Material) -> Composition | None:
    """The sentences that likely say a part of the answer, in the order of the text.

    None where the documents hardly speak of what is asked, or one sentence says it all.
    """
    if not material.candidates or not asks_something(material.question):
        return None
    covered = coverage_of(material)
    if covered < _fit(material).covers.least:
        return None
    numbers = _chosen(material)
    lines = _lines([material.candidates[number] for number in numbers], material)
    cited = sum(len(line.citations) for line in lines)
    return Composition(form, lines, covered) if cited > 1 else None


def coverage_of(material: Material) -> float:
    """How likely the documents speak of what is asked, 0 to 1."""
    row = question_features(material)[None, :]
    return float(_fit(material).covers.probabilities(row)[0])


def is_covered(material: Material) -> bool:
    """Whether the documents likely enough speak of what is asked for several sentences to be cited."""
    return coverage_of(material) >= _fit(material).covers.least


def _fit(material: Material) -> Gathering:
    return load_gathering("neural" if material.scores else "rules")


def _chosen(material: Material) -> list[int]:
    """The numbers of the candidates that likely say a point, the best of them."""
    evidence = material.evidence
    points = _fit(material).points
    likely = points.probabilities(sentence_features(material.candidates, evidence))
    order = np.argsort(-likely, kind="stable")[:CITED_AT_MOST]
    chosen = []
    for number in map(int, order):
        is_elsewhere = ELSEWHERE.intersection(evidence.against[number])
        asks = material.candidates[number].sentence.folded.rstrip().endswith("?")
        if likely[number] >= points.least and not is_elsewhere and not asks:
            chosen.append(number)
    return chosen


def sentence_features(candidates: Sequence[Candidate], evidence: Evidence) -> Vectors:
    """(n, len(OF_SENTENCE)) float32 of n candidates."""
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
        label = span.document.title.strip("《》") if len(best) > 1 else span.heading
        found.setdefault(label, []).append(citation)
    return tuple(Line(label, tuple(dict.fromkeys(of_one))) for label, of_one in found.items())


@cache
def load_gathering(name: FitName, path: Path = WEIGHTS) -> Gathering:
    """Reads one of the fits. Raises KeyError where it is not there."""
    stored: Mapping[str, Mapping[str, float]] = json.loads(path.read_text("utf-8"))[name]
    return Gathering(
        _logistic(stored["points"], OF_SENTENCE), _logistic(stored["covers"], OF_QUESTION)
    )


def _logistic(stored: Mapping[str, float], names: Sequence[str]) -> Logistic:
    weights = np.array([stored[name] for name in names], np.float32)
    return Logistic(weights, stored["bias"], stored["least"])
