"""What may be a short answer: a span that is less than its sentence and says more than the question."""

from __future__ import annotations

import re

from bot.question.analysis import Question
from bot.reader import spans
from bot.reader.spans import Span
from corpus import Passage
from corpus.language.text import fold

VALUE_LENGTH = 20
"""Letters of a sentence that is a value alone, at most: 周一至周五9:00—17:00 under its question."""

# A or B: the answer stands in the question. 收费还是免费, open or closed
_OFFERS = re.compile(r"还是|\bor\b")


def may_answer(question: Question, cited: Passage, span: Span) -> bool:
    """Whether `span`, characters of `cited`, may be the short answer to a question.

    It crosses no bracket and no cell of a table, is not its whole sentence, and is not said in the
    question itself.
    """
    start, end = span
    text = fold(cited.text)
    inside = text[start:end]
    if not _letters(inside) or not spans.is_whole(inside):
        return False
    if _crosses_cell(cited, span) or _is_sentence(cited, inside):
        return False
    asked = fold(question.asked)
    return inside not in asked or _OFFERS.search(asked) is not None


def _crosses_cell(cited: Passage, span: Span) -> bool:
    """Whether a span stands in more than one cell of a row."""
    start, end = cited.start + span[0], cited.start + span[1]
    for unit in cited.document.units_in(start, end):
        if unit.kind not in ("row", "header"):
            continue
        if not any(cell.start <= start and end <= cell.end for cell in unit.cells):
            return True
    return False


def _is_sentence(cited: Passage, inside: str) -> bool:
    """Whether a span is all that its sentence says; a value that its context names is none."""
    said = _letters(fold(cited.text))
    if _letters(inside) != said:
        return False
    units = cited.document.units_in(cited.start, cited.end)
    is_named = bool(units) and bool(units[0].leads)
    return not (is_named and len(said) <= VALUE_LENGTH)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
