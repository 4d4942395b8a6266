"""Whoever leaves ends the call to the model at once; many who ask at once do not disturb each other."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing

import anyio
import pytest
from support.model_asking import PATIENT, Asked, asked, model_settings
from support.scripted_model import (
    Exchange,
    Script,
    answering,
    prose,
    scripted_model,
    stalling,
    without_end,
)

from bot.llm.client import ChatModel, Message

Leaving = Callable[[AsyncGenerator[str, None]], Awaitable[None]]


async def closes(stream: AsyncGenerator[str, None]) -> None:
    """Takes a word and has enough."""
    async with aclosing(stream):
        await anext(stream)


async def is_cancelled(stream: AsyncGenerator[str, None]) -> None:
    """Is cancelled as it waits for a word."""

    async def wait() -> None:
        async with aclosing(stream):
            async for _ in stream:
                pass

    task = asyncio.ensure_future(wait())
    await asyncio.sleep(0.3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def is_cancelled_by_its_server(stream: AsyncGenerator[str, None]) -> None:
    """As Starlette does it: everything within a scope is cancelled, again and again."""
    with anyio.move_on_after(0.3):
        async with aclosing(stream):
            async for _ in stream:
                await anyio.sleep(0)


async def forgets(stream: AsyncGenerator[str, None]) -> None:
    """Takes a word and drops the stream without closing it."""
    await anext(stream)


async def closes_before_any_word(stream: AsyncGenerator[str, None]) -> None:
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.3)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


LEAVING = [closes, is_cancelled, is_cancelled_by_its_server, forgets]


@pytest.mark.parametrize("leave", LEAVING)
@pytest.mark.parametrize("script", [stalling("首批"), without_end(pause=0.01)])
def test_the_call_ends_within_a_second(leave: Leaving, script: Script) -> None:
    async def run() -> float:
        model = ChatModel(model_settings(server.url))
        question: list[Message] = [{"role": "user", "content": "首批有多少个小区？"}]
        await leave(model.stream(question))
        gc.collect()
        left = asyncio.get_running_loop().time()
        (exchange,) = server.exchanges
        # In a thread: our own loop goes on, as it does in a server.
        assert await asyncio.to_thread(exchange.over.wait, PATIENT)
        assert exchange.closed_at is not None and not exchange.played
        assert not model.breaker.is_open and not model.figures.failures
        await model.aclose()
        return exchange.closed_at - left

    with scripted_model(script) as server:
        assert asyncio.run(run()) < 1


def test_one_who_leaves_before_the_headers_ends_the_call_too() -> None:
    async def run() -> Exchange:
        model = ChatModel(model_settings(server.url))
        await closes_before_any_word(model.stream([{"role": "user", "content": "问"}]))
        exchange = server.wait_for(1)[0]
        assert await asyncio.to_thread(exchange.over.wait, PATIENT)
        await model.aclose()
        return exchange

    with scripted_model(prose("太迟", first=PATIENT)) as server:
        exchange = asyncio.run(run())
    assert exchange.closed_at is not None and not exchange.played


def test_what_was_written_for_one_who_left_is_counted() -> None:
    async def run(url: str) -> int:
        model = ChatModel(model_settings(url))
        await closes(model.stream([{"role": "user", "content": "问" * 100}]))
        await model.aclose()
        return model.figures.tokens_asked

    with scripted_model(stalling("首批")) as server:
        assert asyncio.run(run(server.url)) > 100


def echo(messages: Sequence[Mapping[str, str]]) -> str:
    return f"{messages[-1]['content']}。" * 20


def ask_many(url: str, many: int) -> list[Asked]:
    async def run() -> list[Asked]:
        model = ChatModel(model_settings(url))

        async def one(number: int) -> Asked:
            texts = []
            question: list[Message] = [{"role": "user", "content": f"第{number}问"}]
            async with aclosing(model.stream(question)) as stream:
                async for text in stream:
                    texts.append(text)
            return Asked(tuple(texts), None)

        answers = await asyncio.gather(*(one(number) for number in range(many)))
        await model.aclose()
        return answers

    return asyncio.run(run())


@pytest.mark.slow
def test_two_hundred_at_once_get_their_own_answers() -> None:
    with scripted_model(answering(echo, pause=0.01)) as server:
        answers = ask_many(server.url, 200)
        assert len(server.exchanges) == 200
    assert [answer.text for answer in answers] == [f"第{number}问。" * 20 for number in range(200)]


def test_a_question_leaves_nothing_behind() -> None:
    """Not one object, that is: a hundred questions would leave a hundred."""

    async def run(url: str) -> int:
        model = ChatModel(model_settings(url, day_tokens=0))
        # The connections that are kept are there from the first ten on.
        await ten(model)
        before = objects()
        for _ in range(10):
            await ten(model)
        kept = objects() - before
        await model.aclose()
        return kept

    async def ten(model: ChatModel) -> None:
        await asyncio.gather(*(asked(model) for _ in range(10)))

    def objects() -> int:
        server.exchanges.clear()
        gc.collect()
        return len(gc.get_objects())

    with scripted_model(prose("首批有112个小区。[1]")) as server:
        assert asyncio.run(run(server.url)) < 100
