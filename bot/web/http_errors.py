"""Errors over HTTP: each has a status, and a message in the caller's language.

HttpError                 400
├── Unauthorized        401   no key, or a wrong one
├── Forbidden           403   sent by a page of another site
├── NotFound            404   nothing at this address
├── NotAllowed          405   the address takes another method
├── TooSlow             408   the body did not come in time
├── LengthNeeded        411   a body of unknown length
├── TooLarge            413   larger than the limit
├── NotJson             415   the body is something else than JSON
├── TooMany             429   one caller, or all together, asked too often
├── InternalError       500   an error that nobody expected
├── Busy                503   too many wait already, or too many connections are in use
└── Stopping            503   the server was told to stop
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from bot.i18n import Spoken, language_of_header
from corpus import ChengwenError, UsageError


class HttpError(ChengwenError):
    """A request that is not served.

    `retry_after` is the number of whole seconds after which it may be, 0 where waiting is no use.
    """

    code = "bad_request"
    status = 400

    def __init__(self, zh: str, en: str, retry_after: int = 0) -> None:
        super().__init__(zh, en)
        self.retry_after = retry_after


class Unauthorized(HttpError):
    """A key is needed, and the caller brings none of them."""

    code = "unauthorized"
    status = 401


class Forbidden(HttpError):
    """A page of another site sent the request."""

    code = "forbidden"
    status = 403


class NotFound(HttpError):
    """There is nothing at this address."""

    code = "not_found"
    status = 404


class NotAllowed(HttpError):
    """The address takes POST only."""

    code = "not_allowed"
    status = 405


class TooSlow(HttpError):
    """The body did not come in time."""

    code = "too_slow"
    status = 408


class LengthNeeded(HttpError):
    """The request does not say how long it is."""

    code = "length_needed"
    status = 411


class TooLarge(HttpError):
    """The request is larger than the limit."""

    code = "too_large"
    status = 413


class NotJson(HttpError):
    """The body is something else than JSON, such as what a form of another site can send."""

    code = "not_json"
    status = 415


class TooMany(HttpError):
    """One caller, or all together, asked more questions than are allowed."""

    code = "too_many"
    status = 429


class InternalError(HttpError):
    """Something failed that nobody expected: a fault of the program."""

    code = "internal"
    status = 500


class Busy(HttpError):
    """Too many questions wait already, or too many connections are in use."""

    code = "busy"
    status = 503


class Stopping(HttpError):
    """The server was told to stop before the answer was there."""

    code = "stopping"
    status = 503


_EXTRA_HEADERS = {401: {"www-authenticate": "Bearer"}, 405: {"allow": "POST"}}


def language(request: Request) -> Spoken:
    """The language that the caller's Accept-Language header prefers."""
    return language_of_header(request.headers.get("accept-language", ""))


def status_of(error: ChengwenError) -> int:
    """The status of HTTP for an error: 503 where the fault is not the caller's."""
    if isinstance(error, HttpError):
        return error.status
    if isinstance(error, UsageError):
        return 400
    return 503


def error_json(error: ChengwenError, language: str) -> dict[str, Any]:
    """{"error": {"code", "message", "retry_after"?}}, the message in that language."""
    detail: dict[str, Any] = {"code": error.code, "message": error.message(language)}
    if isinstance(error, HttpError) and error.retry_after:
        detail["retry_after"] = error.retry_after
    return {"error": detail}


async def error_response(request: Request, error: Exception) -> JSONResponse:
    """Answers a ChengwenError as JSON, with its status and the headers that go with it."""
    assert isinstance(error, ChengwenError)
    status = status_of(error)
    headers = dict(_EXTRA_HEADERS.get(status, {}))
    if isinstance(error, HttpError) and error.retry_after:
        headers["retry-after"] = str(error.retry_after)
    return JSONResponse(error_json(error, language(request)), status, headers)


async def client_gone(request: Request, error: Exception) -> Response:
    """Answers a client that has disconnected, for the log: nobody reads it."""
    return Response(status_code=499)
