"""What a sentence is not understood without: the date that 同年 means, or the sentence that 其 points to."""

from __future__ import annotations

import re

from corpus.document import Span
from corpus.language.sentences import sentences
from corpus.language.text import fold

# 同年, 次月, 当天: a time told by one before; not 同年级, 当天然气
_SAME_TIME = re.compile(
    r"(?:就在)?(?:同年(?!级|龄)|[同当]月|[同当]日|次[年月日]|翌[年日]|当天(?![然气]))"
)
# 2017年, 2017年3月5日, 3月5日
_DATE = re.compile(r"(?<!\d)\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|(?<!\d)\d{1,2}月\d{1,2}日")
# 其〔成员〕, 与之相应, 该公司, 这一做法, 他们; not 其实, 其一, 此外, 这样, 他人
_REFERS = re.compile(
    r"与[此之]|对此|为此|其(?![实次余他它一二三四五六])|该|此(?![外次时前后])|这(?!样|么)"
    r"|他(?![人国乡山处])|[她它]|前者|后者|上述|(?:it|they|this|these|he|she|such)\b"
)


def leant_on(text: str, start: int, end: int) -> Span | None:
    """What of its paragraph before it text[start:end] leans on: a date or a sentence, in characters.

    None where it stands by itself, or nothing is before it.
    """
    paragraph = text.rfind("\n", 0, start) + 1
    sentence = fold(text[start:end])
    if _SAME_TIME.match(sentence):
        dates = list(_DATE.finditer(text, paragraph, start))
        if dates:
            return Span(*dates[-1].span())
    elif not _REFERS.match(sentence):
        return None
    before = list(sentences(text[paragraph:start]))
    if not before:
        return None
    begin, stop = before[-1]
    return Span(paragraph + begin, paragraph + stop)
