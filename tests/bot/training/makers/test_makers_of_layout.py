"""Questions made from tables, questions and labelled lines."""

import pytest
from support.documents import document_of, header, row

from bot.training.makers.faq import faq
from bot.training.makers.labels import labels
from bot.training.makers.making import made_from
from bot.training.makers.tables import tables
from bot.training.makers.written_tables import written_tables

FEES = document_of(
    header("项目", "收费标准", "收费单位"),
    row("停车费", "每月150元", "诚和物业公司"),
    row("门禁卡补办", "每张10元", "社区服务站"),
    title="便民收费表",
)


def test_cells_are_asked_for_by_row_and_column() -> None:
    found = {
        (row_name, made.kind, made.answer_text)
        for made in tables(FEES)
        for row_name in ("停车费", "门禁卡补办")
        if row_name in made.question
    }
    assert found == {
        ("停车费", "number", "每月150元"),
        ("停车费", "organisation", "诚和物业公司"),
        ("门禁卡补办", "number", "每张10元"),
        ("门禁卡补办", "organisation", "社区服务站"),
    }
    assert all("收费" in made.question for made in tables(FEES))


def test_a_row_is_cited_and_a_cell_answers() -> None:
    for made in tables(FEES):
        assert made.cited_text.count("|") == 2
        assert "|" not in made.answer_text and made.answer_text in made.cited_text


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("负责人", "陈国梁", "person"),
        ("地点", "二楼活动室", "place"),
        ("开放时间", "9:00—17:00", "date"),
        ("人数", "30", "number"),
        ("优惠办法", "低保户减半", "text"),
    ],
)
def test_a_column_says_what_answers(column: str, value: str, kind: str) -> None:
    table = document_of(header("场所", column), row("图书室", value), row("健身房", "甲乙丙"))
    asked = [made for made in tables(table) if made.answer_text == value]
    assert asked and {made.kind for made in asked} == {kind}


def test_rows_of_years_are_called_by_them() -> None:
    years = document_of(header("年份", "电梯"), row("2018", "3"), row("2019", "7"), title="统计")
    found = {made.answer_text for made in tables(years) if "2019年" in made.question}
    assert found == {"7"}


def test_empty_cells_and_dashes_are_not_asked_for() -> None:
    table = document_of(header("项目", "收费标准"), row("停车费", "—"), row("门禁卡补办", ""))
    assert not list(tables(table))


def test_questions_of_the_document_are_asked_with_its_answers() -> None:
    asked = document_of(
        "问：登记要多少钱？",
        "答：首次登记收费100元，以后免费。",
        "问：在哪里办登记？",
        "答：到街道服务大厅。",
        title="养犬登记问答",
    )
    found = {("多少钱" in made.question, made.kind, made.answer_text) for made in faq(asked)}
    assert found == {(True, "number", "100元"), (False, "text", "到街道服务大厅。")}


def test_labelled_lines_name_their_document() -> None:
    minutes = document_of(
        "主持人：顾长青", "地点：社区议事厅", "议题：停水", title="第七次议事会纪要"
    )
    found = {(made.kind, made.answer_text) for made in labels(minutes)}
    assert found == {("person", "顾长青"), ("place", "社区议事厅")}
    assert all("《第七次议事会纪要》" in made.question for made in labels(minutes))


def test_a_document_without_a_title_gives_no_labels() -> None:
    assert not list(labels(document_of("联系人：顾长青")))


def test_written_tables_are_the_same_each_time_and_can_be_asked() -> None:
    written = written_tables(8)
    assert written == written_tables(8) != written_tables(8, seed=1)
    for document in written:
        made = made_from(document)
        assert len(made) > 20
        assert {one.maker for one in made} == {"tables"}
        for one in made:
            assert document.text[one.cited.start : one.cited.end] == one.cited_text
            assert one.cited_text in document.text.split("\n")
