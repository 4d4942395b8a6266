"""Sentences as candidates for citation, and what each speaks of without saying so again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus import Passage
from corpus.language.text import Segmenter, fold, is_place

PARTLY = 0.7
"""What a term counts of which a text has all the character pairs, but apart."""

ALIKE = 0.8
"""What a word counts that means the same as the question's."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SUFFIX = re.compile(r"(?<=..)[省市县区]$")
_COUNTRY = frozenset({"中国", "中华", "中华人民共和国"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """`folded` is the sentence, `before` the one before it in its paragraph, `around` both with heading and title.

    All are folded. `places` and `years` are those in force: its own, or else those of the nearest sentence before it in
    the paragraph.
    """

    span: Passage
    folded: str
    before: str
    around: str
    places: frozenset[str]
    years: frozenset[str]


def place_names(words: Iterable[str]) -> frozenset[str]:
    """The places among folded words, without 省, 市, 县, 区; none as wide as the country."""
    return frozenset(_SUFFIX.sub("", w) for w in words if is_place(w)) - _COUNTRY


def years_in(folded: str) -> frozenset[str]:
    """The four-digit numbers in a folded text."""
    return frozenset(_YEAR.findall(folded))


def read_sentences(spans: Sequence[Passage], segmenter: Segmenter) -> list[Sentence]:
    """What the sentences of one document, given in order, speak of."""
    found: list[Sentence] = []
    for at, span in enumerate(spans):
        earlier = found[-1] if at and _same_paragraph(spans[at - 1], span) else None
        folded = fold(span.text)
        before = earlier.folded if earlier else ""
        places = place_names(segmenter.search_words(folded)) or (
            earlier.places if earlier else frozenset()
        )
        years = years_in(folded) or (earlier.years if earlier else frozenset())
        around = "\n".join((folded, before, fold(span.context)))
        found.append(Sentence(span, folded, before, around, places, years))
    return found


def _same_paragraph(one: Passage, following: Passage) -> bool:
    return "\n" not in one.document.text[one.end : following.start]


def covered(term: str, folded: str) -> float:
    """0 to 1: whether a folded text has `term`, or else `PARTLY` of the share of its character pairs that it has."""
    if term in folded:
        return 1.0
    pairs = [term[i : i + 2] for i in range(len(term) - 1)] if len(term) > 2 else []
    return PARTLY * sum(pair in folded for pair in pairs) / len(pairs) if pairs else 0.0


def coverage(
    terms: Mapping[str, float], folded: str, alike: Mapping[str, tuple[str, ...]] = {}
) -> float:
    """0 to 1: the share of the question's terms, by weight, that a folded text has.

    A word that means the same, of those that `alike` gives for a term, counts `ALIKE`.
    """
    whole = sum(terms.values())
    if not whole:
        return 0.0
    return sum(w * _said(t, folded, alike.get(t, ())) for t, w in terms.items()) / whole


def _said(term: str, folded: str, alike: tuple[str, ...]) -> float:
    return max(covered(term, folded), ALIKE * any(word in folded for word in alike))
