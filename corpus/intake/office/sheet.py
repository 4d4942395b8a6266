"""Finds the tables in a sheet of cells: titles above them, column names, rows and remarks below."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from corpus.intake.office.workbook_parts import Layout, Merged
from corpus.intake.page import Line, fold, tidy, width
from corpus.intake.table import TableRow, is_remark, table_lines

# 1,234.5, 60%, -3, 12元, 2021-03-04, 3月4日, 10:30, TRUE, #N/A
_VALUE = re.compile(
    r"[-+−(]?[¥$€]?[\d,]*\.?\d+(?:E[+-]\d+)?\)?\s?(?:%|‰|[\u4e00-\u9fff]{1,2})?"
    r"|\d{4}[-/年]\d{1,2}(?:[-/月]\d{1,2}日?)?.{0,9}|\d{1,2}[月:]\d{1,2}日?|TRUE|FALSE|#\S+"
)
# 2020, 2020年, 2021年度, 1月, 12月份: values that name a column
_PERIOD = re.compile(r"(?:19|20)\d\d(?:年度?)?(?:\d{1,2}月)?|\d{1,2}月份?|第?[一二三四1-4]季度")
# 填报单位：市统计局, 单位: 万元
_LABEL = re.compile(r"[^:]{1,20}:.{0,60}")
# 姓名, 街道名称, 问题, 联系电话: names of columns as tables of two columns have them
_NAME = re.compile(
    r".{0,6}(?:名称?|序号|编号|项目|指标|类[别型]|内容|问题?|答案?|问|答|电话|地址|时间|日期|数量|人数|金额"
    r"|单价|价格|单位|备注|说明|标准|部门|职务|地区|区域|区县|街道|社区|年份|月份|key|name|value|question|answer)",
    re.IGNORECASE,
)
_LONGEST_NAME = 60
"""Columns of the name of a column: thirty characters."""

_HEADER_ROWS = 3
"""Rows of column names, at most: more are not seen in print."""


class CellRow(NamedTuple):
    """A row of a sheet: its number, from 1, and its cells from the first column on, as shown."""

    number: int
    cells: list[str]


class SheetLines(NamedTuple):
    """The lines of a sheet, and the first of them where it stands above a table by itself."""

    lines: list[Line]
    title: str


NO_LAYOUT = Layout((), frozenset(), (), 0, 0, False)
"""The layout of a sheet that says nothing of its cells."""


def sheet_lines(rows: Iterable[CellRow], layout: Layout = NO_LAYOUT) -> SheetLines:
    """The lines of the rows of a sheet that are not hidden. Empty rows part its tables."""
    lines: list[Line] = []
    title = ""
    merged = sorted(layout.merged)
    at = 0
    for block in _blocks(rows):
        inside: list[Merged] = []
        while at < len(merged) and merged[at].top <= block[-1].number:
            inside.append(merged[at])
            at += 1
        found = table_lines(_Block(block, inside, layout).rows())
        if not lines and found and not found[0].kind and ":" not in fold(found[0].text):
            title = found[0].text
        lines += found
    return SheetLines(lines, title)


def _blocks(rows: Iterable[CellRow]) -> Iterator[list[CellRow]]:
    """The rows between empty ones."""
    block: list[CellRow] = []
    for row in rows:
        if any(row.cells):
            block.append(row)
        elif block:
            yield block
            block = []
    if block:
        yield block


class _Block:
    """Rows of a sheet with no empty one between them, and the merged cells that begin in them."""

    def __init__(self, rows: list[CellRow], merged: list[Merged], layout: Layout) -> None:
        self._counts = [sum(map(bool, row.cells)) for row in rows]
        self._merged: list[list[Merged]] = [[] for _ in rows]
        widest = max(len(row.cells) for row in rows)
        self._grid = [row.cells + [""] * (widest - len(row.cells)) for row in rows]
        numbers = [row.number for row in rows]
        for area in merged:
            self._fill(area, numbers)
        used = {i for row in self._grid for i, cell in enumerate(row) if cell}
        shown = [i for i in range(widest) if not layout.hides_column(i + 1)]
        filled = [i for i in shown if i in used]
        self._columns = [i for i in shown if filled and filled[0] <= i <= filled[-1]]

    def _fill(self, area: Merged, numbers: list[int]) -> None:
        """Writes the text of merged cells into each of them."""
        first = bisect_left(numbers, area.top)
        end = bisect_right(numbers, area.bottom)
        right = min(area.right, len(self._grid[0]))
        if first == end or numbers[first] != area.top or area.left > right:
            return
        text = self._grid[first][area.left - 1]
        self._merged[first].append(area)
        for row in self._grid[first:end]:
            row[area.left - 1 : right] = [text] * (right - area.left + 1)

    def rows(self) -> list[TableRow]:
        """The rows of the table in the block, with those above and below it."""
        size = len(self._grid)
        if len(self._columns) < 2:
            return [TableRow(self._cells(i), is_whole=True) for i in range(size)]
        found: list[TableRow] = []
        start = 0
        while start < size and (above := self._above_table(start)):
            found += above
            start += 1
        headers = self._headers(start)
        for i in range(start, size):
            is_whole = self._counts[i] == 1 and (
                any(area.left < area.right for area in self._merged[i])
                or is_remark(next(filter(None, self._grid[i])))
            )
            found.append(TableRow(self._cells(i), is_whole, i < start + headers))
        return found

    def _cells(self, i: int) -> tuple[str, ...]:
        return tuple(self._grid[i][column] for column in self._columns)

    def _above_table(self, i: int) -> list[TableRow]:
        """The lines that a row is where it stands above the table: a title, or labels; else none."""
        cells = list(filter(None, self._cells(i)))
        if len(set(cells)) == 1 and self._counts[i] == 1:
            return [TableRow((cells[0],), is_whole=True)]
        if cells and all(_LABEL.fullmatch(fold(tidy(cell))) for cell in cells):
            return [TableRow((cell,), is_whole=True) for cell in dict.fromkeys(cells)]
        return []

    def _headers(self, start: int) -> int:
        """How many rows from `start` on hold the names of the columns."""
        most = min(_HEADER_ROWS, len(self._grid) - start - 1)
        rows = []
        for i in range(most):
            rows.append(list(map(tidy, self._cells(start + i))))
        if most < 1:
            return 0
        count = 1
        while count < most and any(
            area.left < area.right for area in self._merged[start + count - 1]
        ):
            count += 1
        deepest = max((area.bottom - area.top + 1 for area in self._merged[start]), default=1)
        if deepest <= most:
            count = max(count, deepest)
        while count > 1:
            if all(map(_may_name, rows[:count])):
                return count
            count -= 1
        others = (self._cells(i) for i in range(start + 1, len(self._grid)))
        return int(_may_name(rows[0]) and _names_columns(rows[0], others))


def _may_name(cells: Sequence[str]) -> bool:
    """Whether no cell of a row is a value, but for years and months, nor too long for a name."""
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and all(
        width(cell) <= _LONGEST_NAME and (bool(_PERIOD.fullmatch(cell)) or not is_value(cell))
        for cell in filled
    )


def _names_columns(first: Sequence[str], others: Iterable[Sequence[str]]) -> bool:
    """Whether the words of the first row name the columns: values or other columns show it."""
    filled = [cell for cell in first if cell]
    if len(set(filled)) < len(filled) or len(filled) < len(first) / 2:
        return False
    if len(filled) > 2 or all(_NAME.fullmatch(cell) for cell in filled):
        return True
    return any(is_value(cell) for row in others for cell in row[1:] if cell)


def is_value(text: str) -> bool:
    """Whether a cell is a number, an amount, a date or the like, and no word."""
    return bool(_VALUE.fullmatch(fold(tidy(text))))
