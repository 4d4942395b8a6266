"""What a search returns (`Hit`), and the protocols of engines and encoders.

Whatever keeps a protocol can take the place of another that does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from corpus import Passage

Vectors = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float32]
RowNumbers = npt.NDArray[np.intp]


class Hit(NamedTuple):
    """A passage that was found and its score: higher is better, whatever found it."""

    passage: Passage
    score: float


class Retriever(Protocol):
    """Finds passages: lexical, dense, fused or remote."""

    def search(self, question: str, k: int, within: RowNumbers | None = None) -> list[Hit]:
        """Returns the best `k` passages, best first; only of the rows `within` where these are given."""
        ...

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """Returns the scores of each of `passages` by stage, such as {"dense": 0.8}.

        A passage that the index does not hold has an empty dict.
        """
        ...


class Encoder(Protocol):
    """Turns texts into vectors. A SentenceTransformer fits as it is."""

    def encode_query(self, sentences: list[str]) -> Vectors:
        """Returns (n, dim) float32, unit rows, for n questions."""
        ...

    def encode_document(self, sentences: list[str]) -> Vectors:
        """Returns (n, dim) float32, unit rows, for n texts to be found."""
        ...


class KnownEncoder(Encoder, Protocol):
    """An encoder that says what it is, so that its vectors are not mixed with those of another."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def weights(self) -> str:
        """What identifies the model wherever it is."""
        ...

    @property
    def dim(self) -> int:
        """The width of the vectors."""
        ...

    @property
    def prompts(self) -> Mapping[str, str]:
        """What is put before a "query" and a "document"."""
        ...


class Reranker(Protocol):
    """Reads a question together with each text, which is better than vectors, and slower."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def scores(self, question: str, texts: list[str]) -> Scores:
        """Returns (n,) float32: how well each of n `texts` answers; higher is better."""
        ...


def best_rows(scores: Scores, k: int) -> list[int]:
    """Returns the rows of the `k` highest of `scores` (n,), best first.

    Of equal scores the earlier row comes first.
    """
    if k < len(scores):
        kth_highest = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= kth_highest)
    else:
        rows = np.arange(len(scores))
    order = np.argsort(-scores[rows], kind="stable")[:k]
    return [int(row) for row in rows[order]]


def only(scores: Scores, within: RowNumbers | None) -> Scores:
    """Returns `scores` (n,) with 0 outside the rows `within`; all of them where it is None."""
    if within is None:
        return scores
    kept = np.zeros_like(scores)
    kept[within] = scores[within]
    return kept
