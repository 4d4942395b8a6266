"""POST /export/docx: a conversation that a browser kept, as a Word document. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, StringConstraints

from bot.answer import STRICT
from bot.i18n import language_of_parameter, texts
from bot.web.api.request_body import read_json
from bot.web.conversation_file import MEDIA_TYPE, Note, Told, Turn, Words, word_document

EXPORT_BODY_LIMIT = 1024 * 1024
"""Bytes of a conversation: a hundred composed answers with twelve quotes each fit."""

Short = Annotated[str, StringConstraints(max_length=600)]
Long = Annotated[str, StringConstraints(max_length=4000)]


class SourceSent(BaseModel):
    """A source as the page shows it."""

    model_config = STRICT

    quote: Long
    place: Short
    url: Annotated[str, StringConstraints(max_length=2000)]


class AnswerSent(BaseModel):
    """An answer as the page shows it."""

    model_config = STRICT

    text: Long
    label: Short
    sources: Annotated[list[SourceSent], Field(max_length=24)]


class TurnSent(BaseModel):
    """A question and its answers."""

    model_config = STRICT

    question: Long
    answers: Annotated[list[AnswerSent], Field(max_length=2)]


class ConversationSent(BaseModel):
    """A conversation; `when` is its time in the words of the browser."""

    model_config = STRICT

    title: Long
    when: Annotated[str, StringConstraints(max_length=60)]
    lang: Annotated[str, StringConstraints(max_length=20)] = ""
    turns: Annotated[list[TurnSent], Field(min_length=1, max_length=100)]


def export_router(admit: Callable[[Request], None] = lambda request: None) -> APIRouter:
    """The one route. `admit` raises TooMany."""
    router = APIRouter()

    @router.post("/export/docx", include_in_schema=False)
    async def docx(request: Request) -> Response:
        admit(request)
        sent = await read_json(request, ConversationSent, EXPORT_BODY_LIMIT)
        return Response(await run_sync(_file, sent), media_type=MEDIA_TYPE)

    return router


def _file(sent: ConversationSent) -> bytes:
    words = texts("export", language_of_parameter(sent.lang))
    exported = f"{words['exported']} · {sent.when}"
    turns = [Turn(turn.question, tuple(map(_told, turn.answers))) for turn in sent.turns]
    return word_document(sent.title, turns, Words(exported, words["notes"]))


def _told(answer: AnswerSent) -> Told:
    notes = tuple(Note(one.quote, one.place, one.url) for one in answer.sources)
    return Told(answer.text, answer.label, notes)
