"""What a yes-no question asks about, as a statement, and what in it may be wrong: 报名费是200元 of 报名费是200元吗."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.composer.amounts import (
    CLOCK,
    RULES,
    Value,
    bound_of,
    is_article,
    plain,
    stated_values,
    unit_of,
)
from bot.composer.verdict import denies, is_denied
from bot.question.analysis import Question
from corpus.language.cedict import is_name
from corpus.language.text import fold, is_person, is_place

_TAIL = re.compile(RULES["tail"])
_SAID = re.compile(RULES["lead"])
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
    """What a statement says that may be wrong: a value, or else a name, and how it is `written`.

    `asking` is the statement as a question for it.
    """

    value: Value | None
    written: str
    asking: str


def stated(question: Question) -> Statement:
    """The statement that a yes-no question asks about."""
    text = fold(question.asked).strip()
    if question.language == "en":
        return Statement(_LEAD.sub("", text).rstrip("?. "), True)
    for asked, said in _ABOUT:
        text = asked.sub(said, text)
    text = _SAID.sub("", _TAIL.sub("", text)) or text
    whole = text
    for asked, said in _WHETHER:
        whole = asked.sub(said, whole)
    return Statement(whole, whole == text)


def slot_of(statement: Statement, question: Question) -> Slot | None:
    """What may be wrong in a statement: the last of its values, or else the name it ends with."""
    text = statement.text
    if not statement.is_about:
        return None
    found = [value for value in stated_values(text) if _is_asked_about(value, text)]
    if found:
        # 不满4岁要坐, 是4岁这条线吗: the bound is said once.
        alike = [value for value in found if value[:4] == found[-1][:4]]
        value = next((one for one in alike if bound_of(one, plain(text))), alike[-1])
        if question.language == "zh" and is_denied(value, plain(text)):
            return None
        written = text[value.start : value.end]
        return Slot(value, written, _asking(value, text, question.language))
    named = _NAMED.search(text)
    name = _name_at(named["rest"]) if named else ""
    if not named or not name or denies(text):
        return None
    kind = _class_of(name)
    blank = "哪里" if is_place(name) and not kind else f"什么{kind}"
    start = named.start("rest")
    return Slot(None, name, text[:start] + blank + text[start + len(name) :])


def _is_asked_about(value: Value, text: str) -> bool:
    """Whether a value is asked about: any number, and a year only where it is said to be so.

    2025年又缺学位了 asks about what was in that year, and 那63万还上了 about what is known.
    """
    if text[value.start - 1 : value.start] in _JOINS or text[value.end : value.end + 1] in _JOINS:
        return False
    if _KNOWN.search(text[: value.start]):
        return False
    if value.number is not None:
        return not is_article(value, text)
    year_alone = value.date is not None and value.date[1] is None
    return not year_alone or bool(_IS.search(text[: value.start]))


def _asking(value: Value, text: str, language: str) -> str:
    if language == "en":
        return f"how many {text[: value.start]}{text[value.end :]}"
    if value.number is not None:
        unit = unit_of(value, text)
        blank = {"%": "百分之多少", CLOCK: "几点"}.get(value.unit, f"多少{unit}")
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
