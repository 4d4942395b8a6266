"""What a rule does not hold for: …，但是导盲犬除外."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.training.makers.gate import is_whole_noun
from bot.training.makers.made import Made, cited, span_of
from bot.training.makers.said import SAID, sentences_of
from bot.training.makers.wording import worded
from corpus import Document, Passage
from corpus.language.text import fold

MAKER = "exceptions"

# 禁止携带犬只进入公共场所，但是导盲犬除外。
_BUT = re.compile(
    r"^(?P<rule>[^。;:]{6,44})[,;]\(?但是?,?(?P<a>[^。;:()]{3,60}?)的?,?(?:除外|不在此限|不受此限)\)?(?=[。;])"
)
# 除急救车外，机动车不得驶入
_BESIDE = re.compile(
    rf"^除了?(?P<a>(?!了){SAID}{{4,44}}?)(?:的?以外|之外|的?外),(?P<rule>[^。;:]{{6,50}}?)(?=[。;])"
)
# 法律、法规另有规定: excepts nothing that is told
_NOTHING = re.compile(r"另有|规定|约定|法律|法规|第.{1,4}[条款项]")
# What a rule has: a phrase without it is no statement, 1000总吨以上的船舶
_RULES = re.compile(r"应当|不|禁止|可以|必须|均|都|一律|一般|须|全部|实行|属于|准予")
# 除了…外，…也…: more of the same, and no exception
_MORE = re.compile("[也还]|同样|^另一")

_FRAMES = (
    "{rule}，有没有例外？",
    "{rule}，哪些情况除外？",
    "{rule}，什么情况下不受这个限制？",
    "{rule}有例外吗？",
)


def exceptions(document: Document) -> Iterator[Made]:
    """What each rule that names an exception does not hold for."""
    for sentence in sentences_of(document):
        for pattern in (_BUT, _BESIDE):
            found = pattern.search(fold(sentence.text))
            if found and _excepts(found["rule"], found["a"]):
                yield from _asked(sentence, found)


def _excepts(rule: str, answer: str) -> bool:
    """Whether a rule is a whole one, and what is excepted from it is told."""
    is_whole = is_whole_noun(rule[:8]) or rule.startswith(("不", "禁", "严"))
    if rule.endswith("的") or not _RULES.search(rule):
        return False
    return is_whole and not (_NOTHING.search(answer) or _MORE.search(rule))


def _asked(sentence: Passage, found: re.Match[str]) -> Iterator[Made]:
    rule = sentence.text[slice(*found.span("rule"))]
    span = span_of(sentence, found, "a")
    for question in worded(sentence.document, _FRAMES, rule, {"rule": rule}):
        yield Made(sentence.document, question, span, cited(sentence), "text", MAKER)
