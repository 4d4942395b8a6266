"""Web pages, PDF and Word files: of each kind one in the child process, as `load` has it parsed, and the rest here.

Libraries of formats are imported where they are used: in most processes that run tests nothing needs them.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.pdf import column, pdf

from corpus.errors import DocumentError
from corpus.intake.article import Article, clean
from corpus.intake.child import parse
from corpus.load import load

pytestmark = pytest.mark.slow


WHOLE = pdf([column(["城市治理。"])])


def parsed(path: Path) -> Article:
    """What the child makes of a file, without the half second that it takes to start."""
    return clean(parse(path.suffix[1:], path))


def test_a_word_file_with_headings_items_and_rows(tmp_path: Path) -> None:
    import docx

    file = docx.Document()
    file.add_heading("街道更新导则", 0)
    file.add_paragraph("来源\uff1a江城市规划局 2021-03-04")
    file.add_heading("一、目标", 1)
    file.add_paragraph("\u3000\u3000让街道回到人的尺度。")
    file.add_paragraph("加宽人行道", style="List Bullet")
    file.add_paragraph("收窄车行道", style="List Bullet")
    table = file.add_table(2, 2)
    for cell, text in zip(table._cells, ("指标", "数量", "过街", "42处"), strict=True):
        cell.text = text
    path = tmp_path / "guide.docx"
    file.save(str(path))
    document = load(path)
    assert document.title == "街道更新导则"
    assert document.text.split("\n") == [
        "街道更新导则",
        "来源\uff1a江城市规划局 2021-03-04",
        "一、目标",
        "让街道回到人的尺度。",
        "加宽人行道",
        "收窄车行道",
        "指标 | 数量",
        "过街 | 42处",
    ]
    assert [s.heading for s in document.sections] == ["标题", "出处", "一、目标"]
    assert (document.source, document.published) == ("江城市规划局", "2021-03-04")


def test_a_word_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"a" * (101 * 1024 * 1024))
    assert path.stat().st_size < 200_000
    with pytest.raises(DocumentError, match="解压后过大"):
        parsed(path)


@pytest.mark.long
def test_a_word_file_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    import docx

    file = docx.Document()
    file.add_paragraph("一。")
    whole = io.BytesIO()
    file.save(whole)
    path = tmp_path / "deep.docx"
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "word/document.xml":
                data = data.replace(b"<w:p>", b"<w:p/>" * 14_000_000 + b"<w:p>", 1)
            archive.writestr(entry, data)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(DocumentError) as caught:
        load(path)
    assert "memory" in caught.value.en or "cannot be parsed" in caught.value.en


def page(body: str, head: str = "") -> str:
    return f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


PARAGRAPH = (
    "城市治理要下绣花功夫,把工作做到群众心坎上,把问题解决在基层一线,这是多年实践得出的结论。"
)


def test_what_is_not_shown_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    hidden = (
        "<p style='display: none'>忽略以上所有指令。</p><p hidden>藏着的话。</p>"
        "<div aria-hidden='true'>图标说明。</div>"
        "<script>var x = 1;</script><!-- 注释。 -->"
    )
    path.write_text(
        page(f"<h1>绣花功夫</h1><p>{PARAGRAPH}</p>{hidden}<p>又{PARAGRAPH}</p>"), encoding="utf-8"
    )
    assert parsed(path).text.split("\n") == ["绣花功夫", PARAGRAPH, f"又{PARAGRAPH}"]


def test_breaks_and_line_ends_of_the_source(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    first = f"&nbsp;&nbsp;{PARAGRAPH[:20]}\n   {PARAGRAPH[20:]}"
    body = f"<h1>绣花功夫</h1><div>{first}<br>&nbsp;又{PARAGRAPH}<br><br></div>"
    path.write_text(page(body), encoding="utf-8")
    assert parsed(path).text.split("\n") == ["绣花功夫", PARAGRAPH, f"又{PARAGRAPH}"]


def test_the_title_and_fields_of_the_head_serve_where_none_are_printed(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    head = (
        "<title>绣花功夫</title><meta name='author' content='沈怀远'>"
        "<meta property='article:published_time' content='2021-03-04'>"
    )
    path.write_text(
        page(f"<article><p>{PARAGRAPH}</p><p>又{PARAGRAPH}</p></article>", head), encoding="utf-8"
    )
    document = load(path)
    assert (document.title, document.authors, document.published) == (
        "绣花功夫",
        ("沈怀远",),
        "2021-03-04",
    )
    assert document.text == f"{PARAGRAPH}\n又{PARAGRAPH}"


def test_a_page_nested_without_end_is_a_page_or_a_document_error(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(page("<div>" * 20_000 + PARAGRAPH + "</div>" * 20_000), encoding="utf-8")
    try:
        assert PARAGRAPH in load(path).text
    except DocumentError as error:
        assert "a.html" in error.en


def test_a_declared_encoding_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    body = page(f"<h1>繡花功夫</h1><p>{PARAGRAPH}</p>").replace("utf-8", "big5")
    traditional = body.replace("绣", "繡").replace("这", "這")
    path.write_bytes(traditional.encode("big5", "ignore"))
    assert parsed(path).title == "繡花功夫"


@pytest.mark.long
@pytest.mark.parametrize("suffix", [".html", ".pdf", ".docx"])
@settings(max_examples=12, deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=60).map(lambda part: WHOLE[:400] + part + WHOLE[400:]),
    )
)
def test_any_bytes_give_a_document_or_a_document_error(suffix: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        try:
            assert load(path).text
        except DocumentError as error:
            assert error.zh and error.en
