"""Finds the cell of a table that a question asks for: by the name of its row and that of its column.

东城街道2020年有多少张床位 asks for the row 东城街道 and the column 2020年. An empty cell says that the
table does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.question.analysis import Kind, Question
from bot.question.scope import NO_SCOPE, Scope
from bot.reader.candidates import coverage, years_in
from corpus import Document, Passage, Unit
from corpus.document import CELL_BAR, Span
from corpus.language.text import fold
from index import Hit

NAMED = 0.5
"""Share of the character pairs of a column's name that a question has if it asks for that column."""

ABOUT = 0.5
"""Share of the question's other terms, by weight, that a table and what it is called must have."""

CONFIDENCE = 0.9
"""How sure an answer from a cell is whose row and column the question both names."""

REMEMBERED = 8
"""Tables that are kept as they were read: a question asks several times for those that it has found."""

_NO_VALUE: frozenset[Kind] = frozenset({"why", "yes"})
"""Kinds of questions that no cell answers."""

# 22 in 22年, which may be 2022
_SHORT_YEAR = re.compile(r"(?<!\d)\d\d(?=年)")
# 2020 in 2020年
_DIGITS = re.compile(r"\d+")
# 1,234.5 in "1,234.5 万元"
_AMOUNT = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
# 合计, 总计, 小计, 全市合计, 全区
TOTAL = re.compile(r"[合总小共]\s?计|平均|^全[国省市区县镇乡]$")
"""What the label of a row has that sums up others."""

_MOST = re.compile(r"最[多大高长]|第一(?:的|是|$)")
_LEAST = re.compile(r"最[少小低短]")
_EXTREME = re.compile(r"最\w")


class TableCell(NamedTuple):
    """What a table says to a question: the row to cite, and the span of the answer in the document.

    `answer` is empty where the cell is.
    """

    row: Passage
    answer: Span


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a table, all under the same column names."""

    document: Document
    headers: tuple[Unit, ...]
    rows: tuple[Unit, ...]

    @cached_property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """The cells of each row, as they are compared."""
        return tuple(cells_of(row) for row in self.rows)


def asked_cell(whole: Question, hits: Sequence[Hit], scope: Scope = NO_SCOPE) -> TableCell | None:
    """The cell that a question asks for in a table that `hits` touch, or None; see `asked_cells`."""
    return next(asked_cells(whole, hits, scope), None)


def asked_cells(
    whole: Question, hits: Sequence[Hit], scope: Scope = NO_SCOPE
) -> Iterator[TableCell]:
    """The cells that a question may ask for, one of each table that has the row and the column.

    The first counts: the others say whether it is the only one. A table is held against what is
    asked of its document: a title such as 停车收费标准（2020—2024年） names no column.
    """
    if whole.kind in _NO_VALUE:
        return
    for table in tables_of(hits):
        found = _cell_of(table, scope.question_for(table.document, whole))
        if found is not None:
            yield found


def _cell_of(table: Table, question: Question) -> TableCell | None:
    """The cell of a table that a question asks for; None where it names no row and column of it."""
    asked = with_whole_years(squeezed(question.whole), table)
    column = _asked_column(table, asked)
    if column is None:
        return None
    row = _asked_row(table, asked)
    if row is not None and is_about(question, table, row):
        return _cell(row, column)
    if row is None and _EXTREME.search(asked) and is_about(question, table, None):
        return _extreme(table, column, asked)
    return None


def with_whole_years(asked: str, table: Table) -> str:
    """A question with its years as the table writes them: 22年 as 2022年, and 10年 as it is."""
    if not _SHORT_YEAR.search(asked):
        return asked
    labels = [cells[0] for cells in table.cells]
    names = [squeezed(unit.text) for unit in table.headers]
    by_end = {year[2:]: year for year in years_in(" ".join([*names, *labels]))}
    if set(_DIGITS.findall(" ".join([*names, *labels]))) >= set(_SHORT_YEAR.findall(asked)):
        return asked
    return _SHORT_YEAR.sub(lambda found: by_end.get(found.group(), found.group()), asked)


def tables_of(hits: Iterable[Hit]) -> Iterator[Table]:
    """The tables that hits touch, each once, that have column names."""
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        passage = hit.passage
        document = passage.document
        for unit in document.units_in(passage.start, passage.end):
            headers = _headers_of(unit)
            if not headers:
                continue
            key = document.doc_id, headers[0].start
            if key not in seen:
                seen.add(key)
                yield _table_at(document, headers)


@lru_cache(REMEMBERED)
def _table_at(document: Document, headers: tuple[Unit, ...]) -> Table:
    return Table(document, headers, _rows_under(headers))


def _headers_of(row: Unit) -> tuple[Unit, ...]:
    """The column names that a row is linked to, from top to bottom."""
    if row.kind != "row":
        return ()
    found: list[Unit] = []
    for span in sorted(row.context):
        found += [unit for unit in row.document.units_in(*span) if unit.kind == "header"]
    return tuple(found)


def _rows_under(headers: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The rows below column names, up to the end of the table."""
    document = headers[0].document
    rows = []
    for unit in document.units_in(headers[-1].end, len(document.text)):
        if unit.kind != "row":
            break
        rows.append(unit)
    return tuple(rows)


def _asked_column(table: Table, asked: str) -> int | None:
    """The number of the column that the question names best; None where it names none or two."""
    scores: dict[int, float] = {}
    width = max(map(len, (*map(cells_of, table.headers), *table.cells)))
    for column in range(1, width):
        names = {cell_text(header, column) for header in table.headers}
        scores[column] = sum(_named(name, asked) for name in names)
    best = max(scores.values(), default=0.0)
    columns = [column for column, score in scores.items() if score == best]
    return columns[0] if best > 0 and len(columns) == 1 else None


def _named(name: str, asked: str) -> float:
    """How much of a question a column's name takes, in characters; 0 where it is not named."""
    digits = _DIGITS.findall(name)
    if digits:
        # 2020 is not 20200
        whole = set(_DIGITS.findall(asked))
        return float(len(name)) if whole.issuperset(digits) else 0.0
    pairs = [name[at : at + 2] for at in range(len(name) - 1)] or [name]
    shared = sum(pair in asked for pair in pairs if pair) / len(pairs)
    return shared * len(name) if shared >= NAMED else 0.0


def _asked_row(table: Table, asked: str) -> Unit | None:
    """The row whose label the question names best, in whole or its beginning; None without one."""
    best, chosen = 0, None
    for row, cells in zip(table.rows, table.cells, strict=True):
        named = sum(_begun(label, asked) for label in labels_of(cells))
        if named == best:
            chosen = None
        elif named > best:
            best, chosen = named, row
    return chosen


def labels_of(cells: Sequence[str]) -> list[str]:
    """The cells at the left of a row that are words and no amounts; at least the first cell."""
    labels = []
    for column, text in enumerate(cells):
        if column and _AMOUNT.match(text):
            break
        labels.append(text)
    return labels


def _begun(label: str, asked: str) -> int:
    """How many characters of the beginning of a label stand in the question; 0 for less than half.

    A label with digits stands there whole: 第3周 is not 第30周.
    """
    if _DIGITS.search(label):
        stands = re.search(rf"(?<!\d){re.escape(label)}(?!\d)", asked)
        return len(label) if stands else 0
    size = len(label)
    while size and label[:size] not in asked:
        size -= 1
    return size if size >= 2 and 2 * size >= len(label) else 0


def is_about(question: Question, table: Table, row: Unit | None) -> bool:
    """Whether a table is about what the question says beside the name of a row."""
    document = table.document
    around = [document.title, *(unit.text for unit in table.headers)]
    for unit in (*table.headers, *table.rows[:1]):
        around += [document.text[start:end] for start, end in unit.context]
    known = fold(" ".join(around))
    of_row = fold(row.text) if row is not None else ""
    if years_in(fold(question.whole)) - years_in(known + of_row):
        return False
    others = {term: weight for term, weight in question.terms.items() if term not in of_row}
    return not others or coverage(others, known, question.alike) >= ABOUT


def _cell(row: Unit, column: int) -> TableCell:
    """The cell of a row; a row that is too short has none there."""
    cells = row.cells
    span = cells[column] if column < len(cells) else Span(row.end, row.end)
    return TableCell(Passage(row.document, row.start, row.end), span)


def _extreme(table: Table, column: int, asked: str) -> TableCell | None:
    """The row with the largest or the smallest amount in a column; its label is the answer.

    The answer is empty where two rows share that amount or the question asks for another extreme.
    """
    rows = [row for row in table.rows if not TOTAL.search(cell_text(row, 0))]
    amounts = [(amount, row) for row in rows if (amount := _amount(row, column)) is not None]
    if not amounts:
        return None
    order = sorted(amounts, key=lambda pair: pair[0])
    if _MOST.search(asked):
        order.reverse()
    is_known = bool(_MOST.search(asked)) != bool(_LEAST.search(asked))
    is_alone = len(order) == 1 or order[0][0] != order[1][0]
    row = order[0][1]
    answer = row.cells[0] if is_known and is_alone else Span(row.start, row.start)
    return TableCell(Passage(row.document, row.start, row.end), answer)


def _amount(row: Unit, column: int) -> float | None:
    found = _AMOUNT.search(cell_text(row, column))
    return float(found.group().replace(",", "")) if found else None


def cell_text(unit: Unit, column: int) -> str:
    """The text of a cell, as it is compared; empty where a row has no such cell."""
    cells = unit.cells
    if column >= len(cells):
        return ""
    start, end = cells[column]
    return squeezed(unit.document.text[start:end])


def cells_of(unit: Unit) -> tuple[str, ...]:
    """The cells of a row or of column names, as they are compared."""
    return tuple(squeezed(cell) for cell in unit.text.split(CELL_BAR))


def squeezed(text: str) -> str:
    """A text as it is compared: folded, without spaces."""
    return "".join(fold(text).split())
