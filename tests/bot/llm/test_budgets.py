"""Tokens of a question, a site and a day: nothing is asked beyond them, and no more is counted than was used."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from support.model_asking import MESSAGES, asked, model_settings
from support.scripted_model import (
    answer_in_full,
    failing,
    half,
    prose,
    scripted_model,
    without_done,
)

from bot.llm.budgets import MESSAGE_TOKENS, Budgets, estimated_tokens
from bot.llm.client import ChatModel, Figures
from bot.llm.failures import ModelFailed
from bot.settings import LlmSettings
from bot.storage.daily_counts import DAY, DailyCounts
from index.remote.retries import MOST

ASKED = estimated_tokens(message["content"] for message in MESSAGES)


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def budgets(clock: Clock | None = None, **values: Any) -> Budgets:
    settings = LlmSettings(url="http://127.0.0.1/v1", model="m", **values)
    return Budgets(settings, DailyCounts(clock=clock or Clock()))


def is_refused(budgets: Budgets, owner: str, tokens: int) -> bool:
    try:
        budgets.set_aside(owner, tokens)
    except ModelFailed as failure:
        assert failure.kind == "budget"
        return True
    return False


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("首批", MESSAGE_TOKENS + 2),
        ("首批112个", MESSAGE_TOKENS + 4),
        ("twelve letters", MESSAGE_TOKENS + 5),
        ("👍", MESSAGE_TOKENS + 1),
    ],
)
def test_estimates(text: str, tokens: int) -> None:
    assert estimated_tokens([text]) == tokens


def test_what_is_set_aside_may_fill_the_day_and_not_one_token_more() -> None:
    day = budgets(day_tokens=100)
    assert is_refused(day, "", 101)
    day.set_aside("", 60)
    assert is_refused(day, "", 41)
    assert not is_refused(day, "", 40)
    assert is_refused(day, "", 1)


def test_what_was_not_used_is_given_back() -> None:
    day = budgets(day_tokens=100)
    day.set_aside("", 90).settle(10)
    assert is_refused(day, "", 91)
    share = day.set_aside("", 90)
    # A server may write more than it was asked for.
    share.settle(200)
    assert is_refused(day, "", 1)


def test_a_site_has_its_own_tokens_within_those_of_all() -> None:
    day = budgets(day_tokens=150, site_tokens=100)
    day.set_aside("a", 100)
    assert is_refused(day, "a", 1)
    assert is_refused(day, "b", 51)
    assert not is_refused(day, "b", 50)
    assert is_refused(day, "", 1)


def test_what_is_refused_is_set_aside_for_nobody() -> None:
    day = budgets(day_tokens=150, site_tokens=100)
    assert is_refused(day, "a", 101)
    day.set_aside("b", 100)
    assert not is_refused(day, "a", 50)


def test_without_a_limit_there_is_none() -> None:
    day = budgets(day_tokens=0, site_tokens=0)
    assert not is_refused(day, "a", 10**12)


def test_a_day_ends() -> None:
    clock = Clock()
    day = budgets(clock, day_tokens=100)
    share = day.set_aside("", 100)
    clock.now += DAY
    assert not is_refused(day, "", 100)
    # What ends in the new day takes nothing from it that was not there.
    share.settle(0)
    assert is_refused(day, "", 101)


def test_the_day_goes_on_after_a_restart(tmp_path: Path) -> None:
    settings = LlmSettings(day_tokens=100)
    counts = DailyCounts(tmp_path / "tokens.sqlite3")
    Budgets(settings, counts).set_aside("", 100)
    counts.write()
    assert is_refused(Budgets(settings, DailyCounts(tmp_path / "tokens.sqlite3")), "", 1)


# In the client


def figures(script: Any, many: int = 1, **values: Any) -> tuple[Figures, int, list[str | None]]:
    """The figures after `many` questions, the requests that came, and the kinds of the failures."""

    async def run() -> tuple[Figures, int, list[str | None]]:
        model = ChatModel(model_settings(server.url, **values))
        kinds = [(await asked(model, "site")).kind for _ in range(many)]
        await model.aclose()
        return model.figures, len(server.exchanges), kinds

    with scripted_model(script) as server:
        return asyncio.run(run())


def test_tokens_are_counted_as_the_server_counts_them() -> None:
    counted, _, _ = figures(prose("首批", "112 个"), many=3)
    assert (counted.tokens_asked, counted.tokens_written) == (300, 3 * 7)


def test_tokens_that_no_server_counted_are_estimated() -> None:
    for script in (without_done("首批"), half("首批")):
        counted, _, _ = figures(script)
        assert counted.tokens_asked == ASKED
        assert counted.tokens_written == estimated_tokens(["首批"])


def test_thoughts_cost_tokens_though_nothing_comes_of_them() -> None:
    thought = 'data: {"choices": [{"delta": {"reasoning_content": "想一想"}}]}\n\n'
    counted, _, kinds = figures(answer_in_full(200, thought.encode(), "text/event-stream"))
    assert kinds == ["cut"]
    assert counted.tokens_written == (1 + MOST) * estimated_tokens(["想一想"])


def test_what_was_never_read_costs_nothing() -> None:
    counted, _, _ = figures(failing(401))
    assert (counted.tokens_asked, counted.tokens_written) == (0, 0)


def test_nothing_is_asked_beyond_the_day() -> None:
    used = 100 + 7
    counted, requests, kinds = figures(
        prose("首批", "112 个"), many=5, answer_tokens=50, day_tokens=2 * used + ASKED + 50
    )
    assert kinds == [None, None, None, "budget", "budget"]
    assert requests == counted.calls == 3
    _, requests, kinds = figures(prose("a"), many=2, site_tokens=ASKED + 99, answer_tokens=100)
    assert (requests, kinds) == (0, ["budget", "budget"])


def test_fifty_at_once_stay_within_the_day() -> None:
    async def run(url: str) -> list[str | None]:
        model = ChatModel(model_settings(url, answer_tokens=100, day_tokens=10 * (ASKED + 100)))
        answers = await asyncio.gather(*(asked(model) for _ in range(50)))
        await model.aclose()
        return [answer.kind for answer in answers]

    # The server waits for the last of those who are let in.
    with scripted_model(prose("首批", first=1.0)) as server:
        kinds = asyncio.run(run(server.url))
        assert len(server.exchanges) == kinds.count(None) == 10


def test_a_question_has_its_tokens_for_all_its_calls() -> None:
    """Each call breaks off before a word, but its messages were read: too few are left for a third."""
    assert 2 * ASKED + 16 <= 100 < 3 * ASKED + 16
    _, requests, kinds = figures(half(), question_tokens=100, answer_tokens=16)
    assert (requests, kinds) == (2, ["budget"])


def test_an_answer_may_be_as_long_as_the_question_has_tokens_left() -> None:
    with scripted_model(prose("首批")) as server:

        async def run() -> None:
            model = ChatModel(model_settings(server.url, question_tokens=ASKED + 100))
            await asked(model)
            await model.aclose()

        asyncio.run(run())
        assert server.exchanges[0].body["max_tokens"] == 100


def test_a_server_that_counts_wildly_is_not_believed() -> None:
    counted = '{"prompt_tokens": 99999999999, "completion_tokens": 1}'
    event = (
        f'data: {{"choices": [{{"delta": {{}}, "finish_reason": "stop"}}], "usage": {counted}}}\n\n'
    )
    figured, _, kinds = figures(answer_in_full(200, event.encode(), "text/event-stream"))
    assert kinds == [None] and figured.tokens_asked == ASKED
