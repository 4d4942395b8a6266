"""The beginning or the end of a text that is too long to show, cut where a reader would pause."""

from __future__ import annotations

import re

from corpus.document import CELL_BAR

LEAST = 20
"""Fewest characters that a cut at a pause may leave; else the cut is between two words."""

ELLIPSIS = "……"

# The end of a row, the bar between its cells, ， or a comma that is not that of 1,800 or the point of 0.6
_PAUSE = re.compile(r"\s*\n\s*|\s*\|\s*|[，。；、：！？]|(?<![0-9])[,.;:!?]|[,.;:!?](?![0-9])")

# 1,800, 0573-86120417, 60%, 10:30, GB/T, e-mail: what is never cut
_WORD = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+(?:[-.,:/_~'’][0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+)*[%％‰]?")


def beginning(text: str, length: int) -> str:
    """At most the first `length` characters of `text`, and dots if that is not all.

    Up to the last pause, but up to the end of a row rather than into the next. Only a word longer
    than that is cut.
    """
    if len(text) <= length:
        return text
    found = [one.start() for one in _PAUSE.finditer(text) if LEAST <= one.start() <= length]
    cut = found[-1] if found else _outside_word(text, length, is_end=True) or length
    row = text.rfind("\n", LEAST, cut)
    # A row that is shown in part could be read as the whole of it.
    if row >= 0 and CELL_BAR in _line_at(text, cut):
        cut = row
    return text[:cut].rstrip() + ELLIPSIS


def ending(text: str, length: int) -> str:
    """At most the last `length` characters of `text`, and dots if that is not all.

    From the first pause, but from the beginning of a row rather than from the middle of the one before.
    """
    if len(text) <= length:
        return text
    first, last = len(text) - length, len(text) - LEAST
    found = [one.end() for one in _PAUSE.finditer(text) if first <= one.end() <= last]
    cut = found[0] if found else _outside_word(text, first, is_end=False)
    row = text.find("\n", cut, last)
    if row >= 0 and CELL_BAR in _line_at(text, cut):
        cut = row + 1
    cut = first if cut == len(text) else cut
    return ELLIPSIS + text[cut:].lstrip()


def _outside_word(text: str, cut: int, *, is_end: bool) -> int:
    """`cut`, or where the word or number around it begins (`is_end`) or ends."""
    for word in _WORD.finditer(text):
        if word.start() < cut < word.end():
            return word.start() if is_end else word.end()
    return cut


def _line_at(text: str, offset: int) -> str:
    """The line that holds the character before or at `offset`; a cut at its end is none within it."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return "" if offset in (start, end) else text[start:end]
