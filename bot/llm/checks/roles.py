"""Who does what to whom: two things of a sentence that stand each where its source has the other.

韩国队击败日本队 for 日本队击败韩国队, 从北京到上海 for 从上海到北京; and 早于 for 晚于, 被 on one side only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from bot.llm.checks.alignment import Alignment, Tile
from bot.llm.checks.opposites import RELATIONS, has_opposite
from bot.llm.checks.rules import RULES

GAINED = 2
"""Joints, of four, that must be those of the source once two things are put back, more than before; an end
of a clause counts half."""

# 、乙和 of 甲、乙和丙; 、同时 of 同时设计、同时施工
_ENUMERATED = re.compile(r"(?:以?[和及与或同跟]|、)(?:[^|]{0,24}[、和及与或同跟])?$|、[^|、]{1,6}$")
# 北京是中国的首都 is 中国的首都是北京
_IS = re.compile(r"(?:也|就|即|正|便|都)?(?:是|为|即|叫|称为|等于)")
# 被 of 甲被乙起诉; not 被告
_PASSIVE = re.compile(
    r"被(?!告|子|害|申|执|继|选|监|保|上|征|许|拆|处|审|采|检|访|调)|遭到?(?!遇|受)"
)

# What stands before whom something is done to, by whom, from where, to where and than what
_PARTS = tuple(re.compile(f"(?:{words})了?") for words in RULES["parts"])


def is_swapped(alignment: Alignment) -> bool:
    """Whether two things of the claim have changed places, or a relation is the opposite one."""
    if has_opposite(alignment, RELATIONS):
        return True
    if any(_is_exchange(alignment, *pair) for pair in _crossing(alignment)):
        return True
    return _is_crosswise(alignment) or _turns_passive(alignment) or _has_other_part(alignment)


def _crossing(alignment: Alignment) -> Iterator[tuple[Tile, Tile]]:
    """The pairs of tiles that stand in the claim in one order and in the source in the other."""
    for one, other in combinations(alignment.tiles, 2):
        if one.other > other.other:
            yield one, other


def _is_exchange(alignment: Alignment, one: Tile, other: Tile) -> bool:
    """Whether the claim is nearer to its source once two of its pieces are exchanged."""
    text = alignment.claim
    if one.end == other.start or _is_listed(text, one.end, other.start):
        return False
    if _is_free(alignment, one) and _is_free(alignment, other):
        # Whole clauses in another order.
        return False
    is_outermost = _at(text, one.start - 1) == _at(text, other.end) == "|"
    if is_outermost and _IS.fullmatch(text[one.end : other.start]):
        return False
    was = (*_joined(alignment, one, one), *_joined(alignment, other, other))
    put_back = (*_joined(alignment, one, other), *_joined(alignment, other, one))
    gained = [new - old for old, new in zip(was, put_back, strict=True)]
    # The outer joints alone are those of any sentence that begins and ends alike.
    return sum(gained) >= GAINED and max(gained[1:3]) > 0


def _joined(alignment: Alignment, place: Tile, piece: Tile) -> tuple[float, float]:
    """How far a piece, in the place of another, has on its left and on its right what it has in the source."""
    left = _fits(alignment, place.start - 1, piece.other - 1)
    return left, _fits(alignment, place.end, piece.other_end)


def _fits(alignment: Alignment, own: int, other: int) -> float:
    """1 where two characters stand for each other, or are equal and stand for no others; half where clauses end."""
    claim, source = _at(alignment.claim, own), _at(alignment.source, other)
    if "|" in (claim, source):
        return 0.5 * (claim == source)
    if alignment.to_source[own] >= 0:
        return float(alignment.to_source[own] == other)
    return float(claim == source)


def _at(text: str, at: int) -> str:
    """The character at a place; outside the text, what parts clauses."""
    return text[at] if 0 <= at < len(text) else "|"


def _is_listed(text: str, end: int, start: int) -> bool:
    """Whether between two places of a text only members of a list stand: 甲〔、乙和〕丙, 同时设计〔、同时〕施工.

    The marks of the list may belong to the pieces. A number is no member: 甲3家、乙5家.
    """
    if text[start].isdigit():
        return False
    wider = text[max(0, end - 1) : start + 1]
    return bool(_ENUMERATED.match(text[end:start]) or _ENUMERATED.match(wider))


def _is_free(alignment: Alignment, tile: Tile) -> bool:
    """Whether a piece is a whole clause in the claim and in the source."""
    sides = [
        (alignment.claim, tile.start, tile.end),
        (alignment.source, tile.other, tile.other_end),
    ]
    return all(
        (text[:start][-1:] or "|") == "|" and (text[end:][:1] or "|") == "|"
        for text, start, end in sides
    )


def _is_crosswise(alignment: Alignment) -> bool:
    """Whether of two places the claim has in each what the source has in the other: 甲3家，乙5家 for 甲5家，乙3家."""
    replaced = [gap for gap in _gaps(alignment) if gap.claim and gap.source]
    for one, other in combinations(replaced, 2):
        is_crossed = one.claim == other.source != one.source == other.claim
        is_value = one.claim[0].isdigit()
        if is_crossed and (is_value or not _is_listed(alignment.claim, one.end, other.start)):
            return True
    return False


class _Gap(NamedTuple):
    """What stands between two tiles in the claim, at `start` to `end`, and in the source."""

    claim: str
    source: str
    start: int
    end: int


def _gaps(alignment: Alignment) -> Iterator[_Gap]:
    """What stands between neighbouring tiles, where both texts have them in one order."""
    last = Tile(len(alignment.claim), len(alignment.source), 0)
    for left, right in pairwise((Tile(0, 0, 0), *alignment.tiles, last)):
        if right.other >= left.other_end:
            claim = alignment.claim[left.end : right.start]
            source = alignment.source[left.other_end : right.other]
            yield _Gap(claim.strip("|"), source.strip("|"), left.end, right.start)


def _turns_passive(alignment: Alignment) -> bool:
    """Whether 被 stands on one side only, and yet who and whom stand in one order on both.

    甲被乙起诉 for 甲起诉乙: what is behind 被 in one stands behind the verb in the other.
    """
    claim, source = _PASSIVE.search(alignment.claim), _PASSIVE.search(alignment.source)
    if bool(claim) == bool(source):
        return False
    if claim is not None:
        turned = [(tile.start, tile.end, tile.other) for tile in alignment.tiles]
        return _keeps_order(sorted(turned), *claim.span())
    assert source is not None
    turned = [(tile.other, tile.other_end, tile.start) for tile in alignment.tiles]
    return _keeps_order(sorted(turned), *source.span())


def _keeps_order(pieces: list[tuple[int, int, int]], start: int, end: int) -> bool:
    """Whether of pieces (start, end, start on the other side) the one behind 被 comes last on the other side.

    `start` and `end` are those of 被.
    """
    before = [piece for piece in pieces if piece[1] <= start]
    behind = [piece for piece in pieces if piece[0] >= end]
    if not before or len(behind) < 2:
        return False
    patient, agent, verb = before[-1], behind[0], behind[1]
    return patient[2] < verb[2] < agent[2]


def _has_other_part(alignment: Alignment) -> bool:
    """Whether a preposition has another thing behind it than one of its kind in the source: 向美国 for 给乌克兰.

    What stands behind it must stand in the source without one, and what stands there in the claim
    without one; or the same must follow both, 由街道承担 for 由业主承担.
    """
    for words in _PARTS:
        own = [one.end() for one in words.finditer(alignment.claim)]
        others = [one.end() for one in words.finditer(alignment.source)]
        for at in own:
            standing = _aligned(alignment.to_source, at)
            if standing < 0 or standing in others or alignment.claim[at].isdigit():
                continue
            apart = [other for other in others if not _is_head(alignment.source, other, standing)]
            if any(_is_exchanged(alignment, own, at, other) for other in apart):
                return True
    return False


def _is_head(source: str, other: int, standing: int) -> bool:
    """Whether what stands behind a preposition is there too, further on: 单位 of 对〔违反规定的〕单位."""
    return source[other:standing].endswith("的") and "|" not in source[other:standing]


def _is_exchanged(alignment: Alignment, own: Sequence[int], at: int, other: int) -> bool:
    """Whether the thing at `other` of the source stands in the claim behind none of its `own`
    prepositions, or what follows it follows the thing at `at` of the claim.
    """
    meant = _aligned(alignment.to_claim, other)
    stands_without = meant >= 0 and meant not in own
    return stands_without or _is_followed_alike(alignment, at, other)


def _aligned(to_other: Sequence[int], at: int) -> int:
    return to_other[at] if at < len(to_other) else -1


def _is_followed_alike(alignment: Alignment, at: int, other: int) -> bool:
    """Whether the tile behind the thing at `at` of the claim stands behind the thing at `other` of the source."""
    behind = [tile for tile in alignment.tiles if tile.start > at]
    if not behind or "|" in alignment.claim[at : behind[0].start]:
        return False
    start = behind[0].other
    return other < start and "|" not in alignment.source[other:start]
