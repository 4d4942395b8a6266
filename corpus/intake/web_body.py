"""Tells which lines of a web page are the article's, from what an extractor found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from corpus.intake.page import Line, ends_sentence, tidy, width
from corpus.intake.portals import Role, role_of
from corpus.intake.web_lines import PlacedLine

SHORTEST_BODY = 60
"""Characters of an extracted article that is believed. A shorter one is a caption or a notice."""

_SURE = 10
"""Characters of a line that is the article's wherever it occurs in it.

A shorter one may occur by chance.
"""

_PROSE = 40
"""Columns of a sentence that shows where the article stands."""

_MOST = 0.85
"""Share of the prose that the element of the article holds at least: the rest are teasers and
comments, which an extractor takes for text now and then."""

# The "1." of "1. 城市", which the browser sets
_NUMBER = re.compile(r"^[\w-]{1,6}\.")
_DEEPEST = 200
"""Elements around a line that are looked at."""


class Judged(NamedTuple):
    """The lines of a page, each marked as outside of the article or not, and the raw article.

    `raw` are the paragraphs that the extractor found, without those around the article.
    """

    lines: list[Line]
    raw: list[str]


def judged(placed: Sequence[PlacedLine], body: Any) -> Judged:
    """Marks the lines; those that a style hides stay only where they are inside.

    `body` is what the extractor found, or None. Where it found no article, no line is marked.
    """
    inside = _Inside(body)
    found = [each.line.text in inside for each in placed]
    home = _home(placed, found) if inside.size >= SHORTEST_BODY else None
    if home is None:
        return Judged([each.line for each in placed if not each.is_hidden], [])
    lines = []
    around = ""
    for each, is_found in zip(placed, found, strict=True):
        is_inside = _is_inside(each, is_found, home)
        if is_inside or not each.is_hidden:
            lines.append(replace(each.line, outside=not is_inside))
        around += "" if is_inside else _squeezed(each.line.text) + "\n"
    raw = [text for text in _paragraphs(body) if _squeezed(text) not in around]
    return Judged(lines, raw)


def _paragraphs(body: Any) -> Iterator[str]:
    """The paragraphs, items and cells of what the extractor found that are prose."""
    for element in body.iter("p", "item", "cell", "quote", "head"):
        text = tidy("".join(element.itertext()))
        is_marked = role_of(Line(text)) in (Role.NOISE, Role.STOP, Role.TRAIL) if text else True
        if not is_marked and ends_sentence(text) and width(text) >= _PROSE:
            yield text


def _without_hidden(placed: Iterable[PlacedLine]) -> list[Line]:
    return [each.line for each in placed if not each.is_hidden]


def _is_inside(placed: PlacedLine, is_found: bool, home: Any) -> bool:
    """Whether a line is the article's: inside its element, or beside it where the extractor says so."""
    around = list(_around(placed.node))
    if home in around:
        return is_found or (not placed.is_hidden and placed.line.kind != "link")
    beside = home.getparent()
    return is_found and beside is not None and beside in around


def _home(placed: Sequence[PlacedLine], found: Sequence[bool]) -> Any:
    """The innermost element that holds most of the prose that the extractor found, or None."""
    prose: Counter[Any] = Counter()
    total = 0
    for each, is_found in zip(placed, found, strict=True):
        if is_found and _is_prose(each.line):
            total += len(each.line.text)
            for node in _around(each.node):
                prose[node] += len(each.line.text)
    holders = [node for node, size in prose.items() if size >= _MOST * total]
    return max(holders, key=lambda node: sum(1 for _ in node.iterancestors()), default=None)


def _is_prose(line: Line) -> bool:
    return line.kind != "link" and (ends_sentence(line.text) or width(line.text) >= _PROSE)


def _around(node: Any) -> Iterator[Any]:
    """An element and those around it, the innermost first."""
    yield node
    yield from islice(node.iterancestors(), _DEEPEST)


class _Inside:
    """The text of an extracted article.

    `line in inside` tells whether a line of the page belongs to it.
    """

    def __init__(self, body: Any) -> None:
        pieces: set[str] = set()
        for element in () if body is None else body.iter():
            for piece in ("".join(element.itertext()), element.text, element.tail):
                if piece:
                    pieces.add(_squeezed(piece))
        self._pieces = pieces
        self._whole = "" if body is None else _squeezed("".join(body.itertext()))
        self.size = len(self._whole)

    def __contains__(self, line: str) -> bool:
        text = _squeezed(line)
        return self._holds(text) or self._holds(_NUMBER.sub("", text))

    def _holds(self, text: str) -> bool:
        return text in self._pieces or (len(text) >= _SURE and text in self._whole)


def _squeezed(text: str) -> str:
    """The text without white space and cell bars, by which two readings of a page are compared."""
    return re.sub(r"[\s|]+", "", tidy(text))
