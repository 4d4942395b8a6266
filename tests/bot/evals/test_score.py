"""The command that scores a batch of answers: a view of the measures, with tables and targets of its own."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot.evals.datasets import Case, read_dataset
from bot.evals.measures import score_answer, score_rankings
from bot.evals.score import ARTICLES, COLUMNS, TARGETS, main, read_answer, score, table
from corpus import Document, Passage, UsageError
from corpus.load import read_corpus

DATA = Path(__file__).parents[2] / "data"
DOCUMENT = Document("d", "", "甲城有三座桥。乙城有五座桥。甲城有三座桥。")
DOCUMENTS = {"d": DOCUMENT}


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


def row(
    start: int = 0, end: int = 7, text: str = "甲城有三座桥。[1]", outcome: str = "answered"
) -> dict[str, Any]:
    """An answer as `chengwen ask --batch --json` prints it."""
    span = {"doc_id": "d", "start": start, "end": end, "score": 0.5}
    return {
        "id": "x-1",
        "outcome": outcome,
        "text": text,
        "citations": [span] if outcome == "answered" else [],
        "hits": [span] * 3,
    }


def scored(asked: Case, answer: dict[str, Any]) -> dict[str, float]:
    """The measures that the command shows."""
    scores = score(asked, read_answer(answer, DOCUMENTS)).scores
    return {name: value for name, value in scores.items() if name in COLUMNS}


def test_the_numbers_are_those_of_the_measures() -> None:
    answer = read_answer(row(3, 11, "甲城有三座。[1]"), DOCUMENTS)
    assert answer.citations[0].quote == DOCUMENT.text[3:11]
    assert answer.hits[0].passage == Passage(DOCUMENT, 3, 11) and answer.hits[0].score == 0.5
    found = score(case(), answer)
    ranked = score_rankings([case()], {"x-1": answer.hits}, "passage")["x-1"]
    assert found.scores == {**ranked, **score_answer(case(), answer)}
    assert (found.case_id, found.kind) == ("x-1", "number")


def test_a_right_answer_has_every_measure() -> None:
    names = ["outcome", "Success@3", "cited", "in text", "answered"]
    assert scored(case(), row()) == dict.fromkeys(names, 1)


def test_a_short_answer_is_read() -> None:
    answer = read_answer({**row(), "short_answer": "三座"}, DOCUMENTS)
    assert score(case(), answer).scores["EM"] == 1


def test_the_unit_of_the_set_is_what_counts_as_found() -> None:
    elsewhere = read_answer(row(7, 14), DOCUMENTS)
    assert score(case(), elsewhere).scores["Success@3"] == 0
    assert score(case(), elsewhere, "document").scores["Success@3"] == 1


def test_either_place_of_a_repeated_quote_will_do() -> None:
    assert scored(case(), row(14, 21))["cited"] == 1


def test_a_wrong_sentence_is_neither_cited_nor_in_the_text() -> None:
    assert scored(case(), row(7, 14, "乙城有五座桥。[1]")) == {
        "outcome": 1,
        "Success@3": 0,
        "cited": 0,
        "in text": 0,
        "answered": 1,
    }


def test_a_list_needs_every_member() -> None:
    several = case(kind="list", answers=("三座", "五座"))
    assert scored(several, row())["in text"] == 0
    assert scored(several, row(text="甲城有三座桥。[1]乙城有五座桥。[2]"))["in text"] == 1


def test_refusal_counts_only_where_nothing_is_to_be_found() -> None:
    absent = case(gold=(), answers=(), outcome="absent")
    assert scored(absent, row(outcome="absent")) == {"outcome": 1, "refused": 1}
    assert scored(absent, row()) == {"outcome": 0, "refused": 0}
    assert scored(absent, row(outcome="about")) == {"outcome": 0, "refused": 1}


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "x-1"},
        {**row(), "citations": []},
        {**row(), "hits": [{"doc_id": "other", "start": 0, "end": 1}]},
        {**row(), "citations": [{"doc_id": "d"}]},
        {**row(), "hits": [3]},
    ],
)
def test_what_is_no_answer_about_this_corpus_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="x-1 的回答无法评分"):
        read_answer(answer, DOCUMENTS)


def test_the_table_shows_the_whole_and_the_targets() -> None:
    absent = case(case_id="x-2", kind="absent", gold=(), answers=(), outcome="absent")
    results = [
        score(case(), read_answer(row(), DOCUMENTS)),
        score(absent, read_answer(row(), DOCUMENTS)),
    ]
    lines = table("half", results)
    assert lines[0].split("  ")[0] == "half" and lines[0].split()[1] == "n"
    assert lines[0].endswith(" Success@3     cited   in text  answered   refused   outcome")
    assert lines[1].split() == ["number", "1", "1.000", "1.000", "1.000", "1.000", "1.000"]
    assert lines[2].split() == ["absent", "1", "0.000", "0.000"]
    assert lines[3].split() == ["ALL", "2", "1.000", "1.000", "1.000", "1.000", "0.000", "0.500"]
    assert lines[4].split() == ["target", "0.95", "0.85", "0.85", "0.95", "0.80"]
    assert {len(line) for line in lines} == {78} and list(TARGETS) == list(COLUMNS[:5])


@pytest.mark.parametrize(
    ("name", "count"), [("questions.jsonl", 293), ("hard.jsonl", 200), ("fresh.jsonl", 120)]
)
def test_our_own_questions_stand_on_the_article(name: str, count: int) -> None:
    dataset = read_dataset(DATA / name, read_corpus(ARTICLES)[0])
    cases = dataset.cases
    assert not dataset.left_out and not dataset.warnings
    assert len(cases) == len({one.question for one in cases}) == count
    for one in cases:
        assert bool(one.gold) == (one.outcome == "answered") == bool(one.answers)
        quotes = [span.text for group in one.gold for span in group]
        assert all(any(part in quote for quote in quotes) for part in one.answers)
        assert len(one.question) <= 120


def test_half_of_the_questions_were_not_looked_at() -> None:
    cases = read_dataset(DATA / "questions.jsonl", read_corpus(ARTICLES)[0]).cases
    unseen = [one for one in cases if one.case_id.startswith("unseen-")]
    assert abs(len(cases) - 2 * len(unseen)) <= 2
    kinds = {one.kind for one in cases}
    assert {one.kind for one in unseen} == kinds and len(kinds) == 16


def test_answers_that_are_missing_are_not_left_out_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = '\n{"id": "seen-001", "error": {"code": "usage", "message": ""}}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(failed))
    with pytest.raises(UsageError, match="seen-001"):
        main([str(DATA / "questions.jsonl")])


def test_a_question_left_out_is_named_and_parts_have_tables_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = [[{"doc_id": "none", "quote": "甲"}]]
    rows = []
    for name, gold, outcome in [
        ("x-1", [], "absent"),
        ("x-2", lost, "answered"),
        ("y-1", [], "absent"),
    ]:
        asked = {"id": name, "kind": "k", "question": "哪里？", "gold": gold, "answers": []}
        rows.append(json.dumps({**asked, "outcome": outcome}))
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    answers = '{"id": "x-1", "outcome": "absent"}\n\n{"id": "y-1", "outcome": "about"}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(answers))
    assert main([str(path)]) == 0
    printed = capsys.readouterr()
    assert "line 2" in printed.err and "none" in printed.err
    lines = [line.split() for line in printed.out.splitlines()]
    assert [lines[0][0], lines[5][0]] == ["x", "y"]
    assert lines[2] == ["ALL", "1", "1.000", "1.000"]
    assert lines[7] == ["ALL", "1", "1.000", "0.000"]
