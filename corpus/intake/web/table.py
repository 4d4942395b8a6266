"""Reads the table of a web page into rows of equal width, merged cells filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from corpus.intake.table import TableRow

_LONGEST_CELL = 200
"""Characters of a cell of data. Longer ones show that the table may lay out the page."""

_SPARSE = 4
"""A table of data has at most one long cell in so many."""

_WIDEST = 1000
"""Columns that a cell may cover: the limit of the HTML standard."""


class _Cell(NamedTuple):
    text: str
    rows: int
    columns: int
    is_header: bool
    linked: int


class _Grid(NamedTuple):
    """The text of each place of a table, and the places where a cell begins."""

    texts: list[dict[int, str]]
    starts: list[set[int]]


def table_rows(table: Any, text_of: Callable[[Any], str]) -> list[TableRow]:
    """The rows of a table of data; none where the table lays out a page.

    A cell that spans rows or columns stands in each place that it covers. `text_of` gives the text
    of a cell.
    """
    if next(table.iterdescendants("table"), None) is not None:
        return []
    rows = _own_rows(table)
    cells = []
    for row in rows:
        cells.append([_cell(node, text_of) for node in row if node.tag in ("td", "th")])
    if not _is_data(table, cells):
        return []
    grid = _filled(cells)
    columns = sorted(set().union(*grid.starts))
    found = []
    for row, own, texts in zip(rows, cells, grid.texts, strict=True):
        values = tuple(texts.get(column, "") for column in columns)
        is_whole = len(own) == 1 and own[0].columns >= len(columns) > 1
        found.append(TableRow(values, is_whole, _is_header(row, own)))
    return found


def _own_rows(table: Any) -> list[Any]:
    """The rows of a table in the order in which a browser shows them: the foot last."""
    order = {"thead": 0, "tfoot": 2}
    rows = list(table.iter("tr"))
    return sorted(rows, key=lambda row: order.get(row.getparent().tag, 1))


def _cell(node: Any, text_of: Callable[[Any], str]) -> _Cell:
    linked = sum(len("".join(link.itertext()).strip()) for link in node.iter("a"))
    # rowspan="0" reaches to the end of the table.
    rows = _span(node.get("rowspan")) or _WIDEST
    columns = min(_WIDEST, max(1, _span(node.get("colspan"))))
    return _Cell(text_of(node), rows, columns, node.tag == "th", linked)


def _span(text: str | None) -> int:
    """The number of an attribute, 1 where it is none."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) <= 5 else 1


def _is_data(table: Any, rows: list[list[_Cell]]) -> bool:
    """Whether a table holds data and does not lay out the page or a menu."""
    cells = [cell for row in rows for cell in row]
    printed = [cell for cell in cells if cell.text]
    if max(map(len, rows), default=0) < 2 or len(printed) < 2:
        return False
    if any(cell.is_header for cell in cells) or table.find("caption") is not None:
        return True
    long = sum(len(cell.text) > _LONGEST_CELL for cell in printed)
    is_menu = all(cell.linked * 2 > len(cell.text) for cell in printed)
    return not is_menu and long * _SPARSE <= len(printed)


def _is_header(row: Any, cells: Iterable[_Cell]) -> bool:
    """Whether a row names columns: it stands in the head, or all of its cells say so."""
    named = [cell.is_header for cell in cells if cell.text or cell.is_header]
    return row.getparent().tag == "thead" or (len(named) > 1 and all(named))


def _filled(rows: list[list[_Cell]]) -> _Grid:
    """The places of a table, with each cell in all places that it covers."""
    grid = _Grid([{} for _ in rows], [set() for _ in rows])
    for i, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in grid.texts[i]:
                column += 1
            grid.starts[i].add(column)
            for covered in grid.texts[i : i + cell.rows]:
                _cover(covered, column, cell)
            column += cell.columns
    return grid


def _cover(texts: dict[int, str], column: int, cell: _Cell) -> None:
    """Puts the text of a cell into the places of a row that it covers and nothing else does."""
    for place in range(column, column + cell.columns):
        texts.setdefault(place, cell.text)
