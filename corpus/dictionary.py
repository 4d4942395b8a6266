"""jieba's dictionary, read once and shared.

Left to itself jieba reads it anew for every tokenizer, or trusts a cache file in a folder where anyone may write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LEADING = ("v", "d", "p", "c", "u")
_VERBAL_NOUN = "vn"
_PERSON = "nr"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """About 350,000 words of general Chinese.

    `counts` is word → how often it was counted, 0 for what only begins a word; `total` is their sum.
    `leading` are the verbs, adverbs, prepositions, conjunctions and particles that are no nouns; `persons` are names.
    """

    counts: Mapping[str, int]
    total: int
    leading: frozenset[str]
    persons: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The dictionary inside the package jieba: about 50 MB, and most of a second the first time."""
    # A word, its count and its part of speech a line, and no space in any of them.
    fields = files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").split()
    words, tags = fields[::3], fields[2::3]
    counts = dict(zip(words, map(int, fields[1::3]), strict=True))
    beginnings = {word[:size] for word in words for size in range(1, len(word))}
    tagged = list(zip(words, tags, strict=True))
    nouns = {word for word, tag in tagged if tag.startswith(_VERBAL_NOUN)}
    return Lexicon(
        counts=dict.fromkeys(beginnings, 0) | counts,
        total=sum(map(int, fields[1::3])),
        leading=frozenset(word for word, tag in tagged if tag.startswith(_LEADING)) - nouns,
        persons=frozenset(word for word, tag in tagged if tag.startswith(_PERSON)),
    )
