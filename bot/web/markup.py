"""Answers as HTML for the chat page. Every word of a document or a person is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

from bot.answer import EXTRACTED, GENERATED, Answer, Citation
from bot.metadata import LINES
from corpus import Document

RELATED_AT_MOST = 3
RELATED_LENGTH = 60
"""Characters of a passage that may be related."""

UNBROKEN = 10
"""Characters of a short answer that is kept on one line."""

TEXTS = {
    "zh": {
        "waiting": "正在检索……",
        "sources": "出处",
        "related": "可能相关的段落",
        EXTRACTED: "原文摘录",
        GENERATED: "人工智能生成",
    },
    "en": {
        "waiting": "Searching…",
        "sources": "Sources",
        "related": "Passages that may be related",
        EXTRACTED: "Quoted from the documents",
        GENERATED: "Written by AI",
    },
}

_MARK = re.compile(r"\[(\d{1,2})\]")
_TEXT = re.compile(r'<p class="cw-(?:text|asked)">(.*?)</p>', re.DOTALL)
_PAUSE = re.compile(r"(.{20,})[,，。;；、:：]", re.DOTALL)
_TAG = re.compile(r"<sup.*?</sup>|<[^>]*>")


def message(body: str, language: str) -> str:
    """One message of the bot. On one line, because a blank one would end the HTML and begin Markdown."""
    return f'<div class="cw-message" lang="{"en" if language == "en" else "zh-CN"}">{body}</div>'


def said(text: str) -> str:
    """A paragraph of the bot's own words."""
    return f'<p class="cw-text">{_plain(text)}</p>'


def waiting(language: str) -> str:
    """What is shown while the answer is looked for."""
    return message(f'<p class="cw-waiting">{TEXTS[language]["waiting"]}</p>', language)


def growing(answer: Answer, language: str) -> Iterator[str]:
    """The message as it is shown: sentence by sentence, then with the sources or the passages that may be related."""
    ends = [m.end() for m in _MARK.finditer(answer.text)]
    for end in ends[:-1]:
        yield message(_text(answer, answer.text[:end]), language)
    yield message(_text(answer, answer.text), language)
    rest = (
        _sources(answer, language)
        + _related(answer, language)
        + "".join(f'<p class="cw-notice">{_plain(notice)}</p>' for notice in answer.notices)
    )
    if rest:
        yield message(_text(answer, answer.text) + rest, language)


def asked(question: str) -> str:
    """A message of the visitor, shown as it was written."""
    lines = "<br>".join(_plain(line) for line in question.strip().splitlines())
    return f'<p class="cw-asked">{lines}</p>'


def plain(html: str) -> str:
    """The text of a message made here, without marks and sources: what the next question may refer to."""
    found = _TEXT.search(html)
    return unescape(_TAG.sub("", (found[1] if found else html).replace("<br>", "\n"))).strip()


def _text(answer: Answer, shown: str) -> str:
    """The text so far: the short answer in bold, marks in superscript."""
    at = answer.text.find(answer.short_answer) if answer.short_answer else -1
    end = at + len(answer.short_answer or "")
    if at >= 0 and end <= len(shown):
        strong = '<strong class="cw-short">' if end - at <= UNBROKEN else "<strong>"
        body = f"{_marked(shown[:at], answer)}{strong}{_plain(shown[at:end])}</strong>{_marked(shown[end:], answer)}"
    else:
        body = _marked(shown, answer)
    return f'<p class="cw-text">{body}</p>'


def _marked(text: str, answer: Answer) -> str:
    def mark(found: re.Match[str]) -> str:
        n = int(found[1])
        if not 1 <= n <= len(answer.citations):
            return found[0]
        title = escape(_place(answer.citations[n - 1]))
        return f'<sup><a class="cw-mark" href="#cw-{n}" title="{title}">[{n}]</a></sup>'

    return _MARK.sub(mark, _plain(text))


def _sources(answer: Answer, language: str) -> str:
    if not answer.citations:
        return ""
    texts = TEXTS[language]
    label = texts[GENERATED if answer.reader == "llm" else EXTRACTED]
    items = "".join(_item(c.quote, _place(c)) for c in answer.citations)
    badge = f'<span class="cw-badge">{label}</span>'
    return f'<p class="cw-label">{texts["sources"]}{badge}</p><ol class="cw-sources">{items}</ol>'


def _related(answer: Answer, language: str) -> str:
    near = [p for p, _ in answer.hits if p.heading not in LINES][:RELATED_AT_MOST]
    if answer.outcome != "absent" or not near:
        return ""
    items = "".join(
        _item(_shortened(p.text.removeprefix(p.heading).lstrip()), _named(p.document, p.heading)) for p in near
    )
    return f'<p class="cw-label">{TEXTS[language]["related"]}</p><ul class="cw-sources">{items}</ul>'


def _item(quote: str, place: str) -> str:
    return f"<li><q>{_plain(quote)}</q><cite>{_plain(place)}</cite></li>"


def _place(citation: Citation) -> str:
    return _named(citation.document, citation.section)


def _named(document: Document, section: str) -> str:
    return f"{document.title} · {section}" if section and section != document.title else document.title


def _shortened(text: str) -> str:
    if len(text) <= RELATED_LENGTH:
        return text
    whole = _PAUSE.match(text[:RELATED_LENGTH])
    return f"{whole[1] if whole else text[:RELATED_LENGTH]}……"


def _plain(text: str) -> str:
    """`text` as HTML on one line."""
    return escape(" ".join(text.split()))
