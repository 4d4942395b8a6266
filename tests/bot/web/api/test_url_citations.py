"""The annotations of a message: where they stand, what they lead to, and that no two are called the same."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from support.asking import QUESTION, application

from bot.answer import Answer, Citation
from bot.settings import load_settings
from bot.web.api.url_citations import url_citations
from bot.web.client_address import ClientAddresses
from corpus import Document, Section, UsageError

TEXT = "治理\n甲有五个。乙有六个。丙有七个。"
RULES = Document("规/1", "规则", TEXT, sections=(Section("治理", 0, len(TEXT)),))
PLAIN = Document("plain", "规则", "丁有八个。")
CITED = (
    Citation(RULES, 3, 8),
    Citation(RULES, 8, 13),
    Citation(PLAIN, 0, 5),
    Citation(PLAIN, 0, 5),
)
ANSWER = Answer("问", "answered", "甲五。[1]乙六。[2]丁八。[3][4]甲五。[1]", citations=CITED)


def test_each_citation_has_one_at_its_first_mark() -> None:
    found = [one["url_citation"] for one in url_citations(ANSWER, "https://bot.test")]
    marks = [ANSWER.text[one["start_index"] : one["end_index"]] for one in found]
    assert marks == ["[1]", "[2]", "[3]", "[4]"] and found[0]["start_index"] == 3
    assert found[0]["url"] == "https://bot.test/read/%E8%A7%84%2F1?start=3&end=8#cited"
    moved = url_citations(ANSWER, "", before=7)[0]["url_citation"]
    assert (moved["start_index"], moved["end_index"]) == (10, 13)


def test_no_two_have_the_same_title() -> None:
    titles = [one["url_citation"]["title"] for one in url_citations(ANSWER, "")]
    assert titles == ["规则 · 治理", "规则 · 治理 [2]", "规则", "规则 [4]"]
    assert [one["title"] for one in url_citations(ANSWER, "")] == titles


def test_an_answer_without_citations_has_none() -> None:
    assert url_citations(Answer("问", "absent", "没有。"), "") == []


def connection(**fields: Any) -> HTTPConnection:
    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    scope = {"type": "http", "scheme": "http", "client": ("10.0.0.1", 1), "headers": headers}
    return HTTPConnection(scope)


def test_the_service_is_known_by_the_host_that_was_asked_or_by_its_setting() -> None:
    asked = connection(host="bot.local:7860")
    proxied = connection(host="x", x_forwarded_host="bot.example.org", x_forwarded_proto="https")
    behind = ClientAddresses(["10.0.0.0/8"])
    assert ClientAddresses().service(asked) == "http://bot.local:7860"
    assert behind.service(proxied) == "https://bot.example.org"
    # Whoever is no proxy may say what they like.
    assert ClientAddresses().service(proxied) == "http://x"
    assert ClientAddresses(public_url="https://a.test/b").service(asked) == "https://a.test/b"


def test_the_setting_is_in_the_links(article: Document) -> None:
    app = application(article, "public.url=https://bot.example.org/chengwen/")
    body = {"messages": [{"role": "user", "content": QUESTION}]}
    answer = TestClient(app, base_url="http://127.0.0.1").post("/v1/chat/completions", json=body)
    (one,) = answer.json()["choices"][0]["message"]["annotations"]
    assert one["url_citation"]["url"].startswith("https://bot.example.org/chengwen/read/")


@pytest.mark.parametrize("url", ["bot.example.org", "ftp://a.test", "https://a.test/?q=1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"public\.url"):
        load_settings([f"public.url={url}"], {})
