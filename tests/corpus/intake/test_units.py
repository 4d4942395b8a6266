"""How the lines of a document are linked: each unit with what it is not understood without."""

from __future__ import annotations

import pytest
from support.documents import document_of, header, row

from corpus import Document
from corpus.document import Unit
from corpus.intake.page import Line
from corpus.intake.regulations import article_number, articles_within


def context(document: Document, beginning: str) -> tuple[str, ...]:
    """The context of the first unit that begins so, nearest first."""
    unit = unit_of(document, beginning)
    return tuple(document.text[start:end] for start, end in unit.context)


def unit_of(document: Document, beginning: str) -> Unit:
    return next(unit for unit in document.units if unit.text.startswith(beginning))


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(unit.kind, unit.text) for unit in document.units]


TITLE = Line("某市养犬管理规定", "heading", level=1)
LAW = document_of(
    TITLE,
    "第一章 总则",
    "第一条 为了规范养犬行为，制定本规定。",
    "第二章 养犬登记",
    "第一节 登记",
    "第二条 申请登记应当符合下列条件：",
    "（一）有身份证明；",
    "（二）有固定住所，住所应当符合下列要求：",
    "1.独户居住；",
    "2.面积不少于二十平方米。",
    "（三）犬只已经免疫。",
    "前款规定的免疫，由兽医站确认。",
    "第三条 犬只应当戴牌。",
    "个人不得养烈性犬。",
    "第二节 收费",
    "第四条 登记不收费。",
    "第三章 附则",
    "第五条 本规定自2007年5月1日起施行。",
)


def test_chapters_and_sections_of_a_law_are_headings() -> None:
    headings = ["第一章 总则", "第二章 养犬登记", "第一节 登记", "第二节 收费", "第三章 附则"]
    found = [unit.text for unit in LAW.units if unit.kind == "heading"]
    assert found == [TITLE.text, *headings]
    assert [s.heading for s in LAW.sections if s.heading.startswith("第")] == headings


def test_an_article_of_a_law_is_a_unit_below_its_chapter_and_section() -> None:
    assert context(LAW, "第一条") == ("第一章 总则",)
    assert context(LAW, "第二条") == ("第一节 登记", "第二章 养犬登记")
    assert context(LAW, "第四条") == ("第二节 收费", "第二章 养犬登记")
    assert context(LAW, "第五条") == ("第三章 附则",)


def test_a_later_paragraph_of_an_article_has_the_article() -> None:
    above = ("第一节 登记", "第二章 养犬登记")
    assert context(LAW, "前款") == ("第二条 申请登记应当符合下列条件：", *above)
    assert context(LAW, "个人") == ("第三条 犬只应当戴牌。", *above)


def test_items_have_their_lead_lines_nearest_first() -> None:
    outer = ("第二条 申请登记应当符合下列条件：", "第一节 登记", "第二章 养犬登记")
    inner = "（二）有固定住所，住所应当符合下列要求："
    for item in ("（一）", "（二）", "（三）"):
        assert (unit_of(LAW, item).kind, context(LAW, item)) == ("item", outer)
    for item in ("1.", "2."):
        assert (unit_of(LAW, item).kind, context(LAW, item)) == ("item", (inner, *outer))


def test_a_list_goes_on_below_a_paragraph_that_stands_in_it() -> None:
    lead = "第二十九条 应当采取下列保护措施："
    document = document_of(
        TITLE,
        lead,
        "（一）地名不得变更。",
        "已经消失的地名，应当设置标志。",
        "（二）文物应当修缮。",
        "（三）建筑应当抢救。",
    )
    for item in ("（一）", "（二）", "（三）"):
        assert (unit_of(document, item).kind, context(document, item)) == ("item", (lead,))
    assert context(document, "已经") == (lead,)


def test_a_new_list_below_a_paragraph_is_not_the_old_one() -> None:
    document = document_of(
        "申请材料如下：", "（一）申请表。", "以上为一般规定。", "（一）另有规定。"
    )
    assert context(document, "（一）另有") == ()


def test_articles_in_one_line_are_units_of_their_own() -> None:
    line = "第四条 由市人民政府制定。第五条 依照第四条收取。 第六条本规定自2021年1月1日起施行。"
    document = document_of(TITLE, "第一章 附则", line)
    assert kinds(document)[2:] == [
        ("paragraph", "第四条 由市人民政府制定。"),
        ("paragraph", "第五条 依照第四条收取。"),
        ("paragraph", "第六条本规定自2021年1月1日起施行。"),
    ]
    assert document.text.endswith(line)
    assert context(document, "第六条") == ("第一章 附则",)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("第三条 甲", 3),
        ("第十条", 10),
        ("第十二条", 12),
        ("第二十条", 20),
        ("第一百零三条", 103),
        ("第一百一十条", 110),
        ("第一千二百六十条", 1260),
        ("第45条", 45),
        ("依照第三条", None),
        ("第三章", None),
    ],
)
def test_the_number_of_an_article(line: str, number: int | None) -> None:
    assert article_number(line) == number


def test_only_the_next_number_begins_an_article_inside_a_line() -> None:
    assert articles_within("第三条 甲。第四条 乙。第九条 丙。第五条 丁。") == [6, 18]
    assert articles_within("甲。第四条 乙。") == []
    assert articles_within("第三条 按第四条办理。") == []


def test_a_row_has_its_column_names_its_caption_and_its_headings() -> None:
    document = document_of(
        Line("养老床位", "heading"),
        "表1 各街道床位",
        "单位：张",
        header("街道", "2020年", "2021年"),
        row("东城", "112", ""),
        row("南门", "126", "140"),
        "以上为年末数。",
    )
    names = "街道 | 2020年 | 2021年"
    assert [kind for kind, _ in kinds(document)[1:]] == [
        "paragraph",
        "paragraph",
        "header",
        "row",
        "row",
        "paragraph",
    ]
    assert context(document, "南门") == (names, "单位：张", "表1 各街道床位")
    assert context(document, "街道") == ("单位：张", "表1 各街道床位")
    cells = [document.text[start:end] for start, end in unit_of(document, "东城").cells]
    assert cells == ["东城", "112", ""]


def test_the_first_row_names_the_columns_where_its_cells_are_words() -> None:
    document = document_of(
        "各街道床位", row("街道", "床位"), row("东城", "112"), row("南门", "126")
    )
    assert unit_of(document, "街道").kind == "header"
    assert context(document, "东城")[0] == "街道 | 床位"


def test_an_answer_has_its_question() -> None:
    document = document_of(
        Line("门诊报销", "heading"),
        Line("问：报销多少？", "question"),
        Line("答：报销百分之七十。", "answer"),
        "三级医院除外。",
        Line("问：去哪里办？", "question"),
        Line("答：带下列材料：", "answer"),
        "（一）身份证；",
        "（二）病历。",
    )
    first, second = "问：报销多少？", "问：去哪里办？"
    assert context(document, "答：报销") == (first,)
    assert context(document, "三级") == (first,)
    assert context(document, second) == ()
    assert context(document, "答：带") == (second,)
    assert context(document, "（二）") == ("答：带下列材料：", second)


def test_the_first_line_of_a_title_is_a_heading_wherever_it_stands() -> None:
    document = document_of("2020-12-05", "数字赋能社区治理的", "实践与思考", "治理要下绣花功夫。")
    assert kinds(document) == [
        ("label", "2020-12-05"),
        ("heading", "数字赋能社区治理的"),
        ("label", "实践与思考"),
        ("paragraph", "治理要下绣花功夫。"),
    ]
