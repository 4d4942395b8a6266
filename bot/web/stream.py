"""Server-sent events: how they are written, and kept from being buffered or cut off.

FastAPI writes its own events only for routes that always stream; ours give JSON to whoever asks for it.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

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
