"""English and sounds for the words of a collection, from CC-CEDICT.

They are what lets an English or a misspelt question meet Chinese text without a model of language.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice, product

from corpus.language.cedict import Entry, entries, place_by_sound, readings, senses
from corpus.language.text import fold, is_person, is_place

PHRASE_WORDS = 4
"""Longest English phrase looked up, words."""

MEANINGS_AT_MOST = 6
"""An English word that more words of the collection share says too little to join two of them."""

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_ARTICLE = re.compile(r"^(?:to be|to|the|an?|sb|sth)\s+")
_NO_MEANING = ("CL:", "abbr.", "variant of", "see ", "old variant", "surname")
_REFERENCE = re.compile(r"([\u3400-\u9fff]{2,8})\[")
_NICKNAME = re.compile(r"name (?:of|for) ([A-Z][a-z]+)")
_WORD = re.compile(r"[a-z][a-z']*[a-z]|\d+(?:\.\d+)?|[a-z]")
_ENDINGS = (("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3), ("e", 3), ("y", 3))
_SCALED = re.compile(r"(\d+(?:\.\d+)?)\s*(thousand|million|billion|percent|per cent|%)?")
_SCALE = {"thousand": 0.1, "million": 100, "billion": 10}
_SAME_SOUND = (("^zh", "z"), ("^ch", "c"), ("^sh", "s"), ("ng$", "n"), ("^l", "n"), ("^f", "h"))

# Kept in the code: an index is stale when the code that made it changes, and this list is part of what made it.
_GRAMMAR = frozenset(
    _WORD.findall("""
        a an the this that these those any some all each every many much such no not
        i me my we our you your he his she her it its they their
        what which who whom whose when where why how there
        of in on at to for from by with as into about than then so and or according
        is are was were be been being do does did has have had
        can could should would will may might must please tell article text
        make makes made get gets got take takes took
    """)
)


def stem(word: str) -> str:
    """An English word without its common endings; crude, but the same on both sides."""
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            rest = word.removesuffix(ending)
            return stem(rest) if ending == "s" else rest
    return word


def sound_keys(word: str) -> set[str]:
    """How a word may be said, tones aside; words said alike share one. At most 16 of a word of many readings."""
    choices = [_sounds().get(char, (char,)) for char in word]
    return {" ".join(syllables) for syllables in islice(product(*choices), 16)}


@cache
def _sounds() -> dict[str, tuple[str, ...]]:
    """Character → its syllables, with what southern speakers and hasty typists mix up made equal."""
    return {
        char: tuple(sorted(set(map(_blurred, syllables)))) for char, syllables in readings().items()
    }


def _blurred(syllable: str) -> str:
    for pattern, other in _SAME_SOUND:
        syllable = re.sub(pattern, other, syllable)
    return syllable


def build_glossary(
    counts: Mapping[str, int], given: Mapping[str, str] = {}
) -> dict[str, list[str]]:
    """English key → the words it may stand for among those of `counts` (folded word → how often), frequent ones first.

    `given` adds word → English of our own, several separated by semicolons.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for key, word in (*_explained(counts), *_given(counts, given), *_spelt(counts)):
        found[key].add(word)
    return {
        key: sorted(found[key], key=lambda word: (-counts[word], word))
        for key in sorted(found)
        if key and key not in _GRAMMAR
    }


def _explained(counts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(key, word) of the English of CC-CEDICT, and of the spelling of its names."""
    for word in counts:
        for entry in _entries_of().get(word, ()):
            keys = map(_key, _glosses(entry.english))
            yield from ((key, word) for key in keys if len(key.split()) <= PHRASE_WORDS)
            if entry.is_proper:
                yield _key(re.sub(r"[^A-Za-z]", "", entry.pinyin)), word


@cache
def _entries_of() -> dict[str, list[Entry]]:
    """Folded word → its entries."""
    found: dict[str, list[Entry]] = {}
    for entry in entries():
        found.setdefault(fold(entry.word), []).append(entry)
    return found


def _given(counts: Container[str], given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for word, english in given.items():
        if word in counts:
            yield from ((_key(phrase), word) for phrase in english.split(";"))


def _spelt(counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """(key, word) of the pinyin of names, and of what CC-CEDICT lacks; at most 8 of a word of many readings."""
    for word in counts:
        if 1 < len(word) <= 5 and (is_person(word) or is_place(word) or word not in senses()):
            choices = [readings().get(char, ()) for char in word]
            yield from (
                (stem("".join(syllables)), word) for syllables in islice(product(*choices), 8)
            )


def _key(phrase: str) -> str:
    return " ".join(map(stem, _WORD.findall(phrase.lower())))


def _glosses(text: str) -> Iterator[str]:
    """What the `english` of an entry says the word means, without asides, articles and notes on its use."""
    for gloss in re.split(r"[/;]", _ASIDE.sub(" ", text)):
        phrase = gloss.partition(",")[0].strip()
        if phrase and not phrase.startswith(_NO_MEANING):
            yield _ARTICLE.sub("", phrase.lower())


def meanings(word: str) -> list[str]:
    """What CC-CEDICT says that `word` means, keys of a glossary in its order."""
    return [key for key in map(_key, _glosses(senses().get(word, ""))) if key]


def synonyms(word: str, glossary: Mapping[str, list[str]], known: Container[str]) -> list[str]:
    """Words of the collection that mean what `word` means.

    CC-CEDICT explains them by the same English (都市, 城市), or explains `word` by them (蓉城: 成都), or by a word that
    it explains so (大伙儿: 大伙).
    """
    text = senses().get(word, "")
    named = [
        place for sound in _NICKNAME.findall(text) if (place := place_by_sound().get(sound.lower()))
    ]
    other_words = [*_REFERENCE.findall(text), *named]
    found = [other for other in other_words if other in known]
    text = "/".join(
        [text, *(senses().get(other, "") for other in other_words if other not in known)]
    )
    for key in map(_key, _glosses(text)):
        sharing = glossary.get(key, []) if key else []
        if len(sharing) <= MEANINGS_AT_MOST:
            found += [other for other in sharing if len(other) > 1]
    return [other for other in dict.fromkeys(found) if other != word]


def look_up(question: str, glossary: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """English phrase → the Chinese words it may stand for, longest phrases of `question` first; none where unknown.

    A place that the collection does not name gets its Chinese name all the same.
    """
    words = _WORD.findall(_SCALED.sub(" ", re.sub(r"'s\b", "", question.lower())))
    found: dict[str, tuple[str, ...]] = {}
    while words:
        size, chinese = _longest(words[:PHRASE_WORDS], glossary)
        if chinese or words[0] not in _GRAMMAR:
            found[" ".join(words[:size])] = chinese
        words = words[size:]
    return found


def _longest(words: list[str], glossary: Mapping[str, list[str]]) -> tuple[int, tuple[str, ...]]:
    """How many of the first `words` stand for something, and for what; (1, ()) where even the first does not."""
    for size in range(len(words), 0, -1):
        if size == 1 and words[0] in _GRAMMAR:
            break
        if chinese := _chinese(words[:size], glossary):
            return size, chinese
    return 1, ()


def _chinese(phrase: list[str], glossary: Mapping[str, list[str]]) -> tuple[str, ...]:
    """A phrase as it is, spelt as one word (Shang Hai), or a person's name with the surname last (Xiaoming Wang)."""
    for key in (
        " ".join(map(stem, phrase)),
        stem("".join(phrase)),
        stem("".join(reversed(phrase))),
    ):
        if key in glossary:
            return tuple(glossary[key][:MEANINGS_AT_MOST])
    place = place_by_sound().get("".join(phrase))
    return (place,) if place else ()


def numbers(question: str) -> frozenset[str]:
    """The numbers of an English question as Chinese writes them, in 万 or 亿: 26.85 million → 2685."""
    found = (match.groups() for match in _SCALED.finditer(question.lower().replace(",", "")))
    return frozenset(
        f"{float(digits) * _SCALE.get(scale or '', 1):.12g}" for digits, scale in found
    )
