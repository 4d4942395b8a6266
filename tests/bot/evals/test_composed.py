"""The measures of composed answers, worked out by hand, and the rows that have them."""

import json
from pathlib import Path

import pytest

from bot.answer import Answer, Citation
from bot.evals.datasets.cases import Case
from bot.evals.datasets.native import native_row, read_native
from bot.evals.measures import score_composed
from corpus import Document, Passage, UsageError

TEXT = "甲街道有三座桥。乙街道有五座桥。丙街道没有桥。桥都是石头的。"
BRIDGES = Document("bridges", "三个街道的桥", TEXT)
SENTENCES = ("甲街道有三座桥。", "乙街道有五座桥。", "丙街道没有桥。", "桥都是石头的。")


def span(words: str) -> Passage:
    start = TEXT.index(words)
    return Passage(BRIDGES, start, start + len(words))


def case(opening: str = "", near: tuple[str, ...] = (SENTENCES[3],)) -> Case:
    gold = tuple((span(words),) for words in SENTENCES[:3])
    groups = tuple((span(words),) for words in near)
    return Case("1", "each", "各街道有几座桥？", (), gold, (), "answered", groups, opening)


def answer(*cited: str, text: str = "", form: str = "list") -> Answer:
    citations = tuple(Citation(BRIDGES, span(w).start, span(w).end) for w in cited)
    outcome = "answered" if citations else "absent"
    return Answer("", outcome, text, citations=citations, form=form)  # type: ignore[arg-type]


def test_points_precision_and_near() -> None:
    found = score_composed(case(), answer(SENTENCES[0], SENTENCES[1], SENTENCES[3]))
    assert found == pytest.approx({"points": 2 / 3, "whole": 0, "precision": 2 / 3, "near": 1})
    whole = score_composed(case(), answer(*SENTENCES[:3]))
    assert whole == {"points": 1, "whole": 1, "precision": 1, "near": 0}


def test_half_of_the_shorter_span_counts() -> None:
    assert score_composed(case(), answer("甲街道有"))["points"] == pytest.approx(1 / 3)
    # Of 「桥。乙街道有五」 two characters are of the first point and six of the second.
    assert score_composed(case(), answer("桥。乙街道有五"))["points"] == pytest.approx(1 / 3)


def test_a_refusal_has_no_precision() -> None:
    assert score_composed(case(), answer()) == {"points": 0, "whole": 0, "near": 0}


def test_openings_are_right_or_wrong_where_they_are_given() -> None:
    yes = answer(SENTENCES[0], text="是。甲街道有三座桥。[1]", form="yes_no")
    assert score_composed(case("是"), yes)["opening"] == 1
    assert score_composed(case("不是"), yes)["opening"] == 0
    said = answer(SENTENCES[0], text="原文是这样说的：甲街道有三座桥。[1]", form="yes_no")
    found = score_composed(case("是"), said)
    assert found["opened"] == 0 and "opening" not in found
    assert "opened" not in score_composed(case("原文"), said)


def test_other_cases_have_no_such_measures() -> None:
    plain = Case("1", "fact", "几座？", (), ((span(SENTENCES[0]),),), (), "answered")
    assert score_composed(plain, answer(SENTENCES[0])) == {}


def test_a_row_keeps_what_is_near_and_the_opening(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    row = native_row(case("不是")) | {"part": "fit", "labels": ["甲", "乙"]}
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    dataset = read_native(path, [BRIDGES])
    assert dataset.cases == (case("不是"),) and dataset.splits == {"1": "fit"}


@pytest.mark.parametrize("key, value", [("part", "all"), ("opening", "对"), ("near", ["桥"])])
def test_a_wrong_value_is_named(tmp_path: Path, key: str, value: object) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(native_row(case()) | {key: value}) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=key):
        read_native(path, [BRIDGES])
