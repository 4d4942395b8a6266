"""Runs a service over a question set and scores it; and the settings that a sweep runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
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
from bot.evals.measures import score_answer, score_rankings
from bot.evals.refusal_measures import score_refusals
from bot.evals.runs import Result, Run, Scored
from bot.index_build import OpenIndex
from bot.llm.one_by_one import asking
from bot.llm.prompt import PROMPT_FILE
from bot.service import Service
from bot.settings import LlmSettings, Settings, has_model
from corpus import UsageError
from index import Hit

DEPTH = 100
"""Passages of a ranking that are scored: as many as R@100 and AP@100 look at."""

KEPT = 20
"""Passages of a ranking that a run keeps, for the page of a question."""

LARGEST_GRID = 500
"""Combinations of one sweep."""

DECIDING_SETTINGS = frozenset(
    {"retrieval", "encoder", "split", "reader", "reranker", "rerank", "refusal", "confidence"}
)
"""Settings that the figures of a run depend on."""

Progress = Callable[[int, int], object]
"""Called with the number of questions asked so far, and how many there are."""


def evaluate(
    opened: OpenIndex, dataset: Dataset, settings: Settings, name: str, progress: Progress
) -> Run:
    """A run of `dataset` by a service on `opened`: the one that serves, with every stage it has."""
    started = perf_counter()
    service = opened.service(settings)
    rankings: dict[str, Sequence[Hit]] = {}
    answers: dict[str, Answer] = {}
    with asking(service, settings, service.answer) as ask:
        for number, case in enumerate(dataset.cases, 1):
            answer = ask(case.question, case.history)
            answers[case.case_id] = answer
            rankings[case.case_id] = as_served(ranking(service, case), answer)
            progress(number, len(dataset.cases))
    ranked = score_rankings(dataset.cases, rankings, dataset.unit)
    results = []
    for case in dataset.cases:
        answer = answers[case.case_id]
        scores = ranked[case.case_id] | score_answer(case, answer)
        results.append(_result(case, scores, answer, rankings[case.case_id]))
    made = datetime.now(UTC)
    return Run(
        run_id=f"{made:%Y%m%d-%H%M%S}-{uuid4().hex[:6]}",
        name=name,
        dataset=dataset.name,
        made=made.isoformat(timespec="seconds"),
        seconds=round(perf_counter() - started, 1),
        fingerprint=fingerprint(opened, dataset, settings),
        overall=_overall(dataset.cases, results),
        left_out=_left_out(dataset),
        results=tuple(results),
    )


def ranking(service: Service, case: Case) -> list[Hit]:
    """The passages that the service's search puts first, at most DEPTH."""
    return service.search(service.understand(case.question, case.history), DEPTH)


def as_served(found: Sequence[Hit], answer: Answer) -> list[Hit]:
    """The passages of an answer in its order, then what else the search found; at most DEPTH."""
    served = {hit.passage for hit in answer.hits}
    rest = [hit for hit in found if hit.passage not in served]
    return [*answer.hits, *rest][:DEPTH]


def fingerprint(opened: OpenIndex, dataset: Dataset, settings: Settings) -> dict[str, str]:
    """All that the figures of a run depend on: where it is the same, so are they."""
    facts: Mapping[str, Any] = opened.generation.facts
    case_ids = " ".join(case.case_id for case in dataset.cases)
    recipe = json.dumps(facts["recipe"], sort_keys=True)
    model = {"model": _model(settings.llm)} if has_model(settings) else {}
    return {
        "dataset": dataset.sha256[:16],
        "questions": _digest(case_ids),
        "corpus": str(facts["content"])[:16],
        "recipe": _digest(recipe),
        "encoder": str(opened.identity["encoder"]),
        "settings": settings.model_dump_json(include=set(DECIDING_SETTINGS)),
        "version": version("chengwen"),
        **model,
    }


WRITING_SETTINGS = frozenset({"url", "model", "extra", "answer_tokens", "unsupported"})
"""Settings of a language model that what it writes depends on."""


def _model(settings: LlmSettings) -> str:
    """The name of a model, and a digest of all else that its prose depends on: qwen2.5 3f0c…"""
    values = settings.model_dump_json(include=set(WRITING_SETTINGS))
    return f"{settings.model} {_digest(values + PROMPT_FILE.read_text('utf-8'))}"


def grid(axes: Sequence[str]) -> list[list[str]]:
    """Every combination of assignments: ["a=1,2", "b=3"] gives [["a=1", "b=3"], ["a=2", "b=3"]].

    Raises UsageError for an axis that is not NAME=VALUE,VALUE, for one named twice, and for more
    than LARGEST_GRID combinations.
    """
    assignments = [_assignments(axis) for axis in axes]
    names = [axis.partition("=")[0] for axis in axes]
    if len(set(names)) < len(names):
        raise UsageError(
            f"--grid 重复：{', '.join(names)}", f"--grid names a setting twice: {', '.join(names)}"
        )
    combinations = [list(combination) for combination in product(*assignments)]
    if len(combinations) > LARGEST_GRID:
        raise UsageError(
            f"共有 {len(combinations)} 种组合，最多 {LARGEST_GRID} 种：请减少取值。",
            f"{len(combinations)} combinations, at most {LARGEST_GRID} are allowed: "
            "give fewer values.",
        )
    return combinations


def _assignments(axis: str) -> list[str]:
    """["a=1", "a=2"] of "a=1,2"."""
    name, _, values = axis.partition("=")
    if not name or not values:
        raise UsageError(
            f"--grid {axis}：应写作 名称=值,值，例如 retrieval.mode=dense,lexical,fused",
            f"--grid {axis}: write name=value,value, such as retrieval.mode=dense,lexical,fused",
        )
    return [f"{name}={value}" for value in values.split(",")]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _left_out(dataset: Dataset) -> tuple[tuple[str, str], ...]:
    """Why each question of the file was not asked, in Chinese and English."""
    return tuple(
        (f"{note.where} {note.zh}", f"{note.where} {note.en}") for note in dataset.left_out
    )


def _result(case: Case, scores: Mapping[str, float], answer: Answer, hits: Sequence[Hit]) -> Result:
    citations = []
    for citation in answer.citations:
        doc_id = citation.document.doc_id
        citations.append({"doc_id": doc_id, "start": citation.start, "end": citation.end})
    return Result(
        case_id=case.case_id,
        kind=case.kind,
        cluster=case.gold[0][0].document.doc_id if case.gold else case.case_id,
        question=case.question,
        scores=scores,
        hits=tuple(Scored(passage.passage_id, round(score, 6)) for passage, score in hits[:KEPT]),
        answer={
            "outcome": answer.outcome,
            "text": answer.text,
            "short_answer": answer.short_answer,
            "citations": citations,
            "milliseconds": dict(answer.milliseconds),
            "confidence": round(answer.confidence, 4),
            "reader": answer.reader,
            "case": native_row(case),
        },
    )


def _overall(cases: Sequence[Case], results: Sequence[Result]) -> dict[str, float]:
    """Measures of refusal over the questions that should be answered or refused."""
    correct, answered, answerable, confidence = [], [], [], []
    for case, result in zip(cases, results, strict=True):
        if case.outcome == "about":
            continue
        correct.append(bool(result.scores.get("cited", 0)))
        answered.append(result.answer["outcome"] == "answered")
        answerable.append(case.outcome == "answered")
        confidence.append(float(result.answer["confidence"]))
    return score_refusals(
        np.array(correct, np.bool_),
        np.array(answered, np.bool_),
        np.array(answerable, np.bool_),
        np.array(confidence, np.float64),
    )
