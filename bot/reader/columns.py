"""What the columns of a table hold: their names, their values, amounts and times of day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.reader.tables import REMEMBERED, TOTAL, Table, cells_of, labels_of
from corpus import Unit
from corpus.language.quantities import Quantity, quantities

DAY = 24 * 60
"""Minutes of a day."""

SMALL_HOURS, NOON = 5 * 60, 12 * 60
"""Minutes: a time before the first beside one after the other may be of the same night."""

# (元) of 票价(元), (台,累计) of 加装电梯(台,累计)
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
# 时间 of 关门时间: it is asked for as 关门
_TAIL = re.compile(r"(?<=..)(?:时间|时刻|日期|情况|名称|标准|数量|总数|数)$")
# 限60岁以上 of 25人,限60岁以上
_PIECES = re.compile(r"[,，、；;()（）]")
# 5:30, 22:30
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)$")
_FREE = frozenset({"免费", "不收费", "免收"})
# 票价, 工本费, 30元
_MONEY = re.compile(r"[价费元]")


@dataclass(frozen=True)
class Column:
    """A column of the rows of a table; all texts are folded and have no spaces.

    `names` are what it is called from top to bottom, without what stands in brackets. `unit` is one of
    its unit (10000 吨 of 万吨), or None where its name has none. `cells` are those of the rows given.
    """

    number: int
    names: tuple[str, ...]
    unit: Quantity | None
    cells: tuple[str, ...]

    @property
    def is_of_money(self) -> bool:
        """Whether its name or its unit, or else its amounts, are of money."""
        return any(map(_MONEY.search, self.names)) or bool(self.unit and self.unit.unit == "元")

    @cached_property
    def rows_by_value(self) -> Mapping[str, frozenset[int]]:
        """What its cells say, with the numbers of the rows that say it."""
        found = defaultdict(set)
        for number, cell in enumerate(self.cells):
            for value in values(cell):
                found[value].add(number)
        return {value: frozenset(rows) for value, rows in found.items()}

    @cached_property
    def amounts(self) -> list[Decimal | None] | None:
        """Its amounts in its unit, None for an empty cell and 0 for 免费.

        None where another cell holds more than an amount, none holds one, or their units differ.
        """
        found: list[Decimal | None] = []
        units: set[str] = set()
        for cell in self.cells:
            amount = _amount(cell)
            if amount is None and cell:
                return None
            found.append(amount.value if amount else None)
            units.update({amount.unit} if amount and cell not in _FREE else ())
        return found if len(units) == 1 else None

    def of_rows(self, numbers: Collection[int]) -> Column:
        """The column of some of its rows, in their order."""
        return replace(self, cells=tuple(self.cells[number] for number in numbers))


class Grid(NamedTuple):
    """The rows of a table that stand for one thing each: no sums, and none that lacks a label.

    `columns` are those of these rows, from left to right, the first `labels` of them labels.
    """

    rows: Sequence[Unit]
    columns: Sequence[Column]
    labels: int


@lru_cache(REMEMBERED)
def grid_of(table: Table) -> Grid:
    """The rows of a table that stand for one thing each, with their columns."""
    size = len(labels_of(table.cells[0]))
    rows, kept = [], []
    for row, cells in zip(table.rows, table.cells, strict=True):
        if len(cells) >= size and not TOTAL.search(cells[0]):
            rows.append(row)
            kept.append(cells)
    headers = [cells_of(unit) for unit in table.headers]
    width = max(map(len, (*headers, *kept)))
    columns = [_column(headers, kept, number) for number in range(width)]
    return Grid(rows, columns, size)


def _column(headers: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], number: int) -> Column:
    written = dict.fromkeys("".join(cells[number : number + 1]) for cells in headers)
    names = dict.fromkeys(_IN_BRACKETS.sub("", name) for name in written)
    cells = tuple(cells[number] if number < len(cells) else "" for cells in rows)
    return Column(number, tuple(name for name in names if name), _unit(written), cells)


def _unit(written: Iterable[str]) -> Quantity | None:
    for name in written:
        for inside in _IN_BRACKETS.findall(name):
            found = quantities("1" + inside)
            if len(found) == 1 and found[0].unit:
                return found[0]
    return None


def stem(name: str) -> str:
    """The name of a column without a general word at its end: 关门 of 关门时间."""
    return _TAIL.sub("", name)


def values(cell: str) -> set[str]:
    """What a cell says: the whole of it, and what stands between its commas."""
    return {cell, *_PIECES.split(cell)} - {""}


def unit_of(column: Column) -> Quantity | None:
    """One of the unit of a column of amounts: that of its name, or else that of its cells."""
    if column.unit is not None:
        return column.unit
    found = [amount for cell in column.cells if (amount := _amount(cell)) and amount.unit]
    return found[0]._replace(value=Decimal(1)) if found else None


def _amount(cell: str) -> Quantity | None:
    """The amount that a cell is, with its sign: 20, 30元, -232, 免费."""
    if cell in _FREE:
        return Quantity(Decimal(0), "", 0, len(cell))
    bare = cell.lstrip("+-")
    found = quantities(bare)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(bare)):
        return None
    return found[0]._replace(value=-found[0].value) if cell.startswith("-") else found[0]


def times(columns: Sequence[Column], number: int) -> list[int] | None:
    """The times of day of a column in minutes; None where a cell holds none, or it is not told of which day.

    Times beside each other are a beginning and its end: 1:30 behind 22:00 is that of the next day.
    """
    read = [_times(column) for column in columns]
    ends = read[number]
    if ends is None:
        return None
    before = 0
    while before < number and read[number - before - 1] is not None:
        before += 1
    begins = read[number - 1] if before % 2 else None
    if begins is not None:
        ends = [end + DAY * (end < begin) for begin, end in zip(begins, ends, strict=True)]
    is_of_night = min(ends, default=DAY) < SMALL_HOURS and max(ends) > NOON
    return None if is_of_night else ends


def _times(column: Column) -> list[int] | None:
    found = [_TIME.match(cell) for cell in column.cells]
    read = [int(time[1]) * 60 + int(time[2]) for time in found if time]
    return read if len(read) == len(found) else None
