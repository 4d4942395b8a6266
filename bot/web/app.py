"""The web application: our routes first, Gradio mounted last at /, the guard around both."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect

from bot.evals.drafts import FILE as DRAFTS
from bot.evals.drafts import Drafts
from bot.evals.runs import FILE as RUNS
from bot.evals.runs import Runs
from bot.feedback import FILE, Feedback
from bot.service import Service
from bot.settings import home, listed
from bot.sites import FILE as SITES
from bot.sites import Sites
from bot.web.api import routes
from bot.web.ask import asking
from bot.web.chat import mount_chat
from bot.web.completions import completions
from bot.web.days import FILE as COUNTS
from bot.web.days import Days
from bot.web.door import Door
from bot.web.embed import embed
from bot.web.entry import Entry, Keys
from bot.web.guard import Guard
from bot.web.judgements import Posted, judgements
from bot.web.mcp import add_tools
from bot.web.metrics import measured
from bot.web.openapi import describe
from bot.web.operator import Gate, login
from bot.web.pages import pages
from bot.web.rates import Rates
from bot.web.refusals import error_response, nobody
from bot.web.requests import AskRequest, ChatRequest, SearchRequest
from bot.web.shell import Shell
from bot.web.statics import add_statics
from bot.web.visits import Visits
from bot.web.workbench import workbench
from corpus import ChengwenError
from index.manifest import Generation

JUDGED_PER_MINUTE, JUDGED_PER_DAY = 30, 5_000
"""Judgements of one address, and of all: more would push out those of other people."""


def create_app(service: Service, generation: Generation | None = None, operator: bool = False) -> FastAPI:
    """Everything a browser or a program reaches over HTTP, on one service.

    `generation` is the index on disk that it answers from, of which the page of articles tells. `operator` opens the
    operator's pages to this machine; they are there with `operator.token` too.
    """
    api = service.settings.api
    days = Days(home() / COUNTS)
    door = Door(service, days)
    app = FastAPI(docs_url=None, redoc_url=None)
    app.add_exception_handler(ChengwenError, error_response)
    app.add_exception_handler(ClientDisconnect, nobody)
    _add_operator(app, service, generation, operator)
    visits = Visits(Sites(home() / SITES), service, days)
    app.add_middleware(Entry, settings=api, is_widget=visits.is_widget, check_room=door.check_room)
    # Gradio answers any origin unless it finds exactly this class on the parent.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=listed(api.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
    )
    app.add_middleware(Shell)
    app.add_middleware(Guard)
    _add_api(app, service, door, visits)
    app.include_router(pages(service, generation, service.settings.feedback.days), include_in_schema=False)
    app.include_router(routes(service))
    describe(app, AskRequest, SearchRequest, ChatRequest, Posted)
    add_statics(app)
    add_tools(app, door)
    mount_chat(app, door)
    return app


def _add_api(app: FastAPI, service: Service, door: Door, visits: Visits) -> None:
    """What programs and other sites ask: answers, the API of other bots, the widget, judgements, figures."""
    judging = Rates(JUDGED_PER_MINUTE, JUDGED_PER_DAY)
    generation = str(service.index.get("generation") or "")
    app.include_router(
        judgements(Feedback(home() / FILE), generation, lambda request: judging.count(door.callers.key(request)))
    )
    app.include_router(asking(door, visits))
    app.include_router(embed(service, visits), include_in_schema=False)
    app.include_router(completions(door))
    token = service.settings.operator.token.get_secret_value()
    keys = Keys([*listed(service.settings.api.keys.get_secret_value()), *([token] if token else [])])
    app.include_router(measured(door.metrics, lambda r: door.callers.is_local(r) or keys.are_met(r)))


def _add_operator(app: FastAPI, service: Service, generation: Generation | None, local: bool) -> None:
    """The operator's pages and their gate, where there is anyone who may see them."""
    token = service.settings.operator.token.get_secret_value()
    if not (token or local):
        return
    app.add_middleware(Gate, token=token, local=local)
    if token:
        app.include_router(login(token), include_in_schema=False)
    runs, drafts, feedback = Runs(home() / RUNS), Drafts(home() / DRAFTS), Feedback(home() / FILE)
    app.include_router(workbench(service, generation, runs, drafts, feedback), include_in_schema=False)
