"""`chengwen eval run`, `list`, `compare`, `sweep`, `gate` and `export`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace

from tqdm import tqdm

from bot.cli.eval_tables import comparison_json, comparison_table, run_json, run_table, runs_table
from bot.cli.output import note, pick, show, show_json
from bot.evals.compare import (
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
from bot.evals.report import export
from bot.evals.runs import FILE, Run, Runs
from bot.i18n import language_of_locale
from bot.index_build import OpenIndex, open_index
from bot.settings import Settings, home, load_settings
from corpus import UsageError

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
    runs = _kept_runs().all()
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
    with tqdm(total=len(dataset.cases), desc=label, file=sys.stderr) as bar:

        def progress(done: int, _: int) -> None:
            bar.update(done - bar.n)

        return evaluate(opened, dataset, settings, name, progress)


def _default_name(assignments: Sequence[str]) -> str:
    return " ".join(assignments) or pick("默认设置", "defaults")
