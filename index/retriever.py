"""What every search gives (`Hit`), and the two protocols behind which engines and encoders are interchangeable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from corpus import Passage

Vectors = npt.NDArray[np.float32]


class Hit(NamedTuple):
    """A passage found, and how well: higher is better, whatever found it."""

    passage: Passage
    score: float


class Retriever(Protocol):
    """Anything that finds passages: lexical, dense, fused, remote."""

    def search(self, question: str, k: int) -> list[Hit]:
        """The best `k` passages, best first."""
        ...

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """What each stage says of each of `passages`, by name; nothing of one that the index does not have."""
        ...


class Encoder(Protocol):
    """Anything that makes vectors of texts. A SentenceTransformer fits as it is."""

    def encode_query(self, sentences: list[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        ...

    def encode_document(self, sentences: list[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        ...


def best(scores: Vectors, k: int) -> list[int]:
    """The rows of the `k` highest of `scores` (n,), best first; of equals the earlier row first."""
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= least)
    else:
        rows = np.arange(len(scores))
    return [int(row) for row in rows[np.argsort(-scores[rows], kind="stable")][:k]]
