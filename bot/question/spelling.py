"""Mends words typed by sound: no words become words of the collection that sound so (建康码 → 健康码)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from corpus.language.glossary import sound_keys
from corpus.language.text import Segmenter, fold

LONGEST = 8
"""Characters of a word that is mended, at most; the shortest has two."""

COMMON = 3.2
"""Rarity below which a character is a word of its own: two of them side by side are no broken word."""

_GRAMMAR = frozenset(
    "的了是在和与有为以对从到由被把也都就还不这那其它我你他们什么哪多少几谁何吗呢吧请问"
)
"""Characters that no mended word holds."""


class Spelling:
    """The words of a collection by their sound. They are folded, as `words` must be."""

    def __init__(self, words: Iterable[str], segmenter: Segmenter) -> None:
        self._words = frozenset(word for word in words if 2 <= len(word) <= LONGEST)
        self._segmenter = segmenter
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            for key in sound_keys(word):
                self._by_sound[key].append(word)

    def mend(self, question: str) -> str:
        """`question` with words of the collection in place of what is no word but sounds like one; equally long."""
        folded, at, mended = fold(question), 0, []
        while at < len(folded):
            word = self._word_at(folded, at)
            as_typed = question[at : at + len(word)]
            mended.append(as_typed if word == folded[at : at + len(word)] else word)
            at += len(word)
        return "".join(mended)

    def _word_at(self, folded: str, at: int) -> str:
        """The longest word of the collection that stands or sounds at `at`, else the one character there."""
        for size in range(min(LONGEST, len(folded) - at), 1, -1):
            window = folded[at : at + size]
            if window in self._words:
                return window
            if (size > 2 or self._may_be_broken(folded, at)) and (word := self._homophone(window)):
                return word
        return folded[at]

    def _may_be_broken(self, folded: str, at: int) -> bool:
        """Whether the two characters at `at` may be one word: not both common, neither part of a word beside."""
        pair, beside = (
            folded[at : at + 2],
            (folded[max(0, at - 1) : at + 1], folded[at + 1 : at + 3]),
        )
        known = any(len(other) == 2 and self._segmenter.is_word(other) for other in beside)
        return not known and any(self._segmenter.rarity(char) >= COMMON for char in pair)

    def _homophone(self, window: str) -> str | None:
        """A word that sounds like `window` and shares half of its characters, unless `window` is a word."""
        if self._segmenter.is_word(window) or _GRAMMAR.intersection(window):
            return None
        for word in (
            word for key in sorted(sound_keys(window)) for word in self._by_sound.get(key, ())
        ):
            shared = sum(one == other for one, other in zip(word, window, strict=True))
            if shared >= max(1, len(word) // 2):
                return word
        return None
