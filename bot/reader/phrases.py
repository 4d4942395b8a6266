"""Short answers that are phrases: what a thing is said to be, is called, or what stands where the question asks."""

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

_CLAUSE = re.compile(r"[,，。;；:：!！?？\n(（)）]")
_MARKS = re.compile(r"[\s“”\"]")
_WORKS = frozenset({"文件", "意见", "决定", "规划", "书"})
_WAY = re.compile(
    r"(?:通过|依托|依靠|利用|引入|借助|凭借)(?:“(?P<name>[^”]{2,30})”|(?P<way>[^,，。;；“”]{2,30}))(?=[,，。;；])"
)
_NAMING = re.compile(
    r"叫(?:做|作)?(?:什么|啥)|什么名|称为|称作|比方|比喻|原话|老话|哪个词|什么(?:专栏|栏目|局面|机制|平台|现象)"
)
_SAYS = re.compile(r"[”」』\"》]?[,，]?(?:则|就|即|也)?(?:是指|指的是|指|代表|意味着|是)")
_GLOSS = re.compile(r"[”」』\"》]?[(（]([^()（）]{2,60})[)）]")
_ASKS_WHAT_IT_IS = re.compile(r"(?:[”」』\"》]|各?自?是|指|叫|的)*$")
_AGAIN = re.compile(r"什么|啥|哪|谁|多少|几|怎")
_HAN_START = re.compile(r"[\u4e00-\u9fff]{1,4}")


def gloss(question: Question, folded: str) -> list[Span]:
    """What is added in brackets to the thing asked about: “两张网”〔政务服务“一网通办”、城市运行“一网统管”〕."""
    about = _ASKS_WHAT_IT_IS.sub("", question.before)
    if len(question.after.strip("?？。 ")) > 1:
        return []
    terms = [term for term in question.terms if about.endswith(term)]
    found = (
        _GLOSS.match(folded, end) for term in terms for _, end in spans.occurrences(term, folded)
    )
    return [match.span(1) for match in found if match]


def called(question: Question, folded: str) -> list[Span]:
    """The quoted or titled name whose end is the noun asked for: 什么〔委员会〕 → “城乡社区发展治理委员会”."""
    found = spans.names(folded)
    if question.focus in _WORKS:
        return [(start, end) for start, end in found if folded[start] == "《"]
    return [
        (start, end)
        for start, end in found
        if question.focus and folded.endswith(question.focus, start, end)
    ]


def said_of(question: Question, folded: str) -> list[Span]:
    """What follows 是, 指 or 代表 after the thing asked about: “1”代表〔各地城市治理的总纲领〕."""
    found = []
    for term in (*question.terms, *sorted(question.numbers)):
        says = (_SAYS.match(folded, end) for _, end in spans.occurrences(term, folded))
        match = next(filter(None, says), None)
        if match:
            found.append(
                spans.trimmed(folded, (match.end(), _clause_end(folded, match.end())), spans.MARKS)
            )
    return found


def in_place(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """What stands where the interrogative stands, after the same words: 引入什么组织 → 引入〔专业社工组织〕.

    The noun that follows the interrogative belongs to it, a conjunction does not: 因什么而生动 → 因〔人〕而生动. A
    question that asks for several things has no such answer.
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
    noun = following.group()[:2] if following and len(following.group()) > 1 else ""
    at = folded.find(noun, start, end) if noun else -1
    if at > start:
        first = segmenter.words(following.group(), guess=False)[0] if following else ""
        end = at if len(first) == 1 and leads(first) else at + len(noun)
    return [spans.trimmed(folded, (start, end))]


def subject(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """What stands before the verb that follows 谁: 〔上海市委、市政府〕出台. An adverb or verb there is no subject."""
    verb = _HAN_START.match(question.after)
    for size in range(len(verb.group()) if verb else 0, 1, -1):
        at = folded.find(question.after[:size])
        if at > 0:
            start = max((match.end() for match in _CLAUSE.finditer(folded, 0, at)), default=0)
            start, at = spans.trimmed(folded, (start, at))
            first = segmenter.words(folded[start:at])[:1]
            return [(start, at)] if at - start <= SUBJECT and not any(map(leads, first)) else []
    return []


def ways(question: Question, folded: str) -> list[Span]:
    """What something is done with: 通过“〔开门搞党建〕”. A question such as 效果怎么样 asks for no way."""
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
