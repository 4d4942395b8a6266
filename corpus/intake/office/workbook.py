"""Reads workbooks of Excel into pages, their values as the cells show them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import from_excel

from corpus.errors import DocumentError
from corpus.intake.decode import shown
from corpus.intake.office.office_file import check_office_file
from corpus.intake.office.sheet import CellRow, sheet_lines
from corpus.intake.office.shown_value import CHINESE_DATES, shown_value
from corpus.intake.office.workbook_parts import Layout, SheetPart, read_layout, sheet_parts
from corpus.intake.page import Line, Page

MOST_CELLS = 500_000
"""Most cells of a workbook. 700,000 took 26 of the 30 seconds of processor time that a child
process has, on a busy machine, with what counts them; as csv 1.4 million took 11 seconds.
"""

# Sheet1, 工作表 2, 表1: names that Excel and WPS give
_UNNAMED = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)


def read_xlsx(path: Path) -> Page:
    """Reads the sheets of a workbook (xlsx, xlsm, xltx) that are not hidden.

    Raises DocumentError where it is none, has a password, or has more than `MOST_CELLS` cells.
    """
    check_office_file(path, "xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = sheet_parts(archive)
        layouts = {part.name: read_layout(archive, part.part) for part in parts}
    if sum(layout.cells for layout in layouts.values()) > MOST_CELLS:
        raise DocumentError(
            f"{shown(path)} 的单元格超过 {MOST_CELLS:,} 个。"
            "请按工作表或按年份拆成几个文件，或另存为 csv，再收录。",
            f"{shown(path)} has more than {MOST_CELLS:,} cells. Split it by sheet or by year, or "
            "save it as csv.",
        )
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    visible = [part for part in parts if not part.is_hidden]
    reader = _CellReader(book)
    lines: list[Line] = []
    title = ""
    for part in visible:
        found = sheet_lines(reader.rows(book[part.name], layouts[part.name]), layouts[part.name])
        name = part.name.strip()
        is_told = len(visible) > 1 or not _UNNAMED.fullmatch(name)
        # The title of the only sheet is that of the document, and stands first.
        is_titled = len(visible) == 1 and bool(found.title)
        title = found.title if is_titled else title
        lines += found.lines[:is_titled]
        if found.lines and is_told and name != found.title:
            lines.append(Line(name, "heading", level=1))
        lines += found.lines[is_titled:]
    book.close()
    return Page(
        tuple(lines),
        title=title or path.stem,
        notes=tuple(_notes(parts, layouts, reader)),
        is_web_page=False,
    )


class _CellReader:
    """Reads the cells of a workbook as shown, and counts them."""

    def __init__(self, book: Any) -> None:
        self.errors = 0
        """Cells that show an error, such as #DIV/0!."""
        self.hidden: dict[str, tuple[int, int]] = {}
        """Rows and columns with values that are hidden, by sheet."""
        self._epoch = book.epoch

    def rows(self, sheet: Any, layout: Layout) -> Iterator[CellRow]:
        """The rows of a sheet that are not hidden, empty ones too."""
        # What a file says of its own size may be wrong, and would be padded.
        sheet.reset_dimensions()
        rows = 0
        columns: set[int] = set()
        for at, row in enumerate(sheet.iter_rows(), 1):
            if at in layout.hidden_rows:
                rows += any(cell.value is not None for cell in row)
                continue
            cells = [self._shown(cell) for cell in row]
            for first, last in layout.hidden_columns:
                columns.update(i for i, cell in enumerate(cells[first - 1 : last], first) if cell)
            yield CellRow(at, cells)
        if rows or columns:
            self.hidden[sheet.title] = (rows, len(columns))

    def _shown(self, cell: Any) -> str:
        value = cell.value
        if value is None:
            return ""
        if isinstance(value, str):
            self.errors += cell.data_type == "e"
            return value.strip()
        if isinstance(value, bool):
            return shown_value(value, "")
        code = cell.number_format
        if code == "General" and isinstance(value, (int, float)):
            chinese = CHINESE_DATES.get(cell.style_array.numFmtId) if cell.has_style else None
            if chinese:
                return shown_value(self._moment(value), chinese)
        return shown_value(value, code)

    def _moment(self, value: int | float) -> date | time | timedelta | int | float:
        """The day or time that a number stands for; the number itself where it is none."""
        try:
            moment: date | time | timedelta = from_excel(value, self._epoch)
        except (OverflowError, ValueError):
            return value
        return moment


def _notes(
    parts: list[SheetPart], layouts: dict[str, Layout], reader: _CellReader
) -> Iterator[tuple[str, str]]:
    """What of a workbook was left out, (Chinese, English) each."""
    hidden = [part.name for part in parts if part.is_hidden]
    visible = [(part.name, layouts[part.name]) for part in parts if not part.is_hidden]
    if hidden:
        yield (
            f"隐藏的工作表没有读入：{'、'.join(hidden)}。如果需要，请取消隐藏后重新收录。",
            f"Hidden sheets were not read: {', '.join(hidden)}. Unhide them and add the file "
            "again if they are wanted.",
        )
    for name, (rows, columns) in reader.hidden.items():
        yield (
            f"工作表“{name}”中隐藏或筛掉的 {rows} 行、{columns} 列没有读入。"
            "如果需要，请取消隐藏和筛选后重新收录。",
            f"In the sheet “{name}” {rows} rows and {columns} columns that are hidden or "
            "filtered out were not read. Show them and add the file again if they are wanted.",
        )
    uncomputed = sum(layout.uncomputed for _, layout in visible)
    if uncomputed:
        yield (
            f"有 {uncomputed} 个公式没有存下结果，读成了空格。"
            "请在 Excel 或 WPS 中打开并保存一次，再重新收录。",
            f"{uncomputed} formulas have no stored result and were read as empty cells. Open the "
            "file in Excel or WPS, save it, and add it again.",
        )
    if reader.errors:
        yield (
            f"有 {reader.errors} 个单元格显示的是错误值，例如 #DIV/0!。请改正公式后重新收录。",
            f"{reader.errors} cells show an error such as #DIV/0!. Correct the formulas and add "
            "the file again.",
        )
    drawn = [name for name, layout in visible if layout.drawings]
    if drawn:
        yield (
            f"工作表中的图片、图表和文本框没有读入：{'、'.join(drawn)}。",
            f"Pictures, charts and text boxes on sheets were not read: {', '.join(drawn)}.",
        )
