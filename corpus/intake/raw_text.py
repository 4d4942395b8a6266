"""Counts what a file holds, by other code than what reads it, so that a loss can be told.

Each function gives the text of a file in blocks (paragraphs, rows, pages), in any order and without
any cleaning. `corpus.losses` looks for each block in the document that was read.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")


def raw_blocks(kind: str, path: Path) -> list[str]:
    """The blocks of a file of `kind`, as in `corpus.intake.child`; none where nothing counts it."""
    counters = {"docx": _word_blocks}
    counter = counters.get(kind)
    return list(counter(path)) if counter else []


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


def _word_blocks(path: Path) -> Iterator[str]:
    """The text of each paragraph in the XML of a Word file, without what was deleted."""
    with zipfile.ZipFile(path) as archive:
        for name in _WORD_PARTS:
            if name in archive.namelist():
                for paragraph in etree.fromstring(archive.read(name)).iter(f"{_WORD}p"):
                    yield "".join(node.text or "" for node in paragraph.iter(f"{_WORD}t"))
