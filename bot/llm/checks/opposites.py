"""Words of a sentence where what it cites has their opposites: 减少 for 增加, 之后 for 之前."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.llm.checks.alignment import Alignment
from bot.llm.checks.negation import denied
from bot.llm.checks.rules import RULES

_GROUPS = RULES["opposites"]


class Side(NamedTuple):
    """A side of a group of opposites."""

    group: int
    is_second: bool


class Opposites(NamedTuple):
    """Words with the sides on which they stand, and a pattern that finds them, the longest first."""

    sides: Mapping[str, frozenset[Side]]
    pattern: re.Pattern[str]


def _opposites(groups: Sequence[str]) -> Opposites:
    sides: defaultdict[str, set[Side]] = defaultdict(set)
    for number, group in enumerate(groups):
        for is_second, words in enumerate(group.split("/")):
            for word in words.split():
                sides[word].add(Side(number, bool(is_second)))
    ordered = sorted(sides, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, ordered)))
    return Opposites({word: frozenset(those) for word, those in sides.items()}, pattern)


PREDICATES = _opposites(_GROUPS["predicates"])
RELATIONS = _opposites(_GROUPS["relations"])


def has_opposite(alignment: Alignment, words: Opposites) -> bool:
    """Whether a word of the claim stands where its source has an opposite, both denied or neither.

    Neither word may stand on the other side as well.
    """
    own = list(_unmatched(alignment.claim, alignment.to_source, words))
    if not own:
        return False
    others = list(_unmatched(alignment.source, alignment.to_claim, words))
    claim, source = denied(alignment.claim), denied(alignment.source)
    for one in own:
        for other in others:
            if not _are_opposite(one.group(), other.group(), words):
                continue
            is_apart = claim.is_odd[one.start()] != source.is_odd[other.start()]
            if not is_apart and _is_in_place(one, other, alignment):
                return True
    return False


def _unmatched(text: str, to_other: Sequence[int], words: Opposites) -> Iterator[re.Match[str]]:
    """The words of a text that do not stand for the same word of the other.

    One that stands there by itself, among other words, may be any.
    """
    for found in words.pattern.finditer(text):
        start, end = found.span()
        is_whole = all(to_other[at] >= 0 for at in range(start, end))
        if not is_whole or _is_alone(start, end, to_other):
            yield found


def _is_alone(start: int, end: int, to_other: Sequence[int]) -> bool:
    """Whether no character beside a span stands beside it in the other text too."""
    follows = start > 0 and to_other[start - 1] == to_other[start] - 1
    goes_on = end < len(to_other) and to_other[end] == to_other[end - 1] + 1
    return not (follows or goes_on)


def _are_opposite(one: str, other: str, words: Opposites) -> bool:
    sides = words.sides[other]
    return any(Side(side.group, not side.is_second) in sides for side in words.sides[one])


def _is_in_place(one: re.Match[str], other: re.Match[str], alignment: Alignment) -> bool:
    """Whether one word stands in the place of the other, or both in clauses that speak of the same.

    A word of one character must have the same on both sides.
    """
    beside = _beside(one, other, alignment)
    if len(one.group()) == 1 or len(other.group()) == 1:
        return beside == 2
    if beside:
        return True
    claim = _clause(alignment.claim, one.start())
    source = _clause(alignment.source, other.start())
    if other.group() in alignment.claim[slice(*claim)]:
        return False
    if one.group() in alignment.source[slice(*source)]:
        return False
    return any(source[0] <= alignment.to_source[at] < source[1] for at in range(*claim))


def _beside(one: re.Match[str], other: re.Match[str], alignment: Alignment) -> int:
    """On how many sides, 0 to 2, what stands beside both stands for each other, or a clause ends."""
    return sum(
        _stands_for(own, others, alignment)
        for own, others in ((one.start() - 1, other.start() - 1), (one.end(), other.end()))
    )


def _stands_for(own: int, other: int, alignment: Alignment) -> bool:
    is_inside = 0 <= own < len(alignment.claim) and 0 <= other < len(alignment.source)
    if not is_inside:
        return own < 0 and other < 0
    signs = alignment.claim[own], alignment.source[other]
    if "|" in signs or "。" in signs:
        return set(signs) <= {"|", "。"}
    if alignment.to_source[own] < 0 and alignment.to_claim[other] < 0:
        return signs[0] == signs[1]
    return alignment.to_source[own] == other


def _clause(text: str, at: int) -> tuple[int, int]:
    """The clause that holds a character."""
    start = text.rfind("|", 0, at) + 1
    end = text.find("|", at)
    return start, len(text) if end < 0 else end
