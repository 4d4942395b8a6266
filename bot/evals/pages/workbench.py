"""The 评测 pages for the operator: runs with intervals, two runs compared, and their questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.evals.compare import Compared, compare
from bot.evals.drafts import Drafts
from bot.evals.figures import Figure, figure, is_right, kinds, measures
from bot.evals.measures import HEADLINE
from bot.evals.pages.golden_editor import golden
from bot.evals.pages.question_page import QuestionPage
from bot.evals.report import exported
from bot.evals.runs import Result, Run, Runs, RunsUnavailable
from bot.live import Live, documents_of
from bot.storage.feedback import Feedback
from bot.web.operator_access import ROOT, operator_page, redirect, with_error_page
from bot.web.page_language import page_language
from corpus import ChengwenError, UsageError

RUNS_A_PAGE = 10
"""Every run of a page has its intervals computed when it is first shown."""

QUESTIONS_A_PAGE = 50

FILTERS = ("kind", "outcome", "right", "wins")
"""Names in the query of a run's page: only questions that agree with all of them are listed."""

_MEDIA_TYPES = {
    "html": "text/html",
    "csv": "text/csv",
    "md": "text/markdown",
    "trec": "text/plain",
}

Pair = tuple[Result, Result | None]
"""What a run made of a question, and the run that it is compared with, if any."""


def workbench(live: Live, runs: Runs, drafts: Drafts, feedback: Feedback) -> APIRouter:
    """The routes of /evals and all below it; `OperatorAccess` decides who may see them."""
    routes = _RunRoutes(runs, live)
    run = f"{ROOT}/runs/{{run_id}}"
    pages: dict[str, Callable[..., Response]] = {
        ROOT: routes.list_runs,
        f"{ROOT}/compare": routes.choose_two,
        run: routes.show_run,
        f"{run}/export/{{suffix}}": routes.download,
        f"{run}/questions/{{case_id:path}}": routes.show_question,
    }
    router = APIRouter()
    router.include_router(golden(live, drafts, feedback))
    for path, page in pages.items():
        router.add_api_route(path, with_error_page(page), methods=["GET", "HEAD"])
    return router


class _RunRoutes:
    """The pages of runs. Each may raise a ChengwenError."""

    def __init__(self, runs: Runs, live: Live) -> None:
        self._runs = runs
        self._cache = _RunCache(runs)
        self._live = live

    def list_runs(self, request: Request, page: str = "") -> Response:
        """A page of the list of runs, the latest first, with their main figures.

        Those that are damaged are left out, and it is said why.
        """
        runs = self._runs.all()
        damages: list[ChengwenError] = list(self._runs.damages())
        number, last = page_number(page, len(runs), RUNS_A_PAGE)
        rows: list[tuple[Run, int, Mapping[str, Figure]]] = []
        shown: set[str] = set()
        for run in runs[_rows_of_page(number, RUNS_A_PAGE)]:
            try:
                n, figures = self._cache.headline(run.run_id)
            except RunsUnavailable as damage:
                damages.append(damage)
                continue
            rows.append((run, n, figures))
            shown.update(figures)
        names = [name for name in HEADLINE if name in shown]
        said = [damage.message(page_language(request).language) for damage in damages]
        return operator_page(
            request, "evals_runs", rows=rows, names=names, number=number, last=last, damages=said
        )

    def choose_two(self, request: Request) -> Response:
        """Sends to the comparison of the two runs that were ticked."""
        ids = request.query_params.getlist("id")
        if len(ids) != 2:
            raise UsageError("请选两次运行来比较。", "Choose two runs to compare.")
        # Unpacked, because `with` is a keyword.
        return redirect(request, f"{ROOT}/runs/{ids[0]}", **{"with": ids[1]})

    def show_run(self, request: Request, run_id: str) -> Response:
        """A run, or two compared: figures, and the questions that the filters let through."""
        run = self._cache.run(run_id)
        other_id = _other_id(request)
        figures = self._figures_values(run, other_id)
        questions = self._questions_values(request, run, other_id)
        return operator_page(request, "evals_run", **figures, **questions)

    def download(self, request: Request, run_id: str, suffix: str) -> Response:
        """A run as a file of the format that the suffix says."""
        run = self._cache.run(run_id)
        name = f"{run.run_id}.{suffix}"
        content = exported([run], Path(name), page_language(request).language)
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        }
        return Response(content, media_type=_MEDIA_TYPES[suffix], headers=headers)

    def show_question(self, request: Request, run_id: str, case_id: str) -> Response:
        """One question of a run, or of two beside each other."""
        run = self._cache.run(run_id)
        other_id = _other_id(request)
        runs = [run, self._cache.run(other_id)] if other_id else [run]
        results: list[tuple[Run, Result]] = []
        for one in runs:
            result = self._cache.results(one.run_id).get(case_id)
            if result is not None:
                results.append((one, result))
        if not results:
            raise UsageError(f"这次运行没有题目 {case_id}。", f"The run has no question {case_id}.")
        service, generation = self._live.now
        page = QuestionPage(service, generation, documents_of(service))
        return operator_page(
            request,
            "evals_question",
            **page.values(results),
            case_id=case_id,
            run=run,
            other=other_id,
        )

    def _figures_values(self, run: Run, other_id: str) -> dict[str, Any]:
        names = [name for name in HEADLINE if name in measures([run])]
        return {
            "run": run,
            "other": self._cache.run(other_id) if other_id else None,
            "figures": self._cache.figures(run.run_id),
            "compared": self._cache.compared(run.run_id, other_id) if other_id else (),
            "names": names,
            "kinds": [(kind, _figures_of_kind(run, kind, names)) for kind in kinds([run])],
        }

    def _questions_values(self, request: Request, run: Run, other_id: str) -> dict[str, Any]:
        filters = {name: request.query_params.get(name, "") for name in FILTERS}
        others = self._cache.results(other_id) if other_id else {}
        pairs: list[Pair] = []
        for result in run.results:
            pair = (result, others.get(result.case_id))
            if _passes(pair, filters):
                pairs.append(pair)
        page = request.query_params.get("page", "")
        number, last = page_number(page, len(pairs), QUESTIONS_A_PAGE)
        # For the links to the other pages of the list.
        kept = {"with": other_id, **filters}
        return {
            "rows": pairs[_rows_of_page(number, QUESTIONS_A_PAGE)],
            "found": len(pairs),
            "number": number,
            "last": last,
            "filters": filters,
            "kept": urlencode({name: value for name, value in kept.items() if value}),
            "is_right": is_right,
            "better_run": better_run,
        }


class _RunCache:
    """Runs and their figures, kept in memory: a run never changes.

    The sizes bound memory: a run of a public set holds thousands of results, its figures little.
    """

    def __init__(self, runs: Runs) -> None:
        self.run = lru_cache(6)(runs.get)
        self.headline = lru_cache(256)(self._headline)
        self.figures = lru_cache(32)(self._figures)
        self.compared = lru_cache(32)(self._compared)

    def results(self, run_id: str) -> Mapping[str, Result]:
        """The results of a run by question."""
        return {result.case_id: result for result in self.run(run_id).results}

    def _headline(self, run_id: str) -> tuple[int, Mapping[str, Figure]]:
        """The number of questions, and the main figures that the run has."""
        results = self.run(run_id).results
        return len(results), _figures(results, HEADLINE)

    def _figures(self, run_id: str) -> Mapping[str, Figure]:
        run = self.run(run_id)
        return _figures(run.results, measures([run]))

    def _compared(self, run_id: str, other_id: str) -> Sequence[Compared]:
        return compare(self.run(run_id), self.run(other_id))


def page_number(wanted: str, n: int, size: int) -> tuple[int, int]:
    """The number of the page to show, from 1, and that of the last, for `n` rows.

    The page that exists nearest to the `wanted` one; the first where that is no number.
    """
    # Rounded up; an empty list has one page too.
    last = max(1, (n + size - 1) // size)
    # More than eight digits are no page, and int() of thousands would be slow.
    if not wanted.isdecimal() or len(wanted) >= 9:
        return 1, last
    return min(max(1, int(wanted)), last), last


def better_run(pair: Pair) -> Literal["this", "other", "tie"]:
    """Which run did better on a question: right before wrong, then by reciprocal rank."""
    this, other = (_goodness(result) for result in pair)
    if this == other:
        return "tie"
    return "this" if this > other else "other"


def _goodness(result: Result | None) -> tuple[bool, float]:
    if result is None:
        return False, 0.0
    return is_right(result), result.scores.get("RR@10", 0.0)


def _passes(pair: Pair, filters: Mapping[str, str]) -> bool:
    """Whether a question agrees with every filter that is set."""
    result, _ = pair
    values = {
        "kind": result.kind,
        "outcome": str(result.answer["outcome"]),
        "right": "yes" if is_right(result) else "no",
        "wins": better_run(pair),
    }
    return all(not wanted or values[name] == wanted for name, wanted in filters.items())


def _figures(results: Sequence[Result], names: Sequence[str]) -> dict[str, Figure]:
    """The figures of the measures that apply to any of the results."""
    found: dict[str, Figure] = {}
    for name in names:
        one = figure(results, name)
        if one:
            found[name] = one
    return found


def _figures_of_kind(run: Run, kind: str, names: Sequence[str]) -> list[Figure | None]:
    results = [result for result in run.results if result.kind == kind]
    return [figure(results, name) for name in names]


def _rows_of_page(number: int, size: int) -> slice:
    """Where the rows of page `number`, from 1, stand among all."""
    return slice((number - 1) * size, number * size)


def _other_id(request: Request) -> str:
    """The id of the run to compare with, or empty."""
    return request.query_params.get("with", "")
