"""Puts the lines of a PDF page into the order in which they are read, columns and tables too.

Lengths are in points. An em is the size of the font: the width of a Chinese character.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from corpus.intake.pdf.cells import cell_text, row
from corpus.intake.pdf.drawing import Rule
from corpus.intake.pdf.gutters import Zone, is_apart, sides, widest_zone
from corpus.intake.pdf.segments import Baseline, Edges, Segment, TextLine
from corpus.intake.pdf.tables import Grid, find_grids, merged
from corpus.intake.pdf.unruled_tables import bands_of, clear_of, cut_at, rows_of, strips_of

_NARROWEST_COLUMN = 9.0
"""Ems of a column of text, at least: three to an A4 page have 12, a cell of words mostly under 8."""

_FILLED, _FILLED_LINES = 0.85, 0.4
"""A column of text has at least this share of lines that fill this share of its width. The last line
of a paragraph does not; the cells of a table hardly ever do.
"""


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
            texts = tuple(cell_text(cell.parts, cell.right) for cell in cells)
            rows.append(row(texts, first))
            continue
        edges = Edges(cells[0].left, cells[0].right)
        rows += [
            TextLine(part.text, part.left, part.right, part.base, part.size, edges=edges)
            for part in cells[0].parts
        ]
    box = grid.box
    size = grid.first().size
    return Segment("", box.left, box.right, box.top - size, size, block=tuple(rows))


def _flow(lines: Sequence[Baseline], edges: Edges | None) -> Iterator[TextLine]:
    """The lines in reading order, those beside a gutter column by column or row by row."""
    zone = widest_zone(lines)
    if zone is None:
        for line in lines:
            yield from _whole(line, edges)
        return
    inner = lines[zone.start : zone.end]
    if _is_columns(inner, zone):
        yield from _flow(lines[: zone.start], edges)
        for side in sides(inner, zone):
            yield from _flow(side, _edges(side))
        yield from _flow(lines[zone.end :], edges)
        return
    start, end = zone.start, zone.end
    while len(lines[start]) < 2:
        start += 1
    while len(lines[end - 1]) < 2:
        end -= 1
    strips = strips_of(lines[start:end])
    if start and strips and not is_apart(lines, start - 1):
        narrowed = clear_of(lines[start - 1], strips)
        if narrowed:
            strips = narrowed
            start -= 1
    rows = rows_of([cut_at(line, strips) for line in lines[start:end]])
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


def _is_columns(lines: Sequence[Baseline], zone: Zone) -> bool:
    """Whether the two sides of a gutter are columns of running text, and not cells."""
    for side in sides(lines, zone):
        if any(segment.block for line in side for segment in line):
            continue
        size = median(line[0].size for line in side)
        bands = bands_of(side)
        for band in bands:
            across = band.right - band.left
            own = [part for line in side for part in line if band.left <= part.left < band.right]
            filled = sum(part.right - part.left >= _FILLED * across for part in own)
            if across < _NARROWEST_COLUMN * size or filled < _FILLED_LINES * len(own):
                return False
    return True
