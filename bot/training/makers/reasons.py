"""Why something is so, and what a regulation is made for: 为了规范供热用热行为，…，制定本条例."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.training.makers.by_rule import by_rule
from bot.training.makers.gate import is_whole_noun
from bot.training.makers.made import Made, cited, span_of
from bot.training.makers.said import SAID, sentences_of
from bot.training.makers.wording import names_of, worded
from corpus import Document, Passage
from corpus.language.text import fold

MAKER = "reasons"

# 为了规范供热用热行为，提高供热服务质量，根据有关法律，结合本市实际，制定本条例。
_PURPOSE = re.compile(
    r"^为了?(?P<a>[^。;:]{4,140}?),(?:(?:根据|依照|依据|按照|结合)[^。;]+?,)?(?:特?制定|现?制订)本(?:条例|办法|规定|细则|法|方案|规则)"
)
# 由于球墨铸铁管到货推迟，工程开工日期推迟到2025年4月15日
_BECAUSE = re.compile(
    rf"(?:^|[,;])(?:由于|因为|因)(?P<a>{SAID}{{4,40}}),(?P<what>{SAID}{{6,36}})(?=[。;,])"
)
# …的，: a case
_CASE = re.compile(r"的$|应当|可以|不得")
# 从2017年至2022年: no cause
_NO_CAUSE = re.compile(r"^从|^此|^在")
# 朱明睿认为…, 一边清理线路: no effect by itself
_NO_EFFECT = re.compile(r"是否|认为|表示|指出|[称说]$|是$|[后时中]$|一边|不仅|方面$|幅度$|^并|^而")

_OF_PURPOSE = (
    "为什么要制定{name}？",
    "制定{name}是为了什么？",
    "{name}的制定目的是什么？",
    "出台{name}图的是什么？",
)
_OF_CAUSE = ("为什么{what}？", "{what}是什么原因？", "{what}，原因是什么？", "是什么让{what}？")


def reasons(document: Document) -> Iterator[Made]:
    """The purpose of the document, and what happened because of something else."""
    for sentence in sentences_of(document):
        yield from _purpose(sentence)
        yield from _cause(sentence)
    for made in by_rule(document, MAKER, "why"):
        if not _NO_EFFECT.search(made.question.removesuffix("？")):
            yield made


def _purpose(sentence: Passage) -> Iterator[Made]:
    found = _PURPOSE.search(fold(sentence.text))
    if found is None:
        return
    for name in names_of(sentence.document)[:2]:
        frame = _OF_PURPOSE[len(name) % len(_OF_PURPOSE)]
        span = span_of(sentence, found, "a")
        yield Made(
            sentence.document, frame.format(name=name), span, cited(sentence), "reason", MAKER
        )


def _cause(sentence: Passage) -> Iterator[Made]:
    found = _BECAUSE.search(fold(sentence.text))
    if found is None or _CASE.search(found["a"]) or _CASE.search(found["what"]):
        return
    # 因盗刷，持卡人主张权利，所获赔偿不应超过…: a case
    if re.search("应|可以|的,", fold(sentence.text)[found.end() :]):
        return
    if _NO_CAUSE.search(found["a"]) or _NO_EFFECT.search(found["what"]):
        return
    what = sentence.text[slice(*found.span("what"))]
    if is_whole_noun(what[:6]):
        span = span_of(sentence, found, "a")
        for question in worded(sentence.document, _OF_CAUSE[:3], what, {"what": what}):
            yield Made(sentence.document, question, span, cited(sentence), "reason", MAKER)
