"""The body of a request: what is read, what is refused, and work that is dropped when its caller leaves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.requests import ClientDisconnect
from starlette.types import Message

from bot.web.api import request_body
from bot.web.api.request_body import invalid_field, read_json, while_connected
from bot.web.http_errors import NotJson, TooLarge, TooSlow
from corpus import UsageError

JSON = {"content-type": "application/json"}


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    items: list[Item] = []


def request_of(*chunks: bytes, headers: dict[str, str] = JSON) -> Request:
    """A request whose body comes in `chunks`. Asking for more than them is an error."""
    last = len(chunks) - 1
    messages: Iterator[Message] = iter(
        [
            {"type": "http.request", "body": chunk, "more_body": i < last}
            for i, chunk in enumerate(chunks)
        ]
    )

    async def receive() -> Message:
        return next(messages)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


def read(*chunks: bytes, limit: int = 1000, headers: dict[str, str] = JSON) -> Order:
    return asyncio.run(read_json(request_of(*chunks, headers=headers), Order, limit))


def test_a_body_is_read_in_all_its_chunks() -> None:
    assert read(b'{"items": [{"na', b'me": "a"}]}') == Order(items=[Item(name="a")])


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON", "application/json; charset=utf-8"]
)
def test_the_content_type_is_json_in_any_spelling(kind: str) -> None:
    assert read(b"{}", headers={"content-type": kind}) == Order()


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain; application/json"}])
def test_another_content_type_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(NotJson, match="Content-Type: application/json"):
        read(b"{}", headers=headers)


def test_as_many_bytes_as_allowed_and_no_more() -> None:
    assert read(b"{}        ", limit=10) == Order()
    assert read(b"{}", limit=10, headers={**JSON, "content-length": "10"}) == Order()
    # The second chunk is never asked for.
    with pytest.raises(TooLarge, match="10 字节"):
        read(b"{}         ", limit=10)
    with pytest.raises(TooLarge):
        asyncio.run(read_json(request_of(headers={**JSON, "content-length": "11"}), Order, 10))


def test_a_declared_length_of_thousands_of_digits_is_too_large() -> None:
    with pytest.raises(TooLarge):
        asyncio.run(read_json(request_of(headers={**JSON, "content-length": "9" * 5000}), Order))


def test_a_length_that_is_no_number_is_not_believed() -> None:
    assert read(b"{}", headers={**JSON, "content-length": "-1"}) == Order()


def test_a_body_must_come_within_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert request_body.BODY_TIMEOUT == 10
    monkeypatch.setattr("bot.web.api.request_body.BODY_TIMEOUT", 0.01)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    headers = [(b"content-type", b"application/json")]
    silent = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with pytest.raises(TooSlow):
        asyncio.run(read_json(silent, Order))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b'{"items": [{"name": 5}]}', "items.0.name"),
        (b'{"other": 1}', "other"),
    ],
)
def test_the_field_that_is_wrong_is_named(body: bytes, field: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(body)
    assert caught.value.en.startswith(f"{field} of the request is not valid (")
    assert caught.value.zh.startswith(f"请求中的 {field} 不可用（")


def test_a_long_name_is_cut() -> None:
    error = invalid_field("x" * 81, "Field required")
    assert error.en == f"{'x' * 80} of the request is not valid (Field required)."
    assert error.zh == f"请求中的 {'x' * 80} 不可用（Field required）。"


@contextmanager
def connection() -> Iterator[tuple[Request, "asyncio.Queue[Message]"]]:
    """A request whose caller sends what is put into the queue."""
    sent: asyncio.Queue[Message] = asyncio.Queue()
    yield Request({"type": "http", "method": "POST", "headers": []}, sent.get), sent


def test_work_is_finished_while_its_caller_stays() -> None:
    async def scene() -> None:
        with connection() as (request, sent):
            sent.put_nowait({"type": "http.request"})

            async def work() -> str:
                await asyncio.sleep(0.01)
                return "done"

            before = asyncio.all_tasks()
            assert await while_connected(request, work()) == "done"
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == before, "nobody listens any more"

    asyncio.run(scene())


def test_an_error_of_the_work_is_its_callers() -> None:
    async def fail() -> None:
        raise UsageError("错", "wrong")

    async def scene() -> None:
        with connection() as (request, _), pytest.raises(UsageError):
            await while_connected(request, fail())

    asyncio.run(scene())


def test_work_is_dropped_when_its_caller_leaves() -> None:
    async def scene() -> None:
        with connection() as (request, sent):
            work = asyncio.ensure_future(asyncio.Event().wait())
            sent.put_nowait({"type": "http.request"})
            sent.put_nowait({"type": "http.disconnect"})
            with pytest.raises(ClientDisconnect):
                await while_connected(request, work)
            await asyncio.sleep(0)
            assert work.cancelled()

    asyncio.run(scene())
