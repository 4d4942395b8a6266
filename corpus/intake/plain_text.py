"""Reads plain text: paragraphs, whether or not their lines are broken by hand, tables, questions and
answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from corpus.intake.boilerplate import BUTTONS
from corpus.intake.labelled_page import LabelledPage
from corpus.intake.line_roles import label_page
from corpus.intake.page import (
    Line,
    Page,
    ends_sentence,
    fold,
    introduces,
    join_filled,
    tidy,
    wrap_width,
)
from corpus.intake.portals import LEFT_OUT, Role, marks, role_of
from corpus.intake.raw_lines import telling_lines, text_lines
from corpus.intake.spacing import without_letter_spacing
from corpus.intake.text_tables import tables
from corpus.intake.titles import Title, find_title

_NUMBER = r"(?:[一二三四五六七八九十]{1,3}、|\d{1,3}[.、)]\s*|\([一二三四五六七八九十\d]{1,3}\))?"
# "问:", "一、问:", "问题1:", "Q2:", "【问】"
_QUESTION = re.compile(
    rf"{_NUMBER}(?:[【\[]\s?(?:问|問|提问|提問)\s?[】\]]"
    r"|(?:问|問|提问|提問|问题|問題|Q|Question)\s?[\d一二三四五六七八九十]{0,3}\s?[:.、])",
    re.IGNORECASE,
)
# "答:", "回答:", "A2:", "【答】"
_ANSWER = re.compile(
    rf"{_NUMBER}(?:[【\[]\s?(?:答|答复|答覆|回答)\s?[】\]]"
    r"|(?:答|答复|答覆|回答|解答|A|Answer)\s?[\d一二三四五六七八九十]{0,3}\s?:)",
    re.IGNORECASE,
)
# 张三: at the beginning of a line; 主持人:
_TURN = re.compile(r"([\u4e00-\u9fffA-Za-z·]{2,8}):")
_LONGEST_SOURCE = 160
"""Characters of a line that names a source, with the buttons behind it."""

_LONGEST_MARK = 24
"""Characters at the beginning of a line in which the mark of a question or a turn stands."""

# "1. 登录", "(二)登录", "- 登录": an item, with which no heading is confused
_ITEM = re.compile(r"[-*•·●▪◆]\s*\S|\d{1,3}[.、)](?!\d)|\([一二三四五六七八九十\d]{1,3}\)|[①-⑳]")


def read_text(text: str) -> Page:
    """Reads plain text, whose lines end with "\\n", "\\r\\n" or "\\r"."""
    lines = without_letter_spacing(text.splitlines())
    rows = tables(lines)
    turns = _turns(lines)
    full = wrap_width([line for i, line in enumerate(lines) if i not in rows])
    found: list[Line] = []
    block: list[str] = []
    for i, line in enumerate(lines):
        if i in rows or _turn(line) in turns:
            found += _paragraphs(block, full)
            block = []
        if i not in rows:
            block.append(line)
            continue
        row = rows[i]
        if row:
            found.append(Line(row.text, row.kind))
    found += _paragraphs(block, full)
    page = Page(tuple(_with_questions(found)))
    return replace(page, raw=tuple(_raw(text, page)))


def _raw(text: str, page: Page) -> Iterator[str]:
    """The lines of the file that the document should hold, without the buttons behind a source.

    Of a page that was surely copied from a portal these are the lines between its title and its
    foot that are surely the article's: what is left out there is else no loss.
    """
    labelled = label_page(page)
    lines = text_lines(text)
    if labelled.furnished:
        lines = telling_lines(_between(lines, labelled, find_title(labelled, page)))
    for line in lines:
        buttons = marks().cuts.search(fold(line[:_LONGEST_SOURCE]))
        has_buttons = buttons is not None and role_of(Line(line)) is Role.SOURCE
        yield line[: buttons.start()] if buttons and has_buttons else line


def _between(lines: Sequence[str], labelled: LabelledPage, title: Title) -> list[str]:
    """The lines between title and foot, without buttons, sources, and teasers with a date below."""
    roles: dict[str, Role] = {}
    dated = set()
    for i, read in enumerate(labelled.lines):
        roles[read.text] = labelled.roles[i]
        if labelled.is_dated(i):
            dated.add(read.text)
    texts = list(map(tidy, lines))
    start = texts.index(title.text) if title.text in texts else 0
    end = start + _foot(texts[start:], roles)
    kept = []
    for line, text in zip(lines[start:end], texts[start:end], strict=True):
        if roles.get(text) not in LEFT_OUT | {Role.SOURCE} and text not in dated:
            kept.append(line)
    return kept


def _foot(texts: Sequence[str], roles: Mapping[str, Role]) -> int:
    """Where the foot of a page begins, or how many lines there are.

    It begins with what no article has; with several buttons in a row below some sentences; or with
    an editor line that has most lines or most sentences above it.
    """
    found = [roles.get(text) or role_of(Line(text)) for text in texts]
    stop = found.index(Role.STOP) if Role.STOP in found else len(texts)
    sentences = list(map(ends_sentence, texts[:stop]))
    above, below = 0, sum(sentences)
    for i in range(stop):
        is_late = 2 * i >= stop or above >= below
        is_closing = found[i] is Role.EDITOR and is_late
        are_buttons = found[i : i + BUTTONS] == [Role.NOISE] * BUTTONS
        if above and (is_closing or (are_buttons and above >= BUTTONS)):
            return i
        above += sentences[i]
        below -= sentences[i]
    return stop


def _paragraphs(lines: list[str], full: float) -> list[Line]:
    """The paragraphs of lines, of which those of `full` columns go on in the next."""
    return [Line(paragraph) for paragraph in join_filled(lines, full)]


def _turns(lines: Iterable[str]) -> frozenset[str]:
    """The names that begin two lines or more with a colon: those who speak."""
    count = Counter(filter(None, map(_turn, lines)))
    return frozenset(name for name, times in count.items() if times > 1)


def _turn(line: str) -> str:
    """The name before the colon with which a line begins, or empty."""
    found = _TURN.match(fold(line[:_LONGEST_MARK]).strip())
    return found[1] if found else ""


def _with_questions(lines: Sequence[Line]) -> list[Line]:
    """The lines with questions and answers marked, where the text has both.

    A question without a mark is the line above an answer, where it ends with a question mark. What
    follows an answer as a sentence belongs to it, until the next question.
    """
    marks = [_mark(line) for line in lines]
    for i, mark in enumerate(marks[1:], 1):
        above = fold(lines[i - 1].text[-1:])
        if mark == "answer" and not marks[i - 1] and above == "?":
            marks[i - 1] = "question"
    if not {"question", "answer"} <= set(marks):
        return list(lines)
    marked: list[Line] = []
    state = ""
    for line, mark in zip(lines, marks, strict=True):
        state = mark or state
        if mark:
            marked.append(Line(line.text, mark))
        elif state == "answer" and line.kind == "":
            kind = _kind_in_answer(line.text)
            # What may be a heading ends the answer, and so does 二、活动安排.
            state = state if kind else ""
            marked.append(Line(line.text, kind))
        else:
            marked.append(line)
    return marked


def _mark(line: Line) -> str:
    """ "question" or "answer" where the line is marked as one, or empty."""
    if line.kind:
        return ""
    head = fold(line.text[:_LONGEST_MARK])
    if _QUESTION.match(head):
        return "question"
    return "answer" if _ANSWER.match(head) else ""


def _kind_in_answer(text: str) -> str:
    """The kind of a line below an answer: an item, a further paragraph, or, where it is no sentence,
    none, because it may be a heading.
    """
    if _ITEM.match(fold(text[:_LONGEST_MARK])):
        return "item"
    return "answer" if ends_sentence(text) or introduces(text) else ""
