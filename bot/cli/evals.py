"""`chengwen eval run`, `list`, `compare`, `sweep`, `gate` and `export`, and the tables they print."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from unicodedata import east_asian_width

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
from bot.evals.figures import Figure, by_kind, figures
from bot.evals.intervals import SamplingUnit
from bot.evals.measures import TABLE
from bot.evals.report import export
from bot.evals.runs import FILE, Run, Runs
from bot.i18n import language_of_locale
from bot.index_build import OpenIndex, open_index
from bot.settings import Settings, home, load_settings
from corpus import UsageError
from corpus.progress import Bar

FAILED = 1
"""Exit code of a gate that fails."""


def run(arguments: Namespace) -> int:
    """Runs the action. Raises ChengwenError."""
    return _ACTIONS[arguments.action](arguments)


def _run(arguments: Namespace) -> int:
    settings = load_settings(arguments.set)
    dataset, opened = _open(arguments, settings)
    made = _evaluate(opened, dataset, settings, arguments.name or _default_name(arguments.set))
    _kept_runs().add(made)
    if arguments.json:
        show_json(run_json(made))
    else:
        show(run_table(made))
    return 0


def _list(arguments: Namespace) -> int:
    kept = _kept_runs()
    runs = kept.all()
    for damage in kept.damages():
        note(pick(damage.zh, damage.en))
    if arguments.json:
        rows = []
        for one in runs:
            rows.append(
                {"run": one.run_id, "name": one.name, "dataset": one.dataset, "made": one.made}
            )
        show_json(rows)
        return 0
    for one in runs:
        show(f"{one.run_id}  {one.name}  {one.dataset}")
    if not runs:
        show(pick("还没有运行记录。", "no runs yet."))
    return 0


def _compare(arguments: Namespace) -> int:
    base, *others = _named_runs(arguments.runs)
    if not others:
        raise UsageError("请给出至少两次运行。", "Give at least two runs.")
    compared = [(other, compare(base, other, arguments.effect)) for other in others]
    if arguments.json:
        show_json([comparison_json(base, other, found) for other, found in compared])
    else:
        for other, found in compared:
            show(comparison_table(base, other, found))
    return 0


def _sweep(arguments: Namespace) -> int:
    runs = []
    combinations = grid(arguments.grid)
    for number, assignments in enumerate(combinations, 1):
        note(f"[{number}/{len(combinations)}] {' '.join(assignments)}")
        runs.append(_run_once(arguments, assignments))
    if arguments.json:
        show_json([run_json(one) for one in runs])
    else:
        show(runs_table(runs))
    return 0


def _run_once(arguments: Namespace, assignments: Sequence[str]) -> Run:
    """A run with these settings, or the kept one that has the same fingerprint, named by them."""
    settings = load_settings([*arguments.set, *assignments])
    dataset, opened = _open(arguments, settings)
    name = " ".join(assignments)
    runs = _kept_runs()
    known = runs.same(fingerprint(opened, dataset, settings))
    if known is not None:
        return replace(runs.get(known.run_id), name=name)
    made = _evaluate(opened, dataset, settings, name)
    runs.add(made)
    return made


def _gate(arguments: Namespace) -> int:
    settings = load_settings(arguments.set)
    dataset, opened = _open(arguments, settings)
    made = _evaluate(opened, dataset, settings, "gate")
    if arguments.write:
        write_baseline(made, arguments.baseline)
        path = arguments.baseline
        note(pick(f"已写入基线 {path}。", f"wrote the baseline {path}."))
        return 0
    compared = gate(read_baseline(arguments.baseline), made, arguments.effect)
    worse = failed(compared, arguments.effect)
    if arguments.junit:
        write_junit(compared, worse, arguments.junit)
    if arguments.json:
        verdict = {"passed": not worse, "effect": arguments.effect}
        show_json({**verdict, **comparison_json(None, made, compared)})
    else:
        for one in compared:
            show(summary(one))
        show(pick("未通过。", "failed.") if worse else pick("通过。", "passed."))
    return FAILED if worse else 0


def _export(arguments: Namespace) -> int:
    export(_named_runs(arguments.runs), arguments.to, language_of_locale())
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


def _kept_runs() -> Runs:
    return Runs(home() / FILE)


def _named_runs(names: Sequence[str]) -> list[Run]:
    runs = _kept_runs()
    return [runs.get(name) for name in names]


def _open(arguments: Namespace, settings: Settings) -> tuple[Dataset, OpenIndex]:
    """The set, and the index of the corpus it asks about: its own unless one is named.

    Notes on standard error what was left out, and why.
    """
    own = None if arguments.dataset.suffix == ".jsonl" else arguments.dataset
    opened = open_index(settings, arguments.corpus or own, arguments.index)
    for zh, en in opened.notices:
        note(pick(zh, en))
    dataset = read_dataset(arguments.dataset, opened.snapshot.collection.documents)
    dataset = sample(select(dataset, arguments.part), arguments.sample)
    for one in dataset.left_out:
        note(pick(f"未计入：{one.where} {one.zh}", f"left out: {one.where} {one.en}"))
    for one in dataset.warnings:
        note(pick(f"注意：{one.where} {one.zh}", f"note: {one.where} {one.en}"))
    return dataset, opened


def _evaluate(opened: OpenIndex, dataset: Dataset, settings: Settings, name: str) -> Run:
    """A run of the set, its progress shown on standard error."""
    label = pick("评测", "evaluating")
    with Bar(label) as bar:
        return evaluate(opened, dataset, settings, name, bar.tell)


def _default_name(assignments: Sequence[str]) -> str:
    return " ".join(assignments) or pick("默认设置", "defaults")


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
    """The measures by kind, and of all questions with intervals and what was drawn for them."""
    found = figures(run)
    names = [name for name in TABLE if name in found]
    shown = [found[name] for name in names]
    counts = f"n {len(run.results)}, {pick('未计入', 'left out')} {len(run.left_out)}"
    lines = [f"{run.dataset} · {run.name} · {run.run_id} · {counts}", _row("", names)]
    for kind, means in by_kind(run.results).items():
        lines.append(_row(kind, [_mean(means, name) for name in names]))
    # all 0.993, then the interval below it: 95 % 0.986, and 0.997 in the next line.
    lines.append(_row(pick("全部", "all"), [f"{figure.value:.3f}" for figure in shown]))
    lines.append(_row("95 %", [f"{figure.low:.3f}" for figure in shown]))
    lines.append(_row("", [f"{figure.high:.3f}" for figure in shown]))
    lines.append(_row(pick("抽样单位", "drawn by"), [_unit(figure.unit) for figure in shown]))
    # AUROC 0.905  AURC 0.011: measures of the whole set, which have no interval.
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
    # cited 1000 0.754 0.902 +0.148 +0.124 +0.174 document 0.0009 166/816/18  improved
    for one in compared:
        lines.append(f"{_row(one.measure, _comparison_cells(one))}  {one.verdict}")
    return "\n".join(lines)


def comparison_json(base: Run | None, other: Run, compared: Sequence[Compared]) -> dict[str, Any]:
    """A comparison as `--json` prints it; without `base` it is with the baseline of a gate."""
    measures: dict[str, Any] = {}
    for one in compared:
        measures[one.measure] = _compared_json(one)
    # A gate compares with committed scores, which have no run of their own.
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
