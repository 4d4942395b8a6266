"""The numbers, ranges, clock times and dates of a text, as a stated value is held against them.

Units that measure the same are brought to one: 一小时 is 60分钟, 千分之七 is 0.7%, 家 is 户. The regular
expressions are in `bot/question/rules/yes_no.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

import bot.question
from corpus.language.quantities import Quantity, han_value, quantities
from corpus.language.text import fold

Bound = Literal["least", "most"]

RULES_FILE = Path(bot.question.__file__).parent / "rules/yes_no.toml"

RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_WORDS = RULES["words"]
_ABOUT = (re.compile(f"{_WORDS['about_before']}$"), re.compile(_WORDS["about_after"]))
# What says so before a number, and what behind it: 不超过3日, 18度以上
_BOUNDS: Mapping[Bound, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "most": (re.compile(f"{_WORDS['most_before']}$"), re.compile(_WORDS["most_after"])),
    "least": (re.compile(f"{_WORDS['least_before']}$"), re.compile(_WORDS["least_after"])),
}
_WITHIN = re.compile(_WORDS["within"])
_DIGITS, _SCALES = "0123456789零〇一二两三四五六七八九十", "百千万亿"
_NUMERAL = f"{_DIGITS}{_SCALES}"
_BARE = re.compile(rf"[{_NUMERAL}]*[零〇一二两三四五六七八九十][百千万亿]+$")
# The 张 of 五百张
_MEASURE = re.compile(rf"(?<=[{_NUMERAL}])[{_WORDS['measures']}](?![{_NUMERAL}])")
# The 个 of 15个亿; the 号 of 20号; the 块 of 200块; 个钟头 of 两个钟头
_OF_SCALE = re.compile(r"(?<=\d)个([万亿])")
_DAY = re.compile(r"(?<=\d)号(?!线|楼)")
_YUAN = re.compile(rf"(?<=[{_NUMERAL}])块(?!地|石|砖)")
_HOUR = re.compile(r"个?钟头")
# 2块1, 2块1毛: the 1 is a tenth of the 2
_AND_TENTH = re.compile(r"(?<=\d)块(?P<tenth>\d)(?!\d)(?P<of>[毛角])?")
# 21时30分, 零点三十分, 20:15, 晚上11点
_CLOCK = re.compile(
    r"(?:(?P<late>下午|晚上|傍晚|夜里)[\u4e00-\u9fff]{0,3}?)?(?<![\d:])(?:(?P<h>\d{1,2}):(?P<m>\d{2})(?![\d:])|"
    r"(?P<hour>\d{1,2}|[零〇一二两三四五六七八九十]{1,3})[点时](?![间候期代刻])"
    r"(?:(?P<half>半)|(?P<minute>\d{1,2}|[零〇一二三四五六七八九十]{1,3})分)?)"
)
# 千分之七, 三分之二; 百分之七 is read as 7%
_PART = re.compile(
    r"(?P<of>[千万二三四五六七八九十]+)分之(?P<part>[\d.]+|[零一二两三四五六七八九十百]+)"
)
# 5到9人, 21:30—次日2:00
_TO = re.compile(r"[至到~～—–-]{1,2}(?:次日)?")
# The 三 of 三至五年, which is no number by itself
_LOW = re.compile(r"(?P<low>[零〇一二两三四五六七八九十百千万]+)[至到~～—–-]$")
_BELOW = re.compile("以[下内]")
_YEARS = range(1000, 2200)

CLOCK = "时刻"
"""The unit of a time of day, which is in minutes."""

_SAME: dict[str, tuple[str, Decimal]] = {
    "小时": ("分钟", Decimal(60)),
    "年": ("个月", Decimal(12)),
    "周": ("日", Decimal(7)),
    "公里": ("米", Decimal(1000)),
    "‰": ("%", Decimal("0.1")),
    "家": ("户", Decimal(1)),
    "只": ("条", Decimal(1)),
}
OWN_UNITS = frozenset({"年", "月", "日", "个月", "分钟", "工作日", "岁", "点", "%", CLOCK})
"""Units that measure time or a share: a number without a unit is none of these."""
# What 个 may stand for: 5个代表 are 5人.
_COUNTED = frozenset("人户件项条辆次处座所栋台")

Date = tuple[int | None, int | None, int | None]


class Value(NamedTuple):
    """A number with its unit, or a date, in a text as `plain` gives it.

    `to` is the upper end of a range, of which `number` is the lower. `date` is (year, month, day),
    each None where it is not said; None for a number. `start` and `end` are characters.
    """

    number: Decimal | None
    to: Decimal | None
    unit: str
    date: Date | None
    start: int
    end: int


def plain(text: str) -> str:
    """`text` folded, character for character, with numbers as `quantities` reads them.

    五百张 is 五百个, 15个亿 is 15亿.
    """
    folded = _OF_SCALE.sub(r"\1 ", fold(text))
    folded = _HOUR.sub(
        lambda found: found.group().replace("个", "").replace("钟头", "小时"), folded
    )
    folded = _AND_TENTH.sub(lambda found: f".{found['tenth']}{'元' * bool(found['of'])}", folded)
    return _YUAN.sub("元", _DAY.sub("日", _MEASURE.sub("个", folded)))


def stated_values(statement: str) -> list[Value]:
    """The values of a folded statement, which may end with a numeral: 最多赔两万."""
    text = plain(statement)
    found = values(text)
    bare = _BARE.search(text)
    if bare and not any(value.end == len(text) for value in found):
        for value in values(f"{text}个"):
            if value.number is not None and value.end > len(text):
                found.append(value._replace(unit="", end=len(text)))
    return found


def values(text: str) -> list[Value]:
    """The values of a text made `plain`, in order: of a range one."""
    own = [*_clocks(text), *_parts(text)]
    found = list(own)
    run: list[Quantity] = []
    for quantity in quantities(text):
        if any(one.start < quantity.end and quantity.start < one.end for one in own):
            continue
        if run and not _follows(run[-1], quantity):
            found += _of_run(run)
            run = []
        run.append(quantity)
    ordered = sorted([*found, *_of_run(run)], key=lambda value: value.start)
    return list(_with_ranges(ordered, text))


def bound_of(value: Value, text: str) -> Bound | None:
    """Whether a number is the least or the most that may be: 18度以上, 不超过3日; None for a range."""
    if value.to is not None:
        return None
    before, after = text[: value.start], text[value.end :]
    for bound, (left, right) in _BOUNDS.items():
        if left.search(before) or (right.match(after) and not is_since(value, after)):
            return bound
    return None


def is_since(value: Value, after: str) -> bool:
    """Whether a date is that from which something is: 自3月1日起."""
    return value.date is not None and after.startswith("起")


def is_within(value: Value, text: str) -> bool:
    """Whether a number is a time limit, which is often said without the word: 十日内, 十五日前."""
    return bool(_WITHIN.match(text[value.end :]))


def is_rough(value: Value, text: str) -> bool:
    """Whether a number is only about right: 近50万."""
    left, right = _ABOUT
    return bool(left.search(text[: value.start]) or right.match(text[value.end :]))


def are_comparable(one: Value, other: Value) -> bool:
    """Whether one value may be held against another: dates of the same parts, the same unit."""
    if one.date is not None:
        return other.date is not None and all(
            own is None or part is not None for own, part in zip(one.date, other.date, strict=True)
        )
    if one.number is None or other.number is None:
        return False
    units = {one.unit, other.unit}
    if len(units) == 1:
        return True
    return ("" in units and not units & OWN_UNITS) or ("个" in units and bool(units & _COUNTED))


def is_article(value: Value, text: str) -> bool:
    """Whether a number is an 一 that counts nothing: 一次, 一个; not 最多一个."""
    is_one = text[value.start] == "一" and text[value.start + 1] not in _NUMERAL
    return is_one and value.number is not None and bound_of(value, text) is None


def unit_of(value: Value, text: str) -> str:
    """The unit or measure word behind a number as it is written in `text`: 张 of 300张."""
    written = text[value.start : value.end]
    return written.rpartition("至")[2].rpartition("到")[2].strip(f"{_DIGITS}{_SCALES}., ~～—–-")


def _clocks(text: str) -> Iterator[Value]:
    for found in _CLOCK.finditer(text):
        hour = _number(found["h"] or found["hour"])
        minute = _number(found["m"] or found["minute"] or "0")
        if hour is None or minute is None or hour > 24 or minute > 59:
            continue
        if found["late"] and hour < 12:
            hour += 12
        whole = 60 * hour + (30 if found["half"] else minute)
        start = found.start("h") if found["h"] else found.start("hour")
        yield Value(Decimal(whole), None, CLOCK, None, start, found.end())


def _parts(text: str) -> Iterator[Value]:
    for found in _PART.finditer(text):
        of = _number(f"一{found['of']}" if found["of"] in "千万" else found["of"])
        part = _number(found["part"])
        if of and part is not None:
            share = 100 * Decimal(part) / Decimal(of)
            yield Value(share, None, "%", None, found.start(), found.end())


def _number(written: str) -> Decimal | None:
    if written[:1].isdigit():
        return Decimal(written.rstrip("."))
    value = han_value(written)
    return None if value is None else Decimal(value)


def _follows(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are parts of one date: 2025年|10月|28日."""
    return one.end == other.start and (one.unit, other.unit) in {("年", "月"), ("月", "日")}


def _of_run(run: Sequence[Quantity]) -> Iterator[Value]:
    if not run:
        return
    parts = {part.unit: int(part.value) for part in run}
    year = parts.get("年")
    is_date = (year in _YEARS) if year is not None else "月" in parts
    if is_date:
        date = (year, parts.get("月"), parts.get("日"))
        yield Value(None, None, "", date, run[0].start, run[-1].end)
        return
    for part in run:
        unit, factor = _SAME.get(part.unit, (part.unit, Decimal(1)))
        yield Value(part.value * factor, None, unit, None, part.start, part.end)


def _with_ranges(found: Sequence[Value], text: str) -> Iterator[Value]:
    """The values, with the two ends of a range as one; of two dates, the first."""
    waiting: Value | None = None
    for value in found:
        if waiting is None:
            waiting = _with_numeral(value, text)
        elif not _is_joined(waiting, value, text):
            yield waiting
            waiting = _with_numeral(value, text)
        elif waiting.number is not None:
            written = text[waiting.start : waiting.end]
            low = waiting.number * (_factor(written, value, text) if not waiting.unit else 1)
            waiting = value._replace(number=low, to=value.number, start=waiting.start)
    if waiting is not None:
        yield waiting


def _is_joined(one: Value, other: Value, text: str) -> bool:
    """Whether two values are the ends of a range: 5到9人, 二十万元以上五十万元以下, 7月9日至12日."""
    between = text[one.end : other.start]
    is_range = _TO.fullmatch(between) or (between == "以上" and _BELOW.match(text, other.end))
    if not is_range or other.number is None or one.to is not None:
        return False
    return one.date is not None or one.unit in ("", other.unit)


def _with_numeral(value: Value, text: str) -> Value:
    """A number with the bare numeral before it as the lower end of a range: 三至五年."""
    low = _LOW.search(text[: value.start])
    number = _number(low["low"]) if low is not None and value.number is not None else None
    if low is None or number is None:
        return value
    number *= _factor(low["low"], value, text)
    return value._replace(number=number, to=value.number, start=low.start())


def _factor(low: str, value: Value, text: str) -> Decimal:
    """What the lower end of a range is multiplied by that leaves unit and scale to the upper: 3至5万."""
    written = text[value.start : value.end]
    of_unit = [by for unit, (base, by) in _SAME.items() if base == value.unit and unit in written]
    factor = of_unit[0] if of_unit else Decimal(1)
    return factor * 10_000 if "万" in written and "万" not in low else factor
