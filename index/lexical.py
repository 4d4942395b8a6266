"""Finds passages by their words: BM25 over jieba's words, joined with character bigrams where nothing else is asked."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import bm25s
import numpy as np

from corpus import Passage
from corpus.language.text import HAN, Segmenter, fold
from index.collection import Collection
from index.retriever import Hit, Vectors, best

K1, B = 1.2, 0.75

Terms = Literal["both", "words", "bigrams", "characters"]
"""What is counted: jieba's search-mode words, pairs of Chinese characters, both, or single ones. Latin words always."""

_HAN_RUN = re.compile(rf"[{HAN}]+")


class LexicalRetriever:
    """BM25 over `terms` of the title, heading and text of each passage.

    score(q, d) = Σ_t idf(t) · tf / (tf + k1 · (1 - b + b · |d| / avg|d|)), idf(t) = ln(1 + (N - n + ½) / (n + ½)):
    Robertson and Zaragoza 2009 with Lucene's idf, k1 = 1.2, b = 0.75.
    """

    def __init__(
        self, collection: Collection, segmenter: Segmenter, bm25: bm25s.BM25, terms: Terms = "both"
    ) -> None:
        self.collection = collection
        self.segmenter = segmenter
        self.terms = terms
        self._bm25 = bm25

    @classmethod
    def build(
        cls, collection: Collection, segmenter: Segmenter, terms: Terms = "both"
    ) -> LexicalRetriever:
        """Counts the terms of every passage."""
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        found = [terms_in(text, segmenter, terms) for text in collection.searched()]
        # bm25s cannot count nothing at all: the empty term, which no question has, stands for passages without words.
        bm25.index(found if any(found) else [[""]] * len(found), show_progress=False)
        return cls(collection, segmenter, bm25, terms)

    def save(self, folder: Path) -> None:
        """Writes the counts into `folder`."""
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(
        cls, folder: Path, collection: Collection, segmenter: Segmenter, terms: Terms = "both"
    ) -> LexicalRetriever:
        """Reads what `save` wrote for the same passages and terms."""
        return cls(collection, segmenter, bm25s.BM25.load(folder, load_corpus=False), terms)

    def scores(self, question: str) -> Vectors:
        """(n,) float32, BM25 of every passage, 0 where no term of the question occurs."""
        known = [
            t for t in terms_in(question, self.segmenter, self.terms) if t in self._bm25.vocab_dict
        ]
        if not known:
            return np.zeros(len(self.collection.passages), np.float32)
        return np.asarray(self._bm25.get_scores(known), np.float32)

    def ideal(self, question: str) -> float:
        """The score of a passage that repeats every term of the question without end: the sum of their idf.

        A term that no passage has counts in full; Latin ones do not, for they may be the question's own language.
        """
        size, known = len(self.collection.passages), self._bm25.vocab_dict
        terms = [
            t
            for t in terms_in(question, self.segmenter, self.terms)
            if t in known or not t.isascii()
        ]
        return sum(
            math.log(1 + (size - n + 0.5) / (n + 0.5)) for n in map(self._passages_with, terms)
        )

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

    def _passages_with(self, term: str) -> int:
        column = self._bm25.vocab_dict.get(term)
        starts = self._bm25.scores["indptr"]
        return 0 if column is None else int(starts[column + 1] - starts[column])


def terms_in(text: str, segmenter: Segmenter, terms: Terms) -> list[str]:
    """The terms of `text`, folded, each as often as it occurs."""
    if terms == "both":
        return segmenter.search_terms(text)
    words = segmenter.search_words(text)
    if terms == "words":
        return words
    size = 2 if terms == "bigrams" else 1
    runs = _HAN_RUN.findall(fold(text))
    pieces = [run[at : at + size] for run in runs for at in range(max(1, len(run) - size + 1))]
    return [word for word in words if word.isascii()] + pieces
