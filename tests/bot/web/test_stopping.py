"""A server that stops: answers under way are finished, and whatever else is open is ended in good order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from support.asking import QUESTION, HeldEncoder, application, events

from bot.cli.address import bind_socket
from bot.web.stopping import Stop
from corpus import Document

pytestmark = pytest.mark.slow

LONG = 60.0
"""Seconds that no test waits."""

ASKED = {"question": QUESTION}
CHAT = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
HEARTBEAT = "/gradio_api/heartbeat/abc"


@pytest.fixture
def encoder() -> Iterator[HeldEncoder]:
    held = HeldEncoder()
    yield held
    held.open.set()


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `app`, which a server in the same loop serves. At the end the server must stop by itself."""
    listener = bind_socket({"PORT": "0"})
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(base_url=address, timeout=LONG) as client:
        yield client
        server.should_exit = True
        await running


def run(
    scene: Callable[[httpx.AsyncClient, Stop], Awaitable[None]],
    article: Document,
    encoder: HeldEncoder,
) -> None:
    async def play() -> None:
        stop = Stop()
        async with serving(application(article, encoder=encoder, stop=stop)) as client:
            encoder.open.clear()
            await scene(client, stop)

    asyncio.run(play())


def logged_by_server(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What the server and the loop have logged; a thread that another test left may log too."""
    names = ("asyncio", "uvicorn", "bot.web", "gradio")
    return [record for record in caplog.records if record.name.startswith(names)]


def test_an_answer_is_finished_and_then_the_page_is_let_go(
    article: Document, encoder: HeldEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(client: httpx.AsyncClient, stop: Stop) -> None:
        asking = client.stream("POST", "/api/ask", json=ASKED)
        async with client.stream("GET", HEARTBEAT) as page, asking as answer:
            beats, chunks = page.aiter_text(), answer.aiter_text()
            assert "ALIVE" in await anext(beats)
            text = await anext(chunks)
            stopping = asyncio.create_task(stop.finish(LONG))
            await asyncio.sleep(0.3)
            assert not stopping.done()
            encoder.open.set()
            text += "".join([chunk async for chunk in chunks])
            assert events(text)[-1][0] == "done"
            assert [beat async for beat in beats] == []
            await stopping

    with caplog.at_level(logging.WARNING):
        run(scene, article, encoder)
    assert not logged_by_server(caplog)


@pytest.mark.parametrize(
    ("path", "body", "end"),
    [("/api/ask", ASKED, "event: error"), ("/v1/chat/completions", CHAT, "data: [DONE]")],
)
def test_a_stream_that_takes_too_long_ends_with_an_error(
    article: Document,
    encoder: HeldEncoder,
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: dict[str, object],
    end: str,
) -> None:
    async def scene(client: httpx.AsyncClient, stop: Stop) -> None:
        async with client.stream("POST", path, json=body) as answer:
            chunks = answer.aiter_text()
            text = await anext(chunks)
            await stop.finish(0)
            text += "".join([chunk async for chunk in chunks])
        assert end in text and '"code": "stopping"' in text and '"retry_after"' in text
        encoder.open.set()

    with caplog.at_level(logging.WARNING):
        run(scene, article, encoder)
    assert not logged_by_server(caplog)


def test_an_answer_in_one_piece_that_takes_too_long_is_refused(
    article: Document, encoder: HeldEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(client: httpx.AsyncClient, stop: Stop) -> None:
        body = {**ASKED, "stream": False}
        asking = asyncio.create_task(client.post("/api/ask", json=body))
        await asyncio.sleep(0.5)
        await stop.finish(0)
        answer = await asking
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (503, "stopping")
        assert answer.headers["retry-after"] == str(error["retry_after"])
        encoder.open.set()

    with caplog.at_level(logging.WARNING):
        run(scene, article, encoder)
    assert not logged_by_server(caplog)


def test_with_nothing_under_way_there_is_nothing_to_wait_for() -> None:
    asyncio.run(Stop().finish(LONG))
