"""Small files of which each stands for a kind of fault, as a document and its units."""

from itertools import pairwise
from pathlib import Path

import pytest

from corpus import Document, Unit
from corpus.load import load

CASES = Path(__file__).parents[3] / "shared/cases"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CASES.is_dir(), reason="the small files that fail are not here"),
]


def read(name: str) -> Document:
    return load(CASES / name)


def unit(document: Document, words: str) -> Unit:
    (found,) = [unit for unit in document.units if words in unit.text]
    return found


def context(document: Document, words: str) -> list[str]:
    return [document.text[start:end] for start, end in unit(document, words).context]


def test_tracked_changes_are_read_as_accepted() -> None:
    text = read("tracked.docx").text
    assert "八百元" in text and "身份证和户口簿" in text
    assert "六百元" not in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("textbox.docx", "早上六点"),
        ("footnote.docx", "三百一十二万标准箱"),
        ("autonumber.docx", "第三条 生活垃圾应当分类投放"),
        ("spaced.txt", "湖区管理处处长欧阳静波介绍"),
        ("radicals.txt", "市长信箱"),
        ("radicals.txt", "老年食堂"),
        ("code-fences.md", "备份保留三十天"),
    ],
)
def test_nothing_of_it_is_lost(name: str, words: str) -> None:
    assert words in read(name).text


@pytest.mark.parametrize(
    ("name", "row", "cells"),
    [
        ("equalcells.docx", "东城社区", ["东城社区", "12", "12", "30"]),
        ("table-empty-cells.html", "上河镇", ["上河镇", "800", "", "300"]),
        ("table-empty-cells.html", "石桥镇 |", ["石桥镇", "500", "420", ""]),
        ("table-years.md", "东城街道", ["东城街道", "112", "126", "230"]),
        ("code-fences.md", "workers |", ["workers", "", "工作进程数"]),
    ],
)
def test_a_row_keeps_its_cells(name: str, row: str, cells: list[str]) -> None:
    document = read(name)
    found = unit(document, row)
    assert found.kind == "row"
    assert [document.text[slice(*cell)] for cell in found.cells] == cells


def test_the_years_are_the_context_of_a_row() -> None:
    found = context(read("table-years.md"), "东城街道")
    assert found[0] == "街道 | 2019年 | 2020年 | 2021年"
    assert found[1].startswith("下表是四个街道三年来养老床位的数量")


def test_an_article_that_a_style_hides() -> None:
    document = read("wechat-hidden.html")
    assert "市住建局局长孟晓岚表示" in document.text
    assert (document.authors, document.source, document.published) == (
        ("李小禾",),
        "桐江发布",
        "2023-11-20",
    )


def test_comments_in_code_are_no_headings() -> None:
    document = read("code-fences.md")
    headings = [unit.text for unit in document.units if unit.kind == "heading"]
    assert headings[1:] == ["一、安装", "二、备份"]
    assert unit(document, "# 下载安装包").kind == "code"


def test_every_row_of_a_table_over_four_pages() -> None:
    document = read("long-table.pdf")
    rows = [unit for unit in document.units if unit.kind == "row"]
    assert len(rows) == 52
    assert rows[29].text.startswith("第30周 | 330")
    pages = [row.page or 0 for row in rows]
    assert (pages[0], pages[-1]) == (1, 4)
    assert all(page <= following for page, following in pairwise(pages))


def test_lines_that_are_only_numbers() -> None:
    lines = read("number-lines.pdf").text.split("\n")
    assert {"1286", "904", "2317"} <= set(lines)


def test_pages_without_text_are_told() -> None:
    ((zh, _),) = read("half-scanned.pdf").notes
    assert "第 2 至 4 页没有文字" in zh


def test_items_have_the_line_that_leads_to_them() -> None:
    document = read("list-after-colon.txt")
    assert context(document, "（二）家庭人均住房面积")[0].endswith("应当同时符合下列条件：")
    assert context(document, "3. 收入证明")[0].endswith("应当提交下列材料：")
    assert [u.kind for u in document.units].count("item") == 11


def test_an_answer_has_its_question() -> None:
    document = read("faq.txt")
    answer = unit(document, "二档的每月四百六十五元")
    assert answer.kind == "answer"
    assert context(document, "二档的每月") == ["问：灵活就业人员每月要交多少医保费？"]


def test_each_article_of_a_law_is_a_unit() -> None:
    units = read("chinese-numerals.txt").units
    assert [unit.text[:3] for unit in units[1:]] == [f"第{n}条" for n in "一二三四五六七八九"]
