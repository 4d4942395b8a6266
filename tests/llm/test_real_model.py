"""The real model answers over HTTP, where `make llm` has installed it."""

import json
from collections.abc import Iterator

import httpx
import pytest

from llm.model import NAME, is_installed
from llm.server import Served, serving

pytestmark = pytest.mark.long

KEY = "a-key-of-these-tests"
QUESTION = {"role": "user", "content": "中国的首都是哪里？只写城市名。"}
BODY = {
    "model": NAME,
    "messages": [QUESTION],
    "stream": True,
    "max_tokens": 16,
    "temperature": 0,
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    if not is_installed():
        pytest.skip("the real model is not on this machine: make llm installs it, about 1 GB")
    with serving(KEY) as served:
        yield served


def post(served: Served, key: str) -> httpx.Response:
    """The whole stream; a busy machine may take minutes for it."""
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.post(f"{served.address}/chat/completions", json=BODY, headers=headers, timeout=600)


def test_it_streams_an_answer(served: Served) -> None:
    response = post(served, KEY)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert events[-1] == "[DONE]"
    choices = [json.loads(event)["choices"][0] for event in events[:-1]]
    said = "".join(choice["delta"].get("content") or "" for choice in choices)
    assert "北京" in said
    assert choices[-1]["finish_reason"] == "stop"


def test_it_asks_for_the_key(served: Served) -> None:
    assert post(served, "another").status_code == 401
