"""The figures of the table, worked out by hand."""

import numpy as np
import pytest

from bot.reader.features import FEATURES
from bot.training.examples import Example
from bot.training.fit import fit
from bot.training.kinds import Part
from bot.training.leave_out import (
    LEFT_OUT,
    Outcomes,
    Read,
    System,
    apart,
    calibration_error,
    coverage_at,
    risk_at,
    systems,
    trials,
)


def outcomes(right: list[int], probability: list[float]) -> Outcomes:
    n = len(right)
    return Outcomes(
        np.array(right, bool), np.array(probability), np.ones(n, bool), np.ones(n, bool)
    )


def test_coverage_is_the_largest_share_with_few_wrong() -> None:
    # The surest first: right, right, right, wrong, right: 1 of 4 and 1 of 5 are too many.
    found = outcomes([1, 1, 1, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5])
    assert coverage_at(found, 0.05) == pytest.approx(3 / 5)
    assert coverage_at(found, 0.2) == pytest.approx(1.0)
    assert coverage_at(outcomes([0, 1], [0.9, 0.1]), 0.05) == 0.0


def test_risk_is_the_share_wrong_among_the_surest() -> None:
    found = outcomes([1, 1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.5])
    assert risk_at(found, 0.4) == 0.0
    assert risk_at(found, 0.6) == pytest.approx(1 / 3)
    assert risk_at(found, 1.0) == pytest.approx(2 / 5)


def test_the_calibration_error_is_the_gap_of_each_bin_by_its_size() -> None:
    # Bin 0.9: mean 0.95, share right 0.5; bin 0.1: mean 0.15, share right 0.
    found = outcomes([1, 0, 0, 0], [0.95, 0.95, 0.15, 0.15])
    assert calibration_error(found) == pytest.approx(0.5 * 0.45 + 0.5 * 0.15)


def test_a_calibrated_model_has_no_error() -> None:
    assert calibration_error(outcomes([1, 1, 0, 0], [0.5] * 4)) == 0.0


def test_the_baselines_go_by_one_feature_alone() -> None:
    found = {system.name: system for system in systems(each=False)}
    assert "span" not in found["network alone"].without
    assert {"context", "margin", "lead"} <= found["network alone"].without
    assert found["left out"].without == frozenset()
    assert found["fitted on everything"].on_everything
    assert any(system.without == {"place"} for system in systems(each=True))


SHARED = {"news": 0.9, "articles": 0.5, "bundled": 0.3}


def example(kind: str, part: Part) -> Example:
    """Two sentences, of which the first shares more with the question and is right."""
    features = np.zeros((2, len(FEATURES)), np.float32)
    features[:, FEATURES.index("context")] = (SHARED[kind], 0.1)
    right, documents = np.array([True, False]), np.array(["a", "b"])
    return Example(kind, part, "1", "nothing", True, features, right, documents)


def test_kinds_of_a_family_are_left_out_together_and_told_apart() -> None:
    parts: tuple[Part, ...] = ("fit", "report")
    kinds = ("news", "articles", "bundled")
    read = Read([example(k, p) for k in kinds for p in parts], [])
    held = trials(read, [System("x", "rules")])
    assert [trial.kind for trial in held] == list(kinds)
    only_news = fit([example("news", "fit")], "rules")
    assert [trial.fit == only_news for trial in held] == [False, True, True]


def test_a_kind_is_left_out_of_the_network_too_where_there_is_one_without_it() -> None:
    seen = [example("news", "report"), example("articles", "fit"), example("articles", "report")]
    other = [example("news", "report"), example("articles", "fit")]
    read = Read(seen, [], {"news": other})
    left_out, everything = System(LEFT_OUT, "rules"), System("fitted on everything", "rules")
    assert read.for_system(left_out, "news") is other
    assert read.for_system(left_out, "articles") is seen
    assert read.for_system(everything, "news") is seen


def test_what_no_threshold_decides_by_hand() -> None:
    # With an answer: right .9, right .4, wrong .8; without: .7, .5, .3, .2, .1, whose .8 quantile is .54.
    found = Outcomes(
        np.array([True, True, False, False, False, False, False, False]),
        np.array([0.9, 0.4, 0.8, 0.7, 0.5, 0.3, 0.2, 0.1]),
        np.ones(8, bool),
        np.array([True, True, True, False, False, False, False, False]),
    )
    best, cited, auroc_of_right = apart(found)
    assert best == 2 / 3 and cited == 1 / 3
    # .9 is above all six others, .4 above three.
    assert auroc_of_right == 9 / 12
