"""The questions that are suggested to readers, as made questions: see `bot.question.suggest_sentences`.

Each maker takes those of its kinds, and adds wordings in everyday words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.question.suggest_made import GeneratedQuestion
from bot.question.suggest_sentences import from_sentence
from bot.training.makers.gate import is_whole_noun
from bot.training.makers.made import AnswerKind, Made, cited
from bot.training.makers.said import sentences_of
from bot.training.makers.wording import worded
from corpus import Document, Passage
from corpus.document import Span

# 表示了什么 of 一楼住户冯桂香表示了什么？
_SAYS = re.compile(r"(?:表示|指出|强调|宣布|透露|说|推测|建议)了什么？$")

# 普京在文中, 萧旭岑5日发布新闻稿: more than who
_IN_SPEECH = re.compile(
    r"在|\d日|发布|提供|讲话|撰文|[提给]出|(?:介绍|解释|首先|补充|坦言|回应|直言|提醒|呼吁|同时|也)$"
)
# 美元 behind 1800亿
_GOES_ON = re.compile(r"[\u4e00-\u9fff\w%/]")

KINDS: dict[str, AnswerKind] = {
    "date": "date",
    "deadline": "number",
    "number": "number",
    "name": "text",
    "list": "list",
    "where": "place",
    "said": "text",
    "aim": "text",
    "who": "organisation",
    "fine": "number",
    "why": "reason",
}
"""The kind of a suggested question → what answers it."""


def by_rule(document: Document, maker: str, *kinds: str) -> Iterator[Made]:
    """The questions of some kinds, each in its own words and in everyday ones."""
    for sentence, suggested in _suggested(document):
        if suggested.kind not in kinds:
            continue
        asked = suggested.question.replace("{", "").replace("}", "")
        if _is_cut(suggested):
            continue
        span = Span(suggested.answer.start, suggested.answer.end)
        for question in worded(document, _frames(asked), asked):
            yield Made(document, question, span, cited(sentence), KINDS[suggested.kind], maker)


def _is_cut(suggested: GeneratedQuestion) -> bool:
    """Whether what is asked of is no whole phrase, or lacks what it is for.

    听取业主的意见和建议了什么, 哪个城市建成了区内…, 应当按照什么原则 (to do what is left out).
    """
    asked, answer = suggested.question, suggested.answer.text
    if suggested.kind == "said":
        who = _SAYS.split(asked)[0]
        return not is_whole_noun(who) or bool(_IN_SPEECH.search(who))
    if suggested.kind == "number":
        # 1800亿 of 1800亿美元
        return bool(_GOES_ON.match(suggested.answer.document.text, suggested.answer.end))
    if suggested.kind == "deadline":
        return asked.count("之日起") > 1
    if suggested.kind == "list":
        # 医院还通过5G技术实现包括应急推车在内的…
        return "在内" in answer or "实现包括" in asked or asked.endswith("的？")
    if suggested.kind == "where":
        return "建成了" in asked or answer.startswith(("本", "在", "不", "全"))
    return suggested.kind == "aim" and "按照什么原则" in asked


def _frames(asked: str) -> tuple[str, ...]:
    """The question as it is, and as people ask it."""
    who = _SAYS.split(asked)[0]
    if who != asked:
        return (f"{who}说了什么？", f"{who}怎么说？", f"{who}是怎么看的？")
    return (asked, f"请问{asked}", f"我想知道{asked}")


@lru_cache(maxsize=1)
def _suggested(document: Document) -> tuple[tuple[Passage, GeneratedQuestion], ...]:
    """Every suggested question of the sentences of a document: the makers ask one after another."""
    found: list[tuple[Passage, GeneratedQuestion]] = []
    for sentence in sentences_of(document):
        found += [(sentence, suggested) for suggested in from_sentence(sentence)]
    return tuple(found)
