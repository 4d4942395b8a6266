"""A reranker in another program, in the two ways that servers have /rerank."""

import json
from typing import Any

import pytest
from support.model_servers import scoring
from support.scripted_model import answer_in_full, failing, scripted_model, slow_headers

from index.remote.failures import ServerFailed
from index.remote.reranking import RemoteReranker, read_scores
from index.remote.server import Server


def shared(question: str, text: str) -> float:
    """How many characters of the question a text has."""
    return float(len(set(question) & set(text)))


def reranker(url: str, model: str = "", seconds: float = 60.0) -> RemoteReranker:
    return RemoteReranker(Server("reranker.url", url, "sk-1"), model, seconds)


@pytest.mark.parametrize("model", ["", "bge-reranker-v2-m3"])
def test_scores_are_in_the_order_of_the_texts(model: str) -> None:
    texts = [f"第{'甲乙丙丁戊'[: number % 6]}条" for number in range(50)]
    with scripted_model(scoring(shared)) as server:
        remote = reranker(server.url, model)
        scores = remote.scores("甲乙丙丁戊", texts)
        assert scores.tolist() == [shared("甲乙丙丁戊", text) for text in texts]
        assert [exchange.path for exchange in server.exchanges] == ["/v1/rerank"] * 2
        assert server.exchanges[0].headers["authorization"] == "Bearer sk-1"
        remote.close()


def test_what_is_sent() -> None:
    with scripted_model(scoring(shared)) as server:
        reranker(server.url).scores("问", ["甲", "乙"])
        reranker(server.url, "bge").scores("问", ["甲", "乙"])
        plain, named = [exchange.body for exchange in server.exchanges]
    assert plain == {"query": "问", "texts": ["甲", "乙"], "truncate": True}
    assert named == {"model": "bge", "query": "问", "documents": ["甲", "乙"]}


def test_no_text_has_no_score_and_asks_nobody() -> None:
    with scripted_model(scoring(shared)) as server:
        assert reranker(server.url).scores("问", []).shape == (0,)
        assert not server.exchanges


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"results": []},
        [{"index": 0, "score": 1}],
        [{"index": 0, "score": 1}, {"index": 2, "score": 1}],
        [{"index": 0, "score": 1}, {"index": True, "score": 1}],
        [{"index": 0, "score": 1}, {"index": 1}],
        [{"index": 0, "score": 1}, {"index": 1, "score": None}],
        [{"index": 0, "score": 1}, {"index": 1, "score": "much"}],
        [{"index": 0, "score": 1}, {"index": 1, "score": float("nan")}],
        [{"index": 0, "score": 1}, {"index": 1, "score": 1e39}],
        [{"index": 0, "score": 1}, {"index": 1, "score": 10**400}],
        [0.5, 0.5],
        "0.5",
        None,
    ],
)
def test_what_is_no_ranking(answer: Any) -> None:
    assert read_scores(answer, 2) is None
    try:
        body = json.dumps(answer).encode()
    except ValueError:
        # Python refuses to write a number of so many digits, and others do not.
        body = b'[{"index": 0, "score": 1' + b"0" * 400 + b"}]"
    with scripted_model(answer_in_full(200, body)) as server:
        with pytest.raises(ServerFailed) as caught:
            reranker(server.url).scores("问", ["甲", "乙"])
        assert caught.value.kind == "garbage" and "reranker.url" in caught.value.zh


def test_both_kinds_of_answers_are_read() -> None:
    for answer in (
        [{"index": 1, "score": 0.75}, {"index": 0, "score": 0.5}],
        {"results": [{"index": 1, "relevance_score": 0.75}, {"index": 0, "relevance_score": 0.5}]},
        {"results": [{"index": 0, "score": 0.5}, {"index": 1, "score": 0.75, "text": "乙"}]},
    ):
        scores = read_scores(answer, 2)
        assert scores is not None and scores.tolist() == [0.5, 0.75]


def test_down_and_slow() -> None:
    with scripted_model(failing(401)) as server, pytest.raises(ServerFailed):
        reranker(server.url).scores("问", ["甲"])
    with scripted_model(slow_headers()) as server:
        with pytest.raises(ServerFailed) as caught:
            reranker(server.url, seconds=0.5).scores("问", ["甲"])
        assert caught.value.kind == "slow"
