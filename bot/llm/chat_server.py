"""One call of a language model over HTTP: what is sent, and what comes back piece by piece.

The client is our own, on httpx, not the `openai` package. That one was made to get an answer
whatever comes; here an answer that is not whole has to be known as such. Measured on openai 3.57: a
page of HTML with status 200, a JSON body, a stream that is cut and one without [DONE] all end as
success; a line of 300 MB takes 1.25 GB; comments (`: ping`) keep a silent stream alive for ever; a
307 is followed, with the passages in the body; and retries make 16.6 seconds of 4. What is left to
write once each of these is dealt with is shorter than what would have to be put around it: this
file and `bot/llm/sse.py`. tests/bot/llm/ has every one of them as a test.

What it keeps to: it follows no redirect; it takes no proxy, password or cookie from its environment
(`llm.proxy` names a proxy, SSL_CERT_FILE the authorities of a company); it reads a bounded number of
bytes, none of them compressed; its deadlines count words, not bytes; an answer is whole only after
finish_reason=stop.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypedDict

import anyio
import httpx

from bot.llm.deadlines import Deadlines
from bot.llm.failures import ModelFailed
from bot.llm.pieces import AnswerReader
from bot.settings import LlmSettings
from index.remote.connection import client_rules
from index.remote.failures import FailureKind, kind_of_response, seconds_to_wait
from index.remote.server import CONNECT_SECONDS, ERROR_LIMIT, Server

KEPT_CONNECTIONS = 20
"""Connections that stay open between questions."""

EVENTS = "text/event-stream"


class Message(TypedDict):
    """A message of a chat, as OpenAI's API has it."""

    role: str
    content: str


class ChatServer:
    """An OpenAI-compatible server. It belongs to one event loop."""

    def __init__(self, settings: LlmSettings) -> None:
        self._address = f"{settings.url}/chat/completions"
        self._server = Server("llm.url", settings.url, settings.key.get_secret_value())
        self._http = httpx.AsyncClient(
            # Only a connection has a deadline here; the words have theirs.
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=KEPT_CONNECTIONS),
            proxy=settings.proxy or None,
            **client_rules(),
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._http.aclose()

    def failed(
        self, kind: FailureKind, status: int | None = None, wait: float | None = None
    ) -> ModelFailed:
        """The failure of that kind, of this server."""
        return ModelFailed(kind, self._server, status, wait)

    async def texts(
        self, body: bytes, deadlines: Deadlines, answer: AnswerReader
    ) -> AsyncGenerator[str, None]:
        """Sends `body` and yields the texts of the `answer`, none of them empty.

        It ends only where the answer is whole. Raises ModelFailed. Closing it closes the connection
        at once, whatever the server is doing.
        """
        async with self._response(body, deadlines) as response:
            await self._check(response, deadlines)
            chunks = response.aiter_raw()
            waits = deadlines
            while chunk := await self._next(chunks, waits, answer):
                for text in answer.feed(chunk):
                    yield text
                    deadlines.heard(text)
                if answer.finish and waits is deadlines:
                    waits = deadlines.afterwards()
            answer.end()

    @asynccontextmanager
    async def _response(self, body: bytes, deadlines: Deadlines) -> AsyncIterator[httpx.Response]:
        """The response of the server, as soon as its headers are there. Raises ModelFailed."""
        headers = self._server.headers(EVENTS)
        request = self._http.build_request("POST", self._address, content=body, headers=headers)
        try:
            async with asyncio.timeout(deadlines.left):
                response = await self._http.send(request, stream=True)
        except (TimeoutError, httpx.ConnectTimeout):
            raise self.failed("slow") from None
        except (httpx.ConnectError, httpx.ProxyError):
            raise self.failed("unreachable") from None
        except httpx.TransportError:
            raise self.failed("cut") from None
        try:
            yield response
        finally:
            # Also where whoever asked is gone, and everything of theirs is being cancelled.
            with anyio.CancelScope(shield=True):
                await response.aclose()

    async def _check(self, response: httpx.Response, deadlines: Deadlines) -> None:
        """Raises ModelFailed unless the response is a stream of events."""
        headers = response.headers
        status = response.status_code
        if status != httpx.codes.OK:
            kind = kind_of_response(status, await self._error(response, deadlines))
            raise self.failed(kind, status, seconds_to_wait(headers.get("retry-after")))
        kind_of_content = headers.get("content-type", "").partition(";")[0].strip().lower()
        is_plain = headers.get("content-encoding", "identity").lower() == "identity"
        if kind_of_content != EVENTS or not is_plain:
            raise self.failed("garbage", status)

    async def _error(self, response: httpx.Response, deadlines: Deadlines) -> bytes:
        """The body of an error, as far as it comes in time, at most ERROR_LIMIT."""
        body = bytearray()
        chunks = response.aiter_raw()
        while len(body) < ERROR_LIMIT:
            try:
                chunk = await self._next(chunks, deadlines)
            except ModelFailed:
                break
            if not chunk:
                break
            body += chunk
        return bytes(body[:ERROR_LIMIT])

    async def _next(
        self, chunks: AsyncIterator[bytes], deadlines: Deadlines, answer: AnswerReader | None = None
    ) -> bytes:
        """The next bytes, empty at the end. Raises ModelFailed, unless the `answer` is over."""
        failure: FailureKind = "slow"
        try:
            async with asyncio.timeout(deadlines.left):
                # What comes without end, and without a word, never lets the timeout act.
                if deadlines.left > 0:
                    return await anext(chunks, b"")
        except TimeoutError:
            pass
        except httpx.TransportError:
            failure = "cut"
        if answer is not None and answer.finish:
            return b""
        raise self.failed(failure)


def request_body(settings: LlmSettings, messages: Sequence[Message], most_tokens: int) -> bytes:
    """What is sent: ours, changed by `llm.extra` but for what only we may say.

    Lone surrogates become question marks.
    """
    ours: dict[str, Any] = {
        "temperature": 0,
        "max_tokens": most_tokens,
        "stream_options": {"include_usage": True},
    }
    ours.update(settings.fields)
    kept = {name: value for name, value in ours.items() if value is not None}
    body = {**kept, "model": settings.model, "messages": list(messages), "stream": True}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
