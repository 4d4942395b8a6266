"""Requests that no client should send: a short answer of 4xx to each, and nothing that grows."""

import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from support.asking import QUESTION, UNLIMITED, application
from support.serving import serving

from bot.web.api.schemas import Error
from bot.web.request_checks import BODY_LIMIT, PAGE_LIMIT
from corpus import Document

pytestmark = pytest.mark.slow

PATHS = ("/api/ask", "/api/search", "/v1/chat/completions", "/api/feedback")
HEAD = (
    b"POST /api/ask HTTP/1.1\r\nHost: bot.test\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)
HEADERS = {"content-type": "application/json", "accept-language": "en"}


@pytest.fixture(scope="module")
def client(article: Document) -> Iterator[TestClient]:
    """An application that is served by two names."""
    app = application(article, *UNLIMITED, "api.hosts=bot.test, [::1]")
    with TestClient(app, base_url="http://bot.test") as client:
        yield client


@pytest.fixture(scope="module")
def address(article: Document) -> Iterator[str]:
    with serving(application(article, *UNLIMITED)) as address:
        yield address


@pytest.fixture
def session(article: Document) -> Iterator[ASGIClient]:
    """The client of schemathesis, on an application that starts once for all requests."""
    app: Any = application(article, *UNLIMITED)
    with get_client(app) as session:
        yield session


def refused(answer: Any, *statuses: int) -> str:
    """The code of an error that is short and has the form of all errors."""
    assert answer.status_code in statuses, (answer.status_code, answer.text[:300])
    error = Error.model_validate_json(answer.content).error
    assert len(error.message) < 300 and "Traceback" not in error.message
    return error.code


def raw(**headers: str) -> dict[bytes, bytes]:
    """Headers byte by byte, as no client would send them; JSON unless they say otherwise."""
    sent = {
        "content-type": "application/json",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return {name.encode(): value.encode() for name, value in sent.items()}


def chat(question: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}]}


NOT_JSON = {
    "empty": b"",
    "NaN": b'{"question": NaN}',
    "infinity": b'{"question": "a", "k": Infinity, "messages": [Infinity]}',
    "a lone surrogate": b'{"question": "\\ud800", "messages": [{"role": "user", "content": "\\ud800"}]}',
    "a surrogate in a name": b'{"\\udfff": 1}',
    "deep lists": b"[" * 30_000,
    "deep objects": b'{"question":' * 5_000 + b"1" + b"}" * 5_000,
    "deep history": b'{"question": "a", "history": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "cut off": b'{"question": "a',
    "UTF-16": '{"question": "城市"}'.encode("utf-16"),
    "overlong UTF-8": b'{"question": "\xc0\xaf"}',
    "Latin-1": '{"question": "é"}'.encode("latin-1"),
    "a surrogate in UTF-8": b'{"question": "\xed\xa0\x80"}',
    "two values": b'{"question": "a"} {"question": "b"}',
    "a list": b"[]",
    "a number": b"1e400",
    "a huge number": b'{"question": "a", "k": ' + b"9" * 5_000 + b"}",
    "null": b"null",
    "a byte-order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_request(client: TestClient, path: str, body: bytes) -> None:
    assert refused(client.post(path, content=body, headers=HEADERS), 400, 413) in (
        "usage",
        "too_large",
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": None},
        {"question": 5},
        {"question": ["a"]},
        {"question": ""},
        {"question": " \u3000\n"},
        {"question": "\x00\x01\u202e\u200b"},
        {"question": "问" * 501},
        {"question": "中" * 20_000},
        {"question": "a", "top": 3},
        {"question": "a", "stream": "no"},
        {"question": "a", "history": {}},
        {"question": "a", "history": [{"role": "system", "content": "a"}]},
        {"question": "a", "history": [{"role": "user"}]},
        {"question": "a", "history": [{"role": "user", "content": "a"}] * 21},
        {"question": "a", "history": [{"role": "user", "content": "a" * 10_001}]},
    ],
    ids=str,
)
def test_json_that_is_no_question(client: TestClient, body: dict[str, Any]) -> None:
    assert refused(client.post("/api/ask", json=body, headers=HEADERS), 400, 413) in (
        "usage",
        "too_large",
    )


@pytest.mark.parametrize("k", [0, -1, 101, 10**30, 1.5, "3", None, True])
def test_a_wrong_number_of_passages(client: TestClient, k: Any) -> None:
    assert (
        refused(client.post("/api/search", json={"question": "a", "k": k}, headers=HEADERS), 400)
        == "usage"
    )


@pytest.mark.parametrize(
    "question",
    [
        "城市\x00大脑",
        "\u202e城市大脑",
        "城\u200b市\ufeff大脑",
        "Ｑ１城市大脑",
        "é" * 250,
        "中" * 500,
        "a" * 500,
        "\U0001f600",
    ],
)
def test_strange_text_is_cleaned_and_answered(client: TestClient, question: str) -> None:
    for stream in (True, False):
        assert (
            client.post("/api/ask", json={"question": question, "stream": stream}).status_code
            == 200
        )
    assert client.post("/api/search", json={"question": question}).status_code == 200
    assert client.post("/v1/chat/completions", json=chat(question)).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "text/json",
        "é",
    ],
)
def test_what_a_form_can_send(client: TestClient, path: str, kind: str) -> None:
    body = json.dumps({"question": QUESTION}).encode()
    answer = client.post(path, content=body, headers=raw(content_type=kind))
    assert refused(answer, 415) == "not_json"


@pytest.mark.parametrize("path", PATHS)
def test_too_large_by_its_own_word(client: TestClient, path: str) -> None:
    """Told by the header: not a byte is read, so none need be sent."""
    for length in (BODY_LIMIT + 1, 10**7, 10**40):
        answer = client.post(
            path, content=b"{}", headers={**HEADERS, "content-length": str(length)}
        )
        assert refused(answer, 413) == "too_large"


@pytest.mark.parametrize("length", ["-1", "ten", "1e3", "٣"])
def test_a_length_that_is_no_number(client: TestClient, length: str) -> None:
    refused(client.post("/api/ask", content=b"{}", headers=raw(content_length=length)), 400)


def test_the_chat_page_is_sent_what_it_needs_and_no_more(client: TestClient) -> None:
    large = {**HEADERS, "content-length": str(PAGE_LIMIT + 1)}
    assert (
        refused(client.post("/gradio_api/queue/join", content=b"{}", headers=large), 413)
        == "too_large"
    )
    unknown = client.post("/gradio_api/queue/join", content=iter([b"{}"]), headers=HEADERS)
    assert refused(unknown, 411) == "length_needed"


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("bot.test", True),
        ("BOT.test:7860", True),
        ("[::1]:7860", True),
        ("evil.test", False),
        ("bot.test.evil.test", False),
        ("bot.test:80:80", False),
        ("bot.test/", False),
        ("a b", False),
        ("[", False),
        ("", False),
        ("é", False),
        ("x" * 300, False),
    ],
)
def test_a_forged_host(client: TestClient, host: str, good: bool) -> None:
    for path in ("/healthz", "/", "/config", "/read/x"):
        answer = client.get(path, headers=raw(host=host, x_forwarded_host="evil.test"))
        assert (answer.status_code == 400) != good
        assert "evil.test" not in answer.text


@pytest.mark.parametrize("value", ["x", "8.8.8.8, ", "1" * 5000, "é", "::1%0a", "0x7f.1", ","])
def test_forged_addresses(client: TestClient, value: str) -> None:
    headers = raw(x_forwarded_for=value, forwarded="for=_", x_real_ip="1")
    assert client.post("/api/ask", json={"question": "你好"}, headers=headers).status_code == 200
    assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("language", ["é", "en;q=1.2.3", "en;q=" + "9" * 400, ",;,", "zh" * 5000])
def test_forged_languages(client: TestClient, language: str) -> None:
    answer = client.post("/api/ask", content=b"", headers=raw(accept_language=language))
    refused(answer, 400)


@pytest.mark.parametrize(
    "path",
    [
        "/api/passages/%ff",
        "/api/passages/%ED%A0%80.0-1",
        "/v1/%00",
        "/api/%2e%2e/x",
        "/v1/models/%ff",
    ],
)
def test_strange_addresses(client: TestClient, path: str) -> None:
    assert refused(client.get(path), 404) == "not_found"


@pytest.mark.slow
def test_ten_megabytes_are_not_kept(address: str) -> None:
    """In pieces and without a length: the service stops reading, and does not grow."""

    def pieces() -> Iterator[bytes]:
        for _ in range(160):
            yield b"x" * 65_536

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(20):
        try:
            answer = httpx.post(
                f"{address}{PATHS[number % 4][1:]}", content=pieces(), headers=HEADERS, timeout=10
            )
        except httpx.WriteError:
            continue  # the service closed the connection before all was sent
        assert refused(answer, 413) == "too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
    assert httpx.get(f"{address}healthz").status_code == 200


def test_a_body_that_never_comes(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.api.request_body.BODY_TIMEOUT", 0.2)
    host, port = httpx.URL(address).host, httpx.URL(address).port or 0
    with socket.create_connection((host, port), timeout=5) as slow:
        slow.sendall(HEAD % 50 + b"{")
        assert slow.recv(4096).startswith(b"HTTP/1.1 408 ")


@pytest.mark.slow
def test_readers_that_do_not_read_hold_no_other_up(address: str) -> None:
    """Fifty ask and read nothing; another is answered while all of them are still there."""
    host, port = httpx.URL(address).host, httpx.URL(address).port or 0
    body = json.dumps({"question": QUESTION}).encode()
    silent = [socket.create_connection((host, port), timeout=5) for _ in range(50)]
    threads = threading.active_count()
    for each in silent:
        each.sendall(HEAD % len(body) + body)
    time.sleep(1)
    asked = {"question": QUESTION, "stream": False}
    answer = httpx.post(f"{address}api/ask", json=asked, timeout=60)
    assert answer.status_code == 200 and answer.json()["answered"]
    assert all(each.fileno() >= 0 for each in silent)
    for each in silent:
        each.close()
    assert threading.active_count() <= threads + 8


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.slow
def test_whatever_the_description_allows(session: ASGIClient, mode: GenerationMode) -> None:
    """Requests made from the description, valid or not: answered as described, never with a 5xx."""
    app: Any = session.app
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.app = app
    checks = [not_a_server_error, content_type_conformance, response_schema_conformance]
    bounded = settings(
        max_examples=10, deadline=None, database=None, derandomize=True, phases=[Phase.generate]
    )
    for operation in (found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)):
        if mode is GenerationMode.NEGATIVE and not operation.body:
            continue

        @given(operation.as_strategy(generation_mode=mode))
        def run(case: Any) -> None:
            case.validate_response(
                case.call(base_url="http://bot.test", session=session), checks=checks
            )

        settings(bounded, suppress_health_check=list(HealthCheck))(run)()
