"""Lines that frame a document answer nothing that is asked of its subject."""

import pytest
from support.documents import document_of

from bot.question.analysis import analyse
from bot.reader.framing import bodies_in, framing_lines, is_framing
from corpus import Document, Passage
from corpus.language.text import Segmenter

NOTICE = document_of(
    "云岭县水利局文件",
    "云水发〔2023〕7号",
    "关于做好水库防汛工作的通知",
    "各乡镇水利站，各水库管理所：",
    "汛期将至，现将有关事项通知如下。",
    "一、值班安排",
    "各水库每日两人值守，夜间不得离岗。",
    "联系人：县水利局防汛科　丁小北，电话：0000-1234567",
    "云岭县水利局",
    "2023年5月6日",
    "抄送：县应急管理局",
    title="关于做好水库防汛工作的通知",
)


def lines(document: Document) -> list[str]:
    return [document.text[slice(*span)] for span in framing_lines(document)]


def framing(document: Document, line: str, asked: str) -> bool:
    start = document.text.rindex(line)
    span = Passage(document, start, start + len(line))
    return is_framing(span, analyse(asked, Segmenter()))


def test_letterhead_number_contact_signature_date_and_distribution_frame_a_notice() -> None:
    assert lines(NOTICE) == [
        "云岭县水利局文件",
        "云水发〔2023〕7号",
        "联系人：县水利局防汛科　丁小北，电话：0000-1234567",
        "云岭县水利局",
        "2023年5月6日",
        "抄送：县应急管理局",
    ]
    assert bodies_in(NOTICE) == "云岭县水利局文件\n云岭县水利局"


def test_a_text_without_a_sentence_has_none() -> None:
    assert lines(document_of("清华街道办事处", "地点：二楼", "2024年3月1日")) == []


def test_a_line_that_leads_to_items_says_something() -> None:
    told = document_of(
        "防汛须知", "要带的东西：", "（一）雨衣；", "（二）手电。", "出门前请关好电闸。"
    )
    assert lines(told) == []


@pytest.mark.parametrize(
    ("line", "asked", "is_told"),
    [
        ("云岭县水利局", "云岭防汛要做哪些事？", True),
        ("云岭县水利局", "云岭为什么要防汛？", True),
        ("云岭县水利局", "云岭防汛的通知是哪个单位发的？", False),
        ("云岭县水利局", "哪些部门管云岭防汛？", False),
        ("抄送：县应急管理局", "云岭防汛要做哪些事？", True),
        ("抄送：县应急管理局", "通知抄送给了哪些部门？", False),
        ("联系人：县水利局防汛科　丁小北，电话：0000-1234567", "防汛有疑问怎么办？", False),
        ("联系人：县水利局防汛科　丁小北，电话：0000-1234567", "防汛要做哪些事？", True),
        ("2023年5月6日", "通知是什么时候发的？", False),
        ("各水库每日两人值守，夜间不得离岗。", "防汛要做哪些事？", False),
    ],
)
def test_it_answers_what_it_names_alone(line: str, asked: str, is_told: bool) -> None:
    assert framing(NOTICE, line, asked) is is_told
