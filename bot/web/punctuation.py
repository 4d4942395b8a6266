"""Punctuation as it is shown: full-width between Chinese characters, one character for one.

Many articles set half-width marks in Chinese text: 2015年,上海市. They are shown as ， and the like; what
is stored, cited and sent by the API stays as it was written. No offset changes.
"""

from __future__ import annotations

import re
from typing import Literal

_FULL = str.maketrans(",;:?!()", "，；：？！（）")

# Any of the marks that have a full-width form.
_MARK = re.compile(r"[,;:?!()]")

# 城, 々, 、, 《, ，: a character, or a mark that only Chinese text has.
_CHINESE = re.compile("[\u3001-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff60]")

_QUOTES = "“”‘’—…"
"""Marks that Chinese and English share: they decide nothing beside a Latin letter."""

_LETTERS_OF_A_CHARACTER = 3
"""Latin letters that stand for about as much text as a Chinese character: a word has four or five of
them, and one or two characters. A line with more is English with some Chinese in it.
"""

_Neighbour = Literal["chinese", "latin", "quote", "none"]


def full_width(text: str) -> str:
    """`text` with , ; : ? ! ( ) as ，；：？！（） where they stand next to Chinese, as long as it was.

    A mark between two digits or Latin letters stays, and so do all of a line that is mostly English;
    of a pair of brackets both change, or neither. What is changed is Chinese for the marks beside it.
    """
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    """A line in which nothing is left to change: in :(1)、 the bracket comes first, then the colon."""
    shown = _changed(line)
    while shown != line:
        line, shown = shown, _changed(shown)
    return shown


def _changed(line: str) -> str:
    if not _MARK.search(line) or not _is_chinese(line):
        return line
    partners = _partners(line)
    shown = list(line)
    for mark in _MARK.finditer(line):
        at = mark.start()
        both = (at, partners.get(at, at))
        beside = [_neighbours(line, place) for place in both]
        if ("latin", "latin") not in beside and any(map(_is_between_chinese, beside)):
            shown[at] = mark[0].translate(_FULL)
    return "".join(shown)


def _is_chinese(line: str) -> bool:
    letters = len(re.findall("[A-Za-z]", line))
    return len(_CHINESE.findall(line)) * _LETTERS_OF_A_CHARACTER >= max(letters, 1)


def _partners(line: str) -> dict[int, int]:
    """Of each half-width bracket that has one, the place of the other."""
    found: dict[int, int] = {}
    begun: list[int] = []
    for bracket in re.finditer(r"[()]", line):
        if bracket[0] == "(":
            begun.append(bracket.start())
        elif begun:
            start = begun.pop()
            found[start], found[bracket.start()] = bracket.start(), start
    return found


def _neighbours(line: str, at: int) -> tuple[_Neighbour, _Neighbour]:
    """What stands to the left and to the right of a mark, beyond spaces and marks of ASCII."""
    return _nearest(line, at, -1), _nearest(line, at, 1)


def _nearest(line: str, at: int, step: int) -> _Neighbour:
    at += step
    while 0 <= at < len(line):
        character = line[at]
        if _CHINESE.match(character):
            return "chinese"
        if character in _QUOTES:
            return "quote"
        if character.isalnum():
            return "latin"
        at += step
    return "none"


def _is_between_chinese(beside: tuple[_Neighbour, _Neighbour]) -> bool:
    """Chinese on one side, or quotation marks and nothing Latin: “1+6”,“2+N”."""
    return "chinese" in beside or ("quote" in beside and "latin" not in beside)
