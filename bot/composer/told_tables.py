"""What an outline tells of the tables of a document: a small one whole, of another its first and last row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT, Line
from bot.i18n import Language, Pair, pick
from corpus import Document
from corpus.document import Span, Unit

WHOLE: Pair = ("表格共{}行", "Table of {} rows")
ENDS: Pair = ("表格共{}行，首行与末行", "Table of {} rows, the first and the last")
UNDER: Pair = ("{}（{}）", "{} ({})")

ROWS_OF_TABLE = 3
"""Rows from which a table is told."""


class ToldTable(NamedTuple):
    """Some rows of a table that has `total`. `names` are its column names, where they are cited too."""

    rows: tuple[Unit, ...]
    total: int
    names: tuple[Span, ...] = ()

    @property
    def start(self) -> int:
        """Where its first row begins, in characters."""
        return self.rows[0].start

    @property
    def is_whole(self) -> bool:
        """Whether all of its rows are told."""
        return len(self.rows) == self.total

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What is cited of it, in the order of the text."""
        document = self.rows[0].document
        spans = [*self.names, *((row.start, row.end) for row in self.rows)]
        return tuple(Citation(document, start, end) for start, end in spans)


def tables_told(document: Document, within: Span, room: int) -> list[ToldTable]:
    """The tables between two characters with what `room` citations tell of them, in order.

    Each has its first and its last row, as long as there is room; with what is left over, the
    earliest that fit are told whole. So how many rows a small table may have depends on what else
    is told: four at most where CITED_AT_MOST leaves as many beside the eight sentences of a whole
    document, more where it has fewer sentences. A row told so has as many characters of an answer
    as any citation, on an average.
    """
    units = document.units_in(*within)
    runs = [tuple(run) for is_row, run in groupby(units, lambda one: one.kind == "row") if is_row]
    told: list[ToldTable] = []
    for rows in runs:
        table = _ends(rows) if len(rows) >= ROWS_OF_TABLE else None
        if table is not None and len(table.citations) <= room:
            told.append(table)
            room -= len(table.citations)
    whole = {rows[0].start: rows for rows in runs}
    for number, table in enumerate(told):
        rows = whole[table.start]
        more = len(rows) - len(table.rows)
        allowed = room + len(table.citations)
        size = rows[-1].end - table.citations[0].start
        if more <= room and size <= allowed * TEXT_LIMIT // CITED_AT_MOST:
            told[number] = table._replace(rows=rows)
            room -= more
    return told


def _ends(rows: Sequence[Unit]) -> ToldTable:
    """The first and the last row; the column names before them where they are many."""
    first = Citation(rows[0].document, rows[0].start, rows[0].end)
    names = rows[0].leads[:1] if first.shown == first.quote else ()
    return ToldTable((rows[0], rows[-1]), len(rows), names)


def with_table(
    lines: Sequence[Line], table: ToldTable, part: tuple[str, Span], language: Language
) -> list[Line]:
    """Lines in the order of the text with what is told of a table in `part`, a name and its characters.

    A whole table stands among what its part says; of another, a line of its own has the name of the
    part, if it has any, and says which rows these are.
    """
    name, within = part
    if name and table.is_whole:
        own = [line for line in lines if line.label == name and _is_in(line, within)]
        others = [line for line in lines if line not in own]
        cited = [citation for line in own for citation in line.citations]
        cited = sorted([*cited, *table.citations], key=lambda citation: citation.start)
        added = Line(name, tuple(cited))
    else:
        others = list(lines)
        which = pick(WHOLE if table.is_whole else ENDS, language).format(table.total)
        label = pick(UNDER, language).format(name, which) if name else which
        added = Line(label, table.citations)
    return sorted([*others, added], key=lambda line: line.citations[0].start)


def _is_in(line: Line, within: Span) -> bool:
    return within.start <= line.citations[0].start < within.end
