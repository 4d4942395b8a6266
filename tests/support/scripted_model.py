"""A server on loopback that speaks as OpenAI-compatible ones do, and plays scripts: whatever a model may do wrong.

    with scripted_model(prose("首批 112 个小区。[1]")) as model:
        ...  # ask model.url, which ends in /v1
    assert model.exchanges[0].messages[-1]["content"] == "问题"

A script is a function from the request to steps: bytes are sent as they are, a number waits so many seconds,
RESET breaks the connection, HANG_UP ends it. `model.script` may be replaced at any time, and `model.stop()` ends the
model in the middle of an answer.
"""

import asyncio
import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from time import monotonic
from typing import Any

LONG = 3600.0
"""Seconds that no test waits: the client has to give up first."""

REASONING = "先看材料，再想一想。"
"""What the scripts that think aloud think."""


class Ending(Enum):
    """How a script may end a connection before the answer is whole."""

    RESET = "reset"
    HANG_UP = "hang up"


RESET, HANG_UP = Ending.RESET, Ending.HANG_UP

Step = bytes | float | Ending


@dataclass(eq=False)
class Exchange:
    """A request as it came, and what became of it."""

    path: str
    headers: Mapping[str, str]
    """By name in lower case."""
    raw: bytes
    number: int
    """From 1, in the order of arrival."""
    began: float = field(default_factory=monotonic)
    sent: int = 0
    """Bytes that went out."""
    played: bool = False
    """Whether the script was played to its end."""
    closed_at: float | None = None
    """When the other side closed the connection in the middle of the script, as `monotonic` has it."""
    over: threading.Event = field(default_factory=threading.Event, repr=False)
    """Set when the script has ended, however it did."""

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def messages(self) -> list[dict[str, str]]:
        messages: list[dict[str, str]] = self.body["messages"]
        return messages


Script = Callable[[Exchange], Iterable[Step]]


# The parts of an answer


def head(status: int = 200, kind: str = "text/event-stream", **fields: str) -> bytes:
    """A status line and headers, for a body in chunks; `retry_after="3"` gives Retry-After."""
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Type: {kind}", "Transfer-Encoding: chunked"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


END = b"0\r\n\r\n"
"""What ends a body in chunks: without it, the body was cut."""


def event(data: object) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return chunk(f"data: {text}\n\n".encode())


def delta(content: str = "", finish: str | None = None) -> bytes:
    """A piece of a streamed completion."""
    return piece({"content": content}, finish)


def piece(said: Mapping[str, str | None], finish: str | None = None) -> bytes:
    """The same, whatever its delta holds."""
    choice = {"index": 0, "delta": said, "finish_reason": finish}
    return event({"id": "scripted", "object": "chat.completion.chunk", "choices": [choice]})


def usage(asked: int, written: int) -> bytes:
    counted = {
        "prompt_tokens": asked,
        "completion_tokens": written,
        "total_tokens": asked + written,
    }
    return event(
        {"id": "scripted", "object": "chat.completion.chunk", "choices": [], "usage": counted}
    )


DONE = event("[DONE]")


def answer_in_full(
    status: int, body: bytes, kind: str = "application/json", **fields: str
) -> Script:
    """Any response at once."""

    def script(exchange: Exchange) -> Iterable[Step]:
        return [head(status, kind, **fields), chunk(body), END]

    return script


def pieces(text: str, size: int = 4) -> list[str]:
    """`text` in pieces of `size` characters, as a model would write it."""
    return [text[start : start + size] for start in range(0, len(text), size)]


# Models that do what they should


def prose(*deltas: str, pause: float = 0.0, first: float = 0.0, finish: str = "stop") -> Script:
    """Says `deltas`, with `pause` seconds between them and `first` before, and ends as it should."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield first
        yield head()
        yield piece({"role": "assistant", "content": ""})
        for text in deltas:
            yield delta(text)
            yield pause
        yield piece({}, finish)
        yield usage(100, sum(map(len, deltas)))
        yield DONE
        yield END

    return script


def answering(
    answer: Callable[[Sequence[Mapping[str, str]]], str], size: int = 4, pause: float = 0.0
) -> Script:
    """Says what `answer` makes of the messages, in pieces of `size` characters."""

    def script(exchange: Exchange) -> Iterable[Step]:
        return prose(*pieces(answer(exchange.messages), size), pause=pause)(exchange)

    return script


def in_turn(*scripts: Script) -> Script:
    """The first script for the first request, and so on; the last one from then on."""

    def script(exchange: Exchange) -> Iterable[Step]:
        return scripts[min(exchange.number, len(scripts)) - 1](exchange)

    return script


def thinking(*deltas: str) -> Script:
    """Thinks in `reasoning_content` before it speaks, as DeepSeek and Qwen do."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        for thought in pieces(REASONING):
            yield piece({"content": None, "reasoning_content": thought})
        yield from (delta(text) for text in deltas)
        yield delta("", finish="stop")
        yield DONE
        yield END

    return script


def thinking_aloud(text: str, opened: bool = True) -> Script:
    """Thinks within its answer: <think>…</think>, or with a lone </think> where the template opened it."""
    return prose(*pieces(f"{'<think>' if opened else ''}{REASONING}</think>{text}", 3))


# Models that say what they should not


def marks_out_of_range(text: str = "首批有一百个小区。[99]它们都在城里。[0][7]") -> Script:
    return prose(*pieces(text))


def in_english() -> Script:
    return prose(*pieces("The first batch covers 112 communities.[1]", 7))


def without_end(sentence: str = "首批有一百个小区。[1]", pause: float = 0.0) -> Script:
    """The same sentence for ever."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        while True:
            yield delta(sentence)
            yield pause

    return script


# Servers that fail


def slow_headers(seconds: float = LONG) -> Script:
    return prose("太迟了。[1]", first=seconds)


def ping_only(interval: float = 0.02) -> Script:
    """Comments that keep a connection alive, and never a word."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        while True:
            yield chunk(b": ping\n\n")
            yield interval

    return script


def empty_deltas(interval: float = 0.02) -> Script:
    """Events without content, for ever."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        while True:
            yield delta("")
            yield interval

    return script


def stalling(*deltas: str) -> Script:
    """Says `deltas` and then no more, and keeps the connection."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield from (delta(text) for text in deltas)
        yield LONG

    return script


def half(*deltas: str, ending: Ending = HANG_UP) -> Script:
    """Says `deltas`, then breaks off within an event."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield from (delta(text) for text in deltas)
        yield chunk(b'data: {"choices": [{"del')
        # What was sent has to arrive before the connection is reset.
        yield 0.05
        yield ending

    return script


def without_done(*deltas: str) -> Script:
    """All of an answer, but no [DONE]."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield from (delta(text) for text in deltas)
        yield delta(finish="stop")
        yield END

    return script


def lingering(*deltas: str) -> Script:
    """All of an answer; then the server keeps the connection and says no more."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield from (delta(text) for text in deltas)
        yield delta(finish="stop")
        while True:
            yield chunk(b": ping\n\n")
            yield 0.02

    return script


def without_finish(*deltas: str, done: bool = True) -> Script:
    """[DONE], or the end of the stream alone, but no finish_reason: nobody knows whether it is whole."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield from (delta(text) for text in deltas)
        if done:
            yield DONE
        yield END

    return script


def garbage(*deltas: str) -> Script:
    """An event that is no JSON, after `deltas`."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield from (delta(text) for text in deltas)
        yield event('{"choices": [{"delta": {"content": ')
        yield LONG

    return script


def wrong_shape(data: object) -> Script:
    """An event that is JSON, but no piece of a completion."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield event(data)
        yield DONE
        yield END

    return script


def no_text() -> Script:
    """Bytes that are no UTF-8."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield chunk(b"data: \xff\xfe\x00\xc3\x28\n\n")
        yield END

    return script


def not_gzip() -> Script:
    """Says that it is compressed, which it is not."""
    return answer_in_full(200, b"\x1f\x8b not gzip", "text/event-stream", content_encoding="gzip")


def html(status: int = 200) -> Script:
    page = "<!doctype html><html><title>登录</title><body>请先登录</body></html>"
    return answer_in_full(status, page.encode(), "text/html; charset=utf-8")


def json_instead(text: str = "首批有一百个小区。[1]") -> Script:
    """A whole completion where a stream was asked for."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    whole = {"id": "scripted", "object": "chat.completion", "choices": [choice]}
    return answer_in_full(200, json.dumps(whole).encode())


def wrong_type(kind: str = "text/plain") -> Script:
    """The events of an answer under another name."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head(200, kind)
        yield delta("首批有一百个小区。[1]")
        yield delta(finish="stop")
        yield DONE
        yield END

    return script


def redirecting(location: str, status: int = 307) -> Script:
    return answer_in_full(status, b"", "text/plain", location=location)


def failing(status: int, message: str = "scripted", **fields: str) -> Script:
    """An error as these servers give it: 401, 429 (`retry_after="2"`), 500 …"""
    error = {"error": {"message": message, "type": "scripted", "code": str(status)}}
    return answer_in_full(status, json.dumps(error, ensure_ascii=False).encode(), **fields)


def filtered_before(code: str = "content_filter", message: str = "filtered") -> Script:
    """400: a filter refuses the question. DashScope says data_inspection_failed."""
    error = {"error": {"message": message, "type": "invalid_request_error", "code": code}}
    return answer_in_full(400, json.dumps(error).encode())


def filtered_within(*deltas: str) -> Script:
    """A filter ends the answer after `deltas`."""
    return prose(*deltas, finish="content_filter")


def too_long(code: str | None = "context_length_exceeded") -> Script:
    """400: more tokens than the model takes."""
    message = "This model's maximum context length is 1024 tokens, your messages have 1500."
    error = {"error": {"message": message, "type": "invalid_request_error", "code": code}}
    return answer_in_full(400, json.dumps(error).encode())


def failing_within(*deltas: str) -> Script:
    """An error as an event, after `deltas`."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield from (delta(text) for text in deltas)
        yield event({"error": {"message": "CUDA out of memory", "code": 500}})
        yield LONG

    return script


def cut_short(*deltas: str) -> Script:
    """Reaches its limit of tokens after `deltas`."""
    return prose(*deltas, finish="length")


def long_line(size: int = 1 << 30) -> Script:
    """One line of `size` bytes, made as it is read."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield chunk(b'data: {"choices": [{"delta": {"content": "')
        for _ in range(size >> 16):
            yield chunk(b"a" * (1 << 16))

    return script


def long_error(size: int = 1 << 30) -> Script:
    """An error whose body has `size` bytes, made as it is read."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head(500, "application/json")
        for _ in range(size >> 16):
            yield chunk(b"a" * (1 << 16))

    return script


# The server


class ScriptedModel:
    """A model that plays `script`; `exchanges` are the requests so far."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.exchanges: list[Exchange] = []
        self.connections = 0
        """Connections so far: fewer than requests where some are kept."""
        self.port = 0
        self._numbers = itertools.count(1)
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._playing: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def wait_for(self, count: int, seconds: float = 60) -> Sequence[Exchange]:
        """The exchanges, as soon as there are `count` of them."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.exchanges) >= count, seconds)
            return tuple(self.exchanges)

    def stop(self) -> None:
        """Ends the model as a crash would: answers in progress break off, and nobody listens any more."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(60)

    def run(self, listening: socket.socket, started: threading.Event) -> None:
        """Serves until `close`; for a thread of its own."""
        asyncio.set_event_loop(self._loop)
        self.port = listening.getsockname()[1]
        serving = asyncio.start_server(self._connected, sock=listening, backlog=512)
        self._server = self._loop.run_until_complete(serving)
        started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._playing):
            task.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._playing.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            self._playing.discard(task)
            # Closes at once, whatever was not sent yet.
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection goes on after it."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in lines[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in fields}
        raw = await reader.readexactly(int(headers.get("content-length", "0")))
        exchange = Exchange(lines[0].split()[1], headers, raw, next(self._numbers))
        with self._arrived:
            self.exchanges.append(exchange)
            self._arrived.notify_all()
        playing = asyncio.ensure_future(self._play(exchange, writer))
        # Nothing more comes before the answer is whole: what can be read is that the other side left.
        leaving = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not playing.done():
                exchange.closed_at = monotonic()
                return False
            return playing.result()
        except ConnectionError:
            exchange.closed_at = monotonic()
            raise
        finally:
            playing.cancel()
            leaving.cancel()
            await asyncio.gather(playing, leaving, return_exceptions=True)
            exchange.over.set()

    async def _play(self, exchange: Exchange, writer: asyncio.StreamWriter) -> bool:
        for step in self.script(exchange):
            match step:
                case bytes():
                    writer.write(step)
                    await writer.drain()
                    exchange.sent += len(step)
                case Ending.RESET:
                    _reset_on_close(writer)
                    return False
                case Ending.HANG_UP:
                    writer.close()
                    await writer.wait_closed()
                    return False
                case _:
                    await asyncio.sleep(step)
        exchange.played = True
        return True


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, for 0 seconds
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


@contextmanager
def scripted_model(script: Script) -> Iterator[ScriptedModel]:
    """A model that plays `script` while this is open."""
    listening = socket.create_server(("127.0.0.1", 0))
    # asyncio does so itself only for sockets that it has made; else a piece waits 40 ms for the one before it.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    model = ScriptedModel(script)
    started = threading.Event()
    thread = threading.Thread(target=model.run, args=(listening, started))
    thread.start()
    started.wait()
    try:
        yield model
    finally:
        model.close()
        thread.join()


@contextmanager
def refusing() -> Iterator[str]:
    """The address of a model that does not run: every connection is refused."""
    with socket.socket() as taken:
        # Bound, so that nobody else gets it, but not listening.
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
