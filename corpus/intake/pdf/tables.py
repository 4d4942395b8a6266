"""Finds the tables of a PDF page that have ruled lines, and the cells that these make."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from corpus.intake.pdf.drawing import Rule

_TOUCH = 3.0
"""Points within which two ruled lines touch: borders are up to 3 thick and end in each other's
middle.
"""

_LOWEST = 4.0
"""Points of the lowest row and the narrowest column; between the lines of a double border there are
fewer.
"""

_TALLEST_BOX = 4
"""Lines in a cell of a table of one row, at most: otherwise it is a frame around columns of text."""


class Placed(Protocol):
    """A piece of text with a place on the page."""

    @property
    def left(self) -> float:
        """The left end, in points."""

    @property
    def right(self) -> float:
        """The right end."""

    @property
    def base(self) -> float:
        """The height of the baseline."""

    @property
    def size(self) -> float:
        """The size of the font."""


P = TypeVar("P", bound=Placed)


class Cell(NamedTuple, Generic[P]):
    """What stands in a cell, from top to bottom. Places that are merged have one `key`."""

    key: int
    parts: tuple[P, ...]
    left: float
    right: float


def merged(rules: Iterable[Rule]) -> list[Rule]:
    """The ruled lines with the pieces of one line joined."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    for rule in rules:
        (horizontal if rule.top == rule.bottom else vertical).append(rule)
    found: list[Rule] = []
    for rule in sorted(horizontal, key=lambda rule: (round(rule.top), rule.left)):
        last = found[-1] if found else None
        if last and round(last.top) == round(rule.top) and rule.left <= last.right + _TOUCH:
            found[-1] = last._replace(right=max(last.right, rule.right))
        else:
            found.append(rule)
    count = len(found)
    for rule in sorted(vertical, key=lambda rule: (round(rule.left), rule.bottom)):
        last = found[-1] if len(found) > count else None
        if last and round(last.left) == round(rule.left) and rule.bottom <= last.top + _TOUCH:
            found[-1] = last._replace(top=max(last.top, rule.top))
        else:
            found.append(rule)
    return found


class Grid(Generic[P]):
    """A table made by ruled lines, with the pieces of text in it."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._ys = _levels(rule.top for rule in rules if rule.top == rule.bottom)
        self._xs = _levels(rule.left for rule in rules if rule.left == rule.right)
        self._parts: dict[int, list[P]] = {}
        self._keys: list[int] = []

    @property
    def box(self) -> Rule:
        """The outer edges."""
        return Rule(self._xs[0], self._ys[0], self._xs[-1], self._ys[-1])

    @property
    def is_table(self) -> bool:
        """Whether it has two columns and two rows, or one row of short cells."""
        rows, columns = len(self._ys) - 1, len(self._xs) - 1
        if columns < 2 or rows < 1 or len(self._parts) < 2:
            return False
        return rows > 1 or max(map(len, self._parts.values())) <= _TALLEST_BOX

    def holds(self, part: P) -> bool:
        """Whether a piece of text stands inside the outer edges."""
        x, y = (part.left + part.right) / 2, part.base + 0.3 * part.size
        box = self.box
        return box.left <= x <= box.right and box.bottom <= y <= box.top

    def fill(self, parts: Iterable[P]) -> None:
        """Puts those pieces of text into their cells that stand inside."""
        columns = len(self._xs) - 1
        self._keys = self._merge()
        for part in parts:
            if self.holds(part):
                x, y = (part.left + part.right) / 2, part.base + 0.3 * part.size
                column = min(bisect_right(self._xs, x), columns) - 1
                row = min(bisect_right(self._ys, y), len(self._ys) - 1) - 1
                self._parts.setdefault(self._keys[row * columns + column], []).append(part)

    def first(self) -> P:
        """The piece of text at the top."""
        return max((part for cell in self._parts.values() for part in cell), key=lambda p: p.base)

    def rows(self) -> list[list[Cell[P]]]:
        """The rows from top to bottom that have text, each with a cell for each column.

        A merged cell stands in all its places.
        """
        columns = len(self._xs) - 1
        found: list[list[Cell[P]]] = []
        previous: list[int] = []
        for row in reversed(range(len(self._ys) - 1)):
            keys = self._keys[row * columns : (row + 1) * columns]
            if keys != previous and any(key in self._parts for key in keys):
                found.append([self._cell(key) for key in keys])
            previous = keys
        return found

    def _cell(self, key: int) -> Cell[P]:
        columns = len(self._xs) - 1
        places = [place % columns for place, own in enumerate(self._keys) if own == key]
        left, right = self._xs[min(places)], self._xs[max(places) + 1]
        parts = sorted(self._parts.get(key, ()), key=lambda part: (-part.base, part.left))
        return Cell(key, tuple(parts), left, right)

    def _merge(self) -> list[int]:
        """A number for each place, row by row from the bottom; equal where no line parts them."""
        columns = len(self._xs) - 1
        keys = list(range(columns * (len(self._ys) - 1)))
        for place in range(len(keys)):
            row, column = divmod(place, columns)
            y = (self._ys[row] + self._ys[row + 1]) / 2
            x = (self._xs[column] + self._xs[column + 1]) / 2
            if column and not self._has_wall(self._xs[column], y):
                _unite(keys, place - 1, place)
            if row and not self._has_floor(x, self._ys[row]):
                _unite(keys, place - columns, place)
        return keys

    def _has_wall(self, x: float, y: float) -> bool:
        return any(
            rule.left == rule.right
            and abs(rule.left - x) <= _LOWEST
            and rule.bottom <= y <= rule.top
            for rule in self._rules
        )

    def _has_floor(self, x: float, y: float) -> bool:
        return any(
            rule.top == rule.bottom
            and abs(rule.top - y) <= _LOWEST
            and rule.left <= x <= rule.right
            for rule in self._rules
        )


def _unite(keys: list[int], first: int, second: int) -> None:
    kept, gone = sorted((keys[first], keys[second]))
    if kept != gone:
        keys[:] = [kept if key == gone else key for key in keys]


def _levels(positions: Iterable[float]) -> list[float]:
    """The different positions in order; those of a double line are one."""
    levels: list[float] = []
    for position in sorted(positions):
        if not levels or position - levels[-1] >= _LOWEST:
            levels.append(position)
    return levels


def find_grids(rules: Sequence[Rule], parts: Sequence[P]) -> list[Grid[P]]:
    """The tables that the ruled lines make, each filled with its text, none inside another."""
    found: list[Grid[P]] = []
    for group in _connected(rules):
        is_horizontal = [rule.top == rule.bottom for rule in group]
        if sum(is_horizontal) < 2 or len(group) - sum(is_horizontal) < 2:
            continue
        grid: Grid[P] = Grid(group)
        if len(grid._ys) < 2 or len(grid._xs) < 2:
            continue
        grid.fill(parts)
        if grid.is_table:
            found.append(grid)
    outermost = []
    for grid in found:
        if not any(_is_inside(grid, other) for other in found):
            outermost.append(grid)
    return outermost


def _is_inside(grid: Grid[P], other: Grid[P]) -> bool:
    inner, outer = grid.box, other.box
    return grid is not other and (
        outer.left <= inner.left
        and outer.bottom <= inner.bottom
        and outer.right >= inner.right
        and outer.top >= inner.top
    )


def _connected(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The ruled lines in groups that touch each other."""
    horizontal = sorted((rule for rule in rules if rule.top == rule.bottom), key=lambda r: r.top)
    heights = [rule.top for rule in horizontal]
    groups = list(range(len(rules)))
    order = [*horizontal, *(rule for rule in rules if rule.top != rule.bottom)]
    for i in range(len(horizontal), len(order)):
        wall = order[i]
        lowest = bisect_right(heights, wall.bottom - _TOUCH)
        for j in range(lowest, bisect_right(heights, wall.top + _TOUCH)):
            floor = horizontal[j]
            if floor.left - _TOUCH <= wall.left <= floor.right + _TOUCH:
                groups[_root(groups, i)] = _root(groups, j)
    found: dict[int, list[Rule]] = {}
    for i, rule in enumerate(order):
        found.setdefault(_root(groups, i), []).append(rule)
    return list(found.values())


def _root(groups: list[int], i: int) -> int:
    while groups[i] != i:
        groups[i] = groups[groups[i]]
        i = groups[i]
    return i
