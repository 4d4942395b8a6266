"""Finds passages by their meaning: exact inner product of unit vectors in FAISS."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import faiss
import numpy as np

from index.collection import Collection, Rows
from index.retriever import Encoder, Hit, Vectors, best

REMEMBERED_QUESTIONS = 1024
PASSAGES_FILE, SENTENCES_FILE = "passages.faiss", "sentences.faiss"


class DenseRetriever:
    """score = ½ (cosine of the passage + cosine of its nearest sentence), -1 to 1, exact.

    A passage says where it stands (its vector has title and heading), a sentence says one thing: together they find more
    than either (docs/benchmarks.md).
    """

    def __init__(self, collection: Collection, faiss_passages: faiss.Index, faiss_sentences: faiss.Index, encoder: Encoder) -> None:
        self.collection = collection
        self._passages = faiss_passages
        self._sentences = faiss_sentences
        self._encoder = encoder
        self._remember = lru_cache(REMEMBERED_QUESTIONS)(self._encode)

    @classmethod
    def build(cls, collection: Collection, vectors: Vectors, sentence_vectors: Vectors, encoder: Encoder) -> DenseRetriever:
        """`vectors` (n, dim) one a passage, `sentence_vectors` (m, dim) one a sentence; float32, unit rows."""
        return cls(collection, _flat(vectors), _flat(sentence_vectors), encoder)

    def save(self, folder: Path) -> None:
        """Writes both sets of vectors into `folder`."""
        faiss.write_index(self._passages, str(folder / PASSAGES_FILE))
        faiss.write_index(self._sentences, str(folder / SENTENCES_FILE))

    @classmethod
    def load(cls, folder: Path, collection: Collection, encoder: Encoder) -> DenseRetriever:
        """Reads what `save` wrote for the same passages. FAISS checks nothing: the store verifies the files first."""
        read = [faiss.read_index(str(folder / name)) for name in (PASSAGES_FILE, SENTENCES_FILE)]
        return cls(collection, *read, encoder)

    def vectors(self) -> tuple[Vectors, Vectors]:
        """(n, dim) of the passages and (m, dim) of the sentences, float32, unit rows; copies."""
        return _rows(self._passages), _rows(self._sentences)

    def vector(self, question: str) -> Vectors:
        """(dim,) float32, unit length; recent questions are remembered."""
        return self._remember(question)

    def candidates(self, question: str, k: int) -> Rows:
        """Rows of at most 2 k passages: the nearest, and those of the nearest sentences."""
        vector = self.vector(question)[None, :]
        near = self._passages.search(vector, min(k, self._passages.ntotal))[1][0]
        said = self._sentences.search(vector, min(k, self._sentences.ntotal))[1][0]
        return np.union1d(near, self.collection.passages_of(said)).astype(np.intp)

    def scores(self, question: str, rows: Rows) -> Vectors:
        """(len(rows),) float32, the score of those passages."""
        vector = self.vector(question)
        nearest = [self.sentence_scores(question, self.collection.sentences_of(int(row))).max() for row in rows]
        return (self._passages.reconstruct_batch(rows) @ vector + np.array(nearest, np.float32)) / 2

    def sentence_scores(self, question: str, sentences: range) -> Vectors:
        """(len(sentences),) float32, the cosine of consecutive sentences."""
        return self._sentences.reconstruct_n(sentences.start, len(sentences)) @ self.vector(question)

    def search(self, question: str, k: int) -> list[Hit]:
        """The best `k` passages, best first."""
        rows = self.candidates(question, max(k, 10))
        scores = self.scores(question, rows)
        return [Hit(self.collection.passages[rows[at]], float(scores[at])) for at in best(scores, k)]

    def _encode(self, question: str) -> Vectors:
        return np.asarray(self._encoder.encode_query([question]), np.float32)[0]


def _flat(vectors: Vectors) -> faiss.IndexFlatIP:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    return index


def _rows(index: faiss.Index) -> Vectors:
    return np.asarray(index.reconstruct_n(0, index.ntotal), np.float32)
