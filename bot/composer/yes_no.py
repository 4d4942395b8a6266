"""Answers a yes-no question: the sentence that settles it, and 是 or 不是 where a stated value shows it.

The value (a number with its unit, a date, a name) is taken out of the question, and what is left is
read as a question for it: 报名费是200元吗 as 报名费是多少元. The regular expressions are in
`bot/question/rules/yes_no.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from bot.answer import Citation
from bot.composer.composition import Composition, Line
from bot.composer.sources import Material
from bot.composer.verdict import (
    RULES,
    Value,
    agrees,
    agrees_on_name,
    denies,
    plain,
    stated_values,
    unit_of,
)
from bot.i18n import Pair, pick
from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.reader.candidates import Sentence, coverage, place_names
from bot.reader.extractive import NOTHING, Reading
from bot.reader.tables import CONFIDENCE
from corpus.language.cedict import is_name
from corpus.language.text import fold, is_person, is_place

YES: Pair = ("是。", "Yes. ")
NO: Pair = ("不是。", "No. ")
SAYS: Pair = ("原文是这样说的：", "The text says: ")

SURE = 0.1
"""Confidence from which a sentence settles a question."""

SPOKEN_OF = 0.5
"""Share of the other words of the question that a sentence must have to settle it."""

VALUES_TRIED = 2
"""Most values of a question that are taken out, the last first: each is read anew."""

_TAIL = re.compile(RULES["tail"])
_ABOUT = [(re.compile(asked), said) for asked, said in RULES["middle"]["about"]]
_WHETHER = [(re.compile(asked), said) for asked, said in RULES["middle"]["whether"]]
_LEAD = re.compile(RULES["english"]["lead"])
# What may begin with a name, up to the end of a statement: 由〔民政局负责的〕
_NAMED = re.compile(rf"{RULES['name']['before']}(?P<rest>[\u4e00-\u9fff·]{{2,14}})$")
LONGEST_VERB = 6
"""Characters that may stand behind the name at the end of a statement: 由民政局〔负责的〕."""

_CLASS = re.compile(rf"(?:{RULES['name']['classes']})$")
# 那〔63万〕
_KNOWN = re.compile("[那这](?:个|笔|些)?$")
# 1+6, 2016—2025年
_JOINS = frozenset("+-—–~～至")
# 是〔2017年〕
_IS = re.compile(r"(?:是|在|于|从|自)(?:今年|当年)?$")


class Statement(NamedTuple):
    """What a question asks about as a statement, plain, and whether it asks of that as it is said
    (是不是, 吗), not whether something is done at all (有没有).
    """

    text: str
    is_about: bool


class Slot(NamedTuple):
    """What a statement says that may be wrong: a value, or else a name; `asking` is the statement
    as a question for it.
    """

    value: Value | None
    name: str
    asking: str


def settle(material: Material) -> Composition | None:
    """The sentence that settles a yes-no question, and what it makes of it; None where none does."""
    question = material.question
    statement = stated(question)
    tried = []
    for slot in _slots(statement, question):
        reading = _read(material, slot)
        if not _is_settled(slot, reading, material):
            continue
        verdict = _verdict(statement, slot, reading, material)
        if verdict is not None:
            opening = pick(YES if verdict else NO, question.language)
            return _composition(opening, reading.citations[:1], reading.confidence)
        tried.append(reading)
    reading = next((one for one in (_as_asked(material), *tried) if one.citations), NOTHING)
    if not reading.citations:
        return None
    opening = pick(SAYS, question.language)
    return _composition(opening, reading.citations, reading.confidence)


def stated(question: Question) -> Statement:
    """The statement that a yes-no question asks about."""
    text = fold(question.asked).strip()
    if question.language == "en":
        return Statement(_LEAD.sub("", text).rstrip("?. "), True)
    for asked, said in _ABOUT:
        text = asked.sub(said, text)
    text = _TAIL.sub("", text) or text
    whole = text
    for asked, said in _WHETHER:
        whole = asked.sub(said, whole)
    return Statement(whole, whole == text)


def _slots(statement: Statement, question: Question) -> Iterator[Slot]:
    """What may be wrong in a statement, the likeliest first; nothing where it denies."""
    text = statement.text
    if not statement.is_about or (question.language == "zh" and denies(text)):
        return
    found = [value for value in reversed(stated_values(text)) if _is_asked_about(value, text)]
    for value in found[:VALUES_TRIED]:
        yield Slot(value, "", _asking(value, text, question.language))
    named = _NAMED.search(text)
    name = _name_at(named["rest"]) if named else ""
    if named and name:
        kind = _class_of(name)
        blank = "哪里" if is_place(name) and not kind else f"什么{kind}"
        start = named.start("rest")
        yield Slot(None, name, text[:start] + blank + text[start + len(name) :])


def _is_asked_about(value: Value, text: str) -> bool:
    """Whether a value is asked about: any number, and a year only where it is said to be so.

    2025年又缺学位了 asks about what was in that year, and 那63万还上了 about what is known.
    """
    if text[value.start - 1 : value.start] in _JOINS or text[value.end : value.end + 1] in _JOINS:
        return False
    if _KNOWN.search(text[: value.start]):
        return False
    if value.number is not None:
        return value.number.value != 1 or text[value.start] != "一"
    year_alone = value.date is not None and value.date[1] is None
    return not year_alone or bool(_IS.search(text[: value.start]))


def _asking(value: Value, text: str, language: str) -> str:
    if language == "en":
        return f"how many {text[: value.start]}{text[value.end :]}"
    if value.number is not None:
        unit = unit_of(value, text)
        blank = "百分之多少" if value.number.unit == "%" else f"多少{unit}"
    else:
        year_alone = value.date is not None and value.date[1] is None
        blank = "哪年" if year_alone else "什么时候"
    return text[: value.start] + blank + text[value.end :]


def _name_at(rest: str) -> str:
    """The longest name with which `rest` begins and, but for a verb, ends; empty without one."""
    for size in range(len(rest), max(1, len(rest) - LONGEST_VERB - 1), -1):
        if _is_proper(rest[:size]):
            return rest[:size]
    return ""


def _is_proper(name: str) -> bool:
    """Whether a word is a name: of a place, a person, a body."""
    return is_place(name) or is_name(name) or is_person(name) or bool(_CLASS.search(name))


def _class_of(name: str) -> str:
    found = _CLASS.search(name)
    return found.group() if found else ""


def _read(material: Material, slot: Slot) -> Reading:
    """What the documents say for the question that `slot` leaves."""
    sources = material.sources
    asking = sources.understand(slot.asking)
    language = material.question.language
    question = replace(asking, language=language)
    scope = _without_value(material.scope, slot, material)
    return sources.reader.read(question, material.hits, material.scores, scope)


def _without_value(scope: Scope, slot: Slot, material: Material) -> Scope:
    """`scope` with what is asked of each of its documents as `slot` asks it."""
    aims = []
    for aim in scope.aims:
        own = Statement(stated(replace(aim.question, asked=aim.question.whole)).text, True)
        asked = [one for one in _slots(own, aim.question) if one.value is None or slot.value]
        same = next((one for one in asked if _same(one, slot)), None)
        if same is None:
            aims.append(aim)
        else:
            question = material.sources.understand(same.asking)
            aims.append(aim._replace(question=question))
    return replace(scope, aims=tuple(aims))


def _same(one: Slot, other: Slot) -> bool:
    if one.value is None or other.value is None:
        return one.value is other.value and one.name == other.name
    return (one.value.number and one.value.number[:2], one.value.date) == (
        other.value.number and other.value.number[:2],
        other.value.date,
    )


def _is_settled(slot: Slot, reading: Reading, material: Material) -> bool:
    """Whether the best sentence of a reading speaks of what is left of the question without `slot`."""
    if not reading.citations or reading.confidence < SURE:
        return False
    cited = reading.citations[0]
    sentence = _sentence(cited, material)
    asking = material.sources.understand(slot.asking)
    around = sentence.around if sentence else ""
    known = fold("\n".join((cited.quote, around, cited.document.title)))
    return coverage(asking.terms, known, asking.alike) >= SPOKEN_OF


def _verdict(statement: Statement, slot: Slot, reading: Reading, material: Material) -> bool | None:
    """Whether the best sentence of a reading agrees with what is stated; None where it is not sure.

    Of the row of a table that cell alone says so which a rule has found.
    """
    cited = reading.citations[0]
    units = cited.document.units_in(cited.start, cited.end)
    if any(unit.kind == "row" for unit in units) and reading.confidence < CONFIDENCE:
        return None
    asking = material.sources.understand(slot.asking)
    if slot.value is not None:
        said, short = plain(cited.quote), reading.short_answer
        return agrees(slot.value, plain(statement.text), said, asking.terms, short)
    sentence = _sentence(cited, material)
    places = sentence.places if sentence else frozenset[str]()
    others = places - place_names(asking.terms) - place_names([slot.name])
    return agrees_on_name(slot.name, fold(cited.quote), others)


def _sentence(cited: Citation, material: Material) -> Sentence | None:
    for candidate in material.candidates:
        span = candidate.sentence.span
        if span.document is cited.document and span.start <= cited.start < span.end:
            return candidate.sentence
    return None


def _as_asked(material: Material) -> Reading:
    read = material.sources.reader.read
    return read(material.question, material.hits, material.scores, material.scope)


def _composition(opening: str, citations: tuple[Citation, ...], confidence: float) -> Composition:
    return Composition("yes_no", (Line("", citations),), confidence, opening)
