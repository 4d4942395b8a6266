"""Where numbers, dates, names and enumerations stand in a text, by rule. All offsets are characters, end exclusive."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from bot.question.analysis import Question
from bot.reader import spans
from corpus.language.text import HAN, fold

Span = tuple[int, int]

MARKS = frozenset("、,， ")
LOOSE = MARKS | frozenset("的是为了在有由被把将和与")

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿]+"
_SCALE = r"(?:%|‰|个百分点|万亿|亿|万|千|百)*(?:多|余)?"
_LONG_UNITS = (
    "个亿|周年|方面|平方公里|平方米|公里|公顷|立方米|英里|海里|千克|公斤|毫米|厘米|小时|分钟|人次|万人|"
    "美元|欧元|英镑|日元|港元"
)
_UNITS = "个项次条份种类名家位座级层步年天届轮元人户件所支场部篇"
_LATER_UNITS = "本台辆架艘枚岁倍吨米克秒只头匹株棵成号度字页章节间栋套双对句首幅扇张片块段颗粒滴集期卷册线站队组员"
_NUMBER = re.compile(
    rf"(?<![\d.+])(?:{_DIGITS}(?![+\d]){_SCALE}(?:{_LONG_UNITS}|[{_UNITS}{_LATER_UNITS}]?(?:周年)?)"
    # Chinese numerals need a measure word: 一 and 十 begin too many words.
    rf"|(?<!进)第?{_NUMERAL}(?:分之{_NUMERAL})?(?:个百分点|[{_UNITS}本岁倍吨米克](?:方面)?))"
)

_MONTH = r"\d{1,2}月(?:\d{1,2}[日号]|[底初末中]旬?)?"
_DATE = re.compile(
    rf"(?:公元前?)?(?:{_DIGITS}|[二一]?[零〇一二三四五六七八九]{{2,4}})年"
    rf"(?:年?[底初末中]|{_MONTH}|[{HAN}]月(?:[{HAN}]{{1,3}}日)?)?"
    r"|\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2})?"
    rf"|[今去前同]年(?:{_MONTH})?|{_MONTH}"
    r"|\d{1,2}世纪(?:\d0年代)?"
)

_PRECISELY = (
    (
        re.compile(r"哪一?年(?![代龄度级])|几几年|哪个年份|\b(?:what|which) year\b"),
        re.compile(
            r"(?<!\d)(?:1\d|20)\d\d(?![\d万亿])|(?:\d\d|[〇零一二三四五六七八九十元同今去前次翌当明])年"
        ),
    ),
    (
        re.compile(r"哪一?[天日](?!本)|几月几|几[号日](?!线)|\b(?:what|which) (?:day|date)\b"),
        re.compile(
            r"[\d一二三四五六七八九十][日号]|[今昨明当同翌次前]天|[当同翌次]日|节|除夕|星期|周[一二三四五六日]|[廿初]"
        ),
    ),
)
"""What asks for a year or a day, and what one looks like."""

_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{1,40})[”」』\"]")
_TITLE = re.compile(r"《[^》]{1,60}》")
_ENUMERATION = re.compile(r"[^，,。；;：:、！!？?\n(（]{1,24}(?:、[^，,。；;：:、！!？?\n]{1,24})+")

_PAIRS = {"“": "”", "「": "」", "『": "』", "《": "》", "(": ")", "（": "）"}
_QUOTES = frozenset("“”「」《》\"'")


def numbers(folded: str) -> list[Span]:
    """Numbers with their measure word, in order, none that is part of a date: 2685万次, 60.6%, 三个."""
    found = dates(folded)
    spans = (match.span() for match in _NUMBER.finditer(folded))
    return [(a, b) for a, b in spans if not any(start <= a and b <= end for start, end in found)]


def dates(folded: str) -> list[Span]:
    """Years, months and days, in order: 2015年, 今年3月底, 2020-12-05 10:00."""
    return [match.span() for match in _DATE.finditer(folded)]


def lacks_date(asked: str, folded: str) -> bool:
    """Whether a folded question asks for a year or a day, 哪一天, and a folded text has none: 近年来."""
    return any(asks.search(asked) and not told.search(folded) for asks, told in _PRECISELY)


def names(text: str) -> list[Span]:
    """What stands in quotation marks (without them) or title marks (with them), in order."""
    return sorted(
        [m.span(1) for m in _QUOTED.finditer(text)] + [m.span() for m in _TITLE.finditer(text)]
    )


def enumerations(text: str) -> list[Span]:
    """Members joined by 、, whole: 社区、社会组织、社会工作."""
    return [match.span() for match in _ENUMERATION.finditer(text)]


def occurrences(part: str, text: str) -> Iterator[Span]:
    """Every place where `part`, which is not empty, stands in `text`."""
    at = text.find(part)
    while at >= 0:
        yield at, at + len(part)
        at = text.find(part, at + 1)


def is_whole(text: str) -> bool:
    """Whether every quotation mark and bracket of `text` has its other half, rightly nested."""
    open_marks: list[str] = []
    for char in text:
        if char in _PAIRS:
            open_marks.append(_PAIRS[char])
        elif char in _PAIRS.values() and (not open_marks or open_marks.pop() != char):
            return False
    return not open_marks


def trimmed(folded: str, span: Span, loose: Container[str] = LOOSE) -> Span:
    """`span` without `loose` characters at its ends, nor quotation marks but those that enclose a part of it."""
    start, end = span
    while start < end:
        inside = folded[start:end]
        if inside[0] in loose or (inside[0] in _QUOTES and not is_whole(inside)):
            start += 1
        elif inside[-1] in loose or (inside[-1] in _QUOTES and not is_whole(inside)):
            end -= 1
        elif inside[0] in _QUOTES and inside[-1] in _QUOTES and is_whole(inside[1:-1]):
            start, end = start + 1, end - 1
        else:
            break
    return start, end


_COUNTED = frozenset("个项次条份种类名家位座级层步年天届轮户件所支场部篇台架艘枚岁倍吨米%")
_MONEY = re.compile(r"元|亿|万$|\d$")
_MILLIONS = re.compile(r"个[万亿]")


def typed_spans(question: Question, folded: str) -> list[str]:
    """The numbers or dates of a folded sentence that the question asks for and does not have itself."""
    measure, asked = question.measure, fold(question.asked)
    found = [folded[a:b] for a, b in spans.dates(folded)]
    if question.kind == "number":
        numbers = (folded[a:b] for a, b in spans.numbers(folded))
        dates = found if measure and measure in "年月日点" else []
        found = [number for number in numbers if not _other_measure(measure, number)] + dates
    return [part for part in found if part not in asked]


def _other_measure(asked: str, found: str) -> bool:
    """Whether a number is counted by another measure word than the question's: 条 where it asks 几个."""
    if asked == "个" and _MILLIONS.search(found):
        return True
    if not asked or asked in found:
        return False
    if asked in "钱元块":
        return not _MONEY.search(found)
    # 个 stands for any other.
    return found[-1:] in _COUNTED and asked in _COUNTED and found[-1:] != "个"
