"""The same questions of what the document does not tell: of another city, year, number or name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.evals.regulation_names import choice, hash_of, read_title
from bot.evals.regulation_questions import CITIES
from bot.training.makers.gate import folded_in, segmenter
from bot.training.makers.made import Made
from corpus.language.quantities import quantities
from corpus.language.text import fold, is_person, is_place

MAKER = "swaps"

NAMES = (
    *(
        "陈国梁",
        "李秀兰",
        "王建平",
        "张海燕",
        "刘志远",
        "赵文静",
        "周立新",
        "吴美玲",
        "孙耀宗",
        "何晓峰",
    ),
    *("郑玉梅", "冯启明", "许家骏", "曹桂芳", "彭少华", "董雪琴"),
)
"""Persons of whom a question may be asked that the document does not name."""

# 2020 in 2020年
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")
# 12 in 12只; not in 1,200
_DIGITS = re.compile(r"(?<![\d.,])\d{1,4}(?![\d.,])")
# 不足, 超过: before a number that is a bound
_BOUND = re.compile(r"(?:不足|超过|不满|不到|达到?|[少多高低大小]于|满|未满|超|至少|最多)$")
_NUMERALS = "一两三四五六七八九十"
# 60岁以上, 三人以内, 第3号: another number may be told by the same sentence
_RANGE = re.compile(r"^(?:以[上下内外]|[余多至或—~-])")


def swaps(made: Made) -> Iterator[Made]:
    """A question of each way that there is something in it to exchange, at most four.

    None of them is answered: what stands in the place is not in the document.
    """
    if made.answer is None:
        return
    for way in (_another_city, _another_year, _another_number, _another_name):
        question = way(made)
        if question and question != made.question:
            yield replace(made, question=question, answer=None, maker=MAKER)


def _another_city(made: Made) -> str | None:
    """昆明那个养犬的规定 for 济南那个养犬的规定: the city of the title, or one that the text names."""
    known = read_title(made.document.title)
    places = [known.place, known.short_place] if known else []
    places += [word for word in segmenter().words(made.question) if _is_city(word)]
    for place in places:
        if place not in made.question:
            continue
        whole = choice(CITIES, "city", made.question)
        # 济南市 by 昆明市, 济南 by 昆明
        other = whole if place.endswith(("市", "省")) else whole.removesuffix("市")
        if not _is_told(whole.removesuffix("市"), made) and made.question.count(place[:2]) == 1:
            return made.question.replace(place, other)
    return None


def _is_city(word: str) -> bool:
    return is_place(word) and (word.endswith("市") or f"{word}市" in CITIES)


def _another_year(made: Made) -> str | None:
    """2021年 for 2020年."""
    found = _YEAR.search(made.question)
    if found is None:
        return None
    shift = (1, 2, 3, -1, -2, -3)[hash_of("year", made.question) % 6]
    other = str(int(found.group()) + shift)
    if _is_told(other, made):
        return None
    return made.question[: found.start()] + other + made.question[found.end() :]


def _another_number(made: Made) -> str | None:
    """十二只 for 三只; years are left to `_another_year`, and ranges as they are."""
    for one in quantities(fold(made.question)):
        written = made.question[one.start : one.end]
        before = made.question[max(0, one.start - 1) : one.start]
        # 哪一天, 第三批; a single one is often no count: 一方, 一个
        # 不足一万元: what holds for another amount too
        if _BOUND.search(made.question[: one.start]):
            continue
        if before in ("哪", "第", "几", "每") or one.value == 1:
            continue
        if not one.unit or one.unit == "年" or _RANGE.match(made.question[one.end :]):
            continue
        number = _DIGITS.match(written) or re.match(
            f"[{_NUMERALS}](?![{_NUMERALS}百千万亿])", written
        )
        if number is None:
            continue
        other = _other_number(number.group(), made.question)
        if not _is_told(other + written[number.end() :], made):
            return made.question[: one.start] + other + made.question[one.start + number.end() :]
    return None


def _other_number(number: str, seed: str) -> str:
    """Another number written alike: 17 for 12, 七 for 三."""
    shift = 2 + hash_of("number", seed) % 5
    if number.isdecimal():
        return str(int(number) + shift)
    return _NUMERALS[(_NUMERALS.index(number) + shift) % len(_NUMERALS)]


def _another_name(made: Made) -> str | None:
    """王建平 for a person that the question names."""
    for word in segmenter().words(made.question):
        if len(word) == 3 and is_person(word) and not segmenter().is_word(word):
            other = choice(NAMES, "name", made.question)
            if word in made.document.text and not _is_told(other, made):
                return made.question.replace(word, other)
    return None


def _is_told(text: str, made: Made) -> bool:
    return folded_in(text, made.document.text) or folded_in(text, made.document.title)
