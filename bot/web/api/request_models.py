"""What the API is sent: read with bounds, checked, and dropped when the caller goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Annotated, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from starlette.requests import ClientDisconnect

from bot.limits import HISTORY_LIMIT, QUESTION_LIMIT, TURNS_LIMIT
from bot.web.http_errors import NotJson, TooLarge, TooSlow
from bot.web.request_checks import BODY_LIMIT
from corpus import UsageError

SENT_IN = 10.0
"""Seconds in which a body must have come."""

_SHOWN = 80
"""Characters of a field's name that are repeated to whoever made it up."""

_QUESTION: JsonDict = {
    "minLength": 1,
    "maxLength": QUESTION_LIMIT,
    "examples": ["杭州健康码日最高使用量是多少？"],
}
_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
_LENIENT = ConfigDict(frozen=True, extra="ignore", strict=True)

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)


class Turn(BaseModel):
    """对话中的一轮。 One turn of a conversation."""

    model_config = _STRICT

    role: str = Field(json_schema_extra={"enum": ["user", "assistant"]})
    content: str = Field(json_schema_extra={"maxLength": HISTORY_LIMIT})


class AskRequest(BaseModel):
    """一个问题。 A question."""

    model_config = _STRICT

    question: str = Field(description="问题 / the question", json_schema_extra=_QUESTION)
    history: list[Turn] = Field(
        [],
        description="此前的对话，由早到晚，合计至多一万字 / earlier turns, oldest first, at most 10,000 characters",
        json_schema_extra={"maxItems": TURNS_LIMIT},
    )
    stream: bool = Field(True, description="false：一次返回 JSON / one JSON answer")


class SearchRequest(BaseModel):
    """一次检索。 A search."""

    model_config = _STRICT

    question: str = Field(description="问题 / the question", json_schema_extra=_QUESTION)
    k: int = Field(10, ge=1, le=100, description="返回的段落数 / passages wanted")


class Part(BaseModel):
    """内容的一部分；只读文字。 A part of a message; only text is read."""

    model_config = _LENIENT

    type: str
    text: str = ""


class Message(BaseModel):
    """一条消息；user 与 assistant 之外的不读。 A message; those of other roles than user and assistant are not read."""

    model_config = _LENIENT

    role: str
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """All text of it."""
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """流的选项。 Options of a stream."""

    model_config = _LENIENT

    include_usage: bool | None = None


class ChatRequest(BaseModel):
    """OpenAI 的聊天请求；其余字段不读。 A request in the form of OpenAI's; other fields are not read."""

    model_config = _LENIENT

    messages: Annotated[list[Message], Field(min_length=1, max_length=1000)]
    model: str = "chengwen"
    stream: bool | None = False
    stream_options: StreamOptions | None = None


async def read(request: Request, model: type[Model], limit: int = BODY_LIMIT) -> Model:
    """The body as `model`. Raises NotJson, TooLarge, TooSlow, and UsageError for JSON that is something else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotJson(
            "请用 JSON 提交，并注明 Content-Type: application/json。",
            "Send JSON, as Content-Type: application/json.",
        )
    try:
        async with asyncio.timeout(SENT_IN):
            body = await _body(request, limit)
        return model.model_validate_json(body)
    except TimeoutError:
        raise TooSlow("请求没有按时传完。", "The request did not come in time.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise wrong(".".join(map(str, first["loc"])) or "body", first["msg"]) from None


def wrong(field: str, why: str) -> UsageError:
    """What to raise for a field of a request that cannot be used."""
    name = field[:_SHOWN]
    return UsageError(
        f"请求中的 {name} 不可用（{why}）。", f"{name} of the request is not valid ({why})."
    )


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """What `work` gives. Stops it and raises ClientDisconnect when the caller goes."""
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        gone.cancel()


async def _body(request: Request, limit: int) -> bytes:
    """The body; reads no more than `limit` bytes. Raises TooLarge."""
    declared, body = request.headers.get("content-length", ""), bytearray()
    if not (declared.isdecimal() and int(declared[:9]) > limit):
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise TooLarge(f"请求超过 {limit} 字节。", f"The request is larger than {limit} bytes.")


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
