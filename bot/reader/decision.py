"""Decides whether the best sentence answers: how likely it does, from a few named features.

One row a question: what speaks for the best sentence, and how far it is ahead of the others. The
best of n rows of its own would not be calibrated, and would move with n. The weights are fitted by
`bot.training.fit` and are in decision.json, with those without a network.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.reader.features import FEATURES
from bot.reader.ranking import FitName, Weights, in_order
from index import Vectors

DECISION = Path(__file__).with_name("decision.json")

OF_BEST = (
    "span", "margin", "scope", "context", "place", "year", "ordinal", "number", "name", "kind", "date",
)  # fmt: skip
"""The features of the best sentence that count."""

IMPOSSIBLE = ("place", "year", "ordinal")
"""Mismatches with which a sentence cannot answer: it is about another place or year, or stands in
another article of a law. Of right sentences of seven sets at most 0.7 % had the first, 1.6 % the second.
"""

UNLIKELY = ("number", "kind", "date")
"""Mismatches with which a sentence answers only where a network is as sure as SURE_SPAN: a word may
stand for a number or a date.
"""

SURE_SPAN = 3.0
"""log(1 + odds) of a span; see docs/benchmarks.md."""

DECIDING = (
    *OF_BEST,
    "lead",  # score of the best sentence less that of the second, at most LARGEST_LEAD
    "lead_document",  # ... less that of the best in another document
)
"""What the decision is made from. Others were tried and earned nothing on a kind of text left out
(docs/benchmarks.md): the network's answer head, the likeliest span elsewhere, how alike the others
are, and whether the best sentence lies outside the document that is named.
"""

LARGEST_LEAD = 4.0
"""Leads beyond it say no more. A library of one document has no other: its lead is as large."""

_OF_BEST = [FEATURES.index(name) for name in OF_BEST]


_IMPOSSIBLE = [DECIDING.index(name) for name in IMPOSSIBLE]
_UNLIKELY = [DECIDING.index(name) for name in UNLIKELY]
_SPAN = DECIDING.index("span")


@dataclass(frozen=True, slots=True)
class Decision:
    """A logistic model over DECIDING: probability = 1 / (1 + exp(-(features @ weights + bias))).

    Below `threshold` (0 to 1) a question is refused.
    """

    weights: Weights
    bias: float
    threshold: float

    def probability(self, deciding: Vectors) -> float:
        """How likely the best sentence answers, for the (len(DECIDING),) features of a question.

        0 where it cannot.
        """
        if is_impossible(deciding):
            return 0.0
        odds = float(deciding @ in_order(self.weights, DECIDING)) + self.bias
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def is_impossible(deciding: Vectors) -> bool:
    """Whether the best sentence cannot answer, for the (len(DECIDING),) features of a question."""
    if deciding[_IMPOSSIBLE].any():
        return True
    return bool(deciding[_UNLIKELY].any() and deciding[_SPAN] < SURE_SPAN)


def deciding(features: Vectors, scores: Vectors, documents: Sequence[str]) -> Vectors:
    """(len(DECIDING),) float32 of a question with n sentences.

    `features` (n, len(FEATURES)), `scores` (n,) those of the ranking, `documents` (n,) their
    doc_ids.
    """
    best = int(np.argmax(scores))
    others = np.delete(scores, best)
    apart = [score for score, doc in zip(scores, documents, strict=True) if doc != documents[best]]
    row = (
        *features[best, _OF_BEST],
        _lead(float(scores[best]), others.tolist()),
        _lead(float(scores[best]), apart),
    )
    return np.array(row, np.float32)


def _lead(best: float, others: Sequence[float]) -> float:
    """How far `best` is ahead of the others, 0 to LARGEST_LEAD."""
    return min(LARGEST_LEAD, max(0.0, best - max(others))) if others else LARGEST_LEAD


def load_decision(name: FitName, path: Path = DECISION) -> Decision:
    """Reads one of the fits. Raises KeyError where it is not there."""
    stored: Mapping[str, float | Mapping[str, float]]
    stored = json.loads(path.read_text(encoding="utf-8"))[name]
    weights = {name: value for name, value in stored.items() if name in DECIDING}
    return Decision(weights, float(stored["bias"]), float(stored["threshold"]))  # type: ignore[arg-type]
