"""Finds the gutters of a PDF page: upright strips that several lines keep clear.

Lengths are in points. An em is the size of the font: the width of a Chinese character.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from corpus.intake.pdf.segments import Baseline

_GUTTER = 0.6
"""Ems that a gutter is wide at least where the lines beside it come nearest."""

_NEXT_BLOCK = 2.2
"""Distances of lines after which what follows below belongs to another block."""


class Zone(NamedTuple):
    """Lines from `start` to `end`, exclusive, with a gutter between `left` and `right`. `both` of them
    have something on both sides.
    """

    start: int
    end: int
    left: float
    right: float
    both: int


def widest_zone(lines: Sequence[Baseline]) -> Zone | None:
    """The gutter with the most lines on both sides, or None."""
    found: list[Zone] = []
    for i, line in enumerate(lines):
        for left, right in pairwise(line):
            middle = (left.right + right.left) / 2
            known = any(z.start <= i < z.end and z.left <= middle <= z.right for z in found)
            if not known and right.left - left.right >= _GUTTER * left.size:
                found.append(_grown(lines, i, left.right, right.left))
    best = max(found, key=lambda zone: (zone.both, zone.right - zone.left), default=None)
    return best if best and best.both >= 2 else None


def _grown(lines: Sequence[Baseline], i: int, left: float, right: float) -> Zone:
    """The zone around line `i` whose lines all keep clear of one gutter."""
    start, end = i, i + 1
    while start > 0 and not is_apart(lines, start - 1):
        narrowed = _narrowed(lines[start - 1], left, right)
        if narrowed is None:
            break
        left, right = narrowed
        start -= 1
    while end < len(lines) and not is_apart(lines, end - 1):
        narrowed = _narrowed(lines[end], left, right)
        if narrowed is None:
            break
        left, right = narrowed
        end += 1
    both = 0
    for line in lines[start:end]:
        both += line[0].right <= left + 1 and line[-1].left >= right - 1
    return Zone(start, end, left, right, both)


def is_apart(lines: Sequence[Baseline], i: int) -> bool:
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


def sides(lines: Sequence[Baseline], zone: Zone) -> tuple[list[Baseline], list[Baseline]]:
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
