"""Which characters of a sentence are which of what it cites.

Runs that both have are found greedily, the longest first, wherever they stand (greedy string tiling, Wise
1993), so that clauses in another order are found too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.llm.checks.statement import Statement

SHORTEST = 2
"""Characters of the shortest run."""

# What parts clauses in a normal text
_BOUNDARY = re.compile(r"(?<!\d)[,:]|[,:](?!\d)|[;。!?\n]")


class Tile(NamedTuple):
    """A run of `size` characters that begins at `start` of the claim and at `other` of the source."""

    start: int
    other: int
    size: int

    @property
    def end(self) -> int:
        """Where it ends in the claim."""
        return self.start + self.size

    @property
    def other_end(self) -> int:
        """Where it ends in the source."""
        return self.other + self.size


@dataclass(frozen=True, slots=True)
class Alignment:
    """The tiles of a claim and its source in the order of the claim, both texts with clauses parted by "|".

    `to_source` and `to_claim` give for each character the one it stands for in the other, or -1.
    """

    claim: str
    source: str
    tiles: tuple[Tile, ...]
    to_source: Sequence[int]
    to_claim: Sequence[int]


def align(claim: Statement, source: Statement) -> Alignment:
    """Aligns the normal texts of a claim and of its source."""
    one, other = (_BOUNDARY.sub("|", text) for text in (claim.normal, source.normal))
    taken, other_taken = [-1] * len(one), [-1] * len(other)
    tiles = []
    for run in sorted(_runs(one, other), key=lambda run: (-run.size, run.start, run.other)):
        tile = _free_part(run, taken, other_taken)
        if tile.size < SHORTEST:
            continue
        tiles.append(tile)
        for at in range(tile.size):
            taken[tile.start + at] = tile.other + at
            other_taken[tile.other + at] = tile.start + at
    return Alignment(one, other, tuple(sorted(tiles)), taken, other_taken)


def _runs(one: str, other: str) -> Iterator[Tile]:
    """The runs of two characters or more that both texts have and that cannot be longer."""
    places: dict[str, list[int]] = defaultdict(list)
    for at in range(len(other) - 1):
        places[other[at : at + 2]].append(at)
    for start in range(len(one) - 1):
        if "|" in one[start : start + 2]:
            continue
        for at in places.get(one[start : start + 2], ()):
            is_inside = start and at and one[start - 1] == other[at - 1] != "|"
            if not is_inside:
                yield Tile(start, at, _common(one, start, other, at))


def _common(one: str, start: int, other: str, at: int) -> int:
    size = 2
    longest = min(len(one) - start, len(other) - at)
    while size < longest and one[start + size] == other[at + size] != "|":
        size += 1
    return size


def _free_part(run: Tile, taken: Sequence[int], other_taken: Sequence[int]) -> Tile:
    """The longest part of a run that no other tile has."""
    best = Tile(run.start, run.other, 0)
    begin = 0
    for at in range(run.size + 1):
        is_free = at < run.size and taken[run.start + at] < 0 and other_taken[run.other + at] < 0
        if is_free:
            continue
        if at - begin > best.size:
            best = Tile(run.start + begin, run.other + begin, at - begin)
        begin = at + 1
    return best
