"""Server-sent events: how one is written, and a stream of them that proxies do not close."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

KEEPALIVE_AFTER = 15.0
"""Seconds of silence after which a comment is sent: proxies close a connection that says nothing."""

DONE = b"data: [DONE]\n\n"
"""What ends every stream of /v1, as in OpenAI's API."""

# 甲[1]乙[2] is cut before 乙. One digit, for an answer has four citations at most.
_AFTER_MARK = re.compile(r"(?<=\[\d\])(?!\Z)")


def encode_event(data: Any, name: str | None = None, number: int | None = None) -> bytes:
    """One event, `data` as JSON in UTF-8. Raises ValueError for NaN and infinite numbers."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    event_id = None if number is None else str(number)
    return format_sse_event(data_str=text, event=name, id=event_id)


def event_response(events: AsyncIterator[bytes]) -> EventSourceResponse:
    """The response that sends `events` as they come."""
    headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
    return EventSourceResponse(keep_alive(events), headers=headers)


def split_after_marks(text: str) -> list[str]:
    """The pieces in which the text of an answer is sent. Each but the last ends with a mark [n].

    Joined they are `text`.
    """
    return _AFTER_MARK.split(text)


async def keep_alive(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """`events`, and a comment whenever none came for KEEPALIVE_AFTER seconds.

    Stops `events` when it is stopped.
    """
    following = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=KEEPALIVE_AFTER)
            if not done:
                yield KEEPALIVE_COMMENT
                continue
            event = following.result()
            if event is None:
                return
            yield event
            following = asyncio.ensure_future(anext(events, None))
    finally:
        following.cancel()
