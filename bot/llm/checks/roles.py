"""Who does what to whom: two things of a sentence that stand each where its source has the other.

韩国队击败日本队 for 日本队击败韩国队, 从北京到上海 for 从上海到北京; and 早于 for 晚于, 被 on one side only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from bot.llm.checks.alignment import Alignment, Tile
from bot.llm.checks.opposites import RELATIONS, has_opposite

GAINED = 2
"""Joints that must be those of the source once two things are put back, of four, more than before."""

# 甲、乙和丙: their order says nothing
_ENUMERATED = re.compile(r"(?:[、和及与或同跟][^|]{0,12})?(?:以及|[、和及与或同跟])")
# 北京是中国的首都 is 中国的首都是北京
_IS = re.compile(r"(?:也|就|即|正|便|都)?(?:是|为|即|叫|称为|等于)")
# 被 of 甲被乙起诉; not 被告
_PASSIVE = re.compile(
    r"被(?!告|子|害|申|执|继|选|监|保|上|征|许|拆|处|审|采|检|访|调)|遭到?(?!遇|受)"
)


def is_swapped(alignment: Alignment) -> bool:
    """Whether two things of the claim have changed places, or a relation is the opposite one."""
    if has_opposite(alignment, RELATIONS):
        return True
    if any(_is_exchange(alignment, *pair) for pair in _crossing(alignment)):
        return True
    return _is_crosswise(alignment) or _turns_passive(alignment)


def _crossing(alignment: Alignment) -> Iterator[tuple[Tile, Tile]]:
    """The pairs of tiles that stand in the claim in one order and in the source in the other."""
    for one, other in combinations(alignment.tiles, 2):
        if one.other > other.other:
            yield one, other


def _is_exchange(alignment: Alignment, one: Tile, other: Tile) -> bool:
    """Whether the claim is nearer to its source once two of its pieces are exchanged."""
    text = alignment.claim
    between = text[one.end : other.start]
    if not between or _ENUMERATED.fullmatch(between):
        return False
    if _is_free(alignment, one) and _is_free(alignment, other):
        # Whole clauses in another order.
        return False
    first, second = text[one.start : one.end], text[other.start : other.end]
    before, behind = text[: one.start][-1:] or "|", text[other.end :][:1] or "|"
    if _IS.fullmatch(between) and before == behind == "|":
        return False
    joints = _joints(alignment.source)
    was = _at_joints(before, first, between, second, behind)
    put_back = _at_joints(before, second, between, first, behind)
    gained = [
        int(new in joints) - int(old in joints) for old, new in zip(was, put_back, strict=True)
    ]
    # The outer ones alone are those of any sentence that begins and ends alike.
    return sum(gained) >= GAINED and max(gained[1:3]) > 0


def _at_joints(before: str, one: str, between: str, other: str, behind: str) -> tuple[str, ...]:
    """What stands at the four ends of two pieces: a character outside with two inside."""
    return (before + one[:2], one[-2:] + between[0], between[-1] + other[:2], other[-2:] + behind)


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


def _joints(source: str) -> frozenset[str]:
    padded = f"|{source.strip('|')}|"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def _is_crosswise(alignment: Alignment) -> bool:
    """Whether of two places the claim has in each what the source has in the other: 甲3家，乙5家 for 甲5家，乙3家."""
    replaced = [gap for gap in _gaps(alignment) if gap[0] and gap[1] and gap[0] != gap[1]]
    return any(one == tuple(reversed(other)) for one, other in combinations(replaced, 2))


def _gaps(alignment: Alignment) -> Iterator[tuple[str, str]]:
    """What stands between neighbouring tiles in the claim and in the source, where both have them in order."""
    ends = [(0, 0), *((tile.end, tile.other_end) for tile in alignment.tiles)]
    starts = [*((tile.start, tile.other) for tile in alignment.tiles)]
    starts.append((len(alignment.claim), len(alignment.source)))
    for (end, other_end), (start, other_start) in zip(ends, starts, strict=True):
        if other_start >= other_end:
            between = alignment.claim[end:start], alignment.source[other_end:other_start]
            yield between[0].strip("|"), between[1].strip("|")


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
