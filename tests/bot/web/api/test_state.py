"""The routes beside the chat page, the guard around all of them, and the page as it is sent."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BigramEncoder
from fastapi.testclient import TestClient

from bot.live import Live
from bot.question.analysis import language_of
from bot.service import IndexState, Service
from bot.settings import Settings
from bot.web.api.state import passage_answer
from bot.web.app import create_app
from corpus import Document, Passage
from index.snapshot import build
from index.store import Store

SENTENCE = "“杭州健康码”日最高使用量超过2685万次。"
STATE = {"generation": "gen-000007", "encoder": None, "fingerprint": "0123456789abcdef"}
NOTICE = ("只按词语检索。", "Searching by words only.")


@pytest.fixture(scope="module")
def service(article: Document) -> Service:
    """Without an encoder: the state that must still serve."""
    return Service(build([article], None), None, Settings(), IndexState(STATE, [NOTICE]))


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(Live(service)), base_url="http://127.0.0.1") as client:
        yield client


def test_health_says_that_the_process_lives(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_without_an_encoder_is_degraded(client: TestClient, service: Service) -> None:
    answer = client.get("/readyz", headers={"accept-language": "en-GB,en;q=0.9,zh;q=0.5"})
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "degraded": True,
        "generation": "gen-000007",
        "encoder": None,
        "documents": 1,
        "passages": len(service.snapshot.collection.passages),
        "notices": ["Searching by words only."],
    }


def test_readiness_with_an_encoder_is_whole(article: Document, fake_encoder: BigramEncoder) -> None:
    index = {**STATE, "encoder": "bigrams"}
    whole = Service(build([article], fake_encoder), fake_encoder, Settings(), IndexState(index))
    state = TestClient(create_app(Live(whole))).get("/readyz").json()
    assert (state["degraded"], state["encoder"], state["notices"]) == (False, "bigrams", [])


def test_readiness_tells_that_the_index_on_disk_is_gone(article: Document, tmp_path: Path) -> None:
    """It still answers from memory; a later generation in its place is no loss."""
    snapshot = build([article], None)
    store = Store(tmp_path / "index")
    generation = store.write({"fingerprint": "0" * 16}, snapshot.save)
    served = Service(snapshot, None, Settings(), IndexState({**STATE, "generation": "gen-000001"}))
    client = TestClient(create_app(Live(served, generation)), base_url="http://127.0.0.1")

    def notices() -> list[str]:
        answer = client.get("/readyz", headers={"accept-language": "en"})
        assert answer.status_code == 200 and answer.json()["ready"]
        found: list[str] = answer.json()["notices"]
        assert answer.json()["degraded"]
        return found

    assert notices() == []
    words = generation.folder / "words.json"
    moved = words.rename(tmp_path / "words.json")
    (notice,) = notices()
    assert "gone or incomplete" in notice and str(generation.folder) in notice
    assert "不见了" in client.get("/readyz").json()["notices"][0]
    moved.rename(words)
    assert notices() == []
    for _ in range(2):
        store.write({"fingerprint": "0" * 16}, snapshot.save)
    assert not generation.folder.exists() and notices() == []
    shutil.rmtree(store.root)
    assert len(notices()) == 1
    store.root.write_text("no folder")
    (notice,) = notices()
    assert "not a folder" in notice
    asked = client.post("/api/ask", json={"question": "什么是健康码？", "stream": False})
    assert asked.status_code == 200


def test_a_whole_index_is_degraded_once_it_is_gone_from_disk(
    article: Document, fake_encoder: BigramEncoder, tmp_path: Path
) -> None:
    snapshot = build([article], fake_encoder)
    generation = Store(tmp_path / "index").write({"fingerprint": "0" * 16}, snapshot.save)
    served = Service(snapshot, fake_encoder, Settings(), IndexState(STATE))
    client = TestClient(create_app(Live(served, generation)), base_url="http://127.0.0.1")
    assert client.get("/readyz").json()["degraded"] is False
    shutil.rmtree(generation.folder)
    assert client.get("/readyz").json()["degraded"] is True


def test_a_passage_in_its_paragraph(client: TestClient, article: Document) -> None:
    start = article.text.index(SENTENCE)
    end = start + len(SENTENCE)
    paragraph = article.text.rindex("\n", 0, start) + 1
    passage_id = f"{article.doc_id}.{start}-{end}"
    assert client.get(f"/api/passages/{passage_id}").json() == {
        "passage_id": passage_id,
        "doc_id": article.doc_id,
        "title": article.title,
        "section": "科技赋能,重心下移,形成城市治理新效能",
        "page": None,
        "start": start,
        "end": end,
        "text": SENTENCE,
        "before": article.text[paragraph:start],
        "after": article.text[end : article.text.index("\n", end)],
        "url": f"/read/{article.doc_id}",
        "read": f"/read/{article.doc_id}?start={start}&end={end}#cited",
        "file": "",
        "source": "光明网-理论频道",
        "published": "2020-12-05",
    }


def test_the_text_is_its_passages_and_their_surroundings(
    client: TestClient, service: Service
) -> None:
    for passage in service.snapshot.collection.passages:
        found = client.get(f"/api/passages/{passage.passage_id}").json()
        around = found["before"] + found["text"] + found["after"]
        assert found["text"] == passage.text and around in passage.document.text
        assert "\n" not in found["before"] + found["after"]


@pytest.mark.parametrize(
    "span", ["0-0", "5-4", "0-99999999", "x-3", "1-2-3", "0-1234567890123", "", "-1-3", "０-３"]
)
def test_a_span_that_is_none(client: TestClient, article: Document, span: str) -> None:
    answer = client.get(f"/api/passages/{article.doc_id}.{span}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("accepted", "message"),
    [
        ("", "没有编号为 nothing.0-1 的段落。"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "没有编号为 nothing.0-1 的段落。"),
        ("fr, de;q=0.5", "没有编号为 nothing.0-1 的段落。"),
        ("en-US,en;q=0.9", "There is no passage nothing.0-1."),
        ("zh;q=0.2, en;q=0.7", "There is no passage nothing.0-1."),
        ("en;q=zh,;;,", "没有编号为 nothing.0-1 的段落。"),
    ],
)
def test_errors_in_the_language_of_the_caller(
    client: TestClient, accepted: str, message: str
) -> None:
    answer = client.get("/api/passages/nothing.0-1", headers={"accept-language": accepted})
    assert answer.json() == {"error": {"code": "not_found", "message": message}}


def test_suggestions_are_answered(client: TestClient, service: Service) -> None:
    suggestions = client.get("/api/suggestions").json()["suggestions"]
    assert suggestions and len(set(suggestions)) == len(suggestions)
    assert {service.ask(question).outcome for question in suggestions} == {"answered"}


def test_suggestions_are_in_the_language_that_is_asked_for(client: TestClient) -> None:
    chinese = client.get("/api/suggestions").json()["suggestions"]
    english = client.get("/api/suggestions?lang=en").json()["suggestions"]
    assert english and {language_of(question) for question in english} == {"en"}
    assert {language_of(question) for question in chinese} == {"zh"}
    told = client.get("/api/suggestions", headers={"accept-language": "en-GB,en;q=0.9"})
    assert told.json()["suggestions"] == english
    preferred = client.get("/api/suggestions?lang=zh", headers={"accept-language": "en"})
    assert preferred.json()["suggestions"] == chinese


def test_suggestions_about_a_document(client: TestClient, service: Service) -> None:
    document = service.snapshot.collection.documents[0]
    service.suggestions.about(document, "zh", 600)
    asked = {"doc_id": document.doc_id, "lang": "en"}
    about = client.get("/api/suggestions", params=asked).json()["suggestions"]
    for question in about:
        cited = service.answer(question).citations
        assert {one.document.doc_id for one in cited} == {document.doc_id}
    assert about and {language_of(question) for question in about} == {"en"}
    missing = client.get("/api/suggestions?doc_id=nothing")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/nothing"), ("POST", "/api/suggestions"), ("GET", "/api/")]
)
def test_other_addresses_of_the_api(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"code", "message"}


@pytest.mark.parametrize("path", ["ask", "search", "feedback"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_addresses_that_take_post_only(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, f"/api/{path}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["error"]["message"] == f"/api/{path} 只接受 POST。"
    assert client.head(f"/api/{path}").status_code == 405


def test_of_a_long_paragraph_a_thousand_characters_are_shown_on_each_side() -> None:
    text = "甲" * 1500 + "乙丙" + "丁" * 1500
    found = passage_answer(Passage(Document("d.1", "题", text, url="https://a.test/"), 1500, 1502))
    assert (found.before, found.text, found.after) == ("甲" * 1000, "乙丙", "丁" * 1000)
    assert (found.url, found.read) == ("https://a.test/", "/read/d.1?start=1500&end=1502#cited")


def test_a_paragraph_ends_with_the_text_or_at_the_line() -> None:
    document = Document("d", "题", "首行\n甲乙丙\n末行")
    middle = passage_answer(Passage(document, 4, 5))
    assert (middle.before, middle.after) == ("甲", "丙")
    last = passage_answer(Passage(document, 7, 8))
    assert (last.before, last.after) == ("", "行")
    first = passage_answer(Passage(document, 0, 1))
    assert (first.before, first.after) == ("", "行")


def test_the_whole_text_and_ids_with_dots_are_passages() -> None:
    document = Document("a.0-1", "题", "甲乙")
    client = TestClient(create_app(Live(Service(build([document], None), None, Settings()))))
    found = client.get("/api/passages/a.0-1.0-2").json()
    assert (found["doc_id"], found["text"]) == (document.doc_id, "甲乙")
    assert client.get("/api/passages/a.0-1.0-3").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/upload_progress"),
        ("GET", "/gradio_api/proxy=http://evil.test/"),
        ("GET", "/gradio_api/file=http://evil.test/"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/component_server/"),
        ("GET", "/gradio_api/deep_link"),
        ("POST", "/gradio_api/process_recording"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/runs"),
        ("POST", "/gradio_api/call/chat"),
        ("POST", "/gradio_api/run/chat"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/gradio_api/stream/a/1/2/playlist.m3u8"),
        ("GET", "/gradio_api/user"),
        ("GET", "/gradio_api%2Fupload"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("POST", "/login"),
        ("GET", "/svelte/x.js"),
        ("GET", "/custom_component/a/b/c/d"),
        ("GET", "/docs"),
        ("GET", "/redoc"),
    ],
)
def test_routes_that_a_text_chat_never_uses(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 404


def test_a_foreign_origin_is_given_nothing(client: TestClient) -> None:
    for host in ("127.0.0.1", "bot.example.org"):
        for path in ("/", "/config", "/api/suggestions", "/gradio_api/startup-events"):
            answer = client.get(path, headers={"origin": "https://evil.test", "host": host})
            assert answer.status_code == 200
            assert not [name for name in answer.headers if name.startswith("access-control-")]
    asked = {"origin": "https://evil.test", "access-control-request-method": "POST"}
    assert (
        "access-control-allow-origin"
        not in client.options("/gradio_api/queue/join", headers=asked).headers
    )


def test_every_answer_is_guarded(client: TestClient) -> None:
    for path in ("/", "/healthz", "/api/nothing", "/gradio_api/upload", "/ui/chat.css"):
        headers = client.get(path).headers
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_nothing_of_gradio_is_offered_as_an_api(client: TestClient) -> None:
    config = client.get("/config").json()
    assert not [d["api_name"] for d in config["dependencies"] if d["api_visibility"] == "public"]
    assert (
        config["analytics_enabled"] is False
        and config["run_history"] is False
        and config["footer_links"] == []
    )
