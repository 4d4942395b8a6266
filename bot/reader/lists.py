"""Takes a list behind its lead line as one answer: 应当符合下列条件：（一）…；（二）…。"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from bot.question.analysis import Question
from corpus import Passage, Unit
from corpus.document import Span
from corpus.language.text import fold

LONGEST_LIST = 390
"""Characters of a list that is one citation; a longer one is cited by its items."""


def listed(question: Question, best: Passage) -> list[Passage]:
    """The whole list that `best` leads to, or of which it is an item where all are asked for.

    One passage from the lead line to the last item where that is short enough, else the items.
    Empty where there is no list.
    """
    units = best.document.units_in(best.start, best.end)
    if not units:
        return []
    items = _items_below(units[-1], best)
    lead = best
    if not items and question.kind == "list" and units[0].kind == "item" and units[0].leads:
        span = units[0].leads[0]
        lead = Passage(best.document, *span)
        items = _items_of(span, units[0])
    if len(items) < 2:
        return []
    whole = Passage(lead.document, lead.start, items[-1].end)
    if whole.end - whole.start <= LONGEST_LIST:
        return [whole]
    return [Passage(lead.document, item.start, item.end) for item in items]


def with_items(question: Question, sentence: Passage) -> Passage:
    """A lead line that names what is asked for, with its items; any other sentence as it is.

    要提交什么材料: what a network finds in an item speaks for 应当提交下列材料：.
    """
    if len(question.focus) < 2 or question.focus not in fold(sentence.text):
        return sentence
    units = sentence.document.units_in(sentence.start, sentence.end)
    items = _items_below(units[-1], sentence) if units else []
    end = items[-1].end if items else sentence.end
    return Passage(sentence.document, sentence.start, end)


def _items_below(unit: Unit, lead: Passage) -> Sequence[Unit]:
    """The items whose lead line ends where `lead` does."""
    document = unit.document
    following = document.units_in(unit.end, len(document.text))
    return list(takewhile(lambda other: _is_led_by(other, lead.end, unit), following))


def _is_led_by(item: Unit, end: int, unit: Unit) -> bool:
    """Whether an item, or what stands in it, is led by the line of `unit` that ends at `end`."""
    if item.kind != "item":
        return False
    return any(unit.start <= lead.start and lead.end == end for lead in item.leads)


def _items_of(lead: Span, item: Unit) -> Sequence[Unit]:
    """The items that `lead` leads to, in order."""
    document = item.document
    following = document.units_in(lead.end, len(document.text))
    return list(takewhile(lambda one: one.kind == "item" and lead in one.leads, following))
