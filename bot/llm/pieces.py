"""What a streamed completion says: texts, why it ends, how many tokens it took."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeGuard

from bot.llm.failures import ModelFailed
from bot.llm.sse import EventReader, NotEvents
from index.remote.failures import FailureKind, kind_of_error

MOST_TOKENS = 10_000_000
"""More than any answer takes: a server that counts more has counted wrong."""


DONE = "[DONE]"
WHOLE = "stop"

_ENDINGS: Mapping[str, FailureKind] = {"length": "length", "content_filter": "filtered"}
"""What a finish_reason other than "stop" means; any other is an answer that broke off."""


class Usage(NamedTuple):
    """Tokens of the messages, and of the answer, as the server counts them."""

    asked: int
    written: int


class Piece(NamedTuple):
    """One event. `finish` is the server's finish_reason; a `thought` is no part of the answer."""

    text: str = ""
    finish: str | None = None
    usage: Usage | None = None
    failure: FailureKind | None = None
    """What an error says that came as an event."""
    thought: str = ""


NOT_A_PIECE = Piece(failure="garbage")


def read_piece(data: str) -> Piece:
    """What the data of an event says; a piece with a failure where it is none of a completion."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        return NOT_A_PIECE
    if not isinstance(event, dict):
        return NOT_A_PIECE
    # vLLM and llama.cpp begin with 200 and then say what went wrong.
    if event.get("error") or event.get("object") == "error":
        return Piece(failure=kind_of_error(event))
    choices = event.get("choices")
    usage = _usage(event.get("usage"))
    if choices is None and usage is None:
        return NOT_A_PIECE
    return _of_choices([] if choices is None else choices, usage)


def _of_choices(choices: Any, usage: Usage | None) -> Piece:
    """The first choice alone is ours: no more are asked for."""
    if not isinstance(choices, list):
        return NOT_A_PIECE
    if not choices:
        return Piece(usage=usage)
    first = choices[0]
    if not isinstance(first, dict):
        return NOT_A_PIECE
    delta = first.get("delta")
    finish = first.get("finish_reason")
    if not (isinstance(delta, dict | None) and isinstance(finish, str | None)):
        return NOT_A_PIECE
    text = delta.get("content") if delta else None
    if not isinstance(text, str | None):
        return NOT_A_PIECE
    return Piece(text or "", finish or None, usage, thought=_thought(delta or {}))


def _thought(delta: Mapping[str, Any]) -> str:
    """What a model thinks: vLLM of today says `reasoning`, all others `reasoning_content`."""
    thoughts = (delta.get(name) for name in ("reasoning_content", "reasoning"))
    return next((thought for thought in thoughts if isinstance(thought, str)), "")


def _usage(counted: Any) -> Usage | None:
    if not isinstance(counted, dict):
        return None
    asked = counted.get("prompt_tokens")
    written = counted.get("completion_tokens")
    # A server that does not count may say 0; no question has no tokens.
    if not (_is_count(asked) and _is_count(written) and asked):
        return None
    return Usage(asked, written)


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= MOST_TOKENS


class AnswerReader:
    """Reads a streamed completion from its bytes. `failed` makes the failure of a kind."""

    def __init__(self, failed: Callable[[FailureKind], ModelFailed]) -> None:
        self.text = ""
        """All that was written so far."""
        self.thought = ""
        """All that was thought so far, which costs tokens too."""
        self.finish: str | None = None
        """The server's finish_reason, as soon as it is there; what comes later cannot spoil it."""
        self.usage: Usage | None = None
        self._failed = failed
        self._events = EventReader()

    def feed(self, data: bytes) -> Iterator[str]:
        """The texts that end within `data`, none of them empty; take all of them.

        Raises ModelFailed where there is something else, behind what came before it.
        """
        try:
            for event in self._events.feed(data):
                text = self._take(event)
                if text:
                    yield text
        except NotEvents:
            self._fail("garbage")

    def end(self) -> None:
        """There is no more. Raises ModelFailed unless the answer is whole."""
        if self.finish != WHOLE:
            raise self._failed(_ENDINGS.get(self.finish or "", "cut"))

    def _take(self, event: str) -> str:
        """The text of an event, if it has any."""
        if event == DONE:
            self._fail("cut")
            return ""
        piece = read_piece(event)
        if piece.failure:
            self._fail(piece.failure)
        self.usage = piece.usage or self.usage
        if self.finish:
            return ""
        self.finish = piece.finish
        self.text += piece.text
        self.thought += piece.thought
        return piece.text

    def _fail(self, kind: FailureKind) -> None:
        """Raises ModelFailed, but not behind the end of the answer."""
        if self.finish is None:
            raise self._failed(kind)
