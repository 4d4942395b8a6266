"""The tools of MCP, over standard input and output and over HTTP, as the protocol's own client meets them."""

import os
import sys
from pathlib import Path
from typing import Any, Literal

import anyio
import httpx
import pytest
from conftest import ARTICLE
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client
from support.asking import ANSWER, QUESTION, application
from support.serving import serving

from bot.cli.__main__ import main
from corpus import Document

pytestmark = pytest.mark.slow

WORDS = ("--set", "encoder.name=none-such")
ARTICLE_ONLY = ("--corpus", str(ARTICLE), *WORDS)


def called(home: Path, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the tools of a `chengwen mcp` of its own say to these calls, after the list of them."""
    environment = {**os.environ, "CHENGWEN_HOME": str(home)}
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "bot.cli", "mcp", *ARTICLE_ONLY],
        env=environment,
        cwd=Path(__file__).parents[4],
    )

    async def talk() -> list[Any]:
        async with Client(stdio_client(server)) as client:
            return [
                await client.list_tools(),
                *[await client.call_tool(name, given) for name, given in calls],
            ]

    return anyio.run(talk)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    return called(
        tmp_path_factory.mktemp("tools"),
        ("ask", {"question": QUESTION}),
        ("ask", {"question": "数字丝路是什么？"}),
        ("search", {"question": "城市治理", "k": 3}),
        ("search", {"question": "城市治理", "k": 1000}),
        ("ask", {"question": " "}),
        ("ask", {"question": "long " * 200}),
        ("ask", {}),
    )


def test_two_tools_say_what_they_take_and_give(said: list[Any]) -> None:
    tools = {tool.name: tool for tool in said[0].tools}
    assert set(tools) == {"search", "ask"}
    assert tools["ask"].input_schema["required"] == ["question"]
    assert {"text", "citations", "label", "ai_generated"} <= set(
        tools["ask"].output_schema["required"]
    )
    assert all("文章" in tool.description for tool in tools.values())


def test_an_answer_has_its_citations(said: list[Any], article: Document) -> None:
    answer = said[1].structured_content
    assert not said[1].is_error
    assert (answer["text"], answer["outcome"]) == (ANSWER, "answered")
    assert (answer["label"], answer["ai_generated"]) == ("原文摘录", False)
    [citation] = answer["citations"]
    assert citation["quote"] == article.text[citation["start"] : citation["end"]]
    assert (citation["n"], citation["doc_id"], citation["url"]) == (1, article.doc_id, article.url)
    assert ANSWER in said[1].content[0].text
    assert "词语" in answer["notices"][0]


def test_what_the_article_does_not_say(said: list[Any]) -> None:
    answer = said[2].structured_content
    assert (answer["outcome"], answer["citations"], answer["short_answer"]) == ("absent", [], None)


def test_a_search_gives_passages(said: list[Any], article: Document) -> None:
    few, many = (result.structured_content["passages"] for result in said[3:5])
    assert len(few) == 3 and few == many[:3] and len(many) == 20
    for found in many:
        assert found["text"] == article.text[found["start"] : found["end"]]
    assert "城市治理" in few[0]["text"]


def test_wrong_questions_are_refused_with_a_reason(said: list[Any]) -> None:
    empty, long, none = said[5:8]
    assert empty.is_error and "问题是空的" in empty.content[0].text
    assert long.is_error and "500" in long.content[0].text
    assert none.is_error and "question" in none.content[0].text
    assert "Traceback" not in str(said)


def without_mcp(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra is not installed: its package, and our module that needs it, cannot be imported."""
    for name in list(sys.modules):
        if name == "bot.web.api.mcp" or name.startswith("mcp."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_mcp(monkeypatch)
    code, captured = main(["mcp", *ARTICLE_ONLY]), capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert "'.[mcp]'" in captured.err


def asked(
    address: str, mode: Literal["auto", "legacy"], *calls: tuple[str, dict[str, Any]]
) -> list[Any]:
    """What the tools at `address` say to these calls. Legacy is the handshake of clients before 2026."""

    async def talk() -> list[Any]:
        async with Client(address, mode=mode) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == {"ask", "search"}
            return [await client.call_tool(name, given) for name, given in calls]

    return anyio.run(talk)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http_it_is_the_same_door(article: Document, mode: Literal["auto", "legacy"]) -> None:
    call = ("ask", {"question": QUESTION})
    with serving(application(article, "api.per_minute=3")) as address:
        first, found, wrong = asked(
            f"{address}mcp", mode, call, ("search", {"question": "城市", "k": 2}), ("ask", {})
        )
        assert (
            first.structured_content["text"] == ANSWER
            and first.structured_content["label"] == "原文摘录"
        )
        assert len(found.structured_content["passages"]) == 2
        assert wrong.is_error
        assert httpx.post(f"{address}api/ask", json={"question": QUESTION}).status_code == 200
        (refused,) = asked(f"{address}mcp", mode, call)
        assert refused.is_error and "提问太频繁" in refused.content[0].text
        figures = httpx.get(f"{address}metrics").text
        assert 'chengwen_refused_total{code="too_many"} 1.0' in figures
        assert 'chengwen_answers_total{outcome="answered",reader="rules"} 2.0' in figures


def test_over_http_as_guarded_as_the_api(article: Document) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"accept": "application/json, text/event-stream"}
    with serving(application(article, "api.keys=secret", "api.hosts=127.0.0.1")) as address:
        url, key = f"{address}mcp", {**accept, "authorization": "Bearer secret"}
        told = httpx.post(url, json=call, headers=key)
        assert (told.status_code, told.headers["content-type"]) == (200, "application/json")
        assert len(told.json()["result"]["tools"]) == 2
        assert httpx.post(url, json=call, headers=accept).status_code == 401
        assert (
            httpx.post(
                url, json=call, headers={**key, "origin": "https://evil.example"}
            ).status_code
            == 403
        )
        assert (
            httpx.post(url, json=call, headers={**key, "host": "evil.example"}).status_code == 400
        )
        assert httpx.post(url, content=b"x" * 70_000, headers=key).status_code == 413
        stream = httpx.get(url, headers=key)
        assert (stream.status_code, stream.headers["allow"]) == (405, "POST")
        for body in (b"", b"[]", b"{", b'"\xff"', b"[" * 9000):
            assert (
                400
                <= httpx.post(
                    url, content=body, headers={**key, "content-type": "application/json"}
                ).status_code
                < 500
            )


def test_without_the_extra_there_is_no_such_address(
    article: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_mcp(monkeypatch)
    with serving(application(article)) as address:
        assert httpx.post(f"{address}mcp", json={}).status_code in (404, 405)
        assert httpx.post(f"{address}api/ask", json={"question": QUESTION}).status_code == 200
