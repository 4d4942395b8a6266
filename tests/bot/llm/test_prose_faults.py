"""Models that fail, through the client: the reader gets the extract, or the sentences already sent, with a notice."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from time import monotonic

import pytest
from support.scripted_model import (
    RESET,
    Script,
    ScriptedModel,
    answering,
    cut_short,
    empty_deltas,
    failing,
    failing_within,
    filtered_before,
    filtered_within,
    garbage,
    half,
    html,
    in_english,
    json_instead,
    long_line,
    marks_out_of_range,
    no_text,
    not_gzip,
    pieces,
    ping_only,
    prose,
    redirecting,
    refusing,
    scripted_model,
    slow_headers,
    stalling,
    thinking,
    thinking_aloud,
    too_long,
    without_done,
    without_end,
    without_finish,
    wrong_shape,
    wrong_type,
)
from support.writing import SENTENCES, checker, extract, llm_settings

from bot.answer import Answer
from bot.llm.client import ChatModel
from bot.llm.one_by_one import whole
from bot.llm.verdict import CHECKED, INSTEAD
from bot.llm.writer import Writer

FIRST, SECOND = SENTENCES["zh"][:2]
SAID = (f"{FIRST}[1]", f"{SECOND}[2]", "供热价格由")
"""One sentence for certain, one that a mark may follow until the next begins, and a part of another."""


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with scripted_model(prose("")) as running:
        yield running


async def _read(url: str) -> tuple[list[str], Answer]:
    settings = llm_settings(url=url, first_seconds="1", gap_seconds="3", whole_seconds="60")
    chat = ChatModel(settings)
    sent: list[str] = []
    async with aclosing(Writer(chat, checker(), settings).write(extract())) as read:
        async for piece in read:
            if isinstance(piece, Answer):
                await chat.aclose()
                return sent, piece
            sent.append(piece)
    raise AssertionError("no answer")


def read(url: str) -> tuple[list[str], Answer]:
    return asyncio.run(_read(url))


NOTHING: dict[str, Script] = {
    "slow headers": slow_headers(),
    "pings alone": ping_only(),
    "empty deltas": empty_deltas(),
    "silence": stalling(),
    "reset at once": half(ending=RESET),
    "garbage at once": garbage(),
    "html": html(),
    "html with an error": html(502),
    "json in place of a stream": json_instead(),
    "another type": wrong_type(),
    "no utf-8": no_text(),
    "no gzip": not_gzip(),
    "no completion": wrong_shape({"object": "list"}),
    "a list": wrong_shape([1, 2]),
    "301": redirecting("http://127.0.0.1:1/v1", 301),
    "307": redirecting("http://127.0.0.1:1/v1", 307),
    "401": failing(401),
    "404": failing(404),
    "429": failing(429),
    "429 with a time": failing(429, retry_after="30"),
    "500": failing(500),
    "503": failing(503),
    "one long line": long_line(1 << 26),
    "filter": filtered_before(),
    "too long": too_long(),
    "filter within": filtered_within(),
    "an error within": failing_within(),
    "nothing": prose(""),
    "nothing, and no end": without_finish(),
    "another language": in_english(),
}
"""Models that bring no sentence."""

BROKEN: dict[str, Script] = {
    "stall": stalling(*SAID),
    "half": half(*SAID),
    "half, then reset": half(*SAID, ending=RESET),
    "no finish": without_finish(*SAID),
    "no finish and no [DONE]": without_finish(*SAID, done=False),
    "garbage": garbage(*SAID),
    "filter": filtered_within(*SAID),
    "error": failing_within(*SAID),
    "length": cut_short(*SAID),
}
"""Models that break off after two sentences."""

WHOLE: dict[str, Script] = {
    "plain": prose(*SAID[:2]),
    "in small pieces": prose(*pieces("".join(SAID[:2]), 1)),
    "without [DONE]": without_done(*SAID[:2]),
    "thinking": thinking(*SAID[:2]),
    "thinking aloud": thinking_aloud("".join(SAID[:2])),
    "a lone </think>": thinking_aloud("".join(SAID[:2]), opened=False),
}
"""Models that say all of it."""


@pytest.mark.parametrize("name", NOTHING)
def test_a_model_that_brings_nothing_costs_the_prose_alone(name: str, model: ScriptedModel) -> None:
    model.script = NOTHING[name]
    sent, answer = read(model.url)
    extracted = extract().answer
    assert sent == []
    assert (answer.text, answer.citations) == (extracted.text, extracted.citations)
    assert (answer.form, answer.reader, answer.ai_generated) == ("fact", "rules", False)
    assert len(answer.notices) == 1 and answer.notices[0].endswith(INSTEAD[0])


def test_a_model_that_is_not_there() -> None:
    with refusing() as url:
        sent, answer = read(url)
    assert sent == []
    assert answer.text == extract().answer.text
    assert len(answer.notices) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_what_was_sent_stays(name: str, model: ScriptedModel) -> None:
    model.script = BROKEN[name]
    sent, answer = read(model.url)
    assert sent == [f"{FIRST}[1]", f"{SECOND}[2]"]
    assert answer.text == "".join(sent)
    assert (answer.form, answer.reader, answer.extract) == ("prose", "llm", extract().answer)
    assert len(answer.notices) == 1 and answer.notices[0].endswith(CHECKED[0])


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_whole_has_no_notice(name: str, model: ScriptedModel) -> None:
    model.script = WHOLE[name]
    sent, answer = read(model.url)
    assert answer.text == "".join(sent) == f"{FIRST}[1]{SECOND}[2]"
    assert answer.notices == ()


def test_marks_out_of_range(model: ScriptedModel) -> None:
    model.script = marks_out_of_range()
    _, answer = read(model.url)
    assert answer.text == extract().answer.text


def test_endless_repetition_is_left(model: ScriptedModel) -> None:
    model.script = without_end(f"{FIRST}[1]")
    model.exchanges.clear()
    sent, answer = read(model.url)
    assert sent == [f"{FIRST}[1]"] and answer.text == sent[0]
    (exchange,) = model.exchanges
    assert exchange.over.wait(20) and exchange.closed_at is not None


def test_the_call_ends_when_the_reader_leaves(model: ScriptedModel) -> None:
    model.script = stalling(f"{FIRST}[1]", SECOND)
    model.exchanges.clear()

    async def leave() -> float:
        settings = llm_settings(url=model.url)
        chat = ChatModel(settings)
        pieces = Writer(chat, checker(), settings).write(extract())
        assert await anext(pieces) == f"{FIRST}[1]"
        left = monotonic()
        await pieces.aclose()
        await chat.aclose()
        return left

    asyncio.run(leave())
    (exchange,) = model.exchanges
    assert exchange.over.wait(20)
    assert exchange.closed_at is not None and not exchange.played


def test_the_model_dies_in_the_middle_and_the_next_question_gets_the_extract() -> None:
    with scripted_model(stalling(*SAID)) as model:
        settings = llm_settings(url=model.url)

        async def ask() -> tuple[Answer, Answer]:
            chat = ChatModel(settings)
            writer = Writer(chat, checker(), settings)
            first = await _last(writer, lambda: model.stop())
            second = await _last(writer, lambda: None)
            await chat.aclose()
            return first, second

        first, second = asyncio.run(ask())
    assert (first.form, first.text) == ("prose", f"{FIRST}[1]{SECOND}[2]")
    assert second.text == extract().answer.text
    assert len(first.notices) == len(second.notices) == 1


def test_two_hundred_at_once_neither_fail_nor_mix(model: ScriptedModel) -> None:
    def first_sentence(messages: Sequence[Mapping[str, str]]) -> str:
        line = messages[-1]["content"].partition("[1] ")[2]
        return f"{line.partition('。')[0]}。[1]"

    model.script = answering(first_sentence, size=3, pause=0.01)
    lines = [f"第{n}号换热站有{n + 1}台锅炉。" for n in range(200)]
    asked = [extract(sentences=[line, SECOND]) for line in lines]

    async def ask() -> list[Answer]:
        long = dict.fromkeys(("first_seconds", "gap_seconds", "whole_seconds"), "3600")
        settings = llm_settings(url=model.url, **long)
        chat = ChatModel(settings)
        writer = Writer(chat, checker(), settings)
        answers = await asyncio.gather(*(whole(writer, one) for one in asked))
        await chat.aclose()
        return answers

    for line, one, answer in zip(lines, asked, asyncio.run(ask()), strict=True):
        assert (answer.form, answer.text) == ("prose", f"{line}[1]")
        assert answer.citations == one.candidates[:1]


async def _last(writer: Writer, after_two: Callable[[], None]) -> Answer:
    """The answer; `after_two` is called once two sentences were sent."""
    sent = 0
    async with aclosing(writer.write(extract())) as read:
        async for piece in read:
            if isinstance(piece, Answer):
                return piece
            sent += 1
            if sent == 2:
                await asyncio.to_thread(after_two)
    raise AssertionError("no answer")
