"""Questions about the article itself, on the article and on one made here."""

from functools import cache

import pytest
from conftest import ARTICLE
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.question.analysis import analyse
from bot.question.metadata import (
    BODY,
    GIST,
    LINES,
    LINES_AT_MOST,
    adds_nothing,
    answering_lines,
    asked_sections,
    lines_asked,
    names_article,
)
from corpus import Document
from corpus.document import Section
from corpus.language.text import Segmenter
from corpus.load import load

ASKED = {
    "作者": "这篇文章是谁写的？/作者/请问您知道作者是谁吗/这是哪位作家的稿子/谁执笔的/文章署名是谁/第一作者叫什么"
    "/麻烦问一下作者的单位/作者来自哪所大学？/写这文章的人在哪所高校任职？"
    "/who wrote this article?/Who is the author?/Who penned this piece?/byline",
    "编辑": "责任编辑叫啥名字/谁编辑的这篇稿子？/谁负责编辑这篇文章/责编是谁/who edited it?/Who is the editor?",
    "配图": "动图是谁做的/配图是哪位画的/图是谁画的/Who made the animation?/who illustrated this",
    "编者按": "这篇文章属于哪个专栏/编者按/编者按写了什么/专栏主办方有哪几家？/编者按讲了什么"
    "/What does the editor's note say?",
    "标题": "文章的题目是？/本文标题叫什么/这篇文章叫什么名字？/What is the title?/headline",
    "出处": "文章来源是哪里/出处/什么时候发表的/哪天发布的/发表在哪家媒体/这篇稿子几点发布的"
    "/这是哪年的文章？是不是有点旧了"
    "/媒体和发表日期给我一下/这篇东西出自哪个网站/具体发布到几点钟"
    "/When was this published?/Which website did it appear on?/When did this article come out?",
    BODY: "有哪些小标题/列一下提纲/文章分几个部分/分为几章/全文结构是怎样的/How many sections does it have?"
    "/What are the headings?/第二部分讲了什么",
    GIST: "这篇文章讲了什么？/主要观点是什么？/总结一下/请用一句话概括本文/作者的核心观点是什么/这篇文章是关于什么的？"
    "/帮我归纳文章的要点/文章的结论是什么/summarize this article/What is this article about?/What are the main points?",
}
ASKS_ELSE = """
健康码是谁写的程序/杭州健康码来源/作者认为城市治理要怎样/作者对社会失灵怎么看/吴晓林是哪所大学的/标题里的时代良方指什么
成都什么时候设立委员会/编者按说要解析什么/编辑部在哪里/上海发布了哪些文件/数据来源有哪些部门/网站平台建设/图书馆
城市的结构是什么/作者今年多大/作者写过哪些书/作者对社会失灵的观点/城市治理的要点/总结一下杭州的做法
What does the author recommend?/When did Shanghai publish the opinion?/Who wrote the health code?/你好/哪里/谁
什么时候/who is it/作者是哪里人/作者是哪儿人呀？/作者的籍贯/Where was the author born?
"""


@cache
def segmenter() -> Segmenter:
    return Segmenter()


@cache
def article() -> Document:
    return load(ARTICLE)


def headings(question: str) -> tuple[str, ...]:
    return asked_sections(analyse(question, segmenter()))


def test_only_lines_are_searched_by_their_heading() -> None:
    asked = ("文章发在哪个网站上？", "有哪些小标题", "这篇文章讲了什么？", "健康码是什么？")
    assert [lines_asked(analyse(question, segmenter())) for question in asked] == [
        ("出处",),
        (),
        (),
        (),
    ]


def lines(*wanted: str) -> list[str]:
    return [passage.text for passage in answering_lines(article(), wanted)]


@pytest.mark.parametrize("heading", ASKED)
def test_questions_of_the_article(heading: str) -> None:
    questions = ASKED[heading].split("/")
    assert {question: headings(question) for question in questions} == dict.fromkeys(
        questions, (heading,)
    )


def test_each_line_can_be_asked_for() -> None:
    assert set(ASKED) == {*LINES, BODY, GIST}


@pytest.mark.parametrize(
    "question", [one for line in ASKS_ELSE.strip().splitlines() for one in line.split("/")]
)
def test_questions_of_what_it_says(question: str) -> None:
    assert headings(question) == ()


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("作者和编辑分别是谁", ("作者", "编辑")),
        ("标题和作者", ("作者", "标题")),
        ("title and author", ("作者", "标题")),
    ],
)
def test_several_at_once(question: str, wanted: tuple[str, ...]) -> None:
    assert headings(question) == wanted


@pytest.mark.parametrize("question", ["", "？！", "👍", " \n", "谁" * 500, "12:30", "_"])
def test_odd_questions(question: str) -> None:
    assert headings(question) == ()


@pytest.mark.parametrize(
    "question", ["作者" * 250, "ＡＵＴＨＯＲ？", "作者 author", "《作者》是誰"]
)
def test_odd_spellings(question: str) -> None:
    assert headings(question) == ("作者",)


@settings(deadline=None)
@given(st.text(max_size=500) | st.text("作者编辑标题是谁的 ？ab小", max_size=500))
def test_any_text_is_read(question: str) -> None:
    assert set(headings(question)) <= {*LINES, BODY, GIST}


def test_the_lines_of_the_article() -> None:
    assert lines("编辑") == ["[ 责编:李澍 ]"]
    assert lines("配图") == ["(动图:耿楠楠)"]
    assert lines("标题") == ["【实践新论】积极探索城市治理的“时代良方”"]
    assert lines("出处") == ["来源:光明网-理论频道2020-12-05 10:00"]
    assert lines("配图", "编辑") == ["(动图:耿楠楠)", "[ 责编:李澍 ]"]
    assert [line[-4:] for line in lines("作者")] == ["岳庆磊)"]
    assert lines("无此") == lines() == []


def test_the_headings_of_the_body() -> None:
    assert lines(BODY) == [
        "党建引领,三层联动,形成“1+N”城市治理政策体系",
        "社会参与,多方协作,形成城市治理共同体",
        "科技赋能,重心下移,形成城市治理新效能",
    ]


def test_what_the_article_says_on_the_whole() -> None:
    assert lines(GIST) == [*lines(BODY), "总而言之,“城市是生命体、有机体,要敬畏城市、善待城市。”"]
    assert lines(GIST, BODY) == lines(GIST)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("甲说一。\n乙说二。", ["甲说一。"]), ("甲说一。总之,二。丙说三。", ["总之,二。"]), ("", [])],
)
def test_without_headings_it_is_one_sentence(text: str, expected: list[str]) -> None:
    document = Document("made", "", text, sections=(Section("", 0, len(text)),))
    assert [passage.text for passage in answering_lines(document, [GIST])] == expected


def test_what_a_question_says_beside_the_section() -> None:
    assert (
        adds_nothing("第二位是什么身份？") and adds_nothing("") and not adds_nothing("第二位主任")
    )
    assert names_article("文章的来源") and names_article("When was the article published?")
    assert not names_article("来源呢")


def test_no_more_lines_than_an_answer_holds() -> None:
    text = "编者按:一。二。三。四。五。六。"
    document = Document("made", "", text, sections=(Section("编者按", 0, len(text)),))
    found = answering_lines(document, iter(["编者按"]))
    assert [passage.text for passage in found] == ["编者按:一。", "二。", "三。", "四。"]
    assert len(found) == LINES_AT_MOST
    assert answering_lines(Document("bare", "", "没有小节。"), ["作者", BODY]) == []
