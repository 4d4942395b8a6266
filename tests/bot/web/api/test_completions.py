"""/v1 on the wire: the objects of OpenAI's form, their pieces in a stream, and which turns count."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.asking import ANSWER, QUESTION, UNLIMITED, application

from bot.web.api.completions import chat_question, latest_turns
from bot.web.api.schemas import ChatRequest, ContentPart, Message
from corpus import Document, UsageError

ABSENT = "火星上有几个城市？"


@pytest.fixture(scope="module")
def client(article: Document) -> Iterator[TestClient]:
    with TestClient(application(article, *UNLIMITED), base_url="http://127.0.0.1") as client:
        yield client


def chat(client: TestClient, question: str = QUESTION, **more: Any) -> Any:
    body = {"messages": [{"role": "user", "content": question}], **more}
    return client.post("/v1/chat/completions", json=body)


def chunks(text: str) -> list[dict[str, Any]]:
    """The objects of a stream that ends with [DONE]."""
    *lines, done, _ = text.split("\n\n")
    assert done == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def test_an_answer_at_once(client: TestClient, article: Document) -> None:
    before = int(time.time())
    answer = chat(client).json()
    (citation,) = answer.pop("citations")
    (annotation,) = answer["choices"][0]["message"].pop("annotations")
    assert answer.pop("id") == f"chatcmpl-{answer['answer_id']}"
    assert len(answer.pop("answer_id")) == 32
    assert 0 < answer.pop("confidence") <= 1
    assert before <= answer.pop("created") <= time.time()
    message = {"role": "assistant", "content": ANSWER, "refusal": None}
    size = len(QUESTION)
    assert answer == {
        "object": "chat.completion",
        "model": "chengwen",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": size,
            "completion_tokens": len(ANSWER),
            "total_tokens": size + len(ANSWER),
        },
        "outcome": "answered",
        "form": "fact",
        "parts": [],
        "short_answer": "2685万次",
        "scope": {"doc_ids": [], "by": None, "missing": None},
        "label": "原文摘录",
        "ai_generated": False,
        "notices": [],
    }
    start = article.text.index(ANSWER.removesuffix("[1]"))
    assert (citation["n"], citation["start"]) == (1, start)
    end = citation["end"]
    assert citation["url"] == f"/read/{article.doc_id}?start={start}&end={end}#cited"
    cited = annotation["url_citation"]
    assert cited["url"] == f"http://127.0.0.1{citation['url']}"
    assert ANSWER[cited["start_index"] : cited["end_index"]] == "[1]"


def test_usage_counts_the_turns_before_too(client: TestClient) -> None:
    messages = [
        {"role": "user", "content": "四个字吗"},
        {"role": "assistant", "content": "是"},
        {"role": "user", "content": ABSENT},
    ]
    usage = client.post("/v1/chat/completions", json={"messages": messages}).json()["usage"]
    assert usage["prompt_tokens"] == 4 + 1 + len(ABSENT)


def test_an_answer_in_pieces(client: TestClient) -> None:
    answer = chat(client, stream=True, stream_options={"include_usage": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    first, piece, annotated, last, usage = chunks(answer.text)
    whole = chat(client).json()
    header = {"object": "chat.completion.chunk", "model": "chengwen"}
    for chunk in (first, piece, annotated, last, usage):
        assert {name: chunk[name] for name in header} == header
        assert (chunk["id"], chunk["created"]) == (first["id"], first["created"])
    empty = {"index": 0, "logprobs": None, "finish_reason": None}
    assert first["choices"] == [{**empty, "delta": {"role": "assistant", "content": ""}}]
    assert piece["choices"] == [{**empty, "delta": {"content": ANSWER}}]
    cited = whole["choices"][0]["message"]["annotations"]
    assert annotated["choices"] == [{**empty, "delta": {"annotations": cited}}]
    assert last["choices"] == [{**empty, "delta": {}, "finish_reason": "stop"}]
    beside = (
        *("citations", "outcome", "form", "parts", "short_answer", "confidence", "scope"),
        *("label", "ai_generated", "notices"),
    )
    assert {name: last[name] for name in beside} == {name: whole[name] for name in beside}
    assert first["id"] == f"chatcmpl-{last['answer_id']}"
    assert (usage["choices"], usage["usage"]) == ([], whole["usage"])
    assert "citations" not in piece


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}])
def test_usage_is_sent_only_where_it_is_asked_for(client: TestClient, options: Any) -> None:
    last = chunks(chat(client, stream=True, stream_options=options).text)[-1]
    assert last["choices"][0]["finish_reason"] == "stop" and "usage" not in last


def test_the_first_words_of_a_stream_are_timed(article: Document) -> None:
    app = application(article)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        chat(client)
        assert "chengwen_first_delta_seconds_count 0.0" in client.get("/metrics").text
        chat(client, stream=True)
        assert "chengwen_first_delta_seconds_count 1.0" in client.get("/metrics").text


def test_questions_over_v1_are_counted(article: Document) -> None:
    with TestClient(application(article, "api.per_minute=1")) as client:
        assert [chat(client).status_code for _ in range(2)] == [200, 429]


def test_one_model(client: TestClient) -> None:
    (model,) = client.get("/v1/models").json()["data"]
    assert client.get("/v1/models").json()["object"] == "list"
    assert (model["id"], model["object"], model["owned_by"]) == ("chengwen", "model", "chengwen")
    assert abs(model["created"] - time.time()) < 3600
    assert client.get("/v1/models/chengwen").json() == model
    missing = client.get("/v1/models/gpt")
    assert missing.status_code == 404 and "gpt" in missing.json()["error"]["message"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    answer = client.request(method, "/v1/chat/completions")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_other_addresses_are_not_found(client: TestClient, method: str) -> None:
    answer = client.request(method, "/v1/embeddings")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert client.head("/v1/embeddings").status_code == 404


def body_of(*messages: tuple[str, str]) -> ChatRequest:
    return ChatRequest(messages=[Message(role=role, content=text) for role, text in messages])


def test_the_last_message_is_the_question_and_other_roles_are_left_out() -> None:
    asked = chat_question(
        body_of(
            ("system", "令"), ("user", "甲"), ("assistant", "乙"), ("user", " 问\n"), ("tool", "x")
        )
    )
    assert asked.question == "问" and not asked.with_usage
    assert asked.history == [
        {"role": "user", "content": "甲"},
        {"role": "assistant", "content": "乙"},
    ]


@pytest.mark.parametrize(
    "body", [body_of(("system", "令")), body_of(("user", "问"), ("assistant", "答"))]
)
def test_the_last_message_must_be_the_users(body: ChatRequest) -> None:
    with pytest.raises(UsageError, match="messages 不可用"):
        chat_question(body)


def test_of_parts_the_text_is_read() -> None:
    parts = [
        ContentPart(type="text", text="甲"),
        ContentPart(type="image_url", text="x"),
        ContentPart(type="text", text="乙"),
        ContentPart(type="text"),
    ]
    assert Message(role="user", content=parts).text == "甲乙"
    assert Message(role="user").text == "" and Message(role="user", content="丙").text == "丙"


def test_of_a_long_conversation_the_latest_turns_count() -> None:
    turns = [Message(role="user", content=f"{number:03d}" + "字" * 997) for number in range(100)]
    kept = latest_turns(turns)
    assert [turn["content"][:3] for turn in kept] == [f"{number:03d}" for number in range(90, 100)]
    assert latest_turns([Message(role="user", content="前"), *turns[:10]]) == latest_turns(
        turns[:10]
    )
    short = [Message(role="user", content=str(number)) for number in range(100)]
    assert [turn["content"] for turn in latest_turns(short)] == [
        str(number) for number in range(80, 100)
    ]
