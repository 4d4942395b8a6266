"""The items that a line leads to: 申请人应当提交下列材料：, 有下列情形之一的，可以提前供热："""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.question.suggest_sentences import numbering
from bot.question.suggest_units import announced, led_lists
from bot.training.makers.by_rule import by_rule
from bot.training.makers.gate import is_whole_noun
from bot.training.makers.made import Made
from bot.training.makers.wording import worded
from corpus import Document, Unit
from corpus.document import Span
from corpus.language.text import fold

MAKER = "lists"

LONGEST_LIST = 400
"""Characters of the items of a list that one window of the reading network may still hold."""

# 物业管理区域具备下列条件之一的，街道办事处应当指导成立业主大会筹备组：
_IN_CASES = re.compile(
    r"^(?P<who>[^,。;:]{0,20}?)(?:有|具备|符合|具有|存在|属于)(?:下列|以下)(?P<of>情形|条件|情况|行为)(?:之一)?的?,(?P<then>[^。;:]{4,40}):$"
)
# 任何单位和个人不得有下列行为：, 禁止下列行为：
_FORBIDDEN = re.compile(
    r"^(?P<where>[^。;:]{0,30}?)(?:禁止|不得)(?:有|从事|实施)?(?:下列|以下)[^,。;:]{0,10}(?:行为|活动)[^,。;:]{0,6}:$"
)
_OF_CASES = (
    "什么情况下{then}？",
    "哪些情况{then}？",
    "满足什么条件，{then}？",
    "{then}，要符合哪些情形？",
)
_OF_FORBIDDEN = (
    "{where}禁止哪些行为？",
    "{where}哪些事不能做？",
    "{where}不许做什么？",
    "{where}有哪些行为是不允许的？",
)
# 任何单位和个人
_NOBODY = re.compile(
    r"^(?:任何)?(?:单位|个人|人|组织)(?:[和或、]者?(?:个人|单位|组织))*(?:应当|都)?,?$"
)


def lists(document: Document) -> Iterator[Made]:
    """Every list with a line that says what it lists, and what a sentence lists itself."""
    for lead, led in led_lists(document):
        items = _items(led)
        if len(items) > 1 and items[-1].end - items[0].start <= LONGEST_LIST:
            yield from _of_list(document, lead, Span(items[0].start, items[-1].end))
    yield from by_rule(document, MAKER, "list")


def _items(led: Sequence[Unit]) -> list[Unit]:
    """The items that a line leads to first; a paragraph behind them belongs to the line alone."""
    items: list[Unit] = []
    for unit in led:
        if unit.kind != "item":
            break
        items.append(unit)
    return items


def _of_list(document: Document, lead: Span, answer: Span) -> Iterator[Made]:
    """The wordings of the question that a lead line answers with its items."""
    said = document.text[slice(*lead)].rstrip()
    frames, parts = _frames(said)
    cited = Span(lead.start, answer.end)
    for question in worded(document, frames, said, parts):
        yield Made(document, question, answer, cited, "list", MAKER)


def _frames(said: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The frames for a lead line and what fills them; no frame where it announces nothing."""
    text = fold(re.split(r"[。；]", said[len(numbering(said)) :])[-1])
    in_cases = _IN_CASES.match(text)
    if in_cases:
        then = in_cases["then"].replace(",", "，")
        # 业主委员会委员有下列情形之一的，职务自行终止: of whom is said before
        who = in_cases["who"]
        if who and who not in then and is_whole_noun(who) and len(who) > 2:
            then = f"{who}{then}"
        return _OF_CASES, {"then": then}
    forbidden = _FORBIDDEN.match(text)
    if forbidden:
        where = "" if _NOBODY.match(forbidden["where"]) else forbidden["where"].replace(",", "，")
        return (_OF_FORBIDDEN, {"where": where}) if where else ((), {})
    question = announced(said)
    if question is None or "哪" not in question:
        return (), {}
    asked = question.removesuffix("？").replace("{", "").replace("}", "")
    return (f"{asked}？", f"{asked.replace('哪些', '什么', 1)}？", f"{asked}，分别是什么？"), {}
