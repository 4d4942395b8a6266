"""Finds numbers, dates, names and enumerations in a text by rule, and those of the kind asked for.

All offsets are characters, end exclusive. A text that is searched is folded: half-width, lower
case, simplified characters.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from bot.question.analysis import Question
from corpus.language.quantities import quantities
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
# 2685万次, 60.6%, 三个, 百分之五
_NUMBER = re.compile(
    rf"(?<![\d.+])(?:{_DIGITS}(?![+\d]){_SCALE}(?:{_LONG_UNITS}|[{_UNITS}{_LATER_UNITS}]?(?:周年)?)"
    rf"|百分之{_NUMERAL}"
    # Chinese numerals need a measure word: 一 and 十 begin too many words.
    rf"|(?<!进)第?{_NUMERAL}(?:分之{_NUMERAL})?(?:个百分点|[{_UNITS}本岁倍吨米克](?:方面)?))"
)

# 第三条 counts nothing
_ARTICLE = re.compile(rf"第(?:{_NUMERAL}|\d+)[条款项章节]")

# 早上六点, 下午5点半
_PART_OF_DAY = "(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里)"
_HOUR = r"(?:[01]?\d|2[0-4])"
_SAID_HOUR = "[一二三四五六七八九十]{1,3}"
_MINUTES = rf"(?:半|整|钟|\d{{1,2}}分|{_SAID_HOUR}分)"
# 六点开门, 9时至18时; not 提出5点意见, 一时难以解决
_CLOCK = (
    rf"{_PART_OF_DAY}(?:{_HOUR}|{_SAID_HOUR})[点时]{_MINUTES}?"
    rf"|(?:(?<![\d.,]){_HOUR}|{_SAID_HOUR})[点时]{_MINUTES}"
    rf"|(?:(?<![\d.,]){_HOUR}|{_SAID_HOUR})点(?=[开关起止至到前后~-])"
    rf"|(?<![\d.,]){_HOUR}(?:点(?=[,。;、\s]|$)|时(?![间期代刻段候]))"
    # Not the scale 1:50
    rf"|{_PART_OF_DAY}?(?<![\d:.])(?<!比例)(?<!比例尺){_HOUR}:[0-5]\d(?![\d:])"
)
_MONTH = r"\d{1,2}月(?:\d{1,2}[日号]|[底初末中]旬?)?"
# 2015年, 2019年底, 今年3月, 二〇二〇年, 2020-12-05 10:00, 19世纪
_DATE = re.compile(
    rf"(?:公元前?)?(?:{_DIGITS}|[二一]?[零〇一二三四五六七八九]{{2,4}})年"
    rf"(?:年?[底初末中]|{_MONTH}|[{HAN}]月(?:[{HAN}]{{1,3}}日)?)?"
    r"|\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2})?"
    rf"|[今去前同]年(?:{_MONTH})?|{_MONTH}"
    r"|\d{1,2}世纪(?:\d0年代)?"
    rf"|{_CLOCK}"
)

_PRECISELY = (
    # asks: 哪一年, 哪个年份, which year; answers: 1998, 二〇年, 同年
    (
        re.compile(r"哪一?年(?![代龄度级])|几几年|哪个年份|\b(?:what|which) year\b"),
        re.compile(
            r"(?<!\d)(?:1\d|20)\d\d(?![\d万亿])|(?:\d\d|[〇零一二三四五六七八九十元同今去前次翌当明])年"
        ),
    ),
    # asks: 几点; answers: 六点, 21:30
    (re.compile(r"(?<!哪)几点|什么钟点|几时"), re.compile(_CLOCK)),
    # asks: 哪一天, 几月几日, which day; answers: 5日, 次日, 星期三, 除夕
    (
        re.compile(r"哪一?[天日](?!本)|几月几|几[号日](?!线)|\b(?:what|which) (?:day|date)\b"),
        re.compile(
            r"[\d一二三四五六七八九十][日号]|[今昨明当同翌次前]天|[当同翌次]日|节|除夕|星期|周[一二三四五六日]|[廿初]"
        ),
    ),
)
"""What asks for a year or a day, and what one looks like."""

# “两张网”
_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{1,40})[”」』\"]")
# 《上海市绿化条例》
_TITLE = re.compile(r"《[^》]{1,60}》")
# 社区、社会组织、社会工作
_ENUMERATION = re.compile(r"[^，,。；;：:、！!？?\n(（]{1,24}(?:、[^，,。；;：:、！!？?\n]{1,24})+")

_PAIRS = {"“": "”", "「": "」", "『": "』", "《": "》", "(": ")", "（": "）"}
_QUOTES = frozenset("“”「」《》\"'")


def numbers(folded: str) -> list[Span]:
    """Numbers with their measure word, in order; none that is part of a date: 2685万次, 60.6%, 三个."""
    found = []
    in_dates = dates(folded)
    matched = [match.span() for match in _NUMBER.finditer(folded)]
    for start, end in sorted({*matched, *_written_out(folded, matched)}):
        in_date = any(first <= start and end <= last for first, last in in_dates)
        if not in_date and not _ARTICLE.fullmatch(folded, start, end):
            found.append((start, end))
    return found


def _written_out(folded: str, matched: list[Span]) -> Iterator[Span]:
    """Numbers in Chinese numerals with any unit, where no pattern has found one: 六十厘米, 七十五亩."""
    for quantity in quantities(folded):
        is_apart = all(end <= quantity.start or quantity.end <= start for start, end in matched)
        if is_apart and quantity.unit and quantity.value > 1:
            yield quantity.start, quantity.end


# 〔二百元〕以上〔二千元〕以下, 〔24〕至〔26枚〕
_TO = re.compile(r"(?:以上)?(?:至|到|-|—|~)?")
_BOUND = re.compile(r"以[上下内]")


def amounts(folded: str) -> list[Span]:
    """Numbers as `numbers` finds them, those of one range together: 二百元以上二千元以下."""
    found: list[Span] = []
    for start, end in numbers(folded):
        between = folded[found[-1][1] : start] if found else ""
        if between and _TO.fullmatch(between):
            bound = _BOUND.match(folded, end)
            found[-1] = found[-1][0], bound.end() if bound else end
        else:
            found.append((start, end))
    return found


def dates(folded: str) -> list[Span]:
    """Years, months and days, in order: 2015年, 今年3月底, 2020-12-05 10:00."""
    return [match.span() for match in _DATE.finditer(folded)]


def lacks_date(question: Question, folded: str) -> bool:
    """Whether a question asks for a year, a day or a time, 哪一天, and a folded text has none: 近年来."""
    if question.kind not in ("date", "number"):
        return False
    asked = fold(question.asked)
    precisely = _PRECISELY if question.kind == "date" else _PRECISELY[:1]
    return any(asks.search(asked) and not answers.search(folded) for asks, answers in precisely)


def names(text: str) -> list[Span]:
    """What stands in quotation marks (without them) or title marks (with them), in order."""
    quoted = [match.span(1) for match in _QUOTED.finditer(text)]
    titled = [match.span() for match in _TITLE.finditer(text)]
    return sorted(quoted + titled)


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
    """`span` without `loose` characters and without unpaired quotation marks at its ends.

    A pair of quotation marks around all of it goes too.
    """
    start, end = span
    while start < end:
        inside = folded[start:end]
        whole = is_whole(inside)
        if inside[0] in loose or (inside[0] in _QUOTES and not whole):
            start += 1
        elif inside[-1] in loose or (inside[-1] in _QUOTES and not whole):
            end -= 1
        elif inside[0] in _QUOTES and inside[-1] in _QUOTES and is_whole(inside[1:-1]):
            start += 1
            end -= 1
        else:
            break
    return start, end


# 几个月, 几小时, 几分钟
_ASKS_MONTHS = re.compile(r"几个?(?:月|小时|钟头|工作日|星期|礼拜)|几(?:分钟|周)(?!岁)")
_ASKS_HOW_LONG = re.compile(r"多久|多长时间")
_TIMES = frozenset(["年", "个月", "日", "周", "小时", "分钟", "秒", "工作日"])
# 每季度, 长期, 当场
_OPEN = re.compile(r"每半?[天日周月季年]|长期|永久|终身|随时|当[场天日]|[即及]时|同时|一直")


def durations(folded: str) -> list[str]:
    """What says how long something takes or how often it is, in no order: 3个月, 半小时, 每季度, 长期."""
    found = _OPEN.findall(folded)
    in_dates = dates(folded)
    for quantity in quantities(folded):
        is_date = any(first <= quantity.start < last for first, last in in_dates)
        if quantity.unit in _TIMES and not is_date:
            found.append(folded[quantity.start : quantity.end])
    return found


_COUNTED = frozenset("个项次条份种类名家位座级层步年天届轮户件所支场部篇台架艘枚岁倍吨米%")
# 15个亿元, 3万, 500
_MONEY = re.compile(r"元|亿|万$|\d$")
# 15个亿
_MILLIONS = re.compile(r"个[万亿]")


def typed_spans(question: Question, folded: str) -> list[str]:
    """The numbers or dates of a folded sentence that the question asks for.

    None that the question has itself.
    """
    asked = fold(question.asked)
    wanted = [folded[start:end] for start, end in dates(folded)]
    if question.kind == "number" and _ASKS_MONTHS.search(asked):
        wanted = durations(folded)
    elif question.kind == "number" and _ASKS_HOW_LONG.search(asked):
        wanted += durations(folded)
    elif question.kind == "number":
        measure = question.measure
        of_time = wanted if measure and measure in "年月日点" else []
        counted = [folded[start:end] for start, end in numbers(folded)]
        wanted = [number for number in counted if not _other_measure(measure, number)] + of_time
    return [part for part in wanted if part not in asked]


def _other_measure(asked: str, found: str) -> bool:
    """Whether a number has another measure word than the question's: 条 where it asks 几个."""
    if asked == "个" and _MILLIONS.search(found):
        return True
    if not asked or asked in found:
        return False
    if asked in "钱元块":
        return not _MONEY.search(found)
    # 个 stands for any other.
    measure = found[-1:]
    return measure in _COUNTED and asked in _COUNTED and measure != "个"
