"""Counts what a file holds, by other code than what reads it, so that a loss can be told.

Each function gives the text of a file in blocks (paragraphs, rows, pages), in any order and without
any cleaning. `corpus.losses` looks for each block in the document that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corpus.intake.office.raw_office import table_blocks, word_blocks, workbook_blocks

_COUNTERS: dict[str, Callable[[Path], Iterator[str]]] = {
    "docx": word_blocks,
    "xlsx": workbook_blocks,
    "csv": table_blocks,
}


def raw_blocks(kind: str, path: Path) -> list[str]:
    """The blocks of a file of `kind`, as in `corpus.intake.child`; none where nothing counts it."""
    counter = _COUNTERS.get(kind)
    return list(filter(str.strip, counter(path))) if counter else []


def pdf_pages(path: Path) -> list[str]:
    """The text of each page of a PDF as pdfium sees it, with its line ends; none where it cannot
    open the file.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path, password="")
    except pypdfium2.PdfiumError:
        return []
    texts = []
    try:
        for number in range(len(document)):
            texts.append(_pdf_page(document, number))
    finally:
        document.close()
    return texts


def _pdf_page(document: Any, number: int) -> str:
    """The text of a page, or empty where pdfium cannot load it."""
    import pypdfium2

    try:
        page = document[number]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return ""
    text = str(text_page.get_text_range())
    text_page.close()
    page.close()
    return text
