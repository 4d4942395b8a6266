"""The tools of MCP in one process: what they find, how much, and what they refuse."""

from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from mcp.client.client import Client
from support.asking import ANSWER, QUESTION, application, words_of

from bot.service import Service
from bot.settings import Settings
from bot.web.api.mcp import PASSAGES_AT_MOST, local_server, mcp_server
from bot.web.http_errors import TooMany
from corpus import Document


def call(server: Any, name: str, **given: Any) -> Any:
    """The result of one tool."""

    async def talk() -> Any:
        async with Client(server) as client:
            return await client.call_tool(name, given)

    return anyio.run(talk)


@pytest.fixture(scope="module")
def server(article: Document) -> Any:
    return local_server(Service(words_of(article), None, Settings()))


def test_an_answer_with_its_citation(server: Any, article: Document) -> None:
    result = call(server, "ask", question=QUESTION).structured_content
    start = article.text.index(ANSWER.removesuffix("[1]"))
    (citation,) = result.pop("citations")
    assert citation == {
        "n": 1,
        "doc_id": article.doc_id,
        "title": article.title,
        "section": "科技赋能,重心下移,形成城市治理新效能",
        "page": None,
        "start": start,
        "end": start + len(ANSWER) - 3,
        "quote": ANSWER.removesuffix("[1]"),
        "url": article.url,
    }
    assert result == {
        "outcome": "answered",
        "text": ANSWER,
        "form": "fact",
        "short_answer": "2685万次",
        "short_answer_sure": False,
        "label": "原文摘录",
        "ai_generated": False,
        "notices": [],
    }


def test_passages_as_the_service_finds_them(server: Any, article: Document) -> None:
    service = Service(words_of(article), None, Settings())
    hits = service.retriever.search(service.understand("城市治理").text, 3)
    found = call(server, "search", question="城市治理", k=3).structured_content["passages"]
    assert found == [
        {
            "doc_id": article.doc_id,
            "title": article.title,
            "section": hit.passage.heading,
            "page": None,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.passage.text,
            "url": article.url,
        }
        for hit in hits
    ]


@pytest.mark.parametrize(
    ("given", "count"), [({}, 5), ({"k": 0}, 1), ({"k": 1}, 1), ({"k": 21}, 20)]
)
def test_a_search_gives_one_to_twenty_passages(
    server: Any, given: dict[str, int], count: int
) -> None:
    assert PASSAGES_AT_MOST == 20
    result = call(server, "search", question="城市", **given).structured_content
    assert len(result["passages"]) == count


@pytest.mark.parametrize("tool", ["ask", "search"])
def test_a_refusal_is_in_the_language_of_the_question(tool: str) -> None:
    def refuse(request: Any) -> None:
        raise TooMany("太多了。", "Too many.", 5)

    async def unused(*given: Any) -> Any:
        raise AssertionError

    server = mcp_server(unused, unused, refuse)
    for question, message in (("问？", "太多了。"), ("What is it?", "Too many.")):
        result = call(server, tool, question=question)
        assert result.is_error and result.content[0].text.endswith(message)


@pytest.mark.parametrize("tool", ["ask", "search"])
def test_an_empty_question_is_refused(server: Any, tool: str) -> None:
    result = call(server, tool, question=" ")
    assert result.is_error and "问题是空的" in result.content[0].text


def test_tools_introduce_themselves(server: Any) -> None:
    async def talk() -> Any:
        async with Client(server) as client:
            return (await client.list_tools()).tools, client.instructions

    tools, instructions = anyio.run(talk)
    assert [tool.name for tool in tools] == ["search", "ask"]
    for tool in tools:
        assert "文章" in tool.description and tool.input_schema["required"] == ["question"]
    assert "absent" in instructions and "[n]" in instructions
    assert (server.name, server.title) == ("chengwen", "城问")


def test_over_http_each_request_stands_for_itself(article: Document) -> None:
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"question": "城市", "k": 2}},
    }
    headers = {"accept": "application/json, text/event-stream"}
    app = application(article, "api.per_minute=1")
    with TestClient(app, base_url="http://bot.test") as client:
        answer = client.post("/mcp", json=body, headers=headers)
        assert answer.headers["content-type"] == "application/json"
        assert "mcp-session-id" not in answer.headers
        assert len(answer.json()["result"]["structuredContent"]["passages"]) == 2
        refused = client.post("/mcp", json=body, headers=headers).json()["result"]
        assert refused["isError"] and "提问太频繁" in refused["content"][0]["text"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_only_post_is_taken(article: Document, method: str) -> None:
    answer = TestClient(application(article)).request(method, "/mcp")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
