"""Refusal measures against scikit-learn and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evals.refusal_measures import (
    aurc,
    auroc,
    average_precision,
    risk_coverage,
    score_refusals,
)

YES, NO = True, False


def flags(*values: bool) -> Any:
    return np.array(values, np.bool_)


def everyone_answers(right: Any, answerable: Any, confidence: Any) -> dict[str, float]:
    return score_refusals(
        right, np.ones(len(right), np.bool_), answerable, np.asarray(confidence, np.float64)
    )


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=40))
def test_areas_are_scikit_learns(rows: list[tuple[bool, int]]) -> None:
    # Takes seconds to import: not in the process that runs other tests.
    from sklearn.metrics import average_precision_score, roc_auc_score  # type: ignore[import-untyped]

    answerable, confidence = flags(*(a for a, _ in rows)), np.array([c / 6 for _, c in rows])
    found = everyone_answers(answerable, answerable, confidence)
    if answerable.all() or not answerable.any():
        assert not {"AUROC", "AUPRC"} & found.keys()
    else:
        assert found["AUROC"] == pytest.approx(roc_auc_score(answerable, confidence), abs=1e-9)
        assert found["AUPRC"] == pytest.approx(
            average_precision_score(~answerable, -confidence), abs=1e-9
        )


def test_risk_and_coverage_by_hand() -> None:
    """Five answers, the third wrong and the last a refusal: two are right at .9 and .8, .7 is wrong, .6 is right."""
    right, answered = flags(YES, YES, NO, YES, NO), flags(YES, YES, YES, YES, NO)
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.1])
    curve = risk_coverage(right, answered, confidence)
    assert curve.coverage.tolist() == [0.2, 0.4, 0.6, 0.8]
    assert curve.risk == pytest.approx([0, 0, 1 / 3, 1 / 4])
    found = score_refusals(right, answered, flags(YES, YES, YES, YES, NO), confidence)
    assert found["AURC"] == pytest.approx((1 / 3 + 1 / 4) / 4)
    assert (found["coverage@80"], found["coverage@90"]) == (0.4, 0.4)


def test_areas_by_hand() -> None:
    """Of four pairs one is a tie; of three the second is unwanted; the last two are equally sure."""
    assert auroc(np.array([0.5, 0.8]), np.array([0.5, 0.2])) == 3.5 / 4
    wanted = flags(YES, NO, YES)
    assert average_precision(wanted, np.array([3.0, 2.0, 1.0])) == pytest.approx(1 / 2 + 2 / 3 / 2)
    assert average_precision(wanted, np.array([1.0, 1.0, 1.0])) == pytest.approx(2 / 3)
    area = aurc(flags(YES, YES, NO), np.array([0.9, 0.5, 0.5]))
    assert area == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)


def test_a_curve_of_no_answers_is_empty() -> None:
    curve = risk_coverage(flags(NO), flags(NO), np.zeros(1))
    assert (curve.coverage.tolist(), curve.risk.tolist()) == ([], [])


def test_equal_confidence_stands_or_falls_together() -> None:
    right = flags(YES, NO, YES, NO)
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        found = everyone_answers(right[order], flags(*[YES] * 4), [0.5] * 4)
        assert found["AURC"] == 0.5
        assert found["coverage@80"] == 0


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 4)), min_size=1, max_size=30),
    st.randoms(),
)
def test_the_order_of_questions_does_not_matter(
    rows: list[tuple[bool, bool, int]], random: Any
) -> None:
    def measured(rows: list[tuple[bool, bool, int]]) -> dict[str, float]:
        right, answered = flags(*(a and b for a, b, _ in rows)), flags(*(a for a, _, _ in rows))
        answerable = flags(*(b for _, b, _ in rows))
        return score_refusals(right, answered, answerable, np.array([float(c) for *_, c in rows]))

    found, shuffled = measured(rows), list(rows)
    random.shuffle(shuffled)
    assert measured(shuffled) == pytest.approx(found)
    assert all(0 <= value <= 1 for value in found.values())


def test_coverage_at_exact_accuracies() -> None:
    right = np.arange(20) < 19
    found = everyone_answers(right, flags(*[YES] * 20), np.linspace(1, 0, 20))
    assert found["coverage@95"] == 1.0


def test_refusals_by_hand() -> None:
    """Refused: two of three unanswerable and one of four answerable."""
    answered, answerable = (
        flags(YES, NO, NO, YES, YES, YES, NO),
        flags(NO, NO, NO, YES, YES, YES, YES),
    )
    found = score_refusals(answered & answerable, answered, answerable, np.zeros(7))
    assert (found["refusal P"], found["refusal R"], found["over-refusal"]) == pytest.approx(
        (2 / 3, 2 / 3, 1 / 4)
    )
    assert found["refusal F1"] == pytest.approx(2 / 3)
    assert found["AUROC"] == 0.5


def test_what_a_set_cannot_give_is_absent() -> None:
    all_answerable = everyone_answers(flags(YES, NO), flags(YES, YES), [1, 0])
    assert all_answerable.keys() == {
        "over-refusal",
        "AURC",
        "coverage@80",
        "coverage@90",
        "coverage@95",
    }
    all_refused = score_refusals(flags(NO, NO), flags(NO, NO), flags(NO, NO), np.zeros(2))
    assert all_refused == {"refusal P": 1.0, "refusal R": 1.0, "refusal F1": 1.0}
    none_refused = everyone_answers(flags(YES, NO), flags(YES, NO), [1, 0])
    assert "refusal P" not in none_refused
    assert (none_refused["refusal R"], none_refused["refusal F1"], none_refused["AUROC"]) == (
        0,
        0,
        1,
    )
    nothing: Any = np.array([])
    assert score_refusals(nothing, nothing, nothing, nothing) == {}


def test_bad_rows_are_named() -> None:
    with pytest.raises(ValueError, match="row 1"):
        everyone_answers(flags(YES, NO), flags(YES, YES), [1, np.nan])
    with pytest.raises(ValueError, match="row 0"):
        score_refusals(flags(YES), flags(NO), flags(YES), np.zeros(1))
    with pytest.raises(ValueError, match="one length"):
        everyone_answers(flags(YES, NO), flags(YES), [1, 0])


def test_the_curve_of_one_question_and_of_none() -> None:
    one = risk_coverage(flags(YES), flags(YES), np.array([0.5]))
    assert (one.coverage.tolist(), one.risk.tolist()) == ([1.0], [0.0])
    none = risk_coverage(flags(), flags(), np.array([]))
    assert none.coverage.tolist() == none.risk.tolist() == []
