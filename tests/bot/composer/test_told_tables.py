"""Where the tables of a document stand in its outline, and how much of them is told."""

from conftest import BigramEncoder
from support.documents import document_of, header, row

from bot.answer import Answer
from bot.composer.told_tables import tables_told
from bot.service import Service
from bot.settings import load_settings
from corpus import Document
from corpus.document import Span
from corpus.intake.page import Line
from index.snapshot import build


def rows(count: int, words: str = "") -> list[Line]:
    """A table with as many rows."""
    return [
        header("站点", "车数"),
        *(row(f"第{n}站{words}", f"{n}辆") for n in range(1, count + 1)),
    ]


def lent(*table: Line) -> Document:
    """Rules of which the second part has a sentence, a table and another sentence."""
    return document_of(
        "沙洲镇公共自行车管理办法",
        "一、办卡",
        "居民凭身份证到镇便民中心办理借车卡，当天可以领取。",
        "二、押金",
        "借车卡的押金按照车的种类收取，标准如下表所示。",
        *table,
        "押金在退卡后七日内原路退还，不收任何手续费用。",
        "三、归还",
        "车辆应当在当天二十二点以前归还到任何一个站点。",
        title="沙洲镇公共自行车管理办法",
    )


def summary(document: Document, question: str = "这篇文章讲了什么？") -> Answer:
    encoder = BigramEncoder()
    held = Service(build([document], encoder), encoder, load_settings(["reader=rules"]))
    return held.answer(question)


def told(document: Document, room: int) -> list[list[str]]:
    """The rows that are told of each table."""
    whole = Span(0, len(document.text))
    return [[one.text for one in table.rows] for table in tables_told(document, whole, room)]


def test_a_small_table_is_told_whole_under_its_heading_and_in_its_place() -> None:
    small = [
        header("种类", "押金"),
        row("成人车", "200元"),
        row("儿童车", "100元"),
        row("三轮车", "300元"),
    ]
    answer = summary(lent(*small))
    assert [part.label for part in answer.parts] == ["一、办卡", "二、押金", "三、归还"]
    assert [citation.quote for citation in answer.citations[1:6]] == [
        "借车卡的押金按照车的种类收取，标准如下表所示。",
        "成人车 | 200元",
        "儿童车 | 100元",
        "三轮车 | 300元",
        "押金在退卡后七日内原路退还，不收任何手续费用。",
    ]


def test_of_a_larger_one_a_line_of_that_heading_has_the_ends() -> None:
    answer = summary(lent(*rows(20)))
    label = "二、押金（表格共20行，首行与末行）"
    assert [part.label for part in answer.parts] == ["一、办卡", "二、押金", label, "三、归还"]
    ends = answer.parts[2].text
    assert "第1站 | 1辆" in ends and "第20站 | 20辆" in ends and "第2站" not in ends
    english = summary(lent(*rows(20)), "What is this article about?")
    assert english.parts[2].label == "二、押金 (Table of 20 rows, the first and the last)"


def test_few_sentences_leave_room_for_more_rows() -> None:
    assert len(summary(lent(*rows(8))).citations) == 12
    assert len(summary(lent(*rows(9))).citations) == 6


def test_a_part_that_is_a_table_alone_has_its_heading_too() -> None:
    document = document_of(
        "夜市管理规定",
        "一、时间",
        "夜市每天十八点开市，次日一点以前收市并且清扫场地。",
        Line("二、摊位", "heading"),
        *rows(3),
        "三、收费",
        "摊位费按月收取，每月五日以前缴到市场管理处的窗口。",
        title="夜市管理规定",
    )
    answer = summary(document)
    assert [part.label for part in answer.parts] == ["一、时间", "二、摊位", "三、收费"]
    assert answer.parts[1].text.startswith("第1站 | 1辆")


def test_how_many_rows_are_told_depends_on_the_room() -> None:
    document = document_of("表", *rows(5), "下面是另一张表，请一并阅读。", *rows(3), title="表")
    ends = ["第1站 | 1辆", "第5站 | 5辆"]
    three = [f"第{n}站 | {n}辆" for n in (1, 2, 3)]
    assert told(document, 1) == []
    assert told(document, 2) == told(document, 3) == [ends]
    assert told(document, 5) == [ends, three]
    assert [len(table) for table in told(document, 8)] == [5, 3]


def test_long_rows_are_not_told_whole() -> None:
    assert [
        len(table) for table in told(document_of("表", *rows(4, "很" * 90), title="表"), 4)
    ] == [4]
    assert [
        len(table) for table in told(document_of("表", *rows(4, "很" * 99), title="表"), 4)
    ] == [2]


def test_tables_leave_every_part_its_sentence() -> None:
    lines: list[Line | str] = ["沿街十处"]
    for number in range(1, 11):
        lines += [
            f"{number}. 第{number}处的情况",
            f"第{number}处把门前的杂物都清理了一遍，居民很满意。",
            *rows(3),
        ]
    answer = summary(document_of(*lines, title="沿街十处"))
    assert sum("杂物" in citation.quote for citation in answer.citations) == 10
    assert len(answer.citations) == 12


def test_a_sentence_that_one_part_does_not_have_is_told_of_another() -> None:
    where = "渡口在镇的东面，离汽车站有两里路，走过去大约二十分钟。"
    rules = "".join(
        f"船上不准{what}，违者请下一班再走。" for what in ("抽烟", "放炮", "钓鱼", "摆摊")
    )
    lines: list[Line | str] = ["渡口须知", "一、位置", where, *rows(30, "渡船的停靠点")]
    answer = summary(document_of(*lines, "二、规矩", rules, title="渡口须知"))
    assert sum("船上不准" in citation.quote for citation in answer.citations) == 4
