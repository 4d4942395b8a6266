"""Messages of the chat as HTML. Every word of a document or a person is escaped by the template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from bot.answer import Answer, Citation
from bot.i18n import TAGS, texts
from bot.question.metadata import LINES
from bot.web.reading_page import read_address
from bot.web.templates import render
from corpus import Document, Passage

RELATED_AT_MOST = 3
RELATED_LENGTH = 60
"""Characters of a passage that may be related."""

UNBROKEN = 10
"""Characters of a short answer that is kept on one line."""

ACTIONS = ("copy", "retry", "useful", "useless")

_VALUES = (
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

_MARK = re.compile(r"\[(\d{1,2})\]")
_TEXT = re.compile(r'<(p|h2) class="cw-(?:text|asked)">(.*?)</\1>', re.DOTALL)
_PAUSE = re.compile(r"(.{20,})[,，。;；、:：]", re.DOTALL)
_TAG = re.compile(r"<sup.*?</sup>|<[^>]*>")
_BREAKS = re.compile(r"\s*\n\s*")
_OURS = re.compile(
    r"(?:[^<]|</?(?:div|p|sup|a|strong|details|summary|span|ol|ul|li|q|cite|button)"
    r'(?: (?:class|id|lang|type|title|open|target|rel|aria-pressed)="[^"]*"| href="/read/[^"]*")*>)*'
)
"""The tags and attributes of message.html, and what the page adds to them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an answer's text: plain, the short answer, or the mark of citation `n`, titled with its place."""

    text: str
    strong: bool = False
    n: int = 0
    href: str = ""

    @property
    def unbroken(self) -> bool:
        """Whether it is kept on one line."""
        return len(self.text) <= UNBROKEN


@dataclass(frozen=True, slots=True)
class Source:
    """A quote, where it stands in words, and where it can be read."""

    quote: str
    place: str
    href: str


def said(text: str, language: str) -> str:
    """A message in the bot's own words, which may be tried again."""
    return _message(language, "said", parts=[Part(_flat(text))], actions=["retry"])


def waiting(language: str) -> str:
    """What is shown while the answer is looked for."""
    return _message(language, "waiting", step=texts("message", language)["waiting"])


def growing(answer: Answer, language: str, answer_id: str) -> Iterator[str]:
    """The message as it is shown: what was found, sentence by sentence, at last with its sources and what can be done.

    An absent answer ends with the passages that may be related.
    """
    step = ""
    if answer.hits:
        said = texts("message", language)["found"]
        step = said.format(n=len(answer.hits), ms=round(answer.milliseconds.get("total", 0)))
        yield _message(language, "waiting", step=step)
    ends = [m.end() for m in _MARK.finditer(answer.text)]
    for end in ends[:-1]:
        yield _message(language, "waiting", step=step, parts=_parts(answer, end))
    near = (
        [p for p, _ in answer.hits if p.heading not in LINES] if answer.outcome == "absent" else []
    )
    yield _message(
        language,
        answer.outcome,
        answer_id=answer_id,
        step=step,
        parts=_parts(answer, len(answer.text)),
        label=texts("message", language)["generated" if answer.reader == "llm" else "extracted"],
        sources=[_source(citation) for citation in answer.citations],
        related=[_source(passage, RELATED_LENGTH) for passage in near[:RELATED_AT_MOST]],
        notices=[_flat(notice) for notice in answer.notices],
        actions=ACTIONS,
        suggestions=answer.suggestions,
    )


def asked(question: str, language: str) -> str:
    """A message of the visitor, shown as it was written."""
    lines = [_flat(line) for line in question.strip().splitlines()]
    return _BREAKS.sub("", render("asked.html", lines=lines, texts=texts("message", language)))


def plain(html: str) -> str:
    """The text of a message made here, without marks and sources: what the next question may refer to."""
    found = _TEXT.search(html)
    return unescape(_TAG.sub("", (found[2] if found else html).replace("<br>", "\n"))).strip()


def known(html: str) -> str:
    """A message that a browser gives back: as it is where it may have been made here, else its words."""
    return html if _OURS.fullmatch(html) else said(plain(html), "zh")


def _message(language: str, state: str, **values: object) -> str:
    """On one line, because a blank one would end the HTML and begin Markdown."""
    nothing = dict.fromkeys(_VALUES, ())
    words = {"texts": texts("message", language), "tag": TAGS[language], "state": state}
    return _BREAKS.sub("", render("message.html", **{**nothing, **words, **values}))


def _parts(answer: Answer, end: int) -> list[Part]:
    """answer.text[:end]: the short answer apart, and the marks of citations that exist."""
    at = answer.text.find(answer.short_answer) if answer.short_answer else -1
    strong_end = at + len(answer.short_answer or "")
    if not 0 <= at < strong_end <= end:
        return _marked(answer, 0, end)
    strong = Part(_flat(answer.text[at:strong_end]), strong=True)
    return [*_marked(answer, 0, at), strong, *_marked(answer, strong_end, end)]


def _marked(answer: Answer, start: int, end: int) -> list[Part]:
    parts, done = [], start
    for mark in _MARK.finditer(answer.text, start, end):
        n = int(mark[1])
        if 1 <= n <= len(answer.citations):
            source = _source(answer.citations[n - 1])
            parts += [
                Part(_flat(answer.text[done : mark.start()])),
                Part(source.place, n=n, href=source.href),
            ]
            done = mark.end()
    return [*parts, Part(_flat(answer.text[done:end]))]


def _source(span: Citation | Passage, length: int = 0) -> Source:
    document, section = span.document, span.section if isinstance(span, Citation) else span.heading
    quote = document.text[span.start : span.end]
    if length:
        quote = _shortened(quote.removeprefix(section).lstrip(), length)
    return Source(
        _flat(quote), _place(document, section), read_address(document, span.start, span.end)
    )


def _place(document: Document, section: str) -> str:
    """Title, section and date, as far as there are any."""
    inner = section if section != document.title else ""
    return _flat(" · ".join(filter(None, (document.title, inner, str(document.published or "")))))


def _shortened(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    whole = _PAUSE.match(text[:length])
    return f"{whole[1] if whole else text[:length]}……"


def _flat(text: str) -> str:
    """`text` on one line. Spaces at its ends count: it may be part of a sentence."""
    return re.sub(r"\s+", " ", text)
