"""What is looked for, where a word stands in a text, and what is answered."""

from functools import cache

import pytest

from bot.composer.mention import _edges, _stands_in, looked_for
from bot.question.analysis import analyse
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from corpus.language.text import Segmenter
from index.snapshot import build

SEGMENTER = Segmenter()


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("有没有提到北京", "北京"),
        ("文章提到北京了吗？", "北京"),
        ("是否涉及关于停车的问题", "停车"),
        ("有没有规定罚款", "罚款"),
        ("Is Beijing mentioned?", "beijing"),
        ("Does the article mention Lhasa?", "lhasa"),
    ],
)
def test_what_is_looked_for(asked: str, what: str) -> None:
    assert looked_for(analyse(asked, SEGMENTER)) == what


@cache
def service() -> Service:
    """Two documents, without an encoder."""
    documents = [
        Document("park", "公园守则", "公园每天六点开门。遛狗应当牵绳。违反规定的，处五十元罚款。"),
        Document("block", "小区公约", "住户遛狗不得进入儿童活动区。垃圾每天早晚各收一次。"),
    ]
    return Service(build(documents, None), None, Settings())


@pytest.mark.parametrize(
    ("asked", "quotes"),
    [
        ("有没有提到罚款", ["违反规定的，处五十元罚款。"]),
        ("有没有规定罚款", ["违反规定的，处五十元罚款。"]),
        ("文章提到垃圾了吗？", ["垃圾每天早晚各收一次。"]),
        ("有没有文章提到遛狗", ["住户遛狗不得进入儿童活动区。", "遛狗应当牵绳。"]),
    ],
)
def test_the_places_that_mention_it_are_cited(asked: str, quotes: list[str]) -> None:
    answer = service().answer(asked)
    assert answer.form == "yes_no"
    assert [citation.quote for citation in answer.citations] == quotes


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("有没有提到航天", "航天"),
        ("有没有文章提到航天", "航天"),
        # Of several words, which might be told in others.
        ("有没有提到跨海大桥收费站", "跨海大桥收费站"),
    ],
)
def test_what_is_not_mentioned(asked: str, what: str) -> None:
    answer = service().answer(asked)
    assert (answer.outcome, answer.text) == ("absent", f"没有提到{what}。")


@pytest.mark.parametrize(
    ("word", "text", "stands"),
    [("北京", "他住在北京市朝阳区。", True), ("人大", "工人大会昨天召开。", False)],
)
def test_a_word_stands_in_a_longer_name_and_not_across_two(
    word: str, text: str, stands: bool
) -> None:
    assert _stands_in(word, text, _edges(text, SEGMENTER)) is stands
