"""Dates as they are printed in Chinese and English."""

from __future__ import annotations

import re
from datetime import date

from corpus.intake.page import fold

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<{{}}>(?:{'|'.join(_MONTHS)})[a-z]*)\.?"
_CHINESE = r"[〇○零一二三四五六七八九]"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?(?:[-/.]|年)\s?(?P<m>\d{1,2})\s?(?:[-/.]|月)\s?(?P<d>\d{1,2})(?!\d\d)(?:\s?日)?",
        rf"\b{_MONTH.format('m')}\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s{_MONTH.format('m')},?\s(?P<y>(?:19|20)\d\d)\b",
        rf"(?P<y>{_CHINESE}{{4}})年(?P<m>[一二三四五六七八九十]{{1,2}})月(?P<d>[一二三四五六七八九十]{{1,3}})日",
    )
)
_CLOCK = re.compile(
    r"T?\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:GMT|UTC|CST)?[+-]\d{1,2}:?\d{0,2})?", re.IGNORECASE
)
_AGO = re.compile(
    r"\d{1,2}\s*(?:分钟|小时|天|days?|hours?|minutes?)\s*(?:前|ago)|(?<!\d)\d{1,2}[-/月]\d{1,2}日?\s\d{1,2}:\d\d"
)


def find_date(text: str) -> date | None:
    """The first date in the text that exists in the calendar, or None."""
    text = fold(text)
    found = [(match.start(), day) for form in _FORMS for match in form.finditer(text) if (day := _day(match))]
    return min(found)[1] if found else None


def is_dated(text: str) -> bool:
    """True of a text with a date, a time of day beside month and day, or a mark such as "3小时前"."""
    return any(form.search(fold(text)) for form in (*_FORMS, _AGO))


def without_date(text: str) -> str:
    """The text folded, without its dates and times and the punctuation around them."""
    text = fold(text)
    for form in (*_FORMS, _AGO, _CLOCK):
        text = form.sub(" ", text)
    return text.strip(" ()[]【】|/·,:-—")


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(*(_number(match[part]) for part in ("y", "m", "d")))
    except ValueError:
        return None


def _number(text: str) -> int:
    """The value of "2020", "二〇二〇", "二十五" or "December"."""
    if text[:3].lower() in _MONTHS:
        return _MONTHS.index(text[:3].lower()) + 1
    if "十" in text:
        tens, ones = text.split("十", 1)
        text = (tens or "1") + (ones or "0")
    return int(text.translate(_DIGITS))
