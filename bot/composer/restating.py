"""How likely another sentence states the fact that one states, in the same words or in others.

A logistic regression, fitted by `bot.training.fit_agreement` and worth what docs/benchmarks.md says on
a kind of text left out. The weights are in restating.json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from bot.composer.sources import Material
from bot.question.agreeing import asks_agreement
from bot.reader.extractive import ELSEWHERE
from bot.reader.features import FEATURES
from bot.reader.logistic import Logistic, read_logistic
from bot.reader.ranking import FitName
from bot.reader.versions import are_versions, frame, overlap
from corpus.language.quantities import lacks_any, quantities
from corpus.language.text import fold
from index import Vectors

WEIGHTS = Path(__file__).with_name("restating.json")

OF_OTHER = (
    "behind",  # score of the sentence less that of the first
    "score",
    "alike",  # cosine of the two sentences; 0 without an encoder
    "margin",  # cosine to the question, above the nearest unrelated sentence
    "margin_behind",  # ... less that of the first
    "context",  # share of the words of the question
    "context_behind",  # ... less that of the first
    "overlap",  # share of the pairs of characters, numbers aside, that the two have in common
    "same_unit",  # whether both have numbers of one unit, 0 or 1
    "no_number",  # whether the first alone has any
    "same_value",  # whether the other has every number of the first
    "same_document",
    "same_section",
    "against",  # whether anything of it does not match the question
    "elsewhere",  # whether it speaks of another place, year or thing
    "versions",  # whether the documents are versions of one
    "first_of_document",  # whether no sentence of its document has a higher score
    "asks",  # whether the question asks if several agree
    "asks_document",  # ... and it stands in another document
    "rank",  # log(1 + number of better sentences)
    "span",  # log(1 + odds) of a span of the network in it
)
"""What tells how likely a sentence states what the first one does."""

_MARGIN = FEATURES.index("margin")
_CONTEXT = FEATURES.index("context")
_SPAN = FEATURES.index("span")


def restating(first: int, material: Material) -> Vectors:
    """(n,) float32: how likely each candidate states what number `first` does, 0 to 1; 0 of itself."""
    likely = load_restating(fit_of(material)).probabilities(other_features(first, material))
    likely[first] = 0
    return likely


def fit_of(material: Material) -> FitName:
    """The fit for what was read: with the network, or by rules."""
    return "neural" if material.scores else "rules"


def other_features(first: int, material: Material) -> Vectors:
    """(n, len(OF_OTHER)) float32 of n candidates beside number `first`."""
    evidence = material.evidence
    scores, features = evidence.scores, evidence.features
    spans = [candidate.sentence.span for candidate in material.candidates]
    documents = [span.document for span in spans]
    sections = [span.document.section_at(span.start) for span in spans]
    asks = asks_agreement(material.question.whole)
    order = np.argsort(-scores, kind="stable")
    rank = np.empty(len(scores))
    rank[order] = np.arange(len(scores))
    leading: dict[str, int] = {}
    for number in map(int, order):
        leading.setdefault(documents[number].doc_id, number)
    is_elsewhere = [bool(ELSEWHERE.intersection(against)) for against in evidence.against]
    in_first = np.array([document is documents[first] for document in documents])
    columns = [
        scores - scores[first],
        scores,
        _cosines(first, material),
        features[:, _MARGIN],
        features[:, _MARGIN] - features[first, _MARGIN],
        features[:, _CONTEXT],
        features[:, _CONTEXT] - features[first, _CONTEXT],
        *_shared([span.text for span in spans], first),
        in_first,
        in_first & np.array([section == sections[first] for section in sections]),
        [bool(against) for against in evidence.against],
        is_elsewhere,
        ~in_first & np.array([are_versions(one, documents[first]) for one in documents]),
        [leading[one.doc_id] == number for number, one in enumerate(documents)],
        np.full(len(scores), asks),
        asks & ~in_first,
        np.log1p(rank),
        features[:, _SPAN],
    ]
    return np.column_stack(columns).astype(np.float32)


def _cosines(first: int, material: Material) -> Vectors:
    """(n,) the cosine of each candidate to number `first`; 0 without an encoder."""
    dense = material.sources.snapshot.dense
    if dense is None:
        return np.zeros(len(material.candidates), np.float32)
    vectors = dense.sentence_vectors([candidate.row for candidate in material.candidates])
    alike: Vectors = vectors @ vectors[first]
    return alike


def _shared(texts: Sequence[str], first: int) -> Vectors:
    """(4, n): overlap, same_unit, no_number and same_value of each text."""
    frames = [frame(text) for text in texts]
    numbers = [list(quantities(fold(text))) for text in texts]
    units = [{quantity.unit for quantity in held} for held in numbers]
    rows = []
    for framed, held, measured in zip(frames, numbers, units, strict=True):
        is_measured_alike = bool(measured & units[first])
        has_all = bool(numbers[first] and held) and not lacks_any(numbers[first], held)
        lacks = bool(units[first]) and not is_measured_alike
        rows.append((overlap(frames[first], framed), is_measured_alike, lacks, has_all))
    return np.array(rows, np.float32).T


@cache
def load_restating(name: FitName, path: Path = WEIGHTS) -> Logistic:
    """Reads one of the fits. Raises KeyError where it is not there."""
    stored: Mapping[str, float] = json.loads(path.read_text("utf-8"))[name]
    return read_logistic(stored, OF_OTHER)
