from __future__ import annotations

from pathlib import Path

import pytest
from support.growth import LINEAR, growth

from corpus import Document
from corpus.intake.article import clean
from corpus.intake.markdown import read_markdown
from corpus.intake.page import Line
from corpus.load import load
from corpus.losses import losses


def lines(text: str) -> list[tuple[str, str]]:
    return [(line.text, line.kind) for line in read_markdown(text).lines]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**粗**和*斜*与`码`", "粗和斜与码"),
        ("__bold__ and _slanted_ but snake_case_name", "bold and slanted but snake_case_name"),
        ("3*4*5 and 2 * 3 * 4", "3*4*5 and 2 * 3 * 4"),
        ("[文字](https://a.b/c) 与 [文字][1]\n\n[1]: https://a.b", "文字 与 文字"),
        ("前![图](a.png)后", "前后"),
        ("<https://a.b/c>", "https://a.b/c"),
        (r"\*not slanted\* \# \[", "*not slanted* # ["),
        ("~~删~~留", "删留"),
        ("甲<br/>乙", "甲 乙"),
        ("甲<!-- 注 -->乙<b>丙</b>", "甲乙丙"),
        ("把 <name> 换成 x &lt; y", "把 <name> 换成 x < y"),
        ("**重点：**内容", "重点：内容"),
        ("依照**《条例》**办理", "依照《条例》办理"),
        ("请__务必__阅读", "请务必阅读"),
        ("** 注意 **内容， **甲：** 乙", "注意 内容， 甲： 乙"),
        ("姓名：____ 2**3", "姓名：____ 2**3"),
        (r"\*\*星号\*\*", "**星号**"),
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
        ("码", "code"),
        ("节", "heading"),
        ("尾", ""),
    ]


def test_lists_and_headings_know_their_depth() -> None:
    text = "## 节\n\n3. 甲\n   - 乙\n     - 丙\n4) 丁\n"
    found = [(line.text, line.level) for line in read_markdown(text).lines]
    assert found == [("节", 2), ("3. 甲", 1), ("乙", 2), ("丙", 3), ("4) 丁", 1)]


def test_code_keeps_its_lines_and_a_comment_in_it_is_no_heading() -> None:
    text = "# 手册\n\n```sh\n# 下载\nif x; then\n    tar xf a\nfi\n```\n\n正文。\n\n    # 缩进\n    y = 1\n"
    assert lines(text) == [
        ("手册", "heading"),
        ("# 下载\nif x; then\n    tar xf a\nfi", "code"),
        ("正文。", ""),
        ("# 缩进\ny = 1", "code"),
    ]


def test_prose_indented_by_four_spaces_is_no_code() -> None:
    assert lines("    各街道应当核对床位数量。") == [("各街道应当核对床位数量。", "")]


def test_a_table_is_its_rows() -> None:
    text = (
        "| 项目 | 金额 | 备注 |\n|:--|--:|---|\n| 拆墙 | 8\\|60 | |\n| 种树 | | 三年 | 多一格 |\n"
        "注：单位为万元。\n"
    )
    assert lines(text) == [
        ("项目 | 金额 | 备注", "header"),
        ("拆墙 | 8｜60 |", "row"),
        ("种树 |  | 三年 | 多一格", "row"),
        ("注：单位为万元。", ""),
    ]


def test_a_table_with_too_short_a_ruler_and_one_in_html_are_tables() -> None:
    assert lines("| 甲 | 乙 |\n|---|\n| 1 | 2 |") == [("甲 | 乙", "header"), ("1 | 2", "row")]
    text = "<table><tr><th>街道</th><th>床位</th></tr>\n<tr>\n<td>东城</td>\n<td></td></tr></table>"
    assert lines(text) == [("街道 | 床位", "header"), ("东城 |", "row")]


def test_front_matter_gives_the_fields() -> None:
    page = read_markdown(
        '\ufeff\n\n---\ntitle: "题目"\nauthor: 温如岚\ntags: [甲, 乙]\ndate: 2022-03-18T08:00:00\n'
        "source: 江城日报\nurl: https://a.b/c\n---\n正文。"
    )
    assert (page.title, page.author, page.date, page.site, page.url) == (
        "题目",
        "温如岚",
        "2022-03-18",
        "江城日报",
        "https://a.b/c",
    )
    assert page.lines == (Line("正文。"),)


def test_front_matter_of_hugo_and_a_list_of_authors() -> None:
    assert read_markdown('+++\ntitle = "题"\ndate = 2020-01-02\n+++\n文。').date == "2020-01-02"
    assert read_markdown("---\nauthors:\n  - 甲\n  - 乙\n---\n文。").author == "甲、乙"


def test_text_between_two_rules_is_no_front_matter() -> None:
    assert lines("---\n这一段不是字段。\n---\n后文。") == [("这一段不是字段。", ""), ("后文。", "")]


def test_a_wrapped_paragraph_is_one_line_and_an_item_is_not_joined_to_it() -> None:
    text = (
        "The council has planted thirty-one of them since March, and each\n"
        "one costs a little more than a plain roof would have cost, and\n"
        "soaks up rain.\n- one\n- two\n"
    )
    assert lines(text) == [(" ".join(text.splitlines()[:3]), ""), ("one", "item"), ("two", "item")]


def test_lines_of_a_paragraph_that_are_items_or_articles_of_a_law_stay_lines() -> None:
    text = "　　第三条　有下列情形之一的，\n不予受理：\n（一）转让的；\n（二）提供虚假\n材料的。\n第四条 甲\n　　乙"
    assert [line for line, _ in lines(text)] == [
        "第三条　有下列情形之一的，不予受理：",
        "（一）转让的；",
        "（二）提供虚假材料的。",
        "第四条 甲",
        "乙",
    ]


def test_a_footnote_stands_behind_the_paragraph_that_cites_it() -> None:
    text = "吞吐量见表[^1]。\n\n下一段。\n\n[^1]: 三百一十二万标准箱。\n[^2]: 没有引用的注\n接着写"
    assert [line for line, _ in lines(text)] == [
        "吞吐量见表。",
        "三百一十二万标准箱。",
        "下一段。",
        "没有引用的注接着写",
    ]


def test_a_definition_without_an_address_is_text() -> None:
    assert lines("[注]: 数据来自区民政局。") == [("[注]: 数据来自区民政局。", "")]
    assert lines("[甲]\n\n[甲]: 附件.docx") == [("甲", "")]


def test_a_sentence_above_a_rule_is_no_heading_and_a_tight_mark_makes_one() -> None:
    assert lines("这是一句话。\n---\n后文。") == [("这是一句话。", ""), ("后文。", "")]
    assert lines("##一、安装\n正文。") == [("一、安装", "heading"), ("正文。", "")]
    assert lines("#话题# 甲") == [("#话题# 甲", "")]


def test_what_is_nested_too_deep_is_told() -> None:
    page = read_markdown("开头一段。\n\n" + "> " * 90 + "藏在深处的一段话。")
    assert [loss.missing for loss in losses(page.raw, "开头一段。")] == [0, 9]


def test_nothing_but_marks_is_lost() -> None:
    text = (
        "---\ntitle: 题\n---\n# 题\n\n见[《办法》](a_(1).html)第3条<!-- 略\n\n去 -->，**甲：**乙[^1]。\n\n"
        "| a | b |\n|---|---|\n| 1.5% | |\n\n- [ ] 丙\n  1. 丁\n\n```py\nx = {'a': 1}  # 码\n```\n\n[^1]: 注！\n"
    )
    page = read_markdown(text)
    kept = "\n".join(line.text for line in page.lines)
    assert [loss for loss in losses(page.raw, kept) if loss.missing] == []


@pytest.mark.parametrize("unit", ["城市治理\n", "**甲", "<!--", "| a |\n", "> 城\n", "```\n"])
def test_the_time_of_a_monotonous_text_grows_with_its_length_only(unit: str) -> None:
    def read(size: int) -> object:
        return read_markdown(unit * size)

    assert growth(read, 8_000 // len(unit)) < LINEAR


def test_headings_sections_and_rows_of_a_manual() -> None:
    text = (
        "---\ntitle: 水厂运行手册\ndate: 2024-05-06\nauthor: 运行组\n---\n\n# 水厂运行手册\n\n## 一、开机\n\n"
        "开机之前先检查阀门。\n\n```bash\n# 检查\nvalve --check\n```\n\n## 二、参数\n\n"
        "| 参数 | 默认值 |\n|---|---|\n| 压力 | 60 |\n| 流量 |  |\n"
    )
    article = clean(read_markdown(text))
    assert (article.title, article.authors, article.published) == (
        "水厂运行手册",
        ("运行组",),
        "2024-05-06",
    )
    assert [section.heading for section in article.sections] == ["标题", "一、开机", "二、参数"]
    found = {article.text[unit.start : unit.end]: unit for unit in article.units}
    assert found["# 检查\nvalve --check"].kind == "code"
    row = found["流量 |"]
    assert row.kind == "row"
    assert [article.text[a:b] for a, b in row.context] == ["参数 | 默认值", "二、参数"]


def load_text(folder: Path, text: str) -> Document:
    path = folder / "a.md"
    path.write_text(text, "utf-8")
    return load(path)


def test_a_notice_between_two_rules_is_kept(tmp_path: Path) -> None:
    text = "---\n注意：本周五前须将年度预算报到财政局。\n---\n\n# 通知\n\n各区按时办理。\n"
    assert "年度预算报到财政局" in load_text(tmp_path, text).text


def test_front_matter_with_a_block_and_a_list_of_fields(tmp_path: Path) -> None:
    text = (
        "---\ntitle: >-\n  城市治理\nauthors:\n  - name: 温如岚\ntags:\n  - x\n---\n\n正文一句。\n"
    )
    document = load_text(tmp_path, text)
    assert (document.title, document.authors) == ("城市治理", ("温如岚",))


def test_a_box_inside_a_sentence_stays_and_one_before_an_item_goes(tmp_path: Path) -> None:
    text = "# 甲\n\n- 在表上勾选 [x] 表示同意\n- [x] 已办\n"
    assert load_text(tmp_path, text).text.endswith("在表上勾选 [x] 表示同意\n已办")


def test_the_number_of_an_item_stands_before_whatever_it_begins_with(tmp_path: Path) -> None:
    text = "# 甲\n\n1. # 标题\n\n   段落一。\n\n2. - 乙\n"
    assert load_text(tmp_path, text).text == "甲\n1. 标题\n段落一。\n2. 乙"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        # A row with more cells than the first, beside a footnote
        (
            "正文[^1]。\n\n|甲|乙|\n|--|--|\n|1|2|3|\n\n[^1]: 注一。",
            [("正文。", ""), ("注一。", ""), ("甲 | 乙", "header"), ("1 | 2 | 3", "row")],
        ),
        # A heading and a list right below a footnote
        (
            "正文[^1]。\n\n[^1]: 注一。\n## 第二节\n- 项一",
            [("正文。", ""), ("注一。", ""), ("第二节", "heading"), ("项一", "item")],
        ),
        # The number of an item that holds only a picture
        ("- 甲\n\n1. ![图](a.png)\n\n正文段落。", [("甲", "item"), ("正文段落。", "")]),
        ("- | 甲 | 乙 |\n  |--|--|\n  | 1 | 2 |", [("甲 | 乙", "header"), ("1 | 2", "row")]),
        ("#2024年工作总结\n\n向好。", [("2024年工作总结", "heading"), ("向好。", "")]),
        ("#1 号楼", [("#1 号楼", "")]),
    ],
)
def test_blocks_beside_each_other(text: str, read: list[tuple[str, str]]) -> None:
    assert lines(text) == read


def test_quotation_marks_inside_a_field_stay() -> None:
    assert read_markdown('---\ntitle: 关于"放管服"\n---\n\n正文。').title == '关于"放管服"'


def test_marks_in_code_are_no_loss(tmp_path: Path) -> None:
    document = load_text(tmp_path, "使用 `List<String>` 与 `<div>` 标签。\n")
    assert document.text == "使用 List<String> 与 <div> 标签。" and document.notes == ()
