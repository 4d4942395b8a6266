"""GET /file/{doc_id}: the file of a document as it came, under the rights of its page, and nothing else."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from starlette.testclient import TestClient
from support.asking import events, words_of
from support.originals import QUESTION, REPORT, WORDS, fill, fill_further, ids, watched
from support.pdf import column, pdf

from bot.answer import Answer, Citation, extracted_text
from bot.cli.__main__ import main
from bot.index_build import open_index
from bot.index_location import documents_folder
from bot.live import Live, Watch
from bot.service import Service
from bot.settings import Settings, load_settings
from bot.web.api.mcp import local_server
from bot.web.app import create_app
from bot.web.messages import answer_message, safe_message
from corpus import Document
from corpus.load import load

HOST = "http://127.0.0.1"
POLICY = "sandbox; default-src 'none'; frame-ancestors 'self'"


def opened(folder: Path | None, *settings: str) -> tuple[Watch, TestClient]:
    """What takes changes of a folder into a service, and a visitor of it."""
    watch = watched(folder, *settings)
    return watch, TestClient(create_app(watch.live), HOST)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill_further(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHENGWEN_HOME", str(tmp_path_factory.mktemp("home")))
        yield opened(folder)[1]


def test_every_file_comes_with_its_bytes(client: TestClient, folder: Path) -> None:
    for name, doc_id in ids(folder).items():
        answer = client.get(f"/file/{doc_id}")
        assert answer.status_code == 200 and answer.content == (folder / name).read_bytes()
        head = client.head(f"/file/{doc_id}")
        assert head.content == b"" and head.headers == answer.headers


@pytest.mark.parametrize(
    ("name", "kind", "disposition"),
    [
        ("report.pdf", "application/pdf", "inline"),
        ("图书馆.html", "text/plain; charset=utf-8", "inline"),
        ("park.txt", "text/plain; charset=gb18030", "inline"),
        ("notice.md", "text/plain; charset=utf-8", "inline"),
        ("beds.csv", "text/plain; charset=utf-8", "inline"),
        (
            "hours.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "attachment",
        ),
    ],
)
def test_the_type_is_ours_to_say_and_nothing_may_run(
    client: TestClient, folder: Path, name: str, kind: str, disposition: str
) -> None:
    headers = client.get(f"/file/{ids(folder)[name]}").headers
    assert headers["content-type"] == kind
    assert headers["x-content-type-options"] == "nosniff"
    assert headers.get_list("content-security-policy") == [POLICY]
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cache-control"] == "private, no-cache"
    shown_name = {"图书馆.html": "%E5%9B%BE%E4%B9%A6%E9%A6%86.html"}.get(name, name)
    assert headers["content-disposition"] == f"{disposition}; filename*=UTF-8''{shown_name}"


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, None),
        ("bytes=-20", -20, None),
        ("bytes=5-999999999", 5, None),
    ],
)
def test_a_range_of_bytes(client: TestClient, wanted: str, start: int, end: int | None) -> None:
    answer = client.get("/file/report", headers={"range": wanted})
    part = REPORT[start:end]
    first = start % len(REPORT)
    assert answer.status_code == 206 and answer.content == part
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(REPORT)}"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-security-policy"] == POLICY


def test_a_range_that_is_not_there(client: TestClient) -> None:
    answer = client.get("/file/report", headers={"range": f"bytes={len(REPORT)}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(REPORT)}"
    assert client.get("/file/report", headers={"range": "pages=1-2"}).status_code == 400


def test_a_range_of_another_version_gives_the_whole(client: TestClient) -> None:
    tag = client.get("/file/report").headers["etag"]
    asked = {"range": "bytes=0-9"}
    assert client.get("/file/report", headers={**asked, "if-range": tag}).status_code == 206
    assert client.get("/file/report", headers={**asked, "if-range": '"other"'}).content == REPORT


def test_what_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/file/report").headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get("/file/report", headers={"if-none-match": sent})
        assert answer.status_code == 304 and not answer.content and answer.headers["etag"] == tag
        assert answer.headers["cache-control"] == "private, no-cache"
    for sent in ('"other"', "", tag.strip('"')):
        assert client.get("/file/report", headers={"if-none-match": sent}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/file/none-such",
        "/file/..%2f..%2fetc%2fpasswd",
        "/file/%2e%2e",
        "/file/../corpus/report.pdf",
        "/file/%2Fetc%2Fpasswd",
        "/file/report.pdf",
        "/file/report%00",
        "/file/report/",
        "/file/",
        "/file//report",
        "/file=/etc/passwd",
    ],
)
def test_no_other_file_can_be_named(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 404 and b"root:" not in answer.content


def test_nothing_can_be_written_there(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert client.request(method, "/file/report").status_code in (404, 405)


def test_what_stands_beside_the_documents_is_no_original(tmp_path: Path) -> None:
    folder = fill(tmp_path / "corpus")
    (folder / "report.toml").write_text('tags = ["养老"]', "utf-8")
    (folder / "_terms.toml").write_text('[terms]\n"助餐" = ""', "utf-8")
    (folder / ".hidden.txt").write_text("密码", "utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    client = opened(folder)[1]
    assert client.get("/file/report").content == REPORT
    for name in ("_terms", "-hidden", "broken"):
        assert client.get(f"/file/{name}").status_code == 404


def test_a_link_is_no_original_wherever_it_leads(tmp_path: Path) -> None:
    folder = fill(tmp_path / "corpus")
    (tmp_path / "secret.txt").write_text("不在文件夹里的一段文字。", "utf-8")
    (folder / "linked.txt").symlink_to(tmp_path / "secret.txt")
    _, client = opened(folder)
    assert client.get("/read/linked").status_code == 200
    assert client.get("/file/linked").status_code == 404
    # A file that was indexed, and that a link to the same bytes has taken the place of.
    os.replace(folder / "report.pdf", tmp_path / "report.pdf")
    (folder / "report.pdf").symlink_to(tmp_path / "report.pdf")
    assert client.get("/file/report").status_code == 404


def test_a_file_that_changed_or_is_gone_is_none_until_the_index_follows(tmp_path: Path) -> None:
    folder = fill(tmp_path / "corpus")
    watch, client = opened(folder)
    (folder / "park.txt").write_text("公园管理办法\n公园每天五点开门。", "utf-8")
    (folder / "report.pdf").unlink()
    for doc_id in ("park", "report"):
        missing = client.get(f"/file/{doc_id}")
        assert missing.status_code == 404
        assert missing.text == client.get("/read/none-such").text.replace(
            "/read/none-such", f"/file/{doc_id}"
        )
    assert watch.refresh()
    assert "五点" in client.get("/file/park").text
    assert client.get("/read/report").status_code == client.get("/file/report").status_code == 404


def test_of_two_files_of_one_name_each_is_its_own(tmp_path: Path) -> None:
    folder = fill(tmp_path / "corpus")
    (folder / "report.txt").write_text("另一份同名的报告。", "utf-8")
    (folder / "same.pdf").write_bytes(REPORT)
    client = opened(folder)[1]
    held = ids(folder)
    assert held["same.pdf"] == held["report.pdf"] == "report" != held["report.txt"]
    assert client.get("/file/report").content == REPORT
    assert client.get(f"/file/{held['report.txt']}").text == "另一份同名的报告。"


def test_originals_of_the_library_are_the_articles_and_what_was_added() -> None:
    fill(documents_folder())
    client = opened(None)[1]
    assert client.get("/file/report").content == REPORT
    article = "gmw-2020-12-05-chengshi-zhili"
    assert "城市" in client.get(f"/file/{article}").text


def test_a_corpus_of_one_file_has_an_original(tmp_path: Path) -> None:
    folder = fill(tmp_path / "corpus")
    client = opened(folder / "report.pdf")[1]
    assert client.get("/file/report").content == REPORT
    assert client.get("/file/park").status_code == 404


def test_documents_that_are_no_files_have_none(tmp_path: Path, article: Document) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "report", "title": "报告", "text": "床位三万二千张。"}\n', "utf-8"
    )
    in_memory = TestClient(create_app(Live(Service(words_of(article), None, Settings()))), HOST)
    for client, doc_id in ((opened(tmp_path)[1], "report"), (in_memory, article.doc_id)):
        page = client.get(f"/read/{doc_id}")
        assert page.status_code == 200 and "/file/" not in page.text
        assert client.get(f"/file/{doc_id}").status_code == 404


def test_the_page_of_a_document_links_its_original(client: TestClient, folder: Path) -> None:
    assert '<a href="/file/report">打开原件</a>' in client.get("/read/report").text
    assert (
        '<a href="/file/report">Open the original file</a>'
        in client.get("/read/report?lang=en").text
    )
    text = load(folder / "report.pdf").text
    at = text.index("社区食堂")
    cited = client.get(f"/read/report?start={at}&end={at + 4}").text
    assert '<a href="/file/report#page=3">打开原件</a>' in cited
    assert '<a href="/file/notice">' in client.get("/read/notice?start=0&end=2").text


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Document:
    path = tmp_path_factory.mktemp("english") / "meals.pdf"
    lines = [["Meals at home"], ["Prices"], ["The kitchen serves 560 meals on every working day."]]
    path.write_bytes(pdf([column(text, size=8, step=40) for text in lines]))
    return load(path)


def test_the_interfaces_say_the_page(client: TestClient) -> None:
    asked = client.post("/api/ask", json={"question": QUESTION, "stream": False}).json()
    assert [citation["page"] for citation in asked["citations"]] == [3]
    stream = client.post("/api/ask", json={"question": QUESTION}).text
    told = {name: data for name, _, data in events(stream)}
    assert [citation["page"] for citation in told["citations"]] == [3]
    said = {"messages": [{"role": "user", "content": QUESTION}]}
    completion = client.post("/v1/chat/completions", json=said).json()
    assert [citation["page"] for citation in completion["citations"]] == [3]
    chunks = client.post("/v1/chat/completions", json={**said, "stream": True}).text
    assert '"page":3' in chunks.replace(" ", "")
    (cited,) = asked["citations"]
    passage = client.get(f"/api/passages/report.{cited['start']}-{cited['end']}").json()
    assert (passage["page"], passage["file"]) == (3, "/file/report#page=3")


def test_the_commands_say_the_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--corpus", str(folder), *(word for one in WORDS for word in ("--set", one))]
    assert main(["ask", QUESTION, *options]) == 0
    assert "社区养老服务报告 · 第三章 助餐 · 第 3 页: 社区食堂" in capsys.readouterr().out
    batch = folder.parent / "batch.jsonl"
    batch.write_text(json.dumps({"id": "a", "question": QUESTION}), "utf-8")
    assert main(["ask", "--batch", str(batch), *options]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert [citation["page"] for citation in row["citations"]] == [3]


def test_the_tools_say_the_page(folder: Path) -> None:
    chosen = load_settings(WORDS, {})
    service = open_index(chosen, folder, progress=False).service(chosen)

    async def talk() -> tuple[Any, Any]:
        async with Client(local_server(service)) as tools:
            asked = await tools.call_tool("ask", {"question": QUESTION})
            found = await tools.call_tool("search", {"question": QUESTION, "k": 1})
        return asked.structured_content, found.structured_content

    asked, found = anyio.run(talk)
    assert [citation["page"] for citation in asked["citations"]] == [3]
    assert [passage["page"] for passage in found["passages"]] == [3]


@pytest.mark.parametrize(("language", "named"), [("zh", "PDF 原件"), ("en", "Original PDF")])
def test_the_chat_says_the_page_and_opens_the_file_there(
    folder: Path, english: Document, language: str, named: str
) -> None:
    document = load(folder / "report.pdf")
    at = document.text.index("社区食堂")
    chinese = Citation(document, at, len(document.text))
    start = english.text.index("The kitchen")
    cited = (chinese, Citation(english, start, len(english.text)))
    answer = Answer("问？", "answered", extracted_text(cited), citations=cited)
    whole = answer_message(answer, language, "0" * 32, lambda doc_id: doc_id == "report")
    assert "第三章 助餐 · 第 3 页</cite>" in whole and "p. 3</cite>" in whole
    assert f'<a class="cw-original" href="/file/report#page=3">{named}</a>' in whole
    assert whole.count("/file/") == 1 and safe_message(whole) == whole
    without = answer_message(answer, language, "0" * 32)
    assert "/file/" not in without and "第 3 页" in without


def test_they_can_be_switched_off(tmp_path: Path) -> None:
    client = opened(fill(tmp_path / "corpus"), "page.originals=off")[1]
    assert client.get("/file/report").status_code == 404
    page = client.get("/read/report")
    assert page.status_code == 200 and "/file/" not in page.text
    assert client.get("/api/passages/report.0-2").json()["file"] == ""
