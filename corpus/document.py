"""A document, its sections, and the passages that are cut from it.

All of them refer to one text by offsets.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Document:
    """An article.

    `text` is normalised once, when the file is read, so that offsets into it (in characters) never
    change. `sections` are in order and do not overlap. `source` is the publisher as printed,
    `published` an ISO date; every field but `doc_id` and `text` may be empty.
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
        for section in self.sections:
            if section.start <= offset < section.end:
                return section
        return None


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
    def context(self) -> str:
        """The title and the heading.

        They are encoded and searched with the text, but never quoted.
        """
        return " ".join(filter(None, (self.document.title, self.heading)))


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
