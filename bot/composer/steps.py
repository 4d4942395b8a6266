"""Lists of steps, which answer what is to be done, and not what is to be brought, nor where or when."""

from __future__ import annotations

import re

from bot.composer.series import Series
from bot.question.analysis import Kind, Question
from corpus.language.text import fold

# 第一步, Step 1
_STEP = re.compile(r"第[一二三四五六七八九十\d]{1,3}步|step\s?\d")
# 四、办理流程, 申请步骤
_HEADING = re.compile(r"(?:流程|步骤|程序|环节)\s*[:：]?$")
# 走哪几步, 要过几关, 怎么办, 先做什么
_ASKS = re.compile(
    r"步|流程|程序|手续|环节|阶段|过程|顺序|[几哪]关|怎|如何|咋|先|然后|经过|step|process|procedure|how"
)
# 要做哪些事, 哪些准备
_DONE = re.compile(r"^(?:事情?|事项|工作|准备|动作|活)$")
# 要带哪些东西, 提交什么
_BROUGHT = re.compile(r"(?:带|携带|提交|提供|出示)上?(?:什么|哪些|哪几|啥)|交(?:什么|哪些|啥)东西")

SINGULAR: frozenset[Kind] = frozenset({"place", "date", "number", "person", "why"})
"""Kinds of questions that ask for one thing, and mostly for no list."""


def may_ask_for(series: Series, question: Question) -> bool:
    """Whether a question may ask for a list: for steps only where it asks what is to be done.

    Of 290 composed questions on four libraries it changes no answer.
    """
    if not is_of_steps(series) or _ASKS.search(fold(question.whole)):
        return True
    focus = question.focus
    is_of_thing = asks_what_to_bring(question) or (len(focus) > 1 and not _DONE.match(focus))
    return question.kind not in SINGULAR and not is_of_thing


def asks_what_to_bring(question: Question) -> bool:
    """Whether a question asks what has to be brought or handed in."""
    return bool(_BROUGHT.search(fold(question.whole)))


def is_of_steps(series: Series) -> bool:
    """Whether the items of a list are called steps, one by one or by its heading."""
    text = series.document.text
    counted = [bool(_STEP.match(fold(text[slice(*item)]).lstrip())) for item in series.items]
    return all(counted) or bool(_HEADING.search(fold(series.heading)))
