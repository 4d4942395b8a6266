"""Plots of runs as plain shapes, in units of a drawing WIDTH wide, for a template to write as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.evals.figures import PERCENTILES, figure, kinds, latencies, measures, risk
from bot.evals.runs import Run

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 44
SERIES = 6
"""Colours that runs are told apart by; a seventh has that of the first."""

ROW = 22
BINS = 24
STEPS = 400
"""Points of a curve at most."""

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape of run number `series`: a line through `points`, a bar `x, y, width, height`, the whisker of a value."""

    series: int
    points: tuple[tuple[float, float], ...] = ()
    box: tuple[float, float, float, float] | None = None
    whisker: tuple[float, float, float, float] | None = None
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """`name` is unique in a report; `across` and `up` are what the axes show, with (place, label) for each tick.

    `head` and `rows` are the same figures as a table.
    """

    name: str
    title: str
    across: str
    up: str
    ticks: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    height: int = HEIGHT


def plots(runs: Sequence[Run], words: Words) -> list[Plot]:
    """Recall by k, error by coverage, bars by kind, and latency; those for which the runs have figures."""
    names = measures(runs)
    by_kind = [name for name in ("R@1", "cited") if name in names and len(kinds(runs)) > 1]
    found = [
        _recall(runs, words),
        _risk(runs, words),
        *(_kinds(runs, name, words) for name in by_kind),
    ]
    return [plot for plot in [*found, _latency(runs, words)] if plot]


def _recall(runs: Sequence[Run], words: Words) -> Plot | None:
    depths = sorted(
        int(name[2:]) for name in measures(runs) if name.startswith("R@") and name[2:].isdecimal()
    )
    if not depths:
        return None
    found = [[figure(run.results, f"R@{depth}") for depth in depths] for run in runs]
    low = min(one.low for of in found for one in of if one)
    base = min(int(low * 10) / 10, 0.9) if low > 0.5 else 0.0
    xs = [LEFT + (WIDTH - LEFT - RIGHT) * (at + 0.5) / len(depths) for at in range(len(depths))]
    marks = []
    for series, of in enumerate(found):
        shift = 5 * (series - (len(runs) - 1) / 2)
        at = [(x + shift, one) for x, one in zip(xs, of, strict=True) if one]
        marks.append(Mark(series, tuple((x, _up(one.value, base)) for x, one in at), dots=True))
        marks += [
            Mark(series, whisker=(x, _up(one.low, base), x, _up(one.high, base))) for x, one in at
        ]
    rows = tuple(
        (run.name, *(str(one or "") for one in of)) for run, of in zip(runs, found, strict=True)
    )
    ticks = tuple((x, str(depth)) for x, depth in zip(xs, depths, strict=True))
    head = (words["run"], *(f"R@{depth}" for depth in depths))
    return Plot(
        "recall", words["recall"], "k", "R@k", ticks, _levels(base, 1.0), tuple(marks), head, rows
    )


def _risk(runs: Sequence[Run], words: Words) -> Plot | None:
    curves = [risk(run) for run in runs]
    if not any(curves):
        return None
    top = max(0.1, np.ceil(max(error for curve in curves for _, error in curve) * 10) / 10)
    marks, rows = [], []
    shares = [share / 10 for share in range(1, 11)]
    for series, (run, curve) in enumerate(zip(runs, curves, strict=True)):
        thinned = (
            [curve[at] for at in np.unique(np.linspace(0, len(curve) - 1, STEPS).astype(int))]
            if curve
            else []
        )
        marks.append(Mark(series, tuple((_across(x), _up(y, 0.0, top)) for x, y in thinned)))
        at = [
            next((f"{error:.3f}" for covered, error in curve if covered >= share - 1e-9), "")
            for share in shares
        ]
        rows.append((run.name, *at))
    ticks = tuple((_across(share / 4), f"{share / 4:.0%}") for share in range(5))
    head = (words["run"], *(f"{share:.0%}" for share in shares))
    axes = words["coverage"], words["error"]
    return Plot(
        "risk", words["risk"], *axes, ticks, _levels(0.0, top), tuple(marks), head, tuple(rows)
    )


def _kinds(runs: Sequence[Run], measure: str, words: Words) -> Plot:
    names = kinds(
        [replace(run, results=tuple(r for r in run.results if measure in r.scores)) for run in runs]
    )
    marks, rows, levels = [], [], []
    step = ROW * max(1, len(runs)) * 0.6 + 10
    for place, kind in enumerate(names):
        cells, top = [], TOP + place * step
        for series, run in enumerate(runs):
            one = figure([result for result in run.results if result.kind == kind], measure)
            cells.append(f"{one} n={one.n}" if one else "")
            if one:
                y, height = top + series * ROW * 0.6, ROW * 0.6 - 3
                box = _across(0, 96), y, _across(one.value, 96) - _across(0, 96), height
                whisker = (
                    _across(one.low, 96),
                    y + height / 2,
                    _across(one.high, 96),
                    y + height / 2,
                )
                marks.append(Mark(series, box=box, whisker=whisker))
        levels.append((top + (step - 10) / 2, kind))
        rows.append((kind, *cells))
    ticks = tuple((_across(share / 4, 96), f"{share / 4:.2f}") for share in range(5))
    head, height = (
        (words["kind"], *(run.name for run in runs)),
        round(TOP + len(names) * step + BOTTOM),
    )
    title, name = words["by_kind"].format(measure=measure), f"kind-{measure.replace('@', '-')}"
    return Plot(
        name, title, measure, "", ticks, tuple(levels), tuple(marks), head, tuple(rows), height
    )


def _latency(runs: Sequence[Run], words: Words) -> Plot | None:
    found = [latencies(run) for run in runs]
    if not any(found):
        return None
    most = max(float(np.percentile(of, 99)) for of in found if of) * 1.05 or 1.0
    counts = [
        np.histogram(np.minimum(of, most), BINS, (0, most))[0] / max(1, len(of)) for of in found
    ]
    top = max(0.1, float(np.ceil(max(of.max() for of in counts) * 10) / 10))
    marks = []
    for series, of in enumerate(counts):
        edges = [
            (_across((at + end) / BINS), _up(float(of[at]), 0.0, top))
            for at in range(BINS)
            for end in (0, 1)
        ]
        marks.append(
            Mark(series, ((_across(0), _up(0, 0, top)), *edges, (_across(1), _up(0, 0, top))))
        )
    rows = tuple(
        (
            run.name,
            *(f"{np.percentile(of, p):,.1f}" if of else "" for p in PERCENTILES),
            f"{of[-1]:,.1f}" if of else "",
        )
        for run, of in zip(runs, found, strict=True)
    )
    ticks = tuple((_across(share / 4), f"{most * share / 4:,.0f}") for share in range(5))
    head = (words["run"], *(f"p{p}" for p in PERCENTILES), words["longest"])
    axes = words["milliseconds"], words["share"]
    return Plot(
        "latency", words["latency"], *axes, ticks, _levels(0.0, top), tuple(marks), head, rows
    )


def _levels(base: float, top: float) -> tuple[tuple[float, str], ...]:
    """Four steps of the upward axis."""
    values = [base + (top - base) * step / 4 for step in range(5)]
    return tuple((_up(value, base, top), f"{value:.3g}") for value in values)


def _across(share: float, left: float = LEFT) -> float:
    return round(left + (WIDTH - left - RIGHT) * share, 1)


def _up(value: float, base: float, top: float = 1.0) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - base) / (top - base), 1)
