"""Walks the blocks of a Word file: paragraphs, tables, rows and cells, in wrappers too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus.intake.office.word_styles import W
from corpus.intake.office.word_text import chosen, is_table_of_contents

_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo",
                                       "smartTag")}  # fmt: skip

_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


def blocks_of(parent: Any) -> Iterator[Any]:
    """The paragraphs, tables and files of other formats in a part of the text, in order."""
    for child in parent.iterchildren():
        if child.tag in (f"{W}p", f"{W}tbl", f"{W}altChunk"):
            yield child
        elif child.tag == _ALTERNATIVES:
            yield from blocks_of(chosen(child))
        elif child.tag in _WRAPPERS and not is_table_of_contents(child):
            yield from blocks_of(child)


def inside(parent: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also those in content controls."""
    for child in parent.iterchildren():
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from inside(child, name)


def runs_into_next(paragraph: Any) -> bool:
    """Whether the end of a paragraph is deleted, or it is the large first letter of the next."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    if mark is not None and (
        mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None
    ):
        return True
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(f"{W}dropCap") in ("drop", "margin")
