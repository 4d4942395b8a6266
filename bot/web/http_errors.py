"""Requests that are not served: each a status of HTTP, and a message in the caller's language.

HttpError                 400
├── Unauthorized        401   a key is needed
├── Forbidden           403   sent by a page of another site
├── NotFound            404   nothing at this address
├── NotAllowed          405   another method is meant
├── TooSlow             408   the body did not come
├── LengthNeeded        411   a body of unknown length
├── TooLarge            413   more than anything needs
├── NotJson             415   something else than JSON
├── TooMany             429   one caller, or all of them, asked too much
└── Busy                503   too many wait already
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from bot.i18n import Language, language_of_header
from corpus import ChengwenError, UsageError


class HttpError(ChengwenError):
    """A request that is not served. `retry_after`: whole seconds after which it may be, 0 where waiting is no use."""

    code = "bad_request"
    status = 400

    def __init__(self, zh: str, en: str, retry_after: int = 0) -> None:
        super().__init__(zh, en)
        self.retry_after = retry_after


class Unauthorized(HttpError):
    """A key is needed, and this is none."""

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
    """The address is there for POST."""

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
    """The request is larger than any that is meant."""

    code = "too_large"
    status = 413


class NotJson(HttpError):
    """The request is something else than JSON. A form of another site cannot send JSON unasked."""

    code = "not_json"
    status = 415


class TooMany(HttpError):
    """More questions than are allowed."""

    code = "too_many"
    status = 429


class Busy(HttpError):
    """Too many questions wait already."""

    code = "busy"
    status = 503


_HEADERS = {401: {"www-authenticate": "Bearer"}, 405: {"allow": "POST"}}


def language(request: Request) -> Language:
    """The language that the caller's Accept-Language header prefers."""
    return language_of_header(request.headers.get("accept-language", ""))


def status_of(error: ChengwenError) -> int:
    """The status of HTTP that says what `error` says: 503 where the fault is not the caller's."""
    if isinstance(error, HttpError):
        return error.status
    return 400 if isinstance(error, UsageError) else 503


def error_json(error: ChengwenError, language: str) -> dict[str, Any]:
    """{"error": {"code", "message", "retry_after"?}}."""
    told: dict[str, Any] = {"code": error.code, "message": error.message(language)}
    if isinstance(error, HttpError) and error.retry_after:
        told["retry_after"] = error.retry_after
    return {"error": told}


async def error_response(request: Request, error: Exception) -> JSONResponse:
    """A ChengwenError as JSON."""
    assert isinstance(error, ChengwenError)
    status = status_of(error)
    headers = dict(_HEADERS.get(status, {}))
    if isinstance(error, HttpError) and error.retry_after:
        headers["retry-after"] = str(error.retry_after)
    return JSONResponse(error_json(error, language(request)), status, headers)


async def client_gone(request: Request, error: Exception) -> Response:
    """For a caller who has gone: nobody reads it."""
    return Response(status_code=499)
