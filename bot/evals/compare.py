"""Which of two runs is better, and whether that could be chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.evals.intervals import Integers, Paired, Verdict, holm, interval, paired, verdict
from bot.evals.runs import Result, Run
from corpus import UsageError

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
