"""What the makers make of a sentence, worked by hand, and that the same seed makes the same."""

import json
import random
from pathlib import Path

import pytest
from support.claims import segmenter

from bot.answer import Citation
from bot.evals.checker.corruptions import misplaced_number, wrong_date, wrong_number, wrong_unit
from bot.evals.checker.examples import Example, examples
from bot.evals.checker.faithful import FAITHFUL, Maker, a_clause, function_words, numerals, passive
from bot.evals.checker.material import Taken, half_of, read_material
from bot.evals.checker.measuring import Outcome, is_right, table
from bot.evals.checker.reversals import before_after, exchange, more_less, single_word
from bot.llm.checks import Checked
from bot.llm.sentences import MarkedSentence
from corpus import Document


def taken(text: str) -> Taken:
    document = Document("d", "标题", text)
    source = Citation(document, 0, len(text))
    return Taken("news", "fit", source, (source,), ())


def made(make: Maker, text: str) -> str | None:
    return make(taken(text), random.Random(1), segmenter())


@pytest.mark.parametrize(
    ("make", "text", "expected"),
    [
        (numerals, "食堂共有三十家。", "食堂共有30家。"),
        (numerals, "食堂共有30家。", "食堂共有三十家。"),
        (function_words, "居民与商户共同出资。", "居民和商户共同出资。"),
        (passive, "日本队击败韩国队。", "韩国队被日本队击败。"),
        (exchange, "日本队击败韩国队。", "韩国队击败日本队。"),
        (before_after, "会议结束之前公布结果。", "会议结束之后公布结果。"),
        (more_less, "室温高于标准。", "室温低于标准。"),
        (single_word, "居民不得在此停车。", None),
        (misplaced_number, "甲区3家，乙区5家。", "甲区5家，乙区3家。"),
        (wrong_number, "没有数目。", None),
        (wrong_date, "没有日期。", None),
    ],
)
def test_by_hand(make: Maker, text: str, expected: str | None) -> None:
    found = made(make, text)
    assert found == expected if expected else found != text


def test_a_wrong_number_is_another() -> None:
    found = made(wrong_number, "食堂共有30家。")
    assert found is not None and found.startswith("食堂共有") and "30" not in found


def test_a_wrong_unit_is_of_the_same_family() -> None:
    assert made(wrong_unit, "全长30公里。") in {
        f"全长30{unit}。" for unit in ("米", "厘米", "毫米", "英里")
    }


def test_a_clause_stands_by_itself() -> None:
    found = made(a_clause, "社区食堂每天开放三次，老人用餐不收费用，但要登记。")
    assert found in {"社区食堂每天开放三次。", "老人用餐不收费用。"}


def test_single_words_turn_the_meaning() -> None:
    assert made(single_word, "居民不得在此停车。") in {"居民可以在此停车。", "居民应当在此停车。"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three public sets of a few sentences each."""
    text = "社区食堂共有三十家，每天开放三次。城市书房共有五十家，周末开放，居民可以借书。"
    questions = [
        {
            "id": "q",
            "question": "社区食堂共有多少家？",
            "answers": [{"text": "三十", "answer_start": 6}],
        }
    ]
    for name in ("cmrc2018_trial", "news_fit"):
        paragraphs = [
            {"id": f"p{n}", "context": f"{text}这是第{n}段，一共有{n}人参加。", "qas": []}
            for n in range(12, 24)
        ]
        for paragraph in paragraphs:
            paragraph["qas"] = [{**questions[0], "id": f"{name}-{paragraph['id']}"}]
        content = {"version": "1", "data": [{"title": "标题", "paragraphs": paragraphs}]}
        (tmp_path / f"{name}.json").write_text(json.dumps(content), "utf-8")
    laws = tmp_path / "laws"
    laws.mkdir()
    for n in range(4):
        law = (
            f"# 第{n}市绿化条例\n\n第一条 单位和个人不得占用第{n}类公共绿地，违者处{n}千元罚款。\n"
        )
        (laws / f"{n}.md").write_text(law, "utf-8")
    return tmp_path


def test_the_same_seed_makes_the_same(folder: Path) -> None:
    once, again = (examples(read_material(folder, seed), segmenter(), seed, 2) for seed in (7, 7))
    assert [one.sentence for one in once] == [one.sentence for one in again]
    assert {one.text_kind for one in once} == {"encyclopedia", "news", "regulations"}
    assert {one.half for one in once} == {"fit", "report"}


def test_no_document_is_in_both_halves(folder: Path) -> None:
    halves: dict[str, set[str]] = {}
    for one in read_material(folder, 7):
        halves.setdefault(one.document.doc_id, set()).add(one.half)
    assert all(len(half) == 1 for half in halves.values())


def test_questions_with_their_answers_are_claims(folder: Path) -> None:
    worded = {claim for one in read_material(folder, 7) for claim in one.worded}
    assert worded == {"社区食堂共有三十家。"}


def test_every_third_document_of_news_is_for_reports() -> None:
    for number in range(9):
        document = Document("d", "", f"第{number}篇")
        if number % 3 == 2:
            assert half_of("news", number, document) == "report"


def example(kind: str) -> Example:
    source = taken("社区食堂共有三十家。").source
    is_faithful = kind in FAITHFUL
    sentence = MarkedSentence("共有三十家。", (2,) if kind == "wrong mark" else (1,))
    return Example(kind, "news", "report", is_faithful, sentence, (source, source))


@pytest.mark.parametrize(
    ("kind", "marks", "expected"),
    [
        ("itself", (1,), True),
        ("itself", (), False),
        ("wrong number", (), True),
        ("wrong number", (2,), False),
        ("wrong mark", (1,), True),
        ("wrong mark", (), True),
        ("wrong mark", (2,), False),
    ],
)
def test_what_is_right(kind: str, marks: tuple[int, ...], expected: bool) -> None:
    checked = Checked(MarkedSentence("共有三十家。", marks), (), bool(marks))
    assert is_right(example(kind), checked) == expected


def test_the_table_counts_each_kind() -> None:
    checked = Checked(MarkedSentence("", ()), (), False)
    outcomes = [
        Outcome(example("wrong number"), True, checked, 1.0, 2.0),
        Outcome(example("wrong number"), False, checked, 1.0, 2.0),
        Outcome(example("itself"), True, checked, 1.0, 2.0),
    ]
    lines = table(outcomes).split("\n")
    assert next(line for line in lines if line.startswith("| wrong number")).count("1/2") == 2
    assert next(line for line in lines if line.startswith("| **faithful")).count("1/1") == 2
    assert "p95 1.0" in lines[-3]
