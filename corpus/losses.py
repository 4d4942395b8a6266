"""Tells what reading left out of a file: blocks of its raw text that the document does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from corpus.intake.page import tidy

TOLERATED = 0.02
"""Share of the characters of a block that may be missing without being told."""

_SHORTEST_RUN = 6
"""Characters in a row that are found again by no chance."""

_MOST_COUNTED = 1_000_000_000
"""Characters that are gone through to count short texts: a second or so."""

_AROUND = 8
"""Short blocks beside one that is missing that may be matched by chance."""

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


def is_told(loss: Loss) -> bool:
    """Whether a block lacks more than `TOLERATED`."""
    return loss.missing > TOLERATED * loss.size


def compared(text: str) -> str:
    """The characters of a text by which two readings are compared: letters, digits, punctuation."""
    return _LAYOUT.sub("", tidy(text))


def losses(blocks: Iterable[str], text: str) -> list[Loss]:
    """What `text` lacks of each block of the raw text, in the order of the blocks."""
    given = list(blocks)
    wanted = list(map(compared, given))
    kept = compared(text)
    places = _places(wanted, kept)
    short = _doubtful(wanted, places, kept)
    lost = _lost(short, wanted, places, text) if short else set()
    found = []
    for i, (block, own) in enumerate(zip(given, wanted, strict=True)):
        missing = len(own) if i in lost else 0
        if places[i] is None and len(own) >= _SHORTEST_RUN:
            missing = len(own) - _common(own, kept)
        found.append(Loss(block, len(own), missing))
    return found


def _places(wanted: Iterable[str], kept: str) -> list[int | None]:
    """Where each text stands in `kept`; None where it does not, and for those that are short."""
    places: list[int | None] = []
    cursor = 0
    for each in wanted:
        if len(each) < _SHORTEST_RUN:
            places.append(None)
            continue
        # The blocks stand mostly in order, so that the next one is near.
        at = kept.find(each, cursor, cursor + len(each) + _NEAR)
        at = kept.find(each) if at < 0 else at
        cursor = at + len(each) if at >= 0 else cursor
        places.append(at if at >= 0 else None)
    return places


def _doubtful(wanted: Sequence[str], places: Sequence[int | None], kept: str) -> list[int]:
    """Which of the texts are short and may be missing.

    A short one may stand in `kept` by chance, as the 12 of a row does in 2012. Those between two
    long ones are surely there where they follow each other between these.
    """
    found: list[int] = []
    run: list[int] = []
    start = 0
    for i, (each, place) in enumerate(zip((*wanted, ""), (*places, len(kept)), strict=True)):
        if i < len(wanted) and len(each) < _SHORTEST_RUN:
            run.append(i)
        elif place is not None:
            if "".join(wanted[j] for j in run) not in kept[start:place]:
                found += _unmatched(run, wanted, kept[start:place])
            run = []
            start = place + len(each)
    return found


def _unmatched(run: Sequence[int], wanted: Sequence[str], kept: str) -> Sequence[int]:
    """Those of a run of short texts that do not follow each other from either end of `kept`, and
    some around them: the end of what is matched may be matched by chance.
    """
    first, start = 0, 0
    while first < len(run) and kept.startswith(wanted[run[first]], start):
        start += len(wanted[run[first]])
        first += 1
    last, end = len(run), len(kept)
    while last > first and kept.endswith(wanted[run[last - 1]], start, end):
        end -= len(wanted[run[last - 1]])
        last -= 1
    return run[max(0, first - _AROUND) : last + _AROUND]


def _lost(
    short: Iterable[int], wanted: Sequence[str], places: Sequence[int | None], text: str
) -> set[int]:
    """Which of the short texts `text` has less often than they stand in all of `wanted`.

    What stands in another text that is missing is missing with that.
    """
    raw, kept = "\n".join(wanted), "\n".join(map(compared, text.splitlines()))
    missing = [
        own
        for own, place in zip(wanted, places, strict=True)
        if place is None and len(own) >= _SHORTEST_RUN
    ]
    copies: dict[str, list[int]] = {}
    for i in short:
        copies.setdefault(wanted[i], []).append(i)
    lost: set[int] = set()
    for counted, own in enumerate(sorted(copies, key=len, reverse=True)):
        if counted * (len(raw) + len(kept)) < _MOST_COUNTED:
            fewer = raw.count(own) - kept.count(own)
        else:
            fewer = 0 if own in kept else len(copies[own])
        if fewer > 0:
            fewer -= sum(other.count(own) for other in missing)
            gone = copies[own][: max(0, fewer)]
            lost.update(gone)
            missing += [own] * len(gone)
    return lost


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
    blocks = [loss.block for loss in found if is_told(loss)]
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
