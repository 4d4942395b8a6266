"""Which rows have the largest or the smallest of a column that a question means: 末班最晚, 票价最贵, 知道的人最少.

The column is named, by a part of its name or a word that means the same, or is the only one of money or
of times. Vectors do not tell it: of 37 phrases written for this they took the wrong column too often at
every margin that kept the right ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from bot.question.analysis import Question
from bot.question.titles import words_of_the_language
from bot.reader.columns import Column, stem, times
from bot.reader.conditions import Condition, best_named, only_one
from corpus.language.glossary import means_same
from corpus.language.text import fold

# 花的钱 before 最多: what is paid or earned
_MONEY = r"(?:[花收出投用交要给赚挣](?:了|的|费的?)?)?钱"
# What asks for an extreme, whether for the largest, and of what
_EXTREMES = (
    (re.compile(r"最[晚迟]"), True, "time"),
    (re.compile(r"最[早先]"), False, "time"),
    (re.compile(r"最[老旧]"), False, "year"),
    (re.compile(rf"最贵|最[花费]钱|{_MONEY}最[多高]"), True, "money"),
    (re.compile(rf"最便宜|最实惠|最省钱|{_MONEY}最[少低]"), False, "money"),
    (re.compile(r"最[多大高长]"), True, "amount"),
    (re.compile(r"最[少小低短]"), False, "amount"),
)
# 2025年9月30日, 9月30日
_DATE = re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日?$")
_YEAR = re.compile(r"(?:19|20)\d\d年?$")
# 哪个最多, 最多的是谁
_WHICH = r"(?:哪(?!里|儿|年|天|月)|谁|什么)"
_MOST = r"最[多大高长少小低短晚迟早先贵便老旧]"
_ASKS_WHICH = re.compile(rf"{_WHICH}[^,。?!]*?{_MOST}|{_MOST}[^,。?!]*?{_WHICH}")
# Single characters that name nothing: the 的 of 目的地
_EMPTY = frozenset("的了得个是有在和里中上下大小多少年月日时不最")
# 知道的人 of 哪种服务知道的人〔最少〕: what stands before it in its clause
_CLAUSE = re.compile(r"[^,。?!;:]*$")


def extreme(asked: str, columns: Sequence[Column], key: int, behind: int = 0) -> Condition | None:
    """The rows with the largest or the smallest of a column, not that numbered `key`: 末班最晚, 票价最贵.

    What names a column in other words stands at asked[behind:] or later. None where no extreme is asked
    for, or not surely of one column that holds amounts or times alone.
    """
    for pattern, is_largest, kind in _EXTREMES:
        word = pattern.search(asked)
        if word is None:
            continue
        read = {column.number: _read(kind, columns, column) for column in columns}
        fits = [column for column in columns if read[column.number] and column.number != key]
        start = word.start()
        chosen = best_named(fits, asked) if kind == "amount" else only_one(fits, asked)
        if chosen is None and kind == "amount":
            clause = _CLAUSE.search(asked[: word.start()])
            start = max(behind if behind <= word.start() else 0, clause.start() if clause else 0)
            chosen = _meant(fits, asked[start : word.start()])
        if chosen is None:
            return None
        told = read[chosen.number] or ()
        most = (max if is_largest else min)(one for one in told if one is not None)
        rows = frozenset(n for n, one in enumerate(told) if one == most)
        return Condition(chosen.number, rows, start, word.end())
    return None


def asks_which_most(question: Question) -> bool:
    """Whether a question asks which of several has the most or least of something: no row alone tells it."""
    is_open = question.kind in ("what", "person", "list", "bare", "place")
    return is_open and bool(_ASKS_WHICH.search(fold(question.asked)))


def _meant(columns: Sequence[Column], said: str) -> Column | None:
    """The only column that a word of what is said of the extreme means: 知晓率 by 知道, 到馆人次 by 人.

    A word of one character stands in its name; longer ones mean the same as a word of it.
    """
    words = words_of_the_language().words(said, guess=False)
    found = []
    for column in columns:
        names = [stem(name) for name in column.names]
        if any(_is_meant(name, word) for name in names for word in words):
            found.append(column)
    return found[0] if len(found) == 1 else None


def _is_meant(name: str, word: str) -> bool:
    """Whether a word means a part of the name of a column."""
    if len(word) == 1:
        return word in name and word not in _EMPTY
    # 知晓率 is in no dictionary, and no word is cut from it.
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    return any(means_same(word, pair) for pair in pairs)


def _read(kind: str, columns: Sequence[Column], column: Column) -> Sequence[Decimal | None] | None:
    """The amounts, amounts of money, or times of a column; None where it holds others."""
    if kind == "time":
        minutes = times(columns, column.number)
        return [Decimal(one) for one in minutes] if minutes is not None else _dates(column)
    if kind == "year":
        found = [_YEAR.match(cell) for cell in column.cells]
        years = [Decimal(year.group()[:4]) for year in found if year]
        return years if len(years) == len(found) else None
    if kind == "money" and not column.is_of_money:
        return None
    return column.amounts


def _dates(column: Column) -> Sequence[Decimal] | None:
    """The dates of a column as numbers in their order; None where a cell holds none, or only some have years."""
    found = [_DATE.match(cell) for cell in column.cells]
    dates = [date for date in found if date]
    if len(dates) < len(found) or len({date["year"] is None for date in dates}) > 1:
        return None
    return [Decimal(f"{date['year'] or 0}{date['month']:0>2}{date['day']:0>2}") for date in dates]
