"""SQuAD layout: small sets by hand with their faults, and the public sets where they are at hand."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.evals.datasets import Dataset, DatasetSplit, read_dataset, select
from bot.evals.datasets.squad import split_of
from corpus import Document, DocumentError, UsageError
from corpus.intake.benchmarks import load_squad

DATA = os.environ.get("CHENGWEN_DATA", "")
public = pytest.mark.skipif(
    not Path(DATA, "drcd_dev.json").is_file() or not DATA,
    reason="CHENGWEN_DATA names no folder of public sets",
)


def qa(name: Any, *answers: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "question": "哪里？",
        "answers": [{"text": t, "answer_start": s} for t, s in answers],
        **more,
    }


def squad(folder: Path, *paragraphs: tuple[str, list[Any]], name: str = "set") -> Path:
    path = folder / f"{name}.json"
    data = [
        {"title": "城市", "paragraphs": [{"context": text, "qas": qas}]} for text, qas in paragraphs
    ]
    path.write_text(json.dumps({"data": data}), encoding="utf-8")
    return path


def gold(dataset: Dataset) -> dict[str, list[list[str]]]:
    return {
        c.case_id: [[f"{s.passage_id} {s.text}" for s in group] for group in c.gold]
        for c in dataset.cases
    }


def told(dataset: Dataset) -> list[tuple[str, str]]:
    return [(note.case_id, note.en) for note in (*dataset.left_out, *dataset.warnings)]


def test_answers_stand_in_the_text_as_it_was_tidied(tmp_path: Path) -> None:
    # Three characters go before 上海, one between; the second 上海 is meant.
    path = squad(
        tmp_path,
        (
            "\u200b  上海\u200b。\n \n成都 。上海。",
            [qa("a", ("上海", 14)), qa(7, ("。\n \n成都", 6))],
        ),
    )
    dataset = read_dataset(path)
    assert (
        dataset.documents == tuple(load_squad(path))
        and dataset.documents[0].text == "上海。\n成都 。上海。"
    )
    assert gold(dataset) == {"a": [["set-00000.8-10 上海"]], "7": [["set-00000.2-6 。\n成都"]]}
    assert told(dataset) == [] and dataset.unit == "document"
    assert dataset.sha256 == sha256(path.read_bytes()).hexdigest()


def test_a_wrong_start_is_mended_and_noted(tmp_path: Path) -> None:
    dataset = read_dataset(
        squad(tmp_path, ("上海。成都。上海。", [qa("a", ("上海", 5)), qa("b", ("上海", -1))]))
    )
    assert gold(dataset) == {
        "a": [["set-00000.6-8 上海"]],
        "b": [["set-00000.0-2 上海", "set-00000.6-8 上海"]],
    }
    assert told(dataset) == [
        ("a", "“上海” is not at answer_start 5; taken at set-00000 6 “上海” (1.00)"),
        ("b", "“上海” is not at answer_start -1; taken at set-00000 0 “上海” (1.00)"),
    ]
    assert dataset.warnings[0].where == f"{tmp_path}/set.json data[0].paragraphs[0].qas[0]"


def test_several_answers_are_alternatives(tmp_path: Path) -> None:
    answers = ("上海", 0), ("上海市", 0), ("上海", 0), ("巴黎", 0)
    dataset = read_dataset(squad(tmp_path, ("上海市。", [qa("a", *answers)])))
    assert gold(dataset) == {"a": [["set-00000.0-2 上海", "set-00000.0-3 上海市"]]}
    assert dataset.cases[0].answers == ("上海", "上海市", "巴黎")
    assert told(dataset) == [("a", "“巴黎” is not in set-00000")]


def test_what_cannot_be_asked_is_left_out(tmp_path: Path) -> None:
    asked = [
        qa("a"),
        qa("b", ("巴黎", 0)),
        qa("c", ("上海", 0), question=" "),
        qa("d", is_impossible=True),
    ]
    dataset = read_dataset(squad(tmp_path, ("上海。", asked), (" ", [qa("e", ("上海", 0))])))
    assert [(case.case_id, case.outcome, case.gold) for case in dataset.cases] == [
        ("d", "absent", ())
    ]
    assert told(dataset) == [
        ("a", "no answer"),
        ("b", "“巴黎” is not in set-00000"),
        ("c", "the question has no text"),
        ("e", "the corpus lacks this paragraph"),
    ]


def test_other_documents_may_hold_the_paragraphs(tmp_path: Path) -> None:
    texts = ("上海。", "成都。", "广州有十二个街道。", "杭州。", "上海。")
    path = squad(
        tmp_path, *((text, [qa(text + str(n), (text[:2], 0))]) for n, text in enumerate(texts))
    )
    documents = [
        Document("whole", "", "北京。成都。"),
        Document("set-00000", "", "上海。"),
        Document("set-00002", "", "广州市有十三个街道。"),
    ]
    dataset = read_dataset(path, documents)
    assert gold(dataset) == {
        "上海。0": [["set-00000.0-2 上海"]],
        "成都。1": [["whole.3-5 成都"]],
        "广州有十二个街道。2": [["set-00002.0-2 广州"]],
        "上海。4": [["set-00000.0-2 上海"]],
    }
    assert told(dataset) == [
        ("杭州。3", "the corpus lacks this paragraph")
    ] and dataset.documents == tuple(documents)


@pytest.mark.parametrize(
    ("documents", "span"),
    [
        # Of its id and with its text; of its text; with its text as a part; of its id, but changed.
        ({"same": "上海。", "set-00000": "城。上海。"}, "set-00000.2-4"),
        ({"part": "城。上海。", "same": "上海。", "set-00000": "上海市。"}, "same.0-2"),
        ({"set-00000": "上海市。", "part": "城。上海。"}, "part.2-4"),
        ({"set-00000": "去上海市。"}, "set-00000.1-3"),
    ],
)
def test_the_document_that_holds_a_paragraph(
    tmp_path: Path, documents: dict[str, str], span: str
) -> None:
    given = [Document(doc_id, "", text) for doc_id, text in documents.items()]
    dataset = read_dataset(squad(tmp_path, ("上海。", [qa("a", ("上海", 0))])), given)
    assert gold(dataset) == {"a": [[f"{span} 上海"]]}


def test_of_equal_texts_the_answer_is_the_one_at_its_start(tmp_path: Path) -> None:
    questions = [qa("a", ("上海", 0)), qa("b", ("上海", 2)), qa("c", ("上海", 4))]
    dataset = read_dataset(squad(tmp_path, ("上海上海上海。", questions)))
    assert gold(dataset) == {
        "a": [["set-00000.0-2 上海"]],
        "b": [["set-00000.2-4 上海"]],
        "c": [["set-00000.4-6 上海"]],
    }
    assert told(dataset) == []


def test_an_answer_in_other_forms_is_noted_even_at_its_place(tmp_path: Path) -> None:
    dataset = read_dataset(squad(tmp_path, ("去上海。", [qa("a", ("上 海", 1))])))
    assert gold(dataset) == {"a": [["set-00000.1-3 上海"]]}
    assert told(dataset) == [
        ("a", "“上 海” is not at answer_start 1; taken at set-00000 1 “上海” (1.00)")
    ]


def test_paragraphs_alike_are_each_their_own(tmp_path: Path) -> None:
    dataset = read_dataset(
        squad(tmp_path, ("上海。", [qa("a", ("上海", 0))]), ("上海。", [qa("b", ("上海", 0))]))
    )
    assert gold(dataset) == {"a": [["set-00000.0-2 上海"]], "b": [["set-00001.0-2 上海"]]}


@pytest.mark.parametrize(
    "bad",
    [
        qa("a", ("上海", 0)),
        {"id": "b"},
        {"question": "哪里？"},
        qa("b", ("上海", 0), question=None),
        qa("b", (None, 0)),  # type: ignore[arg-type]
        qa("b", ("上海", 0.5)),  # type: ignore[arg-type]
        qa("b", answers=["上海"]),
        qa(""),
        "b",
    ],
)
def test_a_malformed_question_is_an_error_with_its_place(tmp_path: Path, bad: Any) -> None:
    with pytest.raises(UsageError, match=r"set\.json data\[0\]\.paragraphs\[0\]\.qas\[1\]"):
        read_dataset(squad(tmp_path, ("上海。", [qa("a", ("上海", 0)), bad])))


def test_another_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"context_text": "上海。"}]', encoding="utf-8")
    with pytest.raises(DocumentError, match="不是 SQuAD 格式"):
        read_dataset(tmp_path / "a.json")


def test_a_part_narrows_the_questions_and_not_the_corpus(tmp_path: Path) -> None:
    paragraphs = [
        ("上海。", [qa(f"q{n}", ("上海" if n != 9 else "巴黎", n and 1))]) for n in range(10)
    ]
    dataset = read_dataset(squad(tmp_path, *paragraphs, name="drcd_dev"))
    parts: dict[DatasetSplit, list[str]] = {
        "report": ["q4"],
        "fit": ["q0", "q5"],
        "train": ["q1", "q2", "q3", "q6", "q7", "q8"],
    }
    for part, expected in parts.items():
        selected = select(dataset, part)
        assert [case.case_id for case in selected.cases] == expected
        assert [note.case_id for note in selected.left_out] == (["q9"] if part == "report" else [])
        assert {note.case_id for note in selected.warnings} == set(expected) - {"q0"}
        assert len(selected.documents) == 10


def test_parts_are_those_of_the_split() -> None:
    train = [split_of("cmrc2018_train", n, 2403) for n in range(2403)]
    assert [train.count(part) for part in ("train", "fit", "report")] == [2162, 120, 121]
    assert train == sorted(train, key=["train", "fit", "report"].index)
    assert [split_of("drcd_dev", n, 1000) for n in range(6)] == [
        "fit",
        "train",
        "train",
        "train",
        "report",
        "fit",
    ]
    assert {split_of("cmrc2018_trial", n, 256) for n in range(256)} == {"report"}


@public
@pytest.mark.parametrize(
    ("name", "cases", "documents", "left_out", "notes", "report"),
    [
        ("cmrc2018_trial", 1000, 256, 2, 5, 1000),  # two questions have no text
        ("cmrc2018_train", 10142, 2403, 0, 21, 513),
        ("drcd_dev", 3524, 1000, 0, 0, 692),
    ],
)
@pytest.mark.slow
def test_public_sets(
    name: str, cases: int, documents: int, left_out: int, notes: int, report: int
) -> None:
    dataset = read_dataset(Path(DATA, f"{name}.json"))
    found = (
        len(dataset.cases),
        len(dataset.documents),
        len(dataset.left_out),
        len(dataset.warnings),
    )
    assert found == (cases, documents, left_out, notes)
    assert len(select(dataset, "report").cases) == report
    assert all(any(s.text in case.answers for s in case.gold[0]) for case in dataset.cases)
