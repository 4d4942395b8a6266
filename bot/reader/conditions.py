"""What a question says of the columns of a table, which only some of its rows have.

免费 is a value of one column, 超过3元 a comparison with its amounts, 最晚 the extreme of its times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import NamedTuple

from bot.reader.columns import Column, amounts, stem, times, unit_of, values
from corpus.document import Span
from corpus.language.quantities import Quantity, quantities

_Compare = Callable[[Decimal, Decimal], bool]

# Longest first: 不超过 is not 超过
_BEFORE: tuple[tuple[re.Pattern[str], _Compare], ...] = (
    (re.compile(r"(?:不超过|不高于|不多于|不大于|至多|最多|顶多)$"), le),
    (re.compile(r"(?:不低于|不少于|不小于|不短于|至少|最少|起码)$"), ge),
    (re.compile(r"(?:超过|超出|高于|多于|大于|高过|长于|晚于)$"), gt),
    (re.compile(r"(?:低于|少于|小于|不到|不足|不满|短于)$"), lt),
)
_BEHIND: tuple[tuple[re.Pattern[str], _Compare], ...] = (
    (re.compile(r"(?:及以上|以上|及?以外|起)"), ge),
    (re.compile(r"(?:及以下|以下|以内|之内)"), le),
)
# 票价在3元以上
_BETWEEN = re.compile(r"(?:在|为|是|有|约|大约)$")

# What asks for an extreme, whether for the largest, and of what
_EXTREMES = (
    (re.compile(r"最[晚迟]"), True, "time"),
    (re.compile(r"最早"), False, "time"),
    (re.compile(r"最贵"), True, "money"),
    (re.compile(r"最便宜|最实惠"), False, "money"),
    (re.compile(r"最[多大高长]"), True, "amount"),
    (re.compile(r"最[少小低短]"), False, "amount"),
)
_DIGITS = re.compile(r"\d+")


class Condition(NamedTuple):
    """What a question says of a column in asked[start:end], and the numbers of the rows that have it."""

    column: int
    rows: frozenset[int]
    start: int
    end: int


def compared(asked: str, columns: Sequence[Column], taken: Sequence[Span]) -> list[Condition]:
    """The comparisons of a question, outside of `taken`, with amounts of a column that it names, or whose
    unit it has.
    """
    found = []
    for quantity in quantities(asked):
        if _is_taken(Span(quantity.start, quantity.end), taken):
            continue
        before, behind = asked[: quantity.start], asked[quantity.end :]
        how, span = _comparison(_BETWEEN.sub("", before), before, behind, quantity)
        column = _column_of(quantity, asked, columns, is_sure=how is not None)
        if column is None:
            continue
        read = amounts(column) or ()
        compare, value = how or eq, quantity.value / _scale(column, quantity)
        rows = [n for n, one in enumerate(read) if one is not None and compare(one, value)]
        found.append(Condition(column.number, frozenset(rows), *span))
    return found


def _comparison(
    bare: str, before: str, behind: str, quantity: Quantity
) -> tuple[_Compare | None, Span]:
    """How a question compares with a quantity, None where it is the same, and where it says so."""
    for pattern, compare in _BEFORE:
        word = pattern.search(before) or pattern.search(bare)
        if word:
            return compare, Span(word.start(), quantity.end)
    for pattern, compare in _BEHIND:
        word = pattern.match(behind)
        if word:
            return compare, Span(quantity.start, quantity.end + word.end())
    return None, Span(quantity.start, quantity.end)


def _column_of(
    quantity: Quantity, asked: str, columns: Sequence[Column], is_sure: bool
) -> Column | None:
    """The column of amounts that a quantity is held against: that named, or the only one of its unit."""
    fits = []
    for column in columns:
        unit = unit_of(column)
        is_other = unit is not None and quantity.unit and unit.unit != quantity.unit
        if amounts(column) is not None and not is_other:
            fits.append(column)
    named = best_named(fits, asked)
    if named is not None and (is_sure or quantity.unit):
        return named
    same = [column for column in fits if (unit := unit_of(column)) and unit.unit == quantity.unit]
    return same[0] if len(same) == 1 and quantity.unit else None


def _scale(column: Column, quantity: Quantity) -> Decimal:
    """How many of the unit of a quantity one of the column is: 10000 where that counts 万吨."""
    return column.unit.value if column.unit is not None and quantity.unit else Decimal(1)


def valued(
    asked: str, columns: Sequence[Column], taken: Iterable[Span], names: Sequence[Span]
) -> list[Condition]:
    """The values of columns that a question has outside of `taken`, the longest first.

    A value of several columns is of the one that the question names, or else of none; a part of one of
    the `names` of columns, as 免费 of 免费时长, is none.
    """
    places: dict[Span, dict[int, Column]] = {}
    for column in columns:
        for value in set().union(*map(values, column.cells)):
            for span in _stands(value, column, asked):
                places.setdefault(span, {})[column.number] = column
    numbers = [Span(one.start, one.end) for one in quantities(asked)]
    used = list(taken)
    found = []
    for span in sorted(places, key=lambda one: (one.start - one.end, one.start)):
        chosen = _only(list(places[span].values()), asked)
        # 20 is no part of 20元.
        is_part = _is_taken(span, [one for one in numbers if not _is_within(one, span)])
        is_part = is_part or any(_is_within(span, name) for name in names)
        if chosen is None or is_part or _is_taken(span, used):
            continue
        used.append(span)
        value = asked[slice(*span)]
        rows = [number for number, cell in enumerate(chosen.cells) if value in values(cell)]
        found.append(Condition(chosen.number, frozenset(rows), *span))
    return found


def _only(columns: Sequence[Column], asked: str) -> Column | None:
    return columns[0] if len(columns) == 1 else best_named(columns, asked)


def mentioned(
    terms: Iterable[str], asked: str, columns: Sequence[Column], taken: Iterable[Span]
) -> list[Condition]:
    """The words of a question outside of `taken` that stand in cells of one column, and in no other."""
    used = list(taken)
    found = []
    for term in terms:
        start = asked.find(term)
        span = Span(start, start + len(term))
        holding = [column for column in columns if any(term in cell for cell in column.cells)]
        if len(term) < 2 or start < 0 or len(holding) != 1 or _is_taken(span, used):
            continue
        rows = [n for n, cell in enumerate(holding[0].cells) if term in cell]
        found.append(Condition(holding[0].number, frozenset(rows), *span))
    return found


def _is_taken(span: Span, taken: Iterable[Span]) -> bool:
    return any(one.start < span.end and span.start < one.end for one in taken)


def _is_within(span: Span, other: Span) -> bool:
    return other.start <= span.start and span.end <= other.end


def _stands(value: str, column: Column, asked: str) -> list[Span]:
    """Where a question has a value: 4元 not in 14元; one of a character beside the name: 有校车."""
    if len(value) > 1:
        if value not in asked:
            return []
        pattern = (
            rf"(?<![\d.]){re.escape(value)}(?![\d.])" if value[0].isdigit() else re.escape(value)
        )
        return [Span(*found.span()) for found in re.finditer(pattern, asked)]
    if value.isdigit():
        return []
    found = []
    for name in column.names:
        before, behind = asked.find(value + name), asked.find(name + value)
        found += [Span(before, before + 1)] if before >= 0 else []
        found += [Span(behind + len(name), behind + len(name) + 1)] if behind >= 0 else []
    return found


def extreme(asked: str, columns: Sequence[Column], key: int) -> Condition | None:
    """The rows with the largest or the smallest of a column, not that numbered `key`: 末班最晚, 票价最贵.

    None where no extreme is asked for, or not surely of one column that holds amounts or times alone.
    """
    for pattern, is_largest, kind in _EXTREMES:
        word = pattern.search(asked)
        if word is None:
            continue
        read = {column.number: _read(kind, columns, column) for column in columns}
        fits = [column for column in columns if read[column.number] and column.number != key]
        chosen = best_named(fits, asked) if kind == "amount" else _only(fits, asked)
        if chosen is None:
            return None
        told = read[chosen.number] or ()
        most = (max if is_largest else min)(one for one in told if one is not None)
        rows = frozenset(n for n, one in enumerate(told) if one == most)
        return Condition(chosen.number, rows, *word.span())
    return None


def _read(kind: str, columns: Sequence[Column], column: Column) -> Sequence[Decimal | None] | None:
    """The amounts, amounts of money, or times of a column; None where it holds others."""
    if kind == "time":
        minutes = times(columns, column.number)
        return [Decimal(one) for one in minutes] if minutes is not None else None
    if kind == "money" and not column.is_of_money:
        return None
    return amounts(column)


def best_named(columns: Iterable[Column], asked: str) -> Column | None:
    """The column that a question names best; None where it names none of them, or two as well."""
    scores = {column.number: (_named(column, asked), column) for column in columns}
    order = sorted(scores.values(), key=lambda one: one[0], reverse=True)
    if not order or order[0][0] == (0, 0.0):
        return None
    if len(order) > 1 and order[0][0] == order[1][0]:
        return None
    return order[0][1]


def _named(column: Column, asked: str) -> tuple[int, float]:
    """The characters of the longest part of its names that a question has, and its share of the name.

    A number stands there whole: 2020 is not 20200.
    """
    return max((_shared(stem(name), asked) for name in column.names), default=(0, 0.0))


def _shared(name: str, asked: str) -> tuple[int, float]:
    digits = _DIGITS.findall(name)
    if not set(digits) <= set(_DIGITS.findall(asked)):
        return 0, 0.0
    for size in range(len(name), 1, -1):
        parts = (name[at : at + size] for at in range(len(name) - size + 1))
        if any(part in asked for part in parts):
            return size, size / len(name)
    return (1, 1.0) if len(name) == 1 and name in asked else (0, 0.0)
