"""Makes lines of the rows of a table whose merged cells have been filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from corpus.intake.page import Line, fold, row_text, tidy

# 注：2020年为初步统计, 说明: 单位为张, 数据来源：市统计局, 制表人：王芳
_REMARK = re.compile(r"(?:备?注|说明|附注)\s*\d*\s*:|(?:资料|数据)?来源\s*:|(?:制|填)表")


class TableRow(NamedTuple):
    """A row of a table: its cells by column, and whether they are all one cell.

    `is_header` says that the format marks the row as one of column names.
    """

    cells: tuple[str, ...]
    is_whole: bool = False
    is_header: bool = False


def table_lines(rows: Sequence[TableRow]) -> list[Line]:
    """The lines of a table.

    Rows that are one cell across its top, or remarks at its bottom, are lines of their own; such a
    row between others is a row of one cell.
    """
    first, last = 0, len(rows)
    while first < last and rows[first].is_whole:
        first += 1
    while first < last and rows[last - 1].is_whole and is_remark(_only(rows[last - 1])):
        last -= 1
    if first == len(rows):
        return [line for row in rows if (line := Line(_only(row))).text]
    lines = [Line(_only(row)) for row in rows[:first]]
    for row in rows[first:last]:
        text = _only(row) if row.is_whole else row_text(row.cells)
        lines.append(Line(text, "header" if row.is_header else "row"))
    lines += [Line(_only(row)) for row in rows[last:]]
    return [line for line in lines if line.text]


def is_remark(text: str) -> bool:
    """Whether a line below a table is about it: 注：…, 数据来源：…."""
    return bool(_REMARK.match(fold(tidy(text))))


def _only(row: TableRow) -> str:
    """The text of a row that is one cell."""
    return tidy(next(filter(None, row.cells), ""))
