"""What is done in a case: 供热企业供热能力不能满足用热需求的，供热主管部门应当调整其供热范围."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.training.makers.gate import is_whole_noun
from bot.training.makers.made import Made, cited, span_of
from bot.training.makers.said import SAID, sentences_of
from bot.training.makers.wording import worded
from corpus import Document
from corpus.language.text import fold

MAKER = "conditions"

# 业主因故不能参加业主大会会议的，可以书面委托代理人参加
_CASE = re.compile(
    rf"^(?P<case>{SAID}{{4,36}}?)(?P<time>的|时),(?P<a>(?:[^。;:]{{0,24}}?(?:应当|可以|不得|必须)|由)[^。;:]{{4,90}})(?=[。;])"
)
# 违反…的: an act that is fined; 有下列情形之一, 根据…: no case
_NO_CASE = re.compile(
    r"违反|下列|情形之一|行为之一|^(?:当|根据|按照|依照|为了?|对于?|在|经|由|除|本|有)|构成犯罪|规定的?$|[规约]定$"
)
# 因条件限制…, 需要…, 未…: what a case has beside its subject
_HAPPENS = re.compile(
    r"不|未|无|没|因|需|拒|超过|发生|发现|损|造成|变更|遇|逾期|擅自|失|死亡|丢|拖欠|解除|转让|达|要求|申请|终止"
)

_FRAMES = (
    "{case}怎么办？",
    "{case}的，应该怎么处理？",
    "如果{case}，该怎么办？",
    "遇到{case}的情况，怎么处理？",
    "{case}，有什么规定？",
)


def conditions(document: Document) -> Iterator[Made]:
    """What is done in every case that a sentence begins with; what is said of it answers."""
    for sentence in sentences_of(document):
        found = _CASE.search(fold(sentence.text))
        if found is None or _NO_CASE.search(found["case"]) or not _HAPPENS.search(found["case"]):
            continue
        # …的，或者因歇业…的，由业主申请: one case of several
        if found["a"].startswith(("或", "并", "且", "以及", "还", "也")) or re.search(
            "的,|它", found["a"]
        ):
            continue
        if not is_whole_noun(found["case"][:8]):
            continue
        case = sentence.text[slice(*found.span("case"))]
        span = span_of(sentence, found, "a")
        for question in worded(document, _FRAMES, case, {"case": case}):
            yield Made(document, question, span, cited(sentence), "text", MAKER)
