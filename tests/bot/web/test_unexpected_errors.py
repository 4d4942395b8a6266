"""Unexpected errors: the JSON of all errors, every security header, an end to every stream."""

import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from support.asking import QUESTION, words_of

from bot.answer import Answer
from bot.live import Live
from bot.request_limits import NO_LIMITS, Limits
from bot.service import Service
from bot.settings import load_settings
from bot.web.api.completions import completions_router
from bot.web.api.schemas import Error
from bot.web.app import create_app
from bot.web.security_headers import SecurityHeaders
from bot.web.unexpected_errors import UnexpectedErrors
from bot.web.work_queue import WorkQueue
from corpus import Document, UsageError

HEADERS = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
}
SECRET = "what only the log may say"
ASKED = {"question": QUESTION}
CHAT = {"messages": [{"role": "user", "content": QUESTION}]}


class FailingService(Service):
    """Fails where it answers, by default as no service should."""

    error: Exception = ZeroDivisionError(SECRET)

    def ask(
        self,
        asked: str,
        history: Sequence[Mapping[str, str]] = (),
        rules_only: bool = False,
        limits: Limits = NO_LIMITS,
    ) -> Answer:
        raise self.error


def fail() -> None:
    raise ZeroDivisionError(SECRET)


@pytest.fixture(scope="module")
def client(article: Document) -> Iterator[TestClient]:
    service = FailingService(
        words_of(article), None, load_settings(["api.per_minute=1000", "reader=rules"], {})
    )
    app = create_app(Live(service))
    # Gradio, mounted at /, would take any address that is added after it.
    app.add_api_route("/fail", fail)
    app.router.routes.insert(0, app.router.routes.pop())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def message_of(answer: Any) -> str:
    """The message of a complete answer of status 500, which has the form and the headers of all."""
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.headers) >= HEADERS
    error = Error.model_validate_json(answer.content).error
    assert error.code == "internal" and SECRET not in answer.text
    return error.message


def test_a_route_that_fails(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    chinese = message_of(client.get("/fail?question=private"))
    english = message_of(client.get("/fail", headers={"accept-language": "en"}))
    assert "出错" in chinese and english.isascii()
    first, _ = (record for record in caplog.records if record.name == UnexpectedErrors.__module__)
    assert first.levelno == logging.ERROR and first.getMessage().endswith("GET /fail")
    assert first.exc_info and SECRET in str(first.exc_info[1]) and "private" not in caplog.text


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/ask", {**ASKED, "stream": False}), ("/v1/chat/completions", CHAT)],
)
def test_a_service_that_fails_before_its_answer(
    client: TestClient, path: str, body: dict[str, Any]
) -> None:
    assert message_of(client.post(path, json=body, headers={"accept-language": "en"})).isascii()


def test_a_service_that_fails_in_a_stream_of_events(client: TestClient) -> None:
    answer = client.post("/api/ask", json=ASKED, headers={"accept-language": "en"})
    assert answer.status_code == 200 and set(answer.headers) >= HEADERS
    *_, last, end = answer.text.split("\n\n")
    name, data = last.split("\n")
    assert (name, end) == ("event: error", "")
    error = Error.model_validate_json(data.removeprefix("data: ")).error
    assert error.code == "internal" and error.message.isascii() and SECRET not in answer.text


def test_a_service_that_fails_in_a_stream_of_chunks(client: TestClient) -> None:
    answer = client.post("/v1/chat/completions", json={**CHAT, "stream": True})
    assert answer.status_code == 200 and set(answer.headers) >= HEADERS
    *_, chunk, done, end = answer.text.split("\n\n")
    assert (done, end) == ("data: [DONE]", "")
    error = json.loads(chunk.removeprefix("data: "))["error"]
    assert error["code"] == "internal" and SECRET not in answer.text


def test_an_expected_error_ends_a_stream_of_chunks_too(article: Document) -> None:
    service = FailingService(words_of(article), None, load_settings((), {}))
    service.error = UsageError("不行", "no")
    app = FastAPI()
    app.include_router(completions_router(WorkQueue(Live(service))))
    answer = TestClient(app).post("/v1/chat/completions", json={**CHAT, "stream": True})
    *_, chunk, done, end = answer.text.split("\n\n")
    assert (done, end) == ("data: [DONE]", "")
    assert json.loads(chunk.removeprefix("data: "))["error"]["code"] == UsageError.code


def wrapped(app: ASGIApp) -> TestClient:
    return TestClient(SecurityHeaders(UnexpectedErrors(app)), base_url="http://127.0.0.1")


def test_a_mounted_application_does_not_answer_in_plain_text() -> None:
    """Starlette's own answer, plain text, is sent before the error is let through."""
    inner = FastAPI()
    inner.add_api_route("/fail", fail)
    assert message_of(wrapped(Starlette(routes=[Mount("/inner", inner)])).get("/inner/fail"))


def test_a_complete_answer_of_500_is_left_as_it_is() -> None:
    async def chosen(request: Any) -> Response:
        return PlainTextResponse("so be it", 500)

    answer = wrapped(Starlette(routes=[Route("/", chosen)])).get("/")
    assert (answer.status_code, answer.text) == (500, "so be it")


@pytest.mark.parametrize(
    ("media_type", "sent"), [("text/plain", b"begun"), ("text/event-stream", b"data: 1\n\n")]
)
def test_only_events_are_ended_by_an_event(media_type: str, sent: bytes) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield sent
        fail()

    async def begun(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(pieces(), media_type=media_type)(scope, receive, send)

    answer = wrapped(begun).get("/")
    assert answer.status_code == 200
    rest = answer.content.removeprefix(sent)
    assert rest.startswith(b"event: error\ndata: ") if "event" in media_type else rest == b""


def test_what_fails_after_the_last_event_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(b"data: 1\n\n", media_type="text/event-stream")(scope, receive, send)
        fail()

    assert wrapped(late).get("/").text == "data: 1\n\n"
    assert SECRET in caplog.text


def test_a_failed_start_is_raised() -> None:
    """The server itself must see that the start of an application failed."""

    async def started(scope: Scope, receive: Receive, send: Send) -> None:
        fail()

    with pytest.raises(ZeroDivisionError), wrapped(started):
        pass
