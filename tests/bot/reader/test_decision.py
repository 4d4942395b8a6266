"""What the decision is made from, by hand, and the probability that comes of it."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from bot.reader.decision import (
    DECIDING,
    LARGEST_LEAD,
    SURE_SPAN,
    Decision,
    deciding,
    is_impossible,
    load_decision,
)
from bot.reader.features import FEATURES
from bot.reader.ranking import OF_NETWORK, load_ranking
from index import Vectors

SPAN, PLACE = FEATURES.index("span"), FEATURES.index("place")


def row(features: Vectors, scores: list[float], documents: str) -> dict[str, float]:
    found = deciding(features, np.array(scores, np.float32), list(documents))
    return dict(zip(DECIDING, found.tolist(), strict=True))


def zeros(n: int) -> Vectors:
    return np.zeros((n, len(FEATURES)), np.float32)


def test_the_features_are_those_of_the_best_sentence() -> None:
    features = zeros(3)
    features[:, SPAN] = [1, 2, 5]
    features[1, PLACE] = 1
    found = row(features, [0.0, 3.0, 1.5], "aab")
    assert (found["span"], found["place"]) == (2, 1)


def test_the_leads_are_over_the_second_and_over_the_best_of_another_document() -> None:
    found = row(zeros(3), [3.0, 2.5, 1.0], "aab")
    assert (found["lead"], found["lead_document"]) == (0.5, 2.0)


def test_a_lead_is_bounded_and_largest_where_nothing_else_is() -> None:
    assert row(zeros(1), [3.0], "a")["lead"] == LARGEST_LEAD
    assert row(zeros(2), [3.0, 1.0], "aa")["lead_document"] == LARGEST_LEAD
    assert row(zeros(2), [99.0, 1.0], "ab")["lead_document"] == LARGEST_LEAD


@pytest.mark.parametrize(
    ("mismatch", "span", "possible"),
    [
        ("place", 9.0, False),
        ("year", 9.0, False),
        ("ordinal", 9.0, False),
        ("kind", SURE_SPAN, True),
        ("kind", SURE_SPAN - 0.1, False),
        ("number", SURE_SPAN - 0.1, False),
        ("name", 0.0, True),
    ],
)
def test_what_cannot_answer_is_never_likely(mismatch: str, span: float, possible: bool) -> None:
    given = np.zeros(len(DECIDING), np.float32)
    given[DECIDING.index("span")] = span
    given[DECIDING.index(mismatch)] = 1
    assert is_impossible(given) is not possible
    assert bool(Decision({}, 2.0, 0.5).probability(given)) is possible


def test_the_probability_is_logistic() -> None:
    decision = Decision({"span": 2.0}, -1.0, 0.5)
    given = np.zeros(len(DECIDING), np.float32)
    given[DECIDING.index("span")] = 1.5
    assert decision.probability(given) == pytest.approx(1 / (1 + math.exp(-2.0)))


def test_the_fit_without_a_network_has_none_of_its_columns() -> None:
    assert not OF_NETWORK & {
        name for name, weight in load_ranking("rules").weights.items() if weight
    }
    assert not OF_NETWORK & {
        name for name, weight in load_decision("rules").weights.items() if weight
    }


@pytest.mark.parametrize("name", ["neural", "rules"])
def test_weights_are_of_known_features_and_the_threshold_is_a_probability(name: str) -> None:
    folder = Path(__file__).parents[3] / "bot/reader"
    ranking = json.loads((folder / "ranking.json").read_text("utf-8"))[name]
    decision = json.loads((folder / "decision.json").read_text("utf-8"))[name]
    assert set(ranking) <= set(FEATURES)
    assert set(decision) <= {*DECIDING, "bias", "threshold"}
    assert 0 < decision["threshold"] < 1
