"""Asks a server for JSON, by the rules of `bot/llm/chat_server.py`, in the thread that asks.

No redirect, no proxy or password of the environment, a bounded number of bytes, none compressed; at
most two retries within the deadline, and none while the server keeps failing or wants a rest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import httpx

from index.remote.breaker import Breaker, Call
from index.remote.connection import client_rules
from index.remote.failures import (
    OF_THE_REQUEST,
    PASSING,
    FailureKind,
    ServerFailed,
    kind_of_response,
    seconds_to_wait,
)
from index.remote.retries import LONGEST_REST, MOST, Allowance, seconds_before
from index.remote.server import CONNECT_SECONDS, ERROR_LIMIT, Server

ANSWER_LIMIT = 32 * 1024 * 1024
"""Bytes of an answer: 128 vectors of 4,096 numbers have 12 million."""

KIND = "application/json"

_CONNECTIONS = 64
"""As many as there may be threads that answer."""


class JsonServer:
    """A server that answers a POST of JSON with JSON. Several threads may ask it.

    `clock` is that of the breaker, in seconds that never go back.
    """

    def __init__(self, server: Server, clock: Callable[[], float] = time.monotonic) -> None:
        self.breaker = Breaker(clock)
        self._server = server
        self._allowance = Allowance()
        self._rests_until = 0.0
        self._http = httpx.Client(
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=_CONNECTIONS),
            **client_rules(),
        )

    def close(self) -> None:
        """Closes every connection."""
        self._http.close()

    def failed(
        self, kind: FailureKind, status: int | None = None, wait: float | None = None
    ) -> ServerFailed:
        """The failure of that kind, of this server."""
        return ServerFailed(kind, self._server, status, wait)

    def post(self, path: str, body: Mapping[str, Any], seconds: float) -> Any:
        """What the server answers to `body` in `seconds`, retries included. Raises ServerFailed.

        A server that sends byte after byte may take twice as long, and not longer.
        """
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        deadline = time.monotonic() + seconds
        if self._rests_until >= deadline:
            raise self.failed("busy")
        time.sleep(max(0.0, self._rests_until - time.monotonic()))
        self._allowance.call()
        for retry in count(1):
            try:
                return self._attempt(path, content, deadline)
            except ServerFailed as failure:
                wait = seconds_before(retry, failure.wait)
                if retry > MOST or not self._may_retry(failure, deadline, wait):
                    raise
            time.sleep(wait)
        raise AssertionError("count() has no end")

    def _may_retry(self, failure: ServerFailed, deadline: float, wait: float) -> bool:
        """Whether to ask again after `wait` seconds; it is counted."""
        is_in_time = failure.kind in PASSING and time.monotonic() + wait < deadline
        return is_in_time and not self.breaker.is_open and self._allowance.take()

    def _attempt(self, path: str, content: bytes, deadline: float) -> Any:
        """One call, where the breaker allows it; the breaker is told how it ends."""
        call = self.breaker.begin()
        if call is None:
            raise self.failed("breaker")
        try:
            answer = self._call(path, content, deadline)
            call.succeeded()
            return answer
        except ServerFailed as failure:
            self._judge(call, failure)
            raise
        finally:
            # The failure says nothing of the server.
            call.left()

    def _judge(self, call: Call, failure: ServerFailed) -> None:
        if failure.wait is not None:
            self._rests_until = time.monotonic() + min(failure.wait, LONGEST_REST)
        if failure.kind not in OF_THE_REQUEST:
            call.failed()

    def _call(self, path: str, content: bytes, deadline: float) -> Any:
        left = max(0.001, deadline - time.monotonic())
        timeout = httpx.Timeout(left, connect=min(left, CONNECT_SECONDS))
        address = f"{self._server.url}{path}"
        headers = dict(self._server.headers(KIND))
        try:
            with self._http.stream(
                "POST", address, content=content, headers=headers, timeout=timeout
            ) as response:
                return self._read(response, deadline)
        except httpx.TimeoutException:
            raise self.failed("slow") from None
        except (httpx.ConnectError, httpx.ProxyError):
            raise self.failed("unreachable") from None
        except httpx.TransportError:
            raise self.failed("cut") from None

    def _read(self, response: httpx.Response, deadline: float) -> Any:
        """The JSON of a response. Raises ServerFailed where there is none."""
        status = response.status_code
        headers = response.headers
        if status != httpx.codes.OK:
            body = self._body(response, deadline, ERROR_LIMIT)
            wait = seconds_to_wait(headers.get("retry-after"))
            raise self.failed(kind_of_response(status, body), status, wait)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != KIND or headers.get("content-encoding", "identity").lower() != "identity":
            raise self.failed("garbage", status)
        body = self._body(response, deadline, ANSWER_LIMIT)
        if len(body) > ANSWER_LIMIT:
            raise self.failed("garbage", status)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise self.failed("garbage", status) from None

    def _body(self, response: httpx.Response, deadline: float, limit: int) -> bytes:
        """The body, or a little more than `limit` of it. Raises ServerFailed where it is late."""
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > limit:
                break
            if time.monotonic() > deadline:
                raise self.failed("slow")
        return bytes(body)
