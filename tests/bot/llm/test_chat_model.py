"""Everything that a model and its server may do wrong, over real sockets, and what the program makes of it."""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import aclosing

import pytest
from support.model_asking import KEY, MESSAGES, PATIENT, ask, asked, model_settings
from support.scripted_model import (
    HANG_UP,
    RESET,
    Exchange,
    Script,
    Step,
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
    in_turn,
    json_instead,
    lingering,
    long_error,
    long_line,
    marks_out_of_range,
    no_text,
    not_gzip,
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

from bot.llm.client import ChatModel
from bot.llm.deadlines import AFTERWARDS
from bot.llm.failures import NOTICES
from index.remote import retries
from index.remote.breaker import FAILURES, PAUSE
from index.remote.failures import KINDS
from index.remote.retries import MOST


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once, unless the server says when."""
    monkeypatch.setattr(retries, "FIRST_WAIT", 0.01)


SAID = ("首批", "112 个", "小区。[1]")
WHOLE = "".join(SAID)

SOON = 0.5
"""Seconds of a deadline that a test is about, where nothing has to happen before."""

LATER = 3.0
"""Seconds of one before which something has to happen, on a busy machine too."""


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (prose(*SAID), WHOLE),
        (prose(), ""),
        (prose(" ", "\n", *SAID), " \n" + WHOLE),
        (thinking(*SAID), WHOLE),
        (without_done(*SAID), WHOLE),
        (prose("👍", "𠮷", "\u2028"), "👍𠮷\u2028"),
        # What these say is for others to judge: they are whole.
        (thinking_aloud(WHOLE, opened=False), None),
        (marks_out_of_range(), None),
        (in_english(), None),
    ],
)
def test_answers_that_are_whole(script: Script, text: str | None) -> None:
    with scripted_model(script) as model:
        answer = ask(model.url)
        assert answer.failure is None
        assert text is None or answer.text == text
        assert len(model.exchanges) == 1


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (half(*SAID), "cut"),
        (half(*SAID, ending=RESET), "cut"),
        (without_finish(*SAID), "cut"),
        (without_finish(*SAID, done=False), "cut"),
        (prose(*SAID, finish="tool_calls"), "cut"),
        (garbage(*SAID), "garbage"),
        (failing_within(*SAID), "broken"),
        (cut_short(*SAID), "length"),
        (filtered_within(*SAID), "filtered"),
    ],
)
def test_what_fails_behind_the_first_words_keeps_them_and_is_not_asked_again(
    script: Script, kind: str
) -> None:
    with scripted_model(script) as model:
        answer = ask(model.url)
        assert (answer.text, answer.kind) == (WHOLE, kind)
        assert len(model.exchanges) == 1


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (html(), "garbage"),
        (json_instead(), "garbage"),
        (wrong_type(), "garbage"),
        (wrong_type("application/octet-stream"), "garbage"),
        (no_text(), "garbage"),
        (not_gzip(), "garbage"),
        (garbage(), "garbage"),
        (wrong_shape([]), "garbage"),
        (wrong_shape({"ok": True}), "garbage"),
        (long_line(), "garbage"),
        (failing(400), "rejected"),
        (failing(401), "rejected"),
        (failing(403), "rejected"),
        (failing(404), "rejected"),
        (failing(429, "insufficient_quota"), "rejected"),
        (filtered_before(), "filtered"),
        (filtered_before("data_inspection_failed"), "filtered"),
        (filtered_before("invalid_request_error", "Content Exists Risk"), "filtered"),
        (too_long(), "too_long"),
        (too_long(None), "too_long"),
        (failing(413), "too_long"),
        (filtered_within(), "filtered"),
        (cut_short(), "length"),
    ],
)
def test_what_will_not_pass_is_not_asked_again(script: Script, kind: str) -> None:
    with scripted_model(script) as model:
        answer = ask(model.url)
        assert (answer.text, answer.kind) == ("", kind)
        assert len(model.exchanges) == 1


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (half(), "cut"),
        (half(ending=RESET), "cut"),
        (without_finish(), "cut"),
        (failing_within(), "broken"),
        (failing(429), "busy"),
        (failing(429, retry_after="0"), "busy"),
        (failing(500), "broken"),
        (failing(503), "busy"),
        (html(502), "broken"),
        (long_error(), "broken"),
    ],
)
def test_what_may_pass_is_asked_twice_again(script: Script, kind: str) -> None:
    with scripted_model(script) as model:
        answer = ask(model.url)
        assert (answer.text, answer.kind) == ("", kind)
        assert len(model.exchanges) == 1 + MOST
        model.exchanges.clear()
    with scripted_model(in_turn(script, script, prose(*SAID))) as model:
        answer = ask(model.url)
        assert (answer.text, answer.kind) == (WHOLE, None)
        assert len(model.exchanges) == 3


def test_what_ends_without_a_word_leaves_the_next_call_its_time() -> None:
    slow = prose(*SAID, first=2 * AFTERWARDS)
    with scripted_model(in_turn(prose(finish="tool_calls"), slow)) as model:
        answer = ask(model.url)
        assert (answer.text, answer.kind) == (WHOLE, None)
        assert len(model.exchanges) == 2


def test_behind_its_end_an_answer_is_not_waited_for() -> None:
    """Its tokens may still come, for a moment; then the call is ended."""
    with scripted_model(lingering(*SAID)) as model:
        answer = ask(model.url)
        assert (answer.text, answer.kind) == (WHOLE, None)
        (exchange,) = model.exchanges
        assert exchange.over.wait(PATIENT) and exchange.closed_at is not None


def test_a_connection_that_the_server_closed_meanwhile_is_no_failure() -> None:
    async def run(url: str) -> list[str | None]:
        model = ChatModel(model_settings(url))
        kinds = []
        for _ in range(3):
            kinds.append((await asked(model)).kind)
            # The server's own end of it is closed by then.
            await asyncio.to_thread(server.wait_for, len(kinds))
        await model.aclose()
        return kinds

    def closing(exchange: Exchange) -> Iterable[Step]:
        return [*prose(*SAID)(exchange), HANG_UP]

    with scripted_model(closing) as server:
        assert asyncio.run(run(server.url)) == [None] * 3
        assert server.connections == 3


def test_a_server_that_is_not_there() -> None:
    with refusing() as url:
        assert ask(url).kind == "unreachable"
    assert ask("http://no-such-host.invalid/v1").kind == "unreachable"


@pytest.mark.parametrize(
    ("script", "deadline"),
    [
        (slow_headers(), "first_seconds"),
        (ping_only(), "first_seconds"),
        (empty_deltas(), "first_seconds"),
        (prose(*["\n"] * 10_000, pause=0.02), "first_seconds"),
        (slow_headers(), "whole_seconds"),
        (without_end(pause=0.02), "whole_seconds"),
    ],
)
def test_what_says_nothing_or_has_no_end_is_too_slow(script: Script, deadline: str) -> None:
    with scripted_model(script) as model:
        assert ask(model.url, **{deadline: SOON}).kind == "slow"
        # The call does not go on without us; a connection may not even have come about in time.
        for exchange in model.exchanges:
            assert exchange.over.wait(PATIENT) and not exchange.played


@pytest.mark.parametrize("deadline", ["gap_seconds", "whole_seconds"])
def test_what_stops_speaking_keeps_its_words(deadline: str) -> None:
    with scripted_model(stalling(*SAID)) as model:
        answer = ask(model.url, **{deadline: LATER})
        assert (answer.text, answer.kind) == (WHOLE, "slow")
        assert model.exchanges[0].over.wait(PATIENT)


def test_time_that_the_asker_takes_is_not_the_models() -> None:
    async def slowly(url: str) -> str:
        model = ChatModel(model_settings(url, gap_seconds=LATER))
        texts = []
        async with aclosing(model.stream(MESSAGES)) as stream:
            async for text in stream:
                texts.append(text)
                if len(texts) == 1:
                    await asyncio.sleep(LATER + SOON)
        await model.aclose()
        return "".join(texts)

    with scripted_model(prose(*SAID, pause=0.05)) as model:
        assert asyncio.run(slowly(model.url)) == WHOLE


def test_retries_stay_inside_the_deadline_of_the_first_words() -> None:
    """The server wants us to come back later than there is time for: there is nothing to wait for."""
    with scripted_model(failing(429, retry_after="30")) as model:
        assert ask(model.url, first_seconds=20).kind == "busy"
        assert len(model.exchanges) == 1


def test_nobody_asks_before_the_server_wants_it() -> None:
    async def twice(url: str) -> list[str | None]:
        model = ChatModel(model_settings(url, first_seconds=20))
        kinds = [(await asked(model)).kind, (await asked(model)).kind]
        await model.aclose()
        return kinds

    with scripted_model(in_turn(failing(429, retry_after="30"), prose(*SAID))) as model:
        assert asyncio.run(twice(model.url)) == ["busy", "busy"]
        assert len(model.exchanges) == 1
    # A short rest is waited for, by the question itself and by those behind it.
    with scripted_model(in_turn(failing(503, retry_after="1"), prose(*SAID))) as model:
        assert asyncio.run(twice(model.url)) == [None, None]
        first, second, _ = model.exchanges
        assert second.began - first.began >= 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with (
        scripted_model(prose(*SAID)) as elsewhere,
        scripted_model(redirecting(f"{elsewhere.url}/chat/completions", status)) as model,
    ):
        assert ask(model.url).kind == "rejected"
        assert len(model.exchanges) == 1 and not elsewhere.exchanges


@pytest.mark.parametrize("script", [long_line, long_error])
def test_a_line_without_end_is_not_read(script: Callable[[], Script]) -> None:
    """Of a gigabyte the server gets rid of what lies between it and us, some megabytes at most."""
    with scripted_model(script()) as model:
        assert ask(model.url).kind in ("garbage", "broken")
        for exchange in model.exchanges:
            assert exchange.over.wait(PATIENT) and not exchange.played
            assert exchange.sent < 32 << 20


def test_the_environment_names_no_proxy_and_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing() as nowhere, scripted_model(prose(*SAID)) as model:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, nowhere.removesuffix("/v1"))
        assert ask(model.url).text == WHOLE


def test_a_proxy_is_used_where_it_is_set() -> None:
    with scripted_model(prose(*SAID)) as proxy:
        answer = ask("http://model.example/v1", proxy=proxy.url.removesuffix("/v1"))
        assert answer.text == WHOLE
        assert proxy.exchanges[0].path == "http://model.example/v1/chat/completions"


# What is sent


def test_what_is_sent() -> None:
    with scripted_model(prose(*SAID)) as model:
        ask(model.url, answer_tokens=321)
        (exchange,) = model.exchanges
    assert exchange.path == "/v1/chat/completions"
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert exchange.headers["accept-encoding"] == "identity"
    assert exchange.body == {
        "model": "scripted",
        "messages": MESSAGES,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": 321,
    }


def test_extra_fields_are_passed_on() -> None:
    extra = {
        "temperature": None,
        "max_tokens": None,
        "max_completion_tokens": 99,
        "enable_thinking": False,
        "chat_template_kwargs": {"enable_thinking": False},
    }
    with scripted_model(prose(*SAID)) as model:
        assert ask(model.url, extra=json.dumps(extra)).kind is None
        body = model.exchanges[0].body
    assert "temperature" not in body and "max_tokens" not in body
    assert body["max_completion_tokens"] == 99
    assert body["enable_thinking"] is False
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body["messages"] == MESSAGES and body["stream"] is True


def test_half_a_character_does_no_harm() -> None:
    async def one(url: str) -> str:
        model = ChatModel(model_settings(url))
        stream = model.stream([{"role": "user", "content": "半个\ud83d字"}])
        text = "".join([text async for text in stream])
        await model.aclose()
        return text

    with scripted_model(answering(lambda messages: messages[-1]["content"])) as model:
        assert asyncio.run(one(model.url)) == "半个?字"


# The breaker


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_server_that_keeps_failing_is_left_alone_and_tried_again() -> None:
    clock = Clock()

    async def run() -> None:
        model = ChatModel(model_settings(server.url), clock=clock)
        for _ in range(FAILURES):
            assert (await asked(model)).kind == "rejected"
        assert model.breaker.is_open
        assert (await asked(model)).kind == "breaker"
        assert len(server.exchanges) == FAILURES
        clock.now = PAUSE
        assert (await asked(model)).kind == "rejected"
        assert (await asked(model)).kind == "breaker"
        assert len(server.exchanges) == FAILURES + 1
        server.script = prose(*SAID)
        clock.now = 2 * PAUSE
        assert (await asked(model)).text == WHOLE
        assert (await asked(model)).text == WHOLE
        assert not model.breaker.is_open
        assert model.figures.failures == {"rejected": FAILURES + 1, "breaker": 2}
        await model.aclose()

    with scripted_model(failing(401)) as server:
        asyncio.run(run())


@pytest.mark.parametrize(
    "script", [filtered_before(), filtered_within("a"), too_long(), cut_short("a"), prose("a")]
)
def test_what_is_the_questions_own_fault_does_not_count(script: Script) -> None:
    async def run(url: str) -> bool:
        model = ChatModel(model_settings(url))
        for _ in range(2 * FAILURES):
            await asked(model)
        await model.aclose()
        return model.breaker.is_open

    with scripted_model(script) as model:
        assert not asyncio.run(run(model.url))
        assert len(model.exchanges) == 2 * FAILURES


@pytest.mark.parametrize("status", [429, 500, 503])
def test_fifty_who_fail_at_once_make_no_storm(status: int) -> None:
    async def run(url: str) -> set[str | None]:
        model = ChatModel(model_settings(url))
        answers = await asyncio.gather(*(asked(model) for _ in range(50)))
        await model.aclose()
        return {answer.kind for answer in answers}

    with scripted_model(failing(status)) as model:
        assert asyncio.run(run(model.url)) <= {"busy", "broken", "breaker"}
        assert len(model.exchanges) <= 60


def test_a_server_that_fails_now_and_then_gets_a_tenth_more_calls() -> None:
    """Every second call fails: the breaker stays closed, and retries are few."""

    def every_second(exchange: Exchange) -> Iterable[Step]:
        script = failing(500) if exchange.number % 2 else prose(*SAID)
        return script(exchange)

    async def run(url: str) -> int:
        model = ChatModel(model_settings(url))
        for _ in range(50):
            await asked(model)
        await model.aclose()
        return model.figures.calls

    with scripted_model(every_second) as model:
        assert asyncio.run(run(model.url)) == len(model.exchanges) <= 60


def test_there_are_words_for_every_kind() -> None:
    assert set(NOTICES) == set(KINDS)
    for zh, en in NOTICES.values():
        assert zh.endswith("。") and en.endswith(".")
