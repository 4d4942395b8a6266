"""Short answers that stand in a sentence, by rule: numbers, dates, names, titles, members of a list, the rest of a phrase."""

from __future__ import annotations

import re

from corpus.text import HAN, fold

Span = tuple[int, int]

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿]+"
_MEASURE = (
    r"(?:%|‰|个百分点|万亿|亿|万|千|百)*(?:多|余)?(?:个亿|周年|方面|平方公里|平方米|公里|公顷|立方米|英里|海里|千克|公斤|毫米|厘米|小时|分钟|"
    r"人次|万人|美元|欧元|英镑|日元|港元|[个项次条份种类名家位座级层步年天届轮元人户件所支场部篇本台辆架艘枚岁倍吨米克秒只头匹株棵成号度字页章节间栋套双对句首幅扇张片块段颗粒滴集期卷册线站队组员]?(?:周年)?)"
)
_NUMBER = re.compile(
    rf"(?<![\d.])(?:{_DIGITS}{_MEASURE}|第?{_NUMERAL}(?:分之{_NUMERAL})?(?:个百分点|[个项次条份种类名家位座级层步年天届轮元人户件所支场部篇本岁倍吨米克](?:方面)?))"
)
_DATE = re.compile(
    rf"(?:公元前?)?(?:{_DIGITS}|[二一]?[零〇一二三四五六七八九]{{2,4}})年(?:年?[底初末中]|\d{{1,2}}月(?:\d{{1,2}}[日号]|[底初末中]旬?)?|[{HAN}]月(?:[{HAN}]{{1,3}}日)?)?"
    r"|\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2})?|[今去前同]年(?:\d{1,2}月(?:\d{1,2}[日号]|[底初末中])?)?|\d{1,2}月(?:\d{1,2}[日号]|[底初末中])?|\d{1,2}世纪(?:\d0年代)?"
)
_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{1,40})[”」』\"]")
_TITLE = re.compile(r"《[^》]{1,60}》")
_MEMBER = r"[^，,。；;：:、！!？?\n]{1,24}?"
_ENUMERATION = re.compile(r"[^，,。；;：:、！!？?\n(（]{1,24}(?:、[^，,。；;：:、！!？?\n]{1,24})+")


def numbers(sentence: str) -> list[Span]:
    """Numbers with their measure word, in order: 2685万次, 60.6%, 三个."""
    return [m.span() for m in _NUMBER.finditer(fold(sentence)) if not _within(m.span(), dates(sentence))]


def dates(sentence: str) -> list[Span]:
    """Years, months and days, in order: 2015年, 今年3月底, 2020-12-05 10:00."""
    return [m.span() for m in _DATE.finditer(fold(sentence))]


def names(sentence: str) -> list[Span]:
    """What stands in quotation marks (without them) or title marks (with them), in order."""
    return sorted([m.span(1) for m in _QUOTED.finditer(sentence)] + [m.span() for m in _TITLE.finditer(sentence)])


def enumerations(sentence: str) -> list[Span]:
    """Members joined by 、, whole: 社区、社会组织、社会工作."""
    return [m.span() for m in _ENUMERATION.finditer(sentence)]


def _within(span: Span, others: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)
