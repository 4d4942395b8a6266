"""POST /api/ask and /api/search: the stream, the answer, who may ask, and that the description tells the truth."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from support.asking import ANSWER, QUESTION, UNLIMITED, HeldEncoder, application, events, words_of

from bot.answer import answer_object
from bot.i18n import texts
from bot.live import Live
from bot.service import Service
from bot.settings import Settings
from bot.storage.sites import FILE as SITES
from bot.storage.sites import Site, Sites
from bot.web.api.schemas import (
    AskAnswer,
    Completion,
    Error,
    Health,
    Models,
    PassageAnswer,
    SearchAnswer,
    State,
)
from bot.web.app import create_app
from bot.web.embed import HEADER
from bot.web.message_parts import MARK
from bot.web.messages import plain_text
from corpus import Document
from corpus.language.text import traditional
from index.snapshot import build

ABSENT = "火星上有几个城市？"
ABOUT = "你好"
OURS = "http://127.0.0.1"
FRIEND = "https://www.gov.test"


@pytest.fixture(scope="module")
def client(article: Document) -> Iterator[TestClient]:
    with TestClient(
        application(article, *UNLIMITED, f"api.origins={FRIEND}"), base_url=OURS
    ) as client:
        yield client


@pytest.fixture(scope="module")
def closed(article: Document) -> TestClient:
    return TestClient(application(article, "api.keys=first-key, 第二把"), base_url=OURS)


@pytest.mark.parametrize("question", [QUESTION, ABSENT, ABOUT, "城市治理的三个层面是什么？"])
def test_the_events_in_order(client: TestClient, question: str) -> None:
    answer = client.post("/api/ask", json={"question": question})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(
        "text/event-stream"
    )
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == (
        "no-cache",
        "no",
    )
    found = events(answer.text)
    names = [name for name, _, _ in found]
    deltas = names.count("delta")
    assert names == ["status", "sources", *["delta"] * deltas, "citations", "done"] and deltas >= 1
    assert [number for _, number, _ in found] == list(range(1, len(found) + 1))
    data = [data for _, _, data in found]
    done = data[-1]
    assert (
        data[0] == {"stage": "retrieving"}
        and data[1] == done["hits"]
        and data[-2] == done["citations"]
    )
    assert "".join(piece["text"] for piece in data[2:-2]) == done["text"]
    assert deltas == max(1, len(done["citations"]))


@pytest.mark.parametrize("question", [QUESTION, ABSENT, ABOUT])
def test_who_takes_html_beside_the_stream_gets_the_message_as_the_page_shows_it(
    client: TestClient, question: str
) -> None:
    accept = {"accept": "text/event-stream, text/html"}
    found = events(client.post("/api/ask", json={"question": question}, headers=accept).text)
    assert [name for name, _, _ in found].count("html") == 1
    (html,) = [data["html"] for name, _, data in found if name == "html"]
    done = found[-1][2]
    assert f'id="cw-{done["answer_id"]}"' in html and f"cw-{done['outcome']}" in html
    assert MARK.sub("", done["text"]) == plain_text(html)
    others = client.post("/api/ask", json={"question": question}, headers={"accept": "*/*"}).text
    assert "event: html" not in others


def test_who_asks_in_traditional_characters_is_shown_the_message_in_them(
    client: TestClient,
) -> None:
    accept = {"accept": "text/event-stream, text/html"}
    asked = {"question": traditional(QUESTION)}
    found = events(client.post("/api/ask", json=asked, headers=accept).text)
    (html,) = [data["html"] for name, _, data in found if name == "html"]
    assert found[-1][2]["outcome"] == "answered"
    ours, others = texts("message", "zh-Hant"), texts("message", "zh")
    assert ours["sources"] != others["sources"]
    assert ours["sources"] in html and others["sources"] not in html
    assert "杭州健康码" in plain_text(html)  # the words of the document stay


def test_a_stream_is_plain_utf8(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": QUESTION})
    assert f'event: delta\ndata: {{"text": "{ANSWER}"}}\nid: 3\n\n'.encode() in answer.content
    assert b"\\u" not in answer.content


def test_one_answer_is_what_the_stream_ends_with(client: TestClient) -> None:
    whole = client.post("/api/ask", json={"question": QUESTION, "stream": False}).json()
    done = events(client.post("/api/ask", json={"question": QUESTION}).text)[-1][2]
    assert whole["answer_id"] != done["answer_id"] and len(whole["answer_id"]) == 32
    changing = {"answer_id", "milliseconds"}
    assert {n: v for n, v in whole.items() if n not in changing} == {
        n: v for n, v in done.items() if n not in changing
    }
    assert whole["text"] == ANSWER and whole["short_answer"] == "2685万次"
    assert (whole["label"], whole["ai_generated"]) == ("原文摘录", False)


@pytest.mark.parametrize(
    ("accept", "stream", "kind"),
    [
        ("*/*", True, "text/event-stream"),
        ("text/event-stream", True, "text/event-stream"),
        ("application/json", True, "application/json"),
        ("application/json, text/event-stream", True, "text/event-stream"),
        ("text/event-stream", False, "application/json"),
    ],
)
def test_who_gets_a_stream(client: TestClient, accept: str, stream: bool, kind: str) -> None:
    answer = client.post(
        "/api/ask", json={"question": ABOUT, "stream": stream}, headers={"accept": accept}
    )
    assert answer.headers["content-type"].split(";")[0] == kind


def test_a_follow_up_is_understood(client: TestClient, article: Document) -> None:
    history = [
        {"role": "user", "content": "杭州健康码是哪个城市的？"},
        {"role": "assistant", "content": "杭州市。[1]"},
    ]
    asked = {"question": "它的日最高使用量呢？", "history": history, "stream": False}
    expected = Service(words_of(article), None, Settings()).ask(asked["question"], history)  # type: ignore[arg-type]
    assert (
        client.post("/api/ask", json=asked).json()["citations"]
        == answer_object(expected).model_dump()["citations"]
    )


def test_the_answer_before_is_carried_on(client: TestClient, article: Document) -> None:
    history: list[dict[str, str]] = []
    answers = []
    for question in ("这篇文章讲了什么？", "第二点详细说说", "还有吗", "第九点呢"):
        asked = {"question": question, "history": history, "stream": False}
        answer = client.post("/api/ask", json=asked).json()
        history += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer["text"]},
        ]
        answers.append(answer)
    outline, point, more, lacking = answers
    quotes = [[cited["quote"] for cited in answer["citations"]] for answer in answers]
    assert point["parts"][0]["label"] == outline["parts"][1]["label"]
    assert set(quotes[1]) - set(quotes[0])
    assert not set(quotes[2]) & {*quotes[0], *quotes[1]}
    assert all(quote in article.text for quote in (*quotes[1], *quotes[2]))
    assert (point["answered"], lacking["outcome"]) == (True, "absent")
    count = len(outline["parts"])
    assert lacking["text"] == f"上面的回答里没有第 9 点，只有 {count} 点。"
    assert list(more["milliseconds"]) == ["total", "understand", "retrieve", "read", "compose"]


def test_a_search_is_the_retrievers(client: TestClient, article: Document) -> None:
    hits = client.post("/api/search", json={"question": QUESTION, "k": 3}).json()["hits"]
    service = Service(words_of(article), None, Settings())
    expected = service.search(QUESTION, 3)
    assert [hit["passage_id"] for hit in hits] == [hit.passage.passage_id for hit in expected]
    assert all(article.text[hit["start"] : hit["end"]] == hit["text"] for hit in hits)
    assert [hit["stages"]["lexical"] for hit in hits] == pytest.approx(
        [hit.score for hit in expected]
    )


@pytest.mark.parametrize("path", ["/api/ask", "/api/search", "/v1/chat/completions", "/v1/models"])
@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("", 401),
        ("Bearer ", 401),
        ("Bearer first-key2", 401),
        ("Basic first-key", 401),
        ("first-key", 401),
        ("Bearer first-key", 200),
        ("bearer first-key", 200),
    ],
)
def test_a_key_where_keys_are_set(closed: TestClient, path: str, given: str, status: int) -> None:
    body = (
        {"question": ABOUT}
        if "/api/" in path
        else {"messages": [{"role": "user", "content": ABOUT}]}
    )
    headers = {"authorization": given}
    models = path == "/v1/models"
    answer = (
        closed.get(path, headers=headers)
        if models
        else closed.post(path, json=body, headers=headers)
    )
    assert answer.status_code == status
    if status == 401:
        assert (
            answer.json()["error"]["code"] == "unauthorized"
            and answer.headers["www-authenticate"] == "Bearer"
        )


def test_what_needs_no_key(closed: TestClient) -> None:
    assert [
        closed.get(path).status_code for path in ("/", "/healthz", "/readyz", "/api/suggestions")
    ] == [200] * 4
    assert (
        closed.post("/api/feedback", json={"answer_id": "0" * 32, "verdict": None}).status_code
        == 204
    )


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        (OURS, 200),
        ("http://127.0.0.1:80", 200),
        ("https://127.0.0.1", 200),
        (FRIEND, 200),
        ("https://evil.test", 403),
        ("http://127.0.0.1:8080", 403),
        ("http://127.0.0.1.evil.test", 403),
        (f"{FRIEND}.evil.test", 403),
        ("file://127.0.0.1", 403),
        ("null", 403),
        ("", 403),
        ("http://[::1", 403),
    ],
)
@pytest.mark.parametrize(
    "path", ["/api/ask", "/api/feedback", "/v1/chat/completions", "/gradio_api/queue/join"]
)
def test_only_our_pages_and_friends_may_post(
    client: TestClient, path: str, origin: str | None, status: int
) -> None:
    headers = {} if origin is None else {"origin": origin}
    answer = client.post(path, json={}, headers=headers)
    assert (answer.status_code == 403) == (status == 403)
    allowed = answer.headers.get("access-control-allow-origin")
    assert allowed == (FRIEND if origin == FRIEND else None)
    assert "access-control-allow-credentials" not in answer.headers


def test_a_friend_may_ask_beforehand(client: TestClient) -> None:
    wish = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = client.options("/api/ask", headers={"origin": FRIEND, **wish})
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == FRIEND
    assert (
        client.options("/api/ask", headers={"origin": "https://evil.test", **wish}).status_code
        == 400
    )


def test_errors_of_every_kind_have_one_form(client: TestClient) -> None:
    for method, path, status in [
        ("GET", "/api/ask", 405),
        ("DELETE", "/v1/chat/completions", 405),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/models/gpt", 404),
        ("POST", "/api/ask", 415),
    ]:
        answer = client.request(method, path, headers={"accept-language": "en"})
        assert (
            answer.status_code == status
            and Error.model_validate_json(answer.content).error.message.isascii()
        )


def test_the_description_is_whole_and_in_two_languages(client: TestClient) -> None:
    described = client.app.openapi()  # type: ignore[attr-defined]
    assert set(described["paths"]) == {
        "/api/ask",
        "/api/search",
        "/api/feedback",
        "/api/passages/{passage_id}",
        "/api/suggestions",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{name}",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    text = json.dumps(described)
    known = described["components"]["schemas"]
    assert {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]} <= set(known)
    for path, methods in described["paths"].items():
        for method in methods.values():
            assert " / " in method["summary"] and not method["summary"].isascii(), path
            assert "422" not in method["responses"]
            assert (
                "post" not in methods
                or method["requestBody"]["content"]["application/json"]["schema"]
            )


def test_the_answers_are_as_described(client: TestClient) -> None:
    for question in (QUESTION, ABSENT, ABOUT):
        said = client.post("/api/ask", json={"question": question, "stream": False})
        assert AskAnswer.model_validate_json(said.content).question == question
        chat = {"messages": [{"role": "user", "content": question}]}
        Completion.model_validate_json(client.post("/v1/chat/completions", json=chat).content)
    found = SearchAnswer.model_validate_json(
        client.post("/api/search", json={"question": QUESTION}).content
    )
    passage = client.get(f"/api/passages/{found.hits[0].passage_id}")
    assert PassageAnswer.model_validate_json(passage.content).text == found.hits[0].text
    Health.model_validate_json(client.get("/healthz").content)
    State.model_validate_json(client.get("/readyz").content)
    Models.model_validate_json(client.get("/v1/models").content)


def test_no_log_has_a_question_or_an_address(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/api/ask", json={"question": QUESTION, "stream": False})
        client.post("/api/ask", json={"question": QUESTION + "问" * 600})
    ours = [
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith(("httpx", "httpcore"))
    ]
    assert not [
        said for said in ours if "健康码" in said or "testclient" in said or "127.0.0.1" in said
    ]


def test_a_question_that_waits_too_long_ends_its_stream_with_an_error(
    article: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.work_queue.WAIT_LIMIT", 0.05)
    encoder = HeldEncoder()
    app = application(article, "api.parallel=1", "api.waiting=9", encoder=encoder)
    chat = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}

    async def scene() -> tuple[str, str]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=OURS) as client:
            encoder.open.clear()
            held = asyncio.create_task(client.post("/api/ask", json={"question": QUESTION}))
            await asyncio.sleep(0.2)
            late = await client.post("/api/ask", json={"question": QUESTION})
            late_chat = await client.post("/v1/chat/completions", json=chat)
            encoder.open.set()
            assert (await held).status_code == 200
            return late.text, late_chat.text

    stream, chunks = asyncio.run(scene())
    (_, first, status), (name, second, error) = events(stream)
    assert (first, status, second, name) == (1, {"stage": "retrieving"}, 2, "error")
    assert error["error"]["code"] == "busy" and error["error"]["retry_after"] >= 2
    *_, last, done = chunks.strip().split("\n\n")
    assert json.loads(last.removeprefix("data: "))["error"]["code"] == "busy"
    assert done == "data: [DONE]"


def test_who_finds_no_room_gets_a_status_and_no_stream(article: Document) -> None:
    """Two come at the same moment, and there is room for one."""
    app = application(article, "api.parallel=1", "api.waiting=0")

    async def scene() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=OURS) as client:
            ask = partial(client.post, "/api/ask", json={"question": QUESTION})
            return sorted(await asyncio.gather(ask(), ask()), key=lambda one: one.status_code)

    answered, refused = asyncio.run(scene())
    assert (answered.status_code, refused.status_code) == (200, 503)
    assert refused.json()["error"]["code"] == "busy" and "retry-after" in refused.headers


def test_questions_and_searches_are_counted(article: Document) -> None:
    for path in ("/api/ask", "/api/search"):
        client = TestClient(application(article, "api.per_minute=1"), base_url=OURS)
        answers = [client.post(path, json={"question": QUESTION}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]


def test_a_widget_is_answered_from_its_articles_and_counted_for_its_site(
    article: Document, home: Path
) -> None:
    tagged = replace(article, tags=("城市",))
    other = Document("parks", "公园", "全市有120座公园。", tags=("绿化",))
    token = Sites(home / SITES).add(
        lambda digest: Site("parks", digest, ("https://parks.test",), daily=1, tags=("绿化",))
    )
    service = Service(build([tagged, other], None), None, Settings())
    client = TestClient(create_app(Live(service)), base_url=OURS)
    headers = {HEADER: token, "accept": "application/json"}
    body = {"question": "全市有多少座公园？"}
    first = client.post("/api/ask", json=body, headers=headers)
    assert {hit["doc_id"] for hit in first.json()["hits"]} == {"parks"}
    assert client.post("/api/ask", json=body, headers=headers).status_code == 429
    whole = client.post("/api/ask", json=body, headers={"accept": "application/json"})
    assert {hit["doc_id"] for hit in whole.json()["hits"]} == {"parks", article.doc_id}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"question": "问", "more": 1}, "more"),
        ({"question": 5}, "question"),
        ({"question": "问", "stream": "no"}, "stream"),
        ({"question": "问", "history": [{"role": "user"}]}, "history.0.content"),
        ({"question": "问", "history": [{"role": "bot", "content": "甲"}]}, "role"),
        ({}, "question"),
    ],
)
def test_a_request_with_a_wrong_field_is_refused(
    client: TestClient, body: dict[str, object], field: str
) -> None:
    answer = client.post("/api/ask", json=body, headers={"accept-language": "en"})
    assert answer.status_code == 400 and field in answer.json()["error"]["message"]


@pytest.mark.parametrize(("k", "status"), [(0, 400), (1, 200), (100, 200), (101, 400)])
def test_a_search_gives_one_to_a_hundred_passages(client: TestClient, k: int, status: int) -> None:
    answer = client.post("/api/search", json={"question": QUESTION, "k": k})
    assert answer.status_code == status


def test_a_search_gives_ten_passages_unless_told(client: TestClient) -> None:
    assert len(client.post("/api/search", json={"question": "城市治理"}).json()["hits"]) == 10


def test_the_first_words_of_a_stream_are_timed_and_others_are_not(article: Document) -> None:
    app = application(article)
    with TestClient(app, base_url=OURS, client=("127.0.0.1", 1)) as client:
        client.post("/api/ask", json={"question": QUESTION, "stream": False})
        assert "chengwen_first_delta_seconds_count 0.0" in client.get("/metrics").text
        client.post("/api/ask", json={"question": QUESTION})
        assert "chengwen_first_delta_seconds_count 1.0" in client.get("/metrics").text
