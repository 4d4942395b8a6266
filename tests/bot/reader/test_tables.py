"""Cells of tables: the row and the column that a question names, and what a table does not say."""

import pytest
from support.documents import document_of, header, row

from bot.question.analysis import analyse
from bot.reader.by_rule import Reading
from bot.reader.extractive import ExtractiveReader
from bot.reader.tables import asked_cell
from corpus import Document, Passage
from index import Hit
from index.snapshot import build

BEDS = document_of(
    "各街道养老床位统计",
    "下表是四个街道三年来养老床位的数量，单位为张。",
    header("街道", "2019年", "2020年", "2021年"),
    row("东城街道", "112", "126", "230"),
    row("西城街道", "85", "", "178"),
    row("南门街道", "203", "214", "247"),
    row("北关街道", "64", "91", "247"),
    row("合计", "464", "431", "902"),
    "各街道应当在每年年底前核对床位数量。",
)
FEES = document_of(
    "殡葬服务收费标准",
    header("项目", "收费标准", "收费标准"),
    header("项目", "本地居民", "外地居民"),
    row("遗体接运", "300元", "500元"),
    row("骨灰寄存", "免费", "60元"),
    row("第3厅告别", "800元", "900元"),
    row("第30厅告别", "1,200元", "1,500元"),
)

LEAVE = document_of(
    "带薪年假天数",
    header("工龄", "年假天数"),
    row("5年", "5天"),
    row("10年", "10天"),
    row("20年", "15天"),
)


def cell(document: Document, question: str) -> tuple[str, str] | None:
    """The row and the cell that answer a question, all of the document being found."""
    segmenter = build([document], None).segmenter
    hits = [Hit(Passage(document, 0, len(document.text)), 1.0)]
    found = asked_cell(analyse(question, segmenter), hits)
    if found is None:
        return None
    return found.row.text, document.text[slice(*found.answer)]


@pytest.mark.parametrize(
    ("document", "question", "answer"),
    [
        (BEDS, "东城街道2020年有多少张养老床位？", "126"),
        (BEDS, "2021年南门街道的养老床位有多少张？", "247"),
        (BEDS, "北关2019年床位几张？", "64"),
        (BEDS, "北关20年床位几张？", "91"),
        (LEAVE, "工龄10年的年假天数是多少？", "10天"),
        (LEAVE, "工龄20年的年假天数是多少？", "15天"),
        (FEES, "外地居民骨灰寄存收费多少？", "60元"),
        (FEES, "骨灰寄存对本地居民怎么收费？", "免费"),
        (FEES, "第3厅告别本地居民收费多少钱？", "800元"),
        (FEES, "第30厅告别外地居民收费多少钱？", "1,500元"),
    ],
)
def test_the_cell_at_a_row_and_a_column(document: Document, question: str, answer: str) -> None:
    found = cell(document, question)
    assert found is not None and found[1] == answer
    assert answer in found[0]


def test_an_empty_cell_says_nothing() -> None:
    assert cell(BEDS, "西城街道2020年有多少张养老床位？") == ("西城街道 | 85 |  | 178", "")


@pytest.mark.parametrize(
    "question",
    [
        "东城街道有多少张养老床位？",  # which year?
        "中山街道2020年有多少张养老床位？",  # no such row
        "东城街道2018年有多少张养老床位？",  # no such column
        "东城街道2020年新增就业多少人？",  # another matter
        "遗体接运收费多少？",  # which column?
    ],
)
def test_what_a_table_is_not_asked(question: str) -> None:
    document = FEES if question.startswith("遗体") else BEDS
    assert cell(document, question) is None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("2020年养老床位最多的街道是哪个？", "南门街道"),
        ("2019年哪个街道的养老床位最少？", "北关街道"),
        ("2021年养老床位最多的街道是哪个？", ""),  # two share the first place
        ("2020年养老床位最早的街道是哪个？", ""),
    ],
)
def test_the_largest_and_the_smallest_of_a_column(question: str, answer: str) -> None:
    found = cell(BEDS, question)
    assert found is not None and found[1] == answer


def test_the_reader_cites_the_row_with_the_names_of_its_columns() -> None:
    reading = read(BEDS, "东城街道2020年有多少张养老床位？")
    (citation,) = reading.citations
    assert citation.quote == "东城街道 | 112 | 126 | 230"
    assert reading.short_answer == "126"
    assert citation.shown == (
        "东城街道 | 112 | 126 | 230（下表是四个街道三年来养老床位的数量，单位为张；"
        "街道 | 2019年 | 2020年 | 2021年）"
    )


def test_the_reader_refuses_where_the_cell_is_empty() -> None:
    assert read(BEDS, "西城街道2020年有多少张养老床位？").citations == ()


def read(document: Document, question: str) -> Reading:
    snapshot = build([document], None)
    reader = ExtractiveReader(snapshot, None, 0.0)
    hits = snapshot.lexical.search(question, 10)
    return reader.read(analyse(question, snapshot.segmenter), hits)
