"""`chengwen ask` and `chengwen eval run` with a language model: prose, and the extract where it fails."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.scripted_model import ScriptedModel, answering, failing, in_turn, scripted_model

from bot.cli.__main__ import main

QUESTION = "成都市每年投入多少社区资金？"
LINE = "成都市每年投入十五亿元社区资金。"
OTHERS = ("上海市有两张网，一张叫一网通办。", "北京市的街道有吹哨权，部门要报到。")


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    def first(messages: Sequence[Mapping[str, str]]) -> str:
        return f"{LINE}[{_number(messages)}]"

    with scripted_model(answering(first)) as running:
        yield running


def _number(messages: Sequence[Mapping[str, str]]) -> str:
    """The number that LINE has in a prompt."""
    (line,) = [line for line in messages[-1]["content"].splitlines() if line.endswith(LINE)]
    return line.partition("]")[0].removeprefix("[")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.txt").write_text("\n".join(["社区资金", "", LINE, *OTHERS]), "utf-8")
    return folder


def options(model: ScriptedModel, corpus: Path) -> list[str]:
    settings = {
        "encoder.name": "none-such",
        "reader": "llm",
        "llm.url": model.url,
        "llm.model": "m1",
    }
    pairs = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    return ["--corpus", str(corpus), *pairs]


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(list(argv)) == 0
    return capsys.readouterr().out


def test_an_answer_in_prose(
    capsys: pytest.CaptureFixture[str], model: ScriptedModel, corpus: Path
) -> None:
    answer = json.loads(said(capsys, "ask", QUESTION, "--json", *options(model, corpus)))
    assert (answer["form"], answer["reader"], answer["label"]) == ("prose", "llm", "人工智能生成")
    assert (answer["text"], answer["ai_generated"], answer["written_by"]) == (
        f"{LINE}[1]",
        True,
        "m1",
    )
    assert [one["quote"] for one in answer["citations"]] == [LINE]
    assert "write" in answer["milliseconds"]


def test_a_person_is_told_who_wrote_it(
    capsys: pytest.CaptureFixture[str], model: ScriptedModel, corpus: Path
) -> None:
    out = said(capsys, "ask", QUESTION, *options(model, corpus))
    assert out.splitlines()[0].endswith("[1]")
    assert "人工智能生成 · m1" in out.splitlines()


def test_a_model_that_fails_costs_the_prose_alone(
    capsys: pytest.CaptureFixture[str], model: ScriptedModel, corpus: Path
) -> None:
    model.script = failing(401)
    answer = json.loads(said(capsys, "ask", QUESTION, "--json", *options(model, corpus)))
    assert (answer["form"], answer["ai_generated"]) == ("fact", False)
    assert LINE in answer["text"]
    assert "written_by" not in answer
    assert any("语言模型" in notice for notice in answer["notices"])


def test_what_is_not_answered_asks_no_model(
    capsys: pytest.CaptureFixture[str], model: ScriptedModel, corpus: Path
) -> None:
    for question in ("你好", "修昔底德陷阱是什么？"):
        answer = json.loads(said(capsys, "ask", question, "--json", *options(model, corpus)))
        assert not answer["answered"]
    assert model.exchanges == []


def test_a_batch_in_the_same_order(
    capsys: pytest.CaptureFixture[str], model: ScriptedModel, corpus: Path, tmp_path: Path
) -> None:
    model.script = in_turn(model.script, failing(401), model.script)
    rows = [{"id": n, "question": QUESTION} for n in range(3)]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join([*map(json.dumps, rows), '{"id": 3}']), "utf-8")
    out = said(capsys, "ask", "--batch", str(batch), "--json", *options(model, corpus))
    told = [json.loads(line) for line in out.splitlines()]
    assert [row["id"] for row in told] == [0, 1, 2, 3]
    assert [row.get("form") for row in told] == ["prose", "fact", "prose", None]
    assert "error" in told[3]


def test_an_evaluation(
    capsys: pytest.CaptureFixture[str], model: ScriptedModel, corpus: Path, tmp_path: Path
) -> None:
    case = {
        "id": "q1",
        "kind": "number",
        "question": QUESTION,
        "gold": [[{"doc_id": "a", "quote": LINE}]],
        "answers": ["十五亿元"],
        "outcome": "answered",
    }
    absent = {
        "id": "q2",
        "kind": "what",
        "question": "修昔底德陷阱是什么？",
        "gold": [],
        "answers": [],
    }
    questions = tmp_path / "set.jsonl"
    rows = [case, {**absent, "outcome": "absent"}]
    questions.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    out = said(capsys, "eval", "run", str(questions), "--json", *options(model, corpus))
    run: dict[str, Any] = json.loads(out)
    measured = {name: figure["value"] for name, figure in run["measures"].items()}
    assert measured["citation P"] == measured["citation R"] == measured["answered"] == 1
    assert measured["in text"] == measured["refused"] == 1
    assert run["fingerprint"]["model"].startswith("m1 ")
    assert len(model.exchanges) == 1


def test_without_a_model_a_run_says_nothing_of_one(
    capsys: pytest.CaptureFixture[str], corpus: Path, tmp_path: Path
) -> None:
    case = {
        "id": "q1",
        "kind": "what",
        "question": "你好",
        "outcome": "about",
        "gold": [],
        "answers": [],
    }
    questions = tmp_path / "set.jsonl"
    questions.write_text(json.dumps(case), "utf-8")
    named = ("--corpus", str(corpus), "--set", "encoder.name=none-such", "--set", "reader=rules")
    run = json.loads(said(capsys, "eval", "run", str(questions), "--json", *named))
    assert "model" not in run["fingerprint"]
