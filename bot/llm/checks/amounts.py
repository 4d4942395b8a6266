"""The numbers, dates and ordinals of a text, with units, as one text is held against another.

Money and measures that `bot.composer.amounts` knows nothing of have their unit here: 3万美元 are no 3万元.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from bot.composer.amounts import Date, Value, bound_of, is_article, plain, values
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
# 零下 of 零下5度, - of -5℃; not the - of 5-10, nor of an item: - 5家
_BELOW_ZERO = re.compile(r"(?:零下|负|(?<![\da-z%℃度元日月年号])-)$")
# 十五日前, 提前十五日 and 十五日后, which is no bound of how much; not 前款
_BEFORE, _AHEAD = re.compile("[之以]?前(?!款|述|项)"), re.compile("提[前早]了?$")
_BEHIND = re.compile("[之以]?后(?!款|续)")
# What a single one is measured in, so that its 一 counts: 一米; not 一次, 一年一度
_MEASURES = frozenset(
    ("元", "米", "厘米", "毫米", "平方米", "亩", "公斤", "升", "分钟", "个月", "%", "度", "倍")
)
# 几百, 数十万, 千余: numbers that are not told exactly; not the 数百 of 户数百分之五
_ROUGH = re.compile(
    r"[几数][十百千万亿]+(?!分之)|(?<![\d.一二两三四五六七八九十百千])[十百千万]+[余多]"
)
_ALIKE_ROUGH = str.maketrans("数余", "几多")
_PER = "日|天|周|星期|季|月|年|小时|分钟|人|名|户|家|亩|吨|公里|平方米"
# 每周, 每个月, 按年, 人均
_RATE = re.compile(rf"(?:[每逐按](?:个|一|1|隔)?(?P<each>{_PER})|(?P<mean>[日月年人户])均)")
_SAME_RATES = {"天": "日", "星期": "周", "名": "人", "家": "户"}
# 12 of 7月9日至12日
_LAST_DAY = re.compile(r"(\d{1,2})月\d{1,2}日?[至到~～—–-]{1,2}(\d{1,2})日")


Bound = Literal["least", "most", "before", "behind"]


class Amount(NamedTuple):
    """A number with its unit, or a date: see `bot.composer.amounts.Value`.

    `bound` says whether it is the least or the most that may be, or a time before or behind something.
    """

    number: Decimal | None
    to: Decimal | None
    unit: str
    date: Date | None
    bound: Bound | None = None


class Amounts(NamedTuple):
    """All that a text says in numbers.

    `told` are the `amounts` without the 一 of 一次 and 一个, which counts nothing. `ordinals` are
    (number, what is ranked, which may be empty), `bare` the values of all other numerals, `loose` those
    that belong to no amount and no date: 两 of 两国, not 200 of 200万元 nor 15 of 3月15日. `telling` are
    those of Chinese numerals that have no unit and yet tell how many: 三大举措. `rough` are numbers that
    are not told exactly, 几百, and `rates` what something is told for each of: 周 of 每周一次.
    """

    amounts: frozenset[Amount]
    told: frozenset[Amount]
    ordinals: frozenset[tuple[int, str]]
    bare: frozenset[Decimal]
    loose: frozenset[Decimal]
    telling: frozenset[Decimal]
    rough: frozenset[str]
    rates: frozenset[str]


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
        is_one = is_article(value, shown) and value.unit not in _MEASURES
        into = articles if is_one else found
        into.add(_amount(value, shown))
    for quantity in quantities(shown):
        # The last day of 7月9日至12日 is part of no value.
        if not taken[quantity.start]:
            taken[quantity.start : quantity.end] = [True] * (quantity.end - quantity.start)
            found.add(Amount(quantity.value, None, quantity.unit, None))
    for month, day in _LAST_DAY.findall(shown):
        found.add(Amount(None, None, "", (None, int(month), int(day))))
    ranked = [False] * len(taken)
    ordinals = set(_ordinals(shown, ranked))
    numerals = list(_numerals(shown, ranked))
    loose = [numeral for numeral in numerals if not any(taken[numeral.start : numeral.end])]
    return Amounts(
        amounts=frozenset(found | articles),
        told=frozenset(found),
        ordinals=frozenset(ordinals),
        bare=frozenset(numeral.value for numeral in numerals),
        loose=frozenset(numeral.value for numeral in loose),
        telling=frozenset(numeral.value for numeral in loose if numeral.tells),
        rough=frozenset(one.translate(_ALIKE_ROUGH) for one in _ROUGH.findall(shown)),
        rates=frozenset(_rates(shown)),
    )


def _amount(value: Value, shown: str) -> Amount:
    """A value with the unit that only we know, with its sign and its bound."""
    further = _FURTHER.match(shown, value.end)
    unit = further[1] if further and value.unit in ("", "个") else value.unit
    number, to = value.number, value.to
    if _is_below_zero(shown, value.start):
        number = None if number is None else -number
        to = None if to is None else -to
    return Amount(number, to, unit, value.date, _bound(value, shown))


def _bound(value: Value, shown: str) -> Bound | None:
    if _BEFORE.match(shown, value.end) or _AHEAD.search(shown[: value.start]):
        return "before"
    return "behind" if _BEHIND.match(shown, value.end) else bound_of(value, shown)


def _is_below_zero(shown: str, start: int) -> bool:
    return bool(_BELOW_ZERO.search(shown[max(0, start - 3) : start]))


def _rates(shown: str) -> Iterator[str]:
    for found in _RATE.finditer(shown):
        unit = found["each"] or found["mean"]
        yield _SAME_RATES.get(unit, unit)


def united(several: Iterable[Amounts]) -> Amounts:
    """The amounts of several texts together."""
    columns = zip(*several, strict=True)
    return Amounts(*(frozenset().union(*column) for column in columns))


def _ordinals(text: str, ranked: list[bool]) -> Iterator[tuple[int, str]]:
    """The ordinals of a text, whose characters are marked as `ranked`."""
    for found in _ORDINAL.finditer(text):
        number = numeral_value(found[1])
        ranked[found.start() : found.end(1)] = [True] * (found.end(1) - found.start())
        if number is not None:
            yield number, found[2] if found[2] in _RANKED else ""


class _Numeral(NamedTuple):
    """A numeral, whether it tells how many, and where it stands."""

    value: Decimal
    tells: bool
    start: int
    end: int


def _numerals(text: str, ranked: list[bool]) -> Iterator[_Numeral]:
    """All numerals but ordinals."""
    for found in _RUN.finditer(text):
        written = found.group()
        value = Decimal(written) if written[0].isdigit() else _of_han(written)
        if value is not None and not any(ranked[found.start() : found.end()]):
            signed = -value if _is_below_zero(text, found.start()) else value
            yield _Numeral(signed, bool(_TELLS.search(written)), *found.span())


def _of_han(written: str) -> Decimal | None:
    value = han_value(written)
    return None if value is None else Decimal(value)
