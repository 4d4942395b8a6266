"""jieba's dictionary, read once and shared.

Left to itself jieba reads it anew for every tokenizer, or trusts a cache file in a folder where anyone may write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LEADING = ("v", "d", "p", "c", "u")
_VERBAL_NOUN = ("vn",)
_PERSON = ("nr",)


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
    """The dictionary inside the package jieba: about 70 MB, and half a second the first time."""
    # A word, its count and its part of speech a line, and no space in any of them.
    fields = files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").split()
    words, tags = fields[::3], fields[2::3]
    numbers = list(map(int, fields[1::3]))
    counts = dict.fromkeys((word[:size] for word in words for size in range(1, len(word))), 0)
    counts |= zip(words, numbers, strict=True)
    return Lexicon(
        counts=counts,
        total=sum(numbers),
        leading=_tagged(words, tags, _LEADING) - _tagged(words, tags, _VERBAL_NOUN),
        persons=_tagged(words, tags, _PERSON),
    )


def _tagged(words: list[str], tags: list[str], wanted: tuple[str, ...]) -> frozenset[str]:
    """The words of which some part of speech begins with one of `wanted`."""
    return frozenset(word for word, tag in zip(words, tags, strict=True) if tag.startswith(wanted))
