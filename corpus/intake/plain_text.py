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
    join_filled,
    tidy,
    wrap_width,
)
from corpus.intake.portals import LEFT_OUT, Role, marks, role_of
from corpus.intake.questions import with_questions
from corpus.intake.raw_lines import telling_lines, text_lines
from corpus.intake.spacing import without_letter_spacing
from corpus.intake.text_tables import tables
from corpus.intake.titles import Title, find_title

# 张三: at the beginning of a line; 主持人:
_TURN = re.compile(r"([\u4e00-\u9fffA-Za-z·]{2,8}):")
_LONGEST_SOURCE = 160
"""Characters of a line that names a source, with the buttons behind it."""

_LONGEST_TURN = 24
"""Characters at the beginning of a line in which the name of who speaks stands."""


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
    page = with_questions(Page(tuple(found)))
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
    found = _TURN.match(fold(line[:_LONGEST_TURN]).strip())
    return found[1] if found else ""
