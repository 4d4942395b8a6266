"""Joins the lines of a PDF into paragraphs, over columns and pages, and tells headings and rows.

Lengths are in points, and an em is the size of the font.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from corpus.intake.page import (
    Line,
    ends_sentence,
    fold,
    introduces,
    join,
    join_filled,
    row_text,
    tidy,
    width,
)
from corpus.intake.page import is_wide as is_wide_letter
from corpus.intake.pdf.segments import Edges, Placed, TextLine
from corpus.intake.pdf.spaced_rows import names_columns, with_rows
from corpus.intake.regulations import is_letterhead, names_official

_HEADING = 1.12
"""Share of the size of the body from which a short line is a heading: 14 points over 12."""

_LONGEST_HEADING = 80
"""Columns of a heading: forty characters."""

_SMALL = 0.92
"""Share of the size of the body up to which a line is a footnote: 9 points under 10.5."""

_SAME_SIZE = 0.1
"""Share by which sizes of lines of one paragraph differ at most."""

_NARROWEST = 12.0
"""Ems of a column in which a line can be filled: 24 columns."""

_INDENT = 1.2
"""Ems from which a line is indented: Chinese paragraphs begin with two."""

_BEGINNING = 4.0
"""Ems from the edge of its column within which a line of a paragraph begins; a centred one does not."""

_ROOM = 0.5
"""Ems by which a line may be shorter than it had to be and is still filled."""

_NEXT_LINE, _SPACED = 1.35, 0.1
"""Distances of lines from which a paragraph ends, and the share of lines from which indents or such
distances are the way in which a file marks its paragraphs.
"""


# "3.5亿元" at the beginning of a line is no number of an item
_DECIMAL = re.compile(r"\d+\.\d+[^\d.、)]")
# A bullet in the font Symbol, whose character is of private use
_BULLET = re.compile(r"[\ue000-\uf8ff]\s*(?=\S)")
# The dots of "总则 ........ 3" in a table of contents
_LEADER = re.compile(r"\.{4}|(?:\. ){3}|…{2}|·{4}")
# The words of "3.5", "town-hall" and "it's"
_WORD = re.compile(r"[A-Za-z]+(?:[-'’][A-Za-z]+)*")


@dataclass
class _Block:
    """A paragraph, heading or row that may still grow; `last` is its last line."""

    text: str
    kind: str
    page: int
    first: TextLine
    last: TextLine
    last_page: int
    lines: int = 1


class _Measures(NamedTuple):
    """What is known of a file as a whole: the size of its text, the left edge of the text on each
    page, its usual width and distance of lines (in ems), whether indents or distances mark
    paragraphs, and its words with hyphens.
    """

    body: float
    lefts: dict[int, float]
    across: float
    distance: float
    is_marked: bool
    hyphenated: frozenset[str]

    def edges(self, placed: Placed) -> Edges:
        """The edges of the column in which a line stands."""
        if placed.line.edges:
            return placed.line.edges
        left = self.lefts.get(placed.page, placed.line.left)
        return Edges(left, left + self.across)


def lines_of(placed: Sequence[Placed], body: float) -> list[Line]:
    """The lines of a file: its paragraphs, headings, and rows with their column names once."""
    measures = _measures(placed, body)
    blocks: list[_Block] = []
    for number, one in enumerate(with_rows(placed)):
        line = one.line
        if line.cells:
            if blocks and _continues_row(blocks[-1], one):
                line = line._replace(cells=_both_rows(blocks[-1].first.cells, line.cells))
                blocks[-1].text, blocks[-1].first = row_text(line.cells), line
            else:
                blocks.append(_Block(row_text(line.cells), "row", one.page, line, line, one.page))
            continue
        target = _open_block(blocks, one, measures) if number else None
        if target is not None and _goes_on(target, one, measures):
            target.text = _joined(target.text, line.text, measures.hyphenated)
            target.last, target.last_page = line, one.page
            target.lines += 1
        else:
            kind = "heading" if line.size >= _HEADING * body else ""
            text = _BULLET.sub("• ", tidy(line.text), count=1) if _BULLET.match(line.text) else ""
            blocks.append(_Block(text or tidy(line.text), kind, one.page, line, line, one.page))
    return list(_finished(blocks, body))


def title_of(placed: Sequence[Placed], lines: Sequence[Line], body: float) -> str:
    """The heading in the largest font on the first page, or empty.

    The name of an office above a document in red letters is no title: 云岭市人民政府文件.
    """
    if not placed:
        return ""
    page = placed[0].page
    sizes: dict[str, float] = {}
    for line in lines:
        if line.kind == "heading" and line.page == page:
            own = [
                one.line.size for one in placed if one.page == page and one.line.text in line.text
            ]
            sizes[line.text] = max(own, default=0.0)
    titles = [text for text in sizes if names_official(text) or not is_letterhead(text)]
    titles = titles or list(sizes)
    largest = max((sizes[text] for text in titles), default=0.0)
    return next((text for text in titles if sizes[text] > 0.97 * largest), "")


def _measures(placed: Sequence[Placed], body: float) -> _Measures:
    plain = [
        one
        for one in placed
        if not one.line.cells and abs(one.line.size - body) <= _SAME_SIZE * body
    ]
    lefts: dict[int, float] = {}
    for one in plain:
        if one.line.edges is None:
            lefts[one.page] = min(one.line.left, lefts.get(one.page, one.line.left))
    widths = sorted(one.line.right - lefts[one.page] for one in plain if one.line.edges is None)
    across = widths[int(0.9 * len(widths))] if widths else 0.0
    distances = []
    indents = 0
    for upper, lower in pairwise(plain):
        distance = (upper.line.base - lower.line.base) / body
        if upper.page == lower.page and 0 < distance < 5 and upper.line.edges == lower.line.edges:
            distances.append(distance)
            indents += _INDENT <= (lower.line.left - upper.line.left) / body <= 3
    usual = sorted(distances)[len(distances) // 4] if distances else 1.5
    gaps = sum(distance > _NEXT_LINE * usual for distance in distances)
    is_marked = max(gaps, indents) >= max(2, _SPACED * len(distances))
    words = (word for one in plain for word in _WORD.findall(one.line.text) if "-" in word)
    return _Measures(body, lefts, across, usual, is_marked, frozenset(map(str.lower, words)))


def _open_block(blocks: Sequence[_Block], one: Placed, measures: _Measures) -> _Block | None:
    """The block that a line may go on: the last, or on a new page the last above the footnotes."""
    for block in reversed(blocks):
        is_note = block.last_page < one.page and block.last.size < _SMALL * measures.body
        if block.kind == "row":
            return None
        if not is_note or one.line.size < _SMALL * measures.body:
            return block
    return None


def _goes_on(block: _Block, one: Placed, measures: _Measures) -> bool:
    """Whether a line goes on in the paragraph or the heading above it."""
    line, last = one.line, block.last
    if abs(line.size - last.size) > _SAME_SIZE * last.size or _opens(block, line):
        return False
    is_below = block.last_page == one.page and line.edges == last.edges and line.base < last.base
    distance = (last.base - line.base) / line.size
    if block.kind == "heading":
        is_short = width(block.text + line.text) <= _LONGEST_HEADING
        return is_below and is_short and distance <= 2 and not _is_numbered(block.text)
    if is_below and distance > _NEXT_LINE * max(measures.distance, 1.0):
        return False
    edges = measures.edges(Placed(last, block.last_page))
    if not _is_filled(last, line, edges):
        return False
    if ends_sentence(block.text) or introduces(block.text):
        return is_below and measures.is_marked and not _is_indented(block, one, measures)
    return not _is_indented(block, one, measures) or (block.lines == 1 and _is_numbered(block.text))


def _is_filled(last: TextLine, line: TextLine, edges: Edges) -> bool:
    """Whether the first word of `line` had no room at the end of the line before it."""
    across = edges.right - edges.left
    if across < _NARROWEST * last.size or last.left - edges.left > _BEGINNING * last.size:
        return False
    if line.text[0].islower() and not ends_sentence(last.text):
        return last.right - edges.left > across / 2
    word = line.text.split(" ")[0]
    if is_wide_letter(line.text[0]):
        # With a mark that may not begin a line
        word = line.text[:2]
    needed = (line.right - line.left) * width(word) / max(1, width(line.text))
    return edges.right - last.right < needed + _ROOM * last.size


def _is_indented(block: _Block, one: Placed, measures: _Measures) -> bool:
    """Whether a line begins further to the right than its column and than the line before it."""
    from_edge = one.line.left - measures.edges(one).left
    from_last = one.line.left - block.last.left
    is_other = block.last_page != one.page or one.line.edges != block.last.edges
    least = _INDENT * one.line.size
    return from_edge >= least and (is_other or from_last >= least)


def _opens(block: _Block, line: TextLine) -> bool:
    """Whether a line begins with a number or a bullet."""
    is_decimal = _DECIMAL.match(fold(line.text)) and not ends_sentence(block.text)
    return not is_decimal and _is_numbered(line.text)


def _is_numbered(text: str) -> bool:
    return len(join_filled(["一", text], 0)) == 2


def _joined(left: str, right: str, hyphenated: frozenset[str]) -> str:
    """Two lines as one. A word cut by a hyphen is made whole, but for those that have one elsewhere."""
    right = tidy(right)
    if not left.endswith(("-", "‐")) or not right[:1].islower() or not left[-2:-1].isalpha():
        return join(left, right)
    ends = (re.search(r"[A-Za-z]+$", left[:-1]), re.match(r"[a-z]+", right))
    whole = "-".join(found[0] for found in ends if found).lower()
    return left + right if whole in hyphenated else left[:-1] + right


def _finished(blocks: Sequence[_Block], body: float) -> Iterator[Line]:
    """The blocks as lines. Larger lines that are too long or end as sentences are paragraphs."""
    sizes = sorted({_rounded(block.first.size) for block in blocks if _is_heading(block)})
    levels = {size: level for level, size in enumerate(reversed(sizes), 1)}
    headers = _headers(blocks)
    for block, header in zip(blocks, headers, strict=True):
        if header == "again":
            continue
        if _is_heading(block):
            level = levels[_rounded(block.first.size)]
            yield Line(block.text, "heading", level=level, page=block.page)
        else:
            kind = header if block.kind == "row" else ""
            yield Line(block.text, kind, page=block.page)


def _is_heading(block: _Block) -> bool:
    text = block.text
    is_short = width(text) <= _LONGEST_HEADING and re.search(r"\w", text) is not None
    if _LEADER.search(text):
        return False
    return block.kind == "heading" and is_short and not ends_sentence(text) and not introduces(text)


def _rounded(size: float) -> float:
    """A size of a font to half a point."""
    return round(2 * size) / 2


def _continues_row(block: _Block, one: Placed) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before: some of its
    cells go on in the middle of a sentence, and the first one and others are empty.
    """
    above, below = block.first.cells, one.line.cells
    if block.kind != "row" or one.page != block.last_page + 1 or len(above) != len(below):
        return False
    pairs = [(upper, lower) for upper, lower in zip(above, below, strict=True) if lower]
    if below[0] or len(pairs) > len(below) / 2:
        return False
    return all(upper and not ends_sentence(upper) for upper, _ in pairs)


def _both_rows(above: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    return tuple(join(upper, lower) for upper, lower in zip(above, below, strict=True))


def _headers(blocks: Sequence[_Block]) -> list[str]:
    """For each block "row" or "header", or "again" for column names repeated on a further page."""
    found = ["row"] * len(blocks)
    start = 0
    while start < len(blocks):
        end = start + 1
        while blocks[start].kind == "row" and end < len(blocks) and _same_table(blocks, end):
            end += 1
        rows = blocks[start:end]
        if rows[0].kind == "row" and names_columns([row.first.cells for row in rows]):
            found[start] = "header"
            for i in _repeated(blocks, start, end):
                found[i] = "again"
        start = end
    return found


def _repeated(blocks: Sequence[_Block], start: int, end: int) -> Iterator[int]:
    """The rows of a table from `start` to `end`, exclusive, that repeat its first one at the top of
    a further page.
    """
    for i in range(start + 1, end):
        is_new_page = blocks[i].page != blocks[i - 1].page
        if is_new_page and blocks[i].first.cells == blocks[start].first.cells:
            yield i


def _same_table(blocks: Sequence[_Block], i: int) -> bool:
    upper, lower = blocks[i - 1], blocks[i]
    return lower.kind == "row" and len(upper.first.cells) == len(lower.first.cells)


def body_size(lines: Iterable[tuple[str, float]]) -> float:
    """The size in which most of the text is set, of texts and their sizes."""
    count: Counter[float] = Counter()
    for text, size in lines:
        count[_rounded(size)] += len(text)
    return count.most_common(1)[0][0] if count else 12.0
