"""English and sounds for the words of a collection, from CC-CEDICT.

They let an English or a misspelt question meet Chinese text without a language model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, islice, product

from corpus.language.cedict import entries, place_by_sound, readings, senses
from corpus.language.text import fold, is_person, is_place

PHRASE_WORDS = 4
"""Longest English phrase looked up, words."""

MEANINGS_AT_MOST = 6
"""An English word that more words of the collection share says too little to join two of them."""

_SOUNDS_AT_MOST = 16
"""Sounds kept of a word; characters with many readings would give ever more."""

_SPELLINGS_AT_MOST = 8
"""Spellings in pinyin kept of a name whose characters have many readings."""

# "(idiom)" and "[qi1]" in "to mourn (idiom); also pr. [qi1]"
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# "to be" of "to be fond of", "the" of "the public", "sb" of "sb else"
_ARTICLE = re.compile(r"^(?:to be|to|the|an?|sb|sth)\s+")
_NO_MEANING = ("CL:", "abbr.", "variant of", "see ", "old variant", "surname")
# 成都 in "nickname of 成都[Cheng2 du1]"
_REFERENCE = re.compile(r"([\u3400-\u9fff]{2,8})\[")
# "Shanghai" in "alternative name for Shanghai"
_NICKNAME = re.compile(r"name (?:of|for) ([A-Z][a-z]+)")
# "people's", "26.85", "a"
_WORD = re.compile(r"[a-z][a-z']*[a-z]|\d+(?:\.\d+)?|[a-z]")
# "26.85 million", "60 %", "2020"
_SCALED = re.compile(r"(\d+(?:\.\d+)?)\s*(thousand|million|billion|percent|per cent|%)?")
# "'s" of "city's"
_POSSESSIVE = re.compile(r"'s\b")
# "'" and " " in "Xi1 an1"
_NOT_LATIN = re.compile(r"[^A-Za-z]")

_ENDINGS = (("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3), ("e", 3), ("y", 3))
"""Endings, and how many letters must stand before each: "cities" loses "ies", "sing" keeps "ing"."""

_SCALE = {"thousand": 0.1, "million": 100, "billion": 10}
"""A word after a number → the factor for the number before 万 or 亿: 2 million is 200万."""

# zhi → zi, chi → ci, shi → si; ming → min; li → ni; fu → hu
_SAME_SOUND = (("^zh", "z"), ("^ch", "c"), ("^sh", "s"), ("ng$", "n"), ("^l", "n"), ("^f", "h"))

# Kept in the code: an index is stale when the code that made it changes, and this list is part of
# what made it.
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
    """An English word without common endings: crude, but the same for questions and entries."""
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            rest = word.removesuffix(ending)
            return stem(rest) if ending == "s" else rest
    return word


def sound_keys(word: str) -> set[str]:
    """The sounds a word may have, without tones. Words that sound alike share one."""
    choices = [_sounds().get(char, (char,)) for char in word]
    return {" ".join(syllables) for syllables in islice(product(*choices), _SOUNDS_AT_MOST)}


@cache
def _sounds() -> dict[str, tuple[str, ...]]:
    """Character → its syllables, with those made equal that speakers and typists mix up."""
    sounds: dict[str, tuple[str, ...]] = {}
    for char, syllables in readings().items():
        blurred = {_blurred(syllable) for syllable in syllables}
        sounds[char] = tuple(sorted(blurred))
    return sounds


def _blurred(syllable: str) -> str:
    for pattern, other in _SAME_SOUND:
        syllable = re.sub(pattern, other, syllable)
    return syllable


def build_glossary(
    counts: Mapping[str, int],
    given: Mapping[str, str] = {},
    earlier: Mapping[str, Iterable[str]] = {},
) -> dict[str, list[str]]:
    """English key → the words of a collection that it may stand for, frequent ones first.

    `counts` maps each folded word of the collection to how often it stands there. `given` adds
    English that CC-CEDICT lacks: word → English, several separated by semicolons. The words in
    `earlier` are not looked up: it has their keys, as `keys_by_word` gives them, of the same `given`.
    """
    found: dict[str, set[str]] = defaultdict(set)
    new = [word for word in counts if word not in earlier]
    for key, word in chain(_explained(new), _given(counts, given), _spelt(new)):
        found[key].add(word)
    for word, keys in earlier.items():
        if word in counts:
            for key in keys:
                found[key].add(word)
    glossary: dict[str, list[str]] = {}
    for key in sorted(found):
        if key and key not in _GRAMMAR:
            glossary[key] = sorted(found[key], key=lambda word: (-counts[word], word))
    return glossary


def keys_by_word(
    glossary: Mapping[str, Iterable[str]], words: Iterable[str]
) -> dict[str, list[str]]:
    """The keys of each of `words`, those that a glossary was built of; of many there are none."""
    keys: dict[str, list[str]] = {word: [] for word in words}
    for key, standing in glossary.items():
        for word in standing:
            keys.setdefault(word, []).append(key)
    return keys


def _explained(counts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(key, word) for the English of CC-CEDICT, and for the spelling of its names."""
    explained = frozenset(counts)
    for word, entry in zip(_folded_words(), entries(), strict=True):
        if word not in explained:
            continue
        keys = map(_key, _glosses(entry.english))
        yield from ((key, word) for key in keys if len(key.split()) <= PHRASE_WORDS)
        if entry.is_proper:
            yield _key(_NOT_LATIN.sub("", entry.pinyin)), word


@cache
def _folded_words() -> tuple[str, ...]:
    """The words of all entries, folded: all at once, for there are a hundred thousand."""
    return tuple(fold("\n".join(entry.word for entry in entries())).split("\n"))


def _given(counts: Container[str], given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(key, word) for the English in `given` of words that the collection has."""
    for word, english in given.items():
        if word in counts:
            for phrase in english.split(";"):
                yield _key(phrase), word


def _spelt(counts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(key, word) for the pinyin of names, and of words that CC-CEDICT lacks."""
    for word in counts:
        if not 1 < len(word) <= 5:
            continue
        if is_person(word) or is_place(word) or word not in senses():
            choices = [readings().get(char, ()) for char in word]
            for syllables in islice(product(*choices), _SPELLINGS_AT_MOST):
                yield stem("".join(syllables)), word


def _key(phrase: str) -> str:
    """The key of an English phrase in a glossary: the stems of its words."""
    return " ".join(map(stem, _WORD.findall(phrase.lower())))


def _glosses(text: str) -> Iterator[str]:
    """The meanings in an entry's `english`, lower case, without asides, articles and usage notes."""
    for gloss in re.split(r"[/;]", _ASIDE.sub(" ", text)):
        phrase = gloss.partition(",")[0].strip()
        if phrase and not phrase.startswith(_NO_MEANING):
            yield _ARTICLE.sub("", phrase.lower())


def meanings(word: str) -> list[str]:
    """The meanings of `word` in CC-CEDICT, in its order, as keys of a glossary."""
    keys = map(_key, _glosses(senses().get(word, "")))
    return [key for key in keys if key]


def synonyms(word: str, glossary: Mapping[str, list[str]], known: Container[str]) -> list[str]:
    """The words of the collection that mean what `word` means.

    CC-CEDICT explains them by the same English (都市, 城市), or explains `word` by them (蓉城: 成都), or by
    a word that it explains so (大伙儿: 大伙). `known` holds the words of the collection.
    """
    text = senses().get(word, "")
    others = _REFERENCE.findall(text)
    for sound in _NICKNAME.findall(text):
        place = place_by_sound().get(sound.lower())
        if place:
            others.append(place)
    found = [other for other in others if other in known]
    explanations = [text, *(senses().get(other, "") for other in others if other not in known)]
    for gloss in _glosses("/".join(explanations)):
        key = _key(gloss)
        sharing = glossary.get(key, []) if key else []
        if len(sharing) <= MEANINGS_AT_MOST:
            found += [other for other in sharing if len(other) > 1]
    return [other for other in dict.fromkeys(found) if other != word]


def means_same(word: str, other: str) -> bool:
    """Whether CC-CEDICT explains two words by the same English: 知道 and 知晓."""
    return not set(meanings(word)).isdisjoint(meanings(other))


def look_up(question: str, glossary: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """English phrase of `question` → the Chinese words it may stand for; none where it is unknown.

    Longer phrases go first. A place that the collection does not name gets its Chinese name all the
    same.
    """
    text = _POSSESSIVE.sub("", question.lower())
    words = _WORD.findall(_SCALED.sub(" ", text))
    found: dict[str, tuple[str, ...]] = {}
    while words:
        size, chinese = _longest(words[:PHRASE_WORDS], glossary)
        if chinese or words[0] not in _GRAMMAR:
            found[" ".join(words[:size])] = chinese
        words = words[size:]
    return found


def _longest(words: list[str], glossary: Mapping[str, list[str]]) -> tuple[int, tuple[str, ...]]:
    """How many of the first `words` stand for something, and for what; (1, ()) for none."""
    for size in range(len(words), 0, -1):
        if size == 1 and words[0] in _GRAMMAR:
            break
        chinese = _chinese(words[:size], glossary)
        if chinese:
            return size, chinese
    return 1, ()


def _chinese(phrase: list[str], glossary: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The Chinese words that a phrase may stand for.

    It is tried as it is, spelt as one word (Shang Hai), and as a person's name with the surname
    last (Xiaoming Wang).
    """
    as_it_is = " ".join(map(stem, phrase))
    as_one_word = stem("".join(phrase))
    surname_last = stem("".join(reversed(phrase)))
    for key in (as_it_is, as_one_word, surname_last):
        if key in glossary:
            return tuple(glossary[key][:MEANINGS_AT_MOST])
    place = place_by_sound().get("".join(phrase))
    return (place,) if place else ()


def numbers(question: str) -> frozenset[str]:
    """The numbers of an English question as they stand before 万 or 亿: 26.85 million → 2685."""
    found: set[str] = set()
    for match in _SCALED.finditer(question.lower().replace(",", "")):
        digits, scale = match.groups()
        found.add(f"{float(digits) * _SCALE.get(scale, 1):.12g}")
    return frozenset(found)
