"""Reads tables without ruled lines: their columns, by where texts stand, and their rows.

Lengths are in points. An em is the size of the font: the width of a Chinese character.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

from corpus.intake.pdf.cells import cell_text, is_value, row
from corpus.intake.pdf.segments import Baseline, Edges, Segment, TextLine, joined, segment_of

_STRIP, _STRIP_LINES = 0.1, 4
"""Ems and lines of a strip that no letter touches and that parts two columns of a table: a browser
sets cells without borders an eighth of an em apart. In fewer lines, words may end so by chance.
"""

_CONTINUED = 1.2
"""Share by which the distances of the lines of a cell may differ and still be the least one."""


def strips_of(lines: Sequence[Baseline]) -> list[Edges]:
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


def clear_of(line: Baseline, strips: Sequence[Edges]) -> list[Edges]:
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


def cut_at(line: Baseline, strips: Sequence[Edges]) -> Baseline:
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
            cut.append(segment_of(pieces, joined(pieces)))
    return cut


def rows_of(lines: Sequence[Baseline]) -> list[TextLine]:
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
            over = _bands_under(segment, bands)
            # A name above two columns is that of both; a line by itself is not.
            for band in over if len(line) > 1 else over[:1]:
                cells[band].append(segment)
    table = []
    for cells, first in rows:
        pairs = zip(cells, bands, strict=True)
        table.append(row(tuple(cell_text(cell, band.right) for cell, band in pairs), first))
    return table


def _columns(lines: Sequence[Baseline]) -> list[Edges]:
    """The columns of a table. Where a text runs into the next cell, the rows that have the most
    cells tell where each begins.
    """
    several = Counter(len(line) for line in lines if len(line) > 1)
    usual = several.most_common(1)[0][0]
    bands = bands_of([line for line in lines if len(line) == usual])
    most = max(several)
    if len(bands) >= most or several[most] < 2:
        return bands
    whole = [line for line in lines if len(line) == most]
    columns = list(zip(*whole, strict=True))
    lefts = [min(map(attrgetter("left"), column)) for column in columns]
    rights = [max(map(attrgetter("right"), column)) for column in columns]
    return [
        Edges(left, max(left, min(right, following)))
        for left, right, following in zip(lefts, rights, [*lefts[1:], rights[-1]], strict=True)
    ]


def bands_of(lines: Sequence[Baseline]) -> list[Edges]:
    """The columns of a table: where its segments stand, from left to right."""
    bands: list[Edges] = []
    for segment in sorted((part for line in lines for part in line), key=lambda part: part.left):
        if bands and segment.left < bands[-1].right:
            bands[-1] = Edges(bands[-1].left, max(bands[-1].right, segment.right))
        else:
            bands.append(Edges(segment.left, segment.right))
    return bands


def _bands_under(segment: Segment, bands: Sequence[Edges]) -> list[int]:
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
        found.append(is_near and 0 not in _bands_under(line[0], bands))
    return found
