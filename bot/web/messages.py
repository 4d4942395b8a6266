"""Messages of the chat as HTML. The template escapes every word of a document or a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import unescape

from bot.answer import Answer, Citation
from bot.i18n import TAGS, texts
from bot.question.metadata import LINES
from bot.web.pages import file_address, read_address
from bot.web.templates import render
from corpus import Document, Passage

RELATED_AT_MOST = 3
RELATED_LENGTH = 60
"""Characters that are shown of a passage that may be related."""

UNBROKEN_LENGTH = 10
"""Characters up to which a short answer is kept on one line."""

ACTIONS = ("copy", "retry", "useful", "useless")

_TEMPLATE_VALUES = (
    "answer_id",
    "step",
    "parts",
    "label",
    "sources",
    "related",
    "notices",
    "actions",
    "suggestions",
)

# 城市因人而生动。[1]
_MARK = re.compile(r"\[(\d{1,2})\]")

# <p class="cw-text">杭州</p>
_SHOWN_TEXT = re.compile(r'<(p|h2) class="cw-(?:text|asked)">(.*?)</\1>', re.DOTALL)

# 一二三四五六七八九十一二三四五六七八九十，十一: the text before the last pause, if not too short
_PAUSE = re.compile(r"(.{20,})[,，。;；、:：]", re.DOTALL)

# <sup><a href="/read/d">1</a></sup> as a whole, else one tag such as </strong>
_TAG = re.compile(r"<sup.*?</sup>|<[^>]*>")

# a line break, and the indentation on both sides of it
_LINE_BREAKS = re.compile(r"\s*\n\s*")

# <div class="cw-message"><a href="/read/d?start=1&amp;end=2#cited" title="题">1</a></div>
_OWN_HTML = re.compile(
    r"(?:[^<]|<br>|</?(?:div|p|sup|a|strong|details|summary|span|ol|ul|li|q|cite|button)"
    r'(?: (?:class|id|lang|type|title|open|target|rel|aria-pressed)="[^"]*"| href="/(?:read|file)/[^"]*")*>)*'
)
"""HTML with no other tags and attributes than message.html has and the page adds."""


@dataclass(frozen=True, slots=True)
class AnswerSegment:
    """A segment of an answer's text: plain, the short answer, the label of a line, the end of a line,
    or the mark of citation `n`.

    The text of a mark is the title, section and date of what is cited, `href` the page of it.
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


def bot_message(text: str, language: str) -> str:
    """A message of the bot that is no answer, such as an error, with a button to ask again."""
    return _render_message(
        language, "said", parts=[AnswerSegment(_one_line(text))], actions=["retry"]
    )


def waiting_message(language: str) -> str:
    """The message that is shown during the search."""
    return _render_message(language, "waiting", step=texts("message", language)["waiting"])


def answer_messages(
    answer: Answer,
    language: str,
    answer_id: str,
    has_file: Callable[[str], bool] = lambda doc_id: False,
) -> Iterator[str]:
    """The states of one message, each to replace the one before it.

    First how many passages were found, then the text sentence by sentence, last the whole answer
    with its sources and buttons. The last of an absent answer has passages that may be related.
    `has_file` says of a doc_id whether the file of the document may be opened.
    """
    step = ""
    if answer.hits:
        found = texts("message", language)["found"]
        step = found.format(n=len(answer.hits), ms=round(answer.milliseconds.get("total", 0)))
        yield _render_message(language, "waiting", step=step)
    ends = [m.end() for m in _MARK.finditer(answer.text)]
    for end in ends[:-1]:
        yield _render_message(language, "waiting", step=step, parts=_segments(answer, end))
    related = (
        [p for p, _ in answer.hits if p.heading not in LINES] if answer.outcome == "absent" else []
    )
    yield _render_message(
        language,
        answer.outcome,
        answer_id=answer_id,
        step=step,
        parts=_segments(answer, len(answer.text)),
        label=texts("message", language)["generated" if answer.reader == "llm" else "extracted"],
        sources=[_with_file(citation, has_file) for citation in answer.citations],
        related=[_source(passage, RELATED_LENGTH) for passage in related[:RELATED_AT_MOST]],
        notices=[_one_line(notice) for notice in answer.notices],
        actions=ACTIONS,
        suggestions=answer.suggestions,
    )


def question_message(question: str, language: str) -> str:
    """The message of the visitor, as it was written."""
    lines = [_one_line(line) for line in question.strip().splitlines()]
    return _LINE_BREAKS.sub("", render("asked.html", lines=lines, texts=texts("message", language)))


def plain_text(html: str) -> str:
    """The text of a message made here, without marks and sources.

    The next question may refer to it.
    """
    found = _SHOWN_TEXT.search(html)
    return unescape(_TAG.sub("", (found[2] if found else html).replace("<br>", "\n"))).strip()


def safe_message(html: str) -> str:
    """A message that a browser gives back, made safe to show.

    Unchanged where its HTML could have been made here, otherwise its text alone.
    """
    return html if _OWN_HTML.fullmatch(html) else bot_message(plain_text(html), "zh")


def _render_message(language: str, state: str, **values: object) -> str:
    """The HTML of message.html with `values`, on one line: Markdown would begin after a blank line."""
    empty = dict.fromkeys(_TEMPLATE_VALUES, ())
    words = {"texts": texts("message", language), "tag": TAGS[language], "state": state}
    return _LINE_BREAKS.sub("", render("message.html", **{**empty, **words, **values}))


def _segments(answer: Answer, end: int) -> list[AnswerSegment]:
    """answer.text[:end] in segments; the short answer is one of its own, and so is each label."""
    if answer.parts:
        return _segments_of_parts(answer, end)
    short = answer.short_answer if answer.short_answer_sure else None
    at = answer.text.find(short) if short else -1
    strong_end = at + len(short or "")
    if not 0 <= at < strong_end <= end:
        return _marked_segments(answer, 0, end)
    strong = AnswerSegment(_one_line(answer.text[at:strong_end]), strong=True)
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
            found.append(AnswerSegment(_one_line(answer.text[start:told]), label=True))
        line_end = len(answer.text) if line_end < 0 else line_end
        found += _marked_segments(answer, told, min(end, line_end))
        start = line_end + 1
    return found


def _marked_segments(answer: Answer, start: int, end: int) -> list[AnswerSegment]:
    """answer.text[start:end], cut at the marks; a mark of no citation stays text."""
    parts, done = [], start
    for mark in _MARK.finditer(answer.text, start, end):
        n = int(mark[1])
        if 1 <= n <= len(answer.citations):
            source = _source(answer.citations[n - 1])
            parts += [
                AnswerSegment(_one_line(answer.text[done : mark.start()])),
                AnswerSegment(source.place, n=n, href=source.href),
            ]
            done = mark.end()
    return [*parts, AnswerSegment(_one_line(answer.text[done:end]))]


def _source(span: Citation | Passage, length: int = 0) -> Source:
    """The source that a citation or a passage is shown as; with `length` its quote is shortened."""
    document, section = span.document, span.section if isinstance(span, Citation) else span.heading
    page = span.page_name if isinstance(span, Citation) else ""
    quote = document.text[span.start : span.end]
    if length:
        quote = _shortened(quote.removeprefix(section).lstrip(), length)
    return Source(
        _one_line(quote),
        _source_title(document, section, page),
        read_address(document, span.start, span.end),
    )


def _with_file(citation: Citation, has_file: Callable[[str], bool]) -> Source:
    """The source of a citation, with the file where that is a PDF: a page says where to look."""
    source, document = _source(citation), citation.document
    if citation.page is None or not has_file(document.doc_id):
        return source
    return replace(source, file=file_address(document, citation.page))


def _source_title(document: Document, section: str, page: str) -> str:
    """Title, section, page and date, as far as there are any: 城市之治 · 治理 · 2020-12-05."""
    inner = section if section != document.title else ""
    parts = (document.title, inner, page, str(document.published or ""))
    return _one_line(" · ".join(filter(None, parts)))


def _shortened(text: str, length: int) -> str:
    """The first `length` characters of `text` at most, up to a pause where there is one."""
    if len(text) <= length:
        return text
    whole = _PAUSE.match(text[:length])
    return f"{whole[1] if whole else text[:length]}……"


def _one_line(text: str) -> str:
    """`text` on one line. A space at either end stays: the text may be part of a sentence."""
    return re.sub(r"\s+", " ", text)
