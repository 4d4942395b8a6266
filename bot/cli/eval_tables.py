"""What `chengwen eval` prints of runs and comparisons: tables for people, objects for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from bot.cli.output import pick
from bot.evals.compare import Compared
from bot.evals.figures import Figure, by_kind, figures
from bot.evals.intervals import SamplingUnit
from bot.evals.measures import TABLE
from bot.evals.runs import Run

DECIMALS = 6
"""Of the numbers in JSON."""

NAME_WIDTH = 14
"""Columns of a terminal for the first cell of a row, a kind or a measure."""

RUN_NAME_WIDTH = 46
"""Columns for the name of a run, which in a sweep is its settings."""

CELL_WIDTH = 10


def run_json(run: Run) -> dict[str, Any]:
    """A run as `eval run --json` prints it."""
    measures: dict[str, Any] = {}
    for name, figure in figures(run).items():
        measures[name] = _figure_json(figure)
    for name, value in run.overall.items():
        measures[name] = {"value": round(value, DECIMALS)}
    kinds: dict[str, Any] = {}
    for kind, means in by_kind(run.results).items():
        kinds[kind] = _means_json(means)
    return {
        "run": run.run_id,
        "name": run.name,
        "dataset": run.dataset,
        "n": len(run.results),
        "left_out": len(run.left_out),
        "seconds": run.seconds,
        "fingerprint": dict(run.fingerprint),
        "measures": measures,
        "by_kind": kinds,
    }


def run_table(run: Run) -> str:
    """The measures by kind, and of all questions with their intervals and what was drawn for each."""
    found = figures(run)
    names = [name for name in TABLE if name in found]
    shown = [found[name] for name in names]
    counts = f"n {len(run.results)}, {pick('未计入', 'left out')} {len(run.left_out)}"
    lines = [f"{run.dataset} · {run.name} · {run.run_id} · {counts}", _row("", names)]
    for kind, means in by_kind(run.results).items():
        lines.append(_row(kind, [_mean(means, name) for name in names]))
    lines.append(_row(pick("全部", "all"), [f"{figure.value:.3f}" for figure in shown]))
    lines.append(_row("95 %", [f"{figure.low:.3f}" for figure in shown]))
    lines.append(_row("", [f"{figure.high:.3f}" for figure in shown]))
    lines.append(_row(pick("抽样单位", "drawn by"), [_unit(figure.unit) for figure in shown]))
    if run.overall:
        lines.append("  ".join(f"{name} {value:.3f}" for name, value in run.overall.items()))
    return "\n".join(lines)


def runs_table(runs: Sequence[Run]) -> str:
    """A row a run, with the means of its measures."""
    found = [figures(run) for run in runs]
    held = set().union(*found)
    names = [name for name in TABLE if name in held]
    lines = [_row("", names, RUN_NAME_WIDTH)]
    for run, of_run in zip(runs, found, strict=True):
        cells = [f"{of_run[name].value:.3f}" if name in of_run else "" for name in names]
        lines.append(_row(run.name, cells, RUN_NAME_WIDTH))
    return "\n".join(lines)


def comparison_table(base: Run, other: Run, compared: Sequence[Compared]) -> str:
    """One run against another: first which difference could be detected, then what was found."""
    label = pick("可检出的最小差异", "minimum detectable effect")
    effects = "  ".join(f"{one.measure} {_detectable(one)}" for one in compared)
    drawn = pick("抽样单位", "drawn by")
    lines = [
        f"{base.name} ({base.run_id}) → {other.name} ({other.run_id})",
        f"{label}: {effects}",
        _row("", ["n", "A", "B", "Δ", "low", "high", drawn, "p", "+/=/-"]),
    ]
    for one in compared:
        lines.append(f"{_row(one.measure, _comparison_cells(one))}  {one.verdict}")
    return "\n".join(lines)


def comparison_json(base: Run | None, other: Run, compared: Sequence[Compared]) -> dict[str, Any]:
    """A comparison as `--json` prints it; without `base` it is with the baseline of a gate."""
    measures: dict[str, Any] = {}
    for one in compared:
        measures[one.measure] = _compared_json(one)
    return {
        "base": base.run_id if base else "baseline",
        "other": other.run_id,
        "measures": measures,
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {
        "value": round(figure.value, DECIMALS),
        "ci": [round(figure.low, DECIMALS), round(figure.high, DECIMALS)],
        "unit": figure.unit,
        "n": figure.n,
    }


def _means_json(means: Mapping[str, tuple[float, int]]) -> dict[str, Any]:
    rounded = {}
    for name, (value, n) in means.items():
        rounded[name] = {"value": round(value, DECIMALS), "n": n}
    return rounded


def _compared_json(one: Compared) -> dict[str, Any]:
    pair = one.paired
    return {
        "n": one.n,
        "base": round(one.base, DECIMALS),
        "other": round(one.other, DECIMALS),
        "delta": round(pair.delta, DECIMALS),
        "ci": [round(pair.low, DECIMALS), round(pair.high, DECIMALS)],
        "unit": pair.unit,
        "p": round(one.p, DECIMALS),
        "mde": None if pair.mde is None else round(pair.mde, DECIMALS),
        "wins": pair.wins,
        "ties": pair.ties,
        "losses": pair.losses,
        "verdict": one.verdict,
    }


def _comparison_cells(one: Compared) -> list[str]:
    pair = one.paired
    return [
        str(one.n),
        f"{one.base:.3f}",
        f"{one.other:.3f}",
        f"{pair.delta:+.3f}",
        f"{pair.low:+.3f}",
        f"{pair.high:+.3f}",
        _unit(pair.unit),
        f"{one.p:.4f}",
        f"{pair.wins}/{pair.ties}/{pair.losses}",
    ]


def _mean(means: Mapping[str, tuple[float, int]], name: str) -> str:
    if name not in means:
        return ""
    value, _ = means[name]
    return f"{value:.3f}"


def _unit(unit: SamplingUnit) -> str:
    """What was drawn for an interval, as a table says it."""
    return pick("文档", "document") if unit == "document" else pick("题", "question")


def _detectable(one: Compared) -> str:
    return "—" if one.paired.mde is None else f"{one.paired.mde:.3f}"


def _row(name: str, cells: Sequence[str], width: int = NAME_WIDTH) -> str:
    padded = [" " * (CELL_WIDTH - _columns(cell)) + cell for cell in cells]
    return name + " " * (width - _columns(name)) + "".join(padded)


def _columns(text: str) -> int:
    # A Chinese character takes two columns of a terminal.
    return len(text) + sum(east_asian_width(character) in "WF" for character in text)
