"""Reading the body of a request within bounds, and dropping work whose caller has left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from bot.web.http_errors import NotJson, TooLarge, TooSlow
from bot.web.request_checks import BODY_LIMIT
from corpus import UsageError

BODY_TIMEOUT = 10.0
"""Seconds in which a body must arrive, so that nobody holds a connection by sending slowly."""

_SHOWN_LENGTH = 80
"""Characters of a field's name in a message: the caller may have made up a long one."""

_DIGITS = 9
"""Leading digits of Content-Length that are read: more than any limit has, and quick to convert."""

Result = TypeVar("Result")
Model = TypeVar("Model", bound=BaseModel)


async def read_json(request: Request, model: type[Model], limit: int = BODY_LIMIT) -> Model:
    """The body of `request`, at most `limit` bytes of JSON, as `model`.

    Raises NotJson for another content type, TooLarge, TooSlow, and UsageError for a body that
    `model` refuses.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0]
    if content_type.strip().lower() != "application/json":
        raise NotJson(
            "请用 JSON 提交，并注明 Content-Type: application/json。",
            "Send JSON, as Content-Type: application/json.",
        )
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            body = await _read_bytes(request, limit)
    except TimeoutError:
        raise TooSlow("请求没有按时传完。", "The request did not come in time.") from None
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(name) for name in first["loc"])
        raise invalid_field(field or "body", first["msg"]) from None


def invalid_field(field: str, reason: str) -> UsageError:
    """The error to raise for a field of a request that cannot be used."""
    name = field[:_SHOWN_LENGTH]
    return UsageError(
        f"请求中的 {name} 不可用（{reason}）。", f"{name} of the request is not valid ({reason})."
    )


async def while_connected(request: Request, work: Awaitable[Result]) -> Result:
    """The result of `work`. Cancels it and raises ClientDisconnect when the caller leaves first."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def _read_bytes(request: Request, limit: int) -> bytes:
    """The body. Raises TooLarge as soon as more than `limit` bytes are declared or have arrived."""
    too_large = TooLarge(f"请求超过 {limit} 字节。", f"The request is larger than {limit} bytes.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:_DIGITS]) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    return bytes(body)


async def _disconnected(request: Request) -> None:
    """Returns when the caller has left."""
    message = await request.receive()
    while message["type"] != "http.disconnect":
        message = await request.receive()
