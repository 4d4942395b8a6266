"""Lines that answer nothing by themselves, and what is cited in their place."""

from functools import cache

import pytest
from support.documents import units_of

from bot.reader.silent import is_silent
from bot.service import Service
from bot.settings import load_settings
from corpus import Document, Passage
from corpus.intake.article import clean
from corpus.intake.plain_text import read_text
from index.snapshot import build

FERRY = """夜航渡轮开到几点——访江北航运公司调度长温砚

晚报：夜里的船票是多少钱？
温砚：成人四元，学生和七十岁以上的老人免费。

晚报：末班船为什么提前了？
温砚：九月起江面有雾。我们把二十三点的一班改到二十一点四十分。

晚报：没赶上的乘客怎么过江？
温砚：码头备了三辆中巴，凭当天的票坐到江南车站。
"""


def document_of(text: str) -> Document:
    article = clean(read_text(text))
    return Document("d", article.title, article.text, unit_spans=article.units)


@cache
def service() -> Service:
    return Service(build([document_of(FERRY)], None), None, load_settings(["refusal=off"]))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("夜里的船票多少钱？", "成人四元"),
        ("末班船为什么提前了", "九月起江面有雾"),
        ("没赶上的乘客怎么过江？", "三辆中巴"),
    ],
)
def test_what_is_answered_is_cited_and_not_the_question_above_it(asked: str, told: str) -> None:
    answer = service().answer(asked)
    quotes = [citation.quote for citation in answer.citations]
    assert told in "".join(quotes)
    assert not any(quote.startswith("晚报") for quote in quotes)


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("码头为什么这么冷清？", True),
        ("他问：“船还开不开？”", True),
        ("“船还开不开？”他问。", False),
        ("末班船二十一点四十分开。", False),
    ],
)
def test_a_sentence_that_asks_is_silent(text: str, silent: bool) -> None:
    document = Document("d", "", text, unit_spans=units_of(text))
    assert is_silent(Passage(document, 0, len(text))) is silent


def test_a_question_is_cited_where_there_is_nothing_else() -> None:
    alone = "北岸的码头为什么这么冷清？"
    held = Service(build([Document("d", "", alone)], None), None, load_settings(["refusal=off"]))
    assert [citation.quote for citation in held.answer("北岸码头").citations] == [alone]
