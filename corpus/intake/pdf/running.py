"""Finds the running heads and feet of a PDF and its page numbers: lines at the edge of most pages
that are the same, but for a number that rises by one from page to page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from corpus.intake.page import ends_sentence, fold
from corpus.intake.pdf.cells import is_value
from corpus.intake.pdf.segments import Baseline

_DEPTH = 2
"""Lines from the top and from the bottom of a page that may be running ones."""

_FEWEST = 3
"""Pages on which a line must stand, at least, to be a running head: two may repeat by chance."""

_MOST_PAGES, _MOST_OF_SIDE = 0.5, 0.75
"""Shares of all pages, and of the left or the right ones, on which a running head stands."""

_APART = 3
"""Pages from one to the next with the same running line: pictures and opening pages have none."""

_LARGER = 1.1
"""Share of the size of the body from which a numbered line is a heading: 第1课, 第2课."""

_ISOLATED = 1.3
"""Share of the distance of the lines of a page from which a line at its edge stands by itself."""

_FULL = 0.9
"""Share of the width of the lines of a page from which a line is full, as inside a paragraph."""

_NUMBER = re.compile(r"\d{1,6}")
# "#", "- # -", "第 # 页 共 # 页", "Page # of #", "#/#": page numbers, each number as #
_PAGE_NUMBER = re.compile(
    r"(?:[-—–·.|/()\[\]\s#]|第|页|共|总|頁|page|p\.|of)*#(?:[-—–·.|/()\[\]\s#]|第|页|共|总|頁|page|of)*",
    re.IGNORECASE,
)
# "第#条", "表 #", "#、", "(#)": the numbers of headings and items, that may rise so too
_NUMBERING = re.compile(
    r"(?:[表图例问Q]|附[件录]|案例|问题|No\.?)\s*#|第\s*#\s*[条章节课编部讲回卷期]|\(?#[).、:]"
)


class _Edge(NamedTuple):
    """A line at the edge of a page: `depth` lines from it, from 0."""

    page: int
    line: int
    is_top: bool
    depth: int
    form: str
    numbers: tuple[int, ...]
    size: float


def running_lines(
    pages: Sequence[Sequence[Baseline]], rows: Sequence[frozenset[int]], body: float
) -> list[frozenset[int]]:
    """For each page, which of its lines are running heads and feet or page numbers.

    `rows` are the lines of each page that stand in a table with ruled lines, `body` is the size of
    the text.
    """
    groups: dict[tuple[bool, str, int], list[_Edge]] = {}
    for edge in _edges(pages, rows):
        groups.setdefault((edge.is_top, edge.form, round(edge.size)), []).append(edge)
    with_text = [number for number, page in enumerate(pages) if page]
    found: set[_Edge] = set()
    for group in groups.values():
        found.update(_running(group, with_text, body))
    outermost = {(edge.page, edge.is_top) for edge in found if edge.depth == 0}
    lines: list[set[int]] = [set() for _ in pages]
    for edge in found:
        if edge.depth == 0 or (edge.page, edge.is_top) in outermost:
            lines[edge.page].add(edge.line)
    return [frozenset(own) for own in lines]


def line_text(line: Baseline) -> str:
    """The text of all that stands side by side."""
    return " ".join(segment.text for segment in line)


def _edges(pages: Sequence[Sequence[Baseline]], rows: Sequence[frozenset[int]]) -> Iterator[_Edge]:
    for number, page in enumerate(pages):
        for depth in range(min(_DEPTH, len(page))):
            top, bottom = depth, len(page) - 1 - depth
            if top not in rows[number] and not _is_of_text(page, top, top + 1):
                yield _edge(number, page, top, True, depth)
            if bottom not in rows[number] and not _is_of_text(page, bottom, bottom - 1):
                yield _edge(number, page, bottom, False, depth)


def _is_of_text(page: Sequence[Baseline], line: int, inner: int) -> bool:
    """Whether a line at the edge belongs to a table or to the text beside it, line `inner`."""
    is_row = 0 <= inner < len(page) and _are_rows(page[line], page[inner])
    return is_row or _is_prose(page, line, inner)


def _edge(number: int, page: Sequence[Baseline], line: int, is_top: bool, depth: int) -> _Edge:
    text = " ".join(fold(line_text(page[line])).split())
    numbers = tuple(map(int, _NUMBER.findall(text)))
    size = max(segment.size for segment in page[line])
    return _Edge(number, line, is_top, depth, _NUMBER.sub("#", text), numbers, size)


def _is_prose(page: Sequence[Baseline], line: int, inner: int) -> bool:
    """Whether a line at the edge belongs to the text: it is no farther from the next than lines are,
    and it is full, or ends as a sentence does.
    """
    if not 0 <= inner < len(page):
        return ends_sentence(line_text(page[line]))
    distances = [upper[0].base - lower[0].base for upper, lower in pairwise(page)]
    if abs(page[line][0].base - page[inner][0].base) > _ISOLATED * median(distances):
        return False
    widths = [own[-1].right - own[0].left for own in page]
    is_full = len(page[line]) == 1 and min(widths[line], widths[inner]) >= _FULL * max(widths)
    return is_full or ends_sentence(line_text(page[line]))


def _are_rows(line: Baseline, inner: Baseline) -> bool:
    """Whether a line and the one next to it are rows of a table: as many cells, some with values."""
    cells, others = _cells(line), _cells(inner)
    return len(cells) == len(others) > 1 and any(map(is_value, (*cells, *others)))


def _cells(line: Baseline) -> list[str]:
    return [segment.text for segment in line] if len(line) > 1 else line_text(line).split()


def _running(group: Sequence[_Edge], with_text: Sequence[int], body: float) -> set[_Edge]:
    """Those of the lines of one form that are running ones."""
    is_bare = bool(_PAGE_NUMBER.fullmatch(group[0].form))
    linked: set[_Edge] = set()
    rises = False
    for upper, lower in pairwise(sorted(group, key=lambda edge: (edge.page, edge.depth))):
        apart = lower.page - upper.page
        steps = {b - a for a, b in zip(upper.numbers, lower.numbers, strict=True)}
        if 0 < apart <= _APART and steps <= {0, apart} and (apart in steps or not is_bare):
            linked |= {upper, lower}
            rises = rises or apart in steps
    if is_bare:
        return linked if len(linked) >= min(_FEWEST, len(with_text)) else set()
    is_heading = rises and (
        group[0].size > _LARGER * body or _NUMBERING.match(group[0].form) is not None
    )
    return linked if not is_heading and _are_most({e.page for e in linked}, with_text) else set()


def _are_most(pages: set[int], with_text: Sequence[int]) -> bool:
    """Whether these are most of the pages with text, or of those on one side of a book."""
    if len(pages) < _FEWEST:
        return False
    if len(pages) >= _MOST_PAGES * len(with_text):
        return True
    sides = {page % 2 for page in pages}
    own = [page for page in with_text if page % 2 in sides]
    return len(sides) == 1 and len(pages) >= _MOST_OF_SIDE * len(own)
