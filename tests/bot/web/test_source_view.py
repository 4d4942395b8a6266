"""A source among what stands around it: what is shown, what is escaped, and what it was as written."""

import pytest
from fastapi.testclient import TestClient
from support.asking import application

from bot.web.source_view import source_html, surroundings
from corpus import Document, Passage, Section

TEXT = "标题\n前,一句。中<b>(二)</b>句。后;\n别的。"
SOURCE = Document(
    "d", "题,名", TEXT, source="报", published="2020-12-05", sections=(Section("节", 0, 30),)
)
MIDDLE = Passage(SOURCE, TEXT.index("中"), TEXT.index("后"))


def test_the_quote_is_marked_in_its_paragraph_with_its_place() -> None:
    html = source_html(MIDDLE, "zh")
    assert '<h2 class="cw-title">题，名</h2>' in html and "节 · 报 · 2020-12-05" in html
    assert "前，一句。<mark>中&lt;b&gt;（二）&lt;/b&gt;句。</mark>后；</blockquote>" in html
    assert "标题" not in html and "别的" not in html
    assert '<a href="/read/d?start=' in html and "<b>" not in html


def test_what_was_written_is_there_where_it_differs() -> None:
    html = source_html(MIDDLE, "zh")
    raw = html.split('<blockquote class="cw-raw"')[1]
    assert "前,一句。<mark>中&lt;b&gt;(二)&lt;/b&gt;句。</mark>后;</blockquote>" in raw
    same = Document("e", "题", "甲。乙。")
    assert "cw-raw" not in source_html(Passage(same, 0, 2), "zh")


def test_a_line_of_its_own_is_shown_with_the_lines_beside_it() -> None:
    rows = Document("t", "表", "东 | 1\n西 | 2\n南 | 3\n北 | 4")
    start = rows.text.index("西")
    found = surroundings(Passage(rows, start, start + 5))
    assert rows.text[slice(*found)] == "东 | 1\n西 | 2\n南 | 3"
    assert surroundings(Passage(Document("o", "", "一句。"), 0, 3)) == (0, 3)


def test_of_a_long_paragraph_whole_sentences_near_by_are_shown() -> None:
    sentence = "这一句有二十个字左右的内容用来占位置的。"
    long = Document("l", "长", sentence * 60)
    at = len(sentence) * 30
    start, end = surroundings(Passage(long, at, at + len(sentence)))
    assert long.text[start:end] == sentence * 17


@pytest.mark.slow
def test_the_address_gives_the_piece_in_the_language_asked_for(article: Document) -> None:
    with TestClient(application(article)) as client:
        html = client.get(f"/source/{article.doc_id}.0-5?lang=en")
        assert html.headers["content-type"].startswith("text/html")
        assert "<mark>" in html.text and "Read in the article" in html.text
        for wrong in (f"{article.doc_id}.5-5", f"{article.doc_id}.0-99999999", "none.0-5", "x"):
            assert client.get(f"/source/{wrong}").status_code == 404
