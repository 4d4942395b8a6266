"""Writes the values of a workbook as its cells show them: 25.6%, 1,234, 2021-03-04, 3月4日."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

# "元", \元, _) and *- (room and filling, not printed), [Red], [$¥-804], and any other character
_TOKEN = re.compile(r'"([^"]*)"|[\\!](.)|[_*].|\[([^\]]*)\]|(E[+-])|(.)', re.DOTALL)
# [>=10000]
_CONDITION = re.compile(r"\[([<>]=?|=|<>)(-?[\d.]+)\]")
# The parts of a date: yyyy, mm, AM/PM, and whatever stands between them
_DATE_TOKEN = re.compile(
    r'"([^"]*)"|[\\!](.)|[_*].|\[(h+|m+|s+)\]|\[[^\]]*\]'
    r"|(AM/PM|A/P|上午/下午|y+|m+|d+|a{3,}|h+|s+)|(\.0+)|(.)",
    re.IGNORECASE | re.DOTALL,
)
_FORMATS = 256
"""Formats that are kept parsed: more than a workbook has in use."""

_DIGITS = 11
"""Digits that a cell without a format shows of a fraction."""

CHINESE_DATES = {
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""The formats of dates that Chinese Excel has under these numbers and does not write out."""

_WEEKDAYS = "一二三四五六日"


def shown_value(value: object, code: str) -> str:
    """A value of a cell with the format `code`, as the cell shows it.

    A date with year, month and day is written 2021-03-04, unless its format has 年 or 月.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, code)
    if isinstance(value, (datetime, date, time, timedelta)):
        return _date(value, code)
    return str(value)


def _general(value: int | float) -> str:
    """A number without a format: as many decimals as it has, up to eleven digits."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    whole = len(str(abs(int(value))))
    return f"{value:.{max(0, _DIGITS - 1 - whole)}f}".rstrip("0").rstrip(".")


def _number(value: int | float, code: str) -> str:
    if not code or code in ("General", "@"):
        return _general(value)
    section, is_signed = _section(value, code)
    tokens = _tokens(section)
    is_fraction = any(token.kind == "literal" and token.text == "/" for token in tokens)
    if "General" in section or is_fraction or not any(token.kind == "digit" for token in tokens):
        if any(token.kind == "digit" for token in tokens) or "General" in section:
            return _general(value)
        return "".join(token.text for token in tokens if token.kind == "literal").strip()
    try:
        written = _filled(abs(Decimal(repr(value))), tokens)
    except InvalidOperation:
        return _general(value)
    is_zero = not re.search(r"[1-9]", written)
    return f"-{written}" if value < 0 and is_signed and not is_zero else written


def _section(value: int | float, code: str) -> tuple[str, bool]:
    """The section of a format for a value, and whether it prints the sign of a negative one."""
    sections = _split(code)
    for section in sections:
        condition = _CONDITION.search(section)
        if condition and _holds(value, condition[1], condition[2]):
            return section, True
    if any(_CONDITION.search(section) for section in sections):
        return sections[-1], True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


@lru_cache(_FORMATS)
def _split(code: str) -> list[str]:
    """The sections of a format, which stand between semicolons."""
    sections = [""]
    for match in re.finditer(r'"[^"]*"|[\\!].|\[[^\]]*\]|.', code, re.DOTALL):
        if match.group() == ";":
            sections.append("")
        else:
            sections[-1] += match.group()
    return sections


def _holds(value: int | float, sign: str, limit: str) -> bool:
    """Whether the condition of a section holds: [>=10000]."""
    try:
        other = float(limit)
    except ValueError:
        return False
    return {
        ">": value > other,
        ">=": value >= other,
        "<": value < other,
        "<=": value <= other,
        "=": value == other,
        "<>": value != other,
    }[sign]


class _Token(NamedTuple):
    """A part of a format: a "digit", the "point", a "comma", the "exponent" or a "literal"."""

    kind: str
    text: str


@lru_cache(_FORMATS)
def _tokens(section: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(section):
        quoted, escaped, bracket, exponent, char = match.groups()
        if quoted is not None or escaped is not None:
            found.append(_Token("literal", quoted or escaped or ""))
        elif bracket is not None:
            # [$¥-804] prints ¥; [Red] and [DBNum1] print nothing.
            sign = bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
            found.append(_Token("literal", sign))
        elif exponent:
            found.append(_Token("exponent", exponent))
        elif char is not None and char in "0#?":
            found.append(_Token("digit", char))
        elif char is not None:
            found.append(_Token({".": "point", ",": "comma"}.get(char, "literal"), char))
    return found


def _filled(value: Decimal, tokens: list[_Token]) -> str:
    """A number of no sign in the places of a format."""
    digits = [i for i, token in enumerate(tokens) if token.kind == "digit"]
    first, last = digits[0], digits[-1]
    percents = sum(token.kind == "literal" and token.text.count("%") for token in tokens)
    value *= Decimal(100) ** percents
    if any(token.kind == "exponent" for token in tokens):
        return _scientific(value, tokens)
    point = next((i for i, token in enumerate(tokens) if token.kind == "point"), None)
    whole_end = point if point is not None else len(tokens)
    whole = tokens[:whole_end]
    places = [i for i, token in enumerate(whole) if token.kind == "digit"]
    behind = whole[places[-1] + 1 :] if places else []
    # Commas behind the last digit divide by a thousand each, those between digits group.
    value /= Decimal(1000) ** _leading_commas(behind)
    if last > whole_end:
        value /= Decimal(1000) ** _leading_commas(tokens[last + 1 :])
    groups = bool(places) and any(
        token.kind == "comma" for token in whole[places[0] : places[-1] + 1]
    )
    decimals = [i for i in digits if i > whole_end]
    rounded = value.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    left, _, right = f"{rounded:f}".partition(".")
    head = "".join(token.text for token in tokens[:first] if token.kind == "literal")
    body = _whole_part(whole[first:], left, groups)
    tail = _decimals(tokens[whole_end + 1 :], right) if point is not None else ""
    return f"{head}{body}{tail}".strip()


def _leading_commas(tokens: list[_Token]) -> int:
    count = 0
    while count < len(tokens) and tokens[count].kind == "comma":
        count += 1
    return count


def _whole_part(tokens: list[_Token], digits: str, groups: bool) -> str:
    """The digits before the point in their places, what is between and behind these kept."""
    places = [i for i, token in enumerate(tokens) if token.kind == "digit"]
    digits = digits.lstrip("0")
    written: list[str] = []
    count = 0
    for i in range(len(tokens) - 1, -1, -1):
        token = tokens[i]
        if token.kind == "literal":
            written.insert(0, token.text)
        if token.kind != "digit":
            continue
        taken = digits[len(digits) - 1 :] or ("0" if token.text == "0" else "")
        digits = digits[:-1]
        if i == places[0]:
            taken = digits + taken
        for digit in reversed(taken):
            is_group = groups and count and count % 3 == 0
            written.insert(0, digit + "," if is_group else digit)
            count += 1
    return "".join(written)


def _decimals(tokens: list[_Token], digits: str) -> str:
    """The point and the digits behind it in their places; zeros that need not stand dropped."""
    kept = len(digits)
    places = [token.text for token in tokens if token.kind == "digit"]
    while kept and digits[kept - 1] == "0" and places[kept - 1] != "0":
        kept -= 1
    written = "." if kept else ""
    at = 0
    for token in tokens:
        if token.kind == "digit":
            written += digits[at] if at < kept else ""
            at += 1
        elif token.kind == "literal":
            written += token.text
    return written


def _scientific(value: Decimal, tokens: list[_Token]) -> str:
    point = next((i for i, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    end = next(i for i, token in enumerate(tokens) if token.kind == "exponent")
    decimals = sum(token.kind == "digit" for token in tokens[point:end])
    return f"{float(value):.{decimals}E}"


def _date(value: date | time | timedelta, code: str) -> str:
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if "s" in code else "")
    moment = _moment(value)
    parts = _date_parts(_split(code)[0])
    names = {part.kind for part in parts}
    printed = "".join(part.text for part in parts if part.kind == "literal")
    if names <= {"literal"}:
        return str(value).removesuffix(" 00:00:00")
    is_iso = {"y", "m", "d"} <= names or names & {"y", "m", "d"} == {"y", "m"}
    if re.search("[年月日时分点]", printed) or (not is_iso and names & {"y", "m", "d", "a"}):
        return "".join(_written(part, moment, names) for part in parts).strip()
    written = []
    if "d" in names:
        written.append(f"{moment:%Y-%m-%d}")
    elif "y" in names:
        written.append(f"{moment:%Y-%m}")
    if "h" in names:
        written.append(f"{moment:%H:%M:%S}" if "s" in names else f"{moment:%H:%M}")
    elif "n" in names:
        written.append(f"{moment:%M:%S}")
    return " ".join(written)


def _moment(value: date | time) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, time):
        return datetime.combine(date(1900, 1, 1), value)
    return datetime.combine(value, time())


class _Part(NamedTuple):
    """A part of the format of a date: y, m, d, a (the weekday), h, n (minutes), s, p (half of the
    day) or "literal", as the format writes it.
    """

    kind: str
    text: str


@lru_cache(_FORMATS)
def _date_parts(code: str) -> list[_Part]:
    found: list[_Part] = []
    for match in _DATE_TOKEN.finditer(code):
        quoted, escaped, counted, part, fraction, char = match.groups()
        name = (counted or part or "").lower()
        if quoted is not None or escaped is not None or char is not None:
            found.append(_Part("literal", quoted or escaped or char or ""))
        elif name and name[0] in "a上" and "a" * len(name) != name:
            found.append(_Part("p", name))
        elif name and name[0] == "d" and len(name) > 2:
            found.append(_Part("a", name))
        elif name and not fraction:
            found.append(_Part(name[0], name))
    return _with_minutes(found)


def _with_minutes(parts: list[_Part]) -> list[_Part]:
    """The parts, with each m behind h or before s as minutes."""
    named = [i for i, part in enumerate(parts) if part.kind != "literal"]
    for at, i in enumerate(named):
        before = parts[named[at - 1]].kind if at else ""
        after = parts[named[at + 1]].kind if at + 1 < len(named) else ""
        if parts[i].kind == "m" and (before == "h" or after == "s"):
            parts[i] = _Part("n", parts[i].text)
    return parts


def _written(part: _Part, moment: datetime, names: set[str]) -> str:
    """A part of a date, as many digits as its format has."""
    padded = len(part.text) > 1
    hour = (moment.hour - 1) % 12 + 1 if "p" in names else moment.hour
    plain = {
        "m": moment.month,
        "d": moment.day,
        "h": hour,
        "n": moment.minute,
        "s": moment.second,
    }
    if part.kind == "literal":
        return part.text
    if part.kind == "y":
        return f"{moment.year:04}" if len(part.text) > 2 else f"{moment.year % 100:02}"
    if part.kind == "a":
        return f"星期{_WEEKDAYS[moment.weekday()]}"
    if part.kind == "p":
        return "上午" if moment.hour < 12 else "下午"
    return f"{plain[part.kind]:02}" if padded else str(plain[part.kind])
