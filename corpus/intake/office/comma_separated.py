"""Reads tables in text files into pages: values between commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from corpus.errors import DocumentError
from corpus.intake.decode import decode, read_bytes, shown
from corpus.intake.office.office_file import real_kind
from corpus.intake.office.sheet import CellRow, sheet_lines
from corpus.intake.page import Page

LARGEST = 20 * 1024 * 1024
"""Largest file, bytes: some 400,000 rows of ten short cells."""

_DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024
"""Characters from which the delimiter is told."""

_LONGEST_CELL = 32_767
"""Characters of a cell, as in Excel. A longer one shows a quotation mark that is never closed."""

# sep=; in the first line, as Excel writes it
_SEPARATOR = re.compile(r"sep=(.)\r?\n")


def read_csv(path: Path) -> Page:
    """Reads a table in a text file (csv, tsv), in whatever encoding.

    Raises DocumentError where it is no text.
    """
    data = read_bytes(path, LARGEST)
    found = real_kind(data[:_SAMPLE], "csv")
    if found:
        raise DocumentError(
            f"{shown(path)} {found.zh}。{found.do_zh}。",
            f"{shown(path)} {found.en}. {found.do_en}.",
        )
    text = decode(data, shown(path))
    named = _SEPARATOR.match(text)
    text = text[named.end() :] if named else text
    delimiter = named[1] if named else _delimiter(text, path.suffix.lower())
    rows = _rows(text, delimiter)
    if any(len(cell) > _LONGEST_CELL for row in rows for cell in row.cells):
        rows = _rows(text, delimiter, is_quoted=False)
    found_lines = sheet_lines(rows)
    return Page(tuple(found_lines.lines), title=found_lines.title or path.stem, is_web_page=False)


def _delimiter(text: str, suffix: str) -> str:
    """The mark between the cells: that which the rows have in the same number, or the usual one."""
    usual = "\t" if suffix == ".tsv" else ","
    sample = text[:_SAMPLE].rpartition("\n")[0] or text[:_SAMPLE]
    if usual not in sample or usual == ",":
        try:
            return csv.Sniffer().sniff(sample, _DELIMITERS).delimiter
        except csv.Error:
            return usual
    return usual


def _rows(text: str, delimiter: str, is_quoted: bool = True) -> list[CellRow]:
    csv.field_size_limit(LARGEST)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if is_quoted else csv.QUOTE_NONE
    reader = csv.reader(_lines(text), delimiter=delimiter, quoting=quoting)
    rows = []
    for at, row in enumerate(reader, 1):
        rows.append(CellRow(at, list(map(str.strip, row))))
    return rows


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends; characters of other ends of lines stay inside."""
    start = 0
    for end in re.finditer(r"\r\n?|\n", text):
        yield text[start : end.end()]
        start = end.end()
    if start < len(text):
        yield text[start:]
