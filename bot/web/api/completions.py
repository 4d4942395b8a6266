"""/v1: the same answers in the form that clients of OpenAI's API read, with citations beside it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.answer import Answer, citation_object, confidence_shown, scope_object
from bot.extract import Extract
from bot.i18n import Spoken
from bot.limits import HISTORY_LIMIT, ROLES, TURNS_LIMIT, check_history, check_question
from bot.request_limits import Limits
from bot.traditional import answer_in, spoken_for
from bot.web.api.events import DONE, encode_event, event_response, split_after_marks
from bot.web.api.request_body import invalid_field, read_json, while_connected
from bot.web.api.schemas import (
    ANY_METHOD,
    EVENT_STREAM,
    OPTIONAL_KEY,
    QUESTION_ERRORS,
    ChatRequest,
    Completion,
    LinkedCitation,
    Message,
    Model,
    Models,
    error_responses,
    json_body,
    limits_of,
)
from bot.web.api.url_citations import url_citations
from bot.web.http_errors import NotAllowed, NotFound, error_json, language
from bot.web.pages import read_address
from bot.web.work_queue import WorkQueue, whole_answer
from corpus import ChengwenError

MODEL_NAME = "chengwen"

_DESCRIPTION = (
    "最后一条 user 消息是问题。答案里有 [n]，引文在消息的 `annotations` 和顶层的 `citations`。\n\n"
    "The last user message is the question. The text has [n]; what is cited stands in the "
    "`annotations` of the message, and as `citations` at the top level."
)


@dataclass(frozen=True, slots=True)
class ChatQuestion:
    """A question in OpenAI's form, checked, and the id and time that its answer will have.

    `created`: seconds since 1970. `service` is the address that the caller knows this service by.
    """

    question: str
    history: list[dict[str, str]]
    limits: Limits
    with_usage: bool
    answer_id: str
    created: int
    service: str = ""
    spoken: Spoken = "zh"

    def header(self, kind: str) -> dict[str, Any]:
        """The fields that every object of OpenAI's form begins with; `kind` says which object it is."""
        return {
            "id": f"chatcmpl-{self.answer_id}",
            "object": kind,
            "created": self.created,
            "model": MODEL_NAME,
        }

    def usage(self, answer: Answer) -> dict[str, int]:
        """The sizes of question and answer, in characters: rules count no tokens."""
        prompt = len(self.question) + sum(len(turn["content"]) for turn in self.history)
        completion = len(answer.text)
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }

    def extension(self, answer: Answer) -> dict[str, Any]:
        """The fields for which OpenAI's form has no place."""
        return {
            "citations": _linked_citations(answer),
            "answer_id": self.answer_id,
            "outcome": answer.outcome,
            "form": answer.form,
            "parts": [part._asdict() for part in answer.parts],
            "short_answer": answer.short_answer,
            "short_answer_sure": answer.short_answer_sure,
            "confidence": confidence_shown(answer),
            "scope": scope_object(answer.scope),
            "label": answer.label,
            "ai_generated": answer.ai_generated,
            **({"written_by": answer.written_by} if answer.written_by else {}),
            "notices": list(answer.notices),
        }


def completions_router(queue: WorkQueue) -> APIRouter:
    """/v1/chat/completions and /v1/models; anything else under /v1 is not found."""
    router = APIRouter(tags=["v1"])

    @router.post(
        "/v1/chat/completions",
        summary="OpenAI 格式的提问 / Ask in OpenAI's form",
        description=_DESCRIPTION,
        response_model=Completion,
        responses={200: EVENT_STREAM, **error_responses(*QUESTION_ERRORS)},
        openapi_extra={**json_body(ChatRequest), **OPTIONAL_KEY},
    )
    async def complete(request: Request) -> Completion | Response:
        body = await read_json(request, ChatRequest)
        asked = chat_question(body)
        asked = replace(
            asked,
            service=queue.addresses.service(request),
            spoken=spoken_for(asked.question, language(request)),
        )
        queue.admit(request)
        if body.stream:
            return event_response(_chunks(queue, asked, language(request)))
        answer = await while_connected(request, _ask(queue, asked))
        return _completion(asked, answer)

    _add_models(router)

    @router.api_route("/v1/{rest:path}", methods=ANY_METHOD, include_in_schema=False)
    async def refuse(rest: str) -> None:
        if rest == "chat/completions":
            raise NotAllowed(
                "/v1/chat/completions 只接受 POST。", "/v1/chat/completions takes POST only."
            )
        raise NotFound(f"没有 /v1/{rest} 这个地址。", f"There is no /v1/{rest}.")

    return router


def _add_models(router: APIRouter) -> None:
    """Adds /v1/models, whose list is of one."""
    the_model = Model(id=MODEL_NAME, object="model", created=int(time.time()), owned_by=MODEL_NAME)

    @router.get(
        "/v1/models",
        summary="模型列表 / Models",
        responses=error_responses(400, 401),
        openapi_extra=OPTIONAL_KEY,
    )
    async def models() -> Models:
        return Models(object="list", data=[the_model])

    @router.get(
        "/v1/models/{name}",
        summary="模型 / Model",
        responses=error_responses(400, 401, 404),
        openapi_extra=OPTIONAL_KEY,
    )
    async def named(name: str) -> Model:
        if name != MODEL_NAME:
            raise NotFound(
                f"没有模型 {name}，只有 {MODEL_NAME}。",
                f"There is no model {name}, only {MODEL_NAME}.",
            )
        return the_model


def chat_question(body: ChatRequest) -> ChatQuestion:
    """The last message as a question, after the turns before it. Other roles are left out.

    Raises UsageError where the last message is not the user's, or cannot be a question.
    """
    turns = [message for message in body.messages if message.role in ROLES]
    if not turns or turns[-1].role != "user":
        raise invalid_field("messages", "the last must be the user's")
    history = check_history(latest_turns(turns[:-1]))
    question = check_question(turns[-1].text)
    options = body.stream_options
    with_usage = options is not None and bool(options.include_usage)
    limits = limits_of(body.scope)
    return ChatQuestion(question, history, limits, with_usage, uuid4().hex, int(time.time()))


def latest_turns(turns: Sequence[Message]) -> list[dict[str, str]]:
    """The last of `turns` that a history has room for.

    These clients always send the whole conversation.
    """
    kept: list[dict[str, str]] = []
    room = HISTORY_LIMIT
    for turn in reversed(turns[-TURNS_LIMIT:]):
        room -= len(turn.text)
        if room < 0:
            break
        kept.append({"role": turn.role, "content": turn.text})
    kept.reverse()
    return kept


async def _ask(queue: WorkQueue, asked: ChatQuestion) -> Answer:
    pieces = queue.stream(asked.question, asked.history, limits=asked.limits)
    answer = await whole_answer(pieces)
    return answer_in(answer, asked.spoken)


def _completion(asked: ChatQuestion, answer: Answer) -> Completion:
    """The answer at once."""
    message = {
        "role": "assistant",
        "content": answer.text,
        "refusal": None,
        "annotations": url_citations(answer, asked.service),
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return Completion(
        **asked.header("chat.completion"),
        choices=[choice],
        usage=asked.usage(answer),
        **asked.extension(answer),
    )


def _linked_citations(answer: Answer) -> list[LinkedCitation]:
    """The citations, each with the address of the page that highlights it."""
    linked = []
    for n, citation in enumerate(answer.citations, 1):
        url = read_address(citation.document, citation.start, citation.end)
        linked.append(LinkedCitation(**dict(citation_object(n, citation)), url=url))
    return linked


async def _chunks(queue: WorkQueue, asked: ChatQuestion, language: str) -> AsyncIterator[bytes]:
    """The answer piece by piece, the extension with the last, then [DONE].

    An error is sent in place of all between the first piece and [DONE].
    """
    yield _chunk(asked, {"role": "assistant", "content": ""})
    try:
        async with aclosing(_answer_chunks(queue, asked)) as chunks:
            async for chunk in chunks:
                yield chunk
    except ChengwenError as error:
        yield encode_event(error_json(error, language))
    yield DONE


async def _answer_chunks(queue: WorkQueue, asked: ChatQuestion) -> AsyncGenerator[bytes, None]:
    """The answer piece by piece, and its ending in one. Raises Busy as `WorkQueue.stream` does."""
    started = perf_counter()
    written = ""
    pieces = queue.stream(asked.question, asked.history, limits=asked.limits)
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Extract):
                continue
            if not written:
                queue.metrics.first_delta.observe(perf_counter() - started)
            if isinstance(piece, str):
                written += piece
                yield _chunk(asked, {"content": piece})
            else:
                yield b"".join(_ending(asked, answer_in(piece, asked.spoken), written))


def _ending(asked: ChatQuestion, answer: Answer, written: str) -> Iterator[bytes]:
    """What of the text was not `written` yet, what it cites, the extension, and the usage.

    These clients know no event that counts above what they were sent: where the answer is another
    one than was begun, it follows in a paragraph of its own, behind the notices that say so.
    """
    before = 0
    rest = answer.text.removeprefix(written)
    if not answer.text.startswith(written):
        rest = "\n\n".join(["", *answer.notices, answer.text])
        before = len(written) + len(rest) - len(answer.text)
    for piece in split_after_marks(rest) if rest else ():
        yield _chunk(asked, {"content": piece})
    if answer.citations:
        yield _chunk(asked, {"annotations": url_citations(answer, asked.service, before)})
    extension = asked.extension(answer)
    extension["citations"] = [citation.model_dump() for citation in extension["citations"]]
    extension["scope"] = extension["scope"].model_dump()
    yield _chunk(asked, {}, "stop", extension)
    if asked.with_usage:
        header = asked.header("chat.completion.chunk")
        yield encode_event({**header, "choices": [], "usage": asked.usage(answer)})


def _chunk(
    asked: ChatQuestion,
    delta: Mapping[str, Any],
    finish_reason: str | None = None,
    extension: Mapping[str, Any] = {},
) -> bytes:
    """The event that adds `delta` to the message."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    header = asked.header("chat.completion.chunk")
    return encode_event({**header, "choices": [choice], **extension})
