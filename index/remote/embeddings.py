"""An encoder in another program: the embeddings of OpenAI's API, as many servers have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from corpus.errors import EncoderUnavailable
from index.e5.convert import PROMPTS
from index.remote.failures import ServerFailed
from index.remote.json_server import JsonServer
from index.remote.server import Server
from index.retriever import Vectors

BATCH = 32
"""Texts of a request; text-embeddings-inference takes no more unless it is told to."""

SMALL_BATCH = 10
"""Texts of a request for a server that refuses more; DashScope takes no more of its newer models."""

BATCH_SECONDS = 60.0
"""Longest wait for the vectors of a batch of documents: nobody waits for an answer then."""

LARGEST = 1e18
"""No number of a vector is as large: what is has no length in 32 bits."""

_REFUSALS = frozenset({"rejected", "too_long"})


class RemoteEncoder:
    """The encoder `model` of a server. Threads may share it.

    It is the same encoder wherever the server is, as long as it has the same name and the same
    width; that it still gives the same vectors is seen by those of an index (`index.encoder.probe`).
    Questions and documents are sent as they are, without prompts.
    """

    def __init__(self, server: Server, model: str, seconds: float) -> None:
        """Asks for the vector of one text. `seconds` is the longest wait for that of a question.

        Raises EncoderUnavailable.
        """
        self.name = model
        self._server = JsonServer(server)
        self._seconds = seconds
        self._batch = BATCH
        self._dim: int | None = None
        try:
            self._dim = self._vectors(["城市"], seconds).shape[1]
        except ServerFailed as failure:
            self._server.close()
            raise EncoderUnavailable(failure.zh, failure.en) from None

    @property
    def dim(self) -> int:
        """The width of the vectors."""
        return self._dim or 0

    @property
    def weights(self) -> str:
        """What identifies the model, as far as is known."""
        return f"remote {self.name}"

    @property
    def prompts(self) -> Mapping[str, str]:
        """What is put before a "query" and a "document": nothing."""
        return dict.fromkeys(PROMPTS, "")

    def encode_query(self, sentences: list[str]) -> Vectors:
        """Returns (n, dim) float32, unit rows, for n questions. Raises ServerFailed."""
        return self._encode(sentences, self._seconds)

    def encode_document(self, sentences: list[str]) -> Vectors:
        """Returns (n, dim) float32, unit rows, for n texts to be found. Raises ServerFailed."""
        return self._encode(sentences, BATCH_SECONDS)

    def close(self) -> None:
        """Closes every connection."""
        self._server.close()

    def _encode(self, texts: list[str], seconds: float) -> Vectors:
        """Returns (n, dim) float32: the vectors of n texts, each batch within `seconds`."""
        rows = [np.zeros((0, self.dim), np.float32)]
        start = 0
        while start < len(texts):
            size = self._batch
            try:
                rows.append(self._vectors(texts[start : start + size], seconds))
                start += size
            except ServerFailed as failure:
                if failure.kind not in _REFUSALS or size == SMALL_BATCH:
                    raise
                self._batch = SMALL_BATCH
        return np.concatenate(rows)

    def _vectors(self, texts: list[str], seconds: float) -> Vectors:
        # Some servers refuse an empty text.
        inputs = [text or " " for text in texts]
        body = {"model": self.name, "input": inputs, "encoding_format": "float"}
        answer = self._server.post("/embeddings", body, seconds)
        vectors = read_vectors(answer, len(texts))
        if vectors is None or (self._dim is not None and vectors.shape[1] != self._dim):
            raise self._server.failed("garbage")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        # A row of zeros stays one.
        unit: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
        return unit


def read_vectors(answer: Any, count: int) -> Vectors | None:
    """The (count, dim) float32 vectors of an answer, by their index; None where it is none of these."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list) or len(data) != count:
        return None
    rows: dict[int, Any] = {}
    for place, one in enumerate(data):
        if not isinstance(one, dict):
            return None
        index = one.get("index", place)
        if type(index) is int:
            rows[index] = one.get("embedding")
    if rows.keys() != set(range(count)):
        return None
    try:
        vectors = np.array([rows[place] for place in range(count)], np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if vectors.ndim != 2 or not vectors.shape[1] or not (np.abs(vectors) < LARGEST).all():
        return None
    return vectors.astype(np.float32)
