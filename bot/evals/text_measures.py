"""How alike two texts are: the exact match and the F1 of CMRC 2018."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_IDEOGRAPH = "\u3400-\u9fff\U00020000-\U0003ffff"
# "在", "new", "york" and "市" in "在new york市".
_TOKEN = re.compile(rf"[{_IDEOGRAPH}]|[^\s{_IDEOGRAPH}]+")
# What the script of CMRC 2018 drops beside punctuation.
_SYMBOLS = frozenset("^~`+=")
# The first of 65,534 code points for private use.
_PRIVATE = 0xF0000


def exact_match(text: str, wanted: str) -> float:
    """1 where both are the same but for width, case, punctuation and white space, else 0.

    A text without any token matches nothing.
    """
    tokens = _tokens(text)
    return float(bool(tokens) and "".join(tokens) == "".join(_tokens(wanted)))


def character_f1(text: str, wanted: str) -> float:
    """F1 of CMRC 2018 (Cui et al., 2019): the longest run of tokens that both have, over the length
    of each.

    A token is one ideograph, or a word of anything else; punctuation is dropped.
    """
    tokens, needed = _tokens(text), _tokens(wanted)
    common = _longest_run(tokens, needed)
    return 2 * common / (len(tokens) + len(needed)) if common else 0.0


def folded(text: str) -> str:
    """A text in half width where there is one, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


@lru_cache(maxsize=64)
def _tokens(text: str) -> tuple[str, ...]:
    kept = []
    for char in folded(text):
        is_punctuation = char in _SYMBOLS or unicodedata.category(char).startswith("P")
        if not is_punctuation:
            kept.append(char)
    return tuple(_TOKEN.findall("".join(kept)))


def _longest_run(tokens: Sequence[str], others: Sequence[str]) -> int:
    """Length of the longest run of tokens that both have.

    Both become strings with one character a token; the run found so far grows a character at a
    time.
    """
    characters: dict[str, str] = {}
    for token in (*tokens, *others):
        if len(token) > 1 and token not in characters:
            characters[token] = chr(_PRIVATE + len(characters))
    first = "".join(characters.get(token, token) for token in tokens)
    second = "".join(characters.get(token, token) for token in others)
    longest = 0
    for end in range(1, len(first) + 1):
        if first[end - longest - 1 : end] in second:
            longest += 1
    return longest
