"""Finds passages by their words: BM25 over jieba's search-mode words and bigrams of characters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np

from corpus import Passage
from corpus.language.text import Segmenter, bigrams
from index.collection import Collection
from index.retriever import Hit, RowNumbers, Scores, best_rows, only

# The defaults of Lucene, in the range that Robertson and Zaragoza 2009 found good (k1 1.2 to 2,
# b 0.5 to 0.8).
K1 = 1.2
B = 0.75


class LexicalRetriever:
    """BM25 over the title, heading and text of each passage.

    score(q, d) = Σ_t idf(t) · tf / (tf + k1 · (1 - b + b · |d| / avg|d|)), summed over the terms of
    the question, with idf(t) = ln(1 + (N - n + ½) / (n + ½)) for a term that n of N passages have.
    Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", with Lucene's idf.
    """

    def __init__(self, collection: Collection, segmenter: Segmenter, bm25: bm25s.BM25) -> None:
        self.collection = collection
        self.segmenter = segmenter
        self._bm25 = bm25

    @classmethod
    def build(
        cls,
        collection: Collection,
        segmenter: Segmenter,
        words: Sequence[Sequence[str]] | None = None,
    ) -> LexicalRetriever:
        """Counts the terms of every passage. `words` are the search words of each one's text."""
        if words is None:
            words = [segmenter.search_words(passage.text) for passage in collection.passages]
        terms = []
        for passage, of_text in zip(collection.passages, words, strict=True):
            of_context = segmenter.search_terms(passage.context)
            terms.append([*of_context, *of_text, *bigrams(passage.text)])
        if not any(terms):
            # bm25s cannot count nothing at all. No question has the empty term.
            terms = [[""] for _ in terms]
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        bm25.index(terms, show_progress=False)
        return cls(collection, segmenter, bm25)

    def save(self, folder: Path) -> None:
        """Writes the counts into `folder`."""
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path, collection: Collection, segmenter: Segmenter) -> LexicalRetriever:
        """Reads what `save` wrote for the same passages."""
        return cls(collection, segmenter, bm25s.BM25.load(folder, load_corpus=False))

    def scores(self, question: str) -> Scores:
        """Returns (n,) float32: BM25 of every passage, 0 where no term of the question occurs."""
        terms = self.segmenter.search_terms(question)
        indexed = [term for term in terms if term in self._bm25.vocab_dict]
        if not indexed:
            return np.zeros(len(self.collection.passages), np.float32)
        return np.asarray(self._bm25.get_scores(indexed), np.float32)

    def upper_bound(self, question: str) -> float:
        """Returns the sum of the idf of the question's terms, which no passage's score reaches.

        A term that no passage has counts in full. Of these, Latin ones do not count: they may only
        be the language that the question is asked in.
        """
        idfs = []
        for term in self.segmenter.search_terms(question):
            if term in self._bm25.vocab_dict or not term.isascii():
                idfs.append(self._idf(term))
        return sum(idfs)

    def search(self, question: str, k: int, within: RowNumbers | None = None) -> list[Hit]:
        """Returns the best `k` passages that share a term with the question, best first."""
        scores = only(self.scores(question), within)
        hits = []
        for row in best_rows(scores, k):
            if scores[row] > 0:
                hits.append(Hit(self.collection.passages[row], float(scores[row])))
        return hits

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """Returns the BM25 of each of `passages` as "lexical"; {} for one it does not hold."""
        scores = self.scores(question)
        rows = self.collection.rows_of(passages)
        return [{"lexical": float(scores[row])} if row >= 0 else {} for row in rows]

    def _idf(self, term: str) -> float:
        size = len(self.collection.passages)
        count = self.passages_with(term)
        return math.log(1 + (size - count + 0.5) / (count + 0.5))

    def passages_with(self, term: str) -> int:
        """Returns how many passages have `term`."""
        column = self._bm25.vocab_dict.get(term)
        if column is None:
            return 0
        # bm25s keeps the scores as a sparse matrix in compressed columns, one a term.
        starts = self._bm25.scores["indptr"]
        return int(starts[column + 1] - starts[column])
