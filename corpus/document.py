"""The values that flow: a document, its sections, and the passages that are spans of it."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A span of a document's text, characters, end exclusive. It begins with its own heading line where it has one.

    `heading` is the printed heading, or what the section is: 标题, 出处, 编者按, 作者, 编辑; empty before any heading.
    """

    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it is read.

    `text` is normalised once, on loading, so that every offset (in characters) stays true. `sections` are in order and
    do not overlap. `source` is the publisher as printed; `published` is an ISO date or empty; `url` may be empty.
    """

    doc_id: str
    title: str
    text: str
    source: str = ""
    url: str = ""
    published: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def section_at(self, offset: int) -> Section | None:
        """The section that holds the character at `offset`, or None."""
        return next((s for s in self.sections if s.start <= offset < s.end), None)


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document, in characters, end exclusive: what is found."""

    document: Document
    start: int
    end: int

    @property
    def passage_id(self) -> str:
        """Names the span itself, so that it means the same in every index."""
        return f"{self.document.doc_id}.{self.start}-{self.end}"

    @property
    def text(self) -> str:
        """The slice: what may be quoted."""
        return self.document.text[self.start : self.end]

    @property
    def heading(self) -> str:
        """The heading of the section the passage stands in, or empty."""
        section = self.document.section_at(self.start)
        return section.heading if section else ""

    @property
    def context(self) -> str:
        """Title and heading: embedded and searched with the text, never quoted."""
        return " ".join(part for part in (self.document.title, self.heading) if part)


LONGEST_ID = 64
_HASH = 12


def slug(stem: str, longest: int = LONGEST_ID) -> str:
    """A doc_id, ^[A-Za-z0-9_-]{1,64}$: the stem itself where it is ASCII, else what is ASCII of it and a hash.

    `longest` is in characters, at least 14.
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", stem)
    return plain if stem.isascii() and 1 <= len(plain) <= longest else hashed(plain, stem, longest)


def hashed(plain: str, name: str, longest: int = LONGEST_ID) -> str:
    """A doc_id of at most `longest` characters that begins with `plain` and tells `name` from other names."""
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:_HASH]
    return f"{plain.strip('-')[: longest - _HASH - 1] or 'doc'}-{digest}"


def fingerprint(document: Document) -> str:
    """SHA-256 of title and text, in hexadecimal: equal for the same document under two names."""
    return hashlib.sha256(f"{document.title}\n{document.text}".encode()).hexdigest()
