"""Which form of answer a question asks for: a summary, a list, a line for each, a single fact.

A multinomial logistic regression over the question's characters and pairs of characters, its kind,
and its vector, where the bundled encoder has made the index. `bot.training.fit_forms` fits it, and
says how well it does on the questions of a writer it has not seen. The weights are in forms.npz.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from bot.question.analysis import Question
from corpus.language.text import fold
from index import Vectors

AskedForm = Literal[
    "summary", "comparison", "documents", "mention", "each", "list", "yes_no", "fact", "request"
]

FORMS: tuple[AskedForm, ...] = get_args(AskedForm)

WEIGHTS = Path(__file__).with_name("forms.npz")

LEAST = 0.4
"""Probability below which a question is taken to ask for a single fact. Of the questions of writers
left out (docs/benchmarks.md) 92 % of facts and 86 % of the others are then told, at 0.6 95 % and 79 %.
"""

VECTOR_SCALE = 4.0
"""What the vector of a question, which is 1 long, is multiplied by, so that the penalty of its weights
is smaller.
"""

GRAM_SCALE = 3.0
"""The same of its characters and pairs."""

# 2023, 3.5
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_END = re.compile(r"[?!。\s]+$")


@dataclass(frozen=True, slots=True)
class FormModel:
    """Weights of n features, (n, len(FORMS)) float32, by name; `of_vector` is (dim, len(FORMS)).

    `of_vector` has no rows in the model that goes by the words alone.
    """

    rows: Mapping[str, int]
    weights: Vectors
    of_vector: Vectors
    bias: Vectors

    def probabilities(self, question: Question, vector: Vectors | None) -> Vectors:
        """(len(FORMS),) float32, in the order of FORMS."""
        names = feature_names(question)
        grams = [self.rows[name] for name in names if name in self.rows]
        odds = self.bias + self.weights[grams].sum(axis=0) * gram_value(len(grams))
        if vector is not None and len(self.of_vector):
            odds = odds + VECTOR_SCALE * vector @ self.of_vector
        likely: Vectors = np.exp(odds - odds.max())
        return likely / likely.sum()


def asked_form(question: Question, vector: Vectors | None = None) -> AskedForm:
    """The form that a question asks for; "fact" where none is likely.

    `vector` (dim,) is the bundled encoder's of what was asked.
    """
    likely = _model(vector is not None).probabilities(question, vector)
    best = int(np.argmax(likely))
    return FORMS[best] if likely[best] >= LEAST else "fact"


def feature_names(question: Question) -> Sequence[str]:
    """What is known of a question: its characters and pairs of characters, numbers as 0, the pairs with
    its beginning and end, and its kind.
    """
    folded = _NUMBER.sub("0", _END.sub("", fold(question.asked).strip()))
    marked = f"^{folded}$"
    pairs = {marked[at : at + 2] for at in range(len(marked) - 1)}
    return sorted(pairs | set(folded) | {f"kind:{question.kind}"})


def gram_value(count: int) -> float:
    """The value of each of `count` features of a question: less, the longer it is."""
    return GRAM_SCALE / max(1, count) ** 0.5


@cache
def _model(with_vector: bool) -> FormModel:
    """One of the two fits."""
    name = "dense" if with_vector else "words"
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        rows = {str(gram): row for row, gram in enumerate(stored[f"{name}_features"])}
        parts = [stored[f"{name}_{part}"].astype(np.float32) for part in ("weights", "vector", "bias")]
    return FormModel(rows, *parts)
