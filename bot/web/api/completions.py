"""/v1: the same answers in the form that clients of OpenAI's API read, with citations beside it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bot.answer import Answer
from bot.limits import HISTORY_LIMIT, ROLES, TURNS_LIMIT, check_history, check_question
from bot.web.api.ask import event, event_stream, pieces
from bot.web.api.openapi import COMPLETIONS, MODEL, MODELS
from bot.web.api.request_models import ChatRequest, Message, read, while_connected, wrong
from bot.web.http_errors import NotAllowed, NotFound, error_json, language
from bot.web.reading_page import read_address
from bot.web.work_queue import WorkQueue
from corpus import ChengwenError

NAME = "chengwen"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a client of OpenAI's asks it. `created`: seconds since 1970."""

    question: str
    history: list[dict[str, str]]
    with_usage: bool
    answer_id: str
    created: int

    def told(self, kind: str, **more: Any) -> dict[str, Any]:
        """An object of `kind`, with what all of them have."""
        return {
            "id": f"chatcmpl-{self.answer_id}",
            "object": kind,
            "created": self.created,
            "model": NAME,
            **more,
        }

    def usage(self, answer: Answer) -> dict[str, int]:
        """Characters, for rules count no tokens."""
        asked = len(self.question) + sum(len(turn["content"]) for turn in self.history)
        told = len(answer.text)
        return {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told}


def completions(queue: WorkQueue) -> APIRouter:
    """/v1/chat/completions and /v1/models; anything else under /v1 is not found."""
    router = APIRouter(tags=["v1"])
    model = {"id": NAME, "object": "model", "created": int(time.time()), "owned_by": NAME}

    @router.post("/v1/chat/completions", **COMPLETIONS)
    async def complete(request: Request) -> Response:
        posted = await read(request, ChatRequest)
        asked = _asked(posted)
        queue.admit(request)
        if posted.stream:
            return event_stream(_chunks(queue, asked, language(request)))
        return JSONResponse(
            _whole(asked, await while_connected(request, queue.ask(asked.question, asked.history)))
        )

    @router.get("/v1/models", **MODELS)
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [model]}

    @router.get("/v1/models/{name}", **MODEL)
    async def named(name: str) -> dict[str, Any]:
        if name != NAME:
            raise NotFound(
                f"没有模型 {name}，只有 {NAME}。", f"There is no model {name}, only {NAME}."
            )
        return model

    @router.api_route("/v1/{rest:path}", methods=_METHODS, include_in_schema=False)
    async def nothing(rest: str) -> None:
        if rest == "chat/completions":
            raise NotAllowed(
                "/v1/chat/completions 只接受 POST。", "/v1/chat/completions takes POST only."
            )
        raise NotFound(f"没有 /v1/{rest} 这个地址。", f"There is no /v1/{rest}.")

    return router


def _asked(posted: ChatRequest) -> Asked:
    """The last message is the question. Raises UsageError where it is not the user's, or cannot be one."""
    turns = [message for message in posted.messages if message.role in ROLES]
    if not turns or turns[-1].role != "user":
        raise wrong("messages", "the last must be the user's")
    with_usage = bool(posted.stream_options and posted.stream_options.include_usage)
    history = check_history(_latest(turns[:-1]))
    return Asked(check_question(turns[-1].text), history, with_usage, uuid4().hex, int(time.time()))


def _latest(turns: Sequence[Message]) -> list[dict[str, str]]:
    """As many of the last turns as may be sent: these clients always send the whole conversation."""
    kept: list[dict[str, str]] = []
    room = HISTORY_LIMIT
    for turn in reversed(turns[-TURNS_LIMIT:]):
        room -= len(turn.text)
        if room < 0:
            break
        kept.append({"role": turn.role, "content": turn.text})
    return kept[::-1]


def _whole(asked: Asked, answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    more = _beside(asked, answer)
    return asked.told("chat.completion", choices=[choice], usage=asked.usage(answer), **more)


def _beside(asked: Asked, answer: Answer) -> dict[str, Any]:
    """What OpenAI's form has no place for. Each citation has the address of our page where it is highlighted."""
    told = answer.as_json()
    citations = [
        {**cited, "url": read_address(c.document, c.start, c.end)}
        for cited, c in zip(told["citations"], answer.citations, strict=True)
    ]
    kept = ("outcome", "short_answer", "label", "ai_generated", "notices")
    return {"citations": citations, "answer_id": asked.answer_id} | {
        name: told[name] for name in kept
    }


async def _chunks(queue: WorkQueue, asked: Asked, language: str) -> AsyncIterator[bytes]:
    """The answer in pieces; what stands beside it comes with the end; then [DONE]."""
    started = perf_counter()
    chunk = partial(asked.told, "chat.completion.chunk")
    yield event(chunk(choices=[_delta(role="assistant", content="")]))
    try:
        answer = await queue.ask(asked.question, asked.history)
    except ChengwenError as error:
        yield event(error_json(error, language))
        return
    queue.metrics.first_delta.observe(perf_counter() - started)
    for piece in pieces(answer.text):
        yield event(chunk(choices=[_delta(content=piece)]))
    end = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    yield event(chunk(choices=[end], **_beside(asked, answer)))
    if asked.with_usage:
        yield event(chunk(choices=[], usage=asked.usage(answer)))
    yield b"data: [DONE]\n\n"


def _delta(**delta: str) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
