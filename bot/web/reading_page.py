"""An article as it is read: its text in parts and paragraphs, every character once and in order, and what is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from bot.question.metadata import LINES
from corpus import Document, Section
from corpus.language.text import is_english

Span = tuple[int, int]

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
_OFFSET = re.compile(r"[0-9]{1,9}")


class Paragraph(NamedTuple):
    """One line of the text, cut at what is cited of it; `first`: the citation begins here."""

    before: str
    cited: str
    after: str
    first: bool

    @property
    def text(self) -> str:
        """The whole line."""
        return self.before + self.cited + self.after


class Part(NamedTuple):
    """A section: `name` for an outline, may be empty; `heading` its first line where that is the printed heading."""

    anchor: str
    name: str
    heading: Paragraph | None
    paragraphs: tuple[Paragraph, ...]


def tag(document: Document) -> str:
    """BCP 47 tag of the language that a document is in."""
    return "en" if is_english(document.text) else "zh-CN"


def cited_span(document: Document, wish: Mapping[str, str]) -> Span | None:
    """The span that `start` and `end` name, without the space around it; None where they name none of the text."""
    offsets = wish.get("start", ""), wish.get("end", "")
    if not all(_OFFSET.fullmatch(offset) for offset in offsets):
        return None
    start, end = map(int, offsets)
    if end > len(document.text):
        return None
    words = document.text[start:end]
    return (end - len(words.lstrip()), start + len(words.rstrip())) if words.strip() else None


def parts(document: Document, cited: Span | None = None) -> list[Part]:
    """The sections with any text in them; what stands outside all of them is in parts without a name."""
    found: list[Part] = []
    for section in _covering(document):
        paragraphs = tuple(_paragraphs(document.text, section, cited or (0, 0)))
        if paragraphs:
            printed = section.heading not in LINES and paragraphs[0].text.strip() == section.heading
            heading, rest = (paragraphs[0], paragraphs[1:]) if printed else (None, paragraphs)
            found.append(Part(f"s{len(found) + 1}", section.heading, heading, rest))
    return found


def _covering(document: Document) -> Iterator[Section]:
    """The sections, and the gaps between them as sections without a heading."""
    at = 0
    for section in document.sections:
        yield Section("", at, section.start)
        yield section
        at = section.end
    yield Section("", at, len(document.text))


def _paragraphs(text: str, section: Section, cited: Span) -> Iterator[Paragraph]:
    for line in _PARAGRAPH.finditer(text, section.start, section.end):
        start, end = (min(max(offset, line.start()), line.end()) for offset in cited)
        if not text[start:end].strip():
            start = end = line.end()
        first = line.start() <= cited[0] < end and start < end
        yield Paragraph(text[line.start() : start], text[start:end], text[end : line.end()], first)


def address(document: Document) -> str:
    """Where the document can be read: its own address, or our page of it."""
    return document.url or read_address(document)


def read_address(document: Document, start: int = 0, end: int = 0) -> str:
    """Our page of the document; with a span (characters, end exclusive) it opens there, highlighted."""
    span = f"?start={start}&end={end}#cited" if end else ""
    return f"/read/{quote(document.doc_id, safe='')}{span}"
