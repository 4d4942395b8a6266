"""Sentences that say something else than their source: a wrong number, name or place, or an invention."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from bot.composer.amounts import Value, plain, values
from bot.evals.checker.cutting import Piece, clauses, exchanged, noun_before, replaced, words
from bot.evals.checker.material import Taken
from corpus.intake.numerals import numeral
from corpus.language.cedict import is_name
from corpus.language.quantities import han_value
from corpus.language.text import Segmenter, fold, is_person, is_place

_UNITS = (
    "万亿 亿 万 千 百", "元 美元 欧元 英镑 日元", "公里 米 厘米 毫米 英里", "平方公里 平方米 公顷 亩",
    "年 个月 天 小时", "小时 分钟 秒 天", "吨 公斤 克", "% ‰ 个百分点", "人 户", "岁 个月", "日 个月 小时",
    "周 个月 天", "倍 %", "层 米", "辆 架 艘",
)  # fmt: skip
"""Units of which one stands wrongly for another: parted by spaces."""

# What names a body by its class: 城市管理|部门
_CLASSES = (
    *("部门", "机关", "办事处", "委员会", "人民政府", "公司", "集团", "大学", "学院", "银行"),
    *("医院", "研究所", "协会", "中心", "法院"),
)
# 有关 of 有关部门, which names none
_ANY = re.compile("有关|其他|各级|本市|相关|所在|上级")
_WORK = re.compile(r"《[^》]{2,20}》")
_CHINESE_PERSON = 3


def wrong_number(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with another number in place of one."""
    text = plain(taken.text)
    numbers = [one for one in values(text) if _is_number(one, text)]
    if not numbers:
        return None
    value = choice.choice(numbers)
    written = taken.text[value.start : value.end]
    digits = re.search(r"\d[\d,]*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+", written)
    if digits is None:
        return None
    other = _another(digits.group(), choice)
    if other is None or other in fold(taken.text):
        return None
    start = value.start + digits.start()
    return replaced(taken.text, Piece(digits.group(), start, start + len(digits.group())), other)


def misplaced_number(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with two numbers of one unit in each other's place."""
    text = plain(taken.text)
    numbers = [one for one in values(text) if _is_number(one, text) and one.to is None]
    for one, other in combinations(numbers, 2):
        if one.unit == other.unit and one.number != other.number:
            pieces = [Piece(taken.text[v.start : v.end], v.start, v.end) for v in (one, other)]
            return exchanged(taken.text, *pieces)
    return None


def _is_number(value: Value, text: str) -> bool:
    is_ordinal = text[max(0, value.start - 1) : value.start] == "第"
    return value.number is not None and value.number > 1 and not is_ordinal


def _another(digits: str, choice: random.Random) -> str | None:
    """Another number of about the same size, written in the same way."""
    if digits[0].isdigit():
        number = Decimal(digits.replace(",", ""))
        factor = choice.choice([Decimal("0.5"), Decimal("1.2"), Decimal("2"), Decimal("3")])
        other = (number * factor).quantize(Decimal(1) if number == int(number) else Decimal("0.1"))
        other += 1 if other == number else 0
        return f"{other:,}" if "," in digits else f"{other:f}"
    known = [numeral(value, "chineseCountingThousand") for value in (*range(2, 30), 50, 200, 600)]
    others = [one for one in known if han_value(one) != han_value(digits)]
    return choice.choice([one for one in others if len(one) == len(digits)] or [""]) or None


def wrong_unit(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with another unit or scale behind a number: 亿 for 万, 美元 for 元."""
    found: list[tuple[Piece, str]] = []
    for unit, family in _units():
        others = [other for other in family if other != unit and other not in taken.text]
        if not others:
            continue
        for place in re.finditer(rf"(?<=[\d一二三四五六七八九十百千])\s?({unit})", taken.text):
            if not _goes_on(taken.text, place.end(1), unit):
                found.append((Piece(unit, *place.span(1)), choice.choice(others)))
    return replaced(taken.text, *choice.choice(found)) if found else None


def _units() -> Iterator[tuple[str, list[str]]]:
    """Each unit, with the units of its family."""
    for written in _UNITS:
        family = written.split(" ")
        yield from ((unit, family) for unit in family)


def _goes_on(text: str, end: int, unit: str) -> bool:
    """Whether a unit is only the beginning of another word, or a year or a day of a date."""
    behind = text[end : end + 1]
    before = text[: end - len(unit)]
    is_date = unit in ("年", "日") and bool(re.search(r"(?:\d{3,4}|[月至到、]\d{1,2})$", before))
    return is_date or behind in "万亿千百分代级度间" or (unit == "个" and behind in "月小工百")


def wrong_date(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with another year, month or day in a date."""
    found = []
    for place in re.finditer(
        r"(?<!\d)(\d{4})(?=年)|(?<!\d)(\d{1,2})(?=月)|(?<=月)(\d{1,2})(?=日)", taken.text
    ):
        number = int(place.group())
        if len(place.group()) == 4:
            other = number + choice.choice([-11, -3, -2, -1, 1, 2, 10])
        else:
            other = choice.choice([n for n in range(1, 13) if n != number])
        if f"{other}" not in taken.text:
            found.append((Piece(place.group(), *place.span()), str(other)))
    return replaced(taken.text, *choice.choice(found)) if found else None


class Pools:
    """Names of the texts of one kind, to be put in each other's place."""

    def __init__(self, material: Sequence[Taken], segmenter: Segmenter) -> None:
        self._of: dict[tuple[str, str], list[str]] = {}
        for taken in material:
            for what, pieces in names_in(taken, segmenter).items():
                known = self._of.setdefault((taken.kind, what), [])
                known += [piece.text for piece in pieces]
        for key, known in self._of.items():
            self._of[key] = sorted(set(known))

    def wrong_name(self, taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
        """The sentence with another person, body or work in place of one."""
        return self._wrong(taken, choice, segmenter, ("person", "body", "work"))

    def wrong_place(self, taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
        """The sentence with another place in place of one."""
        return self._wrong(taken, choice, segmenter, ("place",))

    def _wrong(
        self, taken: Taken, choice: random.Random, segmenter: Segmenter, kinds: Sequence[str]
    ) -> str | None:
        found = names_in(taken, segmenter)
        pieces = [(what, piece) for what in kinds for piece in found[what]]
        if not pieces:
            return None
        what, piece = choice.choice(pieces)
        known = taken.document.text + taken.document.title
        others = [name for name in self._of.get((taken.kind, what), []) if name not in known]
        return replaced(taken.text, piece, choice.choice(others)) if others else None


def names_in(taken: Taken, segmenter: Segmenter) -> Mapping[str, Sequence[Piece]]:
    """The places, persons, bodies and works that a sentence names."""
    found: dict[str, list[Piece]] = {"place": [], "person": [], "body": [], "work": []}
    cut = words(taken.text, segmenter)
    for piece in cut:
        folded = fold(piece.text)
        if is_place(folded):
            found["place"].append(piece)
        elif (
            len(folded) == _CHINESE_PERSON and is_person(folded) and is_name_like(folded, segmenter)
        ):
            found["person"].append(piece)
    found["work"] = [Piece(one.group(), *one.span()) for one in _WORK.finditer(taken.text)]
    for at, piece in enumerate(cut):
        before = noun_before(cut, at)
        if piece.text in _CLASSES and before is not None and not _ANY.search(before.text):
            found["body"].append(Piece(before.text + piece.text, before.start, piece.end))
        elif piece.text.endswith(_CLASSES) and piece.text not in _CLASSES:
            found["body"].append(piece)
    return found


def is_name_like(word: str, segmenter: Segmenter) -> bool:
    """Whether a word that may be a person's name is no common word."""
    return is_name(word) or segmenter.rarity(word) >= 6


def invention(taken: Taken, others: Sequence[Taken], choice: random.Random) -> str | None:
    """A sentence of another document, or the sentence with a clause of another behind it."""
    strangers = [other for other in others if other.document is not taken.document]
    if not strangers:
        return None
    other = choice.choice(strangers)
    if choice.random() < 0.5:
        return other.text
    added = [piece.text for piece in clauses(other.text) if len(piece.text) >= 8]
    return f"{taken.text[:-1]}，{choice.choice(added)}。" if added else None


def wrong_mark(taken: Taken, choice: random.Random) -> int | None:
    """The number of another candidate of the same document, from 2."""
    near = []
    for number, candidate in enumerate(taken.candidates, 1):
        # With its context: that counts as cited.
        text = candidate.document.text
        shown = [candidate.quote, *(text[start:end] for start, end in candidate.context)]
        is_near = candidate.document is taken.document
        if number > 1 and is_near and taken.text not in "".join(shown):
            near.append(number)
    return choice.choice(near) if near else None
