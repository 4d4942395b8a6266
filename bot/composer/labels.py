"""Which sentences may stand behind a label: those that speak of it, by words, numbers, a lead line, a heading."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.answer import Citation
from bot.composer.standing import BETWEEN
from bot.question.analysis import Question
from bot.reader.candidates import coverage
from corpus import Passage
from corpus.language.quantities import lacks_any, quantities
from corpus.language.text import fold

MENTIONED = 0.5
"""Share of the words of a name, by rarity, from which a text mentions it."""

LABELLED = 2 / 3
"""The same from which a sentence may stand behind the name as a label. Of 149 sentences that composed
questions had behind the names of things 44 had less; three of them were of that thing by half its words.
"""

# 头一年, 第一年 and 首年; 第二年 and 次年
_FIRST = re.compile(r"(?:头一|第一|首)(?=[年月日天次期个])")
_SECOND = re.compile(r"(?:第二|次)(?=[年月日天])")

Told = TypeVar("Told", Citation, Passage)

Names = Callable[[str], bool]
"""Whether a folded text has the name of a thing."""


def forms_of(name: str) -> tuple[str, ...]:
    """The ways in which a folded name may be written: 头一年 as 第一年 and 首年."""
    found = [name]
    for pattern, ways in ((_FIRST, ("头一", "第一", "首")), (_SECOND, ("第二", "次"))):
        if pattern.match(name):
            found += [pattern.sub(way, name, count=1) for way in ways]
    return tuple(dict.fromkeys(found))


def naming(name: str, asked: Question, least: float = LABELLED) -> Names:
    """What tells whether a text has a folded name: itself, a synonym, `least` of its words, or its number.

    `asked` is the name understood as a question. 三月 is also written 3月.
    """
    forms = forms_of(name)
    numbers = quantities(name)
    words = asked.terms or {name: 1.0}

    def has(folded: str) -> bool:
        if any(form in folded for form in forms):
            return True
        if numbers or len(forms) > 1:
            return bool(numbers) and not lacks_any(numbers, quantities(folded))
        return coverage(words, folded, asked.alike) >= least

    return has


def spoken_of(citation: Citation | Passage, things: Sequence[Names]) -> frozenset[int]:
    """The numbers of the things that a citation speaks of: all in its text or in its lead lines, or else
    the only one in its heading or the title of its document.
    """
    own, *around = _texts(citation)
    named = _named(own, things)
    for text in around:
        told = _named(text, things)
        if len(told) == 1:
            named |= told
    return named


def told_of(number: int, told: Sequence[Told], things: Sequence[Names]) -> list[Told]:
    """Of what may be cited, in the order of the text, what speaks of a thing, and what goes on from that
    right behind it and speaks of no other.
    """
    kept: list[Told] = []
    for one in told:
        spoken = spoken_of(one, things)
        last = kept[-1] if kept else None
        is_next = last is not None and last.document is one.document
        goes_on = is_next and last is not None and 0 <= one.start - last.end <= BETWEEN
        if number in spoken or (goes_on and not spoken):
            kept.append(one)
    return kept


def _texts(citation: Citation | Passage) -> list[str]:
    """What is cited with its lead lines, then its heading and the title of its document, folded."""
    document = citation.document
    units = document.units_in(citation.start, citation.end)
    leads = [document.text[one.start : one.end] for unit in units for one in unit.leads]
    section = document.section_at(citation.start)
    quote = document.text[citation.start : citation.end]
    heading = section.heading or "" if section else ""
    return [fold(" ".join([quote, *leads])), fold(heading), fold(document.title)]


def _named(text: str, things: Sequence[Names]) -> frozenset[int]:
    return frozenset(number for number, has in enumerate(things) if has(text))
