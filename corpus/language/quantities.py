"""Numbers in a text as values with their units, however they are written: 三十日 is 30日, 1.2万人 12000人.

第三条 counts nothing and 1513座 is no year. A text that is searched is folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_SCALES = _TENS | _LARGE

# Longest first: 平方米 before 米
_UNITS = (
    "平方公里|平方米|立方米|公里|千米|厘米|毫米|公顷|小时|分钟|人次|个月|个工作日|周岁|千瓦|公斤|千克|工作日|"
    "元|人|名|户|家|个|件|项|条|只|辆|台|盏|座|栋|处|所|次|倍|年|月|日|天|周|岁|亩|米|吨|克|升|度|℃|点|时(?![间候期代刻])|分|秒|%|‰"
)
# 十分重要, 三分之二, 一度: no amounts
_HAN_UNITS = "|".join(unit for unit in _UNITS.split("|") if unit not in ("分", "度", "℃", "%", "‰"))
# 1,513.5万 元, 15%; two numbers in 共300,20家机构; not 第 23 条
_ARABIC = re.compile(
    rf"(?<![\d.第a-z])(?<!第\s)((?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)([十百千万亿]*)\s?({_UNITS})?"
)
_NUMERAL = "零〇一二两三四五六七八九十百千万亿"
# 百分之十五, 三十日, 两万人; a numeral without a unit is a word, as in 一些; not 第二十三条
_HAN = re.compile(
    rf"(?P<share>百分之)?(?<![\d.第{_NUMERAL}])(?<!第\s)(?P<value>[{_NUMERAL}]+)"
    rf"(?:点(?P<part>[零〇一二三四五六七八九]+)(?P<scale>[万亿]?))?(?(share)|(?P<unit>{_HAN_UNITS}))"
)
# 百余人 and 千家 say no number
_HAS_DIGIT = re.compile("[〇零一二两三四五六七八九十]")
# 一米一 and 1米65 are 1.1米 and 1.65米; not 1米10根
_METRES = re.compile(
    r"(?<![\d.第])(?P<whole>\d|[一两二三])米(?P<part>\d{1,2}|[一二三四五六七八九])"
    r"(?![\d.零一二三四五六七八九十百千万个条根块])"
)
# 半小时, 两个半小时, 半个月; not 上半年, 半年来
_HALF = re.compile(
    r"(?<![大上下前后])(?:(?P<whole>\d+|[一两二三四五六七八九十]+)个)?半(?P<unit>个?小时|个?钟头|个月|年|天)(?!来)"
)
_SAME_UNITS = {
    "个小时": "小时",
    "个钟头": "小时",
    "钟头": "小时",
    "℃": "度",
    "个工作日": "工作日",
    "天": "日",
    "名": "人",
    "周岁": "岁",
    "千米": "公里",
    "千克": "公斤",
    "时": "点",
}
_BASES = {
    "小时": ("分钟", Decimal(60)),
    "周": ("日", Decimal(7)),
    "年": ("个月", Decimal(12)),
    "公里": ("米", Decimal(1000)),
    "厘米": ("米", Decimal("0.01")),
    "毫米": ("米", Decimal("0.001")),
    "吨": ("公斤", Decimal(1000)),
    "克": ("公斤", Decimal("0.001")),
}
"""What a unit is in another, so that 半小时 is 30分钟."""


_HALF_OF = Decimal("0.5")

FIRST_YEAR, LAST_YEAR = 1000, 2999
"""From 2019年 on no time of so many years is meant."""


class Quantity(NamedTuple):
    """A number in a text; `unit` is empty where none follows. `start` and `end` are characters."""

    value: Decimal
    unit: str
    start: int
    end: int

    @property
    def is_year(self) -> bool:
        """Whether it is a year of the calendar, and no time that passes."""
        return self.unit == "年" and FIRST_YEAR <= self.value <= LAST_YEAR

    @property
    def base(self) -> tuple[Decimal, str]:
        """The value in the unit in which amounts of its kind are compared, and that unit."""
        unit, scale = _BASES.get(self.unit, (self.unit, Decimal(1)))
        return self.value * scale, unit

    def equals(self, other: Quantity) -> bool:
        """Whether two quantities are the same amount; one without a unit is of any."""
        if not self.unit or not other.unit:
            return self.value == other.value
        return self.base == other.base


def quantities(folded: str) -> list[Quantity]:
    """The numbers of a folded text in order, without ordinals."""
    spoken = [*_metres(folded), *_halves(folded)]
    found = list(spoken)
    for one in (*_arabic(folded), *_han(folded)):
        if not any(one.start < other.end and other.start < one.end for other in spoken):
            found.append(one)
    return sorted(found, key=lambda quantity: quantity.start)


def lacks_any(wanted: Iterable[Quantity], held: Iterable[Quantity]) -> bool:
    """Whether one of the `wanted` quantities is none of the `held`."""
    those = list(held)
    return any(not _is_among(one, those) for one in wanted)


def _is_among(wanted: Quantity, held: Sequence[Quantity]) -> bool:
    return any(wanted.equals(other) for other in held)


def _arabic(folded: str) -> Iterator[Quantity]:
    for found in _ARABIC.finditer(folded):
        value = Decimal(found[1].replace(",", ""))
        for scale in found[2]:
            value *= _SCALES[scale]
        yield Quantity(value, _unit(found[3]), found.start(), found.end())


def _han(folded: str) -> Iterator[Quantity]:
    for found in _HAN.finditer(folded):
        numeral = found["value"]
        if numeral == "百" and found["share"]:
            numeral = "一百"
        value = han_value(numeral)
        if value is not None:
            unit = "%" if found["share"] else _unit(found["unit"])
            exact = Decimal(value) + _fraction(found["part"])
            exact *= _SCALES.get(found["scale"] or "", 1)
            yield Quantity(exact, unit, found.start(), found.end())


def _metres(folded: str) -> Iterator[Quantity]:
    for found in _METRES.finditer(folded):
        whole, part = numeral_value(found["whole"]), found["part"]
        digits = part if part.isdecimal() else str(_DIGITS[part])
        yield Quantity(Decimal(f"{whole}.{digits}"), "米", found.start(), found.end())


def _halves(folded: str) -> Iterator[Quantity]:
    for found in _HALF.finditer(folded):
        whole = numeral_value(found["whole"]) if found["whole"] else 0
        unit = _unit(found["unit"])
        yield Quantity(Decimal(whole or 0) + _HALF_OF, unit, found.start(), found.end())


def _fraction(digits: str | None) -> Decimal:
    """What stands behind 点: 五 is 0.5."""
    if not digits:
        return Decimal(0)
    return Decimal("0." + "".join(str(_DIGITS[digit]) for digit in digits))


def _unit(unit: str | None) -> str:
    return _SAME_UNITS.get(unit or "", unit or "")


def numeral_value(numeral: str) -> int | None:
    """The value of a numeral in digits or in Chinese; None where it has none."""
    return int(numeral) if numeral.isdecimal() else han_value(numeral)


def han_value(numeral: str) -> int | None:
    """The value of a Chinese numeral: 三十 is 30, 二〇二〇 is 2020; None where it has none."""
    if all(char in _DIGITS for char in numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    if not _HAS_DIGIT.search(numeral):
        return None
    whole, section, digit = 0, 0, 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            section += (digit or 1) * _TENS[char]
            digit = 0
        elif whole < _LARGE[char]:
            # 五万亿
            whole = (whole + section + digit) * _LARGE[char]
            section, digit = 0, 0
        else:
            # 一亿二千万
            whole += (section + digit) * _LARGE[char]
            section, digit = 0, 0
    return whole + section + digit
