"""The cells of a table on a PDF page: what their lines say together, and which are values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.intake.page import fold, join, tidy
from corpus.intake.pdf.segments import Segment, TextLine

# 1,234.5, 60%, 12元, 第3名
_VALUE = re.compile(r"第?[-+−]?[\d,]*\.?\d+\s?(?:%|‰|[\u4e00-\u9fff]{1,2})?")


def row(texts: tuple[str, ...], first: Segment) -> TextLine:
    """The row of these cells, placed where its first segment stands."""
    return TextLine(
        " ".join(filter(None, texts)), first.left, first.right, first.base, first.size, texts
    )


def cell_text(parts: Sequence[Segment], right: float) -> str:
    """The lines of a cell as one: those that are not filled end what they say."""
    text = ""
    previous: Segment | None = None
    for part in parts:
        is_filled = previous is not None and right - previous.right < 2.5 * part.size
        text = join(text, part.text) if not text or is_filled else f"{text} {part.text}"
        previous = part
    return text


def is_value(text: str) -> bool:
    """Whether a text is a number, with a short unit at most."""
    return bool(_VALUE.fullmatch(fold(tidy(text))))
