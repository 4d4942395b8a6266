"""A document as a page to read: its address, its text in sections and paragraphs, and what is marked.

Every character of the text is on the page once and in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias
from urllib.parse import quote

from bot.question.metadata import LINES
from corpus import Document, Section
from corpus.language.text import is_english

Span: TypeAlias = tuple[int, int]
"""Characters of a text, end exclusive."""

_NOTHING: Span = (0, 0)

# Matches a line with anything in it, such as "  空格 里外 ", without its end.
_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
# Matches 3034: nine digits reach further than any document.
_OFFSET = re.compile(r"[0-9]{1,9}")


def address(document: Document) -> str:
    """Where the document can be read: its own address, or else our page of it."""
    return document.url or read_address(document)


def read_address(document: Document, start: int = 0, end: int = 0) -> str:
    """Our page of the document; with a span (characters, end exclusive) it opens there, marked."""
    path = f"/read/{quote(document.doc_id, safe='')}"
    if not end:
        return path
    return f"{path}?start={start}&end={end}#cited"


def language_tag(document: Document) -> str:
    """The BCP 47 tag of the language that a document is in."""
    return "en" if is_english(document.text) else "zh-CN"


class Paragraph(NamedTuple):
    """One line of the text, cut at what is cited of it; `first` where the citation begins here."""

    before: str
    cited: str
    after: str
    first: bool

    @property
    def text(self) -> str:
        """The whole line."""
        return self.before + self.cited + self.after


class Part(NamedTuple):
    """A section of the page.

    `anchor` is its id, `name` stands in the outline and may be empty. `heading` is its first line
    where that is the printed heading, and `paragraphs` are the others.
    """

    anchor: str
    name: str
    heading: Paragraph | None
    paragraphs: tuple[Paragraph, ...]


def cited_span(document: Document, query: Mapping[str, str]) -> Span | None:
    """The span that `start` and `end` name, without space around it; None where they name none."""
    start_text, end_text = query.get("start", ""), query.get("end", "")
    if not (_OFFSET.fullmatch(start_text) and _OFFSET.fullmatch(end_text)):
        return None
    start, end = int(start_text), int(end_text)
    if end > len(document.text):
        return None
    words = document.text[start:end]
    if not words.strip():
        return None
    return end - len(words.lstrip()), start + len(words.rstrip())


def parts(document: Document, cited: Span | None = None) -> list[Part]:
    """The sections that have any text; text outside all sections is in parts without a name."""
    found: list[Part] = []
    for section in _whole_text(document):
        paragraphs = tuple(_paragraphs(document.text, section, cited or _NOTHING))
        if paragraphs:
            found.append(_part(f"s{len(found) + 1}", section, paragraphs))
    return found


def _part(anchor: str, section: Section, paragraphs: tuple[Paragraph, ...]) -> Part:
    """A section as a part. The names of sections such as 出处 and 作者 are not printed."""
    first = paragraphs[0]
    if section.heading not in LINES and first.text.strip() == section.heading:
        return Part(anchor, section.heading, first, paragraphs[1:])
    return Part(anchor, section.heading, None, paragraphs)


def _whole_text(document: Document) -> Iterator[Section]:
    """The sections, and the gaps between them as sections without a heading."""
    end = 0
    for section in document.sections:
        yield Section("", end, section.start)
        yield section
        end = section.end
    yield Section("", end, len(document.text))


def _paragraphs(text: str, section: Section, cited: Span) -> Iterator[Paragraph]:
    """The lines of a section, each cut at what of `cited` is in it."""
    for line in _PARAGRAPH.finditer(text, section.start, section.end):
        start = _within(line, cited[0])
        end = _within(line, cited[1])
        if not text[start:end].strip():
            start = end = line.end()
        is_first = line.start() <= cited[0] < end and start < end
        yield Paragraph(
            before=text[line.start() : start],
            cited=text[start:end],
            after=text[end : line.end()],
            first=is_first,
        )


def _within(line: re.Match[str], offset: int) -> int:
    """The offset in the line that is nearest to `offset`."""
    return min(max(offset, line.start()), line.end())
