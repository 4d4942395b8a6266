"""What may go wrong with a language model, with what the reader of the answer is told."""

from __future__ import annotations

from typing import Literal

from bot.i18n import Pair
from corpus import ChengwenError

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


class ModelFailed(ChengwenError):
    """The model gave no answer, or not the whole of it."""

    code = "model_failed"

    def __init__(self, kind: FailureKind, notice: Pair) -> None:
        super().__init__(*notice)
        self.kind = kind
        self.notice = notice
