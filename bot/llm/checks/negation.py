"""A predicate that is denied on one side only: 不, 未, 没有, 禁止 in a sentence and not in what it cites, or back.

Every word that denies has a scope. Characters of a sentence and of its source that stand for each other
(`alignment.py`) must be denied equally often, odd or even.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.composer.amounts import RULES as AMOUNTS
from bot.llm.checks.alignment import Alignment, Tile
from bot.llm.checks.rules import RULES

_RULES = RULES["negation"]
_DOUBLE = re.compile(_RULES["double"])
_DENIES = re.compile(_RULES["denies"])
_VERBS = re.compile(_RULES["verbs"])
_ONLY = re.compile(_RULES["only"])
# 除〔周一〕外
_LEFT_OUT = re.compile(r"除了?([^|]{1,20}?)(?:之|以)?外")
# 不低于18度 is a bound, no denial
_BOUNDS = re.compile(AMOUNTS["words"]["bounds_denied"])
# Characters that say nothing by themselves: they are not what is denied
_EMPTY = frozenset("的了在是和与及或就也都将会能可得应该要有所以其这那对向把被由于为并而|、()")
# What ends the scope of a denial: 没有人要〔的〕, 不是甲〔而〕是乙
_SCOPE_END = re.compile(r"的|而(?!且)|但|\|")

BESIDE = 6
"""Characters between two runs that both texts have, up to which a word between them tells these apart."""


class Denial(NamedTuple):
    """A word that denies: where it begins, and where the characters in its scope stand."""

    at: int
    scope: Sequence[int]
    is_verb: bool = False


class Denied(NamedTuple):
    """The denials of a text, and for each of its characters whether it is denied, an odd number of times."""

    denials: tuple[Denial, ...]
    is_odd: Sequence[bool]


def denied(text: str) -> Denied:
    """The denials of a normal text whose clauses are parted by "|"."""
    found = tuple(_denials(text))
    is_odd = [False] * len(text)
    for denial in found:
        for at in denial.scope:
            is_odd[at] = not is_odd[at]
    for left_out in _LEFT_OUT.finditer(text):
        # It may be denied in other words: 周一闭馆.
        for at in range(*left_out.span(1)):
            is_odd[at] = True
    return Denied(found, is_odd)


def _denials(text: str) -> Iterator[Denial]:
    veiled = _BOUNDS.sub(_veil, _DOUBLE.sub(_veil, text))
    words = list(_DENIES.finditer(veiled))
    for number, word in enumerate(words):
        ended = _SCOPE_END.search(text, word.end())
        end = ended.start() if ended else len(text)
        if number + 1 < len(words):
            end = min(end, words[number + 1].start())
        yield Denial(word.start(), range(word.end(), end))
    for verb in _VERBS.finditer(veiled):
        start = text.rfind("|", 0, verb.start()) + 1
        stop = text.find("|", verb.end())
        end = len(text) if stop < 0 else stop
        yield Denial(verb.start(), (*range(start, verb.start()), *range(verb.end(), end)), True)


def _veil(found: re.Match[str]) -> str:
    return "\N{OBJECT REPLACEMENT CHARACTER}" * len(found.group())


def is_reversed(alignment: Alignment) -> bool:
    """Whether something is denied on one side only.

    Two such places cancel each other where one side says under which condition alone something is
    so: 未取得许可证的不得经营 is 取得许可证后方可经营.
    """
    claim, source = denied(alignment.claim), denied(alignment.source)
    is_condition = bool(_ONLY.search(alignment.claim)) != bool(_ONLY.search(alignment.source))
    if not is_condition and _is_put_in(alignment, claim, source):
        return True
    count = _one_sided(alignment.claim, claim, alignment.source, source, alignment.to_source)
    count += _one_sided(alignment.source, source, alignment.claim, claim, alignment.to_claim)
    return count > 0 and not (is_condition and count % 2 == 0)


def _is_put_in(alignment: Alignment, claim: Denied, source: Denied) -> bool:
    """Whether between what both have on its left and on its right only one side denies, an odd number of times.

    What is denied must differ from there on.
    """
    for left, right in pairwise((Tile(0, 0, 0), *alignment.tiles)):
        gap = alignment.claim[left.end : right.start]
        other = alignment.source[left.other_end : right.other]
        if right.other < left.other_end or "|" in gap + other or max(len(gap), len(other)) > BESIDE:
            continue
        own = _count(claim, left.end, right.start)
        others = _count(source, left.other_end, right.other)
        if (own - others) % 2 and _differs(alignment, claim, source, right):
            return True
    return False


def _differs(alignment: Alignment, claim: Denied, source: Denied, tile: Tile) -> bool:
    """Whether a tile is denied otherwise in the claim than in the source, by all that denies before it.

    Where a verb that denies stands in the clause, which may stand behind, by what is in its scope.
    """
    first = alignment.claim.rfind("|", 0, tile.start) + 1
    other = alignment.source.rfind("|", 0, tile.other) + 1
    spans = ((claim, alignment.claim, first), (source, alignment.source, other))
    if any(_has_verb(each, text, start) for each, text, start in spans):
        return claim.is_odd[tile.start] != source.is_odd[tile.other]
    own, others = _count(claim, first, tile.start), _count(source, other, tile.other)
    return (own - others) % 2 == 1


def _has_verb(denied_in: Denied, text: str, start: int) -> bool:
    """Whether a verb that denies stands in the clause that begins at `start`."""
    stop = text.find("|", start)
    end = len(text) if stop < 0 else stop
    return any(one.is_verb and start <= one.at < end for one in denied_in.denials)


def _count(denied_in: Denied, start: int, end: int) -> int:
    """How many words between two places deny, verbs left out."""
    return sum(start <= one.at < end and not one.is_verb for one in denied_in.denials)


def _one_sided(
    text: str, own: Denied, other_text: str, other: Denied, to_other: Sequence[int]
) -> int:
    """How many denials of a text have nothing in their scope that is denied on the other side too."""
    count = 0
    for denial in own.denials:
        standing = [at for at in denial.scope if to_other[at] >= 0 and own.is_odd[at]]
        telling = [at for at in standing if text[at] not in _EMPTY]
        if not telling or any(other.is_odd[to_other[at]] for at in telling):
            continue
        head = [at for at in denial.scope if text[at] not in _EMPTY][:2]
        is_elsewhere = all(to_other[at] < 0 for at in head) and _is_denied(
            "".join(text[at] for at in head), other_text, other
        )
        count += not is_elsewhere
    return count


def _is_denied(head: str, text: str, denied_in: Denied) -> bool:
    """Whether a text denies a predicate somewhere."""
    at = text.find(head)
    while at >= 0:
        if denied_in.is_odd[at]:
            return True
        at = text.find(head, at + 1)
    return False
