"""The numbers, dates and ordinals of a text, with units, as one text is held against another.

Money and measures that `bot.composer.amounts` knows nothing of have their unit here: 3万美元 are no 3万元.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from bot.composer.amounts import Date, is_article, plain, values
from corpus.language.quantities import han_value, numeral_value, quantities

# 美元 of 3万美元, 百分点 of 2个百分点, 英里
_FURTHER = re.compile(
    r"\s?((?:美|欧|日|港|澳|加|新台|新加坡|新西兰)元|人民币|英镑|法郎|卢布|韩元|泰铢|卢比|比索|日圆"
    r"|(?<=个)百分点|英里|海里|英尺|英寸|加仑|盎司|摄氏度|华氏度|马力|千瓦时|兆瓦|节|总吨|载重吨|标准箱"
    r"|[架艘场轮局票席匹套幢级集卷页册班列股颗粒块片双对])"
)
# 第三条, 第 23 届, 第一; not 第一，… that only counts what is said
_ORDINAL = re.compile(r"第\s?([\d零〇一二两三四五六七八九十百千]+)\s?([\u4e00-\u9fff]?)(?![,、:])")
# What is counted by an ordinal, as far as a wrong one would matter
_RANKED = frozenset("条款项章节届次位名季轮期号代集回卷页组类级批部")
_DIGITS = "零〇一二两三四五六七八九十百千万亿"
# 三 of 三大举措, 十四五, 2019
_RUN = re.compile(rf"[{_DIGITS}]+|\d+(?:\.\d+)?")
# A numeral that says how many: 一, 十, 百, 千 and 万 alone begin too many words
_TELLS = re.compile("[二两三四五六七八九]")
# 12 of 7月9日至12日
_LAST_DAY = re.compile(r"(\d{1,2})月\d{1,2}日?[至到~～—–-]{1,2}(\d{1,2})日")


class Amount(NamedTuple):
    """A number with its unit, or a date: see `bot.composer.amounts.Value`."""

    number: Decimal | None
    to: Decimal | None
    unit: str
    date: Date | None


class Amounts(NamedTuple):
    """All that a text says in numbers.

    `told` are the `amounts` without the 一 of 一次 and 一个, which counts nothing. `ordinals` are
    (number, what is ranked, which may be empty), `bare` the values of all other numerals, `telling` those of
    Chinese numerals that have no unit and yet tell how many: 三大举措.
    """

    amounts: frozenset[Amount]
    told: frozenset[Amount]
    ordinals: frozenset[tuple[int, str]]
    bare: frozenset[Decimal]
    telling: frozenset[Decimal]


def amounts_in(text: str) -> Amounts:
    """The amounts of a text."""
    shown = plain(text)
    found: set[Amount] = set()
    articles: set[Amount] = set()
    taken = [False] * (len(shown) + 1)
    for value in values(shown):
        taken[value.start : value.end] = [True] * (value.end - value.start)
        if shown[max(0, value.start - 1)] == "第":
            continue
        further = _FURTHER.match(shown, value.end)
        unit = further[1] if further and value.unit in ("", "个") else value.unit
        into = articles if is_article(value, shown) else found
        into.add(Amount(value.number, value.to, unit, value.date))
    for quantity in quantities(shown):
        # The last day of 7月9日至12日 is part of no value.
        if not taken[quantity.start]:
            taken[quantity.start : quantity.end] = [True] * (quantity.end - quantity.start)
            found.add(Amount(quantity.value, None, quantity.unit, None))
    for month, day in _LAST_DAY.findall(shown):
        found.add(Amount(None, None, "", (None, int(month), int(day))))
    ranked = [False] * len(taken)
    ordinals = set(_ordinals(shown, ranked))
    bare, telling = _numerals(shown, taken, ranked)
    return Amounts(
        frozenset(found | articles), frozenset(found), frozenset(ordinals), bare, telling
    )


def united(several: Iterable[Amounts]) -> Amounts:
    """The amounts of several texts together."""
    whole = Amounts(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())
    for one in several:
        whole = Amounts(
            whole.amounts | one.amounts,
            whole.told | one.told,
            whole.ordinals | one.ordinals,
            whole.bare | one.bare,
            whole.telling | one.telling,
        )
    return whole


def _ordinals(text: str, ranked: list[bool]) -> Iterator[tuple[int, str]]:
    """The ordinals of a text, whose characters are marked as `ranked`."""
    for found in _ORDINAL.finditer(text):
        number = numeral_value(found[1])
        ranked[found.start() : found.end(1)] = [True] * (found.end(1) - found.start())
        if number is not None:
            yield number, found[2] if found[2] in _RANKED else ""


def _numerals(
    text: str, taken: list[bool], ranked: list[bool]
) -> tuple[frozenset[Decimal], frozenset[Decimal]]:
    """The values of all numerals but ordinals, and of the telling ones outside what is taken."""
    bare, telling = set(), set()
    for found in _RUN.finditer(text):
        written = found.group()
        value = Decimal(written) if written[0].isdigit() else _of_han(written)
        if value is None or any(ranked[found.start() : found.end()]):
            continue
        bare.add(value)
        if _TELLS.search(written) and not any(taken[found.start() : found.end()]):
            telling.add(value)
    return frozenset(bare), frozenset(telling)


def _of_han(written: str) -> Decimal | None:
    value = han_value(written)
    return None if value is None else Decimal(value)
