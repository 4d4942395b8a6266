"""A conversation as a Word document: what is in it, that it opens, and what is refused."""

import io
import zipfile
from typing import Any

import docx
import pytest
from fastapi.testclient import TestClient
from support.asking import application

from bot.web.conversation_file import MEDIA_TYPE, Note, Told, Turn, Words, word_document
from corpus import Document

URL = "http://127.0.0.1/read/d?start=1&end=2#cited"
EXTRACT = Told(
    "甲。[1]乙。[2][9]", "原文摘录", (Note("甲。", "题 · 节", URL), Note("乙。", "题", ""))
)
PROSE = Told("丙。[1]", "人工智能生成 · m-7b", (Note("丙。", "题", "javascript:alert(1)"),))
TURNS = (Turn("第一问？", (PROSE, EXTRACT)), Turn("第二问？", (EXTRACT,)))
WORDS = Words("城问对话 · 今天", "注")


def opened(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def lines(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in opened(data).paragraphs]


def test_the_notes_are_counted_through_and_stand_at_the_end() -> None:
    told = lines(word_document("题目", TURNS, WORDS))
    assert told[:5] == ["题目", "城问对话 · 今天", "第一问？", "丙。[1]", "人工智能生成 · m-7b"]
    assert told[5:10] == [
        "甲。[2]乙。[3][9]",
        "原文摘录",
        "第二问？",
        "甲。[4]乙。[5][9]",
        "原文摘录",
    ]
    assert told[10] == "注" and len(told) == 16
    assert told[11].startswith("[1] 丙。") and told[12] == f"[2] 甲。  题 · 节  {URL}"


def test_each_number_leads_to_its_note_and_each_note_to_the_web_alone() -> None:
    data = word_document("题目", TURNS, WORDS)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml").decode()
        links = archive.read("word/_rels/document.xml.rels").decode()
    for number in range(1, 6):
        assert body.count(f'w:anchor="note{number}"') == body.count(f'w:name="note{number}"') == 1
    assert "javascript" not in links and links.count('TargetMode="External"') == 1


def test_its_properties_name_us_and_its_text_may_be_anything() -> None:
    odd = "a\x00\x08\ud800\ufffe<w:p>&"
    data = word_document(odd, (Turn(odd, (Told(odd, odd, (Note(odd, odd, odd),)),)),), WORDS)
    assert opened(data).core_properties.author == "城问 Chengwen"
    assert "a<w:p>&" in lines(data)
    assert lines(word_document("空", (), WORDS)) == ["空", "城问对话 · 今天"]


def sent(**fields: Any) -> dict[str, Any]:
    source = {"quote": "甲。", "place": "题 · 节", "url": URL}
    answer = {"text": "甲。[1]", "label": "原文摘录", "sources": [source]}
    turn = {"question": "问？", "answers": [answer]}
    return {"title": "问？", "when": "今天", "lang": "en", "turns": [turn], **fields}


@pytest.mark.slow
def test_over_http(article: Document) -> None:
    with TestClient(application(article)) as client:
        given = client.post("/export/docx", json=sent())
        assert given.status_code == 200 and given.headers["content-type"] == MEDIA_TYPE
        told = lines(given.content)
        assert told[1] == "Chengwen conversation · 今天" and "Notes" in told
        turn = sent()["turns"][0]
        for wrong in (
            sent(turns=[]),
            sent(turns=[turn] * 101),
            sent(title="长" * 4001),
            sent(turns=[{**turn, "answers": turn["answers"] * 3}]),
            sent(more=1),
        ):
            assert client.post("/export/docx", json=wrong).status_code == 400
        large = client.post("/export/docx", json=sent(title="x" * 1_100_000))
        assert large.status_code == 413
        assert client.post("/export/docx", content="{}").status_code == 415
        elsewhere = {"origin": "https://evil.example"}
        assert client.post("/export/docx", json=sent(), headers=elsewhere).status_code == 403


@pytest.mark.slow
def test_nobody_has_many_made_at_once(article: Document) -> None:
    with TestClient(application(article)) as client:
        codes = [client.post("/export/docx", json=sent()).status_code for _ in range(11)]
        assert codes == [200] * 10 + [429]
