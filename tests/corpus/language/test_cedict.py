"""CC-CEDICT: values that a person can look up."""

import pytest

from corpus.language.cedict import (
    Entry,
    entries,
    is_name,
    names,
    place_by_sound,
    places,
    readings,
    senses,
)


def test_entries() -> None:
    assert len(entries()) == 122_143
    assert all(entry.word and entry.pinyin and entry.english for entry in entries())
    english = "Hangzhou subprovincial city and capital of Zhejiang province in southeast China"
    assert Entry("杭州", "Hang2 zhou1", english) in entries()


def test_proper_names_are_spelt_with_a_capital() -> None:
    assert (
        Entry("杭州", "Hang2 zhou1", "").is_proper
        and not Entry("城市", "cheng2 shi4", "").is_proper
    )
    assert not Entry("", "", "").is_proper


def test_senses_join_the_entries_of_a_word() -> None:
    assert senses()["蓉城"] == "nickname for Chengdu 成都[Cheng2 du1]"
    several = [entry.english for entry in entries() if entry.word == "行"]
    assert len(several) > 1 and senses()["行"] == "/".join(several)


@pytest.mark.parametrize(
    "word", ["北京", "北京市", "浙江", "浙江省", "徐汇", "徐汇区", "中国", "欧洲"]
)
def test_places(word: str) -> None:
    assert word in places()


@pytest.mark.parametrize("word", ["城市", "治理", "京", "习近平", "长征"])
def test_no_places(word: str) -> None:
    assert word not in places()


@pytest.mark.parametrize(
    ("sound", "word"), [("beijing", "北京"), ("hangzhou", "杭州"), ("chengdu", "成都")]
)
def test_place_by_sound(sound: str, word: str) -> None:
    assert place_by_sound()[sound] == word


def test_names() -> None:
    assert is_name("杭州") and is_name("长城") and is_name("红楼梦")
    assert not is_name("高兴") and not is_name("王")  # 高兴 is a word too; 王 has one character
    assert names() <= senses().keys()


@pytest.mark.parametrize(
    ("char", "syllables"),
    [("行", {"hang", "xing"}), ("女", {"nv", "ru"}), ("中", {"zhong"}), ("京", {"jing"})],
)
def test_readings(char: str, syllables: set[str]) -> None:
    assert set(readings()[char]) == syllables
