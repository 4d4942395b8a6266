"""Which of two runs is better, and whether that could be chance."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from bot.evals.intervals import Integers, Paired, Verdict, holm, interval, paired, verdict
from bot.evals.runs import Result, Run
from corpus import UsageError
from corpus.intake.decode import shown

MAIN = (
    "R@1",
    "R@5",
    "nDCG@10",
    "RR@10",
    "span@1000",
    "cited",
    "F1",
    "in text",
    "answered",
    "refused",
)
"""Measures that are compared where both runs have them."""

EFFECT = 0.02
"""Difference from which a change matters, where none is stated."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of `other` against that of `base`; `p` is adjusted for all that is compared (Holm)."""

    measure: str
    n: int
    base: float
    other: float
    paired: Paired
    p: float
    verdict: Verdict


def compare(
    base: Run, other: Run, effect: float = EFFECT, measures: Sequence[str] = MAIN
) -> list[Compared]:
    """Every measure that both runs have, on the same questions. Raises UsageError where the questions differ."""
    rows = same_questions(base, other)
    clusters = clusters_of([one for one, _ in rows])
    found: list[tuple[str, int, float, float, Paired]] = []
    for name in measures:
        both = [
            (row, a.scores[name], b.scores[name])
            for row, (a, b) in enumerate(rows)
            if {name} <= _both(a, b)
        ]
        if both:
            at, a, b = (np.array(column) for column in zip(*both, strict=True))
            found.append(
                (name, len(at), a.mean(), b.mean(), paired(a[:, None], b[:, None], clusters[at])[0])
            )
    adjusted = holm([one[-1].p for one in found])
    return [
        Compared(
            name, n, float(a), float(b), pair, float(p), verdict(pair, float(p), effect=effect)
        )
        for (name, n, a, b, pair), p in zip(found, adjusted, strict=True)
    ]


def same_questions(base: Run, other: Run) -> list[tuple[Result, Result]]:
    """The results of both runs by question, in the order of `base`.

    Raises UsageError, with the first few ids, where one lacks questions of the other: a smaller denominator would make
    them incomparable.
    """
    found = {result.case_id: result for result in other.results}
    lacking = [r.case_id for r in base.results if r.case_id not in found]
    ours = {r.case_id for r in base.results}
    extra = [name for name in found if name not in ours]
    if lacking or extra:
        some = ", ".join([*lacking, *extra][:5])
        raise UsageError(
            f"两次运行的题目不同：{other.name} 缺 {len(lacking)} 题，多 {len(extra)} 题（{some} 等）。"
            "请用同一题集重新运行。",
            f"The runs differ in their questions: {other.name} lacks {len(lacking)} and has {len(extra)} more "
            f"({some}, …). Run both on the same set.",
        )
    return [(result, found[result.case_id]) for result in base.results]


def means(run: Run) -> dict[str, tuple[float, tuple[float, float], int]]:
    """Measure → (mean, its 95 % interval by document, questions it applies to), in the order they first occur."""
    clusters = clusters_of(run.results)
    names = dict.fromkeys(name for result in run.results for name in result.scores)
    found = {}
    for name in names:
        at = [row for row, result in enumerate(run.results) if name in result.scores]
        values = np.array([run.results[row].scores[name] for row in at])
        found[name] = (float(values.mean()), interval(values, clusters[at]), len(at))
    return found


def by_kind(run: Run) -> dict[str, dict[str, tuple[float, int]]]:
    """Kind → measure → (mean, questions it applies to)."""
    found: dict[str, dict[str, list[float]]] = {}
    for result in run.results:
        for name, value in result.scores.items():
            found.setdefault(result.kind, {}).setdefault(name, []).append(value)
    return {
        kind: {name: (sum(values) / len(values), len(values)) for name, values in measures.items()}
        for kind, measures in found.items()
    }


def clusters_of(results: Sequence[Result]) -> Integers:
    """(n,) int: the number of each result's cluster, in the order they first occur."""
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(result.cluster, len(numbers)) for result in results], np.intp
    )


def _both(one: Result, other: Result) -> set[str]:
    return set(one.scores) & set(other.scores)


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
