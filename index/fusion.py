"""Joins the two halves of the search: a weighted sum of their scores, each scaled by its own bounds, on both lists."""

from __future__ import annotations

import numpy as np

from index.dense import DenseRetriever
from index.lexical import LexicalRetriever
from index.retriever import Hit, Vectors, best


class FusedRetriever:
    """score = w · dense' + (1 - w) · lexical', 0 to 1.

    dense' = (cosine - least) / (1 - least), `least` among the candidates; lexical' = BM25 / the sum of the question's
    idf. Each half gives its best `candidates`, by words only passages that share one with the question, and a passage
    that only one half brought is scored by the other too.
    Scores with bounds of their own beat both ranks and min-max scaling (Bruch, Gai, Ingber 2023, arXiv 2210.11934): a
    question whose words the collection hardly has is decided by meaning, where min-max would blow up chance matches.
    """

    def __init__(self, dense: DenseRetriever, lexical: LexicalRetriever, weight: float, candidates: int) -> None:
        self.weight = weight
        self.candidates = candidates
        self._dense = dense
        self._lexical = lexical

    def search(self, question: str, k: int) -> list[Hit]:
        """The best `k` of the union, best first; scores 0 to 1."""
        lexical = self._lexical.scores(question)
        near = self._dense.candidates(question, self.candidates)
        worded = [row for row in best(lexical, self.candidates) if lexical[row] > 0]
        rows = np.union1d(near, worded).astype(np.intp)
        fused = fuse(self._dense.scores(question, rows), lexical[rows], self._lexical.ideal(question), self.weight)
        passages = self._dense.collection.passages
        return [Hit(passages[rows[at]], float(fused[at])) for at in best(fused, k)]


def fuse(cosine: Vectors, bm25: Vectors, ideal: float, weight: float) -> Vectors:
    """(n,) float32, 0 to 1: the weighted sum of (n,) cosines and (n,) BM25 scores, `ideal` the highest BM25 can be."""
    if not len(cosine):
        return cosine
    least = cosine.min()
    dense = (cosine - least) / (1 - least) if least < 1 else np.zeros_like(cosine)
    lexical = bm25 / ideal if ideal > 0 else np.zeros_like(bm25)
    return np.asarray(weight * dense + (1 - weight) * lexical, np.float32)
