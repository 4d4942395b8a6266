"""Joins the two halves of the search: a weighted sum of what each says of every passage that either brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpus import Passage
from index.collection import Rows
from index.dense import DenseRetriever
from index.lexical import LexicalRetriever
from index.retriever import Hit, Vectors, best

Fusion = Literal["scores", "minmax", "rrf"]
"""Scores scaled by bounds of their own, scores scaled by those of the candidates, or ranks."""

RRF_K = 60
"""Of reciprocal rank fusion, as its authors set it: Cormack, Clarke, Buettcher 2009."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the halves bring to a question: `rows` (n,), and of each its exact `dense` score and `lexical` BM25.

    `near` and `worded` (n,) tell which half brought it; `ideal` is the highest that BM25 can be.
    """

    rows: Rows
    dense: Vectors
    lexical: Vectors
    near: Mask
    worded: Mask
    ideal: float


class FusedRetriever:
    """score = w · dense' + (1 - w) · lexical'; how a half is scaled is for `fusion` to say (`fuse`, `minmax`, `rrf`).

    Each half gives its best `candidates`, by words only passages that share one with the question, and a passage that
    only one half brought is scored by the other too.
    """

    def __init__(
        self,
        dense: DenseRetriever,
        lexical: LexicalRetriever,
        weight: float,
        candidates: int,
        fusion: Fusion = "scores",
    ) -> None:
        self.weight = weight
        self.candidates = candidates
        self.fusion = fusion
        self._dense = dense
        self._lexical = lexical

    def search(self, question: str, k: int) -> list[Hit]:
        """The best `k` of the union, best first."""
        found = self._found(question)
        fused = self._fused(found)
        passages = self._dense.collection.passages
        return [Hit(passages[found.rows[at]], float(fused[at])) for at in best(fused, k)]

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """The "dense" and "lexical" score of each of `passages`, and "fused" where it was a candidate.

        "dense rank" and "lexical rank", from 1, where that half brought it.
        """
        found = self._found(question)
        stages: dict[int, dict[str, float]] = {
            row: {"fused": score}
            for row, score in zip(found.rows.tolist(), self._fused(found).tolist(), strict=True)
        }
        for name, placed in (
            ("dense rank", ranks(found.dense, found.near)),
            ("lexical rank", ranks(found.lexical, found.worded)),
        ):
            for at in np.flatnonzero(placed):
                stages[int(found.rows[at])][name] = float(placed[at])
        rows = self._dense.collection.rows_of(passages).tolist()
        near, worded = (half.explain(question, passages) for half in (self._dense, self._lexical))
        return [
            {**d, **w, **stages.get(row, {})} for row, d, w in zip(rows, near, worded, strict=True)
        ]

    def _found(self, question: str) -> Candidates:
        lexical = self._lexical.scores(question)
        near = self._dense.candidates(question, self.candidates)
        worded = [row for row in best(lexical, self.candidates) if lexical[row] > 0]
        rows = np.union1d(near, worded).astype(np.intp)
        dense = self._dense.scores(question, rows)
        brought = np.isin(rows, near), np.isin(rows, worded)
        return Candidates(rows, dense, lexical[rows], *brought, self._lexical.ideal(question))

    def _fused(self, found: Candidates) -> Vectors:
        if self.fusion == "minmax":
            return minmax(found, self.weight)
        if self.fusion == "rrf":
            return rrf(found, self.weight)
        return fuse(found.dense, found.lexical, found.ideal, self.weight)


def fuse(cosine: Vectors, bm25: Vectors, ideal: float, weight: float) -> Vectors:
    """(n,) float32, 0 to 1: the weighted sum of (n,) cosines and (n,) BM25 scores, `ideal` the highest BM25 can be.

    dense' = (cosine - least) / (1 - least), `least` among the candidates; lexical' = BM25 / the sum of the question's
    idf. Scores with bounds of their own beat both ranks and min-max scaling (Bruch, Gai, Ingber 2023, arXiv
    2210.11934): a question whose words the collection hardly has is decided by meaning, where min-max would blow up
    chance matches.
    """
    if not len(cosine):
        return cosine
    least = cosine.min()
    dense = (cosine - least) / (1 - least) if least < 1 else np.zeros_like(cosine)
    lexical = bm25 / ideal if ideal > 0 else np.zeros_like(bm25)
    return np.asarray(weight * dense + (1 - weight) * lexical, np.float32)


def minmax(found: Candidates, weight: float) -> Vectors:
    """(n,) float32, at most 1: each half is 0 to 1 on what it brought, below 0 for what it would not have."""
    dense, lexical = _scaled(found.dense, found.near), _scaled(found.lexical, found.worded)
    return np.asarray(weight * dense + (1 - weight) * lexical, np.float32)


def rrf(found: Candidates, weight: float) -> Vectors:
    """(n,) float32, 0 to 1: a half gives (k + 1) / (k + rank), 1 for its first, and 0 for what it did not bring.

    With a weight of ½ that is the order of reciprocal rank fusion, Σ 1 / (k + rank).
    """
    halves = ranks(found.dense, found.near), ranks(found.lexical, found.worded)
    dense, lexical = (np.where(rank > 0, (RRF_K + 1) / (RRF_K + rank), 0) for rank in halves)
    return np.asarray(weight * dense + (1 - weight) * lexical, np.float32)


def ranks(scores: Vectors, among: Mask) -> Rows:
    """(n,), from 1: places by `scores` of the rows in `among`, of equals the earlier row first; 0 for the others."""
    rows = np.flatnonzero(among)
    placed = np.zeros(len(scores), np.intp)
    placed[rows[np.argsort(-scores[rows], kind="stable")]] = np.arange(1, len(rows) + 1)
    return placed


def _scaled(scores: Vectors, among: Mask) -> Vectors:
    """`scores` with the least in `among` at 0 and the highest at 1; where these are equal, 1 for all as high."""
    if not among.any():
        return np.zeros_like(scores)
    low, high = scores[among].min(), scores[among].max()
    scaled = (scores - low) / (high - low) if high > low else scores >= high
    return np.asarray(scaled, np.float32)
