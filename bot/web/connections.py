"""The open connections of the server: how many there may be, and how long a request may take to come.

uvicorn bounds neither. Its protocol is wrapped, not changed: the wrapper stands between it and the
event loop, and relies on what asyncio itself calls and on the `state` of a request alone.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.http_errors import Busy, error_response
from bot.web.work_queue import RETRY_AFTER

EXTRA = 128
"""Connections beside those being answered: they wait for a request, or are told that it is refused."""

STATE_PATHS = frozenset({"/healthz", "/readyz"})
"""What is never refused: a server that has much to do is not to be taken for a dead one."""

_STATE = "chengwen.connection"
"""The name of its connection in the state of a request."""


class Connections:
    """All that are open: `most` and EXTRA, each `seconds` at most without a whole request.

    A further one takes the place of the one that has waited longest for a request. So callers that
    ask nothing keep nobody out.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._open: set[Connection] = set()
        # Ordered: the one that has waited longest is the first.
        self._waiting: dict[Connection, None] = {}

    def are_busy(self) -> bool:
        """Whether as many are being answered as may."""
        return len(self._open) - len(self._waiting) >= self.most

    def add(self, connection: Connection) -> None:
        """Takes a connection in, which waits for its first request."""
        self._open.add(connection)
        self.wait(connection)
        if len(self._open) > self.most + EXTRA:
            longest = next(iter(self._waiting))
            longest.abort()

    def wait(self, connection: Connection) -> None:
        """Notes that the next request of a connection is waited for, from now on."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = None

    def answer(self, connection: Connection) -> None:
        """Notes that a connection waits no longer."""
        self._waiting.pop(connection, None)

    def remove(self, connection: Connection) -> None:
        """Forgets a connection that is lost, or about to be."""
        self._open.discard(connection)
        self._waiting.pop(connection, None)

    def abort(self) -> None:
        """Closes all, whatever they are doing."""
        for connection in tuple(self._open):
            connection.abort()


class Connection:
    """One connection, as the event loop sees it: passes all on to the protocol that serves it.

    It is closed if a request is not whole, or an answer not taken, in the seconds of `connections`.
    """

    def __init__(
        self, connections: Connections, make_protocol: Callable[..., Any], **arguments: Any
    ) -> None:
        """The arguments are those with which uvicorn makes a protocol."""
        self.connections = connections
        state = {**arguments.pop("app_state"), _STATE: self}
        self._protocol: asyncio.Protocol = make_protocol(app_state=state, **arguments)
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_open = True
        self._is_waiting = True
        self._is_paused = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begins to wait for a request."""
        self._transport = transport
        self._start_timer()
        self._protocol.connection_made(transport)
        self.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Passes on what has come."""
        self._protocol.data_received(data)

    def eof_received(self) -> bool | None:
        """Passes on that the caller sends no more."""
        return self._protocol.eof_received()

    def pause_writing(self) -> None:
        """The caller does not take what is sent, which must not go on for ever."""
        self._is_paused = True
        self._start_timer()
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """The caller takes what is sent again."""
        self._is_paused = False
        if not self._is_waiting:
            self._stop_timer()
        self._protocol.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        """Forgets the connection, which is closed."""
        self._forget()
        self._protocol.connection_lost(error)

    def request_is_whole(self) -> None:
        """Head and body have come: the answer may take its time."""
        self._is_waiting = False
        # It may be one of many, the answers to which are not taken.
        if not self._is_paused:
            self._stop_timer()
        self.connections.answer(self)

    def answer_is_whole(self) -> None:
        """The last of an answer is about to be sent: the next request is waited for."""
        # An answer may end after its caller has left.
        if not self._is_open:
            return
        self._is_waiting = True
        self._start_timer()
        self.connections.wait(self)

    def abort(self) -> None:
        """Closes the connection, without waiting for the caller to take what is still to be sent."""
        self._forget()
        if self._transport is not None:
            self._transport.abort()

    def _forget(self) -> None:
        self._is_open = False
        self._stop_timer()
        self.connections.remove(self)

    def _start_timer(self) -> None:
        self._stop_timer()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self.connections.seconds, self.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class ConnectionLimits:
    """Wraps an application, and tells the connection of a request how far request and answer are.

    Where as many are being answered as may, everything but the state is refused, with status 503.
    Where the server counts no connections, all passes as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request, or refuses it."""
        connection: Connection | None = scope.get("state", {}).get(_STATE)
        if scope["type"] != "http" or connection is None:
            await self._app(scope, receive, send)
            return

        async def receive_on() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                connection.request_is_whole()
            return message

        async def send_on(message: Message) -> None:
            # Before it is sent: with its last byte the next request may already be under way.
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                connection.answer_is_whole()
            await send(message)

        is_refused = connection.connections.are_busy() and scope["path"] not in STATE_PATHS
        if not _has_body(scope):
            connection.request_is_whole()
        if is_refused:
            await _refuse(scope, receive_on, send_on)
        else:
            await self._app(scope, receive_on, send_on)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers 503, and closes the connection."""
    wait = random.randint(*RETRY_AFTER)
    error = Busy(
        f"现在的连接太多：请 {wait} 秒后再试。",
        f"There are too many connections at the moment: try again in {wait} seconds.",
        wait,
    )
    response = await error_response(Request(scope), error)
    response.headers["connection"] = "close"
    await response(scope, receive, send)


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
