"""Server-sent events: their bytes, how an answer is cut, and comments that break the silence."""

import asyncio
from collections.abc import AsyncIterator
from inspect import isasyncgen

import pytest

from bot.web.api import events
from bot.web.api.events import encode_event, event_response, keep_alive, split_after_marks


def test_an_event_is_its_name_its_data_in_utf8_and_its_number() -> None:
    assert encode_event({"text": "甲"}, "delta", 3) == (
        'event: delta\ndata: {"text": "甲"}\nid: 3\n\n'.encode()
    )
    assert encode_event([1.5]) == b"data: [1.5]\n\n"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_have_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode_event({"score": number})


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("甲。[1]乙。[2]", ["甲。[1]", "乙。[2]"]),
        ("甲。[1]乙", ["甲。[1]", "乙"]),
        ("甲[1][2]乙", ["甲[1]", "[2]", "乙"]),
        ("没有标记 [x]", ["没有标记 [x]"]),
        ("", [""]),
    ],
)
def test_an_answer_is_cut_after_its_marks(text: str, pieces: list[str]) -> None:
    assert split_after_marks(text) == pieces


async def two_events(pause: float) -> AsyncIterator[bytes]:
    yield b"one"
    await asyncio.sleep(pause)
    yield b"two"


def test_a_stream_tells_proxies_to_pass_it_on_at_once() -> None:
    response = event_response(two_events(0))
    assert response.media_type == "text/event-stream"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    assert isasyncgen(response.body_iterator)


def test_silence_is_broken_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    assert events.KEEPALIVE_AFTER == 15

    async def received(pause: float) -> list[bytes]:
        return [chunk async for chunk in keep_alive(two_events(pause))]

    assert asyncio.run(received(0)) == [b"one", b"two"]
    monkeypatch.setattr("bot.web.api.events.KEEPALIVE_AFTER", 0.02)
    first, *comments, last = asyncio.run(received(0.1))
    assert (first, last) == (b"one", b"two")
    assert comments and set(comments) == {b": ping\n\n"}


def test_events_are_stopped_when_nobody_reads_them_any_more() -> None:
    stopped = []

    async def endless() -> AsyncIterator[bytes]:
        try:
            yield b"one"
            await asyncio.Event().wait()
        finally:
            stopped.append(True)

    async def leave_early() -> None:
        stream = keep_alive(endless())
        assert await anext(stream) == b"one"
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
        await asyncio.sleep(0)
        assert stopped == [True]

    asyncio.run(leave_early())
