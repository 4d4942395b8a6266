"""Figures of runs: means with intervals, what went right, risk and latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.evals.intervals import Integers, SamplingUnit, interval
from bot.evals.measures import in_order
from bot.evals.refusal_measures import risk_coverage
from bot.evals.runs import Result, Run

DECIDING = ("cited", "refused", "outcome", "R@1")
"""The first of these that a question has says whether it went right."""

DAGGER = "†"
"""Stands after an interval for which single questions were drawn rather than documents."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` questions, its 95 % interval, and what was drawn for that."""

    value: float
    low: float
    high: float
    unit: SamplingUnit
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]{self.mark}"

    @property
    def mark(self) -> str:
        """DAGGER, or nothing where documents were drawn."""
        return DAGGER if self.unit == "question" else ""


def figure(results: Sequence[Result], measure: str) -> Figure | None:
    """The mean of `measure` over the questions it applies to; None where there are none."""
    among = [result for result in results if measure in result.scores]
    if not among:
        return None
    values = np.array([result.scores[measure] for result in among], np.float64)
    bounds = interval(values, clusters_of(among))
    return Figure(float(values.mean()), bounds.low, bounds.high, bounds.unit, len(among))


def figures(run: Run) -> dict[str, Figure]:
    """Measure → figure, of every measure that the run has, in the order of the measures."""
    found = {}
    for name in measures([run]):
        one = figure(run.results, name)
        if one:
            found[name] = one
    return found


def by_question(run: Run) -> dict[str, Result]:
    """Case id → the result of that question, in the order of the run."""
    return {result.case_id: result for result in run.results}


def by_kind(results: Sequence[Result]) -> dict[str, dict[str, tuple[float, int]]]:
    """Kind → measure → (mean, number of questions it applies to)."""
    values: dict[str, dict[str, list[float]]] = {}
    for result in results:
        of_kind = values.setdefault(result.kind, {})
        for name, value in result.scores.items():
            of_kind.setdefault(name, []).append(value)
    means: dict[str, dict[str, tuple[float, int]]] = {}
    for kind, of_kind in values.items():
        means[kind] = {name: (sum(each) / len(each), len(each)) for name, each in of_kind.items()}
    return means


def clusters_of(results: Sequence[Result]) -> Integers:
    """(n,) int: the number of each question's document, in the order in which they first occur.

    A question without gold has a number of its own. Where all others are about one document so has
    every question: drawing that document whole would say nothing about how its questions differ.
    """
    documents = {result.cluster for result in results if result.cluster != result.case_id}
    if len(documents) <= 1:
        return np.arange(len(results), dtype=np.int64)
    numbers: dict[str, int] = {}
    for result in results:
        numbers.setdefault(result.cluster, len(numbers))
    return np.array([numbers[result.cluster] for result in results], np.int64)


def measures(runs: Sequence[Run]) -> list[str]:
    """Every measure of a question that one of the runs has, in the order of the measures."""
    return in_order(name for run in runs for result in run.results for name in result.scores)


def set_measures(runs: Sequence[Run]) -> list[str]:
    """Every measure of the whole set that one of the runs has, in the order of the measures."""
    return in_order(name for run in runs for name in run.overall)


def kinds(runs: Sequence[Run]) -> list[str]:
    """The kinds of the questions, in the order in which they first occur."""
    return list(dict.fromkeys(result.kind for run in runs for result in run.results))


def is_right(result: Result) -> bool:
    """Whether the question went right: cited what it should, or was refused where it should."""
    for name in DECIDING:
        if name in result.scores:
            return result.scores[name] > 0
    return False


def risk(run: Run) -> list[tuple[float, float]]:
    """(coverage, risk) when only the most confident answers are given, at each threshold.

    Coverage is the share of all questions that are answered, risk the share of those that are
    wrong.
    """
    confidence = np.array([float(result.answer["confidence"]) for result in run.results])
    answered = np.array([_is_answered(result) for result in run.results], np.bool_)
    right = np.array([is_right(result) for result in run.results], np.bool_)
    if not answered.any():
        return []
    curve = risk_coverage(right & answered, answered, confidence)
    return list(zip(curve.coverage.tolist(), curve.risk.tolist(), strict=True))


def latencies(run: Run) -> list[float]:
    """Milliseconds that each answer took in all, ascending."""
    return sorted(float(result.answer["milliseconds"].get("total", 0.0)) for result in run.results)


def worst(runs: Sequence[Run], most: int) -> list[tuple[Result, list[Result | None]]]:
    """At most `most` questions that a run got wrong: one result of each, and that of every run.

    First come those that the fewest runs got right, among these those with the lowest sum of RR@10.
    """
    wrong: list[tuple[list[Result], list[Result | None]]] = []
    for row in _rows(runs):
        present = [result for result in row if result]
        if not all(is_right(result) for result in present):
            wrong.append((present, row))
    wrong.sort(key=lambda question: _goodness(question[0]))
    return [(present[0], row) for present, row in wrong[:most]]


def _rows(runs: Sequence[Run]) -> list[list[Result | None]]:
    """For each question of any run the result of every run, None where a run has not asked it."""
    results = [by_question(run) for run in runs]
    case_ids: dict[str, None] = {}
    for of_run in results:
        case_ids |= dict.fromkeys(of_run)
    rows = []
    for case_id in case_ids:
        rows.append([of_run.get(case_id) for of_run in results])
    return rows


def _goodness(results: Sequence[Result]) -> tuple[int, float]:
    right = sum(is_right(result) for result in results)
    return right, sum(result.scores.get("RR@10", 0.0) for result in results)


def _is_answered(result: Result) -> bool:
    return bool(result.answer["outcome"] == "answered")
