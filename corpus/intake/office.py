"""Word files into pages."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
from docx.table import Table

from corpus.errors import DocumentError
from corpus.intake.page import Line, Page, tidy

UNPACKED = 100 * 1024 * 1024
_STYLES = (
    ("Heading", "heading"),
    ("heading", "heading"),
    ("标题", "heading"),
    ("Title", "heading"),
    ("List", "item"),
)


def read_docx(path: Path) -> Page:
    """A Word file's paragraphs, list items and table rows, with its headings marked.

    Raises DocumentError where it would unpack to more than `UNPACKED` bytes.
    """
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
            raise DocumentError(
                f"{path} 解压后过大。请检查文件，或另存为文本。",
                f"{path} unpacks to too much data. Check the file, or save it as text.",
            )
    lines: list[Line] = []
    title = ""
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            cells = [
                list(dict.fromkeys(tidy(cell.text.replace("\n", " ")) for cell in row.cells))
                for row in block.rows
            ]
            lines += [Line(" | ".join(filter(None, row)), "row") for row in cells]
            continue
        style = (block.style.name if block.style else None) or ""
        kind = next((kind for word, kind in _STYLES if style.startswith(word)), "")
        texts = [text for part in block.text.splitlines() if (text := tidy(part))]
        title = title or (texts[0] if style == "Title" and texts else "")
        lines += [Line(text, kind) for text in texts]
    return Page(tuple(line for line in lines if line.text), title)
