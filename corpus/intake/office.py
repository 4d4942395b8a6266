"""Reads Word files into pages."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
from docx.table import Table

from corpus.errors import DocumentError
from corpus.intake.page import Line, Page, tidy

UNPACKED = 100 * 1024 * 1024
"""Most bytes that a Word file may unpack to: guards against archives that unpack without end."""

# What the names of paragraph styles begin with: "Heading 1", "标题 2", "List Bullet".
_STYLES = (
    ("Heading", "heading"),
    ("heading", "heading"),
    ("标题", "heading"),
    ("Title", "heading"),
    ("List", "item"),
)


def read_docx(path: Path) -> Page:
    """Reads the paragraphs, headings, list items and table rows of a Word file, in order.

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
            for row in block.rows:
                # A merged cell is given once for each column that it covers.
                cells = dict.fromkeys(tidy(cell.text.replace("\n", " ")) for cell in row.cells)
                lines.append(Line(" | ".join(filter(None, cells)), "row"))
            continue
        style = (block.style.name if block.style else None) or ""
        kind = next((kind for word, kind in _STYLES if style.startswith(word)), "")
        texts = list(filter(None, map(tidy, block.text.splitlines())))
        title = title or (texts[0] if style == "Title" and texts else "")
        lines += [Line(text, kind) for text in texts]
    return Page(tuple(line for line in lines if line.text), title)
