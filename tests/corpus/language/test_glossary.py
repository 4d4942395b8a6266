"""English questions, sounds and synonyms: worked examples on eight words."""

import pytest
from conftest import ARTICLE

from corpus.language.glossary import (
    build_glossary,
    keys_by_word,
    look_up,
    meanings,
    numbers,
    sound_keys,
    stem,
    synonyms,
)
from corpus.language.terms import read_vocabulary

COUNTS = {
    "健康码": 4,
    "杭州": 3,
    "城市": 9,
    "成都": 2,
    "治理": 8,
    "都市": 1,
    "张三丰": 1,
    "街道": 2,
}
TERMS = read_vocabulary([ARTICLE]).terms
GLOSSARY = build_glossary(COUNTS, TERMS)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("health cod", ["健康码"]),
        ("hangzhou", ["杭州"]),
        ("cit", ["城市", "都市"]),
        ("governanc", ["治理"]),
        ("jiankangma", ["健康码"]),
        ("zhangsanfeng", ["张三丰"]),
    ],
)
def test_keys(key: str, words: list[str]) -> None:
    """English of ours and of CC-CEDICT, and pinyin, all stemmed; frequent words first."""
    assert GLOSSARY[key] == words


def test_the_keys_of_an_earlier_glossary_make_the_same_one() -> None:
    """Where words are gone, new, or stand in the texts more often or less."""
    known = keys_by_word(GLOSSARY, COUNTS)
    assert known["街道"] and known["城市"] == [key for key in GLOSSARY if "城市" in GLOSSARY[key]]
    counts = {"杭州": 9, "城市": 1, "都市": 4, "治理": 8, "省会": 3, "的": 1}
    assert build_glossary(counts, TERMS, known) == build_glossary(counts, TERMS)
    assert keys_by_word({"city": ["城市"]}, ["城市", "的"]) == {"城市": ["city"], "的": []}


def test_meanings_are_keys_in_the_order_of_the_dictionary() -> None:
    assert meanings("城市") == ["cit", "town"] and meanings("没有这个词") == []


def test_only_words_of_the_collection() -> None:
    assert {word for words in GLOSSARY.values() for word in words} <= COUNTS.keys()
    assert build_glossary({}, TERMS) == {} and list(GLOSSARY) == sorted(GLOSSARY)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (
            "When did Hangzhou launch the health code?",
            {"hangzhou": "杭州", "launch": "", "health code": "健康码"},
        ),
        ("Is Beijing a city?", {"beijing": "北京", "city": "城市 都市"}),
        ("Hangzhou's health code", {"hangzhou": "杭州", "health code": "健康码"}),
        ("Cheng Du", {"cheng du": "成都"}),
        ("Who is Sanfeng Zhang", {"sanfeng zhang": "张三丰"}),
        ("sub-district of Shang Hai", {"sub district": "街道", "shang hai": "上海"}),
        ("What is it that they do?", {}),
        ("Which health codes?", {"health codes": "健康码"}),
        ("Over 26.85 million", {"over": ""}),
    ],
)
def test_look_up(question: str, found: dict[str, str]) -> None:
    assert look_up(question, GLOSSARY) == {
        phrase: tuple(words.split()) for phrase, words in found.items()
    }


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("26.85 million times", {"2685"}),
        ("1.5 billion yuan in 2015", {"15", "2015"}),
        ("500 thousand officials", {"50"}),
        ("60.6 percent, 17.9%", {"60.6", "17.9"}),
        ("1,234,567 people", {"1234567"}),
        ("none", set()),
    ],
)
def test_numbers(question: str, expected: set[str]) -> None:
    assert numbers(question) == expected


@pytest.mark.parametrize(
    "alike",
    [
        "city cities",
        "code codes",
        "govern governs governed governing",
        "service services",
        "class classes",
        "use uses",
        "policy policies",
        "resident residents",
    ],
)
def test_stems_of_one_word_are_alike(alike: str) -> None:
    assert len(set(map(stem, alike.split()))) == 1


def test_stems_of_short_words_stay() -> None:
    assert [stem(word) for word in ("bus", "is", "one", "ring", "red")] == [
        "bus",
        "is",
        "one",
        "ring",
        "red",
    ]


def test_synonyms() -> None:
    assert synonyms("都市", GLOSSARY, COUNTS) == ["城市"] and synonyms(
        "城市", GLOSSARY, COUNTS
    ) == ["都市"]
    assert synonyms("蓉城", GLOSSARY, COUNTS) == ["成都"]
    assert synonyms("魔都", GLOSSARY, ["上海"]) == ["上海"]
    assert synonyms("蓉城", GLOSSARY, {}) == synonyms("没有的词", GLOSSARY, COUNTS) == []


def test_synonyms_of_a_word_that_is_explained_by_another() -> None:
    counts = {"居民": 1, "群众": 2}
    glossary = build_glossary(counts, {"群众": "everyone; we all"})
    assert "群众" in synonyms("大伙儿", glossary, counts)


def test_an_english_word_of_many_meanings_joins_nothing() -> None:
    crowded = {**GLOSSARY, "cit": ["城市", "都市", "甲城", "乙城", "丙城", "丁城", "戊城"]}
    assert "城市" not in synonyms("都市", crowded, COUNTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("建康码", "健康码"), ("治里", "治理"), ("胡建", "福建"), ("山海", "三海"), ("南州", "兰州")],
)
def test_words_said_alike_share_a_key(typed: str, meant: str) -> None:
    assert sound_keys(typed) & sound_keys(meant)


def test_sound_keys() -> None:
    assert sound_keys("人民") == {"ren min"} and sound_keys("ab") == {"a b"}
    assert sound_keys("银行") == {"yin han", "yin xin"}
    assert not sound_keys("城市") & sound_keys("治理")
    assert len(sound_keys("行长行长行长")) == 16
