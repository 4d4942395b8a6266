"""Marks the questions of a page and what answers them, where the page has both.

A question is marked as one (问：, Q2:), is numbered and ends with a question mark (1、几点开门？),
stands above a line that is marked as an answer, or is a turn of who asks in an interview
(`conversations.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from corpus.intake.conversations import conversation
from corpus.intake.page import Line, Page, ends_sentence, fold, introduces

_NUMBER = r"(?:[一二三四五六七八九十]{1,3}、|\d{1,3}[.、)]\s*|\([一二三四五六七八九十\d]{1,3}\))"
# "问:", "一、问:", "问题1:", "Q2:", "【问】"
_QUESTION = re.compile(
    rf"{_NUMBER}?(?:[【\[]\s?(?:问|問|提问|提問)\s?[】\]]"
    r"|(?:问|問|提问|提問|问题|問題|Q|Question)\s?[\d一二三四五六七八九十]{0,3}\s?[:.、])",
    re.IGNORECASE,
)
# "答:", "回答:", "A2:", "【答】"
_ANSWER = re.compile(
    rf"{_NUMBER}?(?:[【\[]\s?(?:答|答复|答覆|回答)\s?[】\]]"
    r"|(?:答|答复|答覆|回答|解答|A|Answer)\s?[\d一二三四五六七八九十]{0,3}\s?:)",
    re.IGNORECASE,
)
# "1、几点开门?", "(三)带什么?"
_NUMBERED = re.compile(rf"{_NUMBER}\s*\S.*\?$")
# "1. 登录", "(二)登录", "- 登录": an item, with which no heading is confused
_ITEM = re.compile(r"[-*•·●▪◆]\s*\S|\d{1,3}[.、)](?!\d)|\([一二三四五六七八九十\d]{1,3}\)|[①-⑳]")

LONGEST_MARK = 24
"""Characters at the beginning of a line in which the mark of a question stands."""

LONGEST_QUESTION = 80
"""Characters of a numbered question."""

FEW = 3
"""Numbered questions, each with something below it, that make a page one of questions and answers: one
or two are the questions that an essay asks and goes on to answer.
"""


def with_questions(page: Page) -> Page:
    """The page with its questions and answers marked, where it has both.

    What follows an answer as a sentence belongs to it, until the next question.
    """
    marks = [_mark(line) for line in page.lines]
    talk = [] if _has_both(marks) else conversation(page.lines)
    if talk:
        marks = talk
    else:
        _mark_numbered(page.lines, marks)
    for i, mark in enumerate(marks[1:], 1):
        above = fold(page.lines[i - 1].text[-1:])
        if mark == "answer" and not marks[i - 1] and above == "?":
            marks[i - 1] = "question"
    if not _has_both(marks):
        return page
    return replace(page, lines=tuple(_marked(page.lines, marks)))


def _has_both(marks: Iterable[str]) -> bool:
    return {"question", "answer"} <= set(marks)


def _marked(lines: Sequence[Line], marks: Sequence[str]) -> Iterator[Line]:
    state = ""
    for line, mark in zip(lines, marks, strict=True):
        state = mark or state
        if mark:
            yield replace(line, kind=mark)
        elif state == "answer" and line.kind == "":
            kind = _kind_in_answer(line.text)
            # What may be a heading ends the answer, and so does 二、活动安排.
            state = state if kind else ""
            yield replace(line, kind=kind)
        else:
            yield line


def _mark(line: Line) -> str:
    """ "question" or "answer" where the line is marked as one, or empty."""
    if line.kind:
        return ""
    head = fold(line.text[:LONGEST_MARK])
    if _QUESTION.match(head):
        return "question"
    return "answer" if _ANSWER.match(head) else ""


def behind_answer_mark(text: str) -> int:
    """Where what is said begins in a line that is marked as an answer, in characters: 2 of 答：可以。

    0 for any other line, and for one that has nothing behind its mark.
    """
    head = fold(text[:LONGEST_MARK])
    found = _ANSWER.match(head)
    if found is None:
        return 0
    said = text[found.end() :].lstrip()
    return len(text) - len(said) if said else 0


def _mark_numbered(lines: Sequence[Line], marks: list[str]) -> None:
    """Marks numbered questions, and the line below each as its answer, where they are FEW or more.

    What is marked already stays as it is: what goes on below 1、问：…？ is no answer.
    """
    found = []
    for i, line in enumerate(lines[:-1]):
        if _is_numbered(line) and not _is_numbered(lines[i + 1]) and lines[i + 1].kind == "":
            found.append(i)
    if len(found) < FEW:
        return
    for i in found:
        if not marks[i]:
            marks[i] = "question"
            marks[i + 1] = marks[i + 1] or "answer"


def _is_numbered(line: Line) -> bool:
    is_short = len(line.text) <= LONGEST_QUESTION
    return line.kind in ("", "item") and is_short and bool(_NUMBERED.match(fold(line.text)))


def _kind_in_answer(text: str) -> str:
    """The kind of a line below an answer: an item, a further paragraph, or, where it is no sentence,
    none, because it may be a heading.
    """
    if _ITEM.match(fold(text[:LONGEST_MARK])):
        return "item"
    return "answer" if ends_sentence(text) or introduces(text) else ""
