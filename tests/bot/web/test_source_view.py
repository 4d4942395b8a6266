"""A source among what stands around it: what is shown, what is escaped, and what it was as written."""

import pytest
from fastapi.testclient import TestClient
from support.asking import application
from support.documents import document_of, header, row

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
    assert "前，一句。<mark>中&lt;b&gt;（二）&lt;/b&gt;句。</mark>后；</p></blockquote>" in html
    assert "标题" not in html and "别的" not in html
    assert '<a href="/read/d?start=' in html and "<b>" not in html


def test_what_was_written_is_there_where_it_differs() -> None:
    html = source_html(MIDDLE, "zh")
    raw = html.split('<blockquote class="cw-raw"')[1]
    assert "前,一句。<mark>中&lt;b&gt;(二)&lt;/b&gt;句。</mark>后;</p></blockquote>" in raw
    same = Document("e", "题", "甲。乙。")
    assert "cw-raw" not in source_html(Passage(same, 0, 2), "zh")


def test_a_line_of_its_own_is_shown_with_the_lines_beside_it() -> None:
    rows = Document("t", "表", "东 | 1\n西 | 2\n南 | 3\n北 | 4")
    start = rows.text.index("西")
    found = surroundings(Passage(rows, start, start + 5))
    assert rows.text[slice(*found)] == "东 | 1\n西 | 2\n南 | 3"
    assert surroundings(Passage(Document("o", "", "一句。"), 0, 3)) == (0, 3)


def fares() -> Document:
    """Column names, five rows, and a sentence behind them."""
    names = header("线路", "起点", "票价(元)")
    stops = (("1路", "东站"), ("2路", "西站"), ("3路", "南站"), ("4路", "北站"), ("5路", ""))
    rows = [row(*stop, f"{n},{n}00") for n, stop in enumerate(stops, 1)]
    return document_of("票价表", names, *rows, "票价自下月起施行。", title="票价表")


def source_of_row(number: int) -> str:
    document = fares()
    rows = [unit for unit in document.units if unit.kind == "row"]
    return source_html(Passage(document, rows[number].start, rows[number].end), "zh")


def test_a_row_is_shown_in_its_table_under_the_column_names_with_its_cells_marked() -> None:
    html = source_of_row(2)
    shown = html.split("<blockquote")[1]
    assert "<tr><th>线路</th><th>起点</th><th>票价（元）</th></tr>" in shown
    assert shown.count("<tr>") == 4 and "1路" not in shown and "|" not in html
    marked = "<td><mark>3路</mark></td><td><mark>南站</mark></td><td><mark>3,300</mark></td>"
    assert marked in shown and shown.count("<mark>") == 3
    assert "<th>票价(元)</th>" in html.split("<blockquote")[2]


def test_the_ends_of_a_table_have_its_names_once_and_what_stands_beside_it() -> None:
    assert source_of_row(0).split("<blockquote")[1].count("<th>") == 3
    last = source_of_row(4).split("<blockquote")[1]
    assert last.count("<th>") == 3 and "<td></td>" in last
    assert "</table></div><p>票价自下月起施行。</p>" in last


def test_a_sentence_beside_a_table_has_the_row_under_its_names() -> None:
    document = fares()
    start = document.text.index("票价自下月")
    html = source_html(Passage(document, start, len(document.text)), "zh")
    assert (
        html.split("<blockquote")[1].count("<tr>") == 2
        and "<mark>票价自下月起施行。</mark>" in html
    )


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
