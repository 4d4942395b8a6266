"""A server that is asked for JSON, and everything that it may do instead."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from support.scripted_model import (
    RESET,
    Exchange,
    Script,
    Step,
    answer_in_full,
    chunk,
    failing,
    filtered_before,
    half,
    head,
    html,
    in_turn,
    long_error,
    redirecting,
    refusing,
    scripted_model,
    slow_headers,
    too_long,
)

from index.remote import retries
from index.remote.breaker import FAILURES, PAUSE
from index.remote.failures import ServerFailed
from index.remote.json_server import ANSWER_LIMIT, JsonServer
from index.remote.retries import MOST
from index.remote.server import Server

PATIENT = 60.0
KEY = "sk-canary-0123456789"
GOOD = answer_in_full(200, '{"答": [1, 2.5]}'.encode())


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once, unless the server says when."""
    monkeypatch.setattr(retries, "FIRST_WAIT", 0.01)


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def posted(url: str, seconds: float = PATIENT, server: JsonServer | None = None) -> Any:
    """The answer, or the kind of the failure."""
    asked = server or JsonServer(Server("encoder.url", url, KEY))
    try:
        return asked.post("/embeddings", {"input": ["首批"]}, seconds)
    except ServerFailed as failure:
        assert KEY not in failure.zh + failure.en + repr(failure)
        return failure.kind
    finally:
        if server is None:
            asked.close()


def test_json_is_asked_for_and_read() -> None:
    with scripted_model(GOOD) as server:
        assert posted(server.url) == {"答": [1, 2.5]}
        (exchange,) = server.exchanges
    assert exchange.path == "/v1/embeddings"
    assert exchange.body == {"input": ["首批"]}
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert exchange.headers["accept-encoding"] == "identity"


def test_a_connection_is_kept() -> None:
    with scripted_model(GOOD) as server:
        client = JsonServer(Server("encoder.url", server.url))
        for _ in range(5):
            posted(server.url, server=client)
        assert server.connections == 1
        assert "authorization" not in server.exchanges[0].headers
        client.close()


def without_end(size: int) -> Script:
    def script(exchange: Exchange) -> Iterator[Step]:
        yield head(200, "application/json")
        for _ in range(size >> 16):
            yield chunk(b"1" * (1 << 16))

    return script


def not_whole(exchange: Exchange) -> Iterable[Step]:
    return [head(200, "application/json"), chunk(b'{"data": [')]


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (html(), "garbage"),
        (half(), "garbage"),
        (answer_in_full(200, b"{}", "text/plain"), "garbage"),
        (answer_in_full(200, b"{"), "garbage"),
        (answer_in_full(200, b"[" * 100_000), "garbage"),
        (answer_in_full(200, b"\xff\xfe\x00"), "garbage"),
        (answer_in_full(200, b"x", content_encoding="gzip"), "garbage"),
        (without_end(1 << 30), "garbage"),
        (failing(401), "rejected"),
        (failing(404), "rejected"),
        (failing(422), "rejected"),
        (redirecting("http://127.0.0.1:1/v1/embeddings"), "rejected"),
        (filtered_before(), "filtered"),
        (too_long(), "too_long"),
    ],
)
def test_what_will_not_pass_is_not_asked_again(script: Script, kind: str) -> None:
    with scripted_model(script) as server:
        assert posted(server.url) == kind
        (exchange,) = server.exchanges
        assert exchange.over.wait(PATIENT)
        assert exchange.sent < 2 * ANSWER_LIMIT


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (not_whole, "cut"),
        (lambda exchange: [RESET], "cut"),
        (failing(429), "busy"),
        (failing(500), "broken"),
        (failing(503), "busy"),
        (long_error(), "broken"),
    ],
)
def test_what_may_pass_is_asked_twice_again(script: Script, kind: str) -> None:
    if script is not_whole:
        # Without its end, and then closed.
        script = in_turn(lambda exchange: [*not_whole(exchange), RESET])
    with scripted_model(script) as server:
        assert posted(server.url) == kind
        assert len(server.exchanges) == 1 + MOST
    with scripted_model(in_turn(script, script, GOOD)) as server:
        assert posted(server.url) == {"答": [1, 2.5]}


def test_a_server_that_is_not_there() -> None:
    with refusing() as url:
        assert posted(url) == "unreachable"


def drip(exchange: Exchange) -> Iterator[Step]:
    """A byte, and a byte, and a byte."""
    yield head(200, "application/json")
    while True:
        yield chunk(b" ")
        yield 0.02


@pytest.mark.parametrize("script", [slow_headers(), drip])
def test_what_is_late_is_not_waited_for(script: Script) -> None:
    with scripted_model(script) as server:
        assert posted(server.url, 0.5) == "slow"
        for exchange in server.exchanges:
            assert exchange.over.wait(PATIENT) and not exchange.played


def test_nobody_asks_before_the_server_wants_it() -> None:
    with scripted_model(in_turn(failing(429, retry_after="30"), GOOD)) as server:
        client = JsonServer(Server("encoder.url", server.url))
        assert posted(server.url, 20, client) == posted(server.url, 20, client) == "busy"
        assert len(server.exchanges) == 1
        client.close()
    with scripted_model(in_turn(failing(503, retry_after="1"), GOOD)) as server:
        assert posted(server.url) == {"答": [1, 2.5]}
        first, second = server.exchanges
        assert second.began - first.began >= 1


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing() as nowhere, scripted_model(GOOD) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, nowhere.removesuffix("/v1"))
        assert posted(server.url) == {"答": [1, 2.5]}


def test_a_server_that_keeps_failing_is_left_alone_and_tried_again() -> None:
    clock = Clock()
    with scripted_model(failing(401)) as server:
        client = JsonServer(Server("encoder.url", server.url), clock)
        kinds = [posted(server.url, server=client) for _ in range(FAILURES + 2)]
        assert kinds == ["rejected"] * FAILURES + ["breaker"] * 2
        assert len(server.exchanges) == FAILURES
        server.script = GOOD
        clock.now = PAUSE
        assert posted(server.url, server=client) == {"答": [1, 2.5]}
        assert not client.breaker.is_open
        client.close()


def test_half_a_character_does_no_harm() -> None:
    def echo(exchange: Exchange) -> Iterable[Step]:
        return answer_in_full(200, json.dumps(exchange.body).encode())(exchange)

    with scripted_model(echo) as server:
        client = JsonServer(Server("encoder.url", server.url))
        assert client.post("/x", {"input": "半\ud83d"}, PATIENT) == {"input": "半?"}
        client.close()
