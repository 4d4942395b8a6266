"""Sentences as candidates for citation, and what each speaks of without saying so again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus import Document, Passage
from corpus.text import Segmenter, fold, is_place, sentences

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SUFFIX = re.compile(r"(?<=..)[省市县区]$")
_COUNTRY = frozenset({"中国", "中华", "中华人民共和国"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """`folded` is the sentence, `before` the one before it in its paragraph, `around` both with heading and title, all folded.

    `places` and `years` are those in force: its own, or else those of the nearest sentence before it in the paragraph.
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


def read_document(document: Document, segmenter: Segmenter) -> list[Sentence]:
    """Every sentence of a document, in order."""
    found: list[Sentence] = []
    at = 0
    for line in document.text.split("\n"):
        places: frozenset[str] = frozenset()
        years: frozenset[str] = frozenset()
        before = ""
        for start, end in sentences(line):
            span = Passage(document, at + start, at + end)
            folded = fold(span.text)
            places = place_names(segmenter.search_words(folded)) or places
            years = years_in(folded) or years
            around = "\n".join((folded, before, fold(span.context)))
            found.append(Sentence(span, folded, before, around, places, years))
            before = folded
        at += len(line) + 1
    return found


def covered(term: str, folded: str) -> float:
    """0 to 1: whether a folded text has `term`, or else 0.7 of the share of its character pairs that it has."""
    if term in folded:
        return 1.0
    pairs = [term[i : i + 2] for i in range(len(term) - 1)] if len(term) > 2 else []
    return 0.7 * sum(pair in folded for pair in pairs) / len(pairs) if pairs else 0.0


def coverage(terms: Mapping[str, float], folded: str, alike: Mapping[str, tuple[str, ...]] = {}) -> float:
    """0 to 1: the share of the question's terms, by weight, that a folded text has; a word that means the same counts 0.8."""
    whole = sum(terms.values())
    if not whole:
        return 0.0
    return (
        sum(w * max(covered(t, folded), 0.8 * any(a in folded for a in alike.get(t, ()))) for t, w in terms.items())
        / whole
    )
