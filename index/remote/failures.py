"""What may go wrong with a server of a model: kinds, and the words for whoever runs the program.

Nothing of a server's own words goes into a message: they may quote the question, the documents and
even the key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, get_args

from corpus import ChengwenError
from index.remote.server import Server

FailureKind = Literal[
    "unreachable",
    "slow",
    "cut",
    "garbage",
    "rejected",
    "busy",
    "broken",
    "filtered",
    "too_long",
    "length",
    "budget",
    "breaker",
]

KINDS: tuple[FailureKind, ...] = get_args(FailureKind)

PASSING: frozenset[FailureKind] = frozenset({"unreachable", "cut", "busy", "broken"})
"""Failures that may have gone a moment later."""

OF_THE_REQUEST: frozenset[FailureKind] = frozenset(
    {"filtered", "too_long", "length", "budget", "breaker"}
)
"""Failures that say nothing against the server."""

_SAID: Mapping[FailureKind, tuple[str, str]] = {
    "unreachable": (
        "连不上：请检查地址，那边的服务是否开着；https 还看证书是否可信。",
        "cannot be reached: check the address, whether it is running, and over https its certificate.",
    ),
    "slow": ("没有及时回应。", "did not answer in time."),
    "cut": ("回答中断了。", "broke off its answer."),
    "garbage": (
        "回答的不是所要的形式：请检查地址（是否少了 /v1）。",
        "did not answer in the form that was asked for: check the address (is /v1 missing?).",
    ),
    "rejected": (
        "拒绝了请求：请检查密钥、模型的名称和地址。",
        "refused the request: check the key, the name of the model and the address.",
    ),
    "busy": ("请求过多，要我们稍后再来。", "has too many requests, and asks to come back later."),
    "broken": ("那边出错了：请看它的日志。", "failed: see its own log."),
    "filtered": ("内容过滤不让回答。", "would not answer, by a content filter."),
    "too_long": (
        "装不下这些材料：请加大它的上下文长度。",
        "cannot take so much text: give it a longer context.",
    ),
    "length": ("回答写到了长度上限。", "reached the limit of an answer's length."),
    "budget": ("词元的限额已用完。", "may use no more tokens."),
    "breaker": (
        "接连出错，暂不再问，稍后自动再试。",
        "has failed several times in a row and is left alone; it is tried again by itself.",
    ),
}

# code, type or message of a filter: "content_filter", "data_inspection_failed" (DashScope), "Content
# Exists Risk" (DeepSeek), "sensitive_words_detected", "considered high risk" (Moonshot)
_FILTERED = re.compile(
    r"content.?filter|inspection.?failed|inappropriate|sensitive|exists risk|high risk|responsibleai|"
    r"moderation",
    re.IGNORECASE,
)
# "context_length_exceeded" (OpenAI), "exceed_context_size_error" (llama.cpp), "maximum context length
# is 1024 tokens" (vLLM, DeepSeek), "Range of input length should be [1, 30720]" (DashScope)
_TOO_LONG = re.compile(
    r"context.?(?:length|size|window)|input.?length|prompt is too long|maximum.{0,20}tokens",
    re.IGNORECASE,
)

_UNAUTHORIZED = 401
_TOO_LARGE = 413
_BUSY = frozenset({429, 503, 529})
_PASSING_STATUSES = frozenset({408, 409, 425})
_NO_MONEY = re.compile(r"insufficient.?(?:quota|balance)", re.IGNORECASE)
"""What a server calls busy (429) that will not be otherwise in a while: insufficient_quota."""

# "120" or "0.5", of Retry-After
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class ServerFailed(ChengwenError):
    """A server of a model did not do what was asked. Its words are for whoever runs the program.

    `wait` is how many seconds the server asks to be left alone, or None.
    """

    code = "model_server"

    def __init__(
        self,
        kind: FailureKind,
        server: Server,
        status: int | None = None,
        wait: float | None = None,
    ) -> None:
        zh, en = _SAID[kind]
        answered = f"，HTTP {status}" if status else ""
        super().__init__(
            f"{server.setting}（{server.url}{answered}）{zh}",
            f"{server.setting} ({server.url}{answered.replace('，', ', ')}) {en}",
        )
        self.kind: FailureKind = kind
        self.wait = wait


def kind_of_response(status: int, body: bytes) -> FailureKind:
    """What a response says that is no success: its status, and the words of its `body`.

    A redirect is a refusal: what is sent goes to the address that was set, and nowhere else. The
    words tell nothing where the status does: who has sent too much in a minute may be told to send
    fewer tokens, and that keys are sensitive.
    """
    if status in _BUSY:
        return "rejected" if _NO_MONEY.search(body.decode("utf-8", "replace")) else "busy"
    if status == _UNAUTHORIZED:
        return "rejected"
    kind = kind_of_error(_json(body))
    if kind in ("filtered", "too_long"):
        return kind
    if status == _TOO_LARGE:
        return "too_long"
    if status >= 500 or status in _PASSING_STATUSES:
        return "broken"
    return "rejected"


def kind_of_error(error: Any) -> FailureKind:
    """What an error says, which is an object, or the object or the text in its field "error"."""
    said = _said(error)
    if _FILTERED.search(said):
        return "filtered"
    if _TOO_LONG.search(said):
        return "too_long"
    return "broken"


def _said(error: Any) -> str:
    """The words of an error that tell what it is."""
    if isinstance(error, dict):
        names = ("code", "type", "message", "detail", "error")
        return " ".join(_said(error[name]) for name in names if name in error)
    return error if isinstance(error, str) else ""


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def seconds_to_wait(retry_after: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or a date; None for anything else."""
    if retry_after is None:
        return None
    if _SECONDS.fullmatch(retry_after):
        return float(retry_after)
    try:
        date = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
