"""What is looked for, and where a word stands in a text."""

import pytest

from bot.composer.mention import _edges, _stands_in, looked_for
from bot.question.analysis import analyse
from bot.question.forms import asked_form
from corpus.language.text import Segmenter

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
    question = analyse(asked, SEGMENTER)
    assert asked_form(question) == "mention"
    assert looked_for(question) == what


@pytest.mark.parametrize(
    ("word", "text", "stands"),
    [("北京", "他住在北京市朝阳区。", True), ("人大", "工人大会昨天召开。", False)],
)
def test_a_word_stands_in_a_longer_name_and_not_across_two(
    word: str, text: str, stands: bool
) -> None:
    assert _stands_in(word, text, _edges(text, SEGMENTER)) is stands
