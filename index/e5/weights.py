"""Reads E5S1, a packed file of multilingual-e5-small: a tokenizer's pieces and a BERT in 4 bits.

All numbers are little-endian. In order: the magic `E5S1` and a version; the sizes; the pieces (count, four ids, length
of the text, offsets, scores, text); the normal forms (code point, count, code points); a directory of tensors, each
either 32-bit floats (kind 0) or Q4_0 blocks (kind 1) at an offset from the start of the file.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

MAGIC = b"E5S1"
BLOCK = 32
_WORDS = "emb.word"
Q4_0 = np.dtype([("scale", "<f2"), ("packed", "u1", BLOCK // 2)])


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of the BERT."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The unigram vocabulary. A piece's place is its id."""

    texts: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    normal_forms: Mapping[str, str]  # of one character each


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix in 4 bits: 32 neighbours in a row share a scale, and a weight is (q - 8) * scale."""

    scales: npt.NDArray[np.float16]  # (rows, columns / 32)
    packed: npt.NDArray[
        np.uint8
    ]  # (rows, columns / 32, 16): low nibbles are weights 0-15, high ones 16-31

    def nibbles(self) -> npt.NDArray[np.uint8]:
        """q, (rows, columns) uint8, 0 to 15."""
        return np.concatenate([self.packed & 15, self.packed >> 4], axis=2).reshape(
            len(self.packed), -1
        )

    def floats(self) -> Floats:
        """(rows, columns) float32."""
        centred = self.nibbles().astype(np.float32) - 8
        return centred * np.repeat(self.scales.astype(np.float32), BLOCK, axis=1)


@dataclass(frozen=True, slots=True)
class Full:
    """A matrix in 32 bits."""

    values: Floats  # (rows, columns)

    def floats(self) -> Floats:
        """(rows, columns) float32."""
        return self.values


class Matrix(Protocol):
    """A matrix in any form."""

    def floats(self) -> Floats:
        """(rows, columns) float32."""


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What an E5S1 file holds. Vectors and blocks are views of the mapped file."""

    sizes: Sizes
    pieces: Pieces
    words: Blocks  # (vocabulary, hidden)
    vectors: Mapping[str, Floats]
    matrices: Mapping[str, Matrix]


class _Cursor:
    """Reads an array of bytes from front to back."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> bytes:
        return self.array("u1", count).tobytes()

    def array(self, dtype: str, count: int) -> npt.NDArray[np.generic]:
        part: npt.NDArray[np.generic] = np.frombuffer(self.data, dtype, count, self.at)
        self.at += part.nbytes
        return part


def read_packed_model(path: Path) -> PackedModel:
    """Raises ValueError when the file is not E5S1 or is cut short, OSError when it cannot be read."""
    try:
        cursor = _Cursor(np.memmap(path, mode="r").data)
        if cursor.bytes(len(MAGIC)) != MAGIC:
            raise ValueError(f"no {MAGIC.decode()} at its start")
        return _read(cursor)
    except (ValueError, struct.error) as error:
        raise ValueError(f"{path}: {error}") from error


def _read(cursor: _Cursor) -> PackedModel:
    _version, *sizes, _block = cursor.unpack("I7ifi")
    known, pieces = Sizes(*sizes), _read_pieces(cursor)
    vectors: dict[str, Floats] = {}
    matrices: dict[str, Blocks] = {}
    for _ in range(cursor.unpack("i")[0]):
        name = cursor.bytes(*cursor.unpack("H")).decode()
        kind, count, offset, _length = cursor.unpack("BIQQ")
        if kind == 0:
            vectors[name] = np.frombuffer(cursor.data, "<f4", count, offset)
        else:
            columns = known.feed_forward if name.endswith(".fo.w") else known.hidden
            blocks = np.frombuffer(cursor.data, Q4_0, count // BLOCK, offset).reshape(
                -1, columns // BLOCK
            )
            matrices[name] = Blocks(blocks["scale"], blocks["packed"])
    return PackedModel(known, pieces, matrices.pop(_WORDS), vectors, matrices)


def _read_pieces(cursor: _Cursor) -> Pieces:
    count, bos, eos, pad, unk, length = cursor.unpack("5iQ")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    text = cursor.bytes(length)
    texts = [text[start:end].decode() for start, end in pairwise(offsets)]
    forms = {}
    for _ in range(cursor.unpack("iI")[0]):
        code, size = cursor.unpack("IB")
        forms[chr(code)] = "".join(map(chr, cursor.array("<u4", size).tolist()))
    return Pieces(texts, scores, bos, eos, pad, unk, forms)
