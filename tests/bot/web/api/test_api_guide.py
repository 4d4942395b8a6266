"""docs/api.md: its examples run, and it names every field of requests and answers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.asking import UNLIMITED, application, events

from bot.web.api.schemas import AskAnswer, AskRequest, RequestScope
from corpus import Document

GUIDE = (Path(__file__).parents[4] / "docs/api.md").read_text("utf-8")
CHINESE, ENGLISH = GUIDE.split("# HTTP API (English)")
# curl -N http://127.0.0.1:7860/api/ask -H 'Content-Type: application/json' -d '{"question": "…"}'
EXAMPLE = re.compile(
    r"^curl (?:-N )?http://127\.0\.0\.1:7860(\S+) -H '(.+?): (.+?)' -d '(.+)'$", re.M
)
EXAMPLES = EXAMPLE.findall(CHINESE)


@pytest.fixture(scope="module")
def client(article: Document) -> Iterator[TestClient]:
    with TestClient(application(article, *UNLIMITED), base_url="http://127.0.0.1") as client:
        yield client


def test_both_languages_have_the_same_examples() -> None:
    assert EXAMPLE.findall(ENGLISH) == EXAMPLES
    assert [path for path, *_ in EXAMPLES] == ["/api/ask", "/api/ask", "/api/search"]


@pytest.mark.parametrize(("path", "header", "value", "body"), EXAMPLES)
def test_an_example_runs(client: TestClient, path: str, header: str, value: str, body: str) -> None:
    answer = client.post(path, content=body.encode(), headers={header: value})
    assert answer.status_code == 200
    if path == "/api/search":
        assert len(answer.json()["hits"]) == json.loads(body)["k"]


def test_the_example_with_a_scope_searches_the_document_it_names(
    client: TestClient, article: Document
) -> None:
    asked: Any = json.loads(EXAMPLES[1][3])
    assert asked["scope"] == {"doc_ids": [article.doc_id]}
    answer = client.post("/api/ask", json=asked).json()
    assert answer["scope"] == {"doc_ids": [article.doc_id], "by": "request", "missing": None}
    assert {hit["doc_id"] for hit in answer["hits"]} == {article.doc_id}
    streamed = client.post("/api/ask", json={**asked, "stream": True}).text
    done = events(streamed)[-1][2]
    assert (done["scope"], done["confidence"]) == (answer["scope"], answer["confidence"])


@pytest.mark.parametrize("guide", [CHINESE, ENGLISH])
def test_every_field_is_named(guide: str) -> None:
    for model in (AskRequest, AskAnswer):
        for name in model.model_fields:
            assert re.search(rf"^\|.*`{name}`.*\|", guide, re.M), name
    for name in RequestScope.model_fields:
        assert f"`{name}`" in guide, name
    for by in ("title", "place", "history", "request"):
        assert f"`{by}`" in guide, by
