"""How well a sentence answers a question: a few named features, and the models that weigh them.

`Model` weighs the features that rules find; `Mixture` weighs its log-odds with those of a network.
Their fitted weights are in scorer.json and mixture.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.question.analysis import Question
from bot.reader import spans
from bot.reader.candidates import Sentence, coverage
from bot.reader.mismatches import Constraints, Mismatch
from bot.reader.spans import typed_spans
from index import Vectors

FEATURES = (
    "margin",  # cosine above the nearest unrelated sentence, times ten
    "passage",  # score of the passage, 0 to 1
    "coverage",  # share of the question's terms in the sentence
    "context",  # ... in the sentence, the one before it, its heading and title
    "telling",  # share of the terms in the sentence, those that many candidates have counting less
    "pairs",  # share of the question's character pairs in the sentence, likewise
    "near",  # a number or date of the kind asked for stands beside the noun asked for
    "place",  # mismatches
    "year",
    "number",
    "kind",
    "defines",  # asks what something is, and the sentence says "it is", "it means"
    "because",  # asks why, and the sentence gives a reason
    "members",  # asks for a list, and the sentence has one
    "long",  # length in hundreds of characters, at most 1
)

BESIDE = 8
"""Characters between a number and the noun it counts, at most."""

_MISMATCHES: tuple[Mismatch, ...] = ("place", "year", "number", "kind")
# 由于人口流动, 得益于网格化
_REASON = re.compile(
    r"因为|由于|因此|所以|为了|使得|导致|背后|依靠|得益于|是因|之所以|原因|从而|以便|旨在|需要"
)
# 城市治理 in “城市治理”2.0
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
# “1+6”指〔什么〕, 什么是〔…〕
_ASKS_MEANING = re.compile(r"(?:是|指|代表|叫|意味着?|意思)的?(?:是)?$|^(?:是|叫|意思)")
# “两张网”是指…, 健康码，即…
_MEANS = re.compile(r"[”」』\"》]?[,，]?(?:则|就|即|也)?(?:是指|是|指|即|代表|意味着|称为)")


def features(
    asked: Constraints,
    found: Sequence[Sentence],
    measured: Vectors,
    against: Sequence[Sequence[Mismatch]],
) -> Vectors:
    """(n, len(FEATURES)) float32, a row for each of n sentences.

    `measured` is (n, 2): the margin over the negative cohort in cosine, and the score of the
    passage; `against` holds the mismatches of each sentence.
    """
    question = asked.question
    texts = [sentence.folded for sentence in found]
    telling = {}
    for term, weight in question.terms.items():
        telling[term] = weight / (1 + sum(term in text for text in texts))
    pairs = _pairs(asked.asked, texts)
    rows = []
    for at, sentence in enumerate(found):
        text = sentence.folded
        row = (
            10 * measured[at, 0],
            measured[at, 1],
            coverage(question.terms, text, question.alike),
            coverage(question.terms, sentence.around, question.alike),
            coverage(telling, text, question.alike),
            coverage(pairs, text),
            _beside(asked, text),
            *(mismatch in against[at] for mismatch in _MISMATCHES),
            question.kind == "what" and _defines(question, text),
            question.kind == "why" and bool(_REASON.search(text)),
            question.kind == "list" and bool(spans.enumerations(text)),
            min(1.0, len(text) / 100),
        )
        rows.append(row)
    return np.array(rows, np.float32).reshape(-1, len(FEATURES))


def _pairs(asked: str, texts: Sequence[str]) -> dict[str, float]:
    """The question's character pairs with their weights: less the more of the texts have the pair."""
    pairs = set()
    for run in _HAN_RUN.findall(asked):
        pairs |= {run[at : at + 2] for at in range(len(run) - 1)}
    weights = {}
    for pair in sorted(pairs):
        weights[pair] = 1 / (1 + sum(pair in text for text in texts))
    return weights


def _defines(question: Question, folded: str) -> bool:
    """Whether the question asks what something is, and a folded sentence says of it that it is."""
    around = question.before.rstrip("的是")[-4:] + question.before[-1:]
    if question.before.strip() and not _ASKS_MEANING.search(around):
        return False
    for term in (*question.terms, *question.numbers):
        for _, end in spans.occurrences(term, folded):
            if _MEANS.match(folded, end):
                return True
    return False


def _beside(asked: Constraints, folded: str) -> bool:
    """Whether a number or date of the kind asked for stands beside the noun asked for."""
    focus = asked.question.focus
    if asked.question.kind not in ("number", "date") or not focus:
        return False
    for part in typed_spans(asked.question, folded):
        start = folded.find(part)
        end = start + len(part)
        if focus in folded[max(0, start - BESIDE) : end + BESIDE]:
            return True
    return False


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
