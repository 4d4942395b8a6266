"""Questions in other words: some that mean the same, and some that the text does not answer."""

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
"""How many of the words for which there is another are replaced."""

USUAL = 300
"""How often jieba must have counted a word that may replace another: 1.2 of 100,000 words."""

TELLING = 4.0
"""The least `Segmenter.rarity` of what a question is about: 可以 and 进行 say nothing that a text could lack."""

_NUMBER = re.compile(r"\d+")
_ASKING = re.compile("[什么哪谁几何怎]|多少")


class Wording:
    """Draws other wordings of questions; `asked` are all there are, `titles` those of their documents."""

    def __init__(self, asked: Sequence[str], titles: Sequence[str], segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._titles = titles
        self._things = sorted({word for text in asked for _, word in self._telling(text)})

    def reworded(self, asked: str, drawn: np.random.Generator) -> str:
        """`asked`, folded, with other words of the same meaning for some of its own; names stay."""
        made, done = "", 0
        for start, word in self._telling(asked):
            others = _same_meaning(word)
            if others and drawn.random() < REPLACED:
                made += fold(asked)[done:start] + others[int(drawn.integers(len(others)))]
                done = start + len(word)
        return made + fold(asked)[done:]

    def altered(self, asked: str, document: Document, drawn: np.random.Generator) -> str | None:
        """`asked` about another number, document or thing than this one speaks of; None where it names none."""
        kinds = (self._of_another_number, self._of_another_title, self._of_another_thing)
        return kinds[int(drawn.integers(len(kinds)))](
            asked, document, drawn
        ) or self._of_another_thing(asked, document, drawn)

    def _of_another_number(
        self, asked: str, document: Document, drawn: np.random.Generator
    ) -> str | None:
        found = [match for match in _NUMBER.finditer(asked) if match[0] in document.text]
        if not found:
            return None
        match = found[int(drawn.integers(len(found)))]
        other = str(
            max(
                1,
                int(match[0][:9])
                + int(drawn.integers(1, 10)) * (1 if drawn.random() < 0.5 else -1),
            )
        )
        return (
            None
            if other in document.text
            else asked[: match.start()] + other + asked[match.end() :]
        )

    def _of_another_title(
        self, asked: str, document: Document, drawn: np.random.Generator
    ) -> str | None:
        if not document.title or document.title not in asked:
            return None
        other = self._titles[int(drawn.integers(len(self._titles)))].partition(" ")[0]
        alike = other in document.text or other in document.title
        return None if alike else asked.replace(document.title, other)

    def _of_another_thing(
        self, asked: str, document: Document, drawn: np.random.Generator
    ) -> str | None:
        text = fold(document.text)
        said = [(start, word) for start, word in self._telling(asked) if word in text]
        if not said:
            return None
        start, word = said[int(drawn.integers(len(said)))]
        other = self._things[int(drawn.integers(len(self._things)))]
        alike = is_name(other) == is_name(word) and leads(other) == leads(word)
        if not alike or other in text or other in _same_meaning(word):
            return None
        return fold(asked)[:start] + other + fold(asked)[start + len(word) :]

    def _telling(self, asked: str) -> Iterator[tuple[int, str]]:
        """(start, word) of what a question is about."""
        for start, word in _placed(asked, self._segmenter):
            known = self._segmenter.is_word(word) and not _ASKING.search(word)
            if known and self._segmenter.rarity(word) >= TELLING:
                yield start, word


def _placed(asked: str, segmenter: Segmenter) -> Iterator[tuple[int, str]]:
    """(start, word) of the words of two characters or more, folded."""
    text, done = fold(asked), 0
    for word in segmenter.words(asked):
        start = text.index(word, done)
        done = start + len(word)
        if len(word) > 1:
            yield start, word


@cache
def _same_meaning(word: str) -> tuple[str, ...]:
    """Usual words that CC-CEDICT explains first by the same English, or by two of the same; none for a name."""
    if is_name(word):
        return ()
    own = meanings(word)
    shared = Counter(
        other for key in dict.fromkeys(own) for other in _usual().get(key, ()) if other != word
    )
    return tuple(
        other for other, times in shared.items() if times > 1 or meanings(other)[0] == own[0]
    )


@cache
def _usual() -> dict[str, list[str]]:
    """Meaning → usual words of two characters or more that have it and are no names, each once."""
    found: dict[str, list[str]] = {}
    for word, times in lexicon().counts.items():
        if times >= USUAL and len(word) > 1 and not is_name(word):
            for key in dict.fromkeys(meanings(word)):
                found.setdefault(key, []).append(word)
    return found
