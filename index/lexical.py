"""Finds passages by their words: BM25 over jieba's search-mode words and bigrams of Chinese characters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np

from corpus import Passage
from corpus.language.text import Segmenter
from index.collection import Collection
from index.retriever import Hit, Vectors, best

K1 = 1.2
B = 0.75


class LexicalRetriever:
    """BM25 over the title, heading and text of each passage.

    score(q, d) = Σ_t idf(t) · tf / (tf + k1 · (1 - b + b · |d| / avg|d|)), idf(t) = ln(1 + (N - n + ½) / (n + ½)):
    Robertson and Zaragoza 2009 with Lucene's idf, k1 = 1.2, b = 0.75.
    """

    def __init__(self, collection: Collection, segmenter: Segmenter, bm25: bm25s.BM25) -> None:
        self.collection = collection
        self.segmenter = segmenter
        self._bm25 = bm25

    @classmethod
    def build(cls, collection: Collection, segmenter: Segmenter) -> LexicalRetriever:
        """Counts the terms of every passage."""
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        found = [segmenter.search_terms(text) for text in collection.searched()]
        # bm25s cannot count nothing at all: the empty term, which no question has, stands for passages without words.
        bm25.index(found if any(found) else [[""]] * len(found), show_progress=False)
        return cls(collection, segmenter, bm25)

    def save(self, folder: Path) -> None:
        """Writes the counts into `folder`."""
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path, collection: Collection, segmenter: Segmenter) -> LexicalRetriever:
        """Reads what `save` wrote for the same passages."""
        return cls(collection, segmenter, bm25s.BM25.load(folder, load_corpus=False))

    def scores(self, question: str) -> Vectors:
        """(n,) float32, BM25 of every passage, 0 where no term of the question occurs."""
        terms = self.segmenter.search_terms(question)
        known = [term for term in terms if term in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self.collection.passages), np.float32)
        return np.asarray(self._bm25.get_scores(known), np.float32)

    def ideal(self, question: str) -> float:
        """The score of a passage that repeats every term of the question without end: the sum of their idf.

        A term that no passage has counts in full; Latin ones do not, for they may be the question's own language.
        """
        terms = self.segmenter.search_terms(question)
        counted = [term for term in terms if term in self._bm25.vocab_dict or not term.isascii()]
        return sum(self._idf(term) for term in counted)

    def search(self, question: str, k: int) -> list[Hit]:
        """The best `k` passages that share a term with the question, best first."""
        scores = self.scores(question)
        return [
            Hit(self.collection.passages[row], float(scores[row]))
            for row in best(scores, k)
            if scores[row] > 0
        ]

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """The BM25 of each of `passages`, as "lexical"."""
        scores = self.scores(question)
        return [
            {"lexical": float(scores[row])} if row >= 0 else {}
            for row in self.collection.rows_of(passages)
        ]

    def _idf(self, term: str) -> float:
        size = len(self.collection.passages)
        count = self._passages_with(term)
        return math.log(1 + (size - count + 0.5) / (count + 0.5))

    def _passages_with(self, term: str) -> int:
        column = self._bm25.vocab_dict.get(term)
        starts = self._bm25.scores["indptr"]
        return 0 if column is None else int(starts[column + 1] - starts[column])
