"""Writes a SentencePiece charsmap: a double-array trie from character sequences to their normal forms.

The layout is that of Darts-clone (https://github.com/s-yata/darts-clone), which the tokenizers library reads. A unit
has its label in bits 0-7, a flag "a value follows" in bit 8, and from bit 10 an offset: a child stands at parent ^
offset ^ label, a value at parent ^ offset, marked by bit 31.
"""

from __future__ import annotations

import struct
import sys
import unicodedata
from collections.abc import Mapping
from functools import cache

_ROW = 256
_VALUE = 1 << 31


def build_charsmap(forms: Mapping[str, str]) -> bytes:
    """The charsmap that replaces each key of `forms` by its value."""
    text = bytearray()
    places: dict[str, int] = {}
    for form in forms.values():
        if form not in places:
            places[form] = len(text)
            text += form.encode() + b"\0"
    units = _double_array({key.encode(): places[form] for key, form in forms.items()})
    trie = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(trie)) + trie + bytes(text)


@cache
def compositions() -> Mapping[str, str]:
    """A letter and one combining mark -> the composed letter, wherever Unicode has one."""
    found = {}
    for letter in map(chr, range(sys.maxunicode + 1)):
        parts = unicodedata.normalize("NFD", letter)
        if len(parts) == 2 and unicodedata.normalize("NFC", parts) == letter:
            found[parts] = letter
    return found


def _double_array(values: Mapping[bytes, int]) -> list[int]:
    """The units of a trie whose keys have the given values."""
    array = _Array()
    level: list[tuple[int, list[bytes], int]] = [
        (0, sorted(values), 0)
    ]  # the unit, the keys below it, their depth
    while level:
        below = []
        for unit, keys, depth in level:
            children: dict[int, list[bytes]] = {}
            for key in keys:
                children.setdefault(key[depth] if depth < len(key) else 0, []).append(key)
            base = array.place(unit, list(children))
            if 0 in children:
                array.units[unit] |= 1 << 8
                array.units[base] = _VALUE | values[children.pop(0)[0]]
            below += [(base ^ label, under, depth + 1) for label, under in children.items()]
        level = below
    return array.units


class _Array:
    """Units, and which of them are taken."""

    def __init__(self) -> None:
        self.units = [0] * _ROW
        self.taken = bytearray(b"\1") + bytearray(_ROW - 1)
        self.bases = {0}  # two parents with one base would claim each other's children

    def place(self, unit: int, labels: list[int]) -> int:
        """Finds room for the children of a unit; returns the base they stand at."""
        free = self.taken.find(0)
        while True:
            if free < 0:
                free = len(self.units)
                self.units += [0] * _ROW
                self.taken += bytes(_ROW)
            base = free ^ labels[0]
            if base not in self.bases and not any(self.taken[base ^ label] for label in labels):
                break
            free = self.taken.find(0, free + 1)
        self.bases.add(base)
        self.units[unit] |= (unit ^ base) << 10
        for label in labels:
            self.taken[base ^ label] = 1
            self.units[base ^ label] = label
        return base
