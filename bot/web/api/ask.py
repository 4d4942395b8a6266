"""POST /api/ask, answered as a stream of events or at once, and POST /api/search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from time import perf_counter
from uuid import uuid4

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.answer import Answer, answer_object, hit_object
from bot.limits import check_history, check_question
from bot.service import Service
from bot.web.api.events import encode_event, event_response, split_after_marks
from bot.web.api.request_body import read_json, while_connected
from bot.web.api.schemas import (
    EVENT_STREAM,
    OPTIONAL_KEY,
    QUESTION_ERRORS,
    AskAnswer,
    AskRequest,
    SearchAnswer,
    SearchRequest,
    StagedHit,
    error_responses,
    json_body,
    limits_of,
)
from bot.web.embed import WidgetSites
from bot.web.http_errors import error_json, language
from bot.web.metrics import Metrics
from bot.web.work_queue import WorkQueue
from corpus import ChengwenError
from index import Hit

_ASK_DESCRIPTION = (
    "默认是事件流：status → sources → delta… → citations → done，或以 error 结束；"
    "`stream: false` 或 `Accept: application/json` 时一次返回答案。\n\n"
    "A stream of events by default: status → sources → delta… → citations → done, "
    "or error at the end; "
    "with `stream: false` or `Accept: application/json`, one answer object."
)
_SEARCH_DESCRIPTION = (
    "只检索，不作答；`stages` 是各步的分数。 Passages only; `stages` are the scores of each stage."
)


def ask_router(queue: WorkQueue, widget_sites: WidgetSites) -> APIRouter:
    """The two routes.

    What the widget of a site asks counts for that site, and is answered from its articles.
    """
    router = APIRouter(tags=["ask"])

    @router.post(
        "/api/ask",
        summary="提问 / Ask",
        description=_ASK_DESCRIPTION,
        response_model=AskAnswer,
        responses={200: EVENT_STREAM, **error_responses(*QUESTION_ERRORS)},
        openapi_extra={**json_body(AskRequest), **OPTIONAL_KEY},
    )
    async def ask(request: Request) -> AskAnswer | Response:
        asked = await read_json(request, AskRequest)
        answering = await _begin(request, asked, queue, widget_sites)
        refused = answering.done() and answering.exception() is not None
        if asked.stream and _accepts_events(request) and not refused:
            return event_response(_events(answering, queue.metrics, language(request)))
        answer = await while_connected(request, answering)
        return ask_answer(answer)

    @router.post(
        "/api/search",
        summary="检索 / Search",
        description=_SEARCH_DESCRIPTION,
        responses=error_responses(*QUESTION_ERRORS),
        openapi_extra={**json_body(SearchRequest), **OPTIONAL_KEY},
    )
    async def search(request: Request) -> SearchAnswer:
        asked = await read_json(request, SearchRequest)
        question = check_question(asked.question)
        service = await _service_admitted(request, queue, widget_sites)
        searching = queue.search(question, asked.k, service, limits_of(asked.scope))
        hits, stages = await while_connected(request, searching)
        return _search_answer(hits, stages)

    return router


def ask_answer(answer: Answer) -> AskAnswer:
    """The answer object as HTTP has it, under a new id."""
    # dict() keeps the models inside, which are valid; model_dump() would have them checked again.
    return AskAnswer(answer_id=uuid4().hex, **dict(answer_object(answer)))


def _search_answer(hits: Sequence[Hit], stages: Sequence[dict[str, float]]) -> SearchAnswer:
    """The hits, each with what every stage of the search says of it."""
    staged = []
    for hit, scores in zip(hits, stages, strict=True):
        staged.append(StagedHit(**dict(hit_object(hit)), stages=scores))
    return SearchAnswer(hits=staged)


async def _begin(
    request: Request, asked: AskRequest, queue: WorkQueue, widget_sites: WidgetSites
) -> asyncio.Future[Answer]:
    """The answer under way, in its place in the queue; done already where the queue had no place.

    Raises UsageError, Forbidden, TooMany and Busy for a question that is not accepted.
    """
    question = check_question(asked.question)
    history = check_history([turn.model_dump() for turn in asked.history])
    service = await _service_admitted(request, queue, widget_sites)
    asking = queue.ask(question, history, service, limits_of(asked.scope))
    answering = asyncio.ensure_future(asking)
    # Lets it take its place, or fail: a full queue must be a status 503, and no event is one.
    await asyncio.sleep(0)
    return answering


async def _service_admitted(
    request: Request, queue: WorkQueue, widget_sites: WidgetSites
) -> Service | None:
    """The service of the site whose widget asks, None where it is the queue's own.

    The question counts for its caller and its site. Raises Forbidden, TooMany and Busy.
    """
    site = widget_sites.site_of(request)
    queue.admit(request)
    widget_sites.admit(site)
    if site and site.tags:
        # A service of some articles takes a second to make, the first time.
        return await run_sync(widget_sites.service_for, site)
    return None


def _accepts_events(request: Request) -> bool:
    """Whether the caller takes a stream; only one who asks for JSON alone does not."""
    accepted = request.headers.get("accept", "")
    return "text/event-stream" in accepted or "application/json" not in accepted


async def _events(
    answering: Awaitable[Answer], metrics: Metrics, language: str
) -> AsyncIterator[bytes]:
    """status, sources, delta once or more, citations, done; or error in place of all after status."""
    started = perf_counter()
    yield encode_event({"stage": "retrieving"}, "status", 1)
    try:
        answer = await answering
    except ChengwenError as error:
        yield encode_event(error_json(error, language), "error", 2)
        return
    whole = ask_answer(answer).model_dump()
    metrics.first_delta.observe(perf_counter() - started)
    events = [("sources", whole["hits"])]
    for piece in split_after_marks(answer.text):
        events.append(("delta", {"text": piece}))
    events.append(("citations", whole["citations"]))
    events.append(("done", whole))
    # All are known now: written at once they leave the event loop to others.
    encoded = [encode_event(data, name, number) for number, (name, data) in enumerate(events, 2)]
    yield b"".join(encoded)
