"""Two runs compared on the same questions, and the gate that stops a run that is worse than a
baseline.

A baseline is a file with the scores of a run: JSON lines, a head and then a line a question. It is
committed beside a question set, so that the gate needs no record of earlier runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from bot.evals.figures import by_question, clusters_of
from bot.evals.intervals import Paired, Verdict, holm, paired, verdict
from bot.evals.measures import COMPARED, GATED
from bot.evals.runs import Result, Run
from corpus import UsageError
from corpus.intake.decode import shown

EFFECT = 0.02
"""Difference from which a change matters, where none is stated: one question in fifty."""

FORM = 1
"""Version of the layout of a baseline."""

_EXACT = 12
"""Decimals of a score in a baseline, so that equal scores are equal when read back."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of `other` against that of `base`; `p` is adjusted for all that is compared."""

    measure: str
    n: int
    base: float
    other: float
    paired: Paired
    p: float
    verdict: Verdict


def compare(
    base: Run, other: Run, effect: float = EFFECT, measures: Sequence[str] = COMPARED
) -> list[Compared]:
    """Those of `measures` that both runs have, each on the questions that have it in both.

    Raises UsageError where the questions of the runs differ.
    """
    rows = same_questions(base, other)
    found: list[tuple[str, float, float, Paired]] = []
    for name in measures:
        both = [(one, two) for one, two in rows if name in one.scores and name in two.scores]
        if not both:
            continue
        before = np.array([one.scores[name] for one, _ in both], np.float64)
        after = np.array([two.scores[name] for _, two in both], np.float64)
        pair = paired(before, after, clusters_of([one for one, _ in both]))
        found.append((name, float(before.mean()), float(after.mean()), pair))
    adjusted = holm([pair.p for *_, pair in found])
    compared = []
    for (name, mean, other_mean, pair), p in zip(found, adjusted, strict=True):
        n = pair.wins + pair.ties + pair.losses
        said = verdict(pair, p, effect=effect)
        compared.append(Compared(name, n, mean, other_mean, pair, p, said))
    return compared


def same_questions(base: Run, other: Run) -> list[tuple[Result, Result]]:
    """The results of both runs by question, in the order of `base`.

    Raises UsageError, with the first few ids, where one lacks questions of the other: a smaller
    denominator would make them incomparable.
    """
    results = by_question(other)
    asked = by_question(base)
    lacking = [case_id for case_id in asked if case_id not in results]
    extra = [case_id for case_id in results if case_id not in asked]
    if lacking or extra:
        some = ", ".join([*lacking, *extra][:5])
        raise UsageError(
            f"两次运行的题目不同：{other.name} 缺 {len(lacking)} 题，多 {len(extra)} 题（{some} 等）。"
            "请用同一题集重新运行。",
            f"The runs differ in their questions: {other.name} lacks {len(lacking)} "
            f"and has {len(extra)} more ({some}, …). Run both on the same set.",
        )
    return [(result, results[result.case_id]) for result in base.results]


def gate(baseline: Run, run: Run, effect: float) -> list[Compared]:
    """The gated measures of `run` against the baseline's.

    Raises UsageError where the questions differ.
    """
    return compare(baseline, run, effect, GATED)


def failed(compared: Sequence[Compared], effect: float) -> list[Compared]:
    """Those whose interval excludes 0 and whose loss is more than `effect`."""
    return [one for one in compared if one.paired.high < 0 and one.paired.delta < -effect]


def write_baseline(run: Run, path: Path) -> None:
    """Writes what a gate needs of `run`: the gated scores of each question."""
    head = {
        "form": FORM,
        "dataset": run.dataset,
        "made": run.made,
        "fingerprint": dict(run.fingerprint),
    }
    lines = [json.dumps(head, ensure_ascii=False)]
    for result in run.results:
        scores = {}
        for name in GATED:
            if name in result.scores:
                scores[name] = round(result.scores[name], _EXACT)
        row = {"id": result.case_id, "kind": result.kind, "cluster": result.cluster}
        lines.append(json.dumps({**row, "scores": scores}, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_baseline(path: Path) -> Run:
    """A run with the scores that `write_baseline` kept.

    Raises UsageError, naming the file and what is wrong with it, for anything else.
    """
    try:
        head, *rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if head["form"] != FORM:
            raise ValueError(f"form {head['form']}")
        return Run(
            run_id="baseline",
            name=path.stem,
            dataset=head["dataset"],
            made=head["made"],
            seconds=0.0,
            fingerprint=head["fingerprint"],
            overall={},
            left_out=(),
            results=tuple(_baseline_result(row) for row in rows),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{shown(path)} 不是可用的基线：{error}。请用 chengwen eval gate --write 重新生成。",
            f"{shown(path)} is no usable baseline: {error}. "
            "Make it again with `chengwen eval gate --write`.",
        ) from error


def write_junit(compared: Sequence[Compared], bad: Sequence[Compared], path: Path) -> None:
    """Writes the outcome as JUnit XML, a test case a measure; those in `bad` are failures."""
    suite = ElementTree.Element(
        "testsuite", name="chengwen eval gate", tests=str(len(compared)), failures=str(len(bad))
    )
    for one in compared:
        case = ElementTree.SubElement(suite, "testcase", classname="eval.gate", name=one.measure)
        if one in bad:
            ElementTree.SubElement(case, "failure", message=summary(one))
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def summary(one: Compared) -> str:
    """The change of a measure in one line, as the gate prints it."""
    pair = one.paired
    return (
        f"{one.measure} {one.base:.3f} → {one.other:.3f} ({pair.delta:+.3f}, "
        f"95 % {pair.low:+.3f} … {pair.high:+.3f} by {pair.unit}, p {one.p:.4f}, {one.verdict})"
    )


def _baseline_result(row: Mapping[str, Any]) -> Result:
    scores = {str(name): float(value) for name, value in row["scores"].items()}
    return Result(
        case_id=str(row["id"]),
        kind=str(row["kind"]),
        cluster=str(row["cluster"]),
        question="",
        scores=scores,
        hits=(),
        answer={},
    )
