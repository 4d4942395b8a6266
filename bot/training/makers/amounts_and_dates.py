"""How much, how long, by when: days of effect, terms, prices, and what rules of `by_rule` find."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.evals.regulation_questions import effects
from bot.training.makers.by_rule import by_rule
from bot.training.makers.gate import is_whole_noun
from bot.training.makers.made import Made, cited, span_of
from bot.training.makers.said import CHAR, NUMERAL, sentences_of
from bot.training.makers.wording import names_of, worded
from corpus import Document, Passage
from corpus.document import Span
from corpus.language.text import fold

MAKER = "amounts_and_dates"

SHORT = 4
"""Characters of what every document may have, such as 有效期: it is asked for by the document."""

_TIME = rf"{NUMERAL}(?:个(?:工作日|月|小时|星期)|工作日|日|天|年|周|小时|分钟)"
# 供热企业应当在二十四小时内修复
_WITHIN = re.compile(
    rf"^(?P<who>{CHAR}{{2,14}})(?:应当|必须|须|应|要)在?(?P<a>{_TIME}以?内),?(?P<did>{CHAR}{{3,24}})(?=[,。;])"
)
# 供热设施的保修期为两年, 有效期三年, 公示期不少于七日
_TERM = re.compile(
    rf"(?:^|[,;])(?P<what>{CHAR}{{0,12}}(?:有效期|期限|任期|保修期|保质期|公示期|施工期|工期|服务期|试用期))限?"
    rf"(?:为|是|不少于|不得少于|不超过|不得超过|最长不得?超过|一般为)?(?P<a>{_TIME})(?=[,。;])"
)
# 首次办卡工本费10元, 电梯住宅物业服务费每月每平方米1.45元
_PRICE = re.compile(
    rf"(?:^|[,。;、:])(?P<what>{CHAR}{{0,14}}(?:费|票价|价格|押金|保证金|补贴|补助|补助金|奖金|工资|标准))(?:为|是|按|收取?)?"
    rf"(?P<a>(?:每{CHAR}{{1,4}}){{0,2}}\d[\d,.]*万?元(?:/{CHAR}{{1,4}}|每{CHAR}{{1,3}})?)(?=[,。;、])"
)

_OF_EFFECT = (
    "{name}什么时候开始施行？",
    "{name}从哪天起生效？",
    "{name}哪一天开始实行的？",
    "{name}是什么时候开始执行的？",
    "{name}自何时起施行？",
)
_OF_WITHIN = (
    "{who}要在多长时间内{did}？",
    "{who}最晚多久要{did}？",
    "{who}应当在几天内{did}？",
    "{who}{did}的时限是多久？",
)
_OF_TERM = ("{what}是多久？", "{what}多长？", "{what}有多长时间？", "{what}规定了多久？")
_OF_PRICE = ("{what}是多少？", "{what}多少钱？", "{what}要多少钱？", "{what}是多少钱？")


def amounts_and_dates(document: Document) -> Iterator[Made]:
    """Days of effect, terms, prices and other amounts that a sentence states."""
    yield from _effects(document)
    for sentence in sentences_of(document):
        yield from _within(sentence)
        yield from _stated(sentence, _TERM, _OF_TERM)
        yield from _stated(sentence, _PRICE, _OF_PRICE)
    yield from by_rule(document, MAKER, "date", "deadline", "number")


def _effects(document: Document) -> Iterator[Made]:
    """The day from which the document is in force, asked of two of its names."""
    for asked in effects(document):
        sentence = asked.gold[0]
        start = sentence.start + sentence.text.index(asked.answers[0])
        span = Span(start, start + len(asked.answers[0]))
        for turn, name in enumerate(names_of(document)[:2]):
            frame = _OF_EFFECT[(len(document.text) + turn) % len(_OF_EFFECT)]
            question = frame.format(name=name)
            yield Made(document, question, span, cited(sentence), "date", MAKER)


def _within(sentence: Passage) -> Iterator[Made]:
    """供热企业应当在二十四小时内修复: how soon?"""
    found = _WITHIN.search(fold(sentence.text))
    if found is None or not is_whole_noun(found["who"]):
        return
    # 几天 asks for days.
    frames = _OF_WITHIN if re.search("日|天", found["a"]) else (*_OF_WITHIN[:2], _OF_WITHIN[3])
    seed = found["who"] + found["did"]
    span = span_of(sentence, found, "a")
    parts = {"who": found["who"], "did": found["did"]}
    for question in worded(sentence.document, frames, seed, parts):
        yield Made(sentence.document, question, span, cited(sentence), "number", MAKER)


def _stated(
    sentence: Passage,
    pattern: re.Pattern[str],
    frames: tuple[str, ...],
) -> Iterator[Made]:
    """What a sentence says an amount is: 供热设施的保修期为两年."""
    for found in pattern.finditer(fold(sentence.text)):
        what = sentence.text[slice(*found.span("what"))]
        if len(what) > 2 and is_whole_noun(what):
            span = span_of(sentence, found, "a")
            is_named = len(what) <= SHORT
            for question in worded(sentence.document, frames, what, {"what": what}, is_named):
                yield Made(sentence.document, question, span, cited(sentence), "number", MAKER)
