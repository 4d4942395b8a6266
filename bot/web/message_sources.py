"""The sources of a message: quotes with what stands around them, and where they can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from bot.answer import Citation
from bot.web.excerpts import beginning, ending
from bot.web.pages import file_address, read_address
from bot.web.punctuation import full_width
from corpus import Document, Passage
from corpus.document import CELL_BAR
from corpus.language.sentences import sentences

AROUND = 60
"""Characters shown of the sentence before and of the one behind a quote in a list of sources."""

LOOKED_AT = 400
"""Characters before and behind a quote in which these sentences are looked for."""

HasFile: TypeAlias = Callable[[str], bool]
"""Says of a doc_id whether the file of the document may be opened."""


class Around(NamedTuple):
    """The sentence before a quote and the one behind it, either perhaps empty."""

    before: str = ""
    after: str = ""


NOTHING_AROUND = Around()


@dataclass(frozen=True, slots=True)
class Source:
    """A quote; where it is shortened, rows of a table in it have lines of their own.

    `where` is section and page, `date` when it was published, as far as there are any. `href` is the
    page that shows the quote. `file` is the PDF that the quote is from, opened at its page; empty
    where there is none.
    """

    quote: str
    title: str
    where: str
    date: str
    href: str
    file: str = ""
    around: Around = NOTHING_AROUND

    @property
    def place(self) -> str:
        """城市之治 · 治理 · 2020-12-05"""
        return " · ".join(filter(None, (self.title, self.where, self.date)))


def source_of(span: Citation | Passage, length: int = 0) -> Source:
    """The source that a citation or a passage is shown as; with `length` its quote is shortened."""
    document, section = span.document, span.section if isinstance(span, Citation) else span.heading
    page = span.page_name if isinstance(span, Citation) else ""
    quote = full_width(document.text[span.start : span.end])
    if length:
        quote = beginning(quote.removeprefix(full_width(section)).lstrip(), length)
    return Source(
        in_lines(quote) if length else one_line(quote),
        one_line(full_width(document.title)),
        _where(document, section, page),
        str(document.published or ""),
        read_address(document, span.start, span.end),
    )


def whole_source(citation: Citation, has_file: HasFile) -> Source:
    """The source of a citation with what stands around it, and with the file where that is a PDF."""
    document = citation.document
    source = replace(source_of(citation), around=around(citation))
    if citation.page is None or not has_file(document.doc_id):
        return source
    return replace(source, file=file_address(document, citation.page))


def around(citation: Citation) -> Around:
    """The sentences before and behind a citation in its section, each about AROUND characters at most.

    Each with the space that parts it from the quote, or beside rows of a table the end of the line.
    """
    document = citation.document
    section = document.section_at(citation.start)
    first, last = (section.start, section.end) if section else (0, len(document.text))
    heading = section.heading if section else ""
    before = document.text[max(first, citation.start - LOOKED_AT) : citation.start]
    after = document.text[citation.end : min(last, citation.end + LOOKED_AT)]
    said_before, said_after = _last_sentence(before, heading), _first_sentence(after)
    is_table = any(CELL_BAR in text for text in (said_before, citation.quote, said_after))
    lined = _each_line if is_table else one_line
    return Around(lined(said_before), lined(said_after))


def _last_sentence(text: str, heading: str) -> str:
    starts = [start for start, end in sentences(text) if text[start:end].strip()]
    said = full_width(text[starts[-1] :]) if starts else ""
    # The heading is told beside the quote.
    if said.strip() == full_width(heading):
        return ""
    return said if len(said) <= AROUND else ending(said, AROUND)


def _first_sentence(text: str) -> str:
    ends = [end for start, end in sentences(text) if text[start:end].strip()]
    said = full_width(text[: ends[0]]) if ends else ""
    return said if len(said) <= AROUND else beginning(said, AROUND)


def _where(document: Document, section: str, page: str) -> str:
    """Section and page, as far as there are any: 治理 · 第 3 页."""
    inner = section if section != document.title else ""
    return one_line(full_width(" · ".join(filter(None, (inner, page)))))


def one_line(text: str) -> str:
    """`text` on one line. A space at either end stays: the text may be part of a sentence."""
    return re.sub(r"\s+", " ", text)


def in_lines(text: str) -> str:
    """`text` on one line, but the rows of a table on lines of their own."""
    return _each_line(text) if CELL_BAR in text else one_line(text)


def _each_line(text: str) -> str:
    return "\n".join(map(one_line, text.split("\n")))
