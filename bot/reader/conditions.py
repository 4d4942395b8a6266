"""What a question says of the columns of a table, which only some of its rows have.

免费 is a value of one column, 超过3元 a comparison with its amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import NamedTuple

from bot.reader.columns import SMALL_HOURS, Column, stem, times, unit_of
from corpus.document import Span
from corpus.language.bounds import BEFORE, BEHIND, TO, Compare
from corpus.language.quantities import Quantity, quantities

# 票价在3元以上
_BETWEEN = re.compile(r"(?:在|为|是|有)$")
# What makes of a value another, or more of them, than it says: 约3元, 3元左右; not 预约
_AROUND_BEFORE = re.compile(r"(?:(?<![预合条节])约|大概|接近|将近|[~—–-])$")
_AROUND_BEHIND = re.compile(r"左右|上下|之间|[以之][前后]|[~—–-]")
# 晚于20:00, 20:00以后
_CLOCK = re.compile(
    r"(?P<before>[晚迟]于|早于)?(?<!\d)(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?P<behind>[以之][前后])?"
)
_CLOCK_WORDS: Mapping[str, Compare] = {"晚": gt, "迟": gt, "早": lt, "前": le, "后": ge}

# The end of a way that is said of 医院: 从医院, 医院出发, 医院到; 到医院; and that a column is named by
_FROM_BEFORE = re.compile(r"从$")
_FROM_BEHIND = re.compile(r"站?(?:出发|始发|发车|开出|开往|[到至去往])")
_TO_BEFORE = re.compile(r"[到至去往]$")
_FROM_NAME = re.compile(r"起点|始发|出发|起站|首站")
_TO_NAME = re.compile(r"终点|终到|到达|目的|末站")

_DIGITS = re.compile(r"\d+")


class Condition(NamedTuple):
    """What a question says of a column in asked[start:end], and the numbers of the rows that have it."""

    column: int
    rows: frozenset[int]
    start: int
    end: int


class _Amount(NamedTuple):
    """What a question says of an amount in asked[start:end]: how it compares with each of some quantities.

    `is_compared` tells that it says more than the quantity.
    """

    bounds: tuple[tuple[Compare, Quantity], ...]
    span: Span
    is_compared: bool


def compared(asked: str, columns: Sequence[Column], taken: Sequence[Span]) -> list[Condition]:
    """The comparisons of a question, outside of `taken`, with amounts of a column that it names, or whose
    unit it has.
    """
    found = []
    for said in _amounts_said(asked):
        if _is_taken(said.span, taken):
            continue
        quantity = said.bounds[-1][1]
        column = _column_of(quantity, asked, columns, is_sure=said.is_compared)
        if column is None:
            continue
        scale = _scale(column, quantity)
        rows = set(range(len(column.cells)))
        for compare, bound in said.bounds:
            read = enumerate(column.amounts or ())
            rows &= {n for n, one in read if one is not None and compare(one, bound.value / scale)}
        found.append(Condition(column.number, frozenset(rows), *said.span))
    return found


def _amounts_said(asked: str) -> Iterator[_Amount]:
    """The amounts of a question, in order, that it says how to compare with; 3元左右 is none."""
    numbers = quantities(asked)
    at = 0
    while at < len(numbers):
        between = _range(asked, numbers[at : at + 2])
        said = between or _comparison(asked, numbers[at])
        if said is not None:
            yield said
        at += 2 if between else 1


def _range(asked: str, numbers: Sequence[Quantity]) -> _Amount | None:
    """From one quantity to another behind it: 3到5元, 3元至5元之间."""
    if len(numbers) < 2:
        return None
    least, most = numbers
    unit = least.unit or most.unit
    is_range = TO.fullmatch(asked[least.end : most.start]) and least.value < most.value
    if not is_range or unit != most.unit:
        return None
    end = most.end + 2 * asked.startswith("之间", most.end)
    bounds = (ge, least._replace(unit=unit)), (le, most)
    return _Amount(bounds, Span(least.start, end), True)


def _comparison(asked: str, quantity: Quantity) -> _Amount | None:
    """How a question compares with a quantity; None where it says so in a way that is not read."""
    start, end = quantity.start, quantity.end
    before, behind = asked[:start], asked[end:]
    for pattern, compare in BEFORE:
        word = pattern.search(before) or pattern.search(_BETWEEN.sub("", before))
        if word:
            return _Amount(((compare, quantity),), Span(word.start(), end), True)
    for pattern, compare in BEHIND:
        word = pattern.match(behind)
        if word:
            return _Amount(((compare, quantity),), Span(start, end + word.end()), True)
    is_end = TO.match(behind) or (before and TO.fullmatch(before[-1]))
    if is_end or not _is_exact(asked, Span(start, end)):
        return None
    return _Amount(((eq, quantity),), Span(start, end), False)


def _is_exact(asked: str, span: Span) -> bool:
    """Whether a question says no more of a value than that: not 超过3元, 约3元 or 3元左右."""
    before, behind = asked[: span.start], asked[span.end :]
    if _AROUND_BEFORE.search(before) or _AROUND_BEHIND.match(behind):
        return False
    is_less = any(pattern.search(before) for pattern, _ in BEFORE)
    return not is_less and not any(pattern.match(behind) for pattern, _ in BEHIND)


def timed(asked: str, columns: Sequence[Column], taken: Sequence[Span]) -> list[Condition]:
    """The times of day of a question, outside of `taken`, that those of a column shall be before or behind.

    Those of the small hours are none: of which day are they?
    """
    read = {column.number: times(columns, column.number) for column in columns}
    found = []
    for clock in _CLOCK.finditer(asked):
        word = (clock["before"] or "")[:1] + (clock["behind"] or "")[1:]
        minutes = int(clock["hour"]) * 60 + int(clock["minute"])
        column = only_one([one for one in columns if read[one.number]], asked)
        is_taken = _is_taken(Span(*clock.span()), taken)
        if len(word) != 1 or minutes < SMALL_HOURS or column is None or is_taken:
            continue
        compare = _CLOCK_WORDS[word]
        told = enumerate(read[column.number] or ())
        rows = frozenset(n for n, time in told if compare(Decimal(time), Decimal(minutes)))
        found.append(Condition(column.number, rows, *clock.span()))
    return found


def _column_of(
    quantity: Quantity, asked: str, columns: Sequence[Column], is_sure: bool
) -> Column | None:
    """The column of amounts that a quantity is held against: that named, or the only one of its unit."""
    fits = []
    for column in columns:
        unit = unit_of(column)
        is_other = unit is not None and quantity.unit and unit.unit != quantity.unit
        if column.amounts is not None and not is_other:
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

    A value of several columns is of the one that the question means, or else of none; a part of one of
    the `names` of columns, as 免费 of 免费时长, is none.
    """
    places: dict[Span, dict[int, Column]] = {}
    for column in columns:
        for value in column.rows_by_value:
            for span in _stands(value, column, asked):
                places.setdefault(span, {})[column.number] = column
    numbers = [Span(one.start, one.end) for one in quantities(asked)]
    used = list(taken)
    found = []
    for span in sorted(places, key=lambda one: (one.start - one.end, one.start)):
        chosen = _meant(list(places[span].values()), columns, asked, span)
        # 20 is no part of 20元.
        is_part = _is_taken(span, [one for one in numbers if not _is_within(one, span)])
        is_part = is_part or any(_is_within(span, name) for name in names)
        if chosen is None or is_part or _is_taken(span, used):
            continue
        used.append(span)
        rows = chosen.rows_by_value[asked[slice(*span)]]
        found.append(Condition(chosen.number, rows, *span))
    return found


def _meant(
    holding: Sequence[Column], columns: Sequence[Column], asked: str, span: Span
) -> Column | None:
    """The column of those `holding` a value that a question means: that of the end of a way that it says.

    到 says no end in a table whose `columns` are of none: 到2号窗口办哪些证件.
    """
    if not _is_exact(asked, span):
        return None
    before, behind = asked[: span.start], asked[span.end :]
    is_from = bool(_FROM_BEFORE.search(before) or _FROM_BEHIND.match(behind))
    is_to = bool(_TO_BEFORE.search(before))
    if not is_from and not is_to:
        return only_one(holding, asked)
    wanted = _FROM_NAME if is_from else _TO_NAME
    ends = [column for column in columns if _is_called(column, _FROM_NAME, _TO_NAME)]
    if is_to and not is_from and not ends:
        return only_one(holding, asked)
    fits = [column for column in holding if _is_called(column, wanted)]
    return fits[0] if len(fits) == 1 and is_from != is_to else None


def _is_called(column: Column, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.search(name) for pattern in patterns for name in column.names)


def only_one(columns: Sequence[Column], asked: str) -> Column | None:
    """The only one of the columns, or else the one that a question names."""
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
        if len(term) < 2 or start < 0 or _is_taken(span, used):
            continue
        holding = [column for column in columns if any(term in cell for cell in column.cells)]
        chosen = _meant(holding, columns, asked, span) if len(holding) == 1 else None
        if chosen is None:
            continue
        rows = [n for n, cell in enumerate(chosen.cells) if term in cell]
        found.append(Condition(chosen.number, frozenset(rows), *span))
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
