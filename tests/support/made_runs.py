"""Runs made by hand, for tests of what is done with runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.evals.runs import Result, Run, Scored

ANSWER: dict[str, Any] = {
    "outcome": "answered",
    "text": "答。[1]",
    "short_answer": None,
    "citations": [],
    "confidence": 0.5,
}


def result(
    case_id: str, scores: Mapping[str, float], cluster: str = "", kind: str = "fact"
) -> Result:
    hits = (Scored("d.0-9", 0.5), Scored("d.9-20", 0.25))
    answer = {**ANSWER, "milliseconds": {"total": 10.0}}
    return Result(case_id, kind, cluster or case_id, f"{case_id}？", scores, hits, answer)


def run(name: str, results: Sequence[Result], **fields: object) -> Run:
    about = {
        "dataset": "set",
        "made": "2026-11-24T10:00:00+00:00",
        "seconds": 1.5,
        "left_out": (("某题缺", "one lacks"),),
    }
    given = {"fingerprint": {"settings": name}, "overall": {"AUROC": 0.9}, **about, **fields}
    return Run(run_id=f"20261124-100000-{name}", name=name, results=tuple(results), **given)  # type: ignore[arg-type]


def column(name: str, values: Sequence[float], measure: str = "R@1") -> Run:
    """A run with one measure, a question a value, every two questions about the same document."""
    return run(
        name, [result(f"q{n}", {measure: v}, cluster=f"d{n // 2}") for n, v in enumerate(values)]
    )
