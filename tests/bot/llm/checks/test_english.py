"""Sentences in English are held to their numbers, names and units as Chinese ones are."""

import pytest
from support.claims import read, segmenter

from bot.llm.checks.english import counted, in_digits, names
from bot.llm.checks.names import lacks_name
from bot.llm.checks.values import lacks_value

RULES = "The Housing Rules of Hangzhou took effect on 15 November 2018 and cover twelve districts."
PERMITS = "The Housing Bureau, led by Director Li Ming, shall decide within thirty days."
FEES = "Residents of Shanghai paid 2.7 million yuan in fees between March and May 2020."


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("twelve", "12"),
        ("twenty-five days", "25 days"),
        ("three hundred and two", "302"),
        ("two thousand three hundred", "2300"),
        ("2.7 million yuan", "2700000 yuan"),
        ("a hundred", "a 100"),
        ("one hundred", "100"),
        ("one of three", "one of 3"),
        ("three and four", "3 and 4"),
        ("often, weighty and tenfold", "often, weighty and tenfold"),
        ("2.7 metres", "2.7 metres"),
    ],
)
def test_numbers_in_words(words: str, digits: str) -> None:
    assert in_digits(words) == digits


def test_names_have_capitals_and_begin_no_sentence() -> None:
    assert list(names(PERMITS)) == ["housing", "bureau", "director", "li", "ming"]
    assert list(names("It is warm. The rooms are.")) == []


def test_what_is_counted() -> None:
    assert list(counted("within 30 days at 9 a.m. of 1,200 people")) == ["days", "people"]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The Housing Rules took effect on November 15, 2018.", RULES),
        ("In Hangzhou's rules 12 districts are covered.", RULES),
        ("Director Li Ming leads the Housing Bureau.", PERMITS),
        ("It shall decide within 30 days.", PERMITS),
        ("Between March and May 2020, they paid 2,700,000 yuan.", FEES),
    ],
)
def test_what_stands_there(claim: str, source: str) -> None:
    assert not lacks_value(*read(claim, source))
    assert not lacks_name(*read(claim, source), segmenter())


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The Housing Rules of Shanghai took effect on 15 November 2018.", RULES),
        ("The Housing Rules took effect on December 15, 2018.", RULES),
        ("The Water Rules of Hangzhou took effect.", RULES),
        ("It covers eleven districts.", RULES),
        ("The Planning Bureau shall decide within thirty days.", PERMITS),
        ("It shall decide within thirty weeks.", PERMITS),
        ("It shall decide within twenty days.", PERMITS),
        ("They paid 2.7 billion yuan.", FEES),
        ("They paid 2.7 million dollars.", FEES),
        ("They paid in June 2020.", FEES),
    ],
)
def test_what_does_not(claim: str, source: str) -> None:
    assert lacks_value(*read(claim, source)) or lacks_name(*read(claim, source), segmenter())
