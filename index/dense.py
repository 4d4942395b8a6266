"""Finds passages by their meaning: exact inner products of unit vectors in FAISS.

The only module that knows FAISS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import faiss
import numpy as np

from corpus import Passage
from index.collection import Collection
from index.retriever import Encoder, Hit, RowNumbers, Scores, Vectors, best_rows

REMEMBERED_QUESTIONS = 1024
"""Questions whose vector is kept: one question is searched, scored and explained."""

PASSAGES_FILE = "passages.faiss"
SENTENCES_FILE = "sentences.faiss"

# The first search of both lists, then four times as many until the best are sure. Only time depends
# on these two: the hits are exact.
_FIRST_DEPTH = 10
_DEEPER = 4

# FAISS shares out the questions of a batch, and a bot asks one at a time: more threads would only
# wait for work.
faiss.omp_set_num_threads(1)


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """The vectors of n passages and m sentences, (dim,) float32 each, as they are kept with an index.

    To hand them on takes no encoder; to search them does.
    """

    passages: faiss.Index
    sentences: faiss.Index

    @classmethod
    def of(cls, passages: Vectors, sentences: Vectors) -> StoredVectors:
        """Takes vectors (n, dim) and (m, dim), float32 with unit rows."""
        return cls(_flat_index(passages), _flat_index(sentences))

    @classmethod
    def load(cls, folder: Path) -> StoredVectors:
        """Reads what `save` wrote.

        FAISS does not check what it reads: the store verifies the files first.
        """
        passages = np.fromfile(folder / PASSAGES_FILE, np.uint8)
        sentences = np.fromfile(folder / SENTENCES_FILE, np.uint8)
        return cls(faiss.deserialize_index(passages), faiss.deserialize_index(sentences))

    def save(self, folder: Path) -> None:
        """Writes both into `folder`."""
        # FAISS would report a full disk as a RuntimeError without its cause; Python's own write
        # raises OSError.
        (folder / PASSAGES_FILE).write_bytes(faiss.serialize_index(self.passages).data)
        (folder / SENTENCES_FILE).write_bytes(faiss.serialize_index(self.sentences).data)

    def all(self) -> tuple[Vectors, Vectors]:
        """Returns copies of the vectors of the passages (n, dim) and of the sentences (m, dim)."""
        return _all_vectors(self.passages), _all_vectors(self.sentences)

    def only(self, passages: RowNumbers, sentences: RowNumbers) -> StoredVectors:
        """Returns those of the rows `passages` and `sentences` alone."""
        of_passages, of_sentences = self.all()
        return StoredVectors.of(of_passages[passages], of_sentences[sentences])


class DenseRetriever:
    """score = ½ (cosine of the passage + cosine of its nearest sentence), -1 to 1, exact.

    A passage says where it stands (its vector has title and heading), a sentence says one thing:
    together they find more than either (docs/benchmarks.md).
    """

    def __init__(self, collection: Collection, vectors: StoredVectors, encoder: Encoder) -> None:
        self.collection = collection
        self.stored = vectors
        self._passages = vectors.passages
        self._sentences = vectors.sentences
        # Of the encoder, not of this object: a circle would keep it from going.
        self._vector = lru_cache(REMEMBERED_QUESTIONS)(partial(_encode, encoder))

    @classmethod
    def build(
        cls, collection: Collection, vectors: Vectors, sentence_vectors: Vectors, encoder: Encoder
    ) -> DenseRetriever:
        """Indexes the vectors of n passages and m sentences.

        `vectors` (n, dim) and `sentence_vectors` (m, dim) are float32 with unit rows.
        """
        return cls(collection, StoredVectors.of(vectors, sentence_vectors), encoder)

    def vector(self, question: str) -> Vectors:
        """Returns the vector of `question`, (dim,) float32, unit length; recent ones are kept."""
        return self._vector(question)

    def candidates(self, question: str, k: int, within: RowNumbers | None = None) -> RowNumbers:
        """Returns the rows of at most 2k passages, in order; all are `within` where it is given.

        They are the k nearest passages, and those that hold the k nearest sentences.
        """
        rows, _ = self._nearest(question, k, within)
        return rows

    def scores(self, question: str, rows: RowNumbers) -> Scores:
        """Returns (len(rows),) float32: the scores of the passages `rows`."""
        if not len(rows):
            return np.zeros(0, np.float32)
        vector = self.vector(question)
        passage_cosines = self._passages.reconstruct_batch(rows) @ vector
        sentence_rows: list[int] = []
        first_of_passage: list[int] = []
        for row in rows:
            first_of_passage.append(len(sentence_rows))
            sentence_rows.extend(self.collection.sentences_of(int(row)))
        sentence_cosines = self._sentences.reconstruct_batch(np.array(sentence_rows)) @ vector
        nearest_sentence = np.maximum.reduceat(sentence_cosines, first_of_passage)
        return np.asarray((passage_cosines + nearest_sentence) / 2, np.float32)

    def sentence_scores(self, question: str, sentences: Sequence[int]) -> Scores:
        """Returns (len(sentences),) float32: the cosines of the sentences with those rows."""
        rows = self._sentences.reconstruct_batch(np.asarray(sentences, np.int64))
        cosines: Scores = rows @ self.vector(question)
        return cosines

    def sentence_vectors(self, sentences: Sequence[int]) -> Vectors:
        """Returns (len(sentences), dim) float32, unit rows: the vectors of the sentences with those rows."""
        vectors: Vectors = self._sentences.reconstruct_batch(np.asarray(sentences, np.int64))
        return vectors

    def search(self, question: str, k: int, within: RowNumbers | None = None) -> list[Hit]:
        """Returns the best `k` passages, best first."""
        held = self._passages.ntotal if within is None else len(within)
        depth = max(k, _FIRST_DEPTH)
        while True:
            rows, bound = self._nearest(question, depth, within)
            scores = self.scores(question, rows)
            best = best_rows(scores, k)
            if depth >= held or scores[best[-1]] > bound:
                passages = self.collection.passages
                return [Hit(passages[rows[i]], float(scores[i])) for i in best]
            depth *= _DEEPER

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """Returns the score of each of `passages` as "dense"; {} for one it does not hold."""
        rows = self.collection.rows_of(passages)
        explained: list[dict[str, float]] = [{} for _ in passages]
        held = np.flatnonzero(rows >= 0)
        for i, score in zip(held, self.scores(question, rows[held]), strict=True):
            explained[i]["dense"] = float(score)
        return explained

    def _nearest(
        self, question: str, k: int, within: RowNumbers | None
    ) -> tuple[RowNumbers, float]:
        """Returns the rows of `candidates`, and a score that no other passage exceeds.

        The threshold algorithm: a passage in neither list has at most the mean of the last cosines
        of both (Fagin, Lotem, Naor 2003, "Optimal aggregation algorithms for middleware").
        """
        vector = self.vector(question)[None, :]
        sentence_rows = None if within is None else self.collection.sentences_of_passages(within)
        passages, last_passage = _search(self._passages, vector, k, within)
        sentences, last_sentence = _search(self._sentences, vector, k, sentence_rows)
        holding = self.collection.passages_of(sentences)
        rows = np.union1d(passages, holding).astype(np.intp)
        return rows, (last_passage + last_sentence) / 2


def _encode(encoder: Encoder, question: str) -> Vectors:
    vector: Vectors = np.asarray(encoder.encode_query([question]), np.float32)[0]
    return vector


def _flat_index(vectors: Vectors) -> faiss.IndexFlatIP:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    return index


def _search(
    index: faiss.Index, vector: Vectors, k: int, within: RowNumbers | None
) -> tuple[RowNumbers, float]:
    """Returns the rows of the `k` nearest to `vector` (1, dim), and the cosine of the last of them."""
    if within is None:
        cosines, rows = index.search(vector, min(k, index.ntotal))
        return rows[0], float(cosines[0, -1])
    if not len(within):
        return np.zeros(0, np.intp), -1.0
    allowed = np.zeros(index.ntotal, np.bool_)
    allowed[within] = True
    # FAISS' own annotations are those of C++; in Python an array and a keyword are right.
    bitmap = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg,arg-type]
    parameters = faiss.SearchParameters(sel=bitmap)  # type: ignore[call-arg]
    # For more than there are, FAISS would give rows of -1.
    count = min(k, int(allowed.sum()))
    cosines, rows = index.search(vector, count, params=parameters)
    return rows[0], float(cosines[0, -1])


def _all_vectors(index: faiss.Index) -> Vectors:
    vectors: Vectors = index.reconstruct_n(0, index.ntotal)
    return vectors
