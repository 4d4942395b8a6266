"""What was extracted of the documents, from which a language model may write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.answer import Answer, Citation


@dataclass(frozen=True, slots=True)
class Extract:
    """An answer that was extracted, and what a language model may write another one from.

    `asked` and `history` are as they came. `candidates` are the sentences it may cite, those of the
    answer first; none where the question is not answered. `may_be_refused` is off where the settings
    want the nearest sentence whatever it is.
    """

    answer: Answer
    asked: str
    history: tuple[Mapping[str, str], ...] = ()
    candidates: tuple[Citation, ...] = ()
    may_be_refused: bool = True
