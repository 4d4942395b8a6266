"""English words and sounds for the words of a corpus, from CC-CEDICT: what lets an English or a misspelt question meet Chinese text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from corpus.cedict import entries, readings
from corpus.text import fold, is_person, is_place

PHRASE_WORDS = 4
"""Longest English phrase looked up, words."""

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_ARTICLE = re.compile(r"^(?:to be|to|the|an?|sb|sth)\s+")
_WORD = re.compile(r"[a-z][a-z']*[a-z]|\d+(?:\.\d+)?|[a-z]")
_SAME_SOUND = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("f", "h"))
_LIGHT = frozenset(
    "a an the of in on at to for from by with as is are was were be been being do does did has have had and or not no it its this that these those "
    "what which who whom whose when where why how many much can could should would will may might must please tell me about there their they he she we "
    "you your our his her i my into than then so such any some all each every according article text".split()
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


def build_glossary(vocabulary: Iterable[str], given: Mapping[str, str] = {}) -> dict[str, list[str]]:
    """English key → the words of `vocabulary` (folded) it may stand for; `given` adds word → English of our own."""
    words = {w for w in vocabulary if len(w) > 1 or w in "省市县区村镇"}
    found: dict[str, dict[str, None]] = {}
    for word, pinyin, text in entries():
        if (word := fold(word)) not in words:
            continue
        for phrase in _glosses(text):
            key = _key(phrase)
            if key and len(key.split()) <= PHRASE_WORDS:
                found.setdefault(key, {})[word] = None
        if pinyin[:1].isupper():
            found.setdefault(_key(re.sub(r"[^A-Za-z]", "", pinyin)), {})[word] = None
    for word, english in given.items():
        for phrase in english.split(";"):
            if word in words:
                found.setdefault(_key(phrase), {})[word] = None
    for word in words:
        if len(word) <= 5 and (is_person(word) or is_place(word) or word[-2:] in ("街道", "社区")):
            for sound in _spoken(word):
                found.setdefault(stem(sound), {})[word] = None
    return {key: sorted(chinese) for key, chinese in sorted(found.items()) if key not in _LIGHT}


def _spoken(word: str) -> Iterator[str]:
    choices = [readings().get(char, ()) for char in word]
    return ("".join(syllables) for syllables in islice(product(*choices), 8))


def look_up(question: str, glossary: Mapping[str, list[str]]) -> list[tuple[str, tuple[str, ...]]]:
    """(English, Chinese words it may stand for) for the longest phrases of `question` in order; no words where unknown."""
    words = [stem(w) for w in _WORD.findall(re.sub(r"'s\b", "", question.lower()))]
    plain = _WORD.findall(re.sub(r"'s\b", "", question.lower()))
    found: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    while at < len(words):
        for size in range(min(PHRASE_WORDS, len(words) - at), 0, -1):
            keys = (" ".join(words[at : at + size]), "".join(plain[at : at + size]), stem("".join(plain[at : at + size])))
            chinese = next((glossary[k] for k in keys if k in glossary), None)
            if chinese and not (size == 1 and plain[at] in _LIGHT):
                found.append((" ".join(plain[at : at + size]), tuple(chinese)))
                break
        else:
            size = 1
            if plain[at] not in _LIGHT:
                found.append((plain[at], ()))
        at += size
    return found
