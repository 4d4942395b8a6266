"""The rows of a table that a question asks for, one a line: 各条线路的末班车, 哪些线路老年卡半价."""

from __future__ import annotations

from bot.answer import Citation
from bot.composer.composition import Composition, Line
from bot.composer.sources import Material
from bot.question.forms import AskedForm
from bot.reader.asked_rows import AskedRows, asked_rows
from bot.reader.tables import CONFIDENCE, Table
from corpus import Unit
from corpus.split import ROW_LIMIT

OF_ROWS: frozenset[AskedForm] = frozenset(
    {"each", "list", "documents", "comparison", "yes_no", "fact"}
)
"""Forms that rows may answer: 哪些线路 and 哪条线路最贵 are taken for any of these."""

LINES_AT_MOST = 120
"""Rows that an answer has, those included that are told when more is asked for; a table may have thousands."""


def rows_asked_for(material: Material) -> Composition | None:
    """The rows of a table that is surely the one asked about.

    None without such a table; where a single row has the largest or the smallest, its label is a
    single fact.
    """
    if material.form not in OF_ROWS:
        return None
    found = asked_rows(material.question, material.hits, material.scope)
    if found is None or not found.rows or _is_one(found):
        return None
    column = _label_column(found)
    lines = []
    for row in found.rows[:LINES_AT_MOST]:
        start, end = row.cells[column]
        lines.append(Line(row.document.text[start:end], (row_citation(row),)))
    return Composition("list", (*column_names(found.table), *lines), CONFIDENCE)


def is_one_row(material: Material) -> bool:
    """Whether a single row has the largest or the smallest that is asked for: its label is a single fact."""
    if material.form not in OF_ROWS:
        return False
    found = asked_rows(material.question, material.hits, material.scope)
    return found is not None and _is_one(found)


def _is_one(found: AskedRows) -> bool:
    return found.is_extreme and len(found.rows) == 1


def row_citation(row: Unit) -> Citation:
    """A row as it is cited."""
    return Citation(row.document, row.start, row.end)


def column_names(table: Table) -> tuple[Line, ...]:
    """The names of the columns as a line, where they are too long to stand in brackets behind a row."""
    first, last = table.headers[0], table.headers[-1]
    citation = row_citation(table.rows[0])
    if citation.shown != citation.quote:
        return ()
    start = first.start if last.end - first.start <= ROW_LIMIT else last.start
    return (Line("", (Citation(table.document, start, last.end),)),)


def _label_column(found: AskedRows) -> int:
    """The column that names the rows: that asked for, or where no row shares its cell with another, as
    优惠 are all different, the first.
    """
    cells = ["".join(one[found.key : found.key + 1]) for one in found.table.cells]
    return found.key if len(set(cells)) < len(cells) else 0
