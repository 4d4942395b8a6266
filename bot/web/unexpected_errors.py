"""The one layer of the server that catches everything: an unexpected error becomes an answer."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.api.events import DONE, encode_event
from bot.web.http_errors import (
    HttpError,
    InternalError,
    Stopping,
    error_json,
    error_response,
    language,
)

_logger = logging.getLogger(__name__)


class UnexpectedErrors:
    """Wraps an application, and answers the exceptions that nothing inside it has handled.

    A response that has not begun becomes the JSON of an InternalError, with status 500. A stream
    of server-sent events that has begun ends with an `error` event of the same JSON, and one of
    /v1 with an error chunk and [DONE]. The traceback goes to the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request. Raises nothing but what `send` raises."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _Response(send)
        try:
            await self._app(scope, receive, response.send)
        # Expected, and at any point of an answer, as only unexpected errors are otherwise.
        except Stopping as error:
            await _answer_error(error, response, scope, receive, send)
        # Everything is caught here: whoever asked must be told in the form of all errors, and
        # beyond this layer the framework has only plain text for it. No other place may do so.
        except Exception:
            _logger.exception("unexpected error: %s %s", scope["method"], scope["path"])
            await _answer_error(_internal_error(), response, scope, receive, send)
        else:
            await response.send_held()


class _Response:
    """One response on its way out: how far it is, and whether it is a stream of events.

    A response of status 500 is held back until its application has ended. A mounted application
    sends one of its own, in plain text, before it lets an error through.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: list[Message] = []
        self.has_begun = False
        self.has_ended = False
        self.is_event_stream = False

    async def send(self, message: Message) -> None:
        """Passes a message of the application on, or holds it back."""
        is_start = message["type"] == "http.response.start"
        if self._held or (is_start and message["status"] == InternalError.status):
            self._held.append(message)
            return
        if is_start:
            self.has_begun = True
            content_type = Headers(raw=message["headers"]).get("content-type", "")
            self.is_event_stream = content_type.startswith("text/event-stream")
        elif not message.get("more_body", False):
            self.has_ended = True
        await self._send(message)

    async def send_held(self) -> None:
        """Sends what was held back: nothing has replaced it."""
        for message in self._held:
            await self._send(message)


def _internal_error() -> InternalError:
    return InternalError(
        "服务器出错了，已记入日志。请稍后再试。",
        "The server failed, and has logged why. Please try again later.",
    )


async def _answer_error(
    error: HttpError, response: _Response, scope: Scope, receive: Receive, send: Send
) -> None:
    """Tells the caller as far as the response still allows it; of any other the rest is missing."""
    request = Request(scope)
    if not response.has_begun:
        complete = await error_response(request, error)
        await complete(scope, receive, send)
    elif response.is_event_stream and not response.has_ended:
        error_object = error_json(error, language(request))
        if scope["path"].startswith("/v1/"):
            body = encode_event(error_object) + DONE
        else:
            body = encode_event(error_object, "error")
        await send({"type": "http.response.body", "body": body})
