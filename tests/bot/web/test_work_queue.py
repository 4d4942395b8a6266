"""One limit for all doors: what waits, what is refused and how soon, and what becomes of those who leave."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Response
from support.asking import ANSWER, QUESTION, HeldEncoder, application, events
from support.serving import serving

from bot.answer import Answer
from bot.cli.serve import bound
from bot.reader.network import SpanReader
from bot.service import RULES_ONLY_NOTICE, Service
from bot.settings import load_settings
from bot.storage.sites import FILE, Sites
from bot.web.api.ask import ask_router
from bot.web.api.events import keep_alive
from bot.web.embed import WidgetSites
from bot.web.http_errors import Busy, error_response
from bot.web.request_checks import RequestChecks
from bot.web.work_queue import AGAIN, WorkQueue
from corpus import ChengwenError, Document
from index.snapshot import build

pytestmark = pytest.mark.slow

SMALL = ("api.parallel=2", "api.waiting=1", "api.per_minute=1000")


@pytest.fixture
def encoder() -> Iterator[HeldEncoder]:
    held = HeldEncoder()
    yield held
    held.open.set()


@pytest.fixture
def queue(article: Document, encoder: HeldEncoder) -> WorkQueue:
    """Two at once, one waiting; suggestions are tried out before anything is held."""
    service = Service(build([article], encoder), encoder, load_settings(SMALL, {}))
    assert service.suggestions.opening
    return WorkQueue(service)


def figure(queue: WorkQueue, name: str) -> float:
    return queue.metrics.registry.get_sample_value(f"chengwen_{name}") or 0.0


async def until(true: Callable[[], bool]) -> None:
    """Waits, a second at most, for what must become true."""
    async with asyncio.timeout(1):
        while not true():
            await asyncio.sleep(0.005)


async def filled(queue: WorkQueue, encoder: HeldEncoder) -> list[asyncio.Task[Answer]]:
    """Two questions that are held, and one that waits."""
    encoder.open.clear()
    tasks = [asyncio.create_task(queue.ask(QUESTION)) for _ in range(3)]
    await until(lambda: (figure(queue, "working"), figure(queue, "waiting")) == (2, 1))
    return tasks


def test_an_answer_is_the_services(queue: WorkQueue) -> None:
    answer = asyncio.run(queue.ask(QUESTION))
    expected = queue.service.ask(QUESTION)
    assert answer.text == expected.text and answer.citations == expected.citations


def test_a_full_house_refuses_at_once_and_recovers(queue: WorkQueue, encoder: HeldEncoder) -> None:
    async def scene() -> None:
        tasks = await filled(queue, encoder)
        started = time.perf_counter()
        for refused in (queue.ask(QUESTION), queue.search(QUESTION, 3)):
            with pytest.raises(Busy) as caught:
                await refused
            assert AGAIN[0] <= caught.value.retry_after <= AGAIN[1]
        assert time.perf_counter() - started < 0.1
        encoder.open.set()
        assert [answer.text for answer in await asyncio.gather(*tasks)] == [
            queue.service.ask(QUESTION).text
        ] * 3
        assert (await queue.ask(QUESTION)).citations
        await until(lambda: (figure(queue, "working"), figure(queue, "waiting")) == (0, 0))

    asyncio.run(scene())
    assert queue.metrics.registry.get_sample_value("chengwen_refused_total", {"code": "busy"}) == 2


def test_they_are_told_to_come_back_at_different_times(
    queue: WorkQueue, encoder: HeldEncoder
) -> None:
    async def scene() -> None:
        tasks = await filled(queue, encoder)
        told = set()
        for _ in range(100):
            with pytest.raises(Busy) as caught:
                queue.check_room()
            told.add(caught.value.retry_after)
        assert told == set(range(AGAIN[0], AGAIN[1] + 1))
        encoder.open.set()
        await asyncio.gather(*tasks)
        queue.check_room()

    asyncio.run(scene())


def test_crowded_is_when_the_last_in_line_waits_long(
    queue: WorkQueue, encoder: HeldEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One waits for two places: half of what an answer takes at the present pace."""

    async def scene() -> None:
        assert not queue.is_crowded()
        await queue.ask(
            "上海的两张网指什么？"
        )  # another: what has been asked is remembered, and held by nobody
        monkeypatch.setattr("bot.web.work_queue.LONG", 0.0)
        assert not queue.is_crowded(), "nobody waits"
        tasks = await filled(queue, encoder)
        assert queue.is_crowded()
        monkeypatch.setattr("bot.web.work_queue.LONG", 60.0)
        assert not queue.is_crowded(), "one waits, but not for a minute"
        monkeypatch.setattr("bot.web.work_queue.LONG", 0.0)
        encoder.open.set()
        await asyncio.gather(*tasks)
        assert not queue.is_crowded()

    asyncio.run(scene())


def test_who_is_refused_is_not_read_first(queue: WorkQueue, encoder: HeldEncoder) -> None:
    """Not a byte of the body, whichever address is asked; other addresses are served all the same."""

    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("read")
        yield b""

    async def scene() -> None:
        tasks = await filled(queue, encoder)
        entry = RequestChecks(
            Response("inside"), queue.service.settings.api, check_room=queue.check_room
        )
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(entry), base_url="http://bot.test"
        ) as client:
            for path in ("/api/ask", "/api/search", "/v1/chat/completions"):
                refused = await client.post(path, content=body())
                assert refused.status_code == 503 and refused.json()["error"]["code"] == "busy"
            for method, path in (
                ("GET", "/api/ask"),
                ("OPTIONS", "/api/ask"),
                ("POST", "/api/feedback"),
            ):
                assert (await client.request(method, path)).text == "inside"
            encoder.open.set()
            await asyncio.gather(*tasks)
            assert (await client.post("/api/ask")).text == "inside"

    asyncio.run(scene())


def test_who_leaves_the_line_makes_room(queue: WorkQueue, encoder: HeldEncoder) -> None:
    async def scene() -> None:
        *held, waiting = await filled(queue, encoder)
        waiting.cancel()
        await until(lambda: figure(queue, "waiting") == 0)
        another = asyncio.create_task(queue.ask(QUESTION))
        await until(lambda: figure(queue, "waiting") == 1)
        encoder.open.set()
        assert all(answer.citations for answer in await asyncio.gather(*held, another))

    asyncio.run(scene())


def test_who_leaves_while_asked_keeps_the_place_until_the_thread_ends(
    queue: WorkQueue, encoder: HeldEncoder
) -> None:
    async def scene() -> None:
        first, second, waiting = await filled(queue, encoder)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert (figure(queue, "working"), figure(queue, "waiting")) == (2, 1)
        encoder.open.set()
        await asyncio.gather(second, waiting)
        await until(lambda: figure(queue, "working") == 0)

    asyncio.run(scene())


def test_nobody_waits_for_ever(
    queue: WorkQueue, encoder: HeldEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.work_queue.PATIENCE", 0.05)

    async def scene() -> None:
        *held, waiting = await filled(queue, encoder)
        with pytest.raises(Busy):
            await waiting
        encoder.open.set()
        await asyncio.gather(*held)

    asyncio.run(scene())


@pytest.fixture
def app(queue: WorkQueue, tmp_path: Path) -> FastAPI:
    app = FastAPI()
    app.add_exception_handler(ChengwenError, error_response)
    app.include_router(ask_router(queue, WidgetSites(Sites(tmp_path / FILE), queue.service)))
    return app


def test_over_http_it_is_503_and_when_to_come_back(
    app: FastAPI, queue: WorkQueue, encoder: HeldEncoder
) -> None:
    async def scene(client: httpx.AsyncClient) -> None:
        tasks = await filled(queue, encoder)
        for body in ({"question": QUESTION}, {"question": QUESTION, "stream": False}):
            answer = await client.post("/api/ask", json=body)
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (503, "busy")
            assert (
                answer.headers["retry-after"] == str(error["retry_after"])
                and str(error["retry_after"]) in error["message"]
            )
        encoder.open.set()
        await asyncio.gather(*tasks)
        answer = await client.post("/api/ask", json={"question": QUESTION})
        assert events(answer.text)[-1][0] == "done"

    async def run() -> None:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://bot.test"
        ) as client:
            await scene(client)

    asyncio.run(run())


def seen(queue: WorkQueue, name: str, value: float) -> None:
    """Waits two seconds at most for a figure."""
    deadline = time.monotonic() + 2
    while figure(queue, name) != value:
        assert time.monotonic() < deadline, (name, figure(queue, name))
        time.sleep(0.01)


@pytest.mark.parametrize("stream", [True, False])
def test_a_reader_who_goes_is_not_waited_for(
    app: FastAPI, queue: WorkQueue, encoder: HeldEncoder, stream: bool
) -> None:
    body = {"question": QUESTION, "stream": stream}
    with serving(app) as address:
        encoder.open.clear()
        ask = partial(httpx.post, f"{address}api/ask", json=body, timeout=30)
        held = [threading.Thread(target=ask) for _ in range(2)]
        for thread in held:
            thread.start()
        seen(queue, "working", 2)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}api/ask", json=body, timeout=0.3)
        seen(queue, "waiting", 0)
        encoder.open.set()
        for thread in held:
            thread.join()
        assert httpx.post(f"{address}api/ask", json=body).status_code == 200


def test_a_stopping_server_finishes_the_answers_under_way(
    app: FastAPI, queue: WorkQueue, encoder: HeldEncoder
) -> None:
    listener = bound({"PORT": "0"})
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=20))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/api/ask"
    while not server.started:
        time.sleep(0.01)
    encoder.open.clear()
    with httpx.stream("POST", address, json={"question": QUESTION}, timeout=20) as answer:
        chunks = answer.iter_text()
        said = next(chunks)
        assert "event: status" in said
        seen(queue, "working", 1)
        server.should_exit = True
        time.sleep(0.3)
        assert thread.is_alive()
        encoder.open.set()
        said += "".join(chunks)
    thread.join(5)
    assert not thread.is_alive() and events(said)[-1][0] == "done"


def test_silence_is_broken_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.api.events.KEEPALIVE_AFTER", 0.02)

    async def slow() -> None:
        async def two() -> AsyncIterator[bytes]:
            yield b"one"
            await asyncio.sleep(0.09)
            yield b"two"

        found = [chunk async for chunk in keep_alive(two())]
        assert (found[0], found[-1]) == (b"one", b"two") and set(found[1:-1]) == {b": ping\n\n"}
        assert 2 <= len(found) - 2 <= 4

    asyncio.run(slow())


def test_the_whole_application_has_one_door(article: Document) -> None:
    async def scene() -> None:
        transport = httpx.ASGITransport(application(article, "api.per_minute=2"))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            body = {"question": QUESTION, "stream": False}
            assert (await client.post("/api/ask", json=body)).json()["text"] == ANSWER
            assert (
                await client.post("/api/search", json={"question": QUESTION})
            ).status_code == 200
            chat = {"messages": [{"role": "user", "content": QUESTION}]}
            refused = await client.post("/v1/chat/completions", json=chat)
            assert refused.status_code == 429 and 58 <= int(refused.headers["retry-after"]) <= 60

    asyncio.run(scene())


def test_in_a_crowd_rules_answer_and_say_so(
    article: Document,
    encoder: HeldEncoder,
    small_reader: SpanReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = WorkQueue(
        Service(build([article], encoder), encoder, load_settings(SMALL, {}), network=small_reader)
    )
    assert asyncio.run(queue.ask(QUESTION)).reader == "neural"
    monkeypatch.setattr("bot.web.work_queue.LONG", -1.0)
    answer = asyncio.run(queue.ask(QUESTION))
    assert (answer.reader, answer.notices) == ("rules", (RULES_ONLY_NOTICE[0],))
