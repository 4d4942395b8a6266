"""Statistics against enumeration, scipy, formulas and simulation."""

from __future__ import annotations

import itertools
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bot.evals.intervals import (
    FEWEST_QUESTIONS,
    Floats,
    Interval,
    Paired,
    holm,
    interval,
    paired,
    verdict,
)

SKEWED = np.array([0.0, 0.1, 0.15, 0.3, 0.5, 1.1, 4.0])
"""Its upper BCa limit changes by 0.6 when the sign of the acceleration is turned."""


def alone(n: int) -> Any:
    """A document for each of n questions."""
    return np.arange(n)


def ends(found: Interval) -> tuple[float, float]:
    return found.low, found.high


def exact_p(differences: Floats) -> float:
    """Share of all sign patterns at least as extreme as the observed one."""
    signs = np.array(list(itertools.product((-1, 1), repeat=len(differences))))
    return float((np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9).mean())


def exact_bca(values: Floats, turned: int = 1) -> tuple[float, float]:
    """BCa limits of the mean from all samples there are (Efron and Tibshirani, 1993, 14.9 to 14.15).

    `turned` -1 is the common error: the acceleration with the wrong sign.
    """
    sums = np.zeros(1)
    for _ in values:
        sums = np.add.outer(sums, values).ravel()
    means = sums / len(values)
    normal = NormalDist()
    below = float((means < values.mean() - 1e-9).mean() + (means <= values.mean() + 1e-9).mean())
    bias = normal.inv_cdf(below / 2)
    jackknife = np.array([np.delete(values, row).mean() for row in range(len(values))])
    away = jackknife.mean() - jackknife
    acceleration = turned * float((away**3).sum()) / (6 * float((away**2).sum()) ** 1.5)
    levels = []
    for z in (normal.inv_cdf(0.025), normal.inv_cdf(0.975)):
        levels.append(normal.cdf(bias + (bias + z) / (1 - acceleration * (bias + z))))
    low, high = np.quantile(means, levels)
    return float(low), float(high)


def found(**changes: Any) -> Paired:
    fields: dict[str, Any] = {
        "delta": 0.1,
        "p": 0.01,
        "low": 0.05,
        "high": 0.15,
        "unit": "document",
        "mde": 0.03,
        "wins": 9,
        "ties": 80,
        "losses": 1,
    }
    return Paired(**fields | changes)


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_p_is_that_of_all_sign_patterns(shift: float) -> None:
    differences = np.random.default_rng(1).normal(shift, 1, 12)
    one = paired(np.zeros(12), differences, alone(12), samples=100_000)
    assert one.p == pytest.approx(exact_p(differences), abs=0.005)


def test_p_of_three_differences_by_hand() -> None:
    """1 + 2 + 3 = 6 is reached by 2 of the 8 sign patterns, 1 + 2 - 3 = 0 by all of them."""
    assert paired(np.zeros(3), np.array([1.0, 2.0, 3.0]), alone(3), samples=40_000).p == (
        pytest.approx(2 / 8, abs=0.01)
    )
    assert paired(np.zeros(3), np.array([1.0, 2.0, -3.0]), alone(3)).p == 1


def test_p_counts_equal_sums_of_coarse_scores() -> None:
    """Right or wrong: 8 wins, 2 losses, as the sign test has it, ties beside them or not."""
    differences = np.array([1.0] * 8 + [-1.0] * 2 + [0.0] * 30)
    one = paired(np.full(40, 0.1), 0.1 + differences, alone(40), samples=100_000)
    assert (one.wins, one.ties, one.losses) == (8, 30, 2)
    assert one.p == pytest.approx(stats.binomtest(8, 10).pvalue, abs=0.005)


def test_p_is_never_zero() -> None:
    one = paired(np.zeros(60), np.ones(60), alone(60), samples=9_999)
    assert one.p == 1 / 10_000
    assert paired(np.zeros(60), np.ones(60), alone(60)).p == 1 / 10_001


def test_a_difference_of_rounding_is_a_tie() -> None:
    base = np.full(8, 0.3)
    one = paired(base, np.append(base[:7] + 1e-13, 0.3 + 1e-11), alone(8))
    assert (one.wins, one.ties, one.losses) == (1, 7, 0)


def test_identical_runs_are_underpowered_and_have_no_detectable_difference() -> None:
    scores = np.random.default_rng(2).random(50)
    one = paired(scores, scores.copy(), alone(50) // 4)
    assert one == found(delta=0.0, p=1.0, low=0.0, high=0.0, mde=None, wins=0, ties=50, losses=0)
    assert verdict(one, one.p, effect=0.0) == verdict(one, one.p, effect=1.0) == "underpowered"


def test_documents_that_agree_have_no_detectable_difference_though_their_questions_differ() -> None:
    one = paired(np.zeros(8), np.array([1.0, -1.0] * 4), alone(8) // 2)
    assert (one.delta, one.low, one.high, one.mde, one.unit) == (0, 0, 0, None, "document")
    unequal = paired(np.zeros(7), np.full(7, 0.5), np.array([0, 0, 0, 1, 2, 2, 2]))
    assert (unequal.low, unequal.high, unequal.mde) == (0.5, 0.5, None)


def test_few_questions_have_no_detectable_difference() -> None:
    """The smallest p that 5 sign flips can reach is 0.0625; with 6 it is 0.03125."""
    assert FEWEST_QUESTIONS == 6
    differences = np.array([0.01, 0.0, 0.01, 0.0, 0.01, 0.0])
    assert paired(np.zeros(5), differences[:5], alone(5)).mde is None
    six = paired(np.zeros(6), differences, alone(6))
    assert six.mde == pytest.approx(2.8 * differences.std(ddof=1) / np.sqrt(6))


def test_the_same_seed_gives_the_same_numbers() -> None:
    a, b = np.random.default_rng(3).random((2, 70))
    clusters = alone(70) // 3
    assert paired(a, b, clusters, seed=5) == paired(a, b, clusters, seed=5)
    assert paired(a, b, clusters) == paired(a, b, clusters, seed=0)
    assert interval(a, clusters) == interval(a, clusters, seed=0)
    assert paired(a, b, clusters, seed=5).p != paired(a, b, clusters, seed=6).p
    assert paired(a, b, clusters, seed=5).low != paired(a, b, clusters, seed=6).low


def test_the_samples_asked_for_are_all_drawn_whatever_fits_in_a_batch() -> None:
    """With 60,000 questions four patterns fit in a batch; p is a multiple of 1 / (samples + 1)."""
    differences = np.random.default_rng(4).normal(0, 1, 60_000)
    one = paired(np.zeros(60_000), differences, alone(60_000) // 6000, samples=10)
    assert (one.p * 11) == pytest.approx(round(one.p * 11)) and one.unit == "document"
    assert paired(np.zeros(60_000), np.ones(60_000), alone(60_000) // 6000, samples=10).p == (
        pytest.approx(1 / 11)
    )


def test_swapped_runs_are_mirrored() -> None:
    a, b = np.random.default_rng(4).random((2, 80))
    there, back = paired(a, b, alone(80)), paired(b, a, alone(80))
    assert (there.delta, there.wins, there.p) == (-back.delta, back.losses, back.p)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)


def test_a_skewed_sample_has_the_limits_of_all_its_samples() -> None:
    right, wrong = exact_bca(SKEWED), exact_bca(SKEWED, turned=-1)
    assert abs(right[1] - wrong[1]) > 0.3
    assert ends(interval(SKEWED, alone(7), samples=200_000)) == pytest.approx(right, abs=0.05)
    mirrored = interval(-SKEWED, alone(7), samples=200_000)
    assert ends(mirrored) == pytest.approx((-right[1], -right[0]), abs=0.05)


def test_the_interval_of_many_is_the_normal_one() -> None:
    values = (np.arange(2000) % 5 == 0).astype(float)
    half = 1.96 * np.sqrt(0.2 * 0.8 / 2000)
    assert ends(interval(values, alone(2000))) == pytest.approx((0.2 - half, 0.2 + half), abs=0.001)


def test_questions_about_one_document_count_once() -> None:
    """Said four times over, a value tells no more: interval and mde are those of the 50 documents."""
    values = np.random.default_rng(6).normal(0, 1, 50)
    repeated, clusters = np.repeat(values, 4), np.repeat(alone(50), 4)
    fourfold, once = interval(repeated, clusters), interval(values, alone(50))
    assert ends(fourfold) == pytest.approx(ends(once), abs=1e-9)
    assert (fourfold.unit, once.unit) == ("document", "question")
    detectable = 2.8 * values.std(ddof=1) / np.sqrt(50)
    assert paired(values * 0, values, alone(50)).mde == pytest.approx(detectable)
    assert paired(repeated * 0, repeated, clusters).mde == pytest.approx(detectable)


def test_documents_of_unequal_size_weigh_by_their_questions() -> None:
    """Documents with sums 3, 0 of 3 and 1 question: drawn as two, the mean is 3/3, 3/4 or 0/1, and 2 of 4 are 3/4."""
    found = interval(np.array([1.0, 1.0, 1.0, 0.0]), np.array([7, 7, 7, 9]), samples=4000)
    assert ends(found) == (0.0, 1.0) and found.unit == "document"


def test_mde_of_unequal_documents_by_hand() -> None:
    """Differences 1 1 1 | 0 | 0 0: mean 1/2, residuals 3 - 1.5, 0 - 0.5, 0 - 1, so 2.8 * sqrt(3.5 * 3 / 2) / 6."""
    differences, clusters = np.array([1.0, 1, 1, 0, 0, 0]), np.array([0, 0, 0, 1, 2, 2])
    one = paired(np.zeros(6), differences, clusters)
    assert one.mde == pytest.approx(2.8 * np.sqrt(3.5 * 3 / 2) / 6)


def test_names_of_clusters_do_not_matter_and_of_a_single_one_the_questions_are_drawn() -> None:
    values = np.random.default_rng(7).random(30)
    assert interval(values, alone(30) // 2 * 1000 - 7) == interval(values, alone(30) // 2)
    assert interval(values, np.zeros(30, np.int64)) == interval(values, alone(30))
    assert interval(values, np.zeros(30, np.int64)).unit == "question"


@pytest.mark.slow
def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """300 sets of 40 documents with 1 to 6 questions whose scores share their document's luck; truth 0."""
    random, covered, naive = np.random.default_rng(8), 0, 0
    for _ in range(300):
        clusters = np.repeat(alone(40), random.integers(1, 7, 40))
        values = random.normal(0, 1, 40)[clusters] + random.normal(0, 0.5, len(clusters))
        low, high = ends(interval(values, clusters, samples=500))
        covered += low <= 0 <= high
        low, high = ends(interval(values, alone(len(values)), samples=500))
        naive += low <= 0 <= high
    assert 0.90 <= covered / 300 <= 0.98
    assert naive / 300 < 0.80


@pytest.mark.slow
def test_an_effect_as_large_as_the_mde_is_found_four_times_in_five() -> None:
    random = np.random.default_rng(9)
    mde = 2.8 * 1 / np.sqrt(100)
    ps = []
    for _ in range(400):
        differences = random.normal(mde, 1, 100)
        ps.append(paired(np.zeros(100), differences, alone(100), samples=999).p)
    assert np.mean(np.array(ps) < 0.05) == pytest.approx(0.80, abs=0.06)


def test_without_spread_both_ends_are_the_mean() -> None:
    """0.1 added thirty times is not 3.0: rounding is no spread."""
    for values in (np.array([0.5, 0.5]), np.full(30, 0.1), np.array([0.25])):
        found = interval(values, alone(len(values)) // 3)
        assert ends(found) == pytest.approx((values[0], values[0]), abs=1e-12)
        assert found.low == found.high


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_samples_all_on_one_side_of_the_mean_give_their_percentiles() -> None:
    """Two samples, with means 0.25 and 0.35 where the mean is 0.2: BCa has no limits there."""
    values = np.append(np.zeros(18), [1.0, 3.0])
    with pytest.warns(stats.DegenerateDataWarning):
        found = interval(values, alone(20), samples=2, seed=2)
    assert ends(found) == pytest.approx((0.25 + 0.1 * 0.025, 0.25 + 0.1 * 0.975))


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
        (found(mde=None), 0.01, "improved"),  # every question won by the same
        (found(), 0.05, "no evidence"),  # an interval alone is not enough
        (found(low=-0.01), 0.01, "no evidence"),  # nor is p alone
        (found(low=0.0), 0.01, "no evidence"),
        (found(delta=-0.1, low=-0.15, high=0.0), 0.01, "no evidence"),
        (found(low=-0.01, mde=0.06), 0.3, "underpowered"),
        (found(low=-0.01, mde=0.05), 0.3, "no evidence"),
        (found(low=-0.01, mde=None), 0.3, "underpowered"),
    ],
)
def test_verdict(one: Paired, p: float, said: str) -> None:
    assert verdict(one, p, effect=0.05) == said


def test_alpha_of_a_verdict_can_be_set() -> None:
    assert verdict(found(), 0.03, effect=0.05, alpha=0.02) == "no evidence"


def test_one_question_proves_nothing() -> None:
    one = paired(np.zeros(1), np.ones(1), alone(1))
    assert (one.p, one.low, one.high, one.mde) == (1.0, 1.0, 1.0, None)
    assert verdict(one, one.p, effect=0.05) == "underpowered"


def test_what_is_no_number_is_refused_by_row() -> None:
    good, bad = np.zeros(5), np.array([0, 0, 0, np.nan, 0])
    with pytest.raises(ValueError, match="other, row 3"):
        paired(good, bad, alone(5))
    with pytest.raises(ValueError, match="base, row 3"):
        paired(bad, good, alone(5))
    with pytest.raises(ValueError, match="row 1"):
        interval(np.array([0, np.inf]), alone(2))
    with pytest.raises(ValueError, match="row 0"):
        holm([float("nan"), 0.1])


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="same questions"):
        paired(np.zeros(5), np.zeros(4), alone(5))
    with pytest.raises(ValueError, match=r"not \(5,\)"):
        paired(np.zeros(5), np.zeros(5), alone(4))
    with pytest.raises(ValueError, match="nothing"):
        interval(np.zeros(0), alone(0))
    with pytest.raises(ValueError, match="nothing"):
        interval(np.zeros((2, 2)), alone(2))
