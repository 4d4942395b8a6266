"""Scripts of the scripted model for embeddings and for /rerank, and what they answer."""

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from support.scripted_model import Exchange, Script, Step, answer_in_full

Vector = Sequence[float]


def bigram_vector(text: str, dim: int = 8) -> list[float]:
    """Texts that share pairs of characters have vectors that are near; not of unit length."""
    vector = [0.1] * dim
    for first, second in pairwise(text):
        vector[(ord(first) * 31 + ord(second)) % dim] += 1.0
    return vector


def embedding(vector_of: Callable[[str], Vector] = bigram_vector, most: int = 32) -> Script:
    """Answers with the vectors of the texts; a request with more than `most` texts is refused."""

    def script(exchange: Exchange) -> Iterable[Step]:
        texts = exchange.body["input"]
        if len(texts) > most:
            error = {"error": {"message": f"batch size {len(texts)} > {most}", "code": 422}}
            return answer_in_full(422, json.dumps(error).encode())(exchange)
        # In reverse: it is the index that counts.
        data = [
            {"object": "embedding", "index": index, "embedding": list(vector_of(text))}
            for index, text in reversed(list(enumerate(texts)))
        ]
        whole = {"object": "list", "model": exchange.body["model"], "data": data}
        return answer_in_full(200, json.dumps(whole).encode())(exchange)

    return script


def scoring(score: Callable[[str, str], float]) -> Script:
    """Scores texts as text-embeddings-inference, or as Xinference and vLLM where a model is named."""

    def script(exchange: Exchange) -> Iterable[Step]:
        body = exchange.body
        texts = body["documents"] if "model" in body else body["texts"]
        if len(texts) > 32:
            return answer_in_full(422, b'{"error": "batch size > maximum allowed batch size 32"}')(
                exchange
            )
        scores = [(index, score(body["query"], text)) for index, text in enumerate(texts)]
        scores.sort(key=lambda one: -one[1])
        if "model" not in body:
            ranks: object = [{"index": index, "score": value} for index, value in scores]
        else:
            results = [
                {"index": index, "relevance_score": value, "document": {"text": texts[index]}}
                for index, value in scores
            ]
            ranks = {"id": "rerank-1", "model": body["model"], "results": results}
        return answer_in_full(200, json.dumps(ranks).encode())(exchange)

    return script
