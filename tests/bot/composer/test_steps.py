"""Steps answer what is to be done, and not what is to be brought, nor where or when."""

import pytest
from support.documents import document_of

from bot.composer.series import Series, series_in
from bot.composer.steps import is_of_steps, may_ask_for
from bot.question.analysis import analyse
from corpus.intake.page import Line
from corpus.language.text import Segmenter


def only_series(*lines: Line | str) -> Series:
    (found,) = series_in(document_of(Line("过户须知", "heading", level=1), *lines))
    return found


COUNTED = only_series("第一步：双方到窗口签字。", "第二步：窗口当天换证。")
HEADED = only_series(
    Line("二、过户流程", "heading", level=2),
    Line("1. 双方到窗口签字；", "item"),
    Line("2. 窗口当天换证。", "item"),
)
REASONS = only_series("一是手续太繁；", "二是窗口太少。")


@pytest.mark.parametrize(
    ("asked", "may"),
    [
        ("过户要走哪几步？", True),
        ("过户怎么办？", True),
        ("过户要做哪些事？", True),
        ("过户要哪些手续？", True),
        ("过户要哪些证件？", False),
        ("过户要带什么？", False),
        ("去哪里过户？", False),
        ("周末几点能过户？", False),
        ("过户多少钱？", False),
    ],
)
def test_what_may_ask_for_steps(asked: str, may: bool) -> None:
    question = analyse(asked, Segmenter())
    assert may_ask_for(COUNTED, question) is may
    assert may_ask_for(HEADED, question) is may
    assert may_ask_for(REASONS, question)


def test_steps_are_called_so_one_by_one_or_by_their_heading() -> None:
    assert is_of_steps(COUNTED)
    assert is_of_steps(HEADED)
    assert not is_of_steps(REASONS)
