"""The lines of a file before it is cleaned, and the normal form of characters and lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from corpus.document import CELL_BAR
from corpus.intake.characters import ordinary
from corpus.intake.line_shapes import COUNT

# Control and zero-width characters, and half of a surrogate pair
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_WIDE_BAR = "｜"
_BLANK = dict.fromkeys(map(ord, "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
_FOLDED = (
    {0xFF01 + i: 0x21 + i for i in range(94)}
    | dict.fromkeys((0x3000, 0xA0), " ")
    | {ord("丨"): "|"}
)
_CLOSERS = " ”’\"'』」)】]》"
_FINAL = "。!?…;"
_LONGEST_END = 12
"""Characters at the end of a line that are looked at: final marks, and a number before them."""

# "1.", "2.3.", "A1.": the full stop ends no sentence
_NUMBERING = re.compile(r"[A-Za-z]?[\d.]+")
# "  城市", "- 城市", "1. 城市", "(一)城市", "一、城市", "第一百零二条", "①", "问:", "A1:"
_OPENING = re.compile(
    rf"\s{{2,}}|\u3000|\s*(?:[-*•·●▪◆■□☑✓]|\d{{1,3}}(?:[、)]|\.(?!\d))|\({COUNT}\)|{COUNT}、"
    rf"|第{COUNT}[编編篇章节節条條]|[①-⑳]"
    r"|(?:问|問|答|问题|問題|回答|答复|Q|A)\s?\d{0,3}:)"
)
_HARD_WIDTH = (50, 130)
"""Columns at which programs and people break lines by hand."""

_NARROW, _EVEN, _LEAST_EVEN = 30, 0.9, 6
"""Columns from which lines are broken by hand where nearly all are even: at least so many of them,
and such a share. Verse is narrower, and short paragraphs are not even."""

_FILLED = 0.75
"""Share of the longest line from which a line is filled and may go on in the next."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file; only that of code has line ends in it.

    `kind` is "heading", "item", "header" (the column names of a table), "row", "question", "remark"
    (what an asker says that is no question), "answer", "turn" (what is said that neither asks nor
    answers), "code", "link", or empty where the format does not say. Cells of a row are joined by
    `row_text`. `level` is the depth of a heading or an item, from 1, or 0 where the format does not
    say. `outside` is true where an extractor took the line for none of the article's. `page` is the
    page of a PDF, from 1.
    """

    text: str
    kind: str = ""
    outside: bool = False
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a file, and the title, author, date, site and address that its format names.

    Each may be empty. `notes` say what the reader left out, (Chinese, English) each. `raw` holds the
    text of the file in blocks, found by other code than the lines. `is_web_page` is false where
    there is surely nothing around the article, as in a Word file.
    """

    lines: tuple[Line, ...]
    title: str = ""
    author: str = ""
    date: str = ""
    site: str = ""
    url: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    raw: tuple[str, ...] = ()
    is_web_page: bool = True


def row_text(cells: Iterable[str]) -> str:
    """A row of a table as one line, its empty cells kept; empty where all cells are.

    A bar inside a cell becomes a full-width one, since bars part the cells.
    """
    tidied = [tidy(cell).replace(CELL_BAR, _WIDE_BAR) for cell in cells]
    return tidy(f" {CELL_BAR} ".join(tidied)) if any(tidied) else ""


def tidy(line: str) -> str:
    """The normal form of a line.

    It is NFC, in ordinary characters, without control or zero-width characters, and without white
    space at its ends.
    """
    seen = _UNSEEN.sub("", line).translate(_BLANK)
    return unicodedata.normalize("NFC", ordinary(seen)).strip()


def fold(text: str) -> str:
    """The text with full-width forms as ASCII.

    It is translated character by character, so that offsets hold in both.
    """
    return text.translate(_FOLDED)


def width(line: str) -> int:
    """The width of a line in columns: two for a wide character, one for any other."""
    if line.isascii():
        return len(line)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in line)
    return len(line) + wide


def is_wide(char: str) -> bool:
    """Whether a character is set without spaces around it."""
    return unicodedata.east_asian_width(char) in "WF" or char in "“”‘’…—"


def ends_sentence(line: str) -> bool:
    """Whether a sentence ends at the end of the line."""
    bare = fold(line[-_LONGEST_END:]).rstrip(_CLOSERS)
    if not bare:
        return False
    is_full_stop = bare[-1] == "." and not _NUMBERING.fullmatch(bare)
    return bare[-1] in _FINAL or is_full_stop


def introduces(line: str) -> bool:
    """Whether the line ends with a colon and so announces what follows it."""
    return fold(line[-1:]) == ":"


def join(*parts: str) -> str:
    """Joins the parts of a line, with no space beside a wide character or after a hyphen."""
    joined: list[str] = []
    last = ""
    for part in filter(None, parts):
        is_tight = not last or is_wide(last) or is_wide(part[0]) or last == "-"
        joined += [part] if is_tight else [" ", part]
        last = part[-1]
    return unicodedata.normalize("NFC", "".join(joined))


def wrap_width(lines: list[str]) -> float:
    """The width in columns from which a line of a hard-wrapped text goes on in the next.

    It is infinity for other texts. Verse and short paragraphs are not hard-wrapped: their lines are
    of all lengths, or end where a sentence ends.
    """
    column = max((width(line.rstrip()) for line in lines), default=0)
    narrowest, widest = _HARD_WIDTH
    if not _NARROW <= column <= widest:
        return float("inf")
    inner = []
    for line, following in pairwise(lines):
        if line.strip() and following.strip() and not opens_paragraph(following):
            inner.append(line.rstrip())
    filled = [line for line in inner if width(line) >= _FILLED * column]
    # Most lines inside paragraphs are filled, and few of these end where a sentence ends.
    are_filled = len(filled) >= max(2, 0.6 * len(inner))
    if column < narrowest:
        even = [line for line in inner if width(line) >= column - 2]
        are_filled = len(even) >= max(_LEAST_EVEN, _EVEN * len(inner))
    are_cut = sum(map(ends_sentence, filled)) <= len(filled) / 3
    return _FILLED * column if are_filled and are_cut else float("inf")


def join_filled(lines: list[str], full: float) -> list[str]:
    """Joins lines into paragraphs.

    A line of `full` columns or more goes on in the next, unless it ends with a colon or the next
    opens a paragraph.
    """
    paragraphs: list[list[str]] = []
    goes_on = False
    for line in lines:
        text = tidy(line)
        if text and goes_on and not opens_paragraph(line):
            paragraphs[-1].append(text)
        elif text:
            paragraphs.append([text])
        goes_on = bool(text) and width(line.rstrip()) >= full and not introduces(text)
    return [join(*parts) for parts in paragraphs]


def opens_paragraph(line: str) -> bool:
    """Whether the line begins with an indent, a bullet, a number, or the mark of a question."""
    return bool(_OPENING.match(fold(line[:12]) if line[:1] != "\u3000" else line))
