"""What is known of a short answer, worked by hand."""

import pytest

from bot.question.analysis import analyse
from bot.reader.short_answer_choice import short_answer_of
from bot.reader.sureness import SIGNS, Found, is_sure, load_sure, signs_of, signs_of_ruled, sureness
from corpus import Document, Passage
from corpus.language.text import Segmenter

SEGMENTER = Segmenter()
TEXT = "登记费三百元,年检费一百元。"
CITED = Passage(Document("d", "", TEXT), 0, len(TEXT))


def named(signs: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(SIGNS, signs, strict=True))


def test_the_signs_of_an_amount_beside_another() -> None:
    asked = analyse("登记费多少元？", SEGMENTER)
    found = Found((3, 6), (3, 6), None, 0.5)
    signs = named(signs_of(asked, CITED, found, None, SEGMENTER))
    assert signs["confidence"] == 0 and signs["unread"] == 1 and signs["rule"] == 1
    assert signs["of_kind"] == 1 and signs["rivals"] == 1 and signs["measure"] == 1
    assert signs["number"] == 1 and signs["date"] == 0
    assert signs["length"] == pytest.approx(1.0986, abs=1e-4)  # ln 3


def test_two_ways_that_agree_and_two_that_differ() -> None:
    asked = analyse("登记费多少元？", SEGMENTER)
    same = named(signs_of(asked, CITED, Found((3, 6), (3, 6), (3, 6), 0.9), None, SEGMENTER))
    other = named(signs_of(asked, CITED, Found((3, 6), (10, 13), (3, 6), 0.9), None, SEGMENTER))
    assert (same["agrees"], same["differs"]) == (1, 0)
    assert (other["agrees"], other["differs"]) == (0, 1)


def test_the_better_supported_of_two_is_surer() -> None:
    asked = analyse("登记费多少元？", SEGMENTER)
    likely = signs_of(asked, CITED, Found((3, 6), (3, 6), (3, 6), 0.95), None, SEGMENTER)
    unlikely = signs_of(asked, CITED, Found((3, 6), None, (3, 6), 0.4), None, SEGMENTER)
    assert sureness(likely) > sureness(unlikely)


def test_without_signs_nothing_is_sure() -> None:
    assert not is_sure(())
    assert 0 < load_sure().least <= 1


def test_what_a_rule_finds_is_sure_where_nothing_else_may_be_meant() -> None:
    asked = analyse("登记费多少元？", SEGMENTER)
    assert is_sure(signs_of_ruled(asked, "300", 0))
    assert not is_sure(signs_of_ruled(asked, "300", 1))


def test_the_short_answer_is_of_the_clause_that_names_what_is_asked() -> None:
    asked = analyse("年检费多少元？", SEGMENTER)
    short = short_answer_of(asked, CITED, None, 0.9, SEGMENTER)
    assert short is not None and TEXT[slice(*short.span)] == "一百元"
