"""The logistic model that says how likely a sentence answers, and the weights it was fitted with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.readers.evidence import FEATURES
from index import Vectors

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Model:
    """log-odds = features @ weights + bias; a question is answered where the best sentence reaches `threshold`."""

    weights: Vectors
    bias: float
    threshold: float

    def log_odds(self, features: Vectors) -> Vectors:
        """(n,) float32 for (n, len(FEATURES)) features."""
        return features @ self.weights + np.float32(self.bias)


def load_model(path: Path = WEIGHTS) -> Model:
    """Reads the fitted weights; each feature must have one."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    weights = np.array([stored["weights"][name] for name in FEATURES], np.float32)
    return Model(weights, stored["bias"], stored["threshold"])
