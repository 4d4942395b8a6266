"""Says how likely a sentence answers: two logistic models with their fitted weights.

`Model` weighs the features that rules find; `Mixture` weighs its log-odds with a network's.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.reader.features import FEATURES
from index import Vectors

WEIGHTS, MIXTURE = (Path(__file__).with_name(name) for name in ("scorer.json", "mixture.json"))

BY_HAND = ("defines",)
"""Features whose weight is set by hand, because the public sets hardly ask what something is."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: log-odds = features @ weights + bias.

    `threshold` is the least "margin" (see FEATURES) at which a sentence answers by its meaning.
    """

    weights: Vectors
    bias: float
    threshold: float

    def log_odds(self, features: Vectors) -> Vectors:
        """(n,) float32 for (n, len(FEATURES)) features."""
        odds: Vectors = features @ self.weights + np.float32(self.bias)
        return odds


@dataclass(frozen=True, slots=True)
class Mixture:
    """log-odds = rules * (log-odds by rules) + span * softplus(span score) + bias."""

    rules: float
    span: float
    bias: float

    def log_odds(self, by_rules: Vectors, spans: Vectors) -> Vectors:
        """(n,) float32. `by_rules`: (n,) log-odds; `spans`: (n,) those of the likeliest span in each."""
        odds: Vectors = self.rules * by_rules + self.span * softplus(spans) + np.float32(self.bias)
        return odds


def softplus(spans: Vectors) -> Vectors:
    """(n,) log(1 + odds) of (n,) log-odds.

    A likely span counts as it is; how surely there is none makes no difference.
    """
    counted: Vectors = np.logaddexp(np.float32(0), spans)
    return counted


def load_mixture(path: Path = MIXTURE) -> Mixture:
    """Reads what `save_mixture` wrote. Raises TypeError where it has other names."""
    return Mixture(**json.loads(path.read_text(encoding="utf-8")))


def save_mixture(mixture: Mixture, path: Path = MIXTURE) -> None:
    """Writes the three numbers by name."""
    stored = {name: round(value, 4) for name, value in asdict(mixture).items()}
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def load_model(path: Path = WEIGHTS) -> Model:
    """Reads what `save_model` wrote; each feature must have a weight, fitted or by hand. Raises KeyError."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    weights = {**stored["fitted"], **stored["by_hand"]["weights"]}
    in_order = np.array([weights[name] for name in FEATURES], np.float32)
    return Model(in_order, stored["bias"], stored["by_hand"]["threshold"])


def save_model(model: Model, path: Path = WEIGHTS) -> None:
    """Writes the weights by name, those fitted apart from those set by hand."""
    weights = {
        name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)
    }
    stored = {
        "fitted": {name: weight for name, weight in weights.items() if name not in BY_HAND},
        "bias": round(model.bias, 4),
        "by_hand": {
            "weights": {name: weights[name] for name in BY_HAND},
            "threshold": model.threshold,
        },
    }
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
