"""The web application: our routes first, Gradio mounted last at /, the guard around both."""

from __future__ import annotations

from importlib.util import find_spec

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect

from bot.evals.drafts import FILE as DRAFTS
from bot.evals.drafts import Drafts
from bot.evals.pages.workbench import workbench
from bot.evals.runs import FILE as RUNS
from bot.evals.runs import Runs
from bot.service import Service
from bot.settings import home, listed
from bot.storage.daily_counts import FILE as COUNTS
from bot.storage.daily_counts import DailyCounts
from bot.storage.feedback import FILE, Feedback
from bot.storage.sites import FILE as SITES
from bot.storage.sites import Sites
from bot.web.api.ask import ask_router
from bot.web.api.completions import completions_router
from bot.web.api.feedback import feedback_router
from bot.web.api.openapi import describe_api
from bot.web.api.state import state_router
from bot.web.chat import mount_chat
from bot.web.embed import WidgetSites, embed
from bot.web.gradio_page import GradioPage
from bot.web.http_errors import client_gone, error_response
from bot.web.metrics import measured
from bot.web.operator_access import OperatorAccess, login
from bot.web.pages import pages
from bot.web.rate_limit import RateLimit
from bot.web.request_checks import Keys, RequestChecks
from bot.web.security_headers import SecurityHeaders
from bot.web.templates import add_statics
from bot.web.work_queue import WorkQueue
from corpus import ChengwenError
from index.manifest import Generation

JUDGED_PER_MINUTE, JUDGED_PER_DAY = 30, 5_000
"""Judgements of one address, and of all: more would push out those of other people."""


def create_app(
    service: Service, generation: Generation | None = None, operator: bool = False
) -> FastAPI:
    """Everything a browser or a program reaches over HTTP, on one service.

    `generation` is the index on disk that it answers from, of which the page of articles tells. `operator` opens the
    operator's pages to this machine; they are there with `operator.token` too.
    """
    api = service.settings.api
    days = DailyCounts(home() / COUNTS)
    queue = WorkQueue(service, days)
    app = FastAPI(docs_url=None, redoc_url=None)
    app.add_exception_handler(ChengwenError, error_response)
    app.add_exception_handler(ClientDisconnect, client_gone)
    _add_operator(app, service, generation, operator)
    widget_sites = WidgetSites(Sites(home() / SITES), service, days)
    app.add_middleware(
        RequestChecks, settings=api, is_widget=widget_sites.is_widget, check_room=queue.check_room
    )
    # Gradio answers any origin unless it finds exactly this class on the parent.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=listed(api.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
    )
    app.add_middleware(GradioPage)
    app.add_middleware(SecurityHeaders)
    _add_api(app, service, queue, widget_sites)
    app.include_router(
        pages(service, generation, service.settings.feedback.days), include_in_schema=False
    )
    app.include_router(state_router(service))
    describe_api(app)
    add_statics(app)
    if find_spec("mcp"):
        from bot.web.api.mcp import mount_mcp  # the package it needs is an extra

        mount_mcp(app, queue)
    mount_chat(app, queue)
    return app


def _add_api(app: FastAPI, service: Service, queue: WorkQueue, widget_sites: WidgetSites) -> None:
    """What programs and other sites ask: answers, the API of other bots, the widget, judgements, figures."""
    judging = RateLimit(JUDGED_PER_MINUTE, JUDGED_PER_DAY)
    generation = str(service.index.get("generation") or "")
    app.include_router(
        feedback_router(
            Feedback(home() / FILE),
            generation,
            lambda request: judging.count(queue.addresses.key(request)),
        )
    )
    app.include_router(ask_router(queue, widget_sites))
    app.include_router(embed(service, widget_sites), include_in_schema=False)
    app.include_router(completions_router(queue))
    token = service.settings.operator.token.get_secret_value()
    keys = Keys(
        [*listed(service.settings.api.keys.get_secret_value()), *([token] if token else [])]
    )
    app.include_router(
        measured(queue.metrics, lambda r: queue.addresses.is_local(r) or keys.are_met(r))
    )


def _add_operator(
    app: FastAPI, service: Service, generation: Generation | None, local: bool
) -> None:
    """The operator's pages and their gate, where there is anyone who may see them."""
    token = service.settings.operator.token.get_secret_value()
    if not (token or local):
        return
    app.add_middleware(OperatorAccess, token=token, local=local)
    if token:
        app.include_router(login(token), include_in_schema=False)
    runs, drafts, feedback = Runs(home() / RUNS), Drafts(home() / DRAFTS), Feedback(home() / FILE)
    app.include_router(
        workbench(service, generation, runs, drafts, feedback), include_in_schema=False
    )
