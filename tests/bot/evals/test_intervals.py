"""Statistics against enumeration, scipy, formulas and simulation."""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
import pytest

from bot.evals.intervals import Floats, Paired, holm, interval, paired, verdict


def alone(n: int) -> Any:
    return np.arange(n)


def exact_p(differences: Floats) -> float:
    """Share of all sign patterns at least as extreme as what was seen."""
    signs = np.array(list(itertools.product((-1, 1), repeat=len(differences))))
    return float((np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9).mean())


def found(**changes: Any) -> Paired:
    fields = {
        "delta": 0.1,
        "p": 0.01,
        "low": 0.05,
        "high": 0.15,
        "mde": 0.03,
        "wins": 9,
        "ties": 80,
        "losses": 1,
    }
    return Paired(**fields | changes)


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_p_is_that_of_all_sign_patterns(shift: float) -> None:
    differences = np.random.default_rng(1).normal(shift, 1, 12)
    (one,) = paired(np.zeros(12), differences, alone(12), flips=100_000)
    assert one.p == pytest.approx(exact_p(differences), abs=0.005)


def test_p_counts_equal_sums_of_coarse_scores() -> None:
    """Right or wrong: 8 wins, 2 losses, as the sign test has it, ties beside them or not."""
    from scipy import stats  # type: ignore[import-untyped]  # takes a second, and most tests need none of it

    differences = np.array([1.0] * 8 + [-1.0] * 2 + [0.0] * 30)
    (one,) = paired(np.full(40, 0.1), 0.1 + differences, alone(40), flips=100_000)
    assert (one.wins, one.ties, one.losses) == (8, 30, 2)
    assert one.p == pytest.approx(stats.binomtest(8, 10).pvalue, abs=0.005)


def test_p_is_never_zero() -> None:
    (one,) = paired(np.zeros(60), np.ones(60), alone(60), flips=9_999)
    assert one.p == 1 / 10_000


def test_identical_runs_are_no_evidence() -> None:
    scores = np.random.default_rng(2).random((50, 3))
    for one in paired(scores, scores.copy(), alone(50) // 4):
        assert one == Paired(
            delta=0.0, p=1.0, low=0.0, high=0.0, mde=0.0, wins=0, ties=50, losses=0
        )
        assert verdict(one, one.p, effect=0.0) == "no evidence"


def test_the_same_seed_gives_the_same_numbers_whatever_is_beside_them() -> None:
    random = np.random.default_rng(3)
    a, b, clusters = random.random((70, 2)), random.random((70, 2)), alone(70) // 3
    both = paired(a, b, clusters, seed=5)
    assert both == paired(a, b, clusters, seed=5)
    assert both[1].p == paired(a[:, 1], b[:, 1], clusters, seed=5)[0].p
    assert both[0].p != paired(a, b, clusters, seed=6)[0].p


def test_swapped_runs_are_mirrored() -> None:
    a, b = np.random.default_rng(4).random((2, 80))
    (there,), (back,) = paired(a, b, alone(80)), paired(b, a, alone(80))
    assert (there.delta, there.wins, there.p) == (-back.delta, back.losses, back.p)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)


def test_the_interval_is_scipys_where_each_question_is_alone() -> None:
    from scipy import stats

    values = np.random.default_rng(5).exponential(1, 60)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=40_000, method="BCa", rng=1
    ).confidence_interval
    assert interval(values, alone(60), samples=40_000) == pytest.approx(
        (theirs.low, theirs.high), abs=0.015
    )


def test_the_interval_of_many_is_the_normal_one() -> None:
    values = (np.arange(2000) % 5 == 0).astype(float)
    half = 1.96 * np.sqrt(0.2 * 0.8 / 2000)
    assert interval(values, alone(2000)) == pytest.approx((0.2 - half, 0.2 + half), abs=0.001)


def test_questions_about_one_document_count_once() -> None:
    """Said four times over, a value tells no more: interval and mde are those of the 50 documents."""
    values = np.random.default_rng(6).normal(0, 1, 50)
    repeated, clusters = np.repeat(values, 4), np.repeat(alone(50), 4)
    assert interval(repeated, clusters) == pytest.approx(interval(values, alone(50)), abs=1e-9)
    (once,), (fourfold,) = (
        paired(values * 0, values, alone(50)),
        paired(repeated * 0, repeated, clusters),
    )
    assert (
        fourfold.mde
        == pytest.approx(once.mde)
        == pytest.approx(2.8 * values.std(ddof=1) / np.sqrt(50))
    )


def test_names_of_clusters_do_not_matter_and_a_single_one_is_none() -> None:
    values = np.random.default_rng(7).random(30)
    assert interval(values, alone(30) // 2 * 1000 - 7) == interval(values, alone(30) // 2)
    assert interval(values, np.zeros(30, np.int64)) == interval(values, alone(30))


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """300 sets of 40 documents with 1 to 6 questions whose scores share their document's luck; truth 0."""
    random, covered, naive = np.random.default_rng(8), 0, 0
    for _ in range(300):
        clusters = np.repeat(alone(40), random.integers(1, 7, 40))
        values = random.normal(0, 1, 40)[clusters] + random.normal(0, 0.5, len(clusters))
        low, high = interval(values, clusters, samples=500)
        covered += low <= 0 <= high
        low, high = interval(values, alone(len(values)), samples=500)
        naive += low <= 0 <= high
    assert 0.90 <= covered / 300 <= 0.98
    assert naive / 300 < 0.80


def test_an_effect_as_large_as_the_mde_is_found_four_times_in_five() -> None:
    random = np.random.default_rng(9)
    mde = 2.8 * 1 / np.sqrt(100)
    ps = [
        paired(np.zeros(100), random.normal(mde, 1, 100), alone(100), flips=999, samples=20)[0].p
        for _ in range(400)
    ]
    assert np.mean(np.array(ps) < 0.05) == pytest.approx(0.80, abs=0.06)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.4, 0.9]) == pytest.approx([0.8, 0.9])
    assert holm([0.7, 0.6, 0.5]) == [1.0, 1.0, 1.0]
    assert (holm([0.02]), holm([])) == ([0.02], [])
    assert holm([0.01, 0.01]) == [0.02, 0.02]


@pytest.mark.parametrize(
    ("one", "p", "said"),
    [
        (found(), 0.01, "improved"),
        (found(delta=-0.1, low=-0.15, high=-0.05), 0.01, "regressed"),
        (found(mde=0.3), 0.01, "improved"),  # found, though it need not have been
        (found(), 0.05, "no evidence"),  # an interval alone is not enough
        (found(low=-0.01), 0.01, "no evidence"),  # nor is p alone
        (found(low=0.0), 0.01, "no evidence"),
        (found(low=-0.01, mde=0.06), 0.3, "underpowered"),
        (found(low=-0.01, mde=0.05), 0.3, "no evidence"),
    ],
)
def test_verdict(one: Paired, p: float, said: str) -> None:
    assert verdict(one, p, effect=0.05) == said


def test_one_question_proves_nothing() -> None:
    (one,) = paired(np.zeros(1), np.ones(1), alone(1))
    assert (one.p, one.low, one.high, one.mde) == (1.0, 1.0, 1.0, 2.8)
    assert verdict(one, one.p, effect=0.05) == "underpowered"
    assert interval(np.array([0.5, 0.5]), alone(2)) == (0.5, 0.5)


def test_what_is_no_number_is_refused_by_row() -> None:
    good, bad = np.zeros((5, 2)), np.zeros((5, 2))
    bad[3, 1] = np.nan
    with pytest.raises(ValueError, match="b, row 3"):
        paired(good, bad, alone(5))
    with pytest.raises(ValueError, match="a, row 3"):
        paired(bad, good, alone(5))
    with pytest.raises(ValueError, match="row 1"):
        interval(np.array([0, np.inf]), alone(2))
    with pytest.raises(ValueError, match="row 0"):
        holm([float("nan"), 0.1])


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="same questions"):
        paired(np.zeros((5, 2)), np.zeros((4, 2)), alone(5))
    with pytest.raises(ValueError, match=r"not \(5,\)"):
        paired(np.zeros(5), np.zeros(5), alone(4))
    with pytest.raises(ValueError, match="nothing"):
        interval(np.zeros(0), alone(0))


@pytest.mark.long
def test_a_large_comparison_takes_seconds() -> None:
    random = np.random.default_rng(0)
    a = random.random((3500, 6))
    started = time.perf_counter()
    paired(a, random.random((3500, 6)), alone(3500), flips=10_000, samples=10_000)
    assert time.perf_counter() - started < 10
