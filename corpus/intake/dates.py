"""Finds the date of an article in the lines that tell it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from corpus.intake.page import fold

_HAN = "\u4e00-\u9fff"
_MONTH_LENGTH = len("2020-12")
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# "December", "Dec."; the name of the group is filled in
_MONTH = rf"(?P<{{}}>(?:{'|'.join(_MONTHS)})[a-z]*)\.?"
_CHINESE = r"[〇○零一二三四五六七八九]"
# 2020-12-05, 2020年12月5日; "December 5, 2020"; "5 Dec 2020"; 二〇二〇年十二月五日
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?(?:[-/.]|年)\s?(?P<m>\d{1,2})\s?(?:[-/.]|月)\s?(?P<d>\d{1,2})(?!\d\d)(?:\s?[日号])?",
        rf"\b{_MONTH.format('m')}\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s-](?:of\s)?{_MONTH.format('m')},?[\s-](?P<y>(?:19|20)\d\d)\b",
        rf"(?P<y>{_CHINESE}{{4}})年(?P<m>[一二三四五六七八九十]{{1,2}})月(?P<d>[一二三四五六七八九十]{{1,3}})[日号]",
        # 日期:20201205, or alone
        r"(?:(?:时间|日期|[Dd]ate)\s*[:|]\s*|^\s*)(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?=\s*$|[\sT]\s?\d)",
    )
)
# The time behind a date, with its zone: T10:00:00Z, " 20:00:00 GMT", T10:00:00.000+08:00.
# The range 10:00-12:00 has none.
_ZONED = re.compile(
    r"(?:T|,?\s)\s?(?P<hour>\d\d?):(?P<minute>\d\d)(?P<second>:\d\d(?:\.\d+)?)?\s?"
    r"(?:Z\b|(?P<name>GMT|UTC)?(?:(?P<sign>[+-])(?P<ahead>\d\d?)(?::?(?P<more>\d\d))?(?![\d:]))?)"
)
_IN_CHINA = timezone(timedelta(hours=8))
# "10:00", "T10:00:00+08:00", "9:30 am"
_CLOCK = re.compile(
    r"T?\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:GMT|UTC|CST)?[+-]\d{1,2}:?\d{0,2}|\s?(?:HKT|BJT|GMT|UTC|CST|EST|EDT|PST|PDT|CET|JST|SGT|Z)\b)?",
    re.IGNORECASE,
)
# 3小时前, "2 days ago", 12-05 10:00
_AGO = re.compile(
    r"\d{1,2}\s*(?:分钟|小时|天|days?|hours?|minutes?)\s*(?:前|ago)|(?<!\d)\d{1,2}[-/月]\d{1,2}日?\s\d{1,2}:\d\d"
)


def find_date(text: str) -> date | None:
    """The first date in a text that exists in the calendar, or None.

    Beside a time whose zone is told it is the day in China.
    """
    text = fold(text)
    found: list[tuple[int, date]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            day = _day(match)
            if day:
                found.append((match.start(), _day_in_china(day, text[match.end() :])))
    return min(found)[1] if found else None


# 2024年9月 at the end of a line, or of one in brackets; 2024年5月写于某地
_MONTH_ALONE = re.compile(
    rf"(?P<before>[^。!?;]{{0,30}}?)(?:^|[\s,(|·])\(?(?P<y>(?:19|20)\d\d)\s?年\s?(?P<m>\d{{1,2}})\s?月"
    rf"(?:写于[{_HAN}]{{2,8}})?\)?$"
)


def find_month(text: str) -> tuple[str, str]:
    """The month that a line gives instead of a day, as 2024-09, and what stands before it; two empty
    strings where the line says anything else: 某大学研究中心 2024年9月.
    """
    found = _MONTH_ALONE.match(fold(text).strip())
    if not found or not 1 <= int(found["m"]) <= 12:
        return "", ""
    return f"{found['y']}-{int(found['m']):02}", found["before"].strip(" (|·,")


def date_in(text: str) -> tuple[int, int] | None:
    """Where the first that looks like a date stands in a folded text, end exclusive; None without."""
    return min((match.span() for form in _FORMS for match in form.finditer(text)), default=None)


def is_published(text: str) -> bool:
    """Whether a text is a day or a month as documents give it: 2020-12-05, 2020-12."""
    day = f"{text}-01" if len(text) == _MONTH_LENGTH else text
    try:
        return date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False


def is_dated(text: str) -> bool:
    """Whether a text has a date, a time of day beside month and day, or a mark such as "3小时前"."""
    return any(form.search(fold(text)) for form in (*_FORMS, _AGO))


def without_date(text: str) -> str:
    """The text, folded, without dates and times and the punctuation around them."""
    text = fold(text)
    for form in (*_FORMS, _AGO, _CLOCK):
        text = form.sub(" ", text)
    return text.strip(" ()[]【】|/·,:-—")


def _day(match: re.Match[str]) -> date | None:
    """The date of a match, or None where the calendar has no such day."""
    try:
        return date(_number(match["y"]), _number(match["m"]), _number(match["d"]))
    except ValueError:
        return None


def _day_in_china(day: date, behind: str) -> date:
    """The day in China at the time that stands behind a date; `day` where no zone is told."""
    time = _ZONED.match(behind)
    if not time:
        return day
    ahead = int(time["ahead"] or 0) * 60 + int(time["more"] or 0)
    told = "Z" in time[0] or time["name"] or (time["sign"] and (time["second"] or "T" in time[0]))
    hour, minute = int(time["hour"]), int(time["minute"])
    if not told or hour > 23 or minute > 59 or ahead > 14 * 60:
        return day
    zone = timezone(timedelta(minutes=-ahead if time["sign"] == "-" else ahead))
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return moment.astimezone(_IN_CHINA).date()


def _number(text: str) -> int:
    """The value of "2020", "二〇二〇", "二十五" or "December"."""
    if text[:3].lower() in _MONTHS:
        return _MONTHS.index(text[:3].lower()) + 1
    if "十" in text:
        tens, ones = text.split("十", 1)
        text = (tens or "1") + (ones or "0")
    return int(text.translate(_DIGITS))
