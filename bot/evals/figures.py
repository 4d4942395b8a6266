"""Figures of runs as reports and pages show them: means with intervals, what went right, error by coverage, latency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.evals.compare import clusters_of
from bot.evals.intervals import interval
from bot.evals.measures import risk_coverage
from bot.evals.runs import Result, Run

HEADLINE = ("R@1", "R@5", "RR@10", "nDCG@10", "span@1000", "F1", "cited", "in text", "refused")
"""Measures that a list of runs has room for, where a run has them."""

DECIDING = ("cited", "refused", "outcome", "R@1")
"""The first of these that a question has says whether it went right."""

PERCENTILES = (50, 90, 95, 99)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` questions, and the 95 % interval of it, clustered by document."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def figure(results: Sequence[Result], measure: str, samples: int = 10_000) -> Figure | None:
    """The mean of `measure` over the questions it applies to; None where there are none. `samples` of the bootstrap."""
    among = [result for result in results if measure in result.scores]
    if not among:
        return None
    values = np.array([result.scores[measure] for result in among], np.float64)
    low, high = interval(values, clusters_of(among), samples=samples)
    return Figure(float(values.mean()), float(low), float(high), len(among))


def measures(runs: Sequence[Run]) -> list[str]:
    """Every measure of a question that a run has, in the order they first occur."""
    return list(
        dict.fromkeys(name for run in runs for result in run.results for name in result.scores)
    )


def kinds(runs: Sequence[Run]) -> list[str]:
    """The kinds of the questions, in the order they first occur."""
    return list(dict.fromkeys(result.kind for run in runs for result in run.results))


def is_right(result: Result) -> bool:
    """Whether the question went right: cited what it should, or was refused where it should."""
    deciding = next((name for name in DECIDING if name in result.scores), None)
    return deciding is not None and result.scores[deciding] > 0


def risk(run: Run) -> list[tuple[float, float]]:
    """(coverage, error) when only the most confident answers are given, of all questions and of those given."""
    confidence = np.array([float(result.answer["confidence"]) for result in run.results])
    answered = np.array(
        [result.answer["outcome"] == "answered" for result in run.results], np.bool_
    )
    right = np.array([is_right(result) for result in run.results], np.bool_) & answered
    if not answered.any():
        return []
    curve = risk_coverage(right, answered, confidence)
    return list(zip(curve.coverage.tolist(), curve.risk.tolist(), strict=True))


def latencies(run: Run) -> list[float]:
    """Milliseconds of each answer, in all, ascending."""
    return sorted(float(result.answer["milliseconds"].get("total", 0.0)) for result in run.results)


def worst(runs: Sequence[Run], most: int) -> list[tuple[Result, list[Result | None]]]:
    """Questions that a run got wrong, those that most got wrong first: one result of it, and that of each run."""
    found = [{result.case_id: result for result in run.results} for run in runs]
    every = dict.fromkeys(case_id for of in found for case_id in of)
    rows = [[of.get(case_id) for of in found] for case_id in every]
    scored = [([result for result in row if result], row) for row in rows]
    wrong = [(some, row) for some, row in scored if not all(map(is_right, some))]
    wrong.sort(
        key=lambda one: (
            sum(map(is_right, one[0])),
            sum(result.scores.get("RR@10", 0.0) for result in one[0]),
        )
    )
    return [(some[0], row) for some, row in wrong[:most]]


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
