"""What the checks read in English: numbers in words, names by their capitals, what is counted.

Chinese has words of its own for all three (`corpus/language/`); here they are the letters' own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

_BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: value for value, word in enumerate(_BELOW_TWENTY.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), 2)
}
_HUNDRED = "hundred"
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_ANY = "|".join(sorted([*_WORDS, _HUNDRED, *_LARGE], key=len, reverse=True))
# twelve, twenty-five, three hundred and two, 2.7 million
_NUMBER = re.compile(
    rf"(?<![\w.])(?:(?P<digits>\d[\d,]*(?:\.\d+)?)(?=[ -](?:{_HUNDRED}|{'|'.join(_LARGE)})\b)|(?:{_ANY})\b)"
    rf"(?:[ -](?:(?:(?<=hundred )|(?<=thousand )|(?<=million ))and )?(?:{_ANY})\b)*"
)
# Hangzhou in "in Hangzhou", and what follows it; not the first word of a sentence or of what is said
_NAME = re.compile(r"(?<=[a-z0-9,;)] )[\"'(“‘]?([A-Z][A-Za-z]+)|(?<=[A-Za-z] )([A-Z][A-Za-z]+)")
# days of "30 days"; not "2018 there", "30 with"
_COUNTED = re.compile(
    r"(?<![\d,.])(?!\d{4} )\d(?:[\d,.]*\d)? (?!(?:from|with|that|were|have|this|into|when|until)\b)([a-z]{4,})"
)

SHORTEST_STEM = 4
"""Letters that a name keeps: Chinese is held by China."""

ENDING = 3
"""Letters that a longer name may have beyond its stem: Shanghai's, districts."""


def in_digits(folded: str) -> str:
    """A folded text with its English numbers in digits: thirty days is 30 days; one stays, as an article."""
    return _NUMBER.sub(lambda found: _digits(found), folded)


def names(text: str) -> Iterator[str]:
    """The names of an English sentence: words with a capital that no beginning of a sentence has."""
    for found in _NAME.finditer(text):
        yield (found[1] or found[2]).lower()


def counted(folded: str) -> Iterator[str]:
    """What the numbers of a folded English text count, or their units."""
    for found in _COUNTED.finditer(folded):
        yield found[1]


def stands(word: str, known: str) -> bool:
    """Whether a folded text has a word, in whatever form: China, Chinese."""
    stem = word[: max(SHORTEST_STEM, len(word) - ENDING)]
    ending = r"\b" if len(word) <= ENDING else ""
    return bool(re.search(rf"\b{re.escape(stem)}{ending}", known))


def _digits(found: re.Match[str]) -> str:
    """The value of a number in words, in digits."""
    if found.group() == "one":
        return "one"
    whole, part = Decimal(0), Decimal((found["digits"] or "0").replace(",", ""))
    for word in re.findall("[a-z]+", found.group()):
        if word in _WORDS:
            part += _WORDS[word]
        elif word == _HUNDRED:
            part = (part or Decimal(1)) * 100
        elif word in _LARGE:
            whole, part = whole + (part or Decimal(1)) * _LARGE[word], Decimal(0)
    return f"{(whole + part).normalize():f}"
