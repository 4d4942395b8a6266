"""BEIR and TREC: small sets by hand with their faults, and runs to and fro."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.evals.datasets import Dataset, read_dataset, select
from bot.evals.datasets.beir import read_beir
from bot.evals.datasets.trec import read_run, write_run
from corpus import ChengwenError, Document, UsageError


def gold(dataset: Dataset) -> dict[str, list[list[str]]]:
    return {
        c.case_id: [[f"{s.passage_id} {s.text}" for s in group] for group in c.gold]
        for c in dataset.cases
    }


def told(dataset: Dataset) -> list[tuple[str, str]]:
    return [(note.case_id, note.en) for note in (*dataset.left_out, *dataset.warnings)]


def lines(*rows: Any) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


CORPUS = [
    {"_id": "d1", "title": "上海", "text": "上海有街道。 "},
    {"_id": "d.2", "title": "", "text": "成都。\n\n社区。"},
    {"_id": "d3", "title": "只有题目", "text": ""},
    {"_id": "d4", "text": ""},
]
QUERIES = [
    {"_id": "q1", "text": "上海？"},
    {"_id": "q2", "text": "成都？"},
    {"_id": "q3", "text": ""},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td3\t1\nq1\td.2\t0\nq2\td.2\t1\nq2\td4\t1\n"


def beir(folder: Path, **changes: str) -> Path:
    files = {"corpus": lines(*CORPUS), "queries": lines(*QUERIES), "qrels": QRELS} | changes
    (folder / "qrels").mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / ("qrels/test.tsv" if name == "qrels" else f"{name}.jsonl")
        path.write_text(content, encoding="utf-8")
    return folder


def test_a_beir_folder_brings_its_corpus(tmp_path: Path) -> None:
    dataset = read_dataset(beir(tmp_path))
    odd = dataset.documents[1].doc_id
    assert [(d.doc_id, d.title, d.text) for d in dataset.documents] == [
        ("d1", "上海", "上海有街道。"),
        (f"d-2-{sha256(b'd.2').hexdigest()[:12]}", "", "成都。\n社区。"),
        ("d3", "只有题目", "只有题目"),
    ]
    # Every relevant document is required, whole.
    assert gold(dataset) == {
        "q1": [["d1.0-6 上海有街道。"], ["d3.0-4 只有题目"]],
        "q2": [[f"{odd}.0-7 成都。\n社区。"]],
    }
    assert [case.question for case in dataset.cases] == ["上海？", "成都？"]
    assert told(dataset) == [
        ("q2", "the corpus has no document d4"),
        ("", "grades above 1, counted as 1: 1"),
        ("", "documents without text: 1"),
    ]
    content = b"".join(
        (tmp_path / n).read_bytes() for n in ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")
    )
    assert dataset.unit == "document" and dataset.sha256 == sha256(content).hexdigest()


def test_the_part_of_a_beir_query_is_its_split(tmp_path: Path) -> None:
    queries = lines(
        {"_id": "q1", "text": "上海？", "part": "fit"},
        {"_id": "q2", "text": "成都？", "part": "report"},
    )
    dataset = read_beir(beir(tmp_path, queries=queries))
    assert [case.case_id for case in select(dataset, "fit").cases] == ["q1"]
    assert [case.case_id for case in select(dataset, "report").cases] == ["q2"]


def test_a_whole_beir_corpus_has_no_warning(tmp_path: Path) -> None:
    qrels = "q1\td1\t1\nq2\td1\t1\n"
    whole = beir(tmp_path, corpus=lines(CORPUS[0]), queries=lines(*QUERIES[:2]), qrels=qrels)
    assert told(read_dataset(whole)) == []


def test_the_header_of_the_judgements_is_only_their_first_line(tmp_path: Path) -> None:
    header = "query-id\tcorpus-id\tscore\n"
    with pytest.raises(UsageError, match="line 2：等级应为整数"):
        read_dataset(beir(tmp_path, qrels="q1\td1\t1\n" + header))


def test_a_beir_question_without_a_document_is_left_out(tmp_path: Path) -> None:
    dataset = read_dataset(beir(tmp_path, qrels="q1\td1\t1\nq2\td1\t0\nq3\td1\t1\nq9\td1\t1\n"))
    assert list(gold(dataset)) == ["q1"]
    unknown = "no question of this id, or an empty one"
    assert told(dataset)[:3] == [
        ("q2", "no document is relevant"),
        ("q3", unknown),
        ("q9", unknown),
    ]
    other = read_dataset(tmp_path, [Document("d1", "", "上海有新街道。")])
    assert gold(other) == {"q1": [["d1.0-7 上海有新街道。"]]}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"corpus": lines(CORPUS[0], CORPUS[0])}, "corpus.jsonl line 2: id d1 occurs twice"),
        ({"corpus": lines({"_id": "d1"})}, "corpus.jsonl line 1: needs _id and text"),
        (
            {"queries": lines(QUERIES[0], QUERIES[1], QUERIES[0])},
            "queries.jsonl line 3: id q1 occurs twice",
        ),
        ({"queries": "{"}, "queries.jsonl line 1: not valid JSON"),
        ({"queries": lines({"_id": "q1"})}, "queries.jsonl line 1: needs _id and text"),
        ({"queries": lines({"_id": "q1", "text": 5})}, "queries.jsonl line 1: needs _id and text"),
        ({"queries": lines({"_id": 1, "text": "?"})}, "queries.jsonl line 1: needs _id and text"),
        ({"queries": lines({"_id": " ", "text": "?"})}, "queries.jsonl line 1: needs _id and text"),
        (
            {"queries": lines({"_id": "q1", "text": "?", "title": ["?"]})},
            "queries.jsonl line 1: needs _id and text",
        ),
        (
            {"queries": lines({"_id": "q1", "text": "?", "part": "dev"})},
            "queries.jsonl line 1: part is one of report, fit, train, not dev",
        ),
        (
            {"queries": lines({"_id": "q1", "text": "?", "part": ["fit"]})},
            "queries.jsonl line 1: part is one of",
        ),
        ({"qrels": "q1\td1\n"}, "test.tsv line 1: needs query-id"),
        ({"qrels": "q1\td1\tnan\n"}, "test.tsv line 1: a grade is a whole number, not nan"),
        ({"qrels": QRELS + "q1\td1\t1\n"}, "test.tsv line 7: q1 judges d1 twice"),
        ({"qrels": "q1\td8\t1\n"}, "no usable question (1 left out;"),
    ],
)
def test_a_malformed_beir_folder_is_an_error_with_its_line(
    tmp_path: Path, changes: Mapping[str, str], where: str
) -> None:
    with pytest.raises(ChengwenError) as caught:
        read_dataset(beir(tmp_path, **changes))
    assert where in caught.value.en and caught.value.exit_code == 2


def test_judgements_are_those_of_the_test_or_the_only_ones(tmp_path: Path) -> None:
    folder = beir(tmp_path)
    (folder / "qrels/dev.tsv").write_text("q1\td1\t1\n", encoding="utf-8")
    assert len(read_dataset(folder).cases) == 2
    (folder / "qrels/test.tsv").rename(folder / "qrels/train.tsv")
    with pytest.raises(UsageError, match=r"test\.tsv"):
        read_dataset(folder)
    (folder / "qrels/train.tsv").unlink()
    assert len(read_dataset(folder).cases) == 1


DOCUMENTS = [Document("d1", "", "上海。"), Document("d2", "", "成都。")]


def trec(
    folder: Path,
    topics: str = "1\t上海？\n2\t成都？\n3\t广州？\n",
    qrels: str = "1 0 d1 1\n2 0 d1 0\n",
) -> Path:
    (folder / "topics.tsv").write_text(topics, encoding="utf-8")
    (folder / "qrels.txt").write_text(qrels, encoding="utf-8")
    return folder


def test_a_trec_folder_judges_given_documents(tmp_path: Path) -> None:
    dataset = read_dataset(trec(tmp_path), DOCUMENTS)
    assert gold(dataset) == {"1": [["d1.0-3 上海。"]]} and dataset.unit == "document"
    assert told(dataset) == [
        ("2", "no document is relevant"),
        ("", "questions without judgements: 1"),
    ]
    with pytest.raises(UsageError, match="--corpus"):
        read_dataset(tmp_path)


def test_documents_that_the_corpus_lacks_are_named(tmp_path: Path) -> None:
    qrels = "1 0 d8 1\n1 0 d2 1\n1 0 d1 1\n2 0 d8 1\n2 0 d9 1\n3 0 d1 -1\n"
    dataset = read_dataset(trec(tmp_path, qrels=qrels), DOCUMENTS)
    assert gold(dataset) == {"1": [["d2.0-3 成都。"], ["d1.0-3 上海。"]]}
    assert told(dataset) == [
        ("2", "the corpus has no document d8, d9"),
        ("3", "no document is relevant"),
        ("1", "the corpus has no document d8"),
    ]
    places = [note.where.rpartition("/")[2] for note in (*dataset.left_out, *dataset.warnings)]
    assert places == ["qrels.txt line 4", "qrels.txt line 6", "qrels.txt line 1"]


@pytest.mark.parametrize(
    ("topics", "qrels", "where"),
    [
        ("1 上海？", "1 0 d1 1", "topics.tsv line 1: needs an id, a tab"),
        ("1\t ", "1 0 d1 1", "topics.tsv line 1: needs an id, a tab"),
        ("\t上海？", "1 0 d1 1", "topics.tsv line 1: needs an id, a tab"),
        ("1\t上海？", "1 0 d1 1 x", "qrels.txt line 1: needs four columns"),
        ("1\t上海？\n1\t成都？", "1 0 d1 1", "topics.tsv line 2: id 1 occurs twice"),
        ("1\t上海？", "1 0 d1", "qrels.txt line 1: needs four columns"),
        ("1\t上海？", "\n1 0 d1 1.5", "qrels.txt line 2: a grade is a whole number"),
        ("1\t上海？", "1 0 d1 1\n1 0 d1 0", "qrels.txt line 2: 1 judges d1 twice"),
        ("", "", "no usable question (0 left out;"),
    ],
)
def test_a_malformed_trec_folder_is_an_error_with_its_line(
    tmp_path: Path, topics: str, qrels: str, where: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_dataset(trec(tmp_path, topics, qrels), DOCUMENTS)
    assert where in caught.value.en


def test_a_run_written_is_the_run_read(tmp_path: Path) -> None:
    rankings = {"q1": [("d1", 0.1 + 0.2), ("d2", 1e-17)], "q2": [("d2", 3.0), ("d1", 3.0)]}
    write_run(tmp_path / "run.txt", rankings, "both")
    assert (tmp_path / "run.txt").read_text("utf-8").splitlines()[
        0
    ] == "q1 Q0 d1 1 0.30000000000000004 both"
    assert read_run(tmp_path / "run.txt") == (rankings, ())


def test_a_run_is_by_the_product_unless_it_is_named(tmp_path: Path) -> None:
    write_run(tmp_path / "run.txt", {"q1": [("d1", 2), ("d2", 1.5)]})
    content = (tmp_path / "run.txt").read_text("utf-8")
    assert content == "q1 Q0 d1 1 2.0 chengwen\nq1 Q0 d2 2 1.5 chengwen\n"


def test_a_run_read_without_questions_has_those_it_ranks(tmp_path: Path) -> None:
    (tmp_path / "run.txt").write_text("q2 Q0 d1 1 1 x\nq1 Q0 d2 1 1 x\n", encoding="utf-8")
    rankings, notes = read_run(tmp_path / "run.txt")
    assert list(rankings) == ["q2", "q1"] and notes == ()


def test_a_run_keeps_every_question_of_the_set(tmp_path: Path) -> None:
    (tmp_path / "run.txt").write_text(
        "q1 Q0 d1 1 0.5 x\nq1 Q0 d2 2 0.7 x\nq8 Q0 d1 1 1 x\n", encoding="utf-8"
    )
    rankings, notes = read_run(tmp_path / "run.txt", ["q1", "q2"])
    assert rankings == {"q1": [("d2", 0.7), ("d1", 0.5)], "q2": []}
    assert [(note.case_id, note.en) for note in notes] == [
        ("q2", "no ranking; counts as empty"),
        ("q8", "not a question of the set"),
        ("q1", "ranks contradict scores; scores count"),
    ]


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("q1 Q0 d2 2 nan x", "line 2: the score is nan"),
        ("q1 Q0 d2 2 -inf x", "line 2: the score is -inf"),
        ("q1 Q0 d2 1 0.1 x", "line 2: q1 has 1 twice"),
        ("q1 Q0 d1 2 0.1 x", "line 2: q1 has d1 twice"),
        ("q1 Q0 d2 two 0.1 x", "line 2: needs six columns"),
        ("q1 Q0 d2 2 0.1", "line 2: needs six columns"),
    ],
)
def test_a_malformed_run_is_an_error_with_its_line(tmp_path: Path, row: str, where: str) -> None:
    (tmp_path / "run.txt").write_text(f"q1 Q0 d1 1 0.5 x\n{row}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_run(tmp_path / "run.txt")
    assert where in caught.value.en


def test_a_run_of_another_set_is_an_error(tmp_path: Path) -> None:
    for content in ("q1 Q0 d1 1 0.5 x\n", ""):
        (tmp_path / "run.txt").write_text(content, encoding="utf-8")
        with pytest.raises(UsageError, match=r"run\.txt"):
            read_run(tmp_path / "run.txt", ["q7"])


@pytest.mark.parametrize(
    ("name", "found", "score"), [("q 1", "d", 1), ("q", "", 1), ("q", "d", float("nan"))]
)
def test_a_run_that_could_not_be_read_is_not_written(
    tmp_path: Path, name: str, found: str, score: float
) -> None:
    with pytest.raises(UsageError):
        write_run(tmp_path / "run.txt", {name: [(found, score)]})
    assert not (tmp_path / "run.txt").exists()
