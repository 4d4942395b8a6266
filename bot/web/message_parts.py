"""The words of a message in segments: text, marks that lead to sources, and the sources themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.answer import Answer, Citation
from bot.web.pages import file_address, read_address
from corpus import Document, Passage

UNBROKEN_LENGTH = 10
"""Characters up to which a short answer is kept on one line."""

HasFile: TypeAlias = Callable[[str], bool]
"""Says of a doc_id whether the file of the document may be opened."""

# 城市因人而生动。[1]
MARK = re.compile(r"\[(\d{1,2})\]")

# 一二三四五六七八九十一二三四五六七八九十，十一: the text before the last pause, if not too short
_PAUSE = re.compile(r"(.{20,})[,，。;；、:：]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AnswerSegment:
    """A segment of an answer's text: plain, the short answer, the label of a line, the end of a line,
    or the mark of citation `n`.

    The text of a mark is the title, section and date of what is cited, `href` the page of it; both
    are empty while the answer is being written.
    """

    text: str
    strong: bool = False
    label: bool = False
    ends_line: bool = False
    n: int = 0
    href: str = ""

    @property
    def unbroken(self) -> bool:
        """Whether the page keeps it on one line."""
        return len(self.text) <= UNBROKEN_LENGTH


@dataclass(frozen=True, slots=True)
class Source:
    """A quote. `place` names title, section and date, `href` the page that shows the quote.

    `file` is the PDF that the quote is from, opened at its page; empty where there is none.
    """

    quote: str
    place: str
    href: str
    file: str = ""


def segments(answer: Answer, end: int) -> list[AnswerSegment]:
    """answer.text[:end] in segments; the short answer is one of its own, and so is each label."""
    if answer.parts:
        return _segments_of_parts(answer, end)
    at = answer.text.find(answer.short_answer) if answer.short_answer else -1
    strong_end = at + len(answer.short_answer or "")
    if not 0 <= at < strong_end <= end:
        return _marked_segments(answer, 0, end)
    strong = AnswerSegment(one_line(answer.text[at:strong_end]), strong=True)
    return [*_marked_segments(answer, 0, at), strong, *_marked_segments(answer, strong_end, end)]


def _segments_of_parts(answer: Answer, end: int) -> list[AnswerSegment]:
    """answer.text[:end] of a composed answer, whose parts are the lines of the text."""
    found: list[AnswerSegment] = []
    start = 0
    for part in answer.parts:
        if start >= end:
            break
        if found:
            found.append(AnswerSegment("", ends_line=True))
        line_end = answer.text.find("\n", start)
        told = start
        if part.label:
            told += len(part.label) + 1
            found.append(AnswerSegment(one_line(answer.text[start:told]), label=True))
        line_end = len(answer.text) if line_end < 0 else line_end
        found += _marked_segments(answer, told, min(end, line_end))
        start = line_end + 1
    return found


def _marked_segments(answer: Answer, start: int, end: int) -> list[AnswerSegment]:
    """answer.text[start:end], cut at the marks; a mark of no citation stays text."""
    parts, done = [], start
    for mark in MARK.finditer(answer.text, start, end):
        n = int(mark[1])
        if 1 <= n <= len(answer.citations):
            source = source_of(answer.citations[n - 1])
            parts += [
                AnswerSegment(one_line(answer.text[done : mark.start()])),
                AnswerSegment(source.place, n=n, href=source.href),
            ]
            done = mark.end()
    return [*parts, AnswerSegment(one_line(answer.text[done:end]))]


def written_segments(text: str) -> list[AnswerSegment]:
    """Prose that is not whole yet: what its marks lead to is told with the last of it."""
    found, done = [], 0
    for mark in MARK.finditer(text):
        before = one_line(text[done : mark.start()])
        found += [AnswerSegment(before), AnswerSegment("", n=int(mark[1]))]
        done = mark.end()
    return [*found, AnswerSegment(one_line(text[done:]))]


def source_of(span: Citation | Passage, length: int = 0) -> Source:
    """The source that a citation or a passage is shown as; with `length` its quote is shortened."""
    document, section = span.document, span.section if isinstance(span, Citation) else span.heading
    page = span.page_name if isinstance(span, Citation) else ""
    quote = document.text[span.start : span.end]
    if length:
        quote = _shortened(quote.removeprefix(section).lstrip(), length)
    return Source(
        one_line(quote),
        _source_title(document, section, page),
        read_address(document, span.start, span.end),
    )


def source_with_file(citation: Citation, has_file: HasFile) -> Source:
    """The source of a citation, with the file where that is a PDF: a page says where to look."""
    source, document = source_of(citation), citation.document
    if citation.page is None or not has_file(document.doc_id):
        return source
    return replace(source, file=file_address(document, citation.page))


def _source_title(document: Document, section: str, page: str) -> str:
    """Title, section, page and date, as far as there are any: 城市之治 · 治理 · 2020-12-05."""
    inner = section if section != document.title else ""
    parts = (document.title, inner, page, str(document.published or ""))
    return one_line(" · ".join(filter(None, parts)))


def _shortened(text: str, length: int) -> str:
    """The first `length` characters of `text` at most, up to a pause where there is one."""
    if len(text) <= length:
        return text
    whole = _PAUSE.match(text[:length])
    return f"{whole[1] if whole else text[:length]}……"


def one_line(text: str) -> str:
    """`text` on one line. A space at either end stays: the text may be part of a sentence."""
    return re.sub(r"\s+", " ", text)
