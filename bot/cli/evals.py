"""`chengwen eval run`, `list`, `compare`, `sweep`, `gate` and `export`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace

from tqdm import tqdm

from bot.build import OpenIndex, open_index
from bot.cli.output import locale_language, note, pick, show, show_json
from bot.cli.tables import comparison, comparison_json, kinds_table, run_json, runs_table
from bot.evals.compare import compare
from bot.evals.dataset import Dataset, read_dataset, sample, select
from bot.evals.evaluate import evaluate, fingerprint
from bot.evals.export import export
from bot.evals.gate import failed, gate, read_baseline, said, write_baseline, write_junit
from bot.evals.runs import FILE, Run, Runs
from bot.evals.sweep import grid
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
        show_json([{"run": r.run_id, "name": r.name, "dataset": r.dataset, "made": r.made} for r in runs])
    else:
        show("\n".join(f"{r.run_id}  {r.name}  {r.dataset}" for r in runs) or pick("还没有运行记录。", "no runs yet."))
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
        note(pick(f"已写入基线 {arguments.baseline}。", f"wrote the baseline {arguments.baseline}."))
        return 0
    compared = gate(read_baseline(arguments.baseline), now, arguments.effect)
    bad = failed(compared, arguments.effect)
    if arguments.junit:
        write_junit(compared, bad, arguments.junit)
    if arguments.json:
        show_json({"passed": not bad, "effect": arguments.effect, **comparison_json(None, now, compared)})
    else:
        show("\n".join([*map(said, compared), pick("未通过。", "failed.") if bad else pick("通过。", "passed.")]))
    return FAILED if bad else 0


def _export(arguments: Namespace) -> int:
    export([Runs(home() / FILE).get(name) for name in arguments.runs], arguments.to, locale_language())
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


def _new_run(arguments: Namespace, assignments: list[str], name: str, keep: bool = True, again: bool = True) -> Run:
    """A run of the set that the arguments name; where `again` is off, one with the same fingerprint serves."""
    settings = load_settings(assignments)
    dataset, opened = _open(arguments, settings)
    for one in dataset.left_out:
        note(pick(f"未计入：{one.where} {one.zh}", f"left out: {one.where} {one.en}"))
    for one in dataset.notes:
        note(pick(f"注意：{one.where} {one.zh}", f"note: {one.where} {one.en}"))
    runs = Runs(home() / FILE)
    if not again and (known := runs.same(fingerprint(opened, dataset, settings))):
        return replace(runs.get(known.run_id), name=name)
    with tqdm(total=len(dataset.cases), desc=pick("评测", "evaluating"), file=sys.stderr) as bar:
        made = evaluate(opened, dataset, settings, name or _name(assignments), lambda done, _: bar.update(done - bar.n))
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
