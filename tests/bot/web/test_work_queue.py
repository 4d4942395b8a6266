"""One limit on all questions: what waits, what is refused, and what becomes of those who leave."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
import uvicorn
from conftest import BigramEncoder
from fastapi import FastAPI, Response
from starlette.requests import HTTPConnection
from support.asking import ANSWER, QUESTION, HeldEncoder, application, events
from support.serving import serving

from bot.answer import Answer
from bot.cli.address import bind_socket
from bot.live import Live
from bot.reader.network import SpanReader
from bot.service import RULES_ONLY_NOTICE, Service
from bot.settings import load_settings
from bot.storage.daily_counts import DailyCounts
from bot.storage.sites import FILE, Sites
from bot.web.api.ask import ask_router
from bot.web.api.events import keep_alive
from bot.web.embed import WidgetSites
from bot.web.http_errors import Busy, TooMany, error_response
from bot.web.request_checks import RequestChecks
from bot.web.work_queue import RETRY_AFTER, WAIT_LIMIT, WorkQueue, whole_answer
from corpus import ChengwenError, Document
from index import Vectors
from index.snapshot import build

SMALL = ("api.parallel=2", "api.waiting=1", "api.per_minute=1000")
# No question names one of these titles: each is then searched, and encoded, once.
DOCUMENTS = [
    Document("hangzhou", "甲", "“杭州健康码”日最高使用量超过2685万次。"),
    Document("shanghai", "乙", "上海推进政务服务的两张网建设。"),
    Document("suzhou", "丙", "苏州有城市大脑。"),
]


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class SlowEncoder(BigramEncoder):
    """Takes `seconds` of a clock for every question that it encodes."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self._clock = clock
        self._seconds = seconds

    def encode_query(self, sentences: list[str]) -> Vectors:
        self._clock.now += self._seconds
        return super().encode_query(sentences)


@pytest.fixture
def encoder() -> Iterator[HeldEncoder]:
    held = HeldEncoder()
    yield held
    held.open.set()


def service_of(
    encoder: BigramEncoder, *settings: str, network: SpanReader | None = None
) -> Service:
    """A service on three short documents. Its suggestions are tried out before anything is held."""
    snapshot = build(DOCUMENTS, encoder)
    service = Service(snapshot, encoder, load_settings(settings or SMALL, {}), network=network)
    assert isinstance(service.suggestions.opening, list)
    return service


@pytest.fixture
def queue(encoder: HeldEncoder) -> WorkQueue:
    """Two questions at once, and one that waits."""
    return WorkQueue(Live(service_of(encoder)))


def figure(queue: WorkQueue, name: str, **labels: str) -> float:
    return queue.metrics.registry.get_sample_value(f"chengwen_{name}", labels) or 0.0


def counts(queue: WorkQueue) -> tuple[float, float]:
    """(questions being answered, questions waiting)"""
    return figure(queue, "working"), figure(queue, "waiting")


async def until(true: Callable[[], bool]) -> None:
    """Waits, a second at most, for what must become true."""
    async with asyncio.timeout(1):
        while not true():
            await asyncio.sleep(0.005)


async def filled(queue: WorkQueue, encoder: HeldEncoder) -> list[asyncio.Task[Answer]]:
    """Two questions that are held, and one that waits."""
    encoder.open.clear()
    tasks = [asyncio.create_task(whole_answer(queue.stream(QUESTION))) for _ in range(3)]
    await until(lambda: counts(queue) == (2, 1))
    return tasks


def caller(address: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "client": (address, 1), "headers": []})


def test_an_answer_is_the_services(queue: WorkQueue) -> None:
    answer = asyncio.run(whole_answer(queue.stream(QUESTION)))
    expected = queue.service.ask(QUESTION)
    assert answer.text == expected.text and answer.citations == expected.citations
    assert figure(queue, "answers_total", outcome="answered", reader="rules") == 1


def test_another_service_may_be_asked_instead(queue: WorkQueue) -> None:
    parks = Document("parks", "公园", "全市有120座公园。")
    other = Service(build([parks], None), None, load_settings(SMALL, {}))
    answer = asyncio.run(whole_answer(queue.stream("全市有多少座公园？", service=other)))
    assert [citation.document.doc_id for citation in answer.citations] == ["parks"]


def test_the_turns_before_are_part_of_the_question(queue: WorkQueue) -> None:
    turns = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": ANSWER},
    ]
    answer = asyncio.run(whole_answer(queue.stream("它是多少？", turns)))
    assert answer.text == queue.service.ask("它是多少？", turns).text
    assert answer.text != queue.service.ask("它是多少？").text


def test_a_search_gives_hits_and_the_scores_of_each_stage(queue: WorkQueue) -> None:
    found = asyncio.run(queue.search(QUESTION, 2))
    question = queue.service.understand(QUESTION)
    assert found.hits == queue.service.search(question, 2) and len(found.hits) == 2
    passages = [hit.passage for hit in found.hits]
    assert found.stages == queue.service.explain(question, passages)
    assert figure(queue, "retrieval_seconds_count") == 1


def test_a_full_queue_refuses_at_once_and_recovers(queue: WorkQueue, encoder: HeldEncoder) -> None:
    async def scene() -> None:
        tasks = await filled(queue, encoder)
        for refused in (whole_answer(queue.stream(QUESTION)), queue.search(QUESTION, 3)):
            with pytest.raises(Busy) as caught:
                refused.send(None)
            wait = caught.value.retry_after
            assert 2 <= wait <= 6 and f"{wait} 秒" in str(caught.value)
            assert f"{wait} seconds" in caught.value.message("en")
        assert counts(queue) == (2, 1)
        encoder.open.set()
        texts = [answer.text for answer in await asyncio.gather(*tasks)]
        assert texts == [queue.service.ask(QUESTION).text] * 3
        assert (await whole_answer(queue.stream(QUESTION))).citations
        await until(lambda: counts(queue) == (0, 0))

    asyncio.run(scene())
    assert figure(queue, "refused_total", code="busy") == 2


def test_a_queue_that_may_not_wait_takes_as_many_as_it_answers(encoder: HeldEncoder) -> None:
    """One at once and none waiting: the second is refused, not the first."""
    queue = WorkQueue(Live(service_of(encoder, "api.parallel=1", "api.waiting=0")))

    async def scene() -> None:
        queue.check_capacity()
        encoder.open.clear()
        task = asyncio.create_task(whole_answer(queue.stream(QUESTION)))
        await until(lambda: counts(queue) == (1, 0))
        with pytest.raises(Busy):
            queue.check_capacity()
        encoder.open.set()
        await task

    asyncio.run(scene())


def test_the_refused_are_told_to_come_back_at_different_times(
    queue: WorkQueue, encoder: HeldEncoder
) -> None:
    async def scene() -> None:
        tasks = await filled(queue, encoder)
        waits = set()
        for _ in range(200):
            with pytest.raises(Busy) as caught:
                queue.check_capacity()
            waits.add(caught.value.retry_after)
        assert waits == {2, 3, 4, 5, 6}
        encoder.open.set()
        await asyncio.gather(*tasks)
        queue.check_capacity()

    asyncio.run(scene())


def test_a_caller_is_counted_by_address_and_refused_beyond_the_limit(encoder: HeldEncoder) -> None:
    settings = ("api.per_minute=1", "api.per_day=2", "api.proxies=10.0.0.1")
    queue = WorkQueue(Live(service_of(encoder, *settings)))
    queue.admit(caller("203.0.113.7"))
    with pytest.raises(TooMany):
        queue.admit(caller("203.0.113.7"))
    behind_proxy = caller("10.0.0.1")
    behind_proxy.scope["headers"].append((b"x-forwarded-for", b"203.0.113.7"))
    with pytest.raises(TooMany):
        queue.admit(behind_proxy)
    assert figure(queue, "refused_total", code="too_many") == 2
    queue.admit(caller("203.0.113.8"))
    with pytest.raises(TooMany, match="明天"):
        queue.admit(caller("203.0.113.9"))


def test_the_questions_of_a_day_are_counted_where_they_are_kept(encoder: HeldEncoder) -> None:
    days = DailyCounts()
    WorkQueue(Live(service_of(encoder)), days).admit(caller("203.0.113.7"))
    assert days.wait("", 1) > 0 and days.wait("", 2) == 0


def test_a_full_queue_counts_no_question(queue: WorkQueue, encoder: HeldEncoder) -> None:
    days = DailyCounts()
    queue = WorkQueue(Live(queue.service), days)

    async def scene() -> None:
        tasks = await filled(queue, encoder)
        with pytest.raises(Busy):
            queue.admit(caller("203.0.113.7"))
        encoder.open.set()
        await asyncio.gather(*tasks)

    asyncio.run(scene())
    assert days.wait("", 1) == 0


@pytest.mark.parametrize(("seconds", "rules_only"), [(80.0, False), (81.0, True)])
def test_answers_are_by_rules_only_when_the_last_in_the_queue_waits_over_two_seconds(
    seconds: float, rules_only: bool
) -> None:
    """The first answer takes 80 s, and of the last 20 one is averaged in: 80 / 20 = 4 s. With one
    waiting for two threads the last in the queue waits 4 · 1 / 2 = 2 s."""
    clock = Clock()
    slow = SlowEncoder(clock, seconds)
    queue = WorkQueue(Live(service_of(slow)), clock=clock)

    async def scene() -> None:
        assert not queue.answers_by_rules_only()
        await whole_answer(queue.stream(QUESTION))
        assert not queue.answers_by_rules_only(), "nobody waits"
        held = HeldEncoder()
        queue.live.replace(service_of(held), None)
        tasks = await filled(queue, held)
        assert queue.answers_by_rules_only() is rules_only
        held.open.set()
        await asyncio.gather(*tasks)
        assert not queue.answers_by_rules_only()

    asyncio.run(scene())
    assert figure(queue, "answer_seconds_sum") == seconds


def test_how_long_an_answer_takes_is_averaged_over_the_last_ones() -> None:
    """Two answers of 42 s: 42 / 20 = 2.1 s, then 2.1 + (42 - 2.1) / 20 = 4.1 s, so that the last
    in the queue waits 4.1 / 2 s, just over two; after one of them it would wait 1.05 s."""
    clock = Clock()
    queue = WorkQueue(Live(service_of(SlowEncoder(clock, 42.0))), clock=clock)

    async def scene() -> None:
        await whole_answer(queue.stream(QUESTION))
        await whole_answer(
            queue.stream("上海的两张网指什么？")
        )  # another: what was asked before is remembered
        held = HeldEncoder()
        queue.live.replace(service_of(held), None)
        tasks = await filled(queue, held)
        assert queue.answers_by_rules_only()
        held.open.set()
        await asyncio.gather(*tasks)

    asyncio.run(scene())
    assert figure(queue, "answer_seconds_sum") == 84.0


def test_answers_by_rules_only_do_not_count_for_how_long_others_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are quick because the network does not read: the queue would seem short at once."""
    clock = Clock()
    queue = WorkQueue(Live(service_of(SlowEncoder(clock, 80.0))), clock=clock)
    monkeypatch.setattr("bot.web.work_queue.RULES_ONLY_AFTER", -1.0)
    asyncio.run(whole_answer(queue.stream(QUESTION)))
    monkeypatch.setattr("bot.web.work_queue.RULES_ONLY_AFTER", 0.0)

    async def scene() -> None:
        held = HeldEncoder()
        queue.live.replace(service_of(held), None)
        tasks = await filled(queue, held)
        assert not queue.answers_by_rules_only()
        held.open.set()
        await asyncio.gather(*tasks)

    asyncio.run(scene())


def test_a_search_is_timed_from_its_own_start() -> None:
    clock = Clock()
    clock.now = 1000.0
    queue = WorkQueue(Live(service_of(SlowEncoder(clock, 3.0))), clock=clock)
    asyncio.run(queue.search(QUESTION, 1))
    assert figure(queue, "retrieval_seconds_sum") == 3.0


def test_what_is_refused_is_not_read_first(queue: WorkQueue, encoder: HeldEncoder) -> None:
    """Not a byte of the body, whichever address is asked; other addresses are served."""

    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("read")
        yield b""

    async def scene() -> None:
        tasks = await filled(queue, encoder)
        checks = RequestChecks(
            Response("inside"), queue.service.settings.api, check_capacity=queue.check_capacity
        )
        transport = httpx.ASGITransport(checks)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
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


def test_a_caller_who_leaves_the_queue_makes_room(queue: WorkQueue, encoder: HeldEncoder) -> None:
    async def scene() -> None:
        *held, waiting = await filled(queue, encoder)
        waiting.cancel()
        await until(lambda: figure(queue, "waiting") == 0)
        another = asyncio.create_task(whole_answer(queue.stream(QUESTION)))
        await until(lambda: figure(queue, "waiting") == 1)
        encoder.open.set()
        assert all(answer.citations for answer in await asyncio.gather(*held, another))

    asyncio.run(scene())


def test_a_caller_who_leaves_during_the_answer_keeps_the_thread_until_it_ends(
    queue: WorkQueue, encoder: HeldEncoder
) -> None:
    async def scene() -> None:
        first, second, waiting = await filled(queue, encoder)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert counts(queue) == (2, 1)
        encoder.open.set()
        await asyncio.gather(second, waiting)
        await until(lambda: figure(queue, "working") == 0)

    asyncio.run(scene())


def test_a_question_waits_for_its_turn_only_so_long(
    queue: WorkQueue, encoder: HeldEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.work_queue.WAIT_LIMIT", 0.05)

    async def scene() -> None:
        *held, waiting = await filled(queue, encoder)
        with pytest.raises(Busy):
            await waiting
        encoder.open.set()
        await asyncio.gather(*held)

    asyncio.run(scene())


def test_the_documentation_says_how_long_a_question_waits() -> None:
    text = (Path(__file__).parents[3] / "docs/api.md").read_text("utf-8")
    first, last = RETRY_AFTER
    assert f"{WAIT_LIMIT:.0f} 秒没有轮到" in text and f"在 {first} 至 {last} 秒间" in text
    assert f"did not come in {WAIT_LIMIT:.0f} seconds" in text


@pytest.fixture
def app(queue: WorkQueue, tmp_path: Path) -> FastAPI:
    app = FastAPI()
    app.add_exception_handler(ChengwenError, error_response)
    app.include_router(ask_router(queue, WidgetSites(Sites(tmp_path / FILE), Live(queue.service))))
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


def wait_for(queue: WorkQueue, name: str, value: float) -> None:
    """Waits for a figure; a minute, so that a busy machine fails nothing."""
    deadline = time.monotonic() + 60
    while figure(queue, name) != value:
        assert time.monotonic() < deadline, (name, figure(queue, name))
        time.sleep(0.01)


@pytest.mark.slow
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
        wait_for(queue, "working", 2)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}api/ask", json=body, timeout=0.3)
        wait_for(queue, "waiting", 0)
        encoder.open.set()
        for thread in held:
            thread.join()
        assert httpx.post(f"{address}api/ask", json=body).status_code == 200


@pytest.mark.slow
def test_a_stopping_server_finishes_the_answers_under_way(
    app: FastAPI, queue: WorkQueue, encoder: HeldEncoder
) -> None:
    listener = bind_socket({"PORT": "0"})
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
        text = next(chunks)
        assert "event: status" in text
        wait_for(queue, "working", 1)
        server.should_exit = True
        time.sleep(0.3)
        assert thread.is_alive()
        encoder.open.set()
        text += "".join(chunks)
    thread.join(5)
    assert not thread.is_alive() and events(text)[-1][0] == "done"


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


@pytest.mark.slow
def test_the_whole_application_has_one_limit(article: Document) -> None:
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


def test_where_many_wait_rules_answer_and_say_so(
    encoder: HeldEncoder,
    small_reader: SpanReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = WorkQueue(Live(service_of(encoder, *SMALL, "reader=neural", network=small_reader)))
    assert asyncio.run(whole_answer(queue.stream(QUESTION))).reader == "neural"
    monkeypatch.setattr("bot.web.work_queue.RULES_ONLY_AFTER", -1.0)
    answer = asyncio.run(whole_answer(queue.stream(QUESTION)))
    assert (answer.reader, answer.notices) == ("rules", (RULES_ONLY_NOTICE[0],))
