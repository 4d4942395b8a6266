"""Whether a sentence agrees with a value that a yes-no question states: 报名费是200元吗.

A bound is held against a bound of the same direction, a range against a range. The regular
expressions are in `bot/question/rules/yes_no.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from bot.composer.amounts import (
    CLOCK,
    OWN_UNITS,
    RULES,
    Bound,
    Value,
    are_comparable,
    bound_of,
    is_article,
    is_rough,
    is_within,
    stated_values,
    values,
)
from bot.reader.candidates import coverage

_WORDS = RULES["words"]
_CONSENT = RULES["consent"]
_ALLOWS = re.compile(_WORDS["allows"])
# 同意, not that of 暂不同意
_CONSENTS = re.compile(rf"(?<![不没未有])(?:{_CONSENT['verbs']})")
# 暂不〔同意〕调到, 〔否决〕了
_REFUSES = re.compile(rf"(?:{_CONSENT['denied']})(?:{_CONSENT['verbs']})|{_CONSENT['refuses']}")
_BOUNDS_DENIED = re.compile(_WORDS["bounds_denied"])
_DENIES = re.compile(_WORDS["denies"])
_CLASS = re.compile(f"({RULES['name']['classes']})$")
# 同年 is the year of the sentence before
_OTHER_YEAR = re.compile("[同次翌当]年")
# Not at the : of 8:30
_CLAUSE = re.compile(r"(?:[^,，;；。！!？?:]|(?<=\d):(?=\d))+")
_PART = re.compile(r"[^;；。！!？?]+")

# 超过〔2685万〕, 已突破〔86.63万〕, 逾〔50万〕; not 不超过
_TELLS_HOW_MUCH = re.compile(_WORDS["tells_how_much"])

NEAR = Decimal("0.2")
"""Share by which a value must differ from one that is only about right: 近50万."""

FAR = 8
"""Times by which a value that is misremembered differs at most."""

DENIED_BEFORE, DENIED_AFTER = 8, 2
"""Characters before and behind a value in which it is denied."""


def agrees(stated: Value, statement: str, sentence: str, terms: Mapping[str, float]) -> bool | None:
    """Whether a plain sentence has the value `stated` in a plain statement; None where it is not sure.

    `terms` are the words of the statement with their weights. Of several values in the sentence that
    one counts which stands beside the other values of the statement, or has a bound of its direction,
    or stands in the clause that has most of the words.
    """
    comparable = comparable_values(stated, sentence)
    if not comparable or (stated.date is not None and _OTHER_YEAR.search(sentence)):
        return None
    meant = _meant(stated, statement, comparable, sentence, terms)
    judged = {_judged(stated, statement, value, sentence) for value in meant}
    if judged == {True}:
        return True
    is_there = any(_equals(stated, value) for value in comparable)
    is_far = all(_is_far(stated, value) for value in meant)
    if judged != {False} or is_there or is_far or _is_sum(stated, comparable):
        return None
    return False


def consents(statement: str) -> str:
    """The verb by which a folded statement says that something is agreed to: 同意; empty without one."""
    found = _CONSENTS.search(statement)
    return found.group() if found else ""


def refuses(stated: Value, sentence: str) -> bool:
    """Whether a plain sentence says that the value `stated` is not agreed to: 暂不同意调到3元."""
    same = [value for value in comparable_values(stated, sentence) if _equals(stated, value)]
    return any(_is_refused(value, sentence) for value in same)


def _is_refused(value: Value, text: str) -> bool:
    clause = _around(value, text, _CLAUSE)
    before = clause[: max(0, value.start - text.find(clause))]
    return bool(_REFUSES.search(before))


def comparable_values(stated: Value, sentence: str) -> list[Value]:
    """The values of a plain sentence that the stated one may be held against."""
    return [
        value
        for value in values(sentence)
        if are_comparable(stated, value) and not is_article(value, sentence)
    ]


def _equals(stated: Value, value: Value) -> bool:
    """Whether a value is, or one of the ends of a range is, the one stated."""
    if stated.date is not None and value.date is not None:
        pairs = zip(stated.date, value.date, strict=True)
        return all(own is None or own == other for own, other in pairs)
    if stated.number is None or stated.to is not None:
        return (stated.number, stated.to) == (value.number, value.to)
    return stated.number in (value.number, value.to)


def _meant(
    stated: Value,
    statement: str,
    comparable: Sequence[Value],
    sentence: str,
    terms: Mapping[str, float],
) -> list[Value]:
    """Those of the values that the words of the statement lead to."""
    others = [value for value in stated_values(statement) if value[:4] != stated[:4]]

    def is_another(value: Value) -> bool:
        return any(_is_same(other, statement, value, sentence) for other in others)

    def beside(value: Value) -> float:
        part = _around(value, sentence, _PART)
        held = values(part)
        return sum(_is_in(other, statement, held, part) for other in others)

    bound = bound_of(stated, statement)

    def is_bound_alike(value: Value) -> float:
        return bound is not None and (value.to is not None or bound_of(value, sentence) == bound)

    def worded(value: Value) -> float:
        return coverage(terms, _around(value, sentence, _CLAUSE))

    kept = [value for value in comparable if not is_another(value)] or list(comparable)
    for measure in (beside, is_bound_alike, worded):
        kept = _highest(kept, measure)
    return kept


def _highest(kept: Sequence[Value], measure: Callable[[Value], float]) -> list[Value]:
    most = max(map(measure, kept))
    return [value for value in kept if measure(value) == most]


def _is_same(one: Value, text: str, other: Value, sentence: str) -> bool:
    """Whether two values are the same, and bounds of one direction where both are bounds."""
    if not are_comparable(one, other) or not _equals(one, other):
        return False
    bounds = {bound_of(one, text), bound_of(other, sentence)} - {None}
    return len(bounds) < 2


def _is_in(one: Value, text: str, held: Iterable[Value], part: str) -> bool:
    """Whether one of the values of a part of a sentence is the same."""
    return any(_is_same(one, text, value, part) for value in held)


def _around(value: Value, sentence: str, pieces: re.Pattern[str]) -> str:
    """The piece of a sentence that holds a value."""
    for found in pieces.finditer(sentence):
        if found.start() <= value.start < found.end():
            return found.group()
    return sentence


def _is_far(stated: Value, value: Value) -> bool:
    """Whether a value is so much larger or smaller that it is likelier one of something else."""
    if stated.number is None or value.number is None:
        return False
    low, high = sorted((stated.number, value.to or value.number))
    return high > FAR * low


def _is_sum(stated: Value, comparable: Sequence[Value]) -> bool:
    """Whether some of the values together make the one stated: 3人 and 2人 are 5人."""
    if stated.number is None:
        return False
    parts = [value.number for value in comparable[:8] if value.number is not None]
    sizes = range(2, len(parts) + 1)
    return any(sum(some) == stated.number for n in sizes for some in combinations(parts, n))


def _judged(stated: Value, statement: str, value: Value, sentence: str) -> bool | None:
    """Whether a value is the one stated; None where neither is sure."""
    if is_denied(value, sentence):
        return None
    own, bound = bound_of(stated, statement), bound_of(value, sentence)
    if stated.number is None or value.number is None:
        is_limit = own is None and is_within(value, sentence)
        return _equals(stated, value) if own == bound or is_limit else None
    if stated.to is not None or value.to is not None:
        return _judged_range(stated, own, value)
    asked, said = stated.number, value.number
    if is_rough(value, sentence) or is_rough(stated, statement):
        if asked == said:
            return True if is_rough(value, sentence) == is_rough(stated, statement) else None
        return False if abs(asked - said) > NEAR * said else None
    if own is not None:
        return _judged_bound(stated.number, own, value, sentence)
    is_allowed = bool(_ALLOWS.search(statement[: stated.start])) and stated.unit not in OWN_UNITS
    if bound is None:
        # Who may borrow ten books may borrow eight.
        return None if is_allowed and asked < said else asked == said
    if bound == "most" and is_allowed and asked <= said:
        return True
    if asked != said:
        return False if (asked < said) == (bound == "least") else None
    return True if is_within(value, sentence) else None


def _judged_bound(asked: Decimal, own: Bound, value: Value, sentence: str) -> bool | None:
    """Whether a value lies beyond a bound that is asked about: 超过2000万 of 2500万, 超过2685万, 不低于18度.

    不低于18度 is a rule: another bound is another rule. 超过2685万 tells how much there is.
    """
    bound, said = bound_of(value, sentence), value.number
    if said is None:
        return None
    is_beyond = said > asked if own == "least" else said < asked
    if bound == own:
        if asked == said:
            return True
        if not _TELLS_HOW_MUCH.search(sentence[: value.start]):
            return False
        return True if is_beyond else None
    if bound is None:
        return None if asked == said else is_beyond
    return None if is_beyond or asked == said else False


def _judged_range(stated: Value, own: str | None, value: Value) -> bool | None:
    """The same where one of the two is a range: a bound is held against its end of that."""
    if stated.number is None or value.number is None or value.to is None:
        return None
    if stated.to is not None:
        return (stated.number, stated.to) == (value.number, value.to)
    if own is not None and stated.unit == CLOCK:
        is_outside = stated.number >= value.to if own == "least" else stated.number <= value.number
        return False if is_outside else None
    if own is not None:
        return stated.number == (value.to if own == "most" else value.number)
    is_inside = value.number <= stated.number <= value.to
    return None if is_inside or value.number > value.to else False


def is_denied(value: Value, text: str) -> bool:
    """Whether a text denies a value in its clause: 报名费不是200元, 暂不同意把报名费提到200元.

    Not where what denies stands far from it, 不戴头盔骑电动车罚款五十元, or only describes a noun, 没人陪的老人每两天.
    """
    if _is_refused(value, text):
        return True
    clause = _around(value, text, _CLAUSE)
    start = value.start - text.find(clause)
    before = clause[max(0, start - DENIED_BEFORE) : start]
    after = clause[start : start + value.end - value.start + DENIED_AFTER]
    return denies(before[before.rfind("的") + 1 :] + after)


def denies(folded: str) -> bool:
    """Whether a folded text has a word that denies: 不, 未, 没有; 不低于 has none."""
    return bool(_DENIES.search(_BOUNDS_DENIED.sub("", folded)))


def agrees_on_name(stated: str, sentence: str, others: Iterable[str]) -> bool | None:
    """Whether a folded sentence has the folded name `stated`, or another of its class.

    `others` are the names of places in the sentence that the question does not have. None where it
    is not sure.
    """
    if denies(sentence):
        return None
    rivals = _rivals(stated, sentence) if _CLASS.search(stated) else list(others)
    if stated in sentence:
        return None if rivals else True
    return False if rivals else None


def _rivals(stated: str, sentence: str) -> list[str]:
    """What stands before the class of `stated` elsewhere in the sentence: 阿提哈德 of 阿提哈德航空."""
    found = _CLASS.search(stated)
    if not found:
        return []
    head = stated[: found.start()]
    befores = re.findall(rf"([\u4e00-\u9fff]{{2,6}}){found[1]}", sentence)
    return [b for b in befores if head and not _abbreviates(head, b) and not b.endswith(head)]


def _abbreviates(short: str, whole: str) -> bool:
    """Whether the characters of `short` stand in `whole` in their order: 城管 in 城市管理."""
    rest = iter(whole)
    return all(char in rest for char in short)
