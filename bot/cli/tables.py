"""Runs and comparisons as they are printed: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

from bot.cli.output import pick
from bot.evals.compare import Compared, by_kind, means
from bot.evals.runs import Run

SHOWN = ("R@1", "R@3", "R@5", "RR@10", "nDCG@10", "span@1000", "EM", "F1", "in text", "cited", "answered", "refused")


def run_json(run: Run) -> dict[str, Any]:
    """A run as `eval run --json` prints it."""
    overall = {name: {"value": round(value, 6)} for name, value in run.overall.items()}
    measured = {
        name: {"value": round(value, 6), "ci": [round(end, 6) for end in ends], "n": n}
        for name, (value, ends, n) in means(run).items()
    }
    return {
        "run": run.run_id,
        "name": run.name,
        "dataset": run.dataset,
        "n": len(run.results),
        "left_out": len(run.left_out),
        "seconds": run.seconds,
        "fingerprint": dict(run.fingerprint),
        "measures": {**measured, **overall},
        "by_kind": {
            kind: {name: {"value": round(value, 6), "n": n} for name, (value, n) in measures.items()}
            for kind, measures in by_kind(run).items()
        },
    }


def kinds_table(run: Run) -> str:
    """The measures by kind, and of all with their intervals."""
    all_of = means(run)
    names = [name for name in SHOWN if name in all_of]
    counts = f"n {len(run.results)}, {pick('未计入', 'left out')} {len(run.left_out)}"
    head = f"{run.dataset} · {run.name} · {run.run_id} · {counts}"
    rows = [_row("", names)]
    for kind, measures in by_kind(run).items():
        rows.append(_row(kind, [f"{measures[name][0]:.3f}" if name in measures else "" for name in names]))
    rows.append(_row(pick("全部", "all"), [f"{all_of[name][0]:.3f}" for name in names]))
    rows.append(_row("95 %", [f"{all_of[name][1][0]:.3f}" for name in names]))
    rows.append(_row("", [f"{all_of[name][1][1]:.3f}" for name in names]))
    overall = "  ".join(f"{name} {value:.3f}" for name, value in run.overall.items())
    return "\n".join([head, *rows, *([overall] if overall else [])])


def runs_table(runs: Sequence[Run]) -> str:
    """A row a run, with the intervals of its first measures."""
    measured = [means(run) for run in runs]
    names = [name for name in SHOWN if any(name in of for of in measured)]
    rows = [_row("", names, width=46)]
    for run, of in zip(runs, measured, strict=True):
        rows.append(_row(run.name, [f"{of[name][0]:.3f}" if name in of else "" for name in names], width=46))
    return "\n".join(rows)


def comparison(base: Run, other: Run, found: Sequence[Compared]) -> str:
    """One run against another: what could be seen at all first, then what was."""
    head = f"{base.name} ({base.run_id}) → {other.name} ({other.run_id})"
    least = "  ".join(f"{one.measure} {one.paired.mde:.3f}" for one in found)
    rows = [f"{pick('可检出的最小差异', 'minimum detectable effect')}: {least}"]
    rows.append(_row("", ["n", "A", "B", "Δ", "low", "high", "p", "+/=/-"]))
    for one in found:
        pair = one.paired
        counts = f"{pair.wins}/{pair.ties}/{pair.losses}"
        figures = [str(one.n), f"{one.base:.3f}", f"{one.other:.3f}", f"{pair.delta:+.3f}"]
        ends = [f"{pair.low:+.3f}", f"{pair.high:+.3f}", f"{one.p:.4f}", counts]
        rows.append(f"{_row(one.measure, [*figures, *ends])}  {one.verdict}")
    return "\n".join([head, *rows])


def comparison_json(base: Run | None, other: Run, found: Sequence[Compared]) -> dict[str, Any]:
    """A comparison for programs."""
    return {
        "base": base.run_id if base else "baseline",
        "other": other.run_id,
        "measures": {
            one.measure: {
                "n": one.n,
                "base": round(one.base, 6),
                "other": round(one.other, 6),
                "delta": round(one.paired.delta, 6),
                "ci": [round(one.paired.low, 6), round(one.paired.high, 6)],
                "p": round(one.p, 6),
                "mde": round(one.paired.mde, 6),
                "wins": one.paired.wins,
                "ties": one.paired.ties,
                "losses": one.paired.losses,
                "verdict": one.verdict,
            }
            for one in found
        },
    }


def _row(name: str, cells: Sequence[str], width: int = 14) -> str:
    # A Chinese character takes two columns of a terminal.
    wide = sum(east_asian_width(character) in "WF" for character in name)
    return f"{name:<{width - wide}}" + "".join(f"{cell:>10}" for cell in cells)
