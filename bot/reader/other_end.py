"""Which sentences tell only the other end of an order than a question asks for: 最高的是甲 of 哪个最低."""

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
