"""Finds the headings that a sequence of numbers shows: after 01, 02 and 03 a short line with 04 is one,
whatever mark it ends with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from corpus.intake.page import fold
from corpus.language.quantities import numeral_value

_CHINESE = "一二三四五六七八九十"
# The numbers of headings: "01 价钱", 2.送餐; 三、收支; (四)意见; 第五部分 展望, 第六,
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<number>\d{1,2})(?:\s+|[.、]\s?)(?=[^\d\s])",
        rf"(?P<number>[{_CHINESE}]{{1,3}})、",
        rf"\((?P<number>[{_CHINESE}]{{1,3}})\)",
        rf"第(?P<number>[{_CHINESE}]{{1,3}})(?:部分|[章节编])",
    )
)
_HEAD = 12
"""Characters at the beginning of a line in which its number stands."""

LEAST = 2
"""Headings of one style from which their numbers are a sequence."""


class Numbered(NamedTuple):
    """The number of a line, and in which of the styles it is written."""

    style: int
    number: int


def number_of(text: str) -> Numbered | None:
    """The number with which a line begins, or None."""
    head = fold(text[:_HEAD])
    for style, pattern in enumerate(_STYLES):
        found = pattern.match(head)
        if found:
            value = numeral_value(found["number"])
            return None if value is None else Numbered(style, value)
    return None


def in_sequence(texts: Sequence[str], headings: Sequence[bool], at: int) -> bool:
    """Whether line `at` has the number that the headings of its style lack there.

    The next one may be missing behind the last of them, or the first before them. A line beside
    others of its style is an item of a list.
    """
    own = number_of(texts[at])
    if own is None or _is_beside(texts, headings, at, own.style):
        return False
    before: list[int] = []
    after: list[int] = []
    for number, (text, is_heading) in enumerate(zip(texts, headings, strict=True)):
        found = number_of(text) if is_heading else None
        if found and found.style == own.style:
            (before if number < at else after).append(found.number)
    if len(before) + len(after) < LEAST:
        return False
    follows = bool(before) and before[-1] == own.number - 1
    is_open = not after or after[0] == own.number + 1
    leads = not before and own.number == 1
    return is_open and (follows or leads)


def _is_beside(texts: Sequence[str], headings: Sequence[bool], at: int, style: int) -> bool:
    """Whether the line above or below one is of its style too, and no heading."""
    for other in (at - 1, at + 1):
        if 0 <= other < len(texts) and not headings[other]:
            found = number_of(texts[other])
            if found and found.style == style:
                return True
    return False
