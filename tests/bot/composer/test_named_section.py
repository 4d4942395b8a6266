"""The section that is called what is asked for answers, and no other list of its document."""

from functools import cache

import pytest
from support.documents import document_of, header, row

from bot.answer import Answer
from bot.composer.named_section import asked_nouns, named_section
from bot.question.analysis import analyse
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from corpus.intake.page import Line
from corpus.language.text import Segmenter
from index.snapshot import build


def heading(text: str) -> Line:
    return Line(text, "heading", level=2)


GUIDE = document_of(
    Line("渡口货车通行证办理指南", "heading", level=1),
    heading("一、办理条件"),
    "货车总质量不超过十吨，车主无欠费记录。",
    heading("二、所需材料"),
    header("序号", "名称", "份数"),
    row("1", "行驶证", "复印件1份"),
    row("2", "驾驶证", "复印件1份"),
    row("3", "保险单", "1份"),
    heading("三、办理流程"),
    "第一步：到渡口窗口取号，材料当场核对。",
    "第二步：缴纳通行证工本费。",
    "第三步：现场领取通行证。",
    heading("四、办理时间和地点"),
    "北渡口一楼窗口，工作日办理。南渡口二楼窗口也可以办理。",
    title="渡口货车通行证办理指南",
)


@cache
def service() -> Service:
    return Service(build([GUIDE], None), None, Settings(refusal="off"))


def ask(question: str) -> Answer:
    return service().answer(question)


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


@pytest.mark.parametrize("question", ["货车通行证需要哪些材料？", "货车通行证要提交哪些东西？"])
def test_the_rows_of_the_table_below_the_heading_that_is_asked_for(question: str) -> None:
    answer = ask(question)
    assert answer.form == "list"
    assert quotes(answer) == [
        "1 | 行驶证 | 复印件1份",
        "2 | 驾驶证 | 复印件1份",
        "3 | 保险单 | 1份",
    ]


def test_a_short_section_that_lists_nothing_is_told_whole() -> None:
    assert quotes(ask("货车通行证要符合哪些条件？")) == ["货车总质量不超过十吨，车主无欠费记录。"]


def test_where_is_told_by_the_section_that_is_called_so() -> None:
    found = quotes(ask("还能去哪里办货车通行证？"))
    assert found == ["北渡口一楼窗口，工作日办理。", "南渡口二楼窗口也可以办理。"]


@pytest.mark.parametrize(
    ("asked", "nouns"),
    [
        ("通行证需要哪些申请材料？", ("材料",)),
        ("通行证要什么条件", ("条件",)),
        ("通行证的申请材料有哪些？", ("材料",)),
        ("通行证要带哪些东西？", ("材料", "资料", "证件")),
        ("哪些材料要盖章？", ()),
        ("通行证有哪些问题？", ()),
        ("通行证多少钱？", ()),
        ("which papers are needed?", ()),
    ],
)
def test_what_is_asked_for_all_of(asked: str, nouns: tuple[str, ...]) -> None:
    assert asked_nouns(analyse(asked, Segmenter())) == nouns


def test_a_heading_that_two_sections_have_tells_nothing() -> None:
    told = Document("d", "", GUIDE.text, sections=GUIDE.sections + GUIDE.sections[2:3])
    question = analyse("通行证需要哪些材料？", Segmenter())
    assert named_section(GUIDE, question) is not None
    assert named_section(told, question) is None


def test_it_is_no_section_of_a_document_on_something_else() -> None:
    other = quotes(ask("办烟草专卖零售许可证需要哪些材料？"))
    assert other != quotes(ask("货车通行证需要哪些材料？"))
