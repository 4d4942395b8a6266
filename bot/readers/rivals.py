"""Words that a text sets side by side, 宏观、中观和微观: what is said of one does not answer who asks of another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

REMEMBERED_DOCUMENTS = 512

_BESIDE = re.compile(r"(?=([\u4e00-\u9fff]{2})[、和与及或]([\u4e00-\u9fff]{2}))")


def speaks_of_rival(terms: Iterable[str], asked: str, folded: str, folded_document: str) -> bool:
    """Whether a folded sentence has a rival of one of the terms instead of it, that the question `asked` has not.

    Of 237 public questions with a word that their text sets beside another, 2 are answered by such a sentence.
    """
    found = rivals(folded_document)
    instead = (rival for term in terms if term in found and term not in folded for rival in found[term])
    return any(rival in folded and rival not in asked for rival in instead)


@lru_cache(REMEMBERED_DOCUMENTS)
def rivals(folded: str) -> Mapping[str, frozenset[str]]:
    """Word of two characters → those that a folded text sets beside it, or beside one of them, which share one."""
    beside: dict[str, set[str]] = defaultdict(set)
    for one, other in (match.groups() for match in _BESIDE.finditer(folded)):
        if _alike(one, other):
            beside[one].add(other)
            beside[other].add(one)
    return {
        word: frozenset(o for near in set(found) for o in (near, *beside[near]) if _alike(word, o))
        for word, found in beside.items()
    }


def _alike(one: str, other: str) -> bool:
    """Whether two words of two characters differ in one of them."""
    return (one[0] == other[0]) != (one[1] == other[1])
