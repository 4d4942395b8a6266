"""The plots of a report: where each mark lies in its drawing, and the same figures as a table.

The template draws them as SVG. Positions are in its units, from the upper left corner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.evals.figures import Figure, figure, kinds, latencies, measures, risk
from bot.evals.runs import Run

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 44
"""Margins around the area of a plot: room for the labels of its axes."""

SERIES = 6
"""Colours that runs are told apart by; a seventh has that of the first."""

KIND_LEFT = 96
"""Left margin of bars by kind, whose labels are words."""

BAR_STEP, BAR_GAP, KIND_GAP = 13.2, 3, 10
"""From one bar to the next, between two bars, and between two kinds."""

BINS = 24
"""Bars of the histogram of latency."""

CURVE_POINTS = 400
"""Points of a curve at most: fewer than the units it is wide."""

PERCENTILES = (50, 90, 95, 99)
"""Of latency, in its table; the last is where its axis ends."""

COVERAGES = tuple(tenth / 10 for tenth in range(1, 11))
"""Where the table of risk reads the curve."""

Words = Mapping[str, str]
Point = tuple[float, float]
Label = tuple[float, str]
"""A position on an axis, and what stands there."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape of run number `series`: a line through `points`, a bar, the whisker of an interval.

    `box` is x, y, width, height; `whisker` x, y of one end and of the other.
    """

    series: int
    points: tuple[Point, ...] = ()
    box: tuple[float, float, float, float] | None = None
    whisker: tuple[float, float, float, float] | None = None
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing. `name` is unique in a report, `across` and `up` name the axes, with `ticks` and
    `levels` along them.

    `head` and `rows` are the same figures as a table.
    """

    name: str
    title: str
    across: str
    up: str
    ticks: tuple[Label, ...]
    levels: tuple[Label, ...]
    marks: tuple[Mark, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    height: int = HEIGHT


def plots(runs: Sequence[Run], words: Words) -> list[Plot]:
    """Recall by k, risk by coverage, bars by kind, and latency: those that the runs have."""
    names = measures(runs)
    found = [_recall(runs, words), _risk(runs, words)]
    if len(kinds(runs)) > 1:
        found += [_by_kind(runs, name, words) for name in ("R@1", "cited") if name in names]
    found.append(_latency(runs, words))
    return [plot for plot in found if plot]


def _recall(runs: Sequence[Run], words: Words) -> Plot | None:
    depths = _recall_depths(runs)
    if not depths:
        return None
    table = [_recalls(run, depths) for run in runs]
    base = _recall_base(table)
    step = (WIDTH - LEFT - RIGHT) / len(depths)
    places = [LEFT + step * (number + 0.5) for number in range(len(depths))]
    marks: list[Mark] = []
    for series, row in enumerate(table):
        shift = 5 * (series - (len(runs) - 1) / 2)  # so that whiskers do not hide each other
        points = []
        whiskers = []
        for x, one in zip(places, row, strict=True):
            if one:
                points.append((x + shift, _up(one.value, base)))
                ends = (x + shift, _up(one.low, base), x + shift, _up(one.high, base))
                whiskers.append(Mark(series, whisker=ends))
        marks += [Mark(series, tuple(points), dots=True), *whiskers]
    rows = []
    for run, row in zip(runs, table, strict=True):
        rows.append((run.name, *(str(one or "") for one in row)))
    return Plot(
        name="recall",
        title=words["recall"],
        across="k",
        up="R@k",
        ticks=tuple((x, str(depth)) for x, depth in zip(places, depths, strict=True)),
        levels=_levels(base, 1.0),
        marks=tuple(marks),
        head=(words["run"], *(f"R@{depth}" for depth in depths)),
        rows=tuple(rows),
    )


def _recall_depths(runs: Sequence[Run]) -> list[int]:
    """The k of every R@k that the runs have, ascending."""
    depths = []
    for name in measures(runs):
        letter, _, depth = name.partition("@")
        if letter == "R" and depth.isdecimal():
            depths.append(int(depth))
    return sorted(depths)


def _recalls(run: Run, depths: Sequence[int]) -> list[Figure | None]:
    return [figure(run.results, f"R@{depth}") for depth in depths]


def _recall_base(table: Sequence[Sequence[Figure | None]]) -> float:
    """Where the upward axis begins: 0, or the tenth below all intervals where these are high."""
    low = min(one.low for row in table for one in row if one)
    return min(int(low * 10) / 10, 0.9) if low > 0.5 else 0.0


def _risk(runs: Sequence[Run], words: Words) -> Plot | None:
    curves = [risk(run) for run in runs]
    if not any(curves):
        return None
    highest = max(error for curve in curves for _, error in curve)
    top = _next_tenth(highest)
    marks = []
    rows = []
    for series, (run, curve) in enumerate(zip(runs, curves, strict=True)):
        points = tuple((_across(x), _up(y, 0.0, top)) for x, y in _thinned(curve))
        marks.append(Mark(series, points))
        rows.append((run.name, *(_risk_at(curve, coverage) for coverage in COVERAGES)))
    return Plot(
        name="risk",
        title=words["risk"],
        across=words["coverage"],
        up=words["error"],
        ticks=tuple((_across(share), f"{share:.0%}") for share in _quarters()),
        levels=_levels(0.0, top),
        marks=tuple(marks),
        head=(words["run"], *(f"{coverage:.0%}" for coverage in COVERAGES)),
        rows=tuple(rows),
    )


def _thinned(curve: Sequence[Point]) -> list[Point]:
    """At most CURVE_POINTS points of the curve, the first and the last among them."""
    if not curve:
        return []
    chosen = np.unique(np.linspace(0, len(curve) - 1, CURVE_POINTS).astype(int))
    return [curve[index] for index in chosen]


def _risk_at(curve: Sequence[Point], coverage: float) -> str:
    """The risk where the curve first covers that much; empty where it never does."""
    for covered, error in curve:
        if covered >= coverage - 1e-9:
            return f"{error:.3f}"
    return ""


def _by_kind(runs: Sequence[Run], measure: str, words: Words) -> Plot:
    names = _kinds_with(runs, measure)
    step = BAR_STEP * max(1, len(runs)) + KIND_GAP
    marks = []
    rows = []
    levels = []
    for number, kind in enumerate(names):
        top = TOP + number * step
        cells = []
        for series, run in enumerate(runs):
            one = figure([result for result in run.results if result.kind == kind], measure)
            cells.append(f"{one} n={one.n}" if one else "")
            if one:
                marks.append(_bar(series, one, top + series * BAR_STEP))
        levels.append((top + (step - KIND_GAP) / 2, kind))
        rows.append((kind, *cells))
    return Plot(
        name=f"kind-{measure.replace('@', '-')}",
        title=words["by_kind"].format(measure=measure),
        across=measure,
        up="",
        ticks=tuple((_across(share, KIND_LEFT), f"{share:.2f}") for share in _quarters()),
        levels=tuple(levels),
        marks=tuple(marks),
        head=(words["kind"], *(run.name for run in runs)),
        rows=tuple(rows),
        height=round(TOP + len(names) * step + BOTTOM),
    )


def _kinds_with(runs: Sequence[Run], measure: str) -> list[str]:
    """The kinds of which a question has the measure, in the order in which they first occur."""
    found: dict[str, None] = {}
    for run in runs:
        found |= dict.fromkeys(r.kind for r in run.results if measure in r.scores)
    return list(found)


def _bar(series: int, one: Figure, y: float) -> Mark:
    start, end = _across(0, KIND_LEFT), _across(one.value, KIND_LEFT)
    height = BAR_STEP - BAR_GAP
    middle = y + height / 2
    whisker = (_across(one.low, KIND_LEFT), middle, _across(one.high, KIND_LEFT), middle)
    return Mark(series, box=(start, y, end - start, height), whisker=whisker)


def _latency(runs: Sequence[Run], words: Words) -> Plot | None:
    times = [latencies(run) for run in runs]
    if not any(times):
        return None
    longest = max(float(np.percentile(each, PERCENTILES[-1])) for each in times if each)
    most = longest * 1.05 or 1.0
    shares = [_histogram(each, most) for each in times]
    top = _next_tenth(max(float(each.max()) for each in shares))
    marks = [Mark(series, _outline(each, top)) for series, each in enumerate(shares)]
    rows = []
    for run, each in zip(runs, times, strict=True):
        cells = [f"{np.percentile(each, p):,.1f}" if each else "" for p in PERCENTILES]
        rows.append((run.name, *cells, f"{each[-1]:,.1f}" if each else ""))
    return Plot(
        name="latency",
        title=words["latency"],
        across=words["milliseconds"],
        up=words["share"],
        ticks=tuple((_across(share), f"{most * share:,.0f}") for share in _quarters()),
        levels=_levels(0.0, top),
        marks=tuple(marks),
        head=(words["run"], *(f"p{p}" for p in PERCENTILES), words["longest"]),
        rows=tuple(rows),
    )


def _histogram(times: Sequence[float], most: float) -> npt.NDArray[np.float64]:
    """(BINS,) share of the times in each bin from 0 to `most`; longer ones are in the last."""
    counts, _ = np.histogram(np.minimum(times, most), BINS, (0, most))
    return np.asarray(counts / max(1, len(times)), np.float64)


def _outline(shares: npt.NDArray[np.float64], top: float) -> tuple[Point, ...]:
    """The steps of a histogram, from the axis up and back to it."""
    points = [(_across(0), _up(0, 0, top))]
    for number, share in enumerate(shares):
        y = _up(float(share), 0.0, top)
        points += [(_across(number / BINS), y), (_across((number + 1) / BINS), y)]
    points.append((_across(1), _up(0, 0, top)))
    return tuple(points)


def _next_tenth(value: float) -> float:
    """The tenth at or above `value`, at least 0.1: where an upward axis ends."""
    return max(0.1, float(np.ceil(value * 10) / 10))


def _quarters() -> list[float]:
    return [quarter / 4 for quarter in range(5)]


def _levels(base: float, top: float) -> tuple[Label, ...]:
    """Four steps of the upward axis."""
    values = [base + (top - base) * quarter for quarter in _quarters()]
    return tuple((_up(value, base, top), f"{value:.3g}") for value in values)


def _across(share: float, left: float = LEFT) -> float:
    return round(left + (WIDTH - left - RIGHT) * share, 1)


def _up(value: float, base: float, top: float = 1.0) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - base) / (top - base), 1)
