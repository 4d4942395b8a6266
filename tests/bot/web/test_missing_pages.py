"""An address where there is nothing: a page for people, JSON for programs, the same headers for both."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from support.asking import application

from bot.web.pages import POLICY
from corpus import Document

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NOWHERE = ["/nowhere", "/a/b", "/docs", "/api/nowhere", "/ui/none.css"]


@pytest.fixture(scope="module")
def client(article: Document) -> Iterator[TestClient]:
    with TestClient(application(article), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("path", NOWHERE)
def test_a_browser_gets_a_page_that_leads_on(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
    assert "没有这个页面" in answer.text and 'href="/documents"' in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.content) == int(answer.headers["content-length"])
    english = client.get(path, params={"lang": "en"}, headers=BROWSER)
    assert "There is no such page" in english.text and 'href="/documents?lang=en"' in english.text


@pytest.mark.parametrize("path", NOWHERE)
def test_a_program_gets_json(client: TestClient, path: str) -> None:
    for accept in ("application/json", "*/*"):
        answer = client.get(path, headers={"accept": accept})
        assert answer.status_code == 404 and answer.headers["content-type"] == "application/json"


def test_only_the_head_is_sent_where_only_that_is_asked_for(client: TestClient) -> None:
    answer = client.head("/nowhere", headers=BROWSER)
    assert answer.status_code == 404 and answer.content == b""
    assert answer.headers["content-type"].startswith("text/html")


def test_pages_that_are_there_pass_as_they_are(client: TestClient) -> None:
    assert client.get("/about", headers=BROWSER).status_code == 200
    missing = client.get("/read/none", headers=BROWSER)
    assert missing.status_code == 404 and "没有这篇文章" in missing.text
