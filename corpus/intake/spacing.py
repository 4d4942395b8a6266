"""Undoes letter-spacing: 白 鹭 湖 治 理 is 白鹭湖治理, as typewriters, PDF files and posters set it.

Whether a line is letter-spaced shows only beside the others: a list of names has such gaps too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from corpus.intake.page import Page, is_wide

# 白, 200 and GDP in "白 鹭 湖 200 GDP", and the gap behind each
_TOKEN = re.compile(r"(\S+)(\s*)")
# "第一章 总 则": a chapter, whose name is spaced to fill its line
_CHAPTER = re.compile(r"(第[一二三四五六七八九十百零〇\d]{1,5}[编章节]\s+)(\S(?:\s+\S){1,7})$")

_LEAST_SINGLE = 0.8
"""Share of the wide characters of a letter-spaced line that stand alone. Names and words have two
characters and more, so that of a list of them hardly any does."""

_SPACED_FILE = 0.5
"""Share of the wide characters of a file in spaced lines from which it is spaced as a whole, so that
a short line is too. One line of names in an article is far below it."""

_LEAST_RUN = 4
"""Characters one gap apart that show a spaced line: names in a list are two or three."""

_SURE_RUN = 10
"""Characters in a row that make a spaced line by themselves where they are a sentence or a title."""

_MARKS = frozenset("，。、；：！？,;:!?（）()《》“”「」")
# 的, 了 and the like, which no list of single words has
_GRAMMAR = frozenset("的了和与在为是对将及之以不")


_AS_WRITTEN = frozenset({"code", "row", "header"})
"""Kinds of lines whose gaps part something: 一 | 是 | 否."""


class _Spaced(NamedTuple):
    """What the gaps of a line show.

    `gap` is the usual width between its characters, in columns, `single` how many wide characters
    stand alone, `wide` how many there are, `run` the longest run of them with that gap.
    """

    gap: int
    single: int
    wide: int
    run: int


def settle(page: Page) -> Page:
    """A page as a reader made it, with letter-spacing undone and without lines that are blank."""
    printed = [line for line in page.lines if line.text.strip()]
    plain = [line.text for line in printed if line.kind not in _AS_WRITTEN]
    title, *texts = without_letter_spacing([page.title, *plain])
    closed = iter(texts)
    lines = []
    for line in printed:
        is_plain = line.kind not in _AS_WRITTEN
        lines.append(replace(line, text=next(closed)) if is_plain else line)
    return replace(page, lines=tuple(lines), title=title)


def without_letter_spacing(lines: Sequence[str]) -> list[str]:
    """The lines of a file, those that are letter-spaced closed up.

    Gaps wider than those between the characters stay, but not beside a mark: they part words.
    """
    shapes = [_shape(line) for line in lines]
    wide = sum(shape.wide for shape in shapes)
    spaced = sum(shape.wide for shape in shapes if _is_spaced(shape))
    is_spaced_file = bool(spaced) and spaced >= _SPACED_FILE * wide
    closed = []
    for line, shape in zip(lines, shapes, strict=True):
        in_file = is_spaced_file and shape.single >= 2 and _is_single(shape)
        by_itself = _is_spaced(shape) and shape.run >= _SURE_RUN and _is_language(line)
        if in_file or by_itself:
            closed.append(_close(line, shape.gap))
        else:
            closed.append(_CHAPTER.sub(_close_chapter, line))
    return closed


def _shape(line: str) -> _Spaced:
    """The gaps of a line."""
    if not _may_be_spaced(line):
        return _Spaced(0, 0, sum(map(is_wide, line)) if not line.isascii() else 0, 0)
    tokens = _TOKEN.findall(line.strip())
    single = wide = 0
    gaps: Counter[int] = Counter()
    for token, gap in tokens:
        if len(token) > 1:
            wide += sum(map(is_wide, token))
        elif is_wide(token):
            wide += 1
            single += 1
            gaps[_columns(gap)] += bool(gap)
    usual = max(gaps, key=lambda gap: (gaps[gap], -gap), default=0)
    return _Spaced(usual, single, wide, _longest_run(tokens, usual))


def _may_be_spaced(line: str) -> bool:
    """Whether a line has as many gaps as a spaced one has, at a glance."""
    return not line.isascii() and 4 * len(line.split(None, len(line) // 4)) > len(line)


def _longest_run(tokens: list[tuple[str, str]], usual: int) -> int:
    """The most wide characters in a row that stand alone, with the usual gap between them."""
    longest = run = 0
    for token, gap in tokens:
        alone = len(token) == 1 and is_wide(token)
        if alone:
            run += 1
            longest = max(longest, run)
        elif not token.isascii():
            run = 0
        if _columns(gap) != usual:
            run = 0
    return longest


def _columns(gap: str) -> int:
    """The width of white space: an ideographic space has two columns."""
    return len(gap) + gap.count("\u3000")


def _is_single(shape: _Spaced) -> bool:
    return shape.single >= _LEAST_SINGLE * shape.wide


def _is_spaced(shape: _Spaced) -> bool:
    return shape.run >= _LEAST_RUN and _is_single(shape)


def _is_language(line: str) -> bool:
    """Whether a spaced line is a sentence or a title, and no row of single words or numbers."""
    return any(char in _MARKS or char in _GRAMMAR for char in line)


def _close(line: str, usual: int) -> str:
    """The line without the gaps between its characters."""
    tokens = _TOKEN.findall(line.strip())
    closed = []
    for (token, gap), (following, _) in zip(tokens, [*tokens[1:], ("", "")], strict=True):
        closed.append(token)
        if following and not _is_letter_gap(token, following, _columns(gap) > usual):
            closed.append(gap)
    return "".join(closed)


def _is_letter_gap(left: str, right: str, is_wider: bool) -> bool:
    """Whether the gap between two tokens is only letter-spacing."""
    if left[-1] in _MARKS or right[0] in _MARKS:
        return is_wide(left[-1]) or is_wide(right[0]) or len(left) == len(right) == 1
    if is_wider:
        return False
    if is_wide(left[-1]) or is_wide(right[0]):
        return True
    # The digits of "2 0 2 3 年", but not the words of "New York" nor the numbers of "12 15"
    return len(left) == len(right) == 1


def _close_chapter(match: re.Match[str]) -> str:
    name = match[2].split()
    return match[1] + "".join(name) if all(map(is_wide, name)) else match[0]
