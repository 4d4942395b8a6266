"""Whether a mean, or the difference between two runs, is more than chance.

Pure arithmetic on arrays with a number for each question: nothing here knows what a run is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
SamplingUnit = Literal["document", "question"]
Verdict = Literal["improved", "regressed", "no evidence", "underpowered"]

LEVEL = 0.95
"""Confidence level of every interval."""

SAMPLES = 10_000
"""Bootstrap samples of an interval, and sign flips of a test.

Every command and page takes this number, so that the same run has the same interval everywhere.
"""

ALPHA = 0.05
"""Significance level of a verdict, two-sided."""

POWER_FACTOR = 2.8
"""Standard errors of the difference that is found four times in five at ALPHA: 1.96 + 0.84."""

FEWEST_QUESTIONS = 6
"""With fewer, no outcome of the sign flips has p < ALPHA: of 5 the smallest is 2 / 2**5."""

BATCH_NUMBERS = 1 << 18
"""Numbers drawn at a time: 2 MB an array. Larger batches were slower: with 700 documents an
interval took 0.06 s, with 1 << 22 numbers 0.23 s.
"""

ROUNDING = 1e-12
"""Differences below it come from adding the same numbers in another order."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval, and what was drawn for it.

    `unit` is "document" where the questions about one document were drawn together, and "question"
    where each question was drawn alone: because all are about one document, or because no two share
    one.
    """

    low: float
    high: float
    unit: SamplingUnit


@dataclass(frozen=True, slots=True)
class Paired:
    """A run compared with a base run on one measure, question by question.

    `delta` is the mean of the run less that of the base, `p` its two-sided p value, not adjusted.
    `low`, `high` and `unit` are the 95 % interval of delta. `mde`, the minimum detectable effect,
    is the least true difference that such a comparison would find four times in five; None where
    these questions cannot tell it.
    """

    delta: float
    p: float
    low: float
    high: float
    unit: SamplingUnit
    mde: float | None
    wins: int
    ties: int
    losses: int


def interval(
    values: Floats, clusters: Integers, *, samples: int = SAMPLES, seed: int = 0
) -> Interval:
    """The BCa bootstrap interval (Efron, 1987) of the mean of `values` (n,).

    `clusters` (n,) names the document of each question. Questions about one document stand or fall
    together, so whole documents are drawn; where there is only one, its questions are. Without any
    spread between what is drawn, and for a single question, both ends are the mean. Raises
    ValueError, naming the row, where a value is not a finite number.
    """
    column = _checked(values, "values")
    return _bootstrap(_drawn(column, clusters), samples, seed)


def paired(
    base: Floats, other: Floats, clusters: Integers, *, samples: int = SAMPLES, seed: int = 0
) -> Paired:
    """`other` compared with `base`, (n,) values of one measure for the same n questions in the same
    order.

    p is that of a randomisation test that flips the sign of each question's difference: (c + 1) /
    (samples + 1) with c flips at least as extreme as what was observed. The interval is that of
    `interval`. mde is 2.8 standard errors over what is drawn, and None where that has no spread or
    there are fewer than FEWEST_QUESTIONS. The same seed gives the same numbers. Raises ValueError,
    naming the row, where a value is not a finite number.
    """
    before = _checked(base, "base")
    after = _checked(other, "other")
    if before.shape != after.shape:
        raise ValueError(
            f"base is {before.shape}, other is {after.shape}: pairs are of the same questions"
        )
    differences = after - before
    differences[np.abs(differences) < ROUNDING] = 0.0
    drawn = _drawn(differences, clusters)
    bounds = _bootstrap(drawn, samples, seed)
    return Paired(
        delta=float(differences.mean()),
        p=_randomisation_p(differences, samples, seed),
        low=bounds.low,
        high=bounds.high,
        unit=bounds.unit,
        mde=_minimum_detectable(drawn, len(differences)),
        wins=int((differences > 0).sum()),
        ties=int((differences == 0).sum()),
        losses=int((differences < 0).sum()),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values adjusted for there being several (Holm, 1979), in the given order.

    Raises ValueError, naming the row, where one is not a finite number.
    """
    if not p_values:
        return []
    values = _checked(np.asarray(p_values, np.float64), "p_values")
    order = np.argsort(values, kind="stable")
    # Of three: the least p times 3, the next times 2, the greatest times 1, never falling.
    factors = np.arange(len(values), 0, -1)
    stepped = np.maximum.accumulate(values[order] * factors)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in adjusted]


def verdict(found: Paired, p_adjusted: float, *, effect: float, alpha: float = ALPHA) -> Verdict:
    """What may be said of a difference.

    It is improved or regressed where p is below alpha and the interval excludes 0. Otherwise it is
    underpowered where a true difference of `effect` could well have been missed, and no evidence
    where it would have been found.
    """
    excludes_zero = found.low > 0 or found.high < 0
    if p_adjusted < alpha and excludes_zero:
        return "improved" if found.delta > 0 else "regressed"
    if found.mde is None or found.mde > effect:
        return "underpowered"
    return "no evidence"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the bootstrap draws: the sum of the values of each unit and how many they are,
    (units,)."""

    sums: Floats
    sizes: Floats
    unit: SamplingUnit

    @property
    def mean(self) -> float:
        return float(self.sums.sum() / self.sizes.sum())

    @property
    def has_spread(self) -> bool:
        """Whether the means of the units differ at all."""
        return not np.allclose(self.sums / self.sizes, self.mean, rtol=0.0, atol=ROUNDING)


def _drawn(values: Floats, clusters: Integers) -> _Drawn:
    if np.shape(clusters) != values.shape:
        raise ValueError(f"clusters is {np.shape(clusters)}, not {values.shape}")
    names, numbers = np.unique(clusters, return_inverse=True)
    if len(names) == 1:
        # One document says nothing about how documents differ.
        numbers = np.arange(len(values))
    sums = np.bincount(numbers, weights=values).astype(np.float64)
    sizes = np.bincount(numbers).astype(np.float64)
    unit: SamplingUnit = "document" if len(sizes) < len(values) else "question"
    return _Drawn(sums, sizes, unit)


def _bootstrap(drawn: _Drawn, samples: int, seed: int) -> Interval:
    """The BCa interval of the mean.

    Where all samples lie on one side of the mean BCa has no limits, and the percentiles are taken.
    """
    if not drawn.has_spread:
        return Interval(drawn.mean, drawn.mean, drawn.unit)
    from scipy import stats  # takes half a second, and few commands need an interval

    result = stats.bootstrap(
        (drawn.sums, drawn.sizes),
        _ratio,
        paired=True,
        vectorized=True,
        method="BCa",
        confidence_level=LEVEL,
        n_resamples=samples,
        batch=max(BATCH_NUMBERS // len(drawn.sizes), 1),
        rng=np.random.default_rng([seed, 1]),
    )
    low, high = result.confidence_interval
    if np.isnan(low) or np.isnan(high):
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(result.bootstrap_distribution, [tail, 1 - tail])
    return Interval(float(low), float(high), drawn.unit)


def _ratio(sums: Floats, sizes: Floats, axis: int) -> Floats:
    """The mean of all values in each sample.

    Rounded, so that equal means are equal in whatever order they were added: BCa counts how many
    samples equal the estimate.
    """
    return np.asarray(np.round(sums.sum(axis) / sizes.sum(axis), 12))


def _randomisation_p(differences: Floats, samples: int, seed: int) -> float:
    """Share of random sign patterns whose sum is at least as far from 0 as the observed one.

    A pattern is drawn as bits, one a question: 1 keeps the sign, 0 turns it, so its sum is 2 x
    (kept) - (all).
    """
    total = float(differences.sum())
    observed = abs(total) - ROUNDING * float(np.abs(differences).sum())
    random = np.random.default_rng([seed, 0])
    bytes_a_pattern = -(-len(differences) // 8)
    extreme = 0
    for count in _batches(samples, len(differences)):
        drawn = np.frombuffer(random.bytes(count * bytes_a_pattern), np.uint8)
        patterns = drawn.reshape(count, bytes_a_pattern)
        kept = np.unpackbits(patterns, axis=1, count=len(differences)).astype(np.float64)
        sums = 2 * (kept @ differences) - total
        extreme += int((np.abs(sums) >= observed).sum())
    return (extreme + 1) / (samples + 1)


def _batches(count: int, width: int) -> Iterator[int]:
    """Parts of `count` rows, each with about BATCH_NUMBERS numbers."""
    step = max(BATCH_NUMBERS // width, 1)
    for start in range(0, count, step):
        yield min(step, count - start)


def _minimum_detectable(drawn: _Drawn, questions: int) -> float | None:
    """POWER_FACTOR standard errors; one is sd / sqrt(n) where single questions are drawn."""
    if questions < FEWEST_QUESTIONS or not drawn.has_spread:
        return None
    units = len(drawn.sizes)
    # The variance of a ratio of sums, to first order (Cochran, Sampling Techniques, chapter 6).
    residuals = drawn.sums - drawn.mean * drawn.sizes
    variance = float((residuals**2).sum()) * units / (units - 1)
    return POWER_FACTOR * float(np.sqrt(variance)) / questions


def _checked(values: Floats, name: str) -> Floats:
    """`values` as (n,) float64 with n at least 1."""
    column = np.asarray(values, np.float64)
    if column.ndim != 1 or not column.size:
        raise ValueError(f"{name} is {column.shape}, not (n,): nothing to compare")
    bad = ~np.isfinite(column)
    if bad.any():
        raise ValueError(f"{name}, row {int(bad.argmax())}: not a number")
    return column
