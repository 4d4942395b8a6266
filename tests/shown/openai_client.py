"""Asks a running service with the client of OpenAI: `python tests/shown/openai_client.py http://127.0.0.1:7860`."""

import os
import sys
from collections.abc import Iterator

from openai import OpenAI

QUESTION = "杭州健康码日最高使用量是多少？"


def lines(address: str, key: str = "") -> Iterator[str]:
    """What the script prints: the models, an answer with its citations, and the same answer as it streams."""
    client = OpenAI(base_url=f"{address.rstrip('/')}/v1", api_key=key or "none", max_retries=0)
    yield "models: " + ", ".join(model.id for model in client.models.list())
    answer = client.chat.completions.create(
        model="chengwen", messages=[{"role": "user", "content": QUESTION}]
    )
    yield f"answer: {answer.choices[0].message.content}"
    for citation in (answer.model_extra or {})["citations"]:
        yield f"[{citation['n']}] {citation['title']} {citation['url']}"
    stream = client.chat.completions.create(
        model="chengwen", messages=[{"role": "user", "content": QUESTION}], stream=True
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
    yield "stream: " + "|".join(piece for piece in pieces if piece)


if __name__ == "__main__":
    for line in lines(sys.argv[1], os.environ.get("CHENGWEN_KEY", "")):
        print(line)
