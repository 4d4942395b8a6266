"""A document, its sections and units, and the passages that are cut from it.

All of them refer to one text by offsets.
"""

from __future__ import annotations

import hashlib
import os
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

Kind = Literal[
    "heading", "paragraph", "item", "header", "row", "question", "answer", "code", "label"
]
"""What a unit is.

"header" is a row of column names, "row" any other row of a table; "label" is a line about the
article, such as its source, author, editor or subtitle.
"""


CELL_BAR = "|"
"""Parts the cells of a row: 东城街道 | 112 |  | 230, whose third cell is empty."""


class Span(NamedTuple):
    """Start and end of a piece of text, in characters, end exclusive."""

    start: int
    end: int


class UnitSpan(NamedTuple):
    """A unit without its document: see `Unit`."""

    start: int
    end: int
    kind: Kind = "paragraph"
    context: tuple[Span, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A span of a document's text, in characters, end exclusive.

    It includes its heading line where it has one.

    `heading` is the printed heading or the name of a part (标题, 出处, 编者按, 作者, 编辑). It is empty for
    the text before the first heading.
    """

    heading: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """An article.

    `text` is normalised once, when the file is read, so that offsets into it (in characters) never
    change. `sections` are in order and do not overlap, and so are `unit_spans`. `source` is the
    publisher as printed, `published` an ISO date, or the month 2020-12 where no day is told.
    `details` are further facts, as (name, value), such as ("文号", "国发〔2020〕1号"). `notes` say what
    reading left out, (Chinese, English) each. Every field but `doc_id` and `text` may be empty.
    """

    doc_id: str
    title: str
    text: str
    source: str = ""
    url: str = ""
    published: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sections: tuple[Section, ...] = field(default=(), hash=False)
    unit_spans: tuple[UnitSpan, ...] = field(default=(), hash=False, repr=False)
    details: tuple[tuple[str, str], ...] = field(default=(), hash=False)
    notes: tuple[tuple[str, str], ...] = field(default=(), hash=False)

    @property
    def name(self) -> str:
        """The title without the marks around the whole of it: 《办法》 is 办法, 《办法》解读 stays."""
        is_marked = self.title.startswith("《") and self.title.find("》") == len(self.title) - 1
        return self.title[1:-1] if is_marked else self.title

    def section_at(self, offset: int) -> Section | None:
        """The section that holds the character at `offset`, or None."""
        for section in self.sections:
            if section.start <= offset < section.end:
                return section
        return None

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units, in order. Where none were read, each line is a paragraph."""
        spans = self.unit_spans or tuple(_lines(self.text))
        return tuple(Unit(self, *span) for span in spans)

    def units_in(self, start: int, end: int) -> tuple[Unit, ...]:
        """The units that overlap the characters from `start` to `end`, in order."""
        first = max(0, bisect_right(self._unit_starts, start) - 1)
        last = first
        while last < len(self.units) and self.units[last].start < end:
            last += 1
        return tuple(unit for unit in self.units[first:last] if start < unit.end)

    @cached_property
    def _unit_starts(self) -> list[int]:
        return [unit.start for unit in self.units]


def _lines(text: str) -> Iterator[UnitSpan]:
    """The lines of a text that have anything in them."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield UnitSpan(start, start + len(line))
        start += len(line) + 1


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest part of a document that has a meaning of its own, as its author set it.

    A span of characters, end exclusive: a heading, a paragraph, an item of a list, a row of a table.
    `context` are spans of the same document without which it is not understood, nearest first: the
    lead line of an item, the column names and the caption of a row, the question of an answer, and
    last the headings above it. `page` is the page of a PDF, from 1.
    """

    document: Document
    start: int
    end: int
    kind: Kind = "paragraph"
    context: tuple[Span, ...] = ()
    page: int | None = None

    @property
    def text(self) -> str:
        """The text of the span."""
        return self.document.text[self.start : self.end]

    @property
    def cells(self) -> tuple[Span, ...]:
        """The cells of a row or header, in the order of the columns; an empty cell is an empty span."""
        found = []
        start = self.start
        for cell in self.text.split(CELL_BAR):
            begin = start + len(cell) - len(cell.lstrip())
            found.append(Span(begin, max(begin, start + len(cell.rstrip()))))
            start += len(cell) + len(CELL_BAR)
        return tuple(found)

    @property
    def leads(self) -> tuple[Span, ...]:
        """The context without the headings."""
        return tuple(span for span in self.context if not self._is_heading(span))

    def _is_heading(self, span: Span) -> bool:
        units = self.document.units_in(*span)
        return bool(units) and units[0].kind == "heading"


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document, in characters, end exclusive. The search finds passages."""

    document: Document
    start: int
    end: int

    @property
    def passage_id(self) -> str:
        """The document and the span, so that it means the same in every index."""
        return f"{self.document.doc_id}.{self.start}-{self.end}"

    @property
    def text(self) -> str:
        """The text of the span. Only this may be quoted."""
        return self.document.text[self.start : self.end]

    @property
    def heading(self) -> str:
        """The heading of the section in which the passage begins, or empty."""
        section = self.document.section_at(self.start)
        return section.heading if section else ""

    @property
    def page(self) -> int | None:
        """The page of a PDF on which the passage begins, from 1, or None."""
        units = self.document.units_in(self.start, self.end)
        return units[0].page if units else None

    @property
    def leads(self) -> tuple[Span, ...]:
        """What the units of the passage need to be understood and it does not hold itself.

        Spans in the order of the text: lead lines, column names, captions and questions.
        """
        needed: set[Span] = set()
        for unit in self.document.units_in(self.start, self.end):
            needed.update(span for span in unit.leads if not self._holds(span))
        return tuple(sorted(needed))

    @property
    def context(self) -> str:
        """The title, the heading, and the leads.

        They are encoded and searched with the text, but never quoted.
        """
        leads = [self.document.text[start:end] for start, end in self.leads]
        return " ".join(filter(None, (self.document.title, self.heading, *leads)))

    def _holds(self, span: Span) -> bool:
        return self.start <= span.start and span.end <= self.end


LONGEST_ID = 64
"""Longest doc_id, characters: part of addresses such as /read/{doc_id}."""

_HASH = 12
"""Hexadecimal digits of a hash in a doc_id: 48 bits, so that names hardly ever share one."""

# The space and the point in "two words.v2", 治理 in "2020治理".
_NOT_OF_ID = re.compile(r"[^A-Za-z0-9_-]+")


def slug(stem: str, longest: int = LONGEST_ID) -> str:
    """The doc_id of a file whose name, without its suffix, is `stem`.

    It matches ^[A-Za-z0-9_-]{1,64}$.

    A short ASCII stem is its own id; any other gives its ASCII characters and a hash. `longest` is
    in characters, at least 14.
    """
    plain = _NOT_OF_ID.sub("-", stem)
    if stem.isascii() and 1 <= len(plain) <= longest:
        return plain
    return hashed(plain, stem, longest)


def hashed(plain: str, name: str, longest: int = LONGEST_ID) -> str:
    """A doc_id of at most `longest` characters: the beginning of `plain`, and a hash that no other
    `name` has.
    """
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:_HASH]
    beginning = plain.strip("-")[: longest - _HASH - 1]
    return f"{beginning or 'doc'}-{digest}"


def fingerprint(document: Document) -> str:
    """The SHA-256 of title and text, in hexadecimal.

    Two files with the same article have the same one.
    """
    return hashlib.sha256(f"{document.title}\n{document.text}".encode()).hexdigest()
