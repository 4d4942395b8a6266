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
    """The text of an answer, its cited rows with each cell behind the name of its column.

    The cell that a line is called by is not told again: 总馆：电话：86001001.
    """
    lines = answer.text.split("\n")
    labels = [part.label for part in answer.parts]
    labels += [""] * (len(lines) - len(labels))
    for number, label in enumerate(labels[: len(lines)]):
        for n, citation in enumerate(answer.citations, 1):
            if f"[{n}]" in lines[number]:
                lines[number] = _with_words(lines[number], citation, n, label)
    return "\n".join(lines)


def _with_words(line: str, citation: Citation, n: int, label: str) -> str:
    words = row_in_words(citation, label)
    if words is None:
        return line
    mark = f"[{n}]"
    line = line.replace(f"{citation.shown}{mark}", f"{words}{_caption(citation)}{mark}")
    return line.replace(f"{citation.quote}{mark}", f"{words}{mark}")


def row_in_words(citation: Citation, label: str = "") -> str | None:
    """A row, or the names of columns, in words; None for what is no one whole row of a table.

    Without the cell that says `label`, where there are others.
    """
    units = citation.document.units_in(citation.start, citation.end)
    if len(units) != 1 or (units[0].start, units[0].end) != (citation.start, citation.end):
        return None
    unit = units[0]
    is_latin = is_english(unit.text)
    if unit.kind == "header":
        return (", " if is_latin else "、").join(filter(None, _texts(unit)))
    if unit.kind != "row":
        return None
    colon = ": " if is_latin else "："
    told = [f"{name}{colon}{text}" if name else text for name, text in _cells(unit, label)]
    return ("; " if is_latin else "；").join(told) or unit.text


def _cells(row: Unit, label: str) -> Iterator[tuple[str, str]]:
    """What each column is called from top to bottom, and its cell; those with something to say."""
    spans = [span for span in row.context if _is_header(row.document, span)]
    headers = [unit for span in sorted(spans) for unit in row.document.units_in(*span)]
    names = [_texts(header) for header in headers]
    for column, text in enumerate(_texts(row)):
        of_column = dict.fromkeys(cells[column] for cells in names if column < len(cells))
        if text and text != label:
            yield " ".join(filter(None, of_column)), text


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
