"""Sentences as candidates for citation, with what each speaks of without saying it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.reader.framing import bodies_in
from corpus import Document, Passage
from corpus.language.text import Segmenter, fold, is_place

PARTLY = 0.7
"""What a term counts where a text has all its character pairs, but not side by side."""

ALIKE = 0.8
"""What a synonym of a term of the question counts."""

# 2019 in 2019年, not 12019
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
# 市 in 杭州市, not in 城市
_SUFFIX = re.compile(r"(?<=..)[省市县区]$")
_COUNTRY = frozenset({"中国", "中华", "中华人民共和国"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document, with its text and that around it, all folded.

    `before` is the sentence before it in its paragraph; `around` is the sentence with the one
    before it, the heading, the title, and the places in letterhead and signature. `places` and `years` are
    those it speaks of: its own, or else those of the nearest sentence before it in the paragraph
    that has any.
    """

    span: Passage
    folded: str
    before: str
    around: str
    places: frozenset[str]
    years: frozenset[str]


def place_names(words: Iterable[str]) -> frozenset[str]:
    """The places among folded words, without 省, 市, 县, 区 at their end, and without the country."""
    return frozenset(_SUFFIX.sub("", word) for word in words if is_place(word)) - _COUNTRY


def years_in(folded: str) -> frozenset[str]:
    """The numbers of four digits in a folded text."""
    return frozenset(_YEAR.findall(folded))


def read_sentences(spans: Sequence[Passage], segmenter: Segmenter) -> list[Sentence]:
    """The sentences of one document, given as spans in their order."""
    found: list[Sentence] = []
    issued = _places_of_issue(spans[0].document, segmenter) if spans else []
    for number, span in enumerate(spans):
        folded = fold(span.text)
        places = place_names(segmenter.search_words(folded))
        years = years_in(folded)
        before = ""
        if number and _same_paragraph(spans[number - 1], span):
            earlier = found[-1]
            before = earlier.folded
            places = places or earlier.places
            years = years or earlier.years
        around = "\n".join((folded, before, fold(span.context), *issued))
        found.append(Sentence(span, folded, before, around, places, years))
    return found


def _places_of_issue(document: Document, segmenter: Segmenter) -> list[str]:
    """The places that the letterhead and the signature of a document name."""
    return sorted(place_names(segmenter.search_words(bodies_in(document))))


def _same_paragraph(sentence: Passage, following: Passage) -> bool:
    return "\n" not in sentence.document.text[sentence.end : following.start]


def covered(term: str, folded: str) -> float:
    """How much of `term` a folded text has, 0 to 1.

    1 where it has the term as it is; else PARTLY times the share of the term's character pairs
    that it has. A term of one or two characters is there or not.
    """
    if term in folded:
        return 1.0
    if len(term) <= 2:
        return 0.0
    pairs = [term[at : at + 2] for at in range(len(term) - 1)]
    return PARTLY * sum(pair in folded for pair in pairs) / len(pairs)


def coverage(
    terms: Mapping[str, float], folded: str, alike: Mapping[str, tuple[str, ...]] = {}
) -> float:
    """The share of the question's terms, by weight, that a folded text has, 0 to 1.

    `alike` gives the synonyms of a term; one of them counts ALIKE.
    """
    whole = sum(terms.values())
    if not whole:
        return 0.0
    found = 0.0
    for term, weight in terms.items():
        found += weight * _covered_or_alike(term, folded, alike.get(term, ()))
    return found / whole


def _covered_or_alike(term: str, folded: str, synonyms: tuple[str, ...]) -> float:
    has_synonym = any(word in folded for word in synonyms)
    return max(covered(term, folded), ALIKE * has_synonym)
