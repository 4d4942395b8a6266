"""`scope` of a request over HTTP: what it narrows, what is refused, and that it widens nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.asking import UNLIMITED, events

from bot.live import Live
from bot.service import Service
from bot.settings import load_settings
from bot.storage.sites import FILE as SITES
from bot.storage.sites import Site, Sites
from bot.web.app import create_app
from bot.web.embed import HEADER
from corpus import Document
from index.snapshot import build

DOCUMENTS = [
    Document("parks", "公园", "全市有12座公园。", tags=("绿化",)),
    Document("trees", "行道树", "全市有3万棵行道树。", tags=("绿化", "道路")),
    Document("roads", "道路", "全市有500条道路。", tags=("道路",)),
]
QUESTION = "全市有多少？"
CHAT = {"messages": [{"role": "user", "content": QUESTION}]}
NONE = {"doc_ids": ["none"]}


@pytest.fixture(scope="module")
def homes_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def token(homes_of_all: Path) -> str:
    """That of a site which is answered from the articles on green things."""
    return Sites(homes_of_all / SITES).add(
        lambda digest: Site("green", digest, ("https://green.example",), tags=("绿化",))
    )


@pytest.fixture(scope="module")
def client(homes_of_all: Path, token: str) -> Iterator[TestClient]:
    service = Service(build(DOCUMENTS, None), None, load_settings(UNLIMITED, {}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHENGWEN_HOME", str(homes_of_all))
        app = create_app(Live(service))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def asked(client: TestClient, scope: Any, **headers: str) -> Any:
    body = {"question": QUESTION, "stream": False, "scope": scope}
    return client.post("/api/ask", json=body, headers=headers).json()


def searched(client: TestClient, scope: Any, **headers: str) -> set[str]:
    body = {"question": QUESTION, "scope": scope}
    hits = client.post("/api/search", json=body, headers=headers).json()["hits"]
    return {hit["doc_id"] for hit in hits}


@pytest.mark.parametrize(
    ("scope", "doc_ids"),
    [
        ({"doc_ids": ["trees"]}, ["trees"]),
        ({"doc_ids": ["roads", "none", "parks"]}, ["parks", "roads"]),
        ({"tags": ["绿化"]}, ["parks", "trees"]),
        ({"tags": ["道路", "none"]}, ["trees", "roads"]),
        ({"doc_ids": ["parks", "trees"], "tags": ["道路"]}, ["trees"]),
        ({"doc_ids": ["parks"], "tags": ["道路"]}, []),
        (NONE, []),
        ({"tags": ["none"]}, []),
    ],
)
def test_all_three_search_only_what_the_request_names(
    client: TestClient, scope: Any, doc_ids: list[str]
) -> None:
    answer = asked(client, scope)
    about = {"doc_ids": doc_ids, "by": "request", "missing": None}
    assert answer["scope"] == about
    assert {hit["doc_id"] for hit in answer["hits"]} == set(doc_ids) == searched(client, scope)
    stream = client.post("/api/ask", json={"question": QUESTION, "scope": scope}).text
    assert events(stream)[-1][2]["scope"] == about
    completion = client.post("/v1/chat/completions", json={**CHAT, "scope": scope}).json()
    assert completion["scope"] == about
    assert {citation["doc_id"] for citation in completion["citations"]} <= set(doc_ids)


@pytest.mark.parametrize("scope", [None, {}, {"doc_ids": None, "tags": None}])
def test_a_scope_that_says_nothing_limits_nothing(client: TestClient, scope: Any) -> None:
    answer = asked(client, scope)
    assert answer["scope"] == {"doc_ids": [], "by": None, "missing": None}
    assert searched(client, scope) == {"parks", "trees", "roads"}


def test_where_nothing_is_left_the_answer_is_absent(client: TestClient) -> None:
    answer = asked(client, NONE)
    assert (answer["outcome"], answer["hits"], answer["citations"]) == ("absent", [], [])
    assert (answer["confidence"], answer["suggestions"]) == (0, [])
    completion = client.post("/v1/chat/completions", json={**CHAT, "scope": NONE}).json()
    assert (completion["outcome"], completion["confidence"]) == ("absent", 0)


@pytest.mark.parametrize("path", ["/api/ask", "/api/search", "/v1/chat/completions"])
@pytest.mark.parametrize(
    ("scope", "field"),
    [
        ({"doc_ids": []}, "scope.doc_ids"),
        ({"tags": []}, "scope.tags"),
        ({"doc_ids": [""]}, "scope.doc_ids.0"),
        ({"tags": ["长" * 401]}, "scope.tags.0"),
        ({"doc_ids": ["d"] * 1001}, "scope.doc_ids"),
        ({"tags": ["t"] * 101}, "scope.tags"),
        ({"doc_ids": "parks"}, "scope.doc_ids"),
        ({"doc_ids": [1]}, "scope.doc_ids.0"),
        ({"doc_id": ["parks"]}, "scope.doc_id"),
        (["parks"], "scope"),
        ("parks", "scope"),
    ],
)
def test_what_is_no_scope_is_refused(client: TestClient, path: str, scope: Any, field: str) -> None:
    body = CHAT if path.startswith("/v1") else {"question": QUESTION}
    answer = client.post(path, json={**body, "scope": scope}, headers={"accept-language": "en"})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "usage" and error["message"].startswith(f"{field} of the request")


def test_a_site_is_never_answered_from_the_articles_of_others(
    client: TestClient, token: str
) -> None:
    site = {HEADER: token}
    assert asked(client, {"tags": ["道路"]}, **site)["scope"]["doc_ids"] == ["trees"]
    beyond = asked(client, {"doc_ids": ["roads"]}, **site)
    assert (beyond["outcome"], beyond["hits"], beyond["scope"]["doc_ids"]) == ("absent", [], [])
    assert searched(client, None, **site) == {"parks", "trees"}
    assert searched(client, {"doc_ids": ["roads", "parks"]}, **site) == {"parks"}
