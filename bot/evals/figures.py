"""Figures of runs as reports and pages show them: means with intervals, what went right, error by coverage, latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.evals.compare import clusters_of
from bot.evals.intervals import interval
from bot.evals.measures import risk_coverage
from bot.evals.runs import Result, Run

HEADLINE = ("R@1", "R@5", "RR@10", "nDCG@10", "span@1000", "F1", "cited", "in text", "refused")
"""Measures that a list of runs has room for, where a run has them."""

DECIDING = ("cited", "refused", "outcome", "R@1")
"""The first of these that a question has says whether it went right."""

PERCENTILES = (50, 90, 95, 99)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` questions, and the 95 % interval of it, clustered by document."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def figure(results: Sequence[Result], measure: str, samples: int = 10_000) -> Figure | None:
    """The mean of `measure` over the questions it applies to; None where there are none. `samples` of the bootstrap."""
    among = [result for result in results if measure in result.scores]
    if not among:
        return None
    values = np.array([result.scores[measure] for result in among], np.float64)
    low, high = interval(values, clusters_of(among), samples=samples)
    return Figure(float(values.mean()), float(low), float(high), len(among))


def measures(runs: Sequence[Run]) -> list[str]:
    """Every measure of a question that a run has, in the order they first occur."""
    return list(
        dict.fromkeys(name for run in runs for result in run.results for name in result.scores)
    )


def kinds(runs: Sequence[Run]) -> list[str]:
    """The kinds of the questions, in the order they first occur."""
    return list(dict.fromkeys(result.kind for run in runs for result in run.results))


def is_right(result: Result) -> bool:
    """Whether the question went right: cited what it should, or was refused where it should."""
    deciding = next((name for name in DECIDING if name in result.scores), None)
    return deciding is not None and result.scores[deciding] > 0


def risk(run: Run) -> list[tuple[float, float]]:
    """(coverage, error) when only the most confident answers are given, of all questions and of those given."""
    confidence = np.array([float(result.answer["confidence"]) for result in run.results])
    answered = np.array(
        [result.answer["outcome"] == "answered" for result in run.results], np.bool_
    )
    right = np.array([is_right(result) for result in run.results], np.bool_) & answered
    if not answered.any():
        return []
    curve = risk_coverage(right, answered, confidence)
    return list(zip(curve.coverage.tolist(), curve.risk.tolist(), strict=True))


def latencies(run: Run) -> list[float]:
    """Milliseconds of each answer, in all, ascending."""
    return sorted(float(result.answer["milliseconds"].get("total", 0.0)) for result in run.results)


def worst(runs: Sequence[Run], most: int) -> list[tuple[Result, list[Result | None]]]:
    """Questions that a run got wrong, those that most got wrong first: one result of it, and that of each run."""
    found = [{result.case_id: result for result in run.results} for run in runs]
    every = dict.fromkeys(case_id for of in found for case_id in of)
    rows = [[of.get(case_id) for of in found] for case_id in every]
    scored = [([result for result in row if result], row) for row in rows]
    wrong = [(some, row) for some, row in scored if not all(map(is_right, some))]
    wrong.sort(
        key=lambda one: (
            sum(map(is_right, one[0])),
            sum(result.scores.get("RR@10", 0.0) for result in one[0]),
        )
    )
    return [(some[0], row) for some, row in wrong[:most]]
