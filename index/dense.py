"""Finds passages by their meaning: exact inner product of unit vectors in FAISS. The only module that knows FAISS."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import faiss
import numpy as np

from corpus import Passage
from index.collection import Collection, Rows
from index.retriever import Encoder, Hit, Vectors, best

REMEMBERED_QUESTIONS = 1024
PASSAGES_FILE, SENTENCES_FILE = "passages.faiss", "sentences.faiss"

# FAISS shares out the questions of a batch, and a bot asks one at a time: more threads would only wait for work.
faiss.omp_set_num_threads(1)


class DenseRetriever:
    """score = ½ (cosine of the passage + cosine of its nearest sentence), -1 to 1, exact.

    A passage says where it stands (its vector has title and heading), a sentence says one thing: together they find
    more than either (docs/benchmarks.md).
    """

    def __init__(
        self,
        collection: Collection,
        faiss_passages: faiss.Index,
        faiss_sentences: faiss.Index,
        encoder: Encoder,
    ) -> None:
        self.collection = collection
        self._passages = faiss_passages
        self._sentences = faiss_sentences
        self._encoder = encoder
        self._remember = lru_cache(REMEMBERED_QUESTIONS)(self._encode)

    @classmethod
    def build(
        cls, collection: Collection, vectors: Vectors, sentence_vectors: Vectors, encoder: Encoder
    ) -> DenseRetriever:
        """`vectors` (n, dim) one a passage, `sentence_vectors` (m, dim) one a sentence; float32, unit rows."""
        return cls(collection, _flat(vectors), _flat(sentence_vectors), encoder)

    def save(self, folder: Path) -> None:
        """Writes both sets of vectors into `folder`."""
        # FAISS would report a full disk as a RuntimeError without its cause; Python's own write raises OSError.
        (folder / PASSAGES_FILE).write_bytes(faiss.serialize_index(self._passages).data)
        (folder / SENTENCES_FILE).write_bytes(faiss.serialize_index(self._sentences).data)

    @classmethod
    def load(cls, folder: Path, collection: Collection, encoder: Encoder) -> DenseRetriever:
        """Reads what `save` wrote for the same passages. FAISS checks nothing: the store verifies the files first."""
        passages, sentences = (
            np.fromfile(folder / name, np.uint8) for name in (PASSAGES_FILE, SENTENCES_FILE)
        )
        return cls(
            collection,
            faiss.deserialize_index(passages),
            faiss.deserialize_index(sentences),
            encoder,
        )

    def vectors(self) -> tuple[Vectors, Vectors]:
        """(n, dim) of the passages and (m, dim) of the sentences, float32, unit rows; copies."""
        return _rows(self._passages), _rows(self._sentences)

    def vector(self, question: str) -> Vectors:
        """(dim,) float32, unit length; recent questions are remembered."""
        return self._remember(question)

    def candidates(self, question: str, k: int) -> Rows:
        """Rows of at most 2 k passages: the nearest, and those of the nearest sentences."""
        return self._nearest(question, k)[0]

    def scores(self, question: str, rows: Rows) -> Vectors:
        """(len(rows),) float32, the score of those passages."""
        if not len(rows):
            return np.zeros(0, np.float32)
        vector = self.vector(question)
        whole = self._passages.reconstruct_batch(rows) @ vector
        spans = [self.collection.sentences_of(int(row)) for row in rows]
        said = self._sentences.reconstruct_batch(np.concatenate(spans)) @ vector
        nearest = np.maximum.reduceat(said, np.cumsum([0, *map(len, spans[:-1])]))
        return np.asarray((whole + nearest) / 2, np.float32)

    def sentence_scores(self, question: str, sentences: Sequence[int]) -> Vectors:
        """(len(sentences),) float32, the cosine of those sentences, given by row."""
        rows = self._sentences.reconstruct_batch(np.asarray(sentences, np.int64))
        cosines: Vectors = rows @ self.vector(question)
        return cosines

    def search(self, question: str, k: int) -> list[Hit]:
        """The best `k` passages, best first."""
        depth = max(k, 10)
        while True:
            rows, bound = self._nearest(question, depth)
            scores = self.scores(question, rows)
            top = best(scores, k)
            if depth >= self._passages.ntotal or scores[top[-1]] > bound:
                return [Hit(self.collection.passages[rows[at]], float(scores[at])) for at in top]
            depth *= 4

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """The score of each of `passages`, as "dense"."""
        rows = self.collection.rows_of(passages)
        scores = iter(self.scores(question, rows[rows >= 0]).tolist())
        return [{"dense": next(scores)} if row >= 0 else {} for row in rows]

    def _nearest(self, question: str, k: int) -> tuple[Rows, float]:
        """The rows of `candidates`, and a score that no other passage exceeds (Fagin's threshold)."""
        vector = self.vector(question)[None, :]
        near, passages = self._passages.search(vector, min(k, self._passages.ntotal))
        said, sentences = self._sentences.search(vector, min(k, self._sentences.ntotal))
        rows = np.union1d(passages[0], self.collection.passages_of(sentences[0])).astype(np.intp)
        return rows, float(near[0, -1] + said[0, -1]) / 2

    def _encode(self, question: str) -> Vectors:
        vector: Vectors = np.asarray(self._encoder.encode_query([question]), np.float32)[0]
        return vector


def _flat(vectors: Vectors) -> faiss.IndexFlatIP:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    return index


def _rows(index: faiss.Index) -> Vectors:
    rows: Vectors = index.reconstruct_n(0, index.ntotal)
    return rows
