"""The web application: our routes, Gradio mounted last at /, and the layers around all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, HTTPConnection

from bot.evals.drafts import FILE as DRAFTS
from bot.evals.drafts import Drafts
from bot.evals.pages.workbench import workbench
from bot.evals.runs import FILE as RUNS
from bot.evals.runs import Runs
from bot.library import Library
from bot.live import Live
from bot.llm.budgets import FILE as TOKENS
from bot.originals import Originals
from bot.settings import Settings, has_model, home, listed
from bot.staging import StagingArea, staging_folder
from bot.storage.daily_counts import FILE as COUNTS
from bot.storage.daily_counts import DailyCounts
from bot.storage.feedback import FILE as FEEDBACK
from bot.storage.feedback import Feedback
from bot.storage.sites import FILE as SITES
from bot.storage.sites import Sites
from bot.web.api.ask import ask_router
from bot.web.api.completions import completions_router
from bot.web.api.export import export_router
from bot.web.api.feedback import feedback_router
from bot.web.api.schemas import describe_api
from bot.web.api.state import state_router
from bot.web.chat import mount_chat
from bot.web.connections import ConnectionLimits
from bot.web.documents_list import documents_router
from bot.web.embed import WidgetSites, embed_router
from bot.web.gradio_page import GradioPage
from bot.web.http_errors import client_gone, error_response
from bot.web.library_editor import library_editor
from bot.web.metrics import metrics_router
from bot.web.missing_pages import MissingPages
from bot.web.operator_access import OperatorAccess, login_router
from bot.web.originals import originals_router
from bot.web.pages import pages_router
from bot.web.prose import Prose
from bot.web.rate_limit import RateLimit
from bot.web.request_checks import Keys, RequestChecks
from bot.web.security_headers import SecurityHeaders
from bot.web.source_view import source_router
from bot.web.stopping import EndedByStop, Stop
from bot.web.templates import mount_static_files
from bot.web.unexpected_errors import UnexpectedErrors
from bot.web.work_queue import WorkQueue
from corpus import ChengwenError

JUDGED_PER_MINUTE = 30
"""Judgements of one address in a minute."""

JUDGED_PER_DAY = 5_000
"""Judgements of all in a day: more would push out those of other people."""


EXPORTED_PER_MINUTE = 10
"""Conversations of one address that are made into Word documents in a minute."""

EXPORTED_PER_DAY = 5_000
"""Such conversations of all in a day."""


def create_app(
    live: Live,
    operator: bool = False,
    stop: Stop | None = None,
    library: Library | None = None,
) -> FastAPI:
    """Everything that a browser or a program reaches over HTTP, on the service that answers now.

    `operator` opens the operator's pages to this machine; `operator.token` opens them too. `stop`
    ends what is under way when the server stops. `library` is what the operator may change.
    """
    daily_counts = DailyCounts(home() / COUNTS)
    queue = WorkQueue(live, daily_counts, _token_counts(live.service.settings))
    widget_sites = WidgetSites(Sites(home() / SITES), live, daily_counts)
    app = FastAPI(docs_url=None, redoc_url=None)
    app.add_exception_handler(ChengwenError, error_response)
    app.add_exception_handler(ClientDisconnect, client_gone)
    _add_operator(app, live, operator, library)
    _add_layers(app, queue, widget_sites, stop or Stop())
    _add_api(app, queue, widget_sites)
    feedback_days = live.service.settings.feedback.days
    app.include_router(pages_router(live, feedback_days), include_in_schema=False)
    app.include_router(documents_router(live, library), include_in_schema=False)
    app.include_router(originals_router(Originals(live)), include_in_schema=False)
    app.include_router(source_router(live), include_in_schema=False)
    app.include_router(state_router(live))
    describe_api(app)
    mount_static_files(app)
    if find_spec("mcp"):
        from bot.web.api.mcp import mount_mcp  # the package it needs is an extra

        mount_mcp(app, queue)
    mount_chat(app, queue)
    if queue.prose is not None:
        _close_at_the_end(app, queue.prose)
    return app


def _token_counts(settings: Settings) -> DailyCounts | None:
    """The tokens of the day, where a model may use any."""
    return DailyCounts(home() / TOKENS) if has_model(settings) else None


def _close_at_the_end(app: FastAPI, prose: Prose) -> None:
    """Has the connections to the model closed when the application ends."""
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Any]:
        async with inner(app) as state:
            yield state
        await prose.aclose()

    app.router.lifespan_context = lifespan


def _add_operator(app: FastAPI, live: Live, local: bool, library: Library | None) -> None:
    """The operator's pages, where there is anyone who may see them, and the check of who may."""
    token = live.service.settings.operator.token.get_secret_value()
    if not (token or local):
        return
    app.add_middleware(OperatorAccess, token=token, local=local)
    if token:
        app.include_router(login_router(token), include_in_schema=False)
    pages = workbench(
        live,
        Runs(home() / RUNS),
        Drafts(home() / DRAFTS),
        Feedback(home() / FEEDBACK),
    )
    app.include_router(pages, include_in_schema=False)
    if library is not None:
        editor = library_editor(live, library, StagingArea(staging_folder()))
        app.include_router(editor, include_in_schema=False)


def _add_layers(app: FastAPI, queue: WorkQueue, widget_sites: WidgetSites, stop: Stop) -> None:
    """The layers that every request passes; the last added is the outermost."""
    settings = queue.service.settings.api
    app.add_middleware(
        RequestChecks,
        settings=settings,
        is_widget=widget_sites.is_widget,
        check_capacity=queue.check_capacity,
    )
    # Gradio answers any origin unless it finds exactly this class on the parent.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=listed(settings.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
    )
    app.add_middleware(GradioPage, live=queue.live, is_written=queue.prose is not None)
    app.add_middleware(EndedByStop, stop=stop)
    # Around all that can fail, and inside the headers, which errors need too.
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(ConnectionLimits)
    app.add_middleware(SecurityHeaders)
    # Around the headers too, which close some addresses.
    app.add_middleware(MissingPages)


def _add_api(app: FastAPI, queue: WorkQueue, widget_sites: WidgetSites) -> None:
    """What programs and widgets ask: judgements, answers, the widget, OpenAI's API, and metrics."""
    judging = RateLimit(JUDGED_PER_MINUTE, JUDGED_PER_DAY)
    exporting = RateLimit(EXPORTED_PER_MINUTE, EXPORTED_PER_DAY)

    def count_judgement(connection: HTTPConnection) -> None:
        judging.count(queue.addresses.key(connection))

    def count_export(connection: HTTPConnection) -> None:
        exporting.count(queue.addresses.key(connection))

    feedback = Feedback(home() / FEEDBACK)

    def generation() -> str:
        return str(queue.service.index.get("generation") or "")

    app.include_router(feedback_router(feedback, generation, count_judgement))
    app.include_router(export_router(count_export))
    app.include_router(ask_router(queue, widget_sites))
    app.include_router(embed_router(queue.live, widget_sites), include_in_schema=False)
    app.include_router(completions_router(queue))
    _add_metrics(app, queue)


def _add_metrics(app: FastAPI, queue: WorkQueue) -> None:
    """/metrics, for this machine and for those who bring a key or the operator's token."""
    settings = queue.service.settings
    accepted = listed(settings.api.keys.get_secret_value())
    token = settings.operator.token.get_secret_value()
    if token:
        accepted.append(token)
    keys = Keys(accepted)

    def may_see(connection: HTTPConnection) -> bool:
        return queue.addresses.is_local(connection) or keys.are_met(connection)

    app.include_router(metrics_router(queue.metrics, may_see))
