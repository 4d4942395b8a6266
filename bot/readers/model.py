"""The logistic model that says how likely a sentence answers, and the weights it was fitted with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.readers.evidence import FEATURES
from index import Vectors

WEIGHTS, WITH_NETWORK = (Path(__file__).with_name(name) for name in ("weights.json", "weights_with_network.json"))

BY_HAND = ("defines",)
"""Features whose weight is set by hand: the public sets hardly ask what something is."""


@dataclass(frozen=True, slots=True)
class Model:
    """log-odds = features @ weights + bias; `threshold` is the least "lead" (see FEATURES) of an answer by meaning."""

    weights: Vectors
    bias: float
    threshold: float

    def log_odds(self, features: Vectors) -> Vectors:
        """(n,) float32 for (n, len(FEATURES)) features."""
        odds: Vectors = features @ self.weights + np.float32(self.bias)
        return odds


def load_model(path: Path = WEIGHTS) -> Model:
    """Reads what `save_model` wrote; each feature must have a weight, fitted or by hand. Raises KeyError."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    weights = {**stored["fitted"], **stored["by_hand"]["weights"]}
    return Model(
        np.array([weights[name] for name in FEATURES], np.float32), stored["bias"], stored["by_hand"]["threshold"]
    )


def save_model(model: Model, path: Path = WEIGHTS) -> None:
    """Writes the weights by name, those fitted apart from those set by hand."""
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)}
    stored = {
        "fitted": {name: weight for name, weight in weights.items() if name not in BY_HAND},
        "bias": round(model.bias, 4),
        "by_hand": {"weights": {name: weights[name] for name in BY_HAND}, "threshold": model.threshold},
    }
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
