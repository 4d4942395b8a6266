"""The numbers and dates of a text that a question asks for."""

from __future__ import annotations

import re

from bot.question import Question
from bot.readers import spans
from corpus.text import fold

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
