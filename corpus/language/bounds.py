"""What a text says of an amount without stating it: 半小时以内 says of 二十分钟 that it is within.

A text that is searched is folded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import NamedTuple

from corpus.language.quantities import Quantity, quantities

Compare = Callable[[Decimal, Decimal], bool]

# Longest first: 不超过 is not 超过
BEFORE: tuple[tuple[re.Pattern[str], Compare], ...] = (
    (re.compile(r"[低少小]于或者?等于$"), le),
    (re.compile(r"[高多大]于或者?等于$"), ge),
    (re.compile(r"(?:不超过|不高于|不多于|不大于|至多|最多|顶多)$"), le),
    (re.compile(r"(?:不低于|不少于|不小于|不短于|至少|最少|起码)$"), ge),
    (re.compile(r"(?:超过|超出|高于|多于|大于|高过|长于|[晚迟]于)$"), gt),
    (re.compile(r"(?:低于|少于|小于|不到|不足|不满|短于|早于)$"), lt),
)
BEHIND: tuple[tuple[re.Pattern[str], Compare], ...] = (
    (re.compile(r"(?:及以上|以上|及?以外|起)"), ge),
    (re.compile(r"(?:及以下|以下|以内|之内|内(?!容))"), le),
)
# 满 of 年满28周岁, which says the same of a text as 28周岁以上
_FULL = re.compile(r"(?<![不未])满$")
# 3至5元
TO = re.compile(r"[到至~—–-]+")

# 2025年12月31日以后, 2019年6月以前
_YEAR_LIMIT = re.compile(
    r"(?<!\d)(?P<year>\d{4})年(?:\d{1,2}月)?(?:\d{1,2}日)?[以之](?:(?P<after>后)|(?P<before>前))"
)
# What ends a clause: 满65周岁的；不满14周岁的
_ENDS = re.compile("[。;；,，:：!！?？\n]")
_BETWEEN = 8
"""Characters between the two sides of a limit, at most: 以上（含四层）不满."""


# 14度都不到, 过了十天
_SHORT_OF = re.compile(r"[的都也还]*(?:不到|不足|不满|不够)")
_PAST = re.compile(r"过了?这?$")
_NUDGE = Decimal("0.000001")
"""The share of an amount by which what lies beyond it lies beyond it."""


class Bound(NamedTuple):
    """What `quantity` bounds: an amount that compares with it so."""

    compare: Compare
    quantity: Quantity

    def holds(self, amount: Quantity) -> bool:
        """Whether an amount of the same unit is within."""
        value, unit = amount.base
        limit, of_limit = self.quantity.base
        is_same = bool(unit) and unit == of_limit
        return is_same and not amount.is_year and self.compare(value, limit)


def asked_amounts(folded: str) -> list[tuple[Quantity, int, int]]:
    """The amounts that a question asks about, each with the characters that say so.

    Of 不到14度 or 60岁以上 it is one just beyond the limit.
    """
    found = []
    for amount in quantities(folded):
        start, end, compare = _compared(folded, amount)
        value = amount.value
        if compare is not None:
            value *= 1 + _NUDGE if compare in (ge, gt) else 1 - _NUDGE
        found.append((amount._replace(value=value), start, end))
    return found


def _compared(folded: str, amount: Quantity) -> tuple[int, int, Compare | None]:
    """Where an amount stands with what compares with it, and how."""
    before, behind = folded[: amount.start], folded[amount.end :]
    for pattern, compare in (*BEFORE, (_PAST, gt)):
        if word := pattern.search(before):
            return word.start(), amount.end, compare
    for pattern, compare in (*BEHIND, (_SHORT_OF, lt)):
        if word := pattern.match(behind):
            return amount.start, amount.end + word.end(), compare
    return amount.start, amount.end, None


def lacks_amount(wanted: Iterable[Quantity], folded: str) -> bool:
    """Whether a text neither has one of the `wanted` amounts nor says of any that are like it."""
    held = quantities(folded)
    missing = [one for one in wanted if not any(map(one.equals, held))]
    if not missing:
        return False
    limits = limits_in(folded, held)
    return any(not any(_is_within(one, limit) for limit in limits) for one in missing)


def lacks_year(wanted: Iterable[str], folded: str) -> bool:
    """Whether a text does not say of one of the `wanted` years: 2026 where it has 2025年以后."""
    limits = list(_YEAR_LIMIT.finditer(folded))
    return any(not any(_is_on_side(year, limit) for limit in limits) for year in wanted)


def _is_on_side(year: str, limit: re.Match[str]) -> bool:
    return year > limit["year"] if limit["after"] else year < limit["year"]


def _is_within(amount: Quantity, limit: Sequence[Bound]) -> bool:
    return all(bound.holds(amount) for bound in limit)


def limits_in(folded: str, held: Sequence[Quantity]) -> list[tuple[Bound, ...]]:
    """The limits that the amounts `held` of a text are.

    14至16度, and 50岁以上不满60岁, are one of two bounds.
    """
    found: list[tuple[Bound, ...]] = []
    for number, amount in enumerate(held):
        before = held[number - 1] if number else None
        if before is not None and TO.fullmatch(folded[before.end : amount.start]):
            least = before._replace(unit=before.unit or amount.unit)
            found.append((Bound(ge, least), Bound(le, amount)))
            continue
        bound = _bound(folded, amount)
        if bound is None:
            continue
        if found and _closes(folded, found[-1], bound):
            bound_before = found.pop()[0]
            found.append((bound_before, bound))
        else:
            found.append((bound,))
    return found


def _bound(folded: str, amount: Quantity) -> Bound | None:
    before, behind = folded[: amount.start], folded[amount.end :]
    for pattern, compare in BEFORE:
        if pattern.search(before):
            return Bound(compare, amount)
    for pattern, compare in BEHIND:
        if pattern.match(behind):
            return Bound(compare, amount)
    return Bound(ge, amount) if _FULL.search(before) else None


def _closes(folded: str, limit: Sequence[Bound], upper: Bound) -> bool:
    """Whether a bound is the other side of a limit right before it: 18周岁以上、40周岁以下."""
    lower = limit[-1]
    is_pair = lower.compare in (ge, gt) and upper.compare in (le, lt)
    is_same = lower.quantity.base[1] == upper.quantity.base[1]
    between = folded[lower.quantity.end : upper.quantity.start]
    is_near = len(between) <= _BETWEEN and not _ENDS.search(between)
    return len(limit) == 1 and is_pair and is_same and is_near
