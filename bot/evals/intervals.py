"""Whether a difference between two runs is more than chance. Pure arithmetic: nothing here knows what a run is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Verdict = Literal["improved", "regressed", "no evidence", "underpowered"]

LEVEL = 0.95
"""Of every interval."""

DETECTED = 2.8
"""Standard errors of the least effect found four times in five at 5 %, two-sided: 1.96 + 0.84."""

BLOCK = 1 << 22
"""Numbers drawn at a time, which bounds the memory."""

ROUNDING = 1e-12
"""Differences below it come from adding in another order."""

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Paired:
    """Run b against run a on one measure, question by question.

    `delta` is the mean of b less that of a, `p` two-sided and not adjusted, `low` and `high` its 95 % interval, `mde`
    the least true difference that such a comparison would find four times in five.
    """

    delta: float
    p: float
    low: float
    high: float
    mde: float
    wins: int
    ties: int
    losses: int


def interval(
    values: Floats, clusters: Integers, *, samples: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of the mean of `values` (n,): BCa bootstrap (Efron, 1987) that draws whole clusters (n,).

    Questions about one document stand or fall together, so documents are drawn, not questions; where all are about
    one document, questions are. Raises ValueError, naming the row, where a value is not a number.
    """
    column = _column(values, "values")
    low, high = _intervals(column, _groups(clusters, len(column)), samples, seed)[0]
    return low, high


def paired(
    a: Floats,
    b: Floats,
    clusters: Integers,
    *,
    flips: int = 10_000,
    samples: int = 10_000,
    seed: int = 0,
) -> list[Paired]:
    """One comparison a measure: `a` and `b` are (n, m), n questions and m measures; `clusters` (n,) names documents.

    p is that of a randomisation test which flips the sign of each question's difference, (c + 1) / (flips + 1) with c
    flips as extreme as what was seen; the interval is that of `interval`; mde = 2.8 sd / sqrt(n_effective), where
    n_effective = n / design effect, so that sd / sqrt(n_effective) is the standard error over whole clusters.
    The same seed gives the same numbers. Raises ValueError, naming the row, where a value is not a number.
    """
    before, after = _column(a, "a"), _column(b, "b")
    if before.shape != after.shape:
        raise ValueError(
            f"a is {before.shape}, b is {after.shape}: pairs are of the same questions and measures"
        )
    groups = _groups(clusters, len(before))
    differences = np.where(np.abs(after - before) < ROUNDING, 0.0, after - before)
    ps = _randomisation(differences, flips, seed)
    bounds = _intervals(differences, groups, samples, seed)
    errors = _standard_errors(differences, groups)
    return [
        Paired(
            delta=float(column.mean()),
            p=float(p),
            low=low,
            high=high,
            mde=float(DETECTED * error),
            wins=int((column > 0).sum()),
            ties=int((column == 0).sum()),
            losses=int((column < 0).sum()),
        )
        for column, p, (low, high), error in zip(differences.T, ps, bounds, errors, strict=True)
    ]


def holm(ps: Sequence[float]) -> list[float]:
    """The p values adjusted for there being several (Holm, 1979), in the given order."""
    p = _column(np.asarray(ps, np.float64), "ps")[:, 0] if len(ps) else np.zeros(0)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in adjusted]


def verdict(found: Paired, p_adjusted: float, *, alpha: float = 0.05, effect: float) -> Verdict:
    """What may be said. Improved or regressed needs both p below alpha and an interval without 0, whatever its power.

    Without that it is underpowered where even a true difference of `effect` could well have been missed.
    """
    if p_adjusted < alpha and (found.low > 0 or found.high < 0):
        return "improved" if found.delta > 0 else "regressed"
    return "underpowered" if found.mde > effect else "no evidence"


def _randomisation(differences: Floats, flips: int, seed: int) -> Floats:
    """p of each column. A flip is a set of rows whose sign turns, drawn as bits; its sum is 2 x (kept) - (all)."""
    total = differences.sum(axis=0)
    seen = np.abs(total) - ROUNDING * np.abs(differences).sum(axis=0)
    extreme = np.zeros(differences.shape[1], np.int64)
    random = np.random.default_rng([seed, 0])
    for count in _blocks(flips, len(differences)):
        bits = np.frombuffer(random.bytes(count * -(-len(differences) // 8)), np.uint8).reshape(
            count, -1
        )
        kept = np.unpackbits(bits, axis=1, count=len(differences)).astype(np.float64)
        extreme += (np.abs(2 * (kept @ differences) - total) >= seen).sum(axis=0)
    return np.asarray((extreme + 1) / (flips + 1))


def _intervals(
    values: Floats, groups: Integers, samples: int, seed: int
) -> list[tuple[float, float]]:
    """The interval of the mean of each column."""
    sums, sizes = _totals(values, groups)
    clusters = len(sizes)
    random = np.random.default_rng([seed, 1])
    means = []
    for count in _blocks(samples, clusters):
        drawn = (
            random.integers(0, clusters, (count, clusters)) + np.arange(count)[:, None] * clusters
        )
        times = (
            np.bincount(drawn.ravel(), minlength=count * clusters)
            .reshape(count, clusters)
            .astype(np.float64)
        )
        means.append((times @ sums) / (times @ sizes)[:, None])
    replicates = np.concatenate(means)
    left_out = (sums.sum(axis=0) - sums) / (sizes.sum() - sizes)[:, None] if clusters > 1 else sums
    centre = sums.sum(axis=0) / sizes.sum()
    return [
        _bca(replicates[:, m], float(centre[m]), left_out[:, m]) for m in range(values.shape[1])
    ]


def _bca(replicates: Floats, estimate: float, left_out: Floats) -> tuple[float, float]:
    """Percentiles of the replicates, moved for their bias and for the skewness that the jackknife shows."""
    below = (
        (replicates < estimate - ROUNDING).mean() + (replicates <= estimate + ROUNDING).mean()
    ) / 2
    bias = NORMAL.inv_cdf(float(np.clip(below, 1 / len(replicates), 1 - 1 / len(replicates))))
    away = left_out.mean() - left_out
    spread = float((away**2).sum()) ** 1.5
    skewness = float((away**3).sum()) / (6 * spread) if spread else 0.0
    tails = []
    for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2):
        z = bias + NORMAL.inv_cdf(tail)
        tails.append(NORMAL.cdf(bias + z / max(1 - skewness * z, 1e-3)))
    low, high = np.quantile(replicates, tails)
    return float(low), float(high)


def _standard_errors(differences: Floats, groups: Integers) -> Floats:
    """Of the mean of each column over whole clusters; where each row is its own, sd / sqrt(n)."""
    if len(differences) == 1:
        return np.asarray(
            np.abs(differences[0])
        )  # one question: its own difference is all that is known of the spread
    sums, sizes = _totals(differences, groups)
    residuals = sums - sizes[:, None] * differences.mean(axis=0)
    variance = (residuals**2).sum(axis=0) * len(sizes) / (len(sizes) - 1)
    return np.asarray(np.sqrt(variance) / len(differences))


def _totals(values: Floats, groups: Integers) -> tuple[Floats, Floats]:
    """(clusters, m) sums of the rows of each cluster, and (clusters,) how many they are."""
    sums = np.stack([np.bincount(groups, weights=column) for column in values.T], axis=1)
    return np.asarray(sums, np.float64), np.bincount(groups).astype(np.float64)


def _blocks(count: int, width: int) -> Iterator[int]:
    """Parts of `count` rows of which each has at most BLOCK numbers."""
    step = max(BLOCK // width, 1)
    return (min(step, count - done) for done in range(0, count, step))


def _groups(clusters: Integers, rows: int) -> Integers:
    """The clusters numbered from 0; each row its own where there is only one."""
    if np.shape(clusters) != (rows,):
        raise ValueError(f"clusters is {np.shape(clusters)}, not ({rows},)")
    names, numbers = np.unique(clusters, return_inverse=True)
    return np.arange(rows) if len(names) == 1 else numbers.astype(np.int64)


def _column(values: Floats, name: str) -> Floats:
    """As (n, m) float64, n and m at least 1."""
    table = np.asarray(values, np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or not table.size:
        raise ValueError(f"{name} is {table.shape}: nothing to compare")
    bad = ~np.isfinite(table).all(axis=1)
    if bad.any():
        raise ValueError(f"{name}, row {int(bad.argmax())}: not a number")
    return table
