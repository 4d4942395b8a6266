"""Whether a sentence agrees with a value that a yes-no question states: 报名费是200元吗.

The regular expressions are in `bot/question/rules/yes_no.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Literal, NamedTuple

import bot.question
from bot.reader.candidates import coverage
from corpus.language.quantities import Quantity, quantities
from corpus.language.text import fold

RULES_FILE = Path(bot.question.__file__).parent / "rules/yes_no.toml"

RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_WORDS = RULES["words"]
_BOUNDS_DENIED = re.compile(_WORDS["bounds_denied"])
_DENIES = re.compile(_WORDS["denies"])
_LEAST = (re.compile(f"{_WORDS['least_before']}$"), re.compile(_WORDS["least_after"]))
_MOST = (re.compile(f"{_WORDS['most_before']}$"), re.compile(_WORDS["most_after"]))
_ABOUT = (re.compile(f"{_WORDS['about_before']}$"), re.compile(_WORDS["about_after"]))
_CLASS = re.compile(f"({RULES['name']['classes']})$")
_DIGITS, _SCALES = "0123456789零〇一二两三四五六七八九十", "百千万亿"
_NUMERAL = f"{_DIGITS}{_SCALES}"
_BARE = re.compile(rf"[{_NUMERAL}]*[零〇一二两三四五六七八九十][百千万亿]+$")
# The 张 of 五百张
_MEASURE = re.compile(rf"(?<=[{_NUMERAL}])[{_WORDS['measures']}](?![{_NUMERAL}])")
# The 个 of 15个亿; the 号 of 20号
_OF_SCALE = re.compile(r"(?<=\d)个([万亿])")
_DAY = re.compile(r"(?<=\d)号(?!线|楼)")
# 同年 is the year of the sentence before
_OTHER_YEAR = re.compile("[同次翌当]年")
_CLAUSE = re.compile(r"[^,，;；。！!？?]+")
_YEARS = range(1000, 2200)
# Units that measure time or a share: a number without a unit is none of these.
_OWN_UNITS = frozenset(
    {"年", "月", "日", "个月", "小时", "分钟", "工作日", "岁", "点", "%", "‰", "周"}
)

NEAR = Decimal("0.2")
"""Share by which a value must differ from one that is only about right: 近50万."""

Bound = Literal["least", "most"]


class Value(NamedTuple):
    """A number with its unit, or a date, in a text as `plain` gives it. `date` is (year, month, day),
    each None where it is not said; None for a number. `start` and `end` are characters.
    """

    number: Quantity | None
    date: tuple[int | None, int | None, int | None] | None
    start: int
    end: int


def plain(text: str) -> str:
    """`text` folded, character for character, with numbers as `quantities` reads them.

    五百张 is 五百个, 15个亿 is 15亿.
    """
    return _DAY.sub("日", _MEASURE.sub("个", _OF_SCALE.sub(r"\1 ", fold(text))))


def stated_values(statement: str) -> list[Value]:
    """The numbers and dates of a folded statement, which may end with a numeral: 最多赔两万."""
    text = plain(statement)
    found = values(text)
    bare = _BARE.search(text)
    if bare and not any(value.end == len(text) for value in found):
        for value in values(f"{text}个"):
            if value.number is not None and value.end > len(text):
                number = value.number._replace(unit="", end=len(text))
                found.append(Value(number, None, value.start, len(text)))
    return found


def unit_of(value: Value, text: str) -> str:
    """The unit or measure word behind a number as it is written in `text`: 张 of 300张."""
    written = text[value.start : value.end]
    return written.strip(f"{_DIGITS}{_SCALES}., ")


def values(text: str) -> list[Value]:
    """The numbers and dates of a text made `plain`, in order."""
    found: list[Value] = []
    run: list[Quantity] = []
    for quantity in quantities(text):
        if run and not _follows(run[-1], quantity):
            found += _of_run(run)
            run = []
        run.append(quantity)
    return [*found, *_of_run(run)]


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
        yield Value(None, date, run[0].start, run[-1].end)
        return
    yield from (Value(part, None, part.start, part.end) for part in run)


def agrees(
    stated: Value, statement: str, sentence: str, terms: Mapping[str, float], short: str | None
) -> bool | None:
    """Whether a plain sentence has the value `stated` in a plain statement; None where it is not sure.

    `terms` are the words of the statement with their weights. Of several values in the sentence that
    one counts which stands in `short`, or in the clause that has most of the words.
    """
    comparable = [
        value
        for value in values(sentence)
        if _is_comparable(stated, value) and not _is_article(value, sentence)
    ]
    if not comparable or (stated.date is not None and _OTHER_YEAR.search(sentence)):
        return None
    meant = _meant(comparable, sentence, terms, short)
    equal = [value for value in comparable if _equals(stated, value)]
    if equal:
        is_meant = all(value in equal for value in meant)
        return True if is_meant and _affirms(stated, statement, meant[0], sentence) else None
    if len(comparable) > 1 and _is_sum(stated, comparable):
        return None
    return False if all(_denies(stated, statement, v, sentence) for v in meant) else None


def _is_comparable(stated: Value, value: Value) -> bool:
    if stated.date is not None:
        return value.date is not None and all(
            own is None or other is not None
            for own, other in zip(stated.date, value.date, strict=True)
        )
    if stated.number is None or value.number is None:
        return False
    units = {stated.number.unit, value.number.unit}
    return len(units) == 1 or ("" in units and not units & _OWN_UNITS)


def _is_article(value: Value, text: str) -> bool:
    """Whether a number is an 一 that counts nothing: 一次, 一个."""
    return value.number is not None and value.number.value == 1 and text[value.start] == "一"


def _equals(stated: Value, value: Value) -> bool:
    if stated.date is not None and value.date is not None:
        pairs = zip(stated.date, value.date, strict=True)
        return all(own is None or own == other for own, other in pairs)
    return bool(stated.number and value.number and stated.number.value == value.number.value)


def _meant(
    comparable: Sequence[Value], sentence: str, terms: Mapping[str, float], short: str | None
) -> list[Value]:
    """Those of the values that the words of the statement lead to."""
    if len(comparable) == 1:
        return list(comparable)
    at = sentence.find(plain(short)) if short else -1
    if short and at >= 0:
        inside = [v for v in comparable if at <= v.start and v.end <= at + len(plain(short))]
        if inside:
            return inside
    weighed = [(coverage(terms, _clause(value, sentence)), value) for value in comparable]
    most = max(weight for weight, _ in weighed)
    return [value for weight, value in weighed if weight == most]


def _clause(value: Value, sentence: str) -> str:
    """The clause of a sentence that holds a value."""
    for found in _CLAUSE.finditer(sentence):
        if found.start() <= value.start < found.end():
            return found.group()
    return sentence


def _is_sum(stated: Value, comparable: Sequence[Value]) -> bool:
    """Whether some of the values together make the one stated: 3人 and 2人 are 5人."""
    if stated.number is None:
        return False
    parts = [value.number.value for value in comparable[:8] if value.number]
    sizes = range(2, len(parts) + 1)
    return any(sum(some) == stated.number.value for n in sizes for some in combinations(parts, n))


def _affirms(stated: Value, statement: str, value: Value, sentence: str) -> bool:
    """Whether an equal value is stated as it is in the sentence: not as a bound, not about, not denied."""
    if denies(_clause(value, sentence)):
        return False
    own, other = _bound(stated, statement), _bound(value, sentence)
    return own == other and _is_about(stated, statement) == _is_about(value, sentence)


def _denies(stated: Value, statement: str, value: Value, sentence: str) -> bool:
    """Whether a different value rules out the one stated."""
    if denies(_clause(value, sentence)):
        return False
    if stated.number is None or value.number is None:
        return True
    asked, said = stated.number.value, value.number.value
    if _is_about(value, sentence) or _is_about(stated, statement):
        return abs(asked - said) > NEAR * said
    own, bound = _bound(stated, statement), _bound(value, sentence)
    if bound is None or own == bound:
        # 超过100元 is not ruled out by 120元.
        return own == bound
    return own is None and (asked < said if bound == "least" else asked > said)


def denies(folded: str) -> bool:
    """Whether a folded text has a word that denies: 不, 未, 没有; 不低于 has none."""
    return bool(_DENIES.search(_BOUNDS_DENIED.sub("", folded)))


def _bound(value: Value, text: str) -> Bound | None:
    """Whether a number is the least or the most that may be: 18度以上, 不超过3日."""
    before, after = text[: value.start], text[value.end :]
    for name, (left, right) in (("most", _MOST), ("least", _LEAST)):
        if left.search(before) or right.match(after):
            return "most" if name == "most" else "least"
    return None


def _is_about(value: Value, text: str) -> bool:
    left, right = _ABOUT
    return bool(left.search(text[: value.start]) or right.match(text[value.end :]))


def agrees_on_name(stated: str, sentence: str, others: Iterable[str]) -> bool | None:
    """Whether a folded sentence has the folded name `stated`, or another of its class.

    `others` are the names of places in the sentence that the question does not have. None where it
    is not sure.
    """
    if denies(sentence):
        return None
    rivals = _rivals(stated, sentence) if _CLASS.search(stated) else list(others)
    if stated in sentence:
        return None if rivals else True
    return False if rivals else None


def _rivals(stated: str, sentence: str) -> list[str]:
    """What stands before the class of `stated` elsewhere in the sentence: 阿提哈德 of 阿提哈德航空."""
    found = _CLASS.search(stated)
    if not found:
        return []
    head = stated[: found.start()]
    befores = re.findall(rf"([\u4e00-\u9fff]{{2,6}}){found[1]}", sentence)
    return [b for b in befores if head and not _abbreviates(head, b) and not b.endswith(head)]


def _abbreviates(short: str, whole: str) -> bool:
    """Whether the characters of `short` stand in `whole` in their order: 城管 in 城市管理."""
    rest = iter(whole)
    return all(char in rest for char in short)
