"""What the responses of servers say, by their statuses and by what they write."""

import json
import math
from datetime import UTC, datetime

import pytest

from index.remote.failures import (
    KINDS,
    FailureKind,
    ServerFailed,
    kind_of_response,
    seconds_to_wait,
)
from index.remote.server import Server, is_local

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def openai(message: str, code: str = "", kind: str = "invalid_request_error") -> str:
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (301, "", "rejected"),
        (307, "", "rejected"),
        (204, "", "rejected"),
        (400, openai("unknown field"), "rejected"),
        (401, openai("Incorrect API key provided: sk-1"), "rejected"),
        (402, openai("Insufficient Balance"), "rejected"),
        (403, "", "rejected"),
        (404, openai("The model `x` does not exist", "model_not_found"), "rejected"),
        (408, "", "broken"),
        (413, "", "too_long"),
        (422, '{"detail": [{"msg": "Field required"}]}', "rejected"),
        (429, openai("Rate limit reached", "rate_limit_exceeded"), "busy"),
        (429, openai("You exceeded your current quota", "insufficient_quota"), "rejected"),
        # Anthropic: it is how much was asked in a minute, not how long a question is.
        (429, openai("Please reduce the maximum tokens requested, or try again later."), "busy"),
        (401, openai("Keys are sensitive: keep them safe."), "rejected"),
        (500, "", "broken"),
        (502, "<html>Bad Gateway</html>", "broken"),
        (503, openai("overloaded"), "busy"),
        (529, "", "busy"),
        # Filters: OpenAI and Azure, DashScope, DeepSeek twice, a gateway
        (400, openai("The response was filtered", "content_filter"), "filtered"),
        (
            400,
            openai("Input data may contain inappropriate content.", "data_inspection_failed"),
            "filtered",
        ),
        (400, openai("Content Exists Risk", "invalid_request_error"), "filtered"),
        (400, '{"detail": "Content Exists Risk"}', "filtered"),
        (400, openai("x", "sensitive_words_detected", "new_api_error"), "filtered"),
        # Size: OpenAI, vLLM of two versions, llama.cpp of two, DashScope
        (400, openai("…", "context_length_exceeded"), "too_long"),
        (400, openai("This model's maximum context length is 1024 tokens."), "too_long"),
        (
            400,
            '{"object": "error", "message": "maximum context length is 6048 tokens", "code": 400}',
            "too_long",
        ),
        (400, openai("x", kind="exceed_context_size_error"), "too_long"),
        (500, openai("Context size has been exceeded.", kind="server_error"), "too_long"),
        (
            400,
            openai("Range of input length should be [1, 30720]", "invalid_parameter_error"),
            "too_long",
        ),
        (400, '{"error": "input length exceeds the context length"}', "too_long"),
        (400, "[" * 50_000, "rejected"),
        (400, "\ud800", "rejected"),
    ],
)
def test_kinds(status: int, body: str, kind: str) -> None:
    assert kind_of_response(status, body.encode("utf-8", "surrogatepass")) == kind


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        ("Tue, 24 Nov 2026 08:00:30 GMT", 30),
        ("Tue, 24 Nov 2026 07:00:00 GMT", 0),
        ("-1", None),
        ("1.5", 1.5),
        ("9" * 400, math.inf),
        ("1e3", None),
        ("soon", None),
        ("", None),
        ("１２", None),
        ("Tue, 99 Nov 2026 08:00:30 GMT", None),
        ("Tue, 24 Nov 99999999999999999999 08:00:30 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_says_which_setting_which_address_and_what_to_do(kind: FailureKind) -> None:
    failure = ServerFailed(kind, Server("llm.url", "http://10.0.0.5:8000/v1", "sk-secret"), 400)
    for said in (failure.zh, failure.en):
        assert "llm.url" in said and "http://10.0.0.5:8000/v1" in said and "HTTP 400" in said
        assert said.endswith(("。", "."))
    assert "sk-secret" not in failure.zh + failure.en + repr(failure)
    assert not any("\u4e00" <= character <= "\u9fff" for character in failure.en)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://127.8.0.1/v1", True),
        ("http://localhost/v1", True),
        ("https://localhost:8000", True),
        ("http://[::1]:8000/v1", True),
        ("http://192.168.1.5/v1", False),
        ("http://localhost.example.org/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://host.docker.internal:11434/v1", False),
        ("https://api.deepseek.com/v1", False),
    ],
)
def test_what_stays_on_this_machine(url: str, local: bool) -> None:
    assert is_local(url) is local


def test_a_key_is_in_no_repr() -> None:
    server = Server("llm.url", "http://127.0.0.1/v1", "sk-secret")
    assert "sk-secret" not in repr(server) and "sk-secret" not in str(server)
    assert server.headers("text/event-stream")["authorization"] == "Bearer sk-secret"
    assert "authorization" not in Server("llm.url", "http://127.0.0.1/v1").headers("*/*")
