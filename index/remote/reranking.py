"""A reranker in another program: /rerank as text-embeddings-inference, Xinference and vLLM have it.

text-embeddings-inference (router/src/http/types.rs) takes {"query", "texts", "truncate"} and answers
[{"index", "score"}]. Xinference and vLLM follow Jina and Cohere: {"model", "query", "documents"},
answered by {"results": [{"index", "relevance_score"}]}. The first has no names of models: a name
tells which of the two is meant. Both kinds of answers are understood.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from index.remote.json_server import JsonServer
from index.remote.server import Server
from index.retriever import Scores

BATCH = 32
"""Texts of a request; text-embeddings-inference takes no more unless it is told to."""

_SCORES = ("relevance_score", "score")


class RemoteReranker:
    """The reranker `model` of a server, or its only one for an empty name. Threads may share it."""

    def __init__(self, server: Server, model: str, seconds: float) -> None:
        """`seconds` is the longest wait for the scores of all texts of a question."""
        self.name = model or server.url
        self._model = model
        self._server = JsonServer(server)
        self._seconds = seconds

    def scores(self, question: str, texts: list[str]) -> Scores:
        """Returns (n,) float32: how well each of n `texts` answers. Raises ServerFailed."""
        parts = []
        deadline = time.monotonic() + self._seconds
        for start in range(0, len(texts), BATCH):
            left = deadline - time.monotonic()
            parts.append(self._scores(question, texts[start : start + BATCH], left))
        return np.concatenate([np.zeros(0, np.float32), *parts])

    def close(self) -> None:
        """Closes every connection."""
        self._server.close()

    def _scores(self, question: str, texts: list[str], seconds: float) -> Scores:
        body: dict[str, Any] = {"query": question, "texts": texts, "truncate": True}
        if self._model:
            body = {"model": self._model, "query": question, "documents": texts}
        scores = read_scores(self._server.post("/rerank", body, seconds), len(texts))
        if scores is None:
            raise self._server.failed("garbage")
        return scores


def read_scores(answer: Any, count: int) -> Scores | None:
    """The (count,) float32 scores of an answer, by index; None where one of them is missing."""
    results = answer.get("results") if isinstance(answer, dict) else answer
    if not isinstance(results, list):
        return None
    scores: dict[int, Any] = {}
    for one in results:
        if not isinstance(one, dict) or type(one.get("index")) is not int:
            return None
        scores[one["index"]] = next((one[name] for name in _SCORES if name in one), None)
    if scores.keys() != set(range(count)):
        return None
    try:
        found = np.array([scores[place] for place in range(count)], np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    # No score that 32 bits cannot hold, and no NaN.
    is_list = found.ndim == 1 and (np.abs(found) <= np.finfo(np.float32).max).all()
    return found.astype(np.float32) if is_list else None
