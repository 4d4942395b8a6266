"""POST /api/ask, as a stream of events or as one answer, and POST /api/search."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable
from itertools import count
from time import perf_counter
from typing import Any
from uuid import uuid4

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from bot.answer import Answer, hit_json
from bot.limits import check_history, check_question
from bot.web.api.openapi import ASK, SEARCH
from bot.web.api.request_models import AskRequest, SearchRequest, read, while_connected
from bot.web.http_errors import error_json, language
from bot.web.metrics import Metrics
from bot.web.widget_sites import WidgetSites
from bot.web.work_queue import WorkQueue
from corpus import ChengwenError


def asking(queue: WorkQueue, widget_sites: WidgetSites) -> APIRouter:
    """The two routes. What comes through the widget of a site counts for it too, and is answered from its articles."""
    router = APIRouter(tags=["ask"])

    @router.post("/api/ask", **ASK)
    async def ask(request: Request) -> Response:
        posted = await read(request, AskRequest)
        question = check_question(posted.question)
        history = check_history([turn.model_dump() for turn in posted.history])
        site = widget_sites.site_of(request)
        queue.admit(request)
        widget_sites.admit(site)
        # One of some articles takes a second to make, the first time.
        narrow = await run_sync(widget_sites.service_for, site) if site and site.tags else None
        answering = asyncio.ensure_future(queue.ask(question, history, narrow))
        # It takes its place in the line, or finds none, before a word is sent: 503 then, not an event.
        await asyncio.sleep(0)
        if (
            posted.stream
            and _takes_events(request)
            and not (answering.done() and answering.exception())
        ):
            return event_stream(_events(answering, queue.metrics, language(request)))
        answer = await while_connected(request, answering)
        return JSONResponse(answer_json(answer, uuid4().hex))

    @router.post("/api/search", **SEARCH)
    async def search(request: Request) -> Response:
        posted = await read(request, SearchRequest)
        question = check_question(posted.question)
        queue.admit(request)
        hits, stages = await while_connected(request, queue.search(question, posted.k))
        return JSONResponse(
            {"hits": [{**hit_json(h), "stages": s} for h, s in zip(hits, stages, strict=True)]}
        )

    return router


def answer_json(answer: Answer, answer_id: str) -> dict[str, Any]:
    """The answer object as HTTP has it."""
    return {"answer_id": answer_id, **answer.as_json()}


def _takes_events(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/event-stream" in accepted or "application/json" not in accepted


async def _events(
    answering: Awaitable[Answer], metrics: Metrics, language: str
) -> AsyncIterator[bytes]:
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
    rest = [
        ("sources", told["hits"]),
        *(("delta", {"text": piece}) for piece in pieces(answer.text)),
    ]
    rest += [("citations", told["citations"]), ("done", told)]
    # All are known now: one write for them, not one each, leaves the loop to others.
    yield b"".join(event(data, name, next(number)) for name, data in rest)


PING = 15.0
"""Seconds of silence after which a comment is sent: proxies close what says nothing."""

_AFTER_MARK = re.compile(r"(?<=\[\d\])(?!\Z)")


def event(data: Any, name: str | None = None, number: int | None = None) -> bytes:
    """One event; `data` as JSON in UTF-8."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return format_sse_event(data_str=text, event=name, id=None if number is None else str(number))


def event_stream(events: AsyncIterator[bytes]) -> EventSourceResponse:
    """The response that sends `events`."""
    headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
    return EventSourceResponse(_kept_alive(events), headers=headers)


def pieces(text: str) -> list[str]:
    """`text` cut after its marks: together they are the text."""
    return _AFTER_MARK.split(text)


async def _kept_alive(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """`events`, and a comment whenever none came for PING seconds. Stops `events` when it is stopped."""
    coming = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=PING)
            if not done:
                yield KEEPALIVE_COMMENT
                continue
            if (found := coming.result()) is None:
                return
            yield found
            coming = asyncio.ensure_future(anext(events, None))
    finally:
        coming.cancel()
