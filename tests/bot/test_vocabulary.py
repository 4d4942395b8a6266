"""A corpus brings its own words: a hospital's lists work for the hospital, and nothing of cities is known there."""

from pathlib import Path

import pytest
from support.asking import VOCABULARY

from bot.index_build import open_service
from bot.service import Service
from bot.settings import load_settings
from corpus.language.text import Segmenter

WORDS = load_settings(["encoder.name=none-such", "reader=rules"], {})
"""Settings whose encoder no machine has: an index of words, built in no time."""

NOTICE = """门诊须知

患者须持就诊卡候诊，取消预约须提前一天，爽约三次的停约三个月。

社会组织可以预约义诊，方便群众就医，干部和居民都可以参加。
"""
TERMS = """
[terms]
"爽约" = "no-show; missed appointment"
"就诊卡" = "medical card"
"停约" = ""
"""
SYNONYMS = """
[synonyms]
"放鸽子 失约" = "爽约"
"看病" = "就医 候诊"
"""


@pytest.fixture
def hospital(tmp_path: Path) -> Path:
    """A hospital's notice, without word lists."""
    folder = tmp_path / "hospital"
    folder.mkdir()
    (folder / "notice.txt").write_text(NOTICE, "utf-8")
    return folder


def add_lists(folder: Path) -> None:
    (folder / "_terms.toml").write_text(TERMS, "utf-8")
    (folder / "_synonyms.toml").write_text(SYNONYMS, "utf-8")


def added(service: Service, question: str) -> list[str]:
    """The words that a question is searched with besides its own."""
    text = service.understand(question).text
    return text.removeprefix(question).split()


@pytest.mark.parametrize("one_file", [False, True])
def test_the_lists_of_a_corpus_work_for_it(hospital: Path, one_file: bool) -> None:
    add_lists(hospital)
    service = open_service(WORDS, hospital / "notice.txt" if one_file else hospital)
    assert added(service, "放鸽子三次会怎样？") == ["爽约"]
    assert added(service, "去哪里看病？") == ["就医", "候诊"]
    assert added(service, "What happens after a no-show?") == ["爽约"]
    assert added(service, "What is a medical card?") == ["就诊卡"]
    assert {"爽约", "就诊卡", "停约"} <= set(service.snapshot.segmenter.terms)
    answer = service.ask("放鸽子三次会怎样？")
    assert answer.outcome == "answered" and "停约三个月" in answer.text


def test_an_index_that_is_read_again_has_its_lists(hospital: Path) -> None:
    add_lists(hospital)
    made, read = (open_service(WORDS, hospital) for _ in range(2))
    assert read.index == made.index and read.snapshot.vocabulary == made.snapshot.vocabulary
    assert added(read, "放鸽子三次会怎样？") == ["爽约"]


def test_lists_that_are_taken_away_are_forgotten(hospital: Path) -> None:
    add_lists(hospital)
    open_service(WORDS, hospital)
    for name in ("_terms.toml", "_synonyms.toml"):
        (hospital / name).unlink()
    service = open_service(WORDS, hospital)
    assert added(service, "放鸽子三次会怎样？") == added(service, "去哪里看病？") == []
    assert added(service, "What happens after a no-show?") == []


@pytest.mark.parametrize("with_lists", [False, True])
def test_nothing_of_cities_is_known_elsewhere(hospital: Path, with_lists: bool) -> None:
    """The notice has 群众, 干部, 居民 and 社会组织, which the lists of the bundled articles point at."""
    if with_lists:
        add_lists(hospital)
    service = open_service(WORDS, hospital)
    assert not set(service.snapshot.segmenter.terms) & set(VOCABULARY.terms)
    assert added(service, "老百姓和当官的怎么预约？") == []
    assert added(service, "民间团体怎么预约？") == []
    assert "社会组织" not in added(service, "How does an NGO book?")


def test_without_lists_a_general_dictionary_cuts() -> None:
    assert "城市大脑" in Segmenter(VOCABULARY.terms).words("城市大脑指挥交通")
    assert "城市大脑" not in Segmenter().words("城市大脑指挥交通")
