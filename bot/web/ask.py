"""POST /api/ask, as a stream of events or as one answer, and POST /api/search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from itertools import count
from time import perf_counter
from typing import Any
from uuid import uuid4

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bot.answer import Answer, hit_json
from bot.limits import check_history, check_question
from bot.web.door import Door
from bot.web.metrics import Metrics
from bot.web.openapi import ASK, SEARCH
from bot.web.refusals import error_json, language
from bot.web.requests import AskRequest, SearchRequest, read, while_connected
from bot.web.stream import event, event_stream, pieces
from bot.web.visits import Visits
from corpus import ChengwenError


def asking(door: Door, visits: Visits) -> APIRouter:
    """The two routes. What comes through the widget of a site counts for it too, and is answered from its articles."""
    router = APIRouter(tags=["ask"])

    @router.post("/api/ask", **ASK)
    async def ask(request: Request) -> Response:
        posted = await read(request, AskRequest)
        question = check_question(posted.question)
        history = check_history([turn.model_dump() for turn in posted.history])
        site = visits.site_of(request)
        door.admit(request)
        visits.admit(site)
        # One of some articles takes a second to make, the first time.
        narrow = await run_sync(visits.service_for, site) if site and site.tags else None
        answering = asyncio.ensure_future(door.ask(question, history, narrow))
        # It takes its place in the line, or finds none, before a word is sent: 503 then, not an event.
        await asyncio.sleep(0)
        if posted.stream and _takes_events(request) and not (answering.done() and answering.exception()):
            return event_stream(_events(answering, door.metrics, language(request)))
        answer = await while_connected(request, answering)
        return JSONResponse(answer_json(answer, uuid4().hex))

    @router.post("/api/search", **SEARCH)
    async def search(request: Request) -> Response:
        posted = await read(request, SearchRequest)
        question = check_question(posted.question)
        door.admit(request)
        hits, stages = await while_connected(request, door.search(question, posted.k))
        return JSONResponse({"hits": [{**hit_json(h), "stages": s} for h, s in zip(hits, stages, strict=True)]})

    return router


def answer_json(answer: Answer, answer_id: str) -> dict[str, Any]:
    """The answer object as HTTP has it."""
    return {"answer_id": answer_id, **answer.as_json()}


def _takes_events(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/event-stream" in accepted or "application/json" not in accepted


async def _events(answering: Awaitable[Answer], metrics: Metrics, language: str) -> AsyncIterator[bytes]:
    """status, sources, delta as often as there are sentences, citations, done; or error instead of the rest."""
    started, number = perf_counter(), count(1)
    yield event({"stage": "retrieving"}, "status", next(number))
    try:
        answer = await answering
    except ChengwenError as error:
        yield event(error_json(error, language), "error", next(number))
        return
    told = answer_json(answer, uuid4().hex)
    metrics.first_delta.observe(perf_counter() - started)
    rest = [("sources", told["hits"]), *(("delta", {"text": piece}) for piece in pieces(answer.text))]
    rest += [("citations", told["citations"]), ("done", told)]
    # All are known now: one write for them, not one each, leaves the loop to others.
    yield b"".join(event(data, name, next(number)) for name, data in rest)
