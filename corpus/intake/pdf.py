"""PDF into a page."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pypdf

from corpus.errors import DocumentError
from corpus.intake.page import Line, Page, join_filled, tidy, width

_PAGE_NUMBER = re.compile(
    r"[\s\-—–·第页共/|]*(?:Page\s*)?\d{1,4}[\s\-—–·页共/|]*(?:of\s*)?[\d\s页]*", re.IGNORECASE
)
_RUNNING_PAGES = 3
_LINES_AT_EDGE = 2


def read_pdf(path: Path) -> Page:
    """A PDF's text, its running heads and page numbers dropped, its lines joined into paragraphs.

    Raises DocumentError where it is encrypted or holds no text.
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
    """Lines of all pages but page numbers, and lines that stand at the edge of most pages."""
    edges = Counter(_numberless(line) for page in pages for line in {*page[:2], *page[-2:]})
    running = {
        line for line, n in edges.items() if line and n >= max(_RUNNING_PAGES, len(pages) / 2)
    }
    return [
        x
        for page in pages
        for x in page
        if _numberless(x) not in running and not _PAGE_NUMBER.fullmatch(x)
    ]


def _numberless(line: str) -> str:
    return re.sub(r"\d+", "", tidy(line))
