"""Documents added, put right and removed over HTTP: by whom, within which bounds, and what is left behind."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from support.serving import serving

from bot import library_lock
from bot.index_build import open_index
from bot.library import Library
from bot.library_lock import LOCK
from bot.live import Live, Watch
from bot.set_aside import UNDO_SECONDS
from bot.settings import load_settings
from bot.staging import StagingArea, staging_folder
from bot.upkeep import Upkeep
from bot.web import library_editor as editor_module
from bot.web.app import create_app
from bot.web.library_editor import library_editor
from corpus.load import LARGEST, load

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
HOST = "http://127.0.0.1:7860"
OURS = {"sec-fetch-site": "same-origin"}
TOKEN = "correct horse battery"
WORDS = ["encoder.name=none-such", "reader=rules"]
LIGHTS = "路灯\n\n梧桐巷的路灯在立春那天换了新灯泡。\n".encode()
BOILER = "锅炉\n\n幸福里的锅炉房在冬至那天换了新锅炉。\n".encode()
QUESTION = "梧桐巷的路灯在立春那天换了什么？"
BUNDLED = "gmw-2020-12-05-chengshi-zhili"
PATIENCE = 60.0

Json = dict[str, Any]

WRONG: list[tuple[Json, str]] = [
    ({"published": "2026-02-30"}, "2026-02-30"),
    ({"published": "昨天"}, "昨天"),
    ({"url": "javascript:alert(1)"}, "网址"),
    ({"url": "https://a b"}, "网址"),
    ({"title": "长" * 301}, "title"),
    ({"site": "x"}, "site"),
]

OTHERS: list[dict[str, str]] = [
    {"host": "evil.test"},
    {"host": "evil.test:7860"},
    {"x-forwarded-for": "10.0.0.9"},
    {"x-forwarded-host": "127.0.0.1"},
    {"forwarded": "for=10.0.0.9"},
    {"via": "1.1 proxy"},
]

ELSEWHERE: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "", "origin": "http://evil.test"},
    {"sec-fetch-site": "", "origin": "null"},
    {"sec-fetch-site": "", "origin": "http://127.0.0.1:9999"},
    {"sec-fetch-site": ""},
]

NAMES: list[tuple[str, str]] = [
    ("../../etc/passwd.txt", "passwd.txt"),
    ("C:\\\\文档\\\\路灯.TXT", "路灯.txt"),
    ("..txt", "article.txt"),
    (".hidden.txt", "hidden.txt"),
    (b"a\\x00b\\n.txt".decode("unicode_escape"), "a-b.txt"),
    ("长" * 300 + ".txt", "长" * 60 + ".txt"),
]

NO_DOCUMENTS: list[tuple[str, bytes]] = [
    ("_词表.txt", LIGHTS),
    ("a.exe", b"MZ"),
    ("空.txt", b""),
    ("a.toml", b'url = "https://example.org"'),
    ("坏.docx", b"PK\x03\x04broken"),
    ("坏.pdf", b"%PDF-1.7 broken"),
]


@pytest.fixture
def watch(home: Path) -> Iterator[Watch]:
    settings = load_settings(WORDS, {})
    opened = open_index(settings)
    watch = Watch(Live(opened.service(settings), opened.generation), opened.encoder, settings)
    with watch.looking():
        yield watch


@pytest.fixture
def app(watch: Watch) -> FastAPI:
    return create_app(watch.live, True, library=Library(watch.settings))


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, HOST, headers=OURS)


def send(client: TestClient, name: str, data: bytes) -> Any:
    return client.post("/library/staged", params={"name": name}, content=data)


def accept(client: TestClient, staged: Json, **fields: str) -> Json:
    body = {"files": [{"key": staged["key"], **staged["fields"], **fields}]}
    answer = client.post("/library/accept", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def add(client: TestClient, name: str, data: bytes, **fields: str) -> str:
    """The id of a document that is in the answers."""
    result = accept(client, send(client, name, data).json(), **fields)
    assert result["answers"], result
    return str(result["added"][0]["doc_id"])


def ask(client: TestClient, question: str = QUESTION) -> Json:
    answer = client.post("/api/ask", json={"question": question, "stream": False})
    return dict(answer.json())


def kept(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.glob("*") if p.name != LOCK) if folder.exists() else []


def staged_files() -> list[Path]:
    return [path for path in staging_folder().rglob("*") if path.is_file()]


def until(is_so: Any) -> None:
    deadline = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < deadline
        sleep(0.1)


def test_a_file_is_read_put_right_accepted_and_answers(client: TestClient, home: Path) -> None:
    answer = send(client, "路灯.txt", LIGHTS)
    staged = answer.json()
    assert answer.status_code == 200 and staged["name"] == "路灯.txt"
    assert staged["fields"]["title"] == "路灯" and staged["characters"] > 10
    assert client.get(f"/library/staged/{staged['key']}").json()["text"].startswith("路灯")
    assert client.get("/library/staged").json()["files"] == [staged]
    assert ask(client)["outcome"] != "answered"
    right = {"title": "换灯泡", "published": "2026-02-04", "tags": "照明、 梧桐巷", "url": ""}
    result = accept(client, staged, **right)
    [added] = result["added"]
    assert added["title"] == "换灯泡" and result["answers"] and not result["refused"]
    assert ask(client)["citations"][0]["doc_id"] == added["doc_id"]
    assert kept(home / "documents") == ["路灯.toml", "路灯.txt"]
    described = (home / "documents/路灯.toml").read_text("utf-8")
    assert 'title = "换灯泡"' in described and 'tags = ["照明", "梧桐巷"]' in described
    assert "source" not in described and staged_files() == []
    assert client.get("/library/staged").json()["files"] == []


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that a process was started to parse."""
    names: list[str] = []
    run = subprocess.run

    def counted(command: list[str], **options: Any) -> Any:
        if "corpus.intake.child" in command:
            names.append(Path(command[-1]).name)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", counted)
    return names


@pytest.mark.parametrize("right", [{}, {"title": "换灯泡", "url": "https://example.org/a"}])
def test_a_file_is_parsed_once(
    client: TestClient, watch: Watch, home: Path, parsed: list[str], right: dict[str, str]
) -> None:
    """For the look at it; and what is held then is what a reading of the file would give."""
    doc_id = add(client, "路灯.md", "# 路灯\n\n梧桐巷的路灯换了新灯泡。\n".encode(), **right)
    assert parsed == ["路灯.md"]
    assert load(home / "documents/路灯.md") == watch.live.documents[doc_id]


def test_a_file_of_a_name_that_is_taken_is_read_under_its_own(
    client: TestClient, watch: Watch, home: Path, parsed: list[str]
) -> None:
    """Its title may be its name."""
    for text in ("路灯在立春换了。", "锅炉在冬至换了。"):
        doc_id = add(client, "通知.md", f"{text}\n".encode(), title="")
    assert load(home / "documents/通知-2.md") == watch.live.documents[doc_id]
    assert parsed.count("通知.md") == 2


def test_what_was_put_right_is_there_when_it_is_read_anew(
    client: TestClient, watch: Watch, home: Path
) -> None:
    doc_id = add(client, "路灯.txt", LIGHTS, title="换灯泡", source="街道办")
    for index in home.glob("index*"):
        shutil.rmtree(index)
    document = {d.doc_id: d for d in open_index(watch.settings).snapshot.collection.documents}
    assert (document[doc_id].title, document[doc_id].source) == ("换灯泡", "街道办")


def test_fields_are_changed_and_emptied(client: TestClient, watch: Watch, home: Path) -> None:
    doc_id = add(client, "a.txt", LIGHTS, tags="照明")
    fields = {
        "title": "灯",
        "source": '"街道" \\ 办',
        "url": "https://example.org/a",
        "tags": "照明",
    }
    answer = client.post(f"/library/documents/{doc_id}", json=fields).json()
    assert answer["answers"] and answer["fields"]["title"] == "灯"
    document = watch.live.documents[doc_id]
    assert (document.source, document.tags) == ('"街道" \\ 办', ("照明",))
    assert client.post(f"/library/documents/{doc_id}", json={}).json()["answers"]
    assert watch.live.documents[doc_id].title == "路灯"
    assert kept(home / "documents") == ["a.txt"]


def test_wrong_fields_are_refused_and_nothing_changes(client: TestClient, home: Path) -> None:
    doc_id = add(client, "a.txt", LIGHTS)
    for fields, said in WRONG:
        answer = client.post(f"/library/documents/{doc_id}", json=fields)
        assert answer.status_code == 400 and said in answer.json()["error"]["message"]
    assert kept(home / "documents") == ["a.txt"]


def test_one_that_is_wrong_leaves_the_others_in(client: TestClient) -> None:
    good, bad = send(client, "a.txt", LIGHTS).json(), send(client, "b.txt", BOILER).json()
    files = [{"key": good["key"]}, {"key": bad["key"], "published": "x"}, {"key": "0" * 32}]
    result = client.post("/library/accept", json={"files": files}).json()
    assert [row["key"] for row in result["added"]] == [good["key"]]
    assert [row["key"] for row in result["refused"]] == [bad["key"], "0" * 32]
    assert [file["key"] for file in client.get("/library/staged").json()["files"]] == [bad["key"]]


def test_the_same_text_is_not_added_twice(client: TestClient) -> None:
    add(client, "a.txt", LIGHTS)
    staged = send(client, "b.txt", LIGHTS).json()
    assert staged["known"] == "路灯"
    result = accept(client, staged)
    assert result["known"][0]["doc_id"] == "a" and not result["added"] and not staged_files()
    other = send(client, "c.txt", LIGHTS.replace("立春".encode(), "谷雨".encode())).json()
    assert (other["known"], other["namesake"]) == ("", "a")


def test_a_removed_document_is_out_at_once_and_can_be_put_back(
    client: TestClient, home: Path
) -> None:
    doc_id = add(client, "a.txt", LIGHTS, title="换灯泡")
    answer = client.post(f"/library/documents/{doc_id}/remove").json()
    assert answer["answers"] and ask(client)["outcome"] != "answered"
    assert answer["removal"]["seconds"] == UNDO_SECONDS
    [removal] = client.get("/library/staged").json()["removals"]
    assert removal["names"] == ["a.txt"] and 0 < removal["seconds"] <= UNDO_SECONDS
    assert client.post(f"/library/removals/{removal['key']}/undo").json()["answers"]
    assert ask(client)["citations"][0]["title"] == "换灯泡"
    assert kept(home / "documents") == ["a.toml", "a.txt"]
    again = client.post(f"/library/removals/{removal['key']}/undo")
    assert again.status_code == 400 and "不能撤销" in again.json()["error"]["message"]


def test_two_removals_can_both_be_undone(client: TestClient, watch: Watch, home: Path) -> None:
    """The second does not clear the first away."""
    ids = [add(client, "a.txt", LIGHTS), add(client, "b.txt", BOILER)]
    keys = []
    for doc_id in ids:
        removed = client.post(f"/library/documents/{doc_id}/remove").json()
        keys.append(removed["removal"]["key"])
    # Its name is taken by the time that it is put back.
    Library(watch.settings).add(
        [ours(home.parent / "up/a.txt", BOILER.replace("冬".encode(), "夏".encode()))]
    )
    for key in keys:
        assert client.post(f"/library/removals/{key}/undo").json()["answers"]
    assert kept(home / "documents") == ["a-2.txt", "a.txt", "b.txt"]


def ours(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def traces(home: Path, words: bytes) -> list[Path]:
    """The files below the home that hold these words; some may go while they are looked through."""
    found = []
    for folder, _, names in os.walk(home):
        for name in names:
            path = Path(folder, name)
            with suppress(FileNotFoundError):
                if words in path.read_bytes():
                    found.append(path)
    return found


def test_after_its_time_nothing_of_a_removed_document_is_left(
    client: TestClient, watch: Watch, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc_id = add(client, "a.txt", LIGHTS)
    client.post("/api/feedback", json=judged(ask(client)))
    words = "梧桐巷的路灯在立春".encode()
    assert traces(home, words)
    client.post(f"/library/documents/{doc_id}/remove")
    assert traces(home, words)
    monkeypatch.setattr("bot.set_aside.UNDO_SECONDS", 0)
    with Upkeep(Library(watch.settings), staging_folder()).going_on():
        until(lambda: not traces(home, words))
    assert kept(home / "documents") == []


def judged(answer: Json) -> Json:
    cited = [f"{c['doc_id']}.{c['start']}-{c['end']}" for c in answer["citations"]]
    return {
        "answer_id": answer["answer_id"],
        "verdict": "down",
        "question": answer["question"],
        "outcome": answer["outcome"],
        "text": answer["text"],
        "citations": cited,
    }


def test_a_server_that_stops_or_died_leaves_no_removed_document(
    client: TestClient, watch: Watch, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, words = Library(watch.settings), "梧桐巷的路灯在立春".encode()
    with Upkeep(library, staging_folder()).going_on():
        client.post(f"/library/documents/{add(client, 'a.txt', LIGHTS)}/remove")
        send(client, "b.txt", BOILER)
        assert traces(home, words) and staged_files()
    assert not traces(home, words) and not staged_files()
    # One that was killed: the next one clears away what waits, and what was removed in its time.
    client.post(f"/library/documents/{add(client, 'a.txt', LIGHTS)}/remove")
    with monkeypatch.context() as later:
        later.setattr("bot.set_aside.time", lambda: monotonic() + 10**9)
        with Upkeep(Library(watch.settings), staging_folder()).going_on():
            until(lambda: not traces(home, words))


def test_a_command_clears_away_what_is_due_alone(
    client: TestClient, watch: Watch, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(f"/library/documents/{add(client, 'a.txt', LIGHTS)}/remove")
    library, words = Library(watch.settings), "梧桐巷的路灯在立春".encode()
    library.add([ours(home.parent / "up/b.txt", BOILER)])
    assert traces(home, words)
    monkeypatch.setattr("bot.set_aside.UNDO_SECONDS", 0)
    library.remove(["b"])
    assert not traces(home, words)


def test_what_comes_with_the_program_stays(client: TestClient, watch: Watch) -> None:
    add(client, "a.txt", LIGHTS)
    for path, body in ((f"{BUNDLED}/remove", None), (BUNDLED, {"title": "x"})):
        answer = client.post(f"/library/documents/{path}", json=body)
        assert answer.status_code == 400 and "随程序附带" in answer.json()["error"]["message"]
    assert BUNDLED in watch.live.documents
    page = client.get("/documents").text
    assert page.count('<p class="cw-manage">随程序附带') == 1 and page.count("data-document=") == 1


def test_an_unknown_document_is_no_document(client: TestClient) -> None:
    for path in ("documents/none/remove", "removals/../undo", "removals/1-none/undo"):
        assert client.post(f"/library/{path}").status_code in (400, 404)
    assert client.post("/library/documents/none/remove").status_code == 400
    assert client.get("/library/staged/none").status_code == 400


def test_for_all_others_there_is_no_editor(client: TestClient, watch: Watch) -> None:
    """The same bytes and headers as where no operator is."""
    plain = TestClient(create_app(watch.live), HOST, headers=OURS)
    for headers in OTHERS:
        are_the_same(client, plain, headers)


def are_the_same(client: TestClient, plain: TestClient, headers: dict[str, str]) -> None:
    for path in ("/documents", "/documents?lang=en", "/library/staged", "/library", "/library/x"):
        ours, theirs = client.get(path, headers=headers), plain.get(path, headers=headers)
        assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
        assert dict(ours.headers) == dict(theirs.headers)
    for path in ("staged?name=a.txt", "accept", "discard", "documents/a", "documents/a/remove"):
        ours = client.post(f"/library/{path}", headers=headers, content=LIGHTS)
        theirs = plain.post(f"/library/{path}", headers=headers, content=LIGHTS)
        assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
    assert "library" not in client.get("/documents", headers=headers).text and not staged_files()


def test_a_page_elsewhere_changes_nothing(client: TestClient, home: Path) -> None:
    doc_id = add(client, "a.txt", LIGHTS)
    staged = send(client, "b.txt", BOILER).json()
    before = kept(home / "documents")
    files = {"files": [{"key": staged["key"]}]}
    actions: list[tuple[str, Json]] = [
        ("staged?name=c.txt", {"content": LIGHTS}),
        ("accept", {"json": files}),
        ("discard", {"json": {"keys": [staged["key"]]}}),
        (f"documents/{doc_id}", {"json": {"title": "x"}}),
        (f"documents/{doc_id}/remove", {}),
        ("removals/1-a/undo", {}),
    ]
    for headers, (path, body) in product(ELSEWHERE, actions):
        assert client.post(f"/library/{path}", headers=headers, **body).status_code == 403, path
    assert kept(home / "documents") == before and len(staged_files()) == 1


def test_by_a_token_there_is_an_editor_everywhere(watch: Watch) -> None:
    settings = load_settings([*WORDS, f"operator.token={TOKEN}"], {})
    opened = open_index(settings)
    app = create_app(Live(opened.service(settings), opened.generation), library=Library(settings))
    away = TestClient(app, "https://bot.test", headers=OURS)
    assert 'id="library"' not in away.get("/documents").text
    assert away.get("/library/staged").status_code == 404
    away.post("/evals/login", data={"token": TOKEN})
    page = away.get("/documents")
    assert 'id="library"' in page.text and page.headers["cache-control"] == "no-store"
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    assert send(away, "a.txt", LIGHTS).status_code == 200
    bearer = TestClient(app, "https://bot.test", headers={"authorization": f"Bearer {TOKEN}"})
    assert send(bearer, "b.txt", BOILER).status_code == 200


def test_the_page_writes_no_word_of_a_document_as_html(client: TestClient) -> None:
    add(client, "a.txt", LIGHTS, title='"><script>alert(1)</script>', source="'><b>")
    page = client.get("/documents").text
    assert "<script>alert" not in page and "'><b>" not in page


def test_only_the_last_part_of_a_name_counts(client: TestClient) -> None:
    for name, kept_as in NAMES:
        assert send(client, name, LIGHTS).json()["name"] == kept_as, name
    for path in staged_files():
        assert path.parent.parent == staging_folder()


def test_what_is_no_document_is_named_and_leaves_nothing(client: TestClient) -> None:
    for name, data in NO_DOCUMENTS:
        message = send(client, name, data).json()["refused"]
        assert name in message and str(staging_folder()) not in message
    assert not staged_files() and not list(staging_folder().glob("*"))


def test_a_file_that_is_too_large_is_refused(client: TestClient) -> None:
    assert send(client, "a.txt", b" " * (5 * 1024 * 1024) + LIGHTS).status_code == 200
    assert send(client, "b.txt", b" " * (LARGEST + 1)).status_code == 413
    assert client.post("/library/accept", content=b" " * LARGEST).status_code == 413
    assert len(staged_files()) == 1


def test_what_waits_is_bounded_in_words(watch: Watch) -> None:
    app = FastAPI()
    area = StagingArea(staging_folder(), most_files=2, most=400)
    app.include_router(library_editor(watch.live, Library(watch.settings), area))
    area.receive("a.txt", LIGHTS)
    with pytest.raises(Exception, match="合计"):
        area.receive("b.txt", BOILER * 10)
    area.receive("b.txt", BOILER)
    with pytest.raises(Exception, match="已有 2 个文件待收录"):
        area.receive("c.txt", LIGHTS)
    area.discard([area.all()[0].key, "none"])
    area.receive("c.txt", LIGHTS)


def test_one_too_many_at_once_is_told_when_to_come_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editor_module, "READ_AT_ONCE", 0)
    answer = send(client, "a.txt", LIGHTS)
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0
    assert not staged_files()


def test_an_upload_that_breaks_off_leaves_nothing(app: FastAPI) -> None:
    head = "POST /library/staged?name=a.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    with serving(app) as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", port)) as caller:
                caller.sendall(f"{head}Content-Length: 1000\r\n\r\n".encode() + LIGHTS)
                sleep(0.05)
        local = TestClient(app, HOST, headers=OURS)
        until(lambda: send(local, "b.txt", BOILER).status_code == 200)
    assert [path.name for path in staged_files()] == ["b.txt"]


def test_fifty_files_and_a_bad_one(client: TestClient, watch: Watch) -> None:
    keys = []
    for number in range(50):
        text = f"第{number}号通知\n\n第{number}号通知说的是第{number}件事。\n"
        keys.append({"key": send(client, f"{number}.txt", text.encode()).json()["key"]})
    assert "坏.docx" in send(client, "坏.docx", b"PK").json()["refused"]
    result = client.post("/library/accept", json={"files": keys}).json()
    assert len(result["added"]) == 50 and result["answers"] and not result["refused"]
    assert len(watch.live.documents) == 51


def test_while_a_command_changes_the_library_the_page_is_told(
    client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(client, "a.txt", LIGHTS)
    staged = send(client, "b.txt", BOILER).json()
    monkeypatch.setattr(library_lock, "WAIT_SECONDS", 0.2)
    with (home / "documents" / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path, body in (("accept", {"files": [{"key": staged["key"]}]}), ("documents/a", {})):
            answer = client.post(f"/library/{path}", json=body)
            assert answer.status_code == 503 and "另一进程" in answer.json()["error"]["message"]
            assert answer.headers["retry-after"]
        english = client.post(
            "/library/documents/a/remove", headers={"accept-language": "en"}
        ).json()
        assert "another process" in english["error"]["message"]
    assert len(staged_files()) >= 1 and accept(client, staged)["answers"]


def test_where_the_answers_do_not_follow_it_is_said(watch: Watch, tmp_path: Path) -> None:
    app = FastAPI()
    still = Live(watch.live.service, watch.live.generation)
    area = StagingArea(staging_folder())
    app.include_router(library_editor(still, Library(watch.settings), area, patience=0.2))
    client = TestClient(app, HOST)
    staged = send(client, "a.txt", LIGHTS).json()
    assert accept(client, staged)["answers"] is False


def test_files_that_nobody_accepts_go_after_an_hour(
    client: TestClient, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Upkeep(Library(watch.settings), staging_folder()).going_on():
        staged = send(client, "a.txt", LIGHTS).json()
        monkeypatch.setattr("bot.staging.time", lambda: 10**10)
        until(lambda: not staged_files())
    assert client.get("/library/staged").json()["files"] == []
    body = {"files": [{"key": staged["key"]}]}
    [refused] = client.post("/library/accept", json=body).json()["refused"]
    assert "重新选取" in refused["message"]


def test_the_last_document_of_a_folder_of_ones_own_stays(tmp_path: Path, home: Path) -> None:
    corpus = tmp_path / "corpus"
    ours(corpus / "a.txt", LIGHTS)
    settings = load_settings(WORDS, {})
    opened = open_index(settings, corpus)
    live = Live(opened.service(settings), opened.generation)
    app = create_app(live, True, library=Library(settings, corpus))
    client = TestClient(app, HOST, headers=OURS)
    answer = client.post("/library/documents/a/remove")
    assert answer.status_code == 400 and "最后一篇" in answer.json()["error"]["message"]
    assert kept(corpus) == ["a.txt"]


@contextmanager
def operated(home: Path) -> Iterator[tuple["subprocess.Popen[str]", httpx.Client]]:
    """A server of its own process, and the operator's page."""
    argv = [sys.executable, "app.py", "--operator"]
    for setting in WORDS:
        argv += ["--set", setting]
    environment = os.environ | {"CHENGWEN_HOME": str(home), "HOST": "", "PORT": "0"}
    with subprocess.Popen(
        argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        with httpx.Client(base_url=address, headers=OURS, timeout=PATIENCE) as page:
            yield process, page
        process.kill()


def add_and_remove(page: httpx.Client) -> None:
    staged = page.post("/library/staged", params={"name": "a.txt"}, content=LIGHTS).json()
    page.post("/library/staged", params={"name": "b.txt"}, content=BOILER)
    files = {"files": [{"key": staged["key"]}]}
    assert page.post("/library/accept", json=files).json()["answers"]
    assert page.post("/library/documents/a/remove").json()["answers"]


def test_a_process_that_is_stopped_or_killed_deletes_what_was_removed(home: Path) -> None:
    words = "梧桐巷的路灯在立春".encode()
    with operated(home) as (process, page):
        add_and_remove(page)
        assert traces(home, words) and staged_files()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert not traces(home, words) and not staged_files()
    with operated(home) as (process, page):
        add_and_remove(page)
        process.kill()
    assert traces(home, words) and staged_files()
    # As if its time had passed meanwhile.
    [aside] = (home / "documents").glob(".removed-until-*")
    aside.rename(aside.with_name(".removed-until-1700000000-a"))
    with operated(home):
        until(lambda: not traces(home, words) and not staged_files())
