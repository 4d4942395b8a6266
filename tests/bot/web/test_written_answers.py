"""Prose outside of the queue: what is sent and when, how many are written at once, and what becomes of who leaves."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import pytest
from support.prose import MODEL, TOWNS, faithful, question_about, settings_of, towns
from support.scripted_model import (
    ScriptedModel,
    failing,
    half,
    pieces,
    prose,
    scripted_model,
    stalling,
)

from bot.answer import Answer
from bot.extract import Extract
from bot.live import Live
from bot.service import Service
from bot.settings import load_settings
from bot.web.prose import CROWDED_NOTICE
from bot.web.work_queue import WorkQueue, whole_answer
from index.snapshot import build

FIRST = "东镇有100座凉亭。[1]"
BOTH = f"{FIRST}东镇有一条河。[2]"


@contextmanager
def queue_of(model: ScriptedModel, *settings: str) -> Iterator[WorkQueue]:
    chosen = load_settings(settings_of(model.url, *settings), {})
    yield WorkQueue(Live(Service(build(towns(), None), None, chosen)))


def figure(queue: WorkQueue, name: str, **labels: str) -> float:
    return queue.metrics.registry.get_sample_value(f"chengwen_{name}", labels) or 0.0


async def all_of(queue: WorkQueue, question: str) -> list[Any]:
    async with aclosing(queue.stream(question)) as stream:
        return [piece async for piece in stream]


def ask(queue: WorkQueue, at: int = 0) -> list[Any]:
    async def scene() -> list[Any]:
        try:
            return await all_of(queue, question_about(at))
        finally:
            assert queue.prose is not None
            await queue.prose.aclose()

    return asyncio.run(scene())


def test_the_extract_comes_first_then_sentences_then_the_answer() -> None:
    with scripted_model(faithful()) as model, queue_of(model) as queue:
        extract, *sentences, answer = ask(queue)
    assert isinstance(extract, Extract) and extract.answer.text == FIRST
    assert "".join(sentences) == answer.text == BOTH and len(sentences) == 2
    assert (answer.reader, answer.form, answer.written_by) == ("llm", "prose", MODEL)
    assert answer.extract == extract.answer and answer.hits == extract.answer.hits
    assert figure(queue, "answers_total", outcome="answered", reader="llm") == 1
    assert figure(queue, "llm_answers_total", ending="prose") == 1
    assert figure(queue, "llm_sentences_total", fate="kept") == 2
    assert figure(queue, "llm_tokens_total", of="messages") == 100
    assert figure(queue, "llm_tokens_total", of="answers") > 0
    assert figure(queue, "llm_writing") == 0


@pytest.mark.parametrize("question", ["你好", "火星镇的市长是谁？"])
def test_what_is_not_answered_costs_no_call(question: str) -> None:
    async def scene(queue: WorkQueue) -> list[Any]:
        return await all_of(queue, question)

    with scripted_model(faithful()) as model, queue_of(model) as queue:
        extract, answer = asyncio.run(scene(queue))
        assert answer == extract.answer and not answer.notices and not model.exchanges


def test_a_model_that_fails_costs_the_prose_alone() -> None:
    with scripted_model(failing(500)) as model, queue_of(model) as queue:
        extract, answer = ask(queue)
        calls = len(model.exchanges)
    assert (answer.text, answer.reader) == (FIRST, extract.answer.reader)
    assert len(answer.notices) == 1 and answer.ai_generated is False
    assert figure(queue, "llm_fallbacks_total", why="broken") == 1
    assert figure(queue, "llm_failures_total", kind="broken") == 1
    assert figure(queue, "llm_requests_total") == calls > 1


def test_what_was_sent_of_a_broken_stream_stays() -> None:
    script = half(*pieces(f"{FIRST}东镇有一条"))
    with scripted_model(script) as model, queue_of(model) as queue:
        _, sentence, answer = ask(queue)
    assert sentence == answer.text == FIRST and answer.ai_generated and len(answer.notices) == 1
    assert figure(queue, "llm_broken_total", why="cut") == 1


def test_refusals_and_what_is_dropped_are_counted() -> None:
    with scripted_model(prose("资料中没有答案。")) as model, queue_of(model) as queue:
        extract, answer = ask(queue)
    assert answer.text == extract.answer.text and answer.notices
    assert figure(queue, "llm_refusals_total") == 1
    wrong = f"{FIRST}东镇有一条河。[2]东镇有999座桥。[1]"
    with scripted_model(prose(*pieces(wrong))) as model, queue_of(model) as queue:
        *_, answer = ask(queue)
    assert answer.text == BOTH
    assert figure(queue, "llm_sentences_total", fate="dropped") == 1
    assert figure(queue, "llm_marks_dropped_total") == 1
    assert figure(queue, "llm_checks_failed_total", check="values") == 1


def test_a_thread_is_free_while_models_write() -> None:
    """One thread; twenty questions are extracted before any prose is whole."""

    async def scene(queue: WorkQueue, model: ScriptedModel) -> list[Answer]:
        asking = [
            asyncio.create_task(whole_answer(queue.stream(question_about(at)))) for at in range(20)
        ]
        await asyncio.to_thread(model.wait_for, 20)
        assert not any(task.done() for task in asking)
        assert figure(queue, "llm_writing") == 20 and figure(queue, "working") == 0
        model.stop()
        return await asyncio.gather(*asking)

    with scripted_model(stalling("等")) as model, queue_of(model, "api.parallel=1") as queue:
        answers = asyncio.run(scene(queue, model))
    texts = [answer.text for answer in answers]
    assert texts == [f"{name}镇有{100 + at}座凉亭。[1]" for at, name in enumerate(TOWNS)]
    assert figure(queue, "llm_writing") == 0


def test_beyond_the_streams_there_are_extracts() -> None:
    async def scene(queue: WorkQueue, model: ScriptedModel) -> Answer:
        first = asyncio.create_task(whole_answer(queue.stream(question_about(0))))
        await asyncio.to_thread(model.wait_for, 1)
        second = await whole_answer(queue.stream(question_about(1)))
        first.cancel()
        await asyncio.wait({first})
        return second

    with scripted_model(stalling("等")) as model, queue_of(model, "llm.streams=1") as queue:
        answer = asyncio.run(scene(queue, model))
        assert len(model.exchanges) == 1
    assert (answer.text, answer.notices) == (
        "南镇有101座凉亭。[1]".replace("南", TOWNS[1]),
        (CROWDED_NOTICE[0],),
    )
    assert figure(queue, "llm_crowded_total") == 1 and figure(queue, "llm_writing") == 0


async def _leave_between_pieces(stream: AsyncGenerator[Any, None]) -> None:
    assert isinstance(await anext(stream), Extract)
    assert await anext(stream) == FIRST
    await stream.aclose()


async def _leave_while_waiting(stream: AsyncGenerator[Any, None]) -> None:
    await anext(stream)
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.wait({waiting})


@pytest.mark.parametrize("leave", [_leave_between_pieces, _leave_while_waiting])
def test_who_leaves_ends_the_call(leave: Any) -> None:
    async def scene(queue: WorkQueue, model: ScriptedModel) -> None:
        await leave(queue.stream(question_about(0)))
        (exchange,) = model.exchanges
        assert await asyncio.to_thread(exchange.over.wait, 60)
        assert exchange.closed_at is not None

    with scripted_model(stalling(*pieces(f"{FIRST}东镇有"))) as model, queue_of(model) as queue:
        asyncio.run(scene(queue, model))
    assert figure(queue, "llm_writing") == 0
    assert figure(queue, "llm_answers_total", ending="left") == 1
