"""Puts the pieces of text of a PDF page into reading order: lines, columns of text, tables.

Lengths are in points. An em is the size of the font: the width of a Chinese character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from corpus.intake.page import fold, is_wide, join, tidy
from corpus.intake.pdf.content import Fragment, Rule
from corpus.intake.pdf.tables import Grid, find_grids, merged

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

_GUTTER = 0.6
"""Ems that a gutter is wide at least where the lines beside it come nearest."""

_LETTER_SPACED = (0.3, 4.0, 0.35)
"""Ems that the letters of a spaced title are apart, least and most, and how much they may differ."""

_NARROWEST_COLUMN = 9.0
"""Ems of a column of text, at least: three to an A4 page have 12, a cell of words mostly under 8."""

_FILLED, _FILLED_LINES = 0.85, 0.4
"""A column of text has at least this share of lines that fill this share of its width. The last line
of a paragraph does not; the cells of a table hardly ever do.
"""

_STRIP, _STRIP_LINES = 0.1, 4
"""Ems and lines of a strip that no letter touches and that parts two columns of a table: a browser
sets cells without borders an eighth of an em apart. In fewer lines, words may end so by chance.
"""

_NEXT_BLOCK = 2.2
"""Distances of lines after which what follows below belongs to another block."""

_CONTINUED = 1.2
"""Share by which the distances of the lines of a cell may differ and still be the least one."""

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
        return [_segment(parts, "".join(part.text.strip() for part in parts))]
    segments: Baseline = []
    start = 0
    for end in range(1, len(parts) + 1):
        if end == len(parts) or _is_gap(parts[end - 1], parts[end], crossed):
            segments.append(_segment(parts[start:end], _joined(parts[start:end])))
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


def _joined(parts: Sequence[Fragment]) -> str:
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


def _segment(parts: Sequence[Fragment], text: str) -> Segment:
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


def reading_order(lines: Sequence[Baseline], rules: Sequence[Rule]) -> list[TextLine]:
    """The lines of a page in the order in which they are read, columns one after another, and the
    rows of its tables.
    """
    grids = find_grids(merged(rules), [segment for line in lines for segment in line])
    left: list[Baseline] = []
    for line in lines:
        outside = []
        for part in line:
            if not any(grid.holds(part) for grid in grids):
                outside.append(part)
        if outside:
            left.append(outside)
    for grid in grids:
        left.append([_table(grid)])
    left.sort(key=lambda line: -line[0].base)
    return list(_flow(left, None))


def _table(grid: Grid[Segment]) -> Segment:
    """A table with ruled lines, as one segment that holds its rows."""
    rows = []
    for cells in grid.rows():
        first = cells[0].parts[0] if cells[0].parts else grid.first()
        if len({cell.key for cell in cells}) > 1:
            texts = tuple(_cell_text(cell.parts, cell.right) for cell in cells)
            rows.append(_row(texts, first))
            continue
        edges = Edges(cells[0].left, cells[0].right)
        rows += [
            TextLine(part.text, part.left, part.right, part.base, part.size, edges=edges)
            for part in cells[0].parts
        ]
    box = grid.box
    size = grid.first().size
    return Segment("", box.left, box.right, box.top - size, size, block=tuple(rows))


def _row(texts: tuple[str, ...], first: Segment) -> TextLine:
    return TextLine(
        " ".join(filter(None, texts)), first.left, first.right, first.base, first.size, texts
    )


def _cell_text(parts: Sequence[Segment], right: float) -> str:
    """The lines of a cell as one: those that are not filled end what they say."""
    text = ""
    previous: Segment | None = None
    for part in parts:
        is_filled = previous is not None and right - previous.right < 2.5 * part.size
        text = join(text, part.text) if not text or is_filled else f"{text} {part.text}"
        previous = part
    return text


# Columns and tables without ruled lines


class _Zone(NamedTuple):
    """Lines from `start` to `end`, exclusive, with a gutter between `left` and `right`."""

    start: int
    end: int
    left: float
    right: float
    both: int


def _flow(lines: Sequence[Baseline], edges: Edges | None) -> Iterator[TextLine]:
    """The lines in reading order, those beside a gutter column by column or row by row."""
    zone = _widest_zone(lines)
    if zone is None:
        for line in lines:
            yield from _whole(line, edges)
        return
    inner = lines[zone.start : zone.end]
    if _is_columns(inner, zone):
        yield from _flow(lines[: zone.start], edges)
        for side in _sides(inner, zone):
            yield from _flow(side, _edges(side))
        yield from _flow(lines[zone.end :], edges)
        return
    start, end = zone.start, zone.end
    while len(lines[start]) < 2:
        start += 1
    while len(lines[end - 1]) < 2:
        end -= 1
    strips = _strips(lines[start:end])
    if start and strips and not _is_apart(lines, start - 1):
        narrowed = _clear_of(lines[start - 1], strips)
        if narrowed:
            strips = narrowed
            start -= 1
    rows = _rows([_cut(line, strips) for line in lines[start:end]])
    yield from _flow(lines[:start], edges)
    if rows:
        yield from rows
    else:
        for line in lines[start:end]:
            yield from _whole(line, edges)
    yield from _flow(lines[end:], edges)


def _whole(line: Baseline, edges: Edges | None) -> Iterator[TextLine]:
    """A line of one column; the tables in it row by row."""
    texts = [segment for segment in line if not segment.block]
    if texts:
        text = " ".join(segment.text for segment in texts)
        parts = tuple(segment.text for segment in texts)
        first = max(texts, key=lambda segment: len(segment.text))
        yield TextLine(
            text, texts[0].left, texts[-1].right, texts[0].base, first.size, (), parts, edges
        )
    for segment in line:
        yield from segment.block


def _edges(lines: Sequence[Baseline]) -> Edges:
    return Edges(min(line[0].left for line in lines), max(line[-1].right for line in lines))


def _widest_zone(lines: Sequence[Baseline]) -> _Zone | None:
    """The gutter with the most lines on both sides, or None."""
    found: list[_Zone] = []
    for i, line in enumerate(lines):
        for left, right in pairwise(line):
            middle = (left.right + right.left) / 2
            known = any(z.start <= i < z.end and z.left <= middle <= z.right for z in found)
            if not known and right.left - left.right >= _GUTTER * left.size:
                found.append(_grown(lines, i, left.right, right.left))
    best = max(found, key=lambda zone: (zone.both, zone.right - zone.left), default=None)
    return best if best and best.both >= 2 else None


def _grown(lines: Sequence[Baseline], i: int, left: float, right: float) -> _Zone:
    """The zone around line `i` whose lines all keep clear of one gutter."""
    start, end = i, i + 1
    while start > 0 and not _is_apart(lines, start - 1):
        narrowed = _narrowed(lines[start - 1], left, right)
        if narrowed is None:
            break
        left, right = narrowed
        start -= 1
    while end < len(lines) and not _is_apart(lines, end - 1):
        narrowed = _narrowed(lines[end], left, right)
        if narrowed is None:
            break
        left, right = narrowed
        end += 1
    both = 0
    for line in lines[start:end]:
        both += line[0].right <= left + 1 and line[-1].left >= right - 1
    return _Zone(start, end, left, right, both)


def _is_apart(lines: Sequence[Baseline], i: int) -> bool:
    """Whether the line below line `i` is far from it, as another block is."""
    upper, lower = lines[i], lines[i + 1]
    if any(segment.block for segment in (*upper, *lower)):
        return False
    distance = upper[0].base - lower[0].base
    return distance > 2 * _NEXT_BLOCK * max(upper[0].size, lower[0].size)


def _narrowed(line: Baseline, left: float, right: float) -> tuple[float, float] | None:
    """The gutter as a line leaves it, or None where the line goes across."""
    for segment in line:
        if segment.right <= left or segment.left >= right:
            continue
        if (segment.left + segment.right) / 2 < (left + right) / 2:
            left = segment.right
        else:
            right = segment.left
        if right - left < _GUTTER * segment.size:
            return None
    return left, right


def _sides(lines: Sequence[Baseline], zone: _Zone) -> tuple[list[Baseline], list[Baseline]]:
    """What stands left and right of a gutter."""
    middle = (zone.left + zone.right) / 2
    left: list[Baseline] = []
    right: list[Baseline] = []
    for line in lines:
        for side, parts in (
            (left, [part for part in line if part.right <= middle]),
            (right, [part for part in line if part.right > middle]),
        ):
            if parts:
                side.append(parts)
    return left, right


def _is_columns(lines: Sequence[Baseline], zone: _Zone) -> bool:
    """Whether the two sides of a gutter are columns of running text, and not cells."""
    for side in _sides(lines, zone):
        if any(segment.block for line in side for segment in line):
            continue
        size = median(line[0].size for line in side)
        bands = _bands(side)
        for band in bands:
            across = band.right - band.left
            own = [part for line in side for part in line if band.left <= part.left < band.right]
            filled = sum(part.right - part.left >= _FILLED * across for part in own)
            if across < _NARROWEST_COLUMN * size or filled < _FILLED_LINES * len(own):
                return False
    return True


def _strips(lines: Sequence[Baseline]) -> list[Edges]:
    """The upright strips between the columns of a table that no letter touches."""
    several = [line for line in lines if len(line) > 1]
    if len(several) < _STRIP_LINES:
        return []
    pieces = sorted(
        (piece for line in several for part in line for piece in part.pieces),
        key=lambda piece: piece.left,
    )
    strips = []
    reached = pieces[0].right if pieces else 0.0
    for piece in pieces:
        if piece.left - reached >= _STRIP * piece.size:
            strips.append(Edges(reached, piece.left))
        reached = max(reached, piece.right)
    return strips


def _clear_of(line: Baseline, strips: Sequence[Edges]) -> list[Edges]:
    """The strips as a line leaves them that has something in each column; none where a letter fills
    one.
    """
    pieces = sorted((piece for part in line for piece in part.pieces), key=lambda part: part.left)
    gaps = [Edges(left.right, right.left) for left, right in pairwise(pieces)]
    found = []
    for strip in strips:
        common = [Edges(max(gap.left, strip.left), min(gap.right, strip.right)) for gap in gaps]
        widest = max(common, key=lambda edges: edges.right - edges.left, default=strip)
        if not common or widest.right - widest.left < _STRIP * pieces[0].size:
            return []
        found.append(widest)
    return found


def _cut(line: Baseline, strips: Sequence[Edges]) -> Baseline:
    """The line cut at the strips too."""
    middles = [(strip.left + strip.right) / 2 for strip in strips]
    cut: Baseline = []
    for part in line:
        columns = [bisect_right(middles, (piece.left + piece.right) / 2) for piece in part.pieces]
        if len(set(columns)) < 2:
            cut.append(part)
            continue
        for column in sorted(set(columns)):
            pieces = [p for p, own in zip(part.pieces, columns, strict=True) if own == column]
            cut.append(_segment(pieces, _joined(pieces)))
    return cut


def _rows(lines: Sequence[Baseline]) -> list[TextLine]:
    """The rows of a table without ruled lines; none where the lines are no table."""
    if any(segment.block for line in lines for segment in line):
        return []
    several = [len(line) for line in lines if len(line) > 1]
    has_values = any(is_value(segment.text) for line in lines for segment in line[1:])
    if len(several) < (2 if has_values or max(several) > 2 else 3):
        return []
    bands = _columns(lines)
    if len(bands) < 2:
        return []
    rows: list[tuple[list[list[Segment]], Segment]] = []
    for line, continues in zip(lines, _continuations(lines, bands), strict=True):
        if continues:
            cells = rows[-1][0]
        else:
            cells = [[] for _ in bands]
            rows.append((cells, line[0]))
        for segment in line:
            over = _bands_of(segment, bands)
            # A name above two columns is that of both; a line by itself is not.
            for band in over if len(line) > 1 else over[:1]:
                cells[band].append(segment)
    table = []
    for cells, first in rows:
        pairs = zip(cells, bands, strict=True)
        table.append(_row(tuple(_cell_text(cell, band.right) for cell, band in pairs), first))
    return table


# 1,234.5, 60%, 12元, 第3名
_VALUE = re.compile(r"第?[-+−]?[\d,]*\.?\d+\s?(?:%|‰|[\u4e00-\u9fff]{1,2})?")


def is_value(text: str) -> bool:
    """Whether a text is a number, with a short unit at most."""
    return bool(_VALUE.fullmatch(fold(tidy(text))))


def _columns(lines: Sequence[Baseline]) -> list[Edges]:
    """The columns of a table. Where a text runs into the next cell, the rows that have the most
    cells tell where each begins.
    """
    several = Counter(len(line) for line in lines if len(line) > 1)
    usual = several.most_common(1)[0][0]
    bands = _bands([line for line in lines if len(line) == usual])
    most = max(several)
    if len(bands) >= most or several[most] < 2:
        return bands
    whole = [line for line in lines if len(line) == most]
    lefts = [min(line[i].left for line in whole) for i in range(most)]
    rights = [max(line[i].right for line in whole) for i in range(most)]
    return [
        Edges(left, max(left, min(right, following)))
        for left, right, following in zip(lefts, rights, [*lefts[1:], rights[-1]], strict=True)
    ]


def _bands(lines: Sequence[Baseline]) -> list[Edges]:
    """The columns of a table: where its segments stand, from left to right."""
    bands: list[Edges] = []
    for segment in sorted((part for line in lines for part in line), key=lambda part: part.left):
        if bands and segment.left < bands[-1].right:
            bands[-1] = Edges(bands[-1].left, max(bands[-1].right, segment.right))
        else:
            bands.append(Edges(segment.left, segment.right))
    return bands


def _bands_of(segment: Segment, bands: Sequence[Edges]) -> list[int]:
    """The columns over which a segment stands; the nearest where it stands between them."""
    over = [
        i
        for i, band in enumerate(bands)
        if min(segment.right, band.right) - max(segment.left, band.left)
        > 0.3 * (band.right - band.left)
    ]
    if over:
        return over
    middle = (segment.left + segment.right) / 2
    distances = [abs(middle - (band.left + band.right) / 2) for band in bands]
    return [distances.index(min(distances))]


def _continuations(lines: Sequence[Baseline], bands: Sequence[Edges]) -> list[bool]:
    """Whether each line goes on in the cells of the line above: it is nearer to it than rows are to
    each other, and has nothing in the first column.
    """
    distances = [upper[0].base - lower[0].base for upper, lower in pairwise(lines)]
    least, most = min(distances), max(distances)
    found = [False]
    for line, distance in zip(lines[1:], distances, strict=True):
        is_near = distance <= _CONTINUED * least < most / _CONTINUED
        found.append(is_near and 0 not in _bands_of(line[0], bands))
    return found
