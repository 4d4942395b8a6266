"""Reads E5S1, a packed file of multilingual-e5-small: a tokenizer's pieces and a BERT in 4 bits.

All numbers are little-endian. In order: the magic `E5S1` and a version; the sizes; the pieces
(count, four ids, length of the text, offsets, scores, text); the normal forms (code point, count,
code points); a directory of tensors, each either 32-bit floats (kind 0) or Q4_0 blocks (kind 1) at
an offset from the start of the file.
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
Bytes = npt.NDArray[np.uint8]

MAGIC = b"E5S1"

BLOCK = 32
"""Weights that share a scale."""

Q4_0 = np.dtype([("scale", "<f2"), ("packed", "u1", BLOCK // 2)])
"""A block as llama.cpp lays it out (ggml-common.h, block_q4_0)."""

_WORDS = "emb.word"
_FLOATS_KIND = 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of the BERT. `epsilon` is that of its layer normalisation."""

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
    """The unigram vocabulary of the tokenizer; the index of a piece is its id.

    `scores` are log probabilities. `normal_forms` maps a character to what replaces it.
    """

    texts: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    normal_forms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix in 4 bits: 32 neighbours in a row share a scale, a weight is (q - 8) · scale.

    In a packed block the low nibbles are the weights 0 to 15, the high ones 16 to 31.
    """

    scales: npt.NDArray[np.float16]  # (rows, columns / 32)
    packed: Bytes  # (rows, columns / 32, 16)

    def nibbles(self) -> Bytes:
        """Returns q, (rows, columns) uint8, 0 to 15."""
        low = self.packed & 15
        high = self.packed >> 4
        return np.concatenate([low, high], axis=2).reshape(len(self.packed), -1)

    def floats(self) -> Floats:
        """Returns the weights, (rows, columns) float32."""
        centred = self.nibbles().astype(np.float32) - 8
        return centred * np.repeat(self.scales.astype(np.float32), BLOCK, axis=1)


@dataclass(frozen=True, slots=True)
class Full:
    """A matrix in 32 bits."""

    values: Floats  # (rows, columns)

    def floats(self) -> Floats:
        """Returns the weights, (rows, columns) float32."""
        return self.values


class Matrix(Protocol):
    """A matrix in any form."""

    def floats(self) -> Floats:
        """Returns the weights, (rows, columns) float32."""


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What an E5S1 file holds. Vectors and blocks are views of the mapped file."""

    sizes: Sizes
    pieces: Pieces
    words: Blocks  # (vocabulary, hidden)
    vectors: Mapping[str, Floats]
    matrices: Mapping[str, Matrix]  # (out, in) each


def read_packed_model(path: Path) -> PackedModel:
    """Reads an E5S1 file.

    Raises ValueError where the file is not E5S1 or is cut short, OSError where it cannot be read.
    """
    try:
        cursor = _Cursor(np.memmap(path, mode="r").data)
        if cursor.bytes(len(MAGIC)) != MAGIC:
            raise ValueError(f"no {MAGIC.decode()} at its start")
        return _read_model(cursor)
    except (ValueError, struct.error) as error:
        raise ValueError(f"{path}: {error}") from error


class _Cursor:
    """Reads an array of bytes from front to back."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.position = 0

    def unpack(self, layout: str) -> tuple[Any, ...]:
        """Returns the values of a struct `layout`."""
        values = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> bytes:
        """Returns the next `count` bytes."""
        return self.array("u1", count).tobytes()

    def array(self, dtype: str, count: int) -> npt.NDArray[np.generic]:
        """Returns (count,) of `dtype`, a view."""
        part: npt.NDArray[np.generic] = np.frombuffer(self.data, dtype, count, self.position)
        self.position += part.nbytes
        return part


def _read_model(cursor: _Cursor) -> PackedModel:
    _version, *numbers, _block = cursor.unpack("I7ifi")
    sizes = Sizes(*numbers)
    pieces = _read_pieces(cursor)
    vectors: dict[str, Floats] = {}
    matrices: dict[str, Blocks] = {}
    (tensors,) = cursor.unpack("i")
    for _ in range(tensors):
        (length,) = cursor.unpack("H")
        name = cursor.bytes(length).decode()
        kind, count, offset, _length = cursor.unpack("BIQQ")
        if kind == _FLOATS_KIND:
            vectors[name] = np.frombuffer(cursor.data, "<f4", count, offset)
        else:
            # The second matrix of the feed-forward part alone takes its wide side.
            columns = sizes.feed_forward if name.endswith(".fo.w") else sizes.hidden
            blocks = np.frombuffer(cursor.data, Q4_0, count // BLOCK, offset)
            rows = blocks.reshape(-1, columns // BLOCK)
            matrices[name] = Blocks(rows["scale"], rows["packed"])
    words = matrices.pop(_WORDS)
    return PackedModel(sizes, pieces, words, vectors, matrices)


def _read_pieces(cursor: _Cursor) -> Pieces:
    count, bos, eos, pad, unk, length = cursor.unpack("5iQ")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    text = cursor.bytes(length)
    texts = [text[start:end].decode() for start, end in pairwise(offsets)]
    return Pieces(texts, scores, bos, eos, pad, unk, _read_normal_forms(cursor))


def _read_normal_forms(cursor: _Cursor) -> dict[str, str]:
    forms = {}
    count, _bytes = cursor.unpack("iI")
    for _ in range(count):
        code_point, length = cursor.unpack("IB")
        code_points = cursor.array("<u4", length).tolist()
        forms[chr(code_point)] = "".join(chr(each) for each in code_points)
    return forms
