"""Reads PDF files into pages."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pypdf

from corpus.errors import DocumentError
from corpus.intake.page import Line, Page, join_filled, tidy, width

# "12", "— 3 —", "第 3 页 共 12 页", "Page 3 of 12"
_PAGE_NUMBER = re.compile(
    r"[\s\-—–·第页共/|]*(?:Page\s*)?\d{1,4}[\s\-—–·页共/|]*(?:of\s*)?[\d\s页]*", re.IGNORECASE
)

_RUNNING_PAGES = 3
"""Pages on which a line must stand at the edge, at least, to be a running head: two may repeat by
chance.
"""


def read_pdf(path: Path) -> Page:
    """Reads the text of a PDF, without running heads and page numbers, its lines joined into
    paragraphs.

    Raises DocumentError where the file needs a password.
    """
    with path.open("rb") as file:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError(
                f"{path} 有密码保护，无法读取。请去除密码后再试。",
                f"{path} is protected by a password. Remove the password and try again.",
            )
        pages = [page.extract_text().splitlines() for page in reader.pages]
    lines = _without_running(pages)
    widths = sorted(width(line.strip()) for line in lines if line.strip())
    full = 0.8 * widths[int(0.9 * len(widths))] if widths else 0
    return Page(tuple(map(Line, join_filled(lines, max(full, 24)))))


def _without_running(pages: list[list[str]]) -> list[str]:
    """The lines of all pages, without page numbers and without lines that stand at the edge of most
    pages.
    """
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update(_numberless(line) for line in {*page[:2], *page[-2:]})
    least = max(_RUNNING_PAGES, len(pages) / 2)
    running = {line for line, count in edges.items() if line and count >= least}
    kept = []
    for page in pages:
        for line in page:
            if _numberless(line) not in running and not _PAGE_NUMBER.fullmatch(line):
                kept.append(line)
    return kept


def _numberless(line: str) -> str:
    """The line without its numbers, so that "第 3 页" and "第 4 页" are equal."""
    return re.sub(r"\d+", "", tidy(line))
