"""Messages of the chat as HTML. The template escapes every word of a document or a person."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from bot.answer import Answer
from bot.i18n import TAGS, texts
from bot.question.metadata import LINES
from bot.web.message_parts import AnswerPart, lead_of, parts_of, said, written_parts
from bot.web.message_sources import HasFile, Source, one_line, source_of, whole_source
from bot.web.templates import render

RELATED_AT_MOST = 3
RELATED_LENGTH = 60
"""Characters that are shown of a passage that may be related."""

ACTIONS = ("copy", "useful", "useless")
EXPORTS = ("markdown", "docx")
"""Forms in which a whole conversation is given out."""

_TEMPLATE_VALUES = (
    "answer_id",
    "step",
    "lead",
    "parts",
    "form",
    "label",
    "sources",
    "extract",
    "ended",
    "related",
    "notices",
    "actions",
    "exports",
    "suggestions",
)

# <section class="cw-text"><p>杭州</p></section>, <h2 class="cw-asked">杭州</h2>; a paragraph before 0.2
_SHOWN_TEXT = re.compile(r'<(section|p|h2) class="cw-(?:text|asked)">(.*?)</\1>', re.DOTALL)

# <div class="cw-side"><p class="cw-text">杭州</p></div>, in which there is no other div
_SIDE = re.compile(r'<div class="cw-side">(.*?)</div>', re.DOTALL)

# What ends a line of the text: a break, an item, a row.
_ENDS_LINE = re.compile(r"<br>|</li>|</tr>")

# <sup><a href="/read/d">1</a></sup> as a whole, else one tag such as </strong>
_TAG = re.compile(r"<sup.*?</sup>|<[^>]*>")

# a line break, and the indentation on both sides of it
_LINE_BREAKS = re.compile(r"\s*\n\s*")

# <div class="cw-message"><a href="/read/d?start=1&amp;end=2#cited" title="题">1</a></div>
_OWN_HTML = re.compile(
    r"(?:[^<]|<br>|</?(?:div|section|p|sup|a|strong|details|summary|span|ol|ul|li|table|tbody|tr|th|td"
    r"|q|cite|button)"
    r'(?: (?:class|id|lang|type|title|open|target|rel|aria-pressed)="[^"]*"| href="/(?:read|file)/[^"]*")*>)*'
)
"""HTML with no other tags and attributes than message.html has and the page adds."""


class Quoted(NamedTuple):
    """The extracted answer as it stands beside prose: its text laid out, its sources, its label."""

    lead: str
    parts: list[AnswerPart]
    form: str
    sources: list[Source]
    label: str


def _has_none(doc_id: str) -> bool:
    return False


def bot_message(text: str, language: str) -> str:
    """A message of the bot that is no answer, such as an error, with a button to ask again."""
    return _render_message(language, "said", parts=said(text), actions=["retry"])


def waiting_message(language: str) -> str:
    """The message that is shown during the search."""
    return _render_message(language, "waiting", step=texts("message", language)["waiting"])


def writing_message(
    extract: Answer, written: str, language: str, model: str, has_file: HasFile = _has_none
) -> str:
    """The message while `model` writes: what of its prose there is, beside the extracted answer."""
    return _render_message(
        language,
        "waiting",
        parts=written_parts(written) if written else (),
        label=_label(language, model),
        extract=_quoted(extract, language, has_file),
    )


def answer_message(
    answer: Answer, language: str, answer_id: str, has_file: HasFile = _has_none
) -> str:
    """The whole answer with its sources and buttons; prose has the extracted answer beside it.

    That of an absent answer has passages that may be related.
    """
    related = [passage for passage in answer.related if passage.heading not in LINES]
    is_written = answer.reader == "llm"
    beside = answer.extract if is_written else None
    return _render_message(
        language,
        answer.outcome,
        answer_id=answer_id,
        lead=lead_of(answer),
        parts=parts_of(answer),
        form=answer.form,
        label=_label(language, answer.written_by) if is_written else _label(language),
        sources=[whole_source(citation, has_file) for citation in answer.citations],
        extract=_quoted(beside, language, has_file) if beside else (),
        related=[source_of(passage, RELATED_LENGTH) for passage in related[:RELATED_AT_MOST]],
        notices=[one_line(notice) for notice in answer.notices],
        actions=ACTIONS,
        exports=EXPORTS,
        suggestions=answer.suggestions,
    )


def _label(language: str, model: str | None = None) -> str:
    """人工智能生成 · qwen-plus, or where no model wrote 原文摘录."""
    words = texts("message", language)
    if model is None:
        return words["extracted"]
    return " · ".join(filter(None, (words["generated"], model)))


def _quoted(extract: Answer, language: str, has_file: HasFile) -> Quoted:
    return Quoted(
        lead=lead_of(extract),
        parts=parts_of(extract),
        form=extract.form,
        sources=[whole_source(citation, has_file) for citation in extract.citations],
        label=_label(language),
    )


def ended_message(html: str, why: str, language: str) -> str:
    """A message of `writing_message` that goes on no further, for the reason `why`.

    What was written stays, and the extracted answer beside it.
    """
    sides = _SIDE.findall(safe_message(html))
    begun = [side for side in sides if 'class="cw-text"' in side]
    return _render_message(language, "said", ended=begun, notices=[why], actions=["retry"])


def question_message(question: str, language: str) -> str:
    """The message of the visitor, as it was written."""
    lines = [one_line(line) for line in question.strip().splitlines()]
    return _LINE_BREAKS.sub("", render("asked.html", lines=lines, texts=texts("message", language)))


def plain_text(html: str) -> str:
    """The text of a message made here, without marks and sources.

    The next question may refer to it.
    """
    found = _SHOWN_TEXT.search(html)
    lines = _ENDS_LINE.sub("\n", found[2] if found else html)
    return unescape(_TAG.sub("", lines)).strip()


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
