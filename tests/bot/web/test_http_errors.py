"""Errors as HTTP has them: a status, the headers that go with it, and JSON."""

import asyncio
import json

import pytest
from starlette.requests import Request

from bot.web.http_errors import (
    Busy,
    Forbidden,
    HttpError,
    InternalError,
    LengthNeeded,
    NotAllowed,
    NotFound,
    NotJson,
    Stopping,
    TooLarge,
    TooMany,
    TooSlow,
    Unauthorized,
    client_gone,
    error_json,
    error_response,
    status_of,
)
from corpus import ChengwenError, UsageError


def request(language: str = "") -> Request:
    headers = [(b"accept-language", language.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (HttpError, 400, "bad_request"),
        (Unauthorized, 401, "unauthorized"),
        (Forbidden, 403, "forbidden"),
        (NotFound, 404, "not_found"),
        (NotAllowed, 405, "not_allowed"),
        (TooSlow, 408, "too_slow"),
        (LengthNeeded, 411, "length_needed"),
        (TooLarge, 413, "too_large"),
        (NotJson, 415, "not_json"),
        (TooMany, 429, "too_many"),
        (InternalError, 500, "internal"),
        (Busy, 503, "busy"),
        (Stopping, 503, "stopping"),
    ],
)
def test_each_has_its_status_and_its_code(kind: type[HttpError], status: int, code: str) -> None:
    error = kind("不行", "no")
    answer = asyncio.run(error_response(request(), error))
    assert (status_of(error), answer.status_code) == (status, status)
    assert json.loads(bytes(answer.body)) == {"error": {"code": code, "message": "不行"}}
    assert "retry-after" not in answer.headers
    assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    assert answer.headers.get("allow") == ("POST" if status == 405 else None)


def test_other_errors_are_the_callers_or_ours() -> None:
    assert status_of(UsageError("错", "wrong")) == 400
    assert status_of(ChengwenError("坏", "broken")) == 503
    assert error_json(UsageError("错", "wrong"), "en") == {
        "error": {"code": UsageError.code, "message": "wrong"}
    }


def test_what_may_be_asked_again_says_when() -> None:
    answer = asyncio.run(error_response(request("en"), TooMany("等", "wait", 7)))
    assert answer.headers["retry-after"] == "7"
    error = {"code": "too_many", "message": "wait", "retry_after": 7}
    assert json.loads(bytes(answer.body)) == {"error": error}


def test_to_a_client_that_is_gone_nothing_is_said() -> None:
    answer = asyncio.run(client_gone(request(), ConnectionError()))
    assert (answer.status_code, answer.body) == (499, b"")
