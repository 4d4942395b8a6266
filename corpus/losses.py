"""Tells what reading left out of a file: blocks of its raw text that the document does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from corpus.intake.page import tidy

TOLERATED = 0.02
"""Share of the characters of a block that may be missing without being told."""

_SHORTEST_RUN = 6
"""Characters in a row that are found again by no chance."""

_NEAR = 1000
"""Characters behind the last block in which the next is looked for before anywhere else."""

_SHOWN_BLOCKS, _SHOWN = 2, 24
"""Missing blocks that a note quotes, and characters of each."""

# White space, and what Markdown and the rows of tables are made of: # ** _ ` > ~ | ｜ - •
_LAYOUT = re.compile(r"[\s#*_`>~|｜\\\-•]+")


class Loss(NamedTuple):
    """A block of raw text, its characters in all, and those that the document lacks."""

    block: str
    size: int
    missing: int


def compared(text: str) -> str:
    """The characters of a text by which two readings are compared: letters, digits, punctuation."""
    return _LAYOUT.sub("", tidy(text))


def losses(blocks: Iterable[str], text: str) -> list[Loss]:
    """What `text` lacks of each block of the raw text, in the order of the blocks."""
    kept = compared(text)
    found = []
    cursor = 0
    for block in blocks:
        wanted = compared(block)
        # The blocks stand mostly in order, so that the next one is near.
        at = kept.find(wanted, cursor, cursor + len(wanted) + _NEAR)
        at = kept.find(wanted) if at < 0 else at
        if at >= 0:
            cursor = at + len(wanted)
            found.append(Loss(block, len(wanted), 0))
        else:
            found.append(Loss(block, len(wanted), len(wanted) - _common(wanted, kept)))
    return found


def _common(wanted: str, kept: str) -> int:
    """How many characters of `wanted` stand in `kept` in runs, from left to right."""
    common = at = 0
    while at < len(wanted):
        size = _longest_beginning(wanted, at, kept)
        if size >= _SHORTEST_RUN:
            common += size
        at += max(1, size)
    return common


def _longest_beginning(wanted: str, at: int, kept: str) -> int:
    """How many characters of `wanted` from `at` on stand in `kept` in one run."""
    found, least, most = 0, 1, len(wanted) - at
    while least <= most:
        size = (least + most) // 2
        if wanted[at : at + size] in kept:
            found, least = size, size + 1
        else:
            most = size - 1
    return found


def loss_notes(found: Iterable[Loss]) -> list[tuple[str, str]]:
    """A note, (Chinese, English), where blocks lack more than `TOLERATED`; else none."""
    blocks = [loss.block for loss in found if loss.missing > TOLERATED * loss.size]
    if not blocks:
        return []
    quoted = [" ".join(tidy(block).split())[:_SHOWN] for block in blocks[:_SHOWN_BLOCKS]]
    zh = "、".join(f"「{text}…」" for text in quoted)
    en = ", ".join(f"“{text}…”" for text in quoted)
    return [
        (
            f"有 {len(blocks)} 段没有完整读入，例如{zh}。请对照原件检查。",
            f"{len(blocks)} paragraphs were not read whole, such as {en}. Compare the original.",
        )
    ]
