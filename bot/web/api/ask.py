"""POST /api/ask, answered as a stream of events or at once, and POST /api/search."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from time import perf_counter
from typing import Any, NamedTuple
from uuid import uuid4

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.answer import Answer, answer_object, hit_object
from bot.extract import Extract
from bot.i18n import Spoken
from bot.limits import check_history, check_question
from bot.originals import Originals
from bot.service import Service
from bot.traditional import answer_in, spoken_for
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
from bot.web.messages import answer_message, writing_message
from bot.web.work_queue import WorkQueue, whole_answer
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
        if asked.stream and _accepts_events(request) and not answering.is_refused():
            drawn = Drawn(queue, answering.spoken) if _accepts_html(request) else None
            return event_response(_events(answering, queue, language(request), drawn))
        answer = await while_connected(request, _whole(answering))
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


def ask_answer(answer: Answer, answer_id: str = "") -> AskAnswer:
    """The answer object as HTTP has it, under a new id where none is given."""
    # dict() keeps the models inside, which are valid; model_dump() would have them checked again.
    return AskAnswer(answer_id=answer_id or uuid4().hex, **dict(answer_object(answer)))


def _search_answer(hits: Sequence[Hit], stages: Sequence[dict[str, float]]) -> SearchAnswer:
    """The hits, each with what every stage of the search says of it."""
    staged = []
    for hit, scores in zip(hits, stages, strict=True):
        staged.append(StagedHit(**dict(hit_object(hit)), stages=scores))
    return SearchAnswer(hits=staged)


class _Answering(NamedTuple):
    """An answer under way: its extract, in its place in the queue, what comes after that, and the
    language to say it in.
    """

    extracting: asyncio.Future[Extract | str | Answer]
    pieces: AsyncGenerator[Extract | str | Answer, None]
    spoken: Spoken

    def is_refused(self) -> bool:
        """Whether the queue had no place for it."""
        return self.extracting.done() and self.extracting.exception() is not None


async def _begin(
    request: Request, asked: AskRequest, queue: WorkQueue, widget_sites: WidgetSites
) -> _Answering:
    """The answer under way.

    Raises UsageError, Forbidden, TooMany and Busy for a question that is not accepted.
    """
    question = check_question(asked.question)
    history = check_history([turn.model_dump() for turn in asked.history])
    site = widget_sites.site_of(request)
    service = await _service_admitted(request, queue, widget_sites)
    owner = site.name if site else ""
    pieces = queue.stream(question, history, service, limits_of(asked.scope), owner)
    extracting = asyncio.ensure_future(anext(pieces))
    # Lets it take its place, or fail: a full queue must be a status 503, and no event is one.
    await asyncio.sleep(0)
    return _Answering(extracting, pieces, spoken_for(question, language(request)))


async def _whole(answering: _Answering) -> Answer:
    """The answer, as soon as it is whole."""
    await answering.extracting
    return answer_in(await whole_answer(answering.pieces), answering.spoken)


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


def _accepts_html(request: Request) -> bool:
    """Whether the caller names HTML beside the stream, as the panel does: it shows what we draw."""
    return "text/html" in request.headers.get("accept", "")


class Drawn:
    """The message of an answer as the chat page shows it in `spoken`, drawn anew with all that comes."""

    def __init__(self, queue: WorkQueue, spoken: Spoken) -> None:
        self.answer_id = uuid4().hex
        self._spoken = spoken
        self._model = queue.prose.model if queue.prose is not None else ""
        self._has_file = Originals(queue.live).hold

    def writing(self, extract: Answer, written: str) -> dict[str, str]:
        """The message while a model writes."""
        shown = answer_in(extract, self._spoken)
        return {"html": writing_message(shown, written, self._spoken, self._model, self._has_file)}

    def whole(self, answer: Answer) -> dict[str, str]:
        """The message of the whole answer, which is in `spoken`."""
        return {"html": answer_message(answer, self._spoken, self.answer_id, self._has_file)}


class _Encoder:
    """Encodes the events of one answer, numbered from 1; with `drawn` each change of the message too."""

    def __init__(self, drawn: Drawn | None) -> None:
        self._drawn = drawn
        self._number = itertools.count(1)

    def event(self, name: str, data: Any) -> bytes:
        """One event."""
        return encode_event(data, name, next(self._number))

    def writing(self, extract: Answer, written: str) -> bytes:
        """The event `html` while a model writes; nothing where no message is drawn."""
        if self._drawn is None:
            return b""
        return self.event("html", self._drawn.writing(extract, written))

    def ending(self, answer: Answer, written: str) -> bytes:
        """What of the text was not `written` yet, then citations and done, in one piece.

        Written at once they leave the event loop to others. Where the answer is another one than was
        begun, no more of it is sent: `done` has it, and counts.
        """
        answer_id = self._drawn.answer_id if self._drawn else ""
        whole = ask_answer(answer, answer_id).model_dump()
        is_continued = answer.text.startswith(written)
        rest = answer.text.removeprefix(written) if is_continued else ""
        deltas = split_after_marks(rest) if rest or not written else []
        encoded = [self.event("delta", {"text": piece}) for piece in deltas]
        encoded.append(self.event("citations", whole["citations"]))
        if self._drawn:
            encoded.append(self.event("html", self._drawn.whole(answer)))
        encoded.append(self.event("done", whole))
        return b"".join(encoded)


async def _events(
    answering: _Answering, queue: WorkQueue, language: str, drawn: Drawn | None
) -> AsyncIterator[bytes]:
    """status, sources, delta once or more, citations, done; or error in place of all after status.

    What a model writes is sent sentence by sentence; an extract at once, with all that follows. With
    `drawn` each change of the message comes as an event `html` too.
    """
    started = perf_counter()
    encoder = _Encoder(drawn)
    yield encoder.event("status", {"stage": "retrieving"})
    try:
        extract = await answering.extracting
    except ChengwenError as error:
        yield encoder.event("error", error_json(error, language))
        return
    assert isinstance(extract, Extract)
    hits = [hit_object(hit).model_dump() for hit in extract.answer.hits]
    unsent = encoder.event("sources", hits)
    if queue.prose is not None and queue.prose.writes(extract):
        yield unsent + encoder.writing(extract.answer, "")
        unsent = b""
    begun = False
    async with aclosing(_text_events(answering, extract.answer, encoder)) as events:
        async for event in events:
            if not begun:
                queue.metrics.first_delta.observe(perf_counter() - started)
            begun = True
            yield unsent + event
            unsent = b""


async def _text_events(
    answering: _Answering, extract: Answer, encoder: _Encoder
) -> AsyncGenerator[bytes, None]:
    """What a model writes, as it comes, and last all that follows."""
    written = ""
    async with aclosing(answering.pieces) as pieces:
        async for piece in pieces:
            if isinstance(piece, str):
                written += piece
                delta = encoder.event("delta", {"text": piece})
                yield delta + encoder.writing(extract, written)
            elif isinstance(piece, Answer):
                yield encoder.ending(answer_in(piece, answering.spoken), written)
