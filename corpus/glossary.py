"""English words and sounds for the words of a corpus, from CC-CEDICT: what lets an English or a misspelt question meet Chinese text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from itertools import islice, product

from corpus.cedict import entries, place_by_sound, readings, senses
from corpus.text import fold, is_person, is_place

PHRASE_WORDS = 4
"""Longest English phrase looked up, words."""

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_ARTICLE = re.compile(r"^(?:to be|to|the|an?|sb|sth)\s+")
_WORD = re.compile(r"[a-z][a-z']*[a-z]|\d+(?:\.\d+)?|[a-z]")
_SAME_SOUND = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("f", "h"))
_LIGHT = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "do",
        "does",
        "did",
        "has",
        "have",
        "had",
        "and",
        "or",
        "not",
        "no",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "many",
        "much",
        "can",
        "could",
        "should",
        "would",
        "will",
        "may",
        "might",
        "must",
        "please",
        "tell",
        "me",
        "about",
        "there",
        "their",
        "they",
        "he",
        "she",
        "we",
        "you",
        "your",
        "our",
        "his",
        "her",
        "i",
        "my",
        "into",
        "than",
        "then",
        "so",
        "such",
        "any",
        "some",
        "all",
        "each",
        "every",
        "according",
        "article",
        "text",
    ]
)


def _sounds(char: str) -> frozenset[str]:
    """Syllables of a character, with what southern speakers and hasty typists mix up made equal."""
    merged = set()
    for syllable in readings().get(char, ()):
        for one, other in _SAME_SOUND:
            syllable = re.sub(f"^{one}" if one != "ng" else "ng$", other, syllable)
        merged.add(syllable)
    return frozenset(merged)


def sound_keys(word: str) -> set[str]:
    """How a word may be said, tones aside; words said alike share one. At most 16 of a word of many readings."""
    choices = [sorted(_sounds(char)) or [char] for char in word]
    return {" ".join(syllables) for syllables in islice(product(*choices), 16)}


def stem(word: str) -> str:
    """An English word without its common endings; crude, but the same on both sides."""
    for ending, least in (("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3), ("e", 3), ("y", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word


def _key(phrase: str) -> str:
    return " ".join(stem(w) for w in _WORD.findall(phrase.lower()))


def _glosses(text: str) -> Iterator[str]:
    for gloss in re.split(r"[/;]", _ASIDE.sub(" ", text)):
        phrase = gloss.partition(",")[0].strip()
        if phrase and not phrase.startswith(("CL:", "abbr.", "variant of", "see ", "old variant", "surname")):
            yield _ARTICLE.sub("", phrase.lower())


def build_glossary(counts: Mapping[str, int], given: Mapping[str, str] = {}) -> dict[str, list[str]]:
    """English key → the words it may stand for among those of `counts` (folded word → how often), frequent ones first.

    `given` adds word → English of our own, several separated by semicolons.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for word, pinyin, text in entries():
        if (word := fold(word)) not in counts:
            continue
        for key in map(_key, _glosses(text)):
            if len(key.split()) <= PHRASE_WORDS:
                found[key].add(word)
        if pinyin[:1].isupper():
            found[_key(re.sub(r"[^A-Za-z]", "", pinyin))].add(word)
    for word, english in given.items():
        if word in counts:
            for phrase in english.split(";"):
                found[_key(phrase)].add(word)
    for word in counts:
        if 1 < len(word) <= 5 and (is_person(word) or is_place(word) or word not in senses()):
            for sound in _spoken(word):
                found[stem(sound)].add(word)
    return {
        key: sorted(found[key], key=lambda w: (-counts[w], w)) for key in sorted(found) if key and key not in _LIGHT
    }


_REFERENCE = re.compile(r"([\u3400-\u9fff]{2,8})\[")
MEANINGS_AT_MOST = 6
"""An English word that more words of the collection share says too little to join two of them."""


def synonyms(word: str, glossary: Mapping[str, list[str]], known: Container[str]) -> list[str]:
    """Words of the collection that CC-CEDICT explains by the same English as `word` (都市, 城市), or by which it explains it
    (蓉城: 成都).
    """
    text = senses().get(word, "")
    found = [w for w in _REFERENCE.findall(text) if w in known and w != word]
    for gloss in _glosses(text):
        key = _key(gloss)
        if key and len(glossary.get(key, ())) <= MEANINGS_AT_MOST:
            found += [w for w in glossary.get(key, ()) if len(w) > 1 and w != word]
    return list(dict.fromkeys(found))


def _spoken(word: str) -> Iterator[str]:
    choices = [readings().get(char, ()) for char in word]
    return ("".join(syllables) for syllables in islice(product(*choices), 8))


def look_up(question: str, glossary: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """English phrase → the Chinese words it may stand for, longest phrases of `question` first; none where unknown.

    A place that the collection does not name gets its Chinese name all the same.
    """
    plain = _WORD.findall(_SCALED.sub(" ", re.sub(r"'s\b", "", question.lower())))
    found: dict[str, tuple[str, ...]] = {}
    at = 0
    while at < len(plain):
        for size in range(min(PHRASE_WORDS, len(plain) - at), 0, -1):
            words = plain[at : at + size]
            keys = (" ".join(map(stem, words)), stem("".join(words)), stem("".join(reversed(words))))
            chinese = next((glossary[k] for k in keys if k in glossary), None) or place_by_sound().get(
                "".join(words), ()
            )
            if chinese and not (size == 1 and words[0] in _LIGHT):
                found[" ".join(words)] = tuple(chinese[:MEANINGS_AT_MOST])
                break
        else:
            size = 1
            if plain[at] not in _LIGHT:
                found[plain[at]] = ()
        at += size
    return found


_SCALED = re.compile(r"(\d+(?:\.\d+)?)\s*(thousand|million|billion|percent|per cent|%)?")
_SCALE = {"thousand": 0.1, "million": 100, "billion": 10}


def numbers(question: str) -> frozenset[str]:
    """The numbers of an English question as Chinese writes them, in 万 or 亿: 26.85 million → 2685."""
    found = (m.groups() for m in _SCALED.finditer(question.lower().replace(",", "")))
    return frozenset(f"{float(digits) * _SCALE.get(scale or '', 1):g}" for digits, scale in found)
