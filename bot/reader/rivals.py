"""Which sentences speak of what a question does not ask: another member of a set, 微观 of 宏观, or the other
end of an order, 最高的是甲 of 哪个最低.
"""

from __future__ import annotations

import re

# 最多的是, 树最少。; not the bounds 最多借两本, 最少三人
_BY_ITSELF = r"(?=[的是]|\W|$)"
_ENDS = (
    # 最高, 最多
    (
        re.compile(rf"最[高大长强重贵]|最多{_BY_ITSELF}"),
        re.compile(rf"最[低小短弱轻]|最便宜|最少{_BY_ITSELF}"),
    ),
    # 最晚, 最早
    (re.compile(r"最[晚迟]"), re.compile(r"最早")),
)
"""Pairs of ends. 最近, 最好 and 最差 say other things too: recently, rather, at least."""


def tells_other_end(asked: str, folded: str) -> bool:
    """Whether a folded question asks for one end of an order, and a folded sentence has the other alone."""
    for high, low in _ENDS:
        asks_high, asks_low = bool(high.search(asked)), bool(low.search(asked))
        has_high, has_low = bool(high.search(folded)), bool(low.search(folded))
        if asks_high != asks_low and has_high != has_low and asks_high != has_high:
            return True
    return False


# Members of one set: 宏观 and 微观, 上半年 and 下半年, 事前 and 事后
_SETS = re.compile(
    "[宏中微]观|[男女]性|[上下]半年|线[上下]|[上中下]游|事[前中后]|[横纵]向|[短中长]期|[硬软]件"
)


def speaks_of_rival(asked: str, folded: str) -> bool:
    """Whether a folded sentence has another member of a set than the folded question, but not its own.

    Of 49 questions of CMRC and DRCD with such a word none is answered by such a sentence.
    """
    in_question = set(_SETS.findall(asked))
    in_sentence = set(_SETS.findall(folded))
    if in_question & in_sentence:
        return False
    return any(_of_a_set(one, other) for one in in_question for other in in_sentence)


def _of_a_set(one: str, other: str) -> bool:
    return len(one) == len(other) and (one[0] == other[0]) + (one[1:] == other[1:]) == 1
