"""Messages of the chat as HTML. The template escapes every word of a document or a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from bot.answer import Answer
from bot.i18n import TAGS, texts
from bot.question.metadata import LINES
from bot.web.message_parts import (
    MARK,
    AnswerSegment,
    HasFile,
    Source,
    one_line,
    segments,
    source_of,
    source_with_file,
    written_segments,
)
from bot.web.templates import render

RELATED_AT_MOST = 3
RELATED_LENGTH = 60
"""Characters that are shown of a passage that may be related."""

ACTIONS = ("copy", "retry", "useful", "useless")

_TEMPLATE_VALUES = (
    "answer_id",
    "step",
    "parts",
    "label",
    "sources",
    "extract",
    "ended",
    "related",
    "notices",
    "actions",
    "suggestions",
)

# <p class="cw-text">杭州</p>
_SHOWN_TEXT = re.compile(r'<(p|h2) class="cw-(?:text|asked)">(.*?)</\1>', re.DOTALL)

# <div class="cw-side"><p class="cw-text">杭州</p></div>, in which there is no other div
_SIDE = re.compile(r'<div class="cw-side">(.*?)</div>', re.DOTALL)

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


class Quoted(NamedTuple):
    """The extracted answer as it stands beside prose: its text in segments, its sources, its label."""

    parts: list[AnswerSegment]
    sources: list[Source]
    label: str


def _has_none(doc_id: str) -> bool:
    return False


def bot_message(text: str, language: str) -> str:
    """A message of the bot that is no answer, such as an error, with a button to ask again."""
    return _render_message(
        language, "said", parts=[AnswerSegment(one_line(text))], actions=["retry"]
    )


def waiting_message(language: str) -> str:
    """The message that is shown during the search."""
    return _render_message(language, "waiting", step=texts("message", language)["waiting"])


def answer_messages(
    answer: Answer,
    language: str,
    answer_id: str,
    has_file: HasFile = _has_none,
) -> Iterator[str]:
    """The states of one message, each to replace the one before it.

    First how many passages were found, then the text sentence by sentence, last the whole answer
    with its sources and buttons.
    """
    step = _step(answer, language)
    if step:
        yield _render_message(language, "waiting", step=step)
    ends = [m.end() for m in MARK.finditer(answer.text)]
    for end in ends[:-1]:
        yield _render_message(language, "waiting", step=step, parts=segments(answer, end))
    yield answer_message(answer, language, answer_id, has_file)


def writing_message(
    extract: Answer, written: str, language: str, model: str, has_file: HasFile = _has_none
) -> str:
    """The message while `model` writes: what of its prose there is, beside the extracted answer."""
    return _render_message(
        language,
        "waiting",
        step=_step(extract, language),
        parts=written_segments(written) if written else (),
        label=_label(language, model),
        extract=_quoted(extract, language, has_file),
    )


def answer_message(
    answer: Answer, language: str, answer_id: str, has_file: HasFile = _has_none
) -> str:
    """The whole answer with its sources and buttons; prose has the extracted answer beside it.

    That of an absent answer has passages that may be related.
    """
    related = (
        [p for p, _ in answer.hits if p.heading not in LINES] if answer.outcome == "absent" else []
    )
    is_written = answer.reader == "llm"
    beside = answer.extract if is_written else None
    return _render_message(
        language,
        answer.outcome,
        answer_id=answer_id,
        step=_step(answer.extract or answer, language),
        parts=segments(answer, len(answer.text)),
        label=_label(language, answer.written_by) if is_written else _label(language),
        sources=[source_with_file(citation, has_file) for citation in answer.citations],
        extract=_quoted(beside, language, has_file) if beside else (),
        related=[source_of(passage, RELATED_LENGTH) for passage in related[:RELATED_AT_MOST]],
        notices=[one_line(notice) for notice in answer.notices],
        actions=ACTIONS,
        suggestions=answer.suggestions,
    )


def _step(answer: Answer, language: str) -> str:
    """How many passages were found in what time; empty where none were."""
    if not answer.hits:
        return ""
    found = texts("message", language)["found"]
    return found.format(n=len(answer.hits), ms=round(answer.milliseconds.get("total", 0)))


def _label(language: str, model: str | None = None) -> str:
    """人工智能生成 · qwen-plus, or where no model wrote 原文摘录."""
    words = texts("message", language)
    if model is None:
        return words["extracted"]
    return " · ".join(filter(None, (words["generated"], model)))


def _quoted(extract: Answer, language: str, has_file: HasFile) -> Quoted:
    return Quoted(
        parts=segments(extract, len(extract.text)),
        sources=[source_with_file(citation, has_file) for citation in extract.citations],
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
