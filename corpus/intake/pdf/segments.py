"""Joins the pieces of text of a PDF page that stand side by side into lines, cut at wide gaps.

Lengths are in points. An em is the size of the font: the width of a Chinese character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from corpus.intake.page import fold, is_wide
from corpus.intake.pdf.drawing import Fragment, Rule

_SPACE = 0.2
"""Ems from which a gap between two Latin letters is a space; the narrowest is set as a quarter."""

_WIDE = 1.0
"""Ems from which a gap parts two cells or columns: a line that is set to full width has word spaces
up to some 0.7, and the cells of a table are an em apart at least.
"""

_BEHIND = 0.5
"""Ems between a text and a blank behind it that is shown alone; lines set to full width have some."""

_OVERLAP = 0.3
"""Ems by which a text runs into the next where it is that of another cell."""

_LETTER_SPACED = (0.3, 4.0, 0.35)
"""Ems that the letters of a spaced title are apart, least and most, and how much they may differ."""

# "1.", "(2)", "一、", "第三条", "•" before a wide gap: what follows is its text, and no cell
_MARKER = re.compile(
    r"(?:[-*•·●▪◆■○–—\ue000-\uf8ff]|\(?[一二三四五六七八九十\d]{1,3}[.、)]|\d{1,2}(?:\.\d{1,2}){1,3}"
    r"|第[一二三四五六七八九十百\d]{1,5}[章节条编部]|[①-⑳])"
)


class Edges(NamedTuple):
    """The left and right edge of a column of text."""

    left: float
    right: float


class TextLine(NamedTuple):
    """A line of a page, or a row of a table.

    `cells` are those of a row, else empty. `parts` are the pieces of the line that wide gaps part.
    `edges` are those of the column in which it stands, or None where it has the page to itself.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    cells: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    edges: Edges | None = None


class Placed(NamedTuple):
    """A line of a page and the number of the page, from 1."""

    line: TextLine
    page: int


class Segment(NamedTuple):
    """A part of a line without a wide gap in it, made of `pieces`; or a whole table, whose rows are
    `block`.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    pieces: tuple[Fragment, ...] = ()
    block: tuple[TextLine, ...] = ()


Baseline = list[Segment]
"""What stands side by side, from left to right."""


def baselines(fragments: Iterable[Fragment], rules: Sequence[Rule] = ()) -> list[Baseline]:
    """The lines of a page from top to bottom, cut at wide gaps and at vertical rules."""
    lines: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda fragment: (-fragment.base, fragment.left)):
        if lines and _beside(_tallest(lines[-1]), fragment):
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    walls = [rule for rule in rules if rule.left == rule.right]
    found = []
    for line in lines:
        if not all(part.text.isspace() for part in line):
            found.append(_segments(line, walls))
    return found


def _tallest(line: Sequence[Fragment]) -> Fragment:
    return max((line[0], line[-1]), key=lambda part: part.size)


def _beside(line: Fragment, fragment: Fragment) -> bool:
    """Whether two pieces stand beside each other: they share over half of the height of the lower."""
    bottom = max(line.base - 0.2 * line.size, fragment.base - 0.2 * fragment.size)
    top = min(line.base + 0.8 * line.size, fragment.base + 0.8 * fragment.size)
    return top - bottom > 0.5 * min(line.size, fragment.size)


def _segments(line: list[Fragment], walls: Sequence[Rule]) -> Baseline:
    """The pieces of a line joined, but for wide gaps; what is printed twice, as bold, is there once."""
    line.sort(key=lambda fragment: fragment.left)
    parts: list[Fragment] = []
    for fragment in line:
        if fragment.text.isspace():
            if parts and abs(fragment.left - parts[-1].right) < _BEHIND * fragment.size:
                parts[-1] = parts[-1]._replace(text=f"{parts[-1].text} ")
            continue
        again = [
            part
            for part in parts[-3:]
            if part.text.strip() == fragment.text.strip()
            and abs(part.left - fragment.left) < 0.3 * part.size
        ]
        if not again:
            parts.append(fragment)
    middle = parts[0].base + 0.3 * parts[0].size
    crossed = sorted(wall.left for wall in walls if wall.bottom <= middle <= wall.top)
    if not crossed and _is_letter_spaced(parts):
        return [segment_of(parts, "".join(part.text.strip() for part in parts))]
    segments: Baseline = []
    start = 0
    for end in range(1, len(parts) + 1):
        if end == len(parts) or _is_gap(parts[end - 1], parts[end], crossed):
            segments.append(segment_of(parts[start:end], joined(parts[start:end])))
            start = end
    return _with_markers(segments)


def _is_gap(left: Fragment, right: Fragment, walls: Sequence[float]) -> bool:
    gap = (right.left - left.right) / max(left.size, right.size)
    runs_over = gap < -_OVERLAP and min(len(left.text), len(right.text)) > 1
    if gap >= _WIDE or runs_over:
        return True
    middles = ((left.left + left.right) / 2, (right.left + right.right) / 2)
    return bisect_right(walls, middles[0]) < bisect_right(walls, middles[1])


def _is_letter_spaced(parts: Sequence[Fragment]) -> bool:
    """Whether a whole line is single letters that are equally far apart: 通  知."""
    if len(parts) < 2 or any(len(part.text.strip()) != 1 for part in parts):
        return False
    if len(parts) == 2 and not all(is_wide(part.text.strip()) for part in parts):
        return False
    gaps = [(right.left - left.right) / left.size for left, right in pairwise(parts)]
    least, most, differ = _LETTER_SPACED
    return least <= min(gaps) and max(gaps) <= most and max(gaps) - min(gaps) <= differ


def joined(parts: Sequence[Fragment]) -> str:
    """The texts of pieces in one, with the spaces that the gaps between Latin letters are."""
    text = parts[0].text
    for left, right in pairwise(parts):
        letters = (text[-1:], right.text[:1])
        is_space = right.left - left.right >= _SPACE * min(left.size, right.size)
        if is_space and not any(letter.isspace() or _is_tight(letter) for letter in letters):
            text += " "
        text += right.text
    return " ".join(text.split())


def _is_tight(letter: str) -> bool:
    """Whether no space is set beside a letter; beside a quotation mark it may be."""
    return is_wide(letter) and letter not in "“”‘’"


def segment_of(parts: Sequence[Fragment], text: str) -> Segment:
    """The segment that pieces make, in the size of most of its characters."""
    sizes: Counter[float] = Counter()
    for part in parts:
        sizes[part.size] += len(part.text)
    size = sizes.most_common(1)[0][0]
    right = max(part.right for part in parts)
    return Segment(text, parts[0].left, right, parts[0].base, size, tuple(parts))


def _with_markers(segments: Baseline) -> Baseline:
    """The segments, with the number of an item joined to what it numbers."""
    if len(segments) != 2 or not _MARKER.fullmatch(fold(segments[0].text)):
        return segments
    marker, text = segments
    return [
        text._replace(
            text=f"{marker.text} {text.text}",
            left=marker.left,
            base=max(marker.base, text.base),
            pieces=marker.pieces + text.pieces,
        )
    ]
