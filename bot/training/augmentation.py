"""Augments the training questions: paraphrases, and questions that the text does not answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from corpus import Document
from corpus.language.cedict import is_name
from corpus.language.glossary import meanings
from corpus.language.text import Segmenter, fold, leads, lexicon

REPLACED = 0.5
"""Probability that a word is replaced where it has synonyms: half, so that others stay as they are."""

COMMON = 300
"""How often jieba must have counted a word that may replace another: 1.2 of 100,000 words."""

TELLING = 4.0
"""The least `Segmenter.rarity` of a word that may be replaced: without 可以 and 进行 a text lacks nothing."""

# The 1998 of 1998年
_NUMBER = re.compile(r"\d+")
# 什么, 哪里, 谁, 几个, 如何, 怎样, 多少
_INTERROGATIVE = re.compile("[什么哪谁几何怎]|多少")


class Augmenter:
    """Changes questions at random, with all randomness from the generator that is passed in."""

    def __init__(
        self, questions: Sequence[str], titles: Sequence[str], segmenter: Segmenter
    ) -> None:
        """`questions` are all of the training, `titles` those of their documents."""
        self._segmenter = segmenter
        self._titles = titles
        words = set()
        for question in questions:
            words |= {word for _, word in self._telling_words(question)}
        self._words = sorted(words)

    def reword(self, question: str, rng: np.random.Generator) -> str:
        """`question`, folded, with synonyms for some of its words. Names are kept."""
        folded = fold(question)
        reworded = ""
        at = 0
        for start, word in self._telling_words(question):
            synonyms = _synonyms(word)
            if synonyms and rng.random() < REPLACED:
                synonym = synonyms[int(rng.integers(len(synonyms)))]
                reworded += folded[at:start] + synonym
                at = start + len(word)
        return reworded + folded[at:]

    def alter(self, question: str, document: Document, rng: np.random.Generator) -> str | None:
        """`question` about another number, title or word, so that `document` no longer answers it.

        None where it names nothing that could be exchanged, or where the one drawn to replace it
        does not fit.
        """
        ways = (self._with_another_number, self._with_another_title, self._with_another_word)
        way = ways[int(rng.integers(len(ways)))]
        altered = way(question, document, rng)
        return altered or self._with_another_word(question, document, rng)

    def _with_another_number(
        self, question: str, document: Document, rng: np.random.Generator
    ) -> str | None:
        """`question` with a number of the document replaced by one 1 to 9 larger or smaller."""
        numbers = [match for match in _NUMBER.finditer(question) if match[0] in document.text]
        if not numbers:
            return None
        match = numbers[int(rng.integers(len(numbers)))]
        # No more than 9 digits of a very long number are read.
        old = int(match[0][:9])
        distance = int(rng.integers(1, 10))
        sign = 1 if rng.random() < 0.5 else -1
        new = str(max(1, old + distance * sign))
        if new in document.text:
            return None
        return question[: match.start()] + new + question[match.end() :]

    def _with_another_title(
        self, question: str, document: Document, rng: np.random.Generator
    ) -> str | None:
        """`question` with the title of the document replaced by that of another."""
        if not document.title or document.title not in question:
            return None
        title = self._titles[int(rng.integers(len(self._titles)))]
        # The 江苏路街道 of 江苏路街道 (上海市), a title in CMRC.
        name = title.partition(" ")[0]
        if name in document.text or name in document.title:
            return None
        return question.replace(document.title, name)

    def _with_another_word(
        self, question: str, document: Document, rng: np.random.Generator
    ) -> str | None:
        """`question` with a word of the document replaced by one of another question."""
        text = fold(document.text)
        places = [(start, word) for start, word in self._telling_words(question) if word in text]
        if not places:
            return None
        start, word = places[int(rng.integers(len(places)))]
        other = self._words[int(rng.integers(len(self._words)))]
        if is_name(other) != is_name(word) or leads(other) != leads(word):
            return None
        if other in text or other in _synonyms(word):
            return None
        folded = fold(question)
        return folded[:start] + other + folded[start + len(word) :]

    def _telling_words(self, question: str) -> Iterator[tuple[int, str]]:
        """The words that a question is about, folded, each with its start in characters."""
        for start, word in _long_words(question, self._segmenter):
            if not self._segmenter.is_word(word) or _INTERROGATIVE.search(word):
                continue
            if self._segmenter.rarity(word) >= TELLING:
                yield start, word


def _long_words(question: str, segmenter: Segmenter) -> Iterator[tuple[int, str]]:
    """The words of two characters or more, folded, each with its start in characters."""
    folded = fold(question)
    at = 0
    for word in segmenter.words(question):
        start = folded.index(word, at)
        at = start + len(word)
        if len(word) > 1:
            yield start, word


@cache
def _synonyms(word: str) -> tuple[str, ...]:
    """The common words that share the first meaning of `word` in CC-CEDICT, or any two meanings.

    A name has none.
    """
    if is_name(word):
        return ()
    own = meanings(word)
    shared: Counter[str] = Counter()
    for meaning in dict.fromkeys(own):
        for other in _words_by_meaning().get(meaning, ()):
            if other != word:
                shared[other] += 1
    synonyms = []
    for other, count in shared.items():
        if count > 1 or meanings(other)[0] == own[0]:
            synonyms.append(other)
    return tuple(synonyms)


@cache
def _words_by_meaning() -> dict[str, list[str]]:
    """Meaning → the common words of two characters or more that have it, each once, without names."""
    by_meaning: dict[str, list[str]] = {}
    for word, count in lexicon().counts.items():
        if count >= COMMON and len(word) > 1 and not is_name(word):
            for meaning in dict.fromkeys(meanings(word)):
                by_meaning.setdefault(meaning, []).append(word)
    return by_meaning
