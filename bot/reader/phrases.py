"""Finds short answers that are phrases.

What a thing is said to be, what it is called, and what stands where the question asks. Every
function gives spans of a folded sentence, characters, end exclusive.
"""

from __future__ import annotations

import re

from bot.question.analysis import Question
from bot.reader import spans
from bot.reader.spans import Span
from corpus.language.text import Segmenter, fold, is_place, leads

BEFORE = 12
"""Characters before the interrogative that are looked for in the sentence, at most."""

SUBJECT = 20
"""Characters of a subject, at most."""

# The end of a clause.
_CLAUSE = re.compile(r"[,，。;；:：!！?？\n(（)）]")
# The marks and spaces around “两张网”
_MARKS = re.compile(r"[\s“”\"]")
_WORKS = frozenset({"文件", "意见", "决定", "规划", "书"})
# 通过“开门搞党建”, 依托网格化平台,
_WAY = re.compile(
    r"(?:通过|依托|依靠|利用|引入|借助|凭借)(?:“(?P<name>[^”]{2,30})”|(?P<way>[^,，。;；“”]{2,30}))(?=[,，。;；])"
)
# 叫什么, 称为, 什么机制
_NAMING = re.compile(
    r"叫(?:做|作)?(?:什么|啥)|什么名|称为|称作|比方|比喻|原话|老话|哪个词|什么(?:专栏|栏目|局面|机制|平台|现象)"
)
# ”是指, 即是, 代表
_SAYS = re.compile(r"[”」』\"》]?[,，]?(?:则|就|即|也)?(?:是指|指的是|指|代表|意味着|是)")
# “两张网”(政务服务“一网通办”、城市运行“一网统管”)
_GLOSS = re.compile(r"[”」』\"》]?[(（]([^()（）]{2,60})[)）]")
# “两张网”〔是〕什么, 健康码〔指的是〕什么
_ASKS_WHAT_IT_IS = re.compile(r"(?:[”」』\"》]|各?自?是|指|叫|的)*$")
# a second interrogative
_AGAIN = re.compile(r"什么|啥|哪|谁|多少|几|怎")
# 出台意见 in 谁〔出台意见〕？
_HAN_START = re.compile(r"[\u4e00-\u9fff]{1,4}")


def gloss(question: Question, folded: str) -> list[Span]:
    """What stands in brackets after the thing asked about: “两张网”〔政务服务“一网通办”…〕."""
    subject = _ASKS_WHAT_IT_IS.sub("", question.before)
    if len(question.after.strip("?？。 ")) > 1:
        return []
    found = []
    for term in question.terms:
        if not subject.endswith(term):
            continue
        for _, end in spans.occurrences(term, folded):
            if match := _GLOSS.match(folded, end):
                found.append(match.span(1))
    return found


def called(question: Question, folded: str) -> list[Span]:
    """The quoted name that ends with the noun asked for: 什么〔委员会〕 → “城乡社区发展治理委员会”.

    Where a work is asked for, every title.
    """
    found = spans.names(folded)
    if question.focus in _WORKS:
        return [(start, end) for start, end in found if folded[start] == "《"]
    if not question.focus:
        return []
    return [span for span in found if folded.endswith(question.focus, *span)]


def said_of(question: Question, folded: str) -> list[Span]:
    """What follows 是, 指 or 代表 after the thing asked about: “1”代表〔各地城市治理的总纲领〕."""
    found = []
    for term in (*question.terms, *sorted(question.numbers)):
        for _, end in spans.occurrences(term, folded):
            if match := _SAYS.match(folded, end):
                clause = match.end(), _clause_end(folded, match.end())
                found.append(spans.trimmed(folded, clause, spans.MARKS))
                break
    return found


def in_place(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """What stands where the interrogative stands, after the same words: 引入什么组织 → 引入〔专业社工组织〕.

    The noun that follows the interrogative belongs to it; a conjunction does not: 因什么而生动 →
    因〔人〕而生动. A question that asks for several things has no such answer.
    """
    before = _MARKS.sub("", question.before)
    sizes = range(min(BEFORE, len(before)), 1, -1)
    size = next((size for size in sizes if before[-size:] in folded), 0)
    # 上海怎么防疫: whatever follows 上海 is no way.
    if not size or is_place(before[-size:]) or _AGAIN.search(question.after):
        return []
    start = folded.find(before[-size:]) + size
    end = _clause_end(folded, start)
    following = _HAN_START.match(question.after)
    if following and len(following.group()) > 1:
        noun = following.group()[:2]
        at = folded.find(noun, start, end)
        if at > start:
            first = segmenter.words(following.group(), guess=False)[0]
            is_conjunction = len(first) == 1 and leads(first)
            end = at if is_conjunction else at + len(noun)
    return [spans.trimmed(folded, (start, end))]


def subject(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """What stands before the verb that follows 谁: 〔上海市委、市政府〕出台.

    What begins with an adverb or a verb is no subject.
    """
    verb = _HAN_START.match(question.after)
    longest = len(verb.group()) if verb else 0
    for size in range(longest, 1, -1):
        at = folded.find(question.after[:size])
        if at <= 0:
            continue
        clause = max((match.end() for match in _CLAUSE.finditer(folded, 0, at)), default=0)
        start, end = spans.trimmed(folded, (clause, at))
        first = segmenter.words(folded[start:end])[:1]
        is_subject = end - start <= SUBJECT and not any(map(leads, first))
        return [(start, end)] if is_subject else []
    return []


def ways(question: Question, folded: str) -> list[Span]:
    """What something is done with: 通过“〔开门搞党建〕”.

    A question that ends with its interrogative, such as 效果怎么样, asks for no way.
    """
    if question.language == "zh" and not question.after.strip("?？。 "):
        return []
    return [
        spans.trimmed(folded, match.span(match.lastgroup or 0)) for match in _WAY.finditer(folded)
    ]


def asks_name(question: Question) -> bool:
    """Whether any name in quotation marks may be the answer."""
    return bool(_NAMING.search(fold(question.asked)))


def _clause_end(folded: str, start: int) -> int:
    stop = _CLAUSE.search(folded, start)
    return stop.start() if stop else len(folded)
