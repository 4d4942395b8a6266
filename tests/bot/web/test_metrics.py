"""/metrics: what is counted, and who may see it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from support.asking import QUESTION, application

from corpus import Document

LOCAL = ("127.0.0.1", 50000)


@pytest.fixture(scope="module")
def client(article: Document) -> Iterator[TestClient]:
    app = application(article, "api.keys=the-key", "api.per_minute=6")
    with TestClient(app, base_url="http://127.0.0.1", client=LOCAL) as client:
        client.headers["authorization"] = "Bearer the-key"
        yield client


def figures(client: TestClient) -> dict[str, float]:
    """Every sample, named as in the text."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        "".join([sample.name, *sorted(sample.labels.values())]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if "le" not in sample.labels
    }


def test_what_is_counted(client: TestClient) -> None:
    for question in (QUESTION, "火星上有几个城市？", "你好"):
        assert client.post("/api/ask", json={"question": question}).status_code == 200
    client.post("/api/search", json={"question": QUESTION})
    client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]})
    client.post(
        "/v1/chat/completions",
        json={"messages": [{"role": "user", "content": QUESTION}], "stream": True},
    )
    for _ in range(2):
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 429
    found = figures(client)
    assert found["chengwen_answers_totalansweredrules"] == 3
    assert (
        found["chengwen_answers_totalabsentrules"] == found["chengwen_answers_totalaboutrules"] == 1
    )
    assert found["chengwen_answer_seconds_count"] == 5
    assert found["chengwen_retrieval_seconds_count"] == 5
    assert found["chengwen_first_delta_seconds_count"] == 4
    assert found["chengwen_refused_totaltoo_many"] == 2
    assert found["chengwen_working"] == found["chengwen_waiting"] == 0
    assert 0 < found["chengwen_retrieval_seconds_sum"] < found["chengwen_answer_seconds_sum"] < 5
    assert found["process_resident_memory_bytes"] > 1e6


def test_nothing_of_a_question_or_a_caller(client: TestClient) -> None:
    text = client.get("/metrics").text
    assert text.isascii() and "127.0.0.1" not in text


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.0.0.1", {"x-forwarded-for": "8.8.8.8"}, 404),
        ("203.0.113.7", {}, 404),
        ("203.0.113.7", {"authorization": "Bearer other"}, 404),
        ("203.0.113.7", {"authorization": "Bearer "}, 404),
        ("203.0.113.7", {"authorization": "Bearer the-key"}, 200),
    ],
)
def test_who_may_see_it(
    client: TestClient, peer: str, headers: dict[str, str], status: int
) -> None:
    other = TestClient(client.app, base_url="http://127.0.0.1", client=(peer, 1))
    answer = other.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]["code"] == "not_found"
