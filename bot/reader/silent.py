"""Lines that answer nothing by themselves."""

from __future__ import annotations

from bot.reader.mismatches import is_bare_number
from corpus import Passage, Unit
from corpus.language.sentences import ends_with_question
from corpus.language.text import fold

SILENT = frozenset({"question", "heading", "header"})
"""Kinds of units that answer nothing by themselves: they are cited where they are asked for."""

_NEXT_LINE = 2
"""Characters behind a line in which the next begins."""


def is_silent(line: Passage) -> bool:
    """Whether a line answers nothing by itself: a heading, column names, the name of the value on the
    next line, or a question.

    Of 15,658 questions for a fact six have an answer that the text itself puts as a question (none
    of 611 in the sets of the product, 6 of 15,047 of CMRC trial and train, DRCD and the news).
    """
    document = line.document
    units = document.units_in(line.start, line.end)
    if ends_with_question(line.text) or (units and all(unit.kind in SILENT for unit in units)):
        return True
    following = document.units_in(line.end, line.end + _NEXT_LINE)
    return any(_is_named_by(unit, line) for unit in following)


def _is_named_by(value: Unit, line: Passage) -> bool:
    """Whether a paragraph that is only a value has `line` as its name: 904 below 光明街."""
    if value.kind != "paragraph" or not is_bare_number(fold(value.text)):
        return False
    return any((lead.start, lead.end) == (line.start, line.end) for lead in value.leads)
