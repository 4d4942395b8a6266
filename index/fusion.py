"""Joins the two halves of the search: a weighted sum of what each says of every passage that either brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus import Passage
from index.collection import Rows
from index.dense import DenseRetriever
from index.lexical import LexicalRetriever
from index.retriever import Hit, Vectors, best

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
    """score = w · dense' + (1 - w) · lexical'; `fuse` scales the halves.

    Each half gives its best `candidates`, by words only passages that share one with the question, and a passage that
    only one half brought is scored by the other too.
    """

    def __init__(
        self,
        dense: DenseRetriever,
        lexical: LexicalRetriever,
        weight: float,
        candidates: int,
    ) -> None:
        self.weight = weight
        self.candidates = candidates
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


def ranks(scores: Vectors, among: Mask) -> Rows:
    """(n,), from 1: places by `scores` of the rows in `among`, of equals the earlier row first; 0 for the others."""
    rows = np.flatnonzero(among)
    placed = np.zeros(len(scores), np.intp)
    placed[rows[np.argsort(-scores[rows], kind="stable")]] = np.arange(1, len(rows) + 1)
    return placed
