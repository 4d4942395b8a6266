"""The 评测 pages for the operator: runs with intervals, two of them question by question, and why one was missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.evals.compare import compare
from bot.evals.drafts import Drafts
from bot.evals.figures import HEADLINE, Figure, figure, is_right, kinds, measures
from bot.evals.pages.golden_editor import golden
from bot.evals.pages.question_page import Inspector
from bot.evals.report import exported
from bot.evals.runs import Result, Run, Runs
from bot.service import Service
from bot.storage.feedback import Feedback
from bot.web.operator_access import ROOT, errors_as_page, operator_page, page_language, redirect
from corpus import UsageError
from index.manifest import Generation

RUNS_A_PAGE = 10
QUESTIONS_A_PAGE = 50
SAMPLES = 2_000
"""Of the bootstrap behind an interval on a page; reports and commands take more."""

FILTERS = ("kind", "outcome", "right", "wins")
_TYPES = {"html": "text/html", "csv": "text/csv", "md": "text/markdown", "trec": "text/plain"}

Pair = tuple[Result, Result | None]


def workbench(
    service: Service, generation: Generation | None, runs: Runs, drafts: Drafts, feedback: Feedback
) -> APIRouter:
    """/evals and all below it. Who may see them is for `OperatorAccess` to say."""
    router, pages = APIRouter(), _Pages(runs, Inspector(service, generation))
    router.include_router(golden(service, drafts, feedback))
    run = f"{ROOT}/runs/{{run_id}}"
    for path, page in (
        (ROOT, pages.listed),
        (f"{ROOT}/compare", pages.chosen),
        (run, pages.run),
        (f"{run}/export/{{suffix}}", pages.file),
        (f"{run}/questions/{{case_id:path}}", pages.question),
    ):
        router.add_api_route(path, errors_as_page(page), methods=["GET", "HEAD"])
    return router


class _Pages:
    """The routes. Each may raise a ChengwenError."""

    def __init__(self, runs: Runs, inspector: Inspector) -> None:
        self._runs = runs
        self._shown = _Shown(runs)
        self._inspector = inspector

    def listed(self, request: Request, page: str = "") -> Response:
        every = self._runs.all()
        number, last = _turned(page, len(every), RUNS_A_PAGE)
        some = every[(number - 1) * RUNS_A_PAGE : number * RUNS_A_PAGE]
        rows = [(run, *self._shown.headline(run.run_id)) for run in some]
        names = [name for name in HEADLINE if any(name in figures for *_, figures in rows)]
        return operator_page(
            request, "evals_runs", rows=rows, names=names, number=number, last=last
        )

    def chosen(self, request: Request) -> Response:
        ids = request.query_params.getlist("id")
        if len(ids) != 2:
            raise UsageError("请选两次运行来比较。", "Choose two runs to compare.")
        return redirect(request, f"{ROOT}/runs/{ids[0]}", **{"with": ids[1]})

    def run(self, request: Request, run_id: str) -> Response:
        return operator_page(request, "evals_run", **_run_values(request, self._shown, run_id))

    def file(self, request: Request, run_id: str, suffix: str) -> Response:
        run = self._shown.run(run_id)
        content = exported([run], Path(f"{run.run_id}.{suffix}"), page_language(request))
        name = {
            "content-disposition": f'attachment; filename="{run.run_id}.{suffix}"',
            "cache-control": "no-store",
        }
        return Response(content, media_type=_TYPES[suffix], headers=name)

    def question(self, request: Request, run_id: str, case_id: str) -> Response:
        other = _other(request)
        chosen = [self._shown.run(one) for one in (run_id, other) if one]
        found = [(run, self._shown.results(run.run_id).get(case_id)) for run in chosen]
        some = [(run, result) for run, result in found if result]
        if not some:
            raise UsageError(f"这次运行没有题目 {case_id}。", f"The run has no question {case_id}.")
        values = self._inspector.question(some)
        return operator_page(
            request, "evals_question", **values, case_id=case_id, run=chosen[0], other=other
        )


class _Shown:
    """Runs and their figures, remembered: a run never changes."""

    def __init__(self, runs: Runs) -> None:
        self.run = lru_cache(6)(runs.get)
        self.headline = lru_cache(256)(self._headline)
        self.figures = lru_cache(32)(self._figures)
        self.compared = lru_cache(32)(self._compared)

    def results(self, run_id: str) -> Mapping[str, Result]:
        """The results of a run by question."""
        return {result.case_id: result for result in self.run(run_id).results}

    def _headline(self, run_id: str) -> tuple[int, Mapping[str, Figure]]:
        results = self.run(run_id).results
        found = ((name, figure(results, name, SAMPLES)) for name in HEADLINE)
        return len(results), {name: one for name, one in found if one}

    def _figures(self, run_id: str) -> Mapping[str, Figure]:
        run = self.run(run_id)
        return {
            name: one for name in measures([run]) if (one := figure(run.results, name, SAMPLES))
        }

    def _compared(self, run_id: str, other: str) -> Sequence[Any]:
        return compare(self.run(run_id), self.run(other))


def _run_values(request: Request, shown: _Shown, run_id: str) -> dict[str, Any]:
    run, other = shown.run(run_id), _other(request)
    wish = {name: request.query_params.get(name, "") for name in FILTERS}
    theirs = shown.results(other) if other else {}
    pairs = [(result, theirs.get(result.case_id)) for result in run.results]
    chosen = [pair for pair in pairs if _is_wanted(pair, wish)]
    number, last = _turned(request.query_params.get("page", ""), len(chosen), QUESTIONS_A_PAGE)
    kept = {
        **({"with": other} if other else {}),
        **{name: value for name, value in wish.items() if value},
    }
    names = [name for name in HEADLINE if name in measures([run])]
    return {
        "run": run,
        "other": shown.run(other) if other else None,
        "figures": shown.figures(run.run_id),
        "compared": shown.compared(run.run_id, other) if other else (),
        "names": names,
        "kinds": [(kind, _by_kind(run, kind, names)) for kind in kinds([run])],
        "rows": chosen[(number - 1) * QUESTIONS_A_PAGE : number * QUESTIONS_A_PAGE],
        "found": len(chosen),
        "number": number,
        "last": last,
        "wish": wish,
        "kept": urlencode(kept),
        "is_right": is_right,
        "wins": _wins,
    }


def _by_kind(run: Run, kind: str, names: Sequence[str]) -> list[Figure | None]:
    of = [result for result in run.results if result.kind == kind]
    return [figure(of, name, SAMPLES) for name in names]


def _is_wanted(pair: Pair, wish: Mapping[str, str]) -> bool:
    result = pair[0]
    has = {
        "kind": result.kind,
        "outcome": str(result.answer["outcome"]),
        "right": "yes" if is_right(result) else "no",
        "wins": _wins(pair),
    }
    return all(not value or has[name] == value for name, value in wish.items())


def _wins(pair: Pair) -> str:
    """ "this" or "other", the run that did better on a question: right rather than wrong, then by rank; or "tie"."""
    ours, theirs = (
        (is_right(one), one.scores.get("RR@10", 0.0)) if one else (False, 0.0) for one in pair
    )
    return "tie" if ours == theirs else "this" if ours > theirs else "other"


def _other(request: Request) -> str:
    return request.query_params.get("with", "")


def _turned(wish: str, n: int, size: int) -> tuple[int, int]:
    """The number of the page that `wish` names, the nearest there is; and that of the last."""
    last = max(1, -(-n // size))
    return (min(max(1, int(wish)), last) if wish.isdecimal() and len(wish) < 9 else 1), last
