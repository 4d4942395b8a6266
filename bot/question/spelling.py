"""Corrects words typed by sound to words of the collection that sound alike (建康码 → 健康码)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from corpus.language.glossary import sound_keys
from corpus.language.text import Segmenter, fold

LONGEST = 8
"""Characters of the longest word that is corrected: longer ones are phrases. The shortest has two."""

COMMON = 3.2
"""Rarity below which a character is common enough to be a word of its own.

Two such characters are no misspelt word.
"""

_FUNCTION_CHARACTERS = frozenset(
    "的了是在和与有为以对从到由被把也都就还不这那其它我你他们什么哪多少几谁何吗呢吧请问"
)
"""Particles, pronouns and interrogatives: characters that no misspelt word holds."""


class Spelling:
    """Corrects spelling with the words of a collection, by sound. `words` must be folded."""

    def __init__(self, words: Iterable[str], segmenter: Segmenter) -> None:
        self._words = frozenset(word for word in words if 2 <= len(word) <= LONGEST)
        self._segmenter = segmenter
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            for key in sound_keys(word):
                self._by_sound[key].append(word)

    def correct(self, question: str) -> str:
        """`question` with each non-word replaced by a word that sounds alike, of equal length."""
        folded = fold(question)
        inside = self._inside_words(folded)
        corrected = []
        at = 0
        while at < len(folded):
            word = self._word_at(folded, at, inside)
            end = at + len(word)
            is_unchanged = word == folded[at:end]
            corrected.append(question[at:end] if is_unchanged else word)
            at = end
        return "".join(corrected)

    def _inside_words(self, folded: str) -> frozenset[int]:
        """The offsets that lie inside a word of a general dictionary: 1 and 2 in 三亚市养犬."""
        inside: set[int] = set()
        at = 0
        for word in self._segmenter.words(folded, guess=False):
            start = folded.find(word, at)
            if start >= 0:
                at = start + len(word)
                inside.update(range(start + 1, at))
        return frozenset(inside)

    def _word_at(self, folded: str, at: int, inside: frozenset[int]) -> str:
        """The longest word that stands or sounds alike at `at`, else the one character there.

        None that sounds alike cuts a word at either end: 市养犬 of 三亚市养犬 is not 失养犬.
        """
        for size in range(min(LONGEST, len(folded) - at), 1, -1):
            window = folded[at : at + size]
            if window in self._words:
                return window
            if at in inside or at + size in inside:
                continue
            if size > 2 or self._may_be_misspelt(folded, at):
                homophone = self._homophone(window)
                if homophone:
                    return homophone
        return folded[at]

    def _may_be_misspelt(self, folded: str, at: int) -> bool:
        """Whether two characters may be one word: not both common, none part of a word beside."""
        pair = folded[at : at + 2]
        pair_before = folded[max(0, at - 1) : at + 1]
        pair_after = folded[at + 1 : at + 3]
        for neighbour in (pair_before, pair_after):
            if len(neighbour) == 2 and self._segmenter.is_word(neighbour):
                return False
        return any(self._segmenter.rarity(char) >= COMMON for char in pair)

    def _homophone(self, window: str) -> str | None:
        """A word that sounds like `window`, no word itself, and shares half of its characters."""
        if self._segmenter.is_word(window) or _FUNCTION_CHARACTERS.intersection(window):
            return None
        for key in sorted(sound_keys(window)):
            for word in self._by_sound.get(key, ()):
                shared = sum(one == other for one, other in zip(word, window, strict=True))
                if shared >= max(1, len(word) // 2):
                    return word
        return None
