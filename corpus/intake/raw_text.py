"""Counts what a file holds, by other code than what reads it, so that a loss can be told.

Each function gives the text of a file in blocks (paragraphs, rows, pages), in any order and without
any cleaning. `corpus.losses` looks for each block in the document that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.intake.raw_office import table_blocks, word_blocks, workbook_blocks

_COUNTERS: dict[str, Callable[[Path], Iterator[str]]] = {
    "docx": word_blocks,
    "xlsx": workbook_blocks,
    "csv": table_blocks,
}


def raw_blocks(kind: str, path: Path) -> list[str]:
    """The blocks of a file of `kind`, as in `corpus.intake.child`; none where nothing counts it."""
    counter = _COUNTERS.get(kind)
    return list(filter(str.strip, counter(path))) if counter else []
