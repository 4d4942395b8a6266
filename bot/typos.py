"""Mends words typed by sound: what the collection does not have becomes what it has and sounds the same (建康码 → 健康码)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from corpus.glossary import sound_keys
from corpus.text import Segmenter, fold

LONGEST = 8
_GRAMMAR = frozenset("的了是在和与有为以对从到由被把也都就还不这那其它我你他们什么哪多少几谁何吗呢吧请问")


class Typos:
    """The words of a collection by their sound."""

    def __init__(self, words: Iterable[str], segmenter: Segmenter) -> None:
        self._words = frozenset(w for w in words if 2 <= len(w) <= LONGEST)
        self._segmenter = segmenter
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            for key in sound_keys(word):
                self._by_sound[key].append(word)

    def mend(self, question: str) -> str:
        """`question` with homophones of the collection's words in place of what is no word."""
        folded, at, out = fold(question), 0, []
        while at < len(folded):
            for size in range(min(LONGEST, len(folded) - at), 1, -1):
                window = folded[at : at + size]
                mended = window if window in self._words else self._homophone(window)
                if mended:
                    out.append(question[at : at + size] if mended == window else mended)
                    at += size
                    break
            else:
                out.append(question[at])
                at += 1
        return "".join(out)

    def _homophone(self, window: str) -> str | None:
        if self._segmenter.is_word(window) or _GRAMMAR & set(window):
            return None
        for word in (w for key in sorted(sound_keys(window)) for w in self._by_sound.get(key, ())):
            same = sum(a == b for a, b in zip(word, window, strict=True))
            if same >= max(1, len(word) // 2) and not (len(word) == 2 and _is_cut_here(window, self._segmenter)):
                return word
        return None


def _is_cut_here(window: str, segmenter: Segmenter) -> bool:
    """Whether both characters are grammar or measure words of their own rather than a broken word."""
    return all(segmenter.rarity(char) < 3.2 for char in window)
