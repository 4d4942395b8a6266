"""POST /api/feedback: what is accepted, what is refused and how, and what becomes of it."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message
from support.asking import application

from bot.storage.feedback import FILE, Feedback
from bot.web.api.feedback import FEEDBACK_BODY_LIMIT, feedback_router
from bot.web.http_errors import error_response
from corpus import ChengwenError, Document

ID = "0123456789abcdef" * 2
GIVEN: dict[str, Any] = {
    "answer_id": ID,
    "verdict": "down",
    "reason": "off_topic",
    "note": "答非所问",
    "question": "城市大脑指挥什么？",
    "outcome": "answered",
    "text": "城市大脑指挥交通。[1]",
    "citations": ["b.5-14", "城市.大脑.0-3"],
    "generation": "gen-000001",
}
JSON = {"content-type": "application/json"}


@pytest.fixture
def feedback(home: Path) -> Feedback:
    return Feedback(home / FILE)


@pytest.fixture
def app(feedback: Feedback) -> FastAPI:
    app = FastAPI()
    app.add_exception_handler(ChengwenError, error_response)
    app.include_router(feedback_router(feedback))
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def refused(
    client: TestClient, body: bytes | dict[str, Any], language: str = "en", **headers: str
) -> tuple[int, str]:
    """Status and message of an error, which has the form of every error."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = (
        JSON
        | {"accept-language": language}
        | {name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = client.post("/api/feedback", content=content, headers=sent)
    error = answer.json()["error"]
    codes = {400: "usage", 413: "too_large", 415: "not_json", 503: "feedback_unavailable"}
    assert set(error) == {"code", "message"} and error["code"] == codes[answer.status_code]
    return answer.status_code, error["message"]


def test_a_judgement_is_kept_as_it_was_given(client: TestClient, feedback: Feedback) -> None:
    answer = client.post(
        "/api/feedback",
        json=GIVEN,
        headers={"user-agent": "Mozilla/5.0", "x-forwarded-for": "1.2.3.4"},
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    [kept] = feedback.all()
    assert {name: getattr(kept, name) for name in GIVEN} == GIVEN | {
        "citations": tuple(GIVEN["citations"])
    }
    assert (
        timedelta(0)
        <= datetime.now(UTC) - datetime.fromisoformat(kept.made)
        < timedelta(seconds=30)
    )
    stored = b"".join(path.read_bytes() for path in feedback.path.parent.iterdir())
    assert not any(
        trace in stored for trace in (b"Mozilla", b"1.2.3.4", b"testclient", b"127.0.0.1")
    )


def test_the_least_and_the_most_that_is_accepted(client: TestClient, feedback: Feedback) -> None:
    least = {"answer_id": "0" * 32, "verdict": "up", "question": "谁", "outcome": "about"}
    sizes = {"note": 500, "question": 500, "text": 2000, "generation": 40}
    most = (
        GIVEN
        | {name: "x" * size for name, size in sizes.items()}
        | {"citations": ["x" * 396 + ".0-1"] * 10}
    )
    for given in (least, most):
        assert client.post("/api/feedback", json=given).status_code == 204
    assert [kept.note for kept in feedback.all()] == ["", "x" * 500]
    assert (
        len(
            json.dumps(most | dict.fromkeys(("note", "question", "text"), "字"), ensure_ascii=False)
        )
        < FEEDBACK_BODY_LIMIT
    )


def test_a_change_of_mind_and_a_withdrawal(client: TestClient, feedback: Feedback) -> None:
    for verdict in ("down", "up", "up"):
        assert client.post("/api/feedback", json=GIVEN | {"verdict": verdict}).status_code == 204
    assert [kept.verdict for kept in feedback.all()] == ["up"]
    for body in (GIVEN | {"verdict": None}, {"answer_id": ID, "verdict": None}):
        assert client.post("/api/feedback", json=body).status_code == 204
        assert feedback.all() == []


def test_texts_are_cleaned_as_questions_are(client: TestClient, feedback: Feedback) -> None:
    dirty = {
        "question": " 谁\0写\u200b的\n",
        "note": "不\u202e对\r\n吧\x07",
        "text": "cafe\u0301\x1b",
    }
    assert client.post("/api/feedback", json=GIVEN | dirty).status_code == 204
    [kept] = feedback.all()
    assert (kept.question, kept.note, kept.text) == ("谁写的", "不对 吧", "café")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answer_id", "0" * 31),
        ("answer_id", "0" * 32 + "\n"),
        ("answer_id", "G" * 32),
        ("answer_id", None),
        ("answer_id", 5),
        ("verdict", "maybe"),
        ("verdict", True),
        ("reason", "rude"),
        ("reason", None),
        ("note", "x" * 501),
        ("note", 5),
        ("question", "x" * 501),
        ("question", ""),
        ("question", " \u200b"),
        ("outcome", "unknown"),
        ("outcome", None),
        ("text", "x" * 2001),
        ("citations", ["a.0-1"] * 11),
        ("citations.0", ["x" * 397 + ".0-1"]),
        ("citations.0", ["a"]),
        ("citations.0", ["a.1-"]),
        ("citations.0", [".0-1"]),
        ("citations.1", ["a.0-1", "a\n.0-1"]),
        ("citations.0", ["a\u202e.0-1"]),
        ("citations", "a.0-1"),
        ("generation", "x" * 41),
        ("generation", "../x"),
        ("visitor", "1.2.3.4"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    client: TestClient, feedback: Feedback, field: str, value: object
) -> None:
    body = GIVEN | {field.partition(".")[0]: value}
    for language in ("zh", "en"):
        status, message = refused(client, body, language)
        assert status == 400 and (
            field in message or "问题是空的" in message or "question is empty" in message
        )
    assert not feedback.path.exists()


@pytest.mark.parametrize("missing", ["answer_id", "verdict", "question", "outcome"])
def test_what_may_not_be_missing(client: TestClient, missing: str) -> None:
    status, message = refused(
        client, {name: value for name, value in GIVEN.items() if name != missing}
    )
    assert status == 400 and missing in message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"[" * 10_000,
        b"\xff\xfe",
        json.dumps(GIVEN | {"note": "\ud800"}).encode(),
        json.dumps(GIVEN | {"\udfff": 1}).encode(),
        json.dumps(GIVEN | {"verdict": float("nan")}).encode(),
        json.dumps(GIVEN | {"note": 10**400}).encode(),
        json.dumps(GIVEN | {"x" * 9000: 1}).encode(),
        b"answer_id=" + ID.encode(),
    ],
)
def test_what_is_no_object_of_valid_unicode(
    client: TestClient, feedback: Feedback, body: bytes
) -> None:
    status, message = refused(client, body)
    assert status == 400 and len(message) < 300
    assert not feedback.path.exists()


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
    ],
)
def test_what_a_form_of_another_site_could_send_is_refused(
    client: TestClient, feedback: Feedback, kind: str
) -> None:
    assert refused(client, GIVEN, content_type=kind)[0] == 415
    assert "Content-Type" in refused(client, GIVEN, "zh", content_type=kind)[1]
    assert not feedback.path.exists()


def test_other_spellings_of_json(client: TestClient) -> None:
    for kind in ("application/json; charset=utf-8", "Application/JSON"):
        answer = client.post(
            "/api/feedback", content=json.dumps(GIVEN), headers={"content-type": kind}
        )
        assert answer.status_code == 204


def asked(app: FastAPI, messages: Iterator[Message], headers: dict[str, str]) -> list[int]:
    """The statuses of answers to one request, whose body arrives as `messages`."""
    statuses: list[int] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/feedback",
        "raw_path": b"/api/feedback",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    anyio.run(app, scope, receive, send)
    return statuses


def test_a_large_body_is_not_read_to_its_end(app: FastAPI, client: TestClient) -> None:
    padded = json.dumps(GIVEN).encode()
    assert (
        client.post(
            "/api/feedback", content=padded.ljust(FEEDBACK_BODY_LIMIT), headers=JSON
        ).status_code
        == 204
    )
    assert refused(client, padded.ljust(FEEDBACK_BODY_LIMIT + 1))[0] == 413
    arrived = 0

    def endless() -> Iterator[Message]:
        nonlocal arrived
        while True:
            arrived += 1
            yield {"type": "http.request", "body": b" " * 1000, "more_body": True}

    assert asked(app, endless(), JSON) == [413] and arrived == FEEDBACK_BODY_LIMIT // 1000 + 1
    arrived = 0
    for length in (str(FEEDBACK_BODY_LIMIT + 1), "9" * 5000):
        assert asked(app, endless(), JSON | {"content-length": length}) == [413] and arrived == 0


def test_a_caller_that_leaves_is_no_failure(app: FastAPI, feedback: Feedback) -> None:
    left: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert asked(app, iter(left), JSON) == [204]
    assert not feedback.path.exists()


def test_a_store_that_fails_is_503_and_its_path_is_for_the_log(
    client: TestClient, feedback: Feedback, caplog: pytest.LogCaptureFixture
) -> None:
    feedback.path.parent.mkdir()
    feedback.path.write_bytes(b"x" * 5000)
    with caplog.at_level(logging.WARNING):
        for body in (GIVEN, {"answer_id": ID, "verdict": None}):
            assert refused(client, body) == (
                503,
                "Feedback cannot be kept at the moment: try again later.",
            )
    assert str(feedback.path) in caplog.text
    assert refused(client, GIVEN, "zh") == (503, "暂时无法记录反馈，请稍后再试。")
    feedback.path.unlink()
    assert client.post("/api/feedback", json=GIVEN).status_code == 204


def test_one_address_cannot_push_out_what_others_said(article: Document) -> None:
    client = TestClient(application(article), base_url="http://127.0.0.1")
    given = [
        client.post("/api/feedback", json=GIVEN, headers={"origin": "http://127.0.0.1"})
        for _ in range(31)
    ]
    assert [answer.status_code for answer in given] == [204] * 30 + [429]
    assert given[-1].headers["retry-after"] and given[-1].json()["error"]["code"] == "too_many"
