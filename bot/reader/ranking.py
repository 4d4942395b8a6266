"""Orders the sentences that may answer a question: a weighted sum of their features.

The weights are fitted listwise, over the sentences of a question at once (`bot.training.fit`), one
set with a network's columns and one without. They are in ranking.json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from bot.reader.features import FEATURES
from index import Vectors

RANKING = Path(__file__).with_name("ranking.json")

FitName = Literal["neural", "rules"]
"""With the columns of a network, or without."""

OF_NETWORK = frozenset({"span", "answer"})
"""The features that only a network gives."""

Weights = Mapping[str, float]
"""The weight of each feature by name; one that has none counts nothing."""


def in_order(weights: Weights, names: tuple[str, ...]) -> Vectors:
    """(len(names),) float32."""
    return np.array([weights.get(name, 0.0) for name in names], np.float32)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores sentences; higher is better. Scores of one question are comparable with one another."""

    weights: Weights

    def scores(self, features: Vectors) -> Vectors:
        """(n,) float32 for (n, len(FEATURES)) features."""
        scores: Vectors = features @ in_order(self.weights, FEATURES)
        return scores


def load_ranking(name: FitName, path: Path = RANKING) -> Ranking:
    """Reads the weights of one fit. Raises KeyError where they are not there."""
    return Ranking(json.loads(path.read_text(encoding="utf-8"))[name])
