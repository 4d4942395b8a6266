"""Joins the two halves of the search: a weighted sum of both scores of every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus import Passage
from index.dense import DenseRetriever
from index.lexical import LexicalRetriever
from index.retriever import Hit, RowNumbers, Scores, best_rows, only

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The n passages that the halves found for a question, by row; each is scored by both.

    `found_by_dense` and `found_by_lexical` tell which half found it. `lexical_bound` is what no
    BM25 score of the question exceeds.
    """

    rows: RowNumbers  # (n,), in order
    dense: Scores  # (n,), -1 to 1
    lexical: Scores  # (n,), from 0
    found_by_dense: Mask  # (n,)
    found_by_lexical: Mask  # (n,)
    lexical_bound: float


class FusedRetriever:
    """score = w · dense' + (1 - w) · lexical', 0 to 1; `fuse` scales the halves.

    Each half gives its best `candidates`, the lexical one only passages that share a term with the
    question. A passage that only one half found is scored by the other too.
    """

    def __init__(
        self, dense: DenseRetriever, lexical: LexicalRetriever, weight: float, candidates: int
    ) -> None:
        self.weight = weight
        self.candidates = candidates
        self._dense = dense
        self._lexical = lexical

    def search(self, question: str, k: int, within: RowNumbers | None = None) -> list[Hit]:
        """Returns the best `k` of the candidates, best first."""
        candidates = self._find(question, within)
        scores = self._fuse(candidates)
        passages = self._dense.collection.passages
        return [Hit(passages[candidates.rows[i]], float(scores[i])) for i in best_rows(scores, k)]

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """Returns what each stage says of each of `passages`.

        "dense" and "lexical" are scores; "fused" is there where it was a candidate; "dense rank"
        and "lexical rank", from 1, are there where that half found it.
        """
        candidates = self._find(question)
        fused = self._fuse(candidates)
        dense_ranks = ranks(candidates.dense, candidates.found_by_dense)
        lexical_ranks = ranks(candidates.lexical, candidates.found_by_lexical)
        stages_of_row: dict[int, dict[str, float]] = {}
        for i, row in enumerate(candidates.rows.tolist()):
            stages_of_row[row] = {"fused": float(fused[i])}
            if dense_ranks[i]:
                stages_of_row[row]["dense rank"] = float(dense_ranks[i])
            if lexical_ranks[i]:
                stages_of_row[row]["lexical rank"] = float(lexical_ranks[i])
        explained = self._dense.explain(question, passages)
        lexical = self._lexical.explain(question, passages)
        rows = self._dense.collection.rows_of(passages).tolist()
        for i, row in enumerate(rows):
            explained[i].update(lexical[i])
            explained[i].update(stages_of_row.get(row, {}))
        return explained

    def _find(self, question: str, within: RowNumbers | None = None) -> Candidates:
        bm25 = only(self._lexical.scores(question), within)
        by_meaning = self._dense.candidates(question, self.candidates, within)
        by_words = [row for row in best_rows(bm25, self.candidates) if bm25[row] > 0]
        rows = np.union1d(by_meaning, by_words).astype(np.intp)
        return Candidates(
            rows=rows,
            dense=self._dense.scores(question, rows),
            lexical=bm25[rows],
            found_by_dense=np.isin(rows, by_meaning),
            found_by_lexical=np.isin(rows, by_words),
            lexical_bound=self._lexical.upper_bound(question),
        )

    def _fuse(self, candidates: Candidates) -> Scores:
        return fuse(candidates.dense, candidates.lexical, candidates.lexical_bound, self.weight)


def fuse(dense: Scores, bm25: Scores, bm25_bound: float, weight: float) -> Scores:
    """Returns (n,) float32, 0 to 1: the weighted sum of n dense and n BM25 scores, both scaled.

    dense' = (dense - least) / (1 - least), `least` being that of the candidates; lexical' = BM25 /
    `bm25_bound`, the sum of the idf of the question's terms. Scores with bounds of their own beat
    both ranks and min-max scaling (Bruch, Gai, Ingber 2023, arXiv 2210.11934): a question whose
    words the collection hardly has is decided by meaning, where min-max would blow up chance
    matches.
    """
    if not len(dense):
        return dense
    least = dense.min()
    by_meaning = (dense - least) / (1 - least) if least < 1 else np.zeros_like(dense)
    by_words = bm25 / bm25_bound if bm25_bound > 0 else np.zeros_like(bm25)
    return np.asarray(weight * by_meaning + (1 - weight) * by_words, np.float32)


def ranks(scores: Scores, among: Mask) -> RowNumbers:
    """Returns (n,): the rank, from 1, of each of `scores` (n,) that is in `among` (n,), else 0.

    Of equal scores the earlier one ranks first.
    """
    positions = np.flatnonzero(among)
    best_first = positions[np.argsort(-scores[positions], kind="stable")]
    ranked = np.zeros(len(scores), np.intp)
    ranked[best_first] = np.arange(1, len(positions) + 1)
    return ranked
