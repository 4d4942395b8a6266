"""The tables of Word files: which only lay out the page, which rows name columns, and their cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from corpus.intake.office.word_blocks import blocks_of
from corpus.intake.office.word_styles import Styles, W, is_on, value
from corpus.intake.table import TableRow

MOST_COLUMNS = 63
"""Columns of a table in Word."""


class Cell(NamedTuple):
    """A cell of a row: its first column, the columns that it covers, and its text."""

    column: int
    span: int
    text: str


def lays_out(cells: list[list[Any]]) -> bool:
    """Whether a table only lays out the page: it has one column, or one row of several paragraphs."""
    if all(len(row) <= 1 for row in cells):
        return True
    if len(cells) > 1:
        return False
    return max(len(list(blocks_of(cell))) for cell in cells[0]) > 1


def padded_row(cells: list[Cell], columns: int, is_regular: bool, is_header: bool) -> TableRow:
    """A row with the text of a cell in each of the columns that it covers.

    In a table that is a form rather than a grid it stands there once.
    """
    texts: list[str] = []
    for cell in cells:
        texts += [cell.text] * (cell.span if is_regular else 1)
    is_whole = len(cells) == 1 and cells[0].span == columns
    return TableRow(tuple(texts), is_whole, is_header)


def header_rows(table: Any, rows: Sequence[Any], styles: Styles) -> int:
    """How many rows at the top the format marks as column names: as repeated, or as first."""
    marked = 0
    while marked < len(rows) and is_on(rows[marked].find(f"{W}trPr"), "tblHeader"):
        marked += 1
    if marked:
        return marked
    properties = table.find(f"{W}tblPr")
    look = properties.find(f"{W}tblLook") if properties is not None else None
    if look is None or look.get(f"{W}firstRow") not in ("1", "true", "on"):
        return 0
    for style in styles.chain(value(properties, "tblStyle")):
        parts = style.element.iterchildren(f"{W}tblStylePr")
        if any(part.get(f"{W}type") == "firstRow" for part in parts):
            return 1
    return 0
