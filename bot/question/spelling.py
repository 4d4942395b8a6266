"""Corrects words typed by sound to words of the collection that sound alike (成督市 → 成都市).

A noisy channel: of the ways to read a question as words, each known or meant by what sounds like
it, the likeliest is taken. Kernighan, Church and Gale 1990, "A Spelling Correction Program Based on
a Noisy Channel Model".
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from corpus.language.glossary import sound_keys
from corpus.language.text import Segmenter, fold

LONGEST = 8
"""Characters of the longest word that is looked for: longer ones are phrases."""

ERROR = 4.6
"""Cost of a wrong character: -log10 of how likely it is, and a margin, since words that stand side by
side do so oftener than their frequencies tell. Of 16,790 questions for fitting .77 in 1,000 are changed
at 4.6, half of them rightly, 1.73 at 4.4 and .66 at 4.8; of 1,206 misspelt ones 67 % are corrected, 72
and 63.
"""

JOINT = 1.0
"""Taken off for each end at which a word meets the character it meets in the collection too. Without,
55 % are corrected where as few right questions are changed.
"""

RAREST = 5.0
"""Most that a character costs alone: a rarer one is hardly typed by mistake (鱵, a fish). Without, 1.67 in
1,000 questions for fitting are changed.
"""

OF_COLLECTION = 0.5
"""Weight of the collection against general Chinese in how likely a word is: linear interpolation, Jelinek
and Mercer 1980. With .3 less is corrected where as few right questions are changed, with .7 no more.
"""


class _Word(NamedTuple):
    """A word at an offset of a question; its cost is -log10 of how likely it is there."""

    start: int
    text: str
    cost: float

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Spelling:
    """Corrects spelling with the words of a collection, by sound.

    `counts` maps each of its words, folded, to how many passages have it, and `stands` says whether two
    characters, folded, stand side by side in one.
    """

    def __init__(
        self, counts: Mapping[str, int], stands: Callable[[str], bool], segmenter: Segmenter
    ) -> None:
        self._counts = counts
        self._stands = stands
        self._total = max(1, sum(counts.values()))
        self._segmenter = segmenter
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(counts):
            if 2 <= len(word) <= LONGEST:
                for key in sound_keys(word):
                    self._by_sound[key].append(word)

    def correct(self, question: str) -> str:
        """`question` with each misspelt word replaced by one that sounds alike, of equal length."""
        folded = fold(question)
        cut = _likeliest(self._known(folded), len(folded))
        readings = list(cut)
        for pieces in self._unknown(folded, cut):
            readings += self._meant(folded, pieces)
        meant = _likeliest(readings, len(folded))
        corrected = []
        for word in meant:
            is_unchanged = word.text == folded[word.start : word.end]
            corrected.append(question[word.start : word.end] if is_unchanged else word.text)
        return "".join(corrected)

    def _known(self, folded: str) -> Iterator[_Word]:
        """All known words in a question, and all its characters."""
        for start in range(len(folded)):
            for end in range(start + 1, min(start + LONGEST, len(folded)) + 1):
                text = folded[start:end]
                if len(text) == 1:
                    yield _Word(start, text, min(RAREST, self._cost(text)))
                elif self._is_known(text):
                    yield _Word(start, text, self._cost(text))

    def _unknown(self, folded: str, cut: Sequence[_Word]) -> Iterator[Sequence[_Word]]:
        """The neighbours of a cut that together are no known word, and may be one misspelt.

        One of them at most has several characters: 全国 and 城市 stay.
        """
        for first in range(len(cut)):
            for end in range(first + 2, len(cut) + 1):
                pieces = cut[first:end]
                text = folded[pieces[0].start : pieces[-1].end]
                if len(text) > LONGEST or sum(len(piece.text) > 1 for piece in pieces) > 1:
                    break
                if not self._is_known(text):
                    yield pieces

    def _meant(self, folded: str, pieces: Sequence[_Word]) -> Iterator[_Word]:
        """The words that sound like `pieces`, and have half of their characters or more.

        A word that the collection has is right. One that only general Chinese has may be a piece of a
        misspelt one (建康 of 建康码).
        """
        start = pieces[0].start
        text = folded[start : pieces[-1].end]
        joints = self._joints(folded, start, text)
        right: set[int] = set()
        for piece in pieces:
            if len(piece.text) > 1 and piece.text in self._counts:
                right.update(range(piece.start, piece.end))
        for word in self._sounding_like(text):
            wrong = {start + at for at, char in enumerate(word) if char != text[at]}
            if len(wrong) <= len(text) // 2 and not wrong & right:
                gained = self._joints(folded, start, word) - joints
                cost = self._cost(word) + ERROR * len(wrong) - JOINT * gained
                yield _Word(start, word, cost)

    def _sounding_like(self, text: str) -> Iterator[str]:
        for key in sorted(sound_keys(text)):
            yield from self._by_sound.get(key, ())

    def _joints(self, folded: str, start: int, word: str) -> int:
        """At how many ends `word` at `start` meets a character that it meets in the collection too."""
        before = folded[max(0, start - 1) : start] + word[0]
        behind = word[-1] + folded[start + len(word) : start + len(word) + 1]
        return sum(len(pair) == 2 and self._stands(pair) for pair in (before, behind))

    def _is_known(self, text: str) -> bool:
        return text in self._counts or self._segmenter.is_word(text)

    def _cost(self, word: str) -> float:
        of_collection = self._counts.get(word, 0) / self._total
        of_general = 10 ** -self._segmenter.rarity(word)
        return -math.log10(OF_COLLECTION * of_collection + (1 - OF_COLLECTION) * of_general)


def _likeliest(words: Iterable[_Word], size: int) -> list[_Word]:
    """The words that stand end to end over `size` characters and whose costs sum to the least."""
    costs = [0.0] + [math.inf] * size
    last: dict[int, _Word] = {}
    for word in sorted(words, key=lambda word: word.start):
        cost = costs[word.start] + word.cost
        if cost < costs[word.end]:
            costs[word.end] = cost
            last[word.end] = word
    chosen: list[_Word] = []
    at = size
    while at:
        chosen.append(last[at])
        at = last[at].start
    return chosen[::-1]
