"""`chengwen eval run`, `list`, `compare`, `sweep`, `gate` and `export`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from unicodedata import east_asian_width

from tqdm import tqdm

from bot.cli.output import note, pick, show, show_json
from bot.evals.compare import (
    Compared,
    compare,
    failed,
    gate,
    read_baseline,
    summary,
    write_baseline,
    write_junit,
)
from bot.evals.datasets import Dataset, read_dataset, sample, select
from bot.evals.evaluate import evaluate, fingerprint, grid
from bot.evals.figures import by_kind, figures
from bot.evals.intervals import SamplingUnit
from bot.evals.measures import TABLE
from bot.evals.report import export
from bot.evals.runs import FILE, Run, Runs
from bot.i18n import language_of_locale
from bot.index_build import OpenIndex, open_index
from bot.settings import Settings, home, load_settings
from corpus import UsageError

FAILED = 1
"""Exit code of a gate that says no."""


def run(arguments: Namespace) -> int:
    """Runs the action. Raises ChengwenError."""
    return _ACTIONS[arguments.action](arguments)


def _run(arguments: Namespace) -> int:
    _print_run(_new_run(arguments, arguments.set, arguments.name), arguments.json)
    return 0


def _list(arguments: Namespace) -> int:
    runs = Runs(home() / FILE).all()
    if arguments.json:
        show_json(
            [{"run": r.run_id, "name": r.name, "dataset": r.dataset, "made": r.made} for r in runs]
        )
    else:
        show(
            "\n".join(f"{r.run_id}  {r.name}  {r.dataset}" for r in runs)
            or pick("还没有运行记录。", "no runs yet.")
        )
    return 0


def _compare(arguments: Namespace) -> int:
    base, *others = (Runs(home() / FILE).get(name) for name in arguments.runs)
    if not others:
        raise UsageError("请给出至少两次运行。", "Give at least two runs.")
    compared = [(other, compare(base, other, arguments.effect)) for other in others]
    if arguments.json:
        show_json([comparison_json(base, other, found) for other, found in compared])
    else:
        for other, found in compared:
            show(comparison(base, other, found))
    return 0


def _sweep(arguments: Namespace) -> int:
    found = []
    combinations = grid(arguments.grid)
    for number, assignments in enumerate(combinations, 1):
        name = " ".join(assignments)
        note(f"[{number}/{len(combinations)}] {name}")
        found.append(_new_run(arguments, [*arguments.set, *assignments], name, again=False))
    if arguments.json:
        show_json([run_json(one) for one in found])
    else:
        show(runs_table(found))
    return 0


def _gate(arguments: Namespace) -> int:
    now = _new_run(arguments, arguments.set, "gate", keep=False)
    if arguments.write:
        write_baseline(now, arguments.baseline)
        note(
            pick(f"已写入基线 {arguments.baseline}。", f"wrote the baseline {arguments.baseline}.")
        )
        return 0
    compared = gate(read_baseline(arguments.baseline), now, arguments.effect)
    bad = failed(compared, arguments.effect)
    if arguments.junit:
        write_junit(compared, bad, arguments.junit)
    if arguments.json:
        show_json(
            {"passed": not bad, "effect": arguments.effect, **comparison_json(None, now, compared)}
        )
    else:
        show(
            "\n".join(
                [
                    *map(summary, compared),
                    pick("未通过。", "failed.") if bad else pick("通过。", "passed."),
                ]
            )
        )
    return FAILED if bad else 0


def _export(arguments: Namespace) -> int:
    export(
        [Runs(home() / FILE).get(name) for name in arguments.runs],
        arguments.to,
        language_of_locale(),
    )
    note(pick(f"已写入 {arguments.to}。", f"wrote {arguments.to}."))
    return 0


_ACTIONS: dict[str, Callable[[Namespace], int]] = {
    "run": _run,
    "list": _list,
    "compare": _compare,
    "sweep": _sweep,
    "gate": _gate,
    "export": _export,
}


def _new_run(
    arguments: Namespace, assignments: list[str], name: str, keep: bool = True, again: bool = True
) -> Run:
    """A run of the set that the arguments name; where `again` is off, one with the same fingerprint serves."""
    settings = load_settings(assignments)
    dataset, opened = _open(arguments, settings)
    for one in dataset.left_out:
        note(pick(f"未计入：{one.where} {one.zh}", f"left out: {one.where} {one.en}"))
    for one in dataset.warnings:
        note(pick(f"注意：{one.where} {one.zh}", f"note: {one.where} {one.en}"))
    runs = Runs(home() / FILE)
    if not again and (known := runs.same(fingerprint(opened, dataset, settings))):
        return replace(runs.get(known.run_id), name=name)
    with tqdm(total=len(dataset.cases), desc=pick("评测", "evaluating"), file=sys.stderr) as bar:
        made = evaluate(
            opened,
            dataset,
            settings,
            name or _name(assignments),
            lambda done, _: bar.update(done - bar.n),
        )
    if keep:
        runs.add(made)
    return made


def _open(arguments: Namespace, settings: Settings) -> tuple[Dataset, OpenIndex]:
    """The set, and the index of the corpus it asks about: its own where none is named."""
    own = None if arguments.dataset.suffix == ".jsonl" else arguments.dataset
    opened = open_index(settings, arguments.corpus or own, arguments.index)
    for zh, en in opened.notices:
        note(pick(zh, en))
    dataset = read_dataset(arguments.dataset, opened.snapshot.collection.documents)
    return sample(select(dataset, arguments.part), arguments.sample), opened


def _name(assignments: list[str]) -> str:
    return " ".join(assignments) or pick("默认设置", "defaults")


def _print_run(made: Run, as_json: bool) -> None:
    if as_json:
        show_json(run_json(made))
    else:
        show(kinds_table(made))


def run_json(run: Run) -> dict[str, Any]:
    """A run as `eval run --json` prints it."""
    overall = {name: {"value": round(value, 6)} for name, value in run.overall.items()}
    measured = {}
    for name, one in figures(run).items():
        measured[name] = {
            "value": round(one.value, 6),
            "ci": [round(one.low, 6), round(one.high, 6)],
            "unit": one.unit,
            "n": one.n,
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
            kind: {
                name: {"value": round(value, 6), "n": n} for name, (value, n) in measures.items()
            }
            for kind, measures in by_kind(run.results).items()
        },
    }


def kinds_table(run: Run) -> str:
    """The measures by kind, and of all with their intervals and what was drawn for each."""
    all_of = figures(run)
    names = [name for name in TABLE if name in all_of]
    counts = f"n {len(run.results)}, {pick('未计入', 'left out')} {len(run.left_out)}"
    head = f"{run.dataset} · {run.name} · {run.run_id} · {counts}"
    rows = [_row("", names)]
    for kind, measures in by_kind(run.results).items():
        rows.append(
            _row(kind, [f"{measures[name][0]:.3f}" if name in measures else "" for name in names])
        )
    rows.append(_row(pick("全部", "all"), [f"{all_of[name].value:.3f}" for name in names]))
    rows.append(_row("95 %", [f"{all_of[name].low:.3f}" for name in names]))
    rows.append(_row("", [f"{all_of[name].high:.3f}" for name in names]))
    rows.append(_row(pick("抽样单位", "drawn by"), [_unit(all_of[name].unit) for name in names]))
    overall = "  ".join(f"{name} {value:.3f}" for name, value in run.overall.items())
    return "\n".join([head, *rows, *([overall] if overall else [])])


def runs_table(runs: Sequence[Run]) -> str:
    """A row a run, with the means of its measures."""
    measured = [figures(run) for run in runs]
    names = [name for name in TABLE if any(name in of for of in measured)]
    rows = [_row("", names, width=46)]
    for run, of in zip(runs, measured, strict=True):
        rows.append(
            _row(
                run.name,
                [f"{of[name].value:.3f}" if name in of else "" for name in names],
                width=46,
            )
        )
    return "\n".join(rows)


def comparison(base: Run, other: Run, found: Sequence[Compared]) -> str:
    """One run against another: what could be seen at all first, then what was."""
    head = f"{base.name} ({base.run_id}) → {other.name} ({other.run_id})"
    least = "  ".join(f"{one.measure} {_detectable(one)}" for one in found)
    rows = [f"{pick('可检出的最小差异', 'minimum detectable effect')}: {least}"]
    drawn = pick("抽样单位", "drawn by")
    rows.append(_row("", ["n", "A", "B", "Δ", "low", "high", drawn, "p", "+/=/-"]))
    for one in found:
        pair = one.paired
        counts = f"{pair.wins}/{pair.ties}/{pair.losses}"
        figures = [str(one.n), f"{one.base:.3f}", f"{one.other:.3f}", f"{pair.delta:+.3f}"]
        ends = [f"{pair.low:+.3f}", f"{pair.high:+.3f}", _unit(pair.unit), f"{one.p:.4f}", counts]
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
                "unit": one.paired.unit,
                "p": round(one.p, 6),
                "mde": None if one.paired.mde is None else round(one.paired.mde, 6),
                "wins": one.paired.wins,
                "ties": one.paired.ties,
                "losses": one.paired.losses,
                "verdict": one.verdict,
            }
            for one in found
        },
    }


def _unit(unit: SamplingUnit) -> str:
    """What was drawn for an interval, as a table says it."""
    return pick("文档", "document") if unit == "document" else pick("题", "question")


def _detectable(one: Compared) -> str:
    return "—" if one.paired.mde is None else f"{one.paired.mde:.3f}"


def _row(name: str, cells: Sequence[str], width: int = 14) -> str:
    padded = [" " * (10 - _columns(cell)) + cell for cell in cells]
    return name + " " * (width - _columns(name)) + "".join(padded)


def _columns(text: str) -> int:
    # A Chinese character takes two columns of a terminal.
    return len(text) + sum(east_asian_width(character) in "WF" for character in text)
