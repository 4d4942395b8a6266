"""Logistic regressions whose weights are kept by the names of their features, in a JSON file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from index import Vectors

LARGEST_ODDS = 30.0
"""Log-odds beyond which a probability is 0 or 1 in float32."""


class Logistic(NamedTuple):
    """probability = 1 / (1 + exp(-(features @ weights + bias))); `least` is the one that is enough."""

    weights: Vectors
    bias: float
    least: float

    def probabilities(self, features: Vectors) -> Vectors:
        """(n,) float32 for (n, len(weights)) features."""
        odds = np.clip(features @ self.weights + self.bias, -LARGEST_ODDS, LARGEST_ODDS)
        return np.asarray(1 / (1 + np.exp(-odds)), np.float32)

    def by_name(self, names: Sequence[str]) -> dict[str, float]:
        """As it is kept, with the names of its features in their order."""
        weights = zip(names, self.weights, strict=True)
        named = {name: round(float(weight), 4) for name, weight in weights}
        return named | {"bias": round(self.bias, 4), "least": self.least}


def read_logistic(stored: Mapping[str, float], names: Sequence[str]) -> Logistic:
    """The inverse of `by_name`. Raises KeyError where a feature has no weight."""
    weights = np.array([stored[name] for name in names], np.float32)
    return Logistic(weights, stored["bias"], stored["least"])
