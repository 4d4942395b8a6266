"""Sentences that say what others think, where the text goes on to reject it: 有人说，是缺钱。我看未必。

Such a sentence alone would have the text say what it denies. It is cited with what rejects it; the
reason why the text does not think so is what follows.
"""

from __future__ import annotations

import re

from bot.question.analysis import Question
from corpus import Passage
from corpus.language.sentences import SENTENCE_LIMIT, sentences
from corpus.language.text import fold

REASONS = 3
"""Sentences of the rejection, itself included, that are cited as the reason."""

WITHIN = 16
"""Characters of a sentence, from its beginning, in which it rejects what was said before it."""

_OTHERS = (
    r"(?:有(?:些|的|不少|很多)?人|(?:不少|很多|许多|一些)人|人们|有(?:观点|论者|声音|说法)|"
    r"(?:常?有)?(?:这样)?一种(?:说法|观点|看法|意见|论调))"
)
_SAY = (
    r"(?:就|总|常|常常|往往|也|还|曾|会|便)?(?:说|讲|认为|以为|觉得|主张|提出|担心|质疑|相信|断言)"
)
# 有人说, 也有人认为, 常有一种说法, 还有人主张
_VIEW = re.compile(rf"^(?:当然|诚然|的确|其实)?[,]?(?:也|还|又|却|常|总)?{_OTHERS}(?:{_SAY}|[,是])")
# 我看未必, 其实不然, 这种办法省事,却不是办法; not 不是没有道理
_REJECTS = re.compile(
    r"^(?:但|可是?|然而|其实|事实上|实际上|殊不知)|不(?:完全|太|敢|大|能|尽)?(?:同意|赞成|认同|苟同|然|对$)|"
    r"未必|不见得|并非(?!没)|并不(?!是没|无)|[却可]?不是(?!没|不|说)|误[解会区]|相反|片面|站不住|不成立|(?<!不是)(?<!并非)没有道理|说不通"
)
# 有人怎么看, 反对的人说什么, 为什么有人主张
_OF_OTHERS = re.compile(r"有(?:些|的)?人|人们|别人|他们|外界|反对|质疑|争议|说法|观点|担心|主张")


def rejection_of(span: Passage) -> Passage | None:
    """The sentence behind one that says what others think, where it rejects that; None for any other."""
    if not _VIEW.search(fold(span.text)):
        return None
    following = _following(span)
    if not following:
        return None
    first = following[0]
    return first if _REJECTS.search(fold(first.text)[:WITHIN].rstrip("。!?;")) else None


def with_rejection(span: Passage) -> Passage:
    """A sentence with the one that rejects what it says others think, where both fit a citation."""
    rejected = rejection_of(span)
    if rejected is None or rejected.end - span.start > SENTENCE_LIMIT:
        return span
    return Passage(span.document, span.start, rejected.end)


def asks_others_view(question: Question) -> bool:
    """Whether a question asks for what others think or say."""
    return bool(_OF_OTHERS.search(fold(question.asked)))


def own_view(question: Question, span: Passage) -> list[Passage]:
    """What a text says for its own part where `span` says what others think and it goes on to reject that:
    for a reason the rejection and what follows, else both. Empty for any other sentence, and where a
    question asks for what others think.
    """
    rejected = rejection_of(span)
    if rejected is None or asks_others_view(question):
        return []
    return _following(span)[:REASONS] if question.kind == "why" else [with_rejection(span)]


def _following(span: Passage) -> list[Passage]:
    """The sentences behind one in its paragraph."""
    document = span.document
    units = document.units_in(span.start, span.end)
    if not units:
        return []
    end = units[-1].end
    text = Passage(document, span.end, end).text
    return [Passage(document, span.end + start, span.end + stop) for start, stop in sentences(text)]
