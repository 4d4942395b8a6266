"""All checks together: marks that are kept, moved or taken away."""

import pytest
from support.claims import cited, segmenter

from bot.llm.checks import Checked, Checker
from bot.llm.sentences import MarkedSentence

CANDIDATES = (
    cited("社区食堂共有三家，2019年开业。"),
    cited("城市书房共有五家，周末开放。"),
    cited("不得在楼道内停放电动自行车。"),
)


def checked(text: str, *marks: int) -> Checked:
    return Checker(segmenter(), None).check(MarkedSentence(text, marks), CANDIDATES, "")


def test_a_supported_sentence_keeps_its_mark() -> None:
    assert checked("社区食堂有3家。", 1) == Checked(
        MarkedSentence("社区食堂有3家。", (1,)), (), True
    )


@pytest.mark.parametrize("marks", [(2,), (3,), (9,), ()])
def test_a_mark_is_moved_to_the_sentence_that_says_so(marks: tuple[int, ...]) -> None:
    found = checked("社区食堂共有三家，2019年开业。", *marks)
    assert found.sentence.marks == (1,)
    assert found.failed
    assert found.is_supported


def test_a_mark_is_not_moved_where_too_little_stands() -> None:
    found = checked("社区食堂大约开办了三家左右，深受街坊邻里喜爱。", 2)
    assert found.sentence.marks == ()
    assert not found.is_supported


def test_marks_that_add_nothing_go() -> None:
    assert checked("社区食堂有3家。", 1, 2).sentence.marks == (1,)
    assert checked("社区食堂有3家，城市书房有5家。", 1, 2).sentence.marks == (1, 2)


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("社区食堂共有四家，2019年开业。", "values"),
        ("社区食堂共有三家，在南京开业。", "names"),
        ("球队昨晚夺得联赛冠军。", "coverage"),
    ],
)
def test_the_failed_check_is_named(text: str, failed: str) -> None:
    found = checked(text, 1)
    assert failed in found.failed
    assert found.sentence.marks == ()


def test_a_reversal_is_named() -> None:
    assert "negation" in checked("楼道内可以停放电动自行车。", 3).failed


def test_no_candidates() -> None:
    found = Checker(segmenter(), None).check(MarkedSentence("共三家。", (1,)), (), "")
    assert found == Checked(MarkedSentence("共三家。"), ("marks",), False)


@pytest.mark.parametrize("marks", [(), (1,)])
def test_a_sentence_that_says_nothing_has_no_support(marks: tuple[int, ...]) -> None:
    assert not checked("是的。", *marks).is_supported


def test_a_bare_number_keeps_its_mark_and_gets_none() -> None:
    assert checked("有三家。", 1).sentence.marks == (1,)
    assert checked("有三家。").sentence.marks == ()
