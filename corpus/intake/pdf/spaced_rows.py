"""Tells the rows of a table whose cells only spaces part, and whether its first row names columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus.intake.page import fold, width
from corpus.intake.pdf.cells import is_value
from corpus.intake.pdf.segments import Placed, TextLine

_FEWEST_ROWS = 3
"""Lines that make a table whose cells only single spaces part."""

_LONGEST_CELL = 24
"""Columns of a cell of such a table."""

_LABEL = 0.7
"""Share of the length of the cells below up to which words in the first row name the columns."""

# 2023, 2023年
_YEAR = re.compile(r"(?:19|20)\d\d\s?年?")


def with_rows(placed: Sequence[Placed]) -> list[Placed]:
    """The lines, those as rows that stand below a table with as many parts, and those that single
    spaces part into as many words as the lines around them, with values in the same places.
    """
    found = list(placed)
    for i in range(1, len(found)):
        above, line = found[i - 1].line, found[i].line
        if above.cells and not line.cells and len(line.parts) == len(above.cells) > 1:
            found[i] = found[i]._replace(line=line._replace(cells=line.parts))
    start = 0
    while start < len(found):
        end = start + 1
        words = found[start].line.text.split()
        shape = _shape(found[start].line)
        while end < len(found) and shape and _shape(found[end].line) == shape:
            end += 1
        if end - start >= _FEWEST_ROWS:
            has_header = start > 0 and _is_named_by(found[start - 1].line, len(words))
            for i in range(start - has_header, end):
                cells = tuple(found[i].line.text.split())
                found[i] = found[i]._replace(line=found[i].line._replace(cells=cells))
        start = end
    return found


def _shape(line: TextLine) -> tuple[bool, ...]:
    """Which words of a line are values; empty where it cannot be a row of a table."""
    words = line.text.split()
    values = tuple(map(is_value, words))
    is_row = len(words) > 1 and any(values[1:]) and not line.cells and _are_cells(words)
    return values if is_row else ()


def _is_named_by(line: TextLine, columns: int) -> bool:
    words = line.text.split()
    return (
        len(words) == columns
        and not line.cells
        and not any(map(is_value, words))
        and _are_cells(words)
    )


def _are_cells(words: Iterable[str]) -> bool:
    """Whether words are short, and no sentence ends or goes on in them."""
    return all(
        width(word) <= _LONGEST_CELL and fold(word[-1]) not in "。,;:!?.、" for word in words
    )


def names_columns(rows: Sequence[tuple[str, ...]]) -> bool:
    """Whether the first row names the columns: words above values, or short words above longer."""
    first, *others = rows
    if not others or any(map(_is_amount, first)) or not all(first[1:]):
        return False
    if rows.count(first) > 1 or any(_is_amount(cell) for row in others for cell in row):
        return True
    if len(first) < 3 or any(width(cell) > _LONGEST_CELL for cell in first):
        return False
    below = [len(cell) for row in others for cell in row if cell]
    return sum(map(len, first)) / len(first) <= _LABEL * sum(below) / max(1, len(below))


def _is_amount(text: str) -> bool:
    """Whether a text is a value and no year, which may name a column."""
    return is_value(text) and not _YEAR.fullmatch(fold(text))
