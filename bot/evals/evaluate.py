"""Asks a service every question of a set, and scores what it found and what it said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from time import perf_counter
from typing import Any
from uuid import uuid4

import numpy as np

from bot.answer import Answer
from bot.evals.datasets import Case, Dataset
from bot.evals.datasets.native import native_row
from bot.evals.measures import refusal, score_answer, score_rankings
from bot.evals.runs import Result, Run, Scored
from bot.index_build import OpenIndex
from bot.service import Service
from bot.settings import Settings
from corpus import UsageError
from index import Hit

DEPTH = 100
"""Passages of a ranking that are scored."""

KEPT = 20
"""Passages of a ranking that a run keeps."""

Progress = Callable[[int, int], object]
"""Told the questions asked so far, and how many there are."""


def evaluate(
    opened: OpenIndex, dataset: Dataset, settings: Settings, name: str, progress: Progress
) -> Run:
    """A run of `dataset` by a service on `opened`: the one that serves, with every stage it has."""
    started, service = perf_counter(), opened.service(settings)
    rankings: dict[str, Sequence[Hit]] = {}
    answers: dict[str, Answer] = {}
    for number, case in enumerate(dataset.cases, 1):
        answers[case.case_id] = answer = service.answer(case.question, case.history)
        rankings[case.case_id] = as_served(ranking(service, case), answer)
        progress(number, len(dataset.cases))
    ranked = score_rankings(dataset.cases, rankings, dataset.unit)
    results = tuple(
        _result(
            case,
            {**ranked.get(case.case_id, {}), **score_answer(case, answers[case.case_id])},
            answers,
            rankings,
        )
        for case in dataset.cases
    )
    made = datetime.now(UTC)
    return Run(
        run_id=f"{made:%Y%m%d-%H%M%S}-{uuid4().hex[:6]}",
        name=name,
        dataset=dataset.name,
        made=made.isoformat(timespec="seconds"),
        seconds=round(perf_counter() - started, 1),
        fingerprint=fingerprint(opened, dataset, settings),
        overall=_overall(dataset.cases, results),
        left_out=tuple(
            (f"{note.where} {note.zh}", f"{note.where} {note.en}") for note in dataset.left_out
        ),
        results=results,
    )


def ranking(service: Service, case: Case) -> list[Hit]:
    """The passages that the service's search puts first, at most DEPTH."""
    return service.search(service.understand(case.question, case.history), DEPTH)


def as_served(found: Sequence[Hit], answer: Answer) -> list[Hit]:
    """The passages of an answer in its order, and then what else the search found."""
    first = {hit.passage for hit in answer.hits}
    return [*answer.hits, *(hit for hit in found if hit.passage not in first)][:DEPTH]


def fingerprint(opened: OpenIndex, dataset: Dataset, settings: Settings) -> dict[str, str]:
    """All that the figures of a run depend on: the same, and so are they."""
    facts: Mapping[str, Any] = opened.generation.facts
    asked = hashlib.sha256(" ".join(case.case_id for case in dataset.cases).encode()).hexdigest()
    recipe = json.dumps(facts["recipe"], sort_keys=True)
    return {
        "dataset": dataset.sha256[:16],
        "questions": asked[:16],
        "corpus": str(facts["content"])[:16],
        "recipe": hashlib.sha256(recipe.encode()).hexdigest()[:16],
        "encoder": str(opened.identity["encoder"]),
        "settings": settings.model_dump_json(
            include={"retrieval", "encoder", "split", "reader", "rerank", "refusal", "confidence"}
        ),
        "version": version("chengwen"),
    }


def _result(
    case: Case,
    scores: Mapping[str, float],
    answers: Mapping[str, Answer],
    rankings: Mapping[str, Sequence[Hit]],
) -> Result:
    answer = answers[case.case_id]
    cited = [(c.document.doc_id, c.start, c.end) for c in answer.citations]
    return Result(
        case_id=case.case_id,
        kind=case.kind,
        cluster=case.gold[0][0].document.doc_id if case.gold else case.case_id,
        question=case.question,
        scores=scores,
        hits=tuple(
            Scored(p.passage_id, round(score, 6)) for p, score in rankings[case.case_id][:KEPT]
        ),
        answer={
            "outcome": answer.outcome,
            "text": answer.text,
            "short_answer": answer.short_answer,
            "citations": [
                {"doc_id": doc_id, "start": start, "end": end} for doc_id, start, end in cited
            ],
            "milliseconds": dict(answer.milliseconds),
            "confidence": round(answer.confidence, 4),
            "case": native_row(case),
        },
    )


def _overall(cases: Sequence[Case], results: Sequence[Result]) -> dict[str, float]:
    """Measures of refusal over the questions that should be answered or refused."""
    asked = [
        (case, result)
        for case, result in zip(cases, results, strict=True)
        if case.outcome != "about"
    ]
    return refusal(
        right=np.array([bool(result.scores.get("cited", 0)) for _, result in asked]),
        answered=np.array([result.answer["outcome"] == "answered" for _, result in asked]),
        answerable=np.array([case.outcome == "answered" for case, _ in asked]),
        confidence=np.array([float(result.answer["confidence"]) for _, result in asked]),
    )


LARGEST = 500
"""Combinations of one sweep."""


def grid(axes: Sequence[str]) -> list[list[str]]:
    """Every combination of assignments: ["a=1,2", "b=3"] gives [["a=1", "b=3"], ["a=2", "b=3"]].

    Raises UsageError for an axis that is not NAME=VALUE,VALUE, for one named twice, and for too many combinations.
    """
    values = [list(_assignments(axis)) for axis in axes]
    names = [axis.partition("=")[0] for axis in axes]
    if len(set(names)) < len(names):
        raise UsageError(
            f"--grid 重复：{', '.join(names)}", f"--grid names a setting twice: {', '.join(names)}"
        )
    combinations = [list(combination) for combination in product(*values)]
    if len(combinations) > LARGEST:
        raise UsageError(
            f"共有 {len(combinations)} 种组合，最多 {LARGEST} 种：请减少取值。",
            f"{len(combinations)} combinations, at most {LARGEST} are allowed: give fewer values.",
        )
    return combinations


def _assignments(axis: str) -> Iterator[str]:
    name, equals, values = axis.partition("=")
    if not (name and equals and values):
        raise UsageError(
            f"--grid {axis}：应写作 名称=值,值，例如 retrieval.mode=dense,lexical,fused",
            f"--grid {axis}: write name=value,value, such as retrieval.mode=dense,lexical,fused",
        )
    return (f"{name}={value}" for value in values.split(","))
