"""Scores against answers whose right and wrong parts are known."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot.evals.datasets import Case, read_dataset
from bot.evals.score import ARTICLES, by_kind, main, overlaps, score, table
from corpus import Document, Passage, UsageError
from corpus.load import read_corpus

DATA = Path(__file__).parents[2] / "data"
DOCUMENT = Document("d", "", "甲城有三座桥。乙城有五座桥。甲城有三座桥。")


def case(**changes: Any) -> Case:
    fields: dict[str, Any] = {
        "case_id": "x-1",
        "kind": "number",
        "question": "甲城有几座桥？",
        "history": (),
        "gold": ((Passage(DOCUMENT, 0, 7), Passage(DOCUMENT, 14, 21)),),
        "answers": ("三座",),
        "outcome": "answered",
    }
    return Case(**fields | changes)


def answer(
    start: int = 0, end: int = 7, text: str = "甲城有三座桥。[1]", outcome: str = "answered"
) -> dict[str, Any]:
    span = {"doc_id": "d", "start": start, "end": end}
    answered = outcome == "answered"
    cited = [span] if answered else []
    return {
        "outcome": outcome,
        "answered": answered,
        "text": text,
        "citations": cited,
        "hits": [span] * 3,
    }


@pytest.mark.parametrize(
    ("start", "end", "shares"),
    [
        (0, 7, True),
        (0, 4, True),
        (0, 3, True),
        (4, 11, False),
        (3, 11, True),
        (7, 14, False),
        (0, 21, True),
    ],
)
def test_a_span_must_share_half_of_the_shorter(start: int, end: int, shares: bool) -> None:
    assert overlaps({"doc_id": "d", "start": start, "end": end}, Passage(DOCUMENT, 0, 7)) is shares
    assert not overlaps({"doc_id": "e", "start": start, "end": end}, Passage(DOCUMENT, 0, 7))


def test_a_right_answer_has_every_measure() -> None:
    assert score(case(), answer()) == {
        "outcome": 1,
        "hit@3": 1,
        "cited": 1,
        "in text": 1,
        "answered": 1,
    }


def test_either_place_of_a_repeated_quote_will_do() -> None:
    assert score(case(), answer(14, 21))["cited"] == 1


def test_a_wrong_sentence_is_neither_cited_nor_in_the_text() -> None:
    scores = score(case(), answer(7, 14, "乙城有五座桥。[1]"))
    assert scores == {"outcome": 1, "hit@3": 0, "cited": 0, "in text": 0, "answered": 1}


def test_a_list_needs_every_member() -> None:
    several = case(kind="list", answers=("三座", "五座"))
    assert score(several, answer())["in text"] == 0
    assert score(several, answer(text="甲城有三座桥。[1]乙城有五座桥。[2]"))["in text"] == 1


def test_refusal_counts_only_where_nothing_is_to_be_found() -> None:
    absent = case(gold=(), answers=(), outcome="absent")
    assert score(absent, answer(outcome="absent")) == {"outcome": 1, "refused": 1}
    assert score(absent, answer()) == {"outcome": 0, "refused": 0}
    assert score(absent, answer(outcome="about")) == {"outcome": 0, "refused": 1}


def test_means_by_kind() -> None:
    scored = [
        ("a", {"outcome": 1.0}),
        ("a", {"outcome": 0.0}),
        ("b", {"outcome": 1.0, "cited": 0.0}),
    ]
    assert by_kind(scored) == {
        "a": {"outcome": (0.5, 2)},
        "b": {"outcome": (1.0, 1), "cited": (0.0, 1)},
    }


def test_the_table_shows_the_whole_and_the_targets() -> None:
    lines = table(
        "half", [("number", score(case(), answer())), ("absent", {"outcome": 0.0, "refused": 0.0})]
    )
    assert lines[0].split() == [
        "half",
        "n",
        "hit@3",
        "cited",
        "in",
        "text",
        "answered",
        "refused",
        "outcome",
    ]
    assert lines[3].split() == ["ALL", "2", "1.000", "1.000", "1.000", "1.000", "0.000", "0.500"]
    assert lines[4].split() == ["target", "0.95", "0.85", "0.85", "0.95", "0.80"]


@pytest.mark.parametrize("name", ["questions.jsonl", "hard.jsonl"])
def test_our_own_questions_stand_on_the_article(name: str) -> None:
    dataset = read_dataset(DATA / name, read_corpus(ARTICLES)[0])
    cases = dataset.cases
    assert not dataset.left_out and not dataset.warnings
    assert len(cases) >= 150
    for one in cases:
        assert bool(one.gold) == (one.outcome == "answered") == bool(one.answers)
        quotes = [span.text for group in one.gold for span in group]
        assert all(any(part in quote for quote in quotes) for part in one.answers)
        assert len(one.question) <= 120


def test_half_of_the_questions_were_not_looked_at() -> None:
    cases = read_dataset(DATA / "questions.jsonl", read_corpus(ARTICLES)[0]).cases
    unseen = [one for one in cases if one.case_id.startswith("unseen-")]
    assert abs(len(cases) - 2 * len(unseen)) <= 2
    assert {one.kind for one in unseen} == {one.kind for one in cases} and len(
        {one.kind for one in cases}
    ) == 16


def test_answers_that_are_missing_are_not_left_out_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "sys.stdin", io.StringIO('{"id": "seen-001", "error": {"code": "usage", "message": ""}}\n')
    )
    with pytest.raises(UsageError, match="seen-001"):
        main([str(DATA / "questions.jsonl")])


def test_a_question_left_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {
            "id": name,
            "kind": "k",
            "question": "哪里？",
            "gold": gold,
            "answers": [],
            "outcome": outcome,
        }
        for name, gold, outcome in [
            ("x-1", [], "absent"),
            ("x-2", [[{"doc_id": "none", "quote": "甲"}]], "answered"),
        ]
    ]
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO('{"id": "x-1", "outcome": "absent"}\n'))
    assert main([str(path)]) == 0
    told = capsys.readouterr()
    assert "line 2" in told.err and "none" in told.err
    assert told.out.splitlines()[2].split() == ["ALL", "1", "1.000", "1.000"]
