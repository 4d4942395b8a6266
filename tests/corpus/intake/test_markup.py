from __future__ import annotations

import pytest

from corpus.intake.markup import read_markdown, read_text
from corpus.intake.page import Line


def lines(text: str) -> list[tuple[str, str]]:
    return [(line.text, line.kind) for line in read_markdown(text).lines]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**粗**和*斜*与`码`", "粗和斜与码"),
        ("__bold__ and _slanted_ but snake_case_name", "bold and slanted but snake_case_name"),
        ("3*4*5 and 2 * 3 * 4", "3*4*5 and 2 * 3 * 4"),
        ("[文字](https://a.b/c) 与 [文字][1]", "文字 与 文字"),
        ("前![图](a.png)后", "前后"),
        ("<https://a.b/c>", "https://a.b/c"),
        (r"\*not slanted\* \# \[", "*not slanted* # ["),
        ("~~删~~留", "删留"),
        ("甲<br/>乙", "甲 乙"),
    ],
)
def test_marks_inside_a_line(marked: str, plain: str) -> None:
    assert lines(marked) == [(plain, "")]


def test_blocks() -> None:
    text = (
        "# 题\n\n段落一。\n\n## 一 ##\n- 甲\n* 乙\n1. 丙\n- [x] 丁\n\n> 引文。\n\n---\n\n"
        "```\n码\n```\n节\n===\n[1]: http://a.b\n<!-- 注\n释 -->尾"
    )
    assert lines(text) == [
        ("题", "heading"),
        ("段落一。", ""),
        ("一", "heading"),
        ("甲", "item"),
        ("乙", "item"),
        ("1. 丙", "item"),
        ("丁", "item"),
        ("引文。", ""),
        ("码", ""),
        ("节", "heading"),
        ("尾", ""),
    ]


def test_a_table_is_its_rows() -> None:
    text = "| 项目 | 金额 |\n|:--|--:|\n| 拆墙 | 8\\|60 |\n"
    assert lines(text) == [("项目 | 金额", "row"), ("拆墙 | 8|60", "row")]


def test_front_matter_gives_the_fields() -> None:
    page = read_markdown(
        '---\ntitle: "题目"\nauthor: 温如岚\ndate: 2022-03-18T08:00:00\nsource: 江城日报\n---\n正文。'
    )
    assert (page.title, page.author, page.date, page.site) == (
        "题目",
        "温如岚",
        "2022-03-18",
        "江城日报",
    )
    assert page.lines == (Line("正文。"),)


def test_a_wrapped_paragraph_is_one_line_and_an_item_is_not_joined_to_it() -> None:
    text = (
        "The council has planted thirty-one of them since March, and each\n"
        "one costs a little more than a plain roof would have cost, and\n"
        "soaks up rain.\n- one\n- two\n"
    )
    assert lines(text) == [(" ".join(text.splitlines()[:3]), ""), ("one", "item"), ("two", "item")]


def test_cells_parted_by_tabs_are_rows() -> None:
    page = read_text("指标\t2020年\t2021年\n受理\t48.6\t\t61.3\n说明一句。\n")
    assert page.lines == (
        Line("指标 | 2020年 | 2021年", "row"),
        Line("受理 | 48.6 | 61.3", "row"),
        Line("说明一句。"),
    )


def test_one_tab_in_prose_is_a_space() -> None:
    assert read_text("甲\t乙说了一句话。\n又一句。").lines == (
        Line("甲 乙说了一句话。"),
        Line("又一句。"),
    )
