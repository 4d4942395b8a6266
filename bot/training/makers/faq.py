"""The questions that a document asks itself, with the text that answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.question.suggest_units import from_questions
from bot.training.makers.made import AnswerKind, Made, cited
from bot.training.makers.wording import worded
from corpus import Document, Passage
from corpus.document import Span
from corpus.language.quantities import quantities
from corpus.language.text import fold, sentences

MAKER = "faq"

LONGEST_ANSWER = 300
"""Characters of an answer; of a longer one its first sentences answer."""

# 答：, 问：, A:
_ANSWERS = re.compile(r"^\s*(?:答|[Aa])\s*[:：]\s*")
# 多少钱 asks for 元
_ASKED_UNITS = (
    (re.compile("多少钱|什么价|几块"), ("元",)),
    (
        re.compile("多久|多长时间|几天|几个月"),
        ("日", "工作日", "月", "个月", "小时", "年", "分钟", "周"),
    ),
    (re.compile("几岁|多大年龄|多大岁数"), ("岁",)),
)


def faq(document: Document) -> Iterator[Made]:
    """Every question of the document; where it asks for one amount, and one is told, that answers."""
    for suggested in from_questions(document):
        answer = _beginning(suggested.answer)
        if answer is None:
            continue
        asked = suggested.question.replace("{", "").replace("}", "")
        amount = _amount(asked, answer)
        span = amount or cited(answer)
        kind: AnswerKind = "number" if amount else "text"
        frames = (asked, f"请问{asked}", f"想问一下，{asked}")
        for question in worded(document, frames, asked):
            yield Made(document, question, span, cited(answer), kind, MAKER)


def _beginning(answer: Passage) -> Passage | None:
    """The answer without 答：, or as many whole sentences of it as may be long; None without one."""
    marked = _ANSWERS.match(answer.text)
    start = marked.end() if marked else 0
    last = start
    for _, end in sentences(answer.text):
        if end - start > LONGEST_ANSWER and last > start:
            break
        last = max(last, end)
    if last == start:
        return None
    return Passage(answer.document, answer.start + start, answer.start + last)


def _amount(asked: str, answer: Passage) -> Span | None:
    """The one amount of the unit that a question asks for; None where there are more, or none."""
    for pattern, units in _ASKED_UNITS:
        if pattern.search(asked):
            found = [one for one in quantities(fold(answer.text)) if one.unit in units]
            if len(found) == 1:
                return Span(answer.start + found[0].start, answer.start + found[0].end)
    return None
