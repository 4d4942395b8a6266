"""Rows of tables as a reader is told them: 馆：少儿馆；电话：86001020, not the bars that part their cells.

What is stored, cited and sent by the API stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer import Answer, Citation
from corpus import Document, Unit
from corpus.document import Span
from corpus.language.text import is_english


def with_rows_in_words(answer: Answer) -> str:
    """The text of an answer, its cited rows with each cell behind the name of its column."""
    text = answer.text
    for n, citation in enumerate(answer.citations, 1):
        words = row_in_words(citation)
        if words is None:
            continue
        mark = f"[{n}]"
        text = text.replace(f"{citation.shown}{mark}", f"{words}{_caption(citation)}{mark}")
        text = text.replace(f"{citation.quote}{mark}", f"{words}{mark}")
    return text


def row_in_words(citation: Citation) -> str | None:
    """A row, or the names of columns, in words; None for what is no one whole row of a table."""
    units = citation.document.units_in(citation.start, citation.end)
    if len(units) != 1 or (units[0].start, units[0].end) != (citation.start, citation.end):
        return None
    unit = units[0]
    is_latin = is_english(unit.text)
    if unit.kind == "header":
        return (", " if is_latin else "、").join(filter(None, _texts(unit)))
    if unit.kind != "row":
        return None
    return ("; " if is_latin else "；").join(_named_cells(unit, ": " if is_latin else "："))


def _named_cells(row: Unit, colon: str) -> Iterator[str]:
    """The cells that are not empty, each behind what its column is called from top to bottom."""
    spans = [span for span in row.context if _is_header(row.document, span)]
    headers = [unit for span in sorted(spans) for unit in row.document.units_in(*span)]
    names = [_texts(header) for header in headers]
    for column, text in enumerate(_texts(row)):
        of_column = dict.fromkeys(cells[column] for cells in names if column < len(cells))
        name = " ".join(filter(None, of_column))
        if text:
            yield f"{name}{colon}{text}" if name and name != text else text


def _texts(unit: Unit) -> list[str]:
    return [unit.document.text[start:end] for start, end in unit.cells]


def _caption(citation: Citation) -> str:
    """What stands in brackets behind a row beside the names of the columns, which its cells have."""
    document = citation.document
    others = [span for span in citation.context if not _is_header(document, span)]
    texts = [document.text[start:end].rstrip("。；") for start, end in others]
    return f"（{'；'.join(texts)}）" if texts else ""


def _is_header(document: Document, span: Span) -> bool:
    return any(unit.kind == "header" for unit in document.units_in(*span))
