"""Logistic regressions by the names of their features."""

import numpy as np
import pytest

from bot.reader.logistic import LARGEST_ODDS, Logistic, read_logistic

NAMES = ("score", "rank")


def test_a_probability_worked_by_hand() -> None:
    fit = Logistic(np.array([2.0, -1.0], np.float32), 0.5, 0.3)
    # 2 × 1 − 1 × 2.5 + .5 = 0, and with nothing the bias alone: 1 / (1 + e^-.5).
    rows = np.array([[1.0, 2.5], [0.0, 0.0]], np.float32)
    assert fit.probabilities(rows) == pytest.approx([0.5, 0.62246], abs=1e-5)


def test_far_away_it_is_sure_and_no_number_overflows() -> None:
    fit = Logistic(np.array([1.0], np.float32), 0.0, 0.5)
    rows = np.array([[-1e6], [1e6]], np.float32)
    with np.errstate(all="raise"):
        low, high = fit.probabilities(rows)
    assert 0 < low < np.exp(-LARGEST_ODDS + 1)
    assert high == 1


def test_it_is_read_as_it_was_kept_in_any_order() -> None:
    fit = Logistic(np.array([0.25, -3.0], np.float32), 1.5, 0.2)
    kept = dict(reversed(fit.by_name(NAMES).items()))
    read = read_logistic(kept, NAMES)
    assert read.weights.tolist() == fit.weights.tolist()
    assert (read.bias, read.least) == (1.5, 0.2)


def test_a_feature_without_a_weight_is_an_error() -> None:
    with pytest.raises(KeyError, match="rank"):
        read_logistic({"score": 1.0, "bias": 0.0, "least": 0.5}, NAMES)
