"""Says no to a change that makes answers worse: a run against the scores of a committed baseline."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bot.evals.compare import Compared, compare
from bot.evals.runs import Result, Run
from corpus import UsageError
from corpus.intake.decode import shown

MEASURES = ("R@1", "nDCG@10", "cited", "in text", "answered", "refused")
FORM = 1


def write_baseline(run: Run, path: Path) -> None:
    """What a gate needs of `run`: the scores of each question."""
    rows = [
        {
            "id": result.case_id,
            "kind": result.kind,
            "cluster": result.cluster,
            "scores": {
                name: round(result.scores[name], 12) for name in MEASURES if name in result.scores
            },
        }
        for result in run.results
    ]
    about = {
        "form": FORM,
        "dataset": run.dataset,
        "made": run.made,
        "fingerprint": dict(run.fingerprint),
    }
    lines = [json.dumps(row, ensure_ascii=False) for row in (about, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_baseline(path: Path) -> Run:
    """A run with the scores that `write_baseline` kept. Raises UsageError, naming the line, for anything else."""
    try:
        about, *rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if about["form"] != FORM:
            raise ValueError(f"form {about['form']}")
        results = tuple(_result(row) for row in rows)
        return Run(
            "baseline",
            path.stem,
            about["dataset"],
            about["made"],
            0.0,
            about["fingerprint"],
            {},
            (),
            results,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{shown(path)} 不是可用的基线：{error}。请用 chengwen eval gate --write 重新生成。",
            f"{shown(path)} is no usable baseline: {error}. Make it again with `chengwen eval gate --write`.",
        ) from error


def gate(baseline: Run, run: Run, effect: float) -> list[Compared]:
    """The measures of `run` against the baseline's. Raises UsageError where the questions differ."""
    return compare(baseline, run, effect, MEASURES)


def failed(compared: Sequence[Compared], effect: float) -> list[Compared]:
    """Those whose interval excludes 0 and whose loss is more than the stated effect."""
    return [one for one in compared if one.paired.high < 0 and one.paired.delta < -effect]


def write_junit(compared: Sequence[Compared], bad: Sequence[Compared], path: Path) -> None:
    """The outcome as JUnit XML, a test case a measure."""
    suite = ElementTree.Element(
        "testsuite", name="chengwen eval gate", tests=str(len(compared)), failures=str(len(bad))
    )
    for one in compared:
        case = ElementTree.SubElement(suite, "testcase", classname="eval.gate", name=one.measure)
        if one in bad:
            ElementTree.SubElement(case, "failure", message=said(one))
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def said(one: Compared) -> str:
    """A measure's change in a line."""
    pair = one.paired
    return (
        f"{one.measure} {one.base:.3f} → {one.other:.3f} ({pair.delta:+.3f}, "
        f"95 % {pair.low:+.3f} … {pair.high:+.3f}, p {one.p:.4f}, {one.verdict})"
    )


def _result(row: Mapping[str, Any]) -> Result:
    scores = {str(name): float(value) for name, value in row["scores"].items()}
    return Result(str(row["id"]), str(row["kind"]), str(row["cluster"]), "", scores, (), {})
