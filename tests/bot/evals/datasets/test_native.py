"""Native question sets: what is read, what is left out and noted, what is refused."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.evals.datasets import Case, Dataset, Diagnostic, read_dataset, sample, select
from bot.evals.datasets.native import native_row
from corpus import Document, DocumentError, Passage, UsageError
from corpus.document import fingerprint

BRIDGES = Document("d", "桥", "甲城有三座桥。乙城有五座桥。甲城有三座桥。")
ROADS = Document("e", "路", "丙城今年新修了十二条公路，全部通车。")
HISTORY = [{"role": "user", "content": "甲城呢？"}, {"role": "assistant", "content": "三座。"}]


def row(**changes: Any) -> dict[str, Any]:
    gold = [[{"doc_id": "d", "quote": "乙城有五座桥。"}]]
    given = {
        "id": "a",
        "kind": "number",
        "question": "乙城有几座桥？",
        "gold": gold,
        "answers": ["五座"],
    }
    return given | {"outcome": "answered"} | changes


def quoted(quote: str, **more: Any) -> dict[str, Any]:
    return row(gold=[[{"doc_id": "e", "quote": quote, **more}]])


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "set.jsonl"
    lines = [
        given if isinstance(given, str) else json.dumps(given, ensure_ascii=False) for given in rows
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def read(folder: Path, *rows: Any) -> Dataset:
    return read_dataset(write(folder, *rows), [BRIDGES, ROADS])


def told(notes: tuple[Diagnostic, ...]) -> list[tuple[str, str, str]]:
    return [(note.case_id, note.where.rpartition("/")[2], note.en) for note in notes]


def test_a_case_is_read_as_it_stands(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        row(history=HISTORY),
        "",
        row(id=2, history=None, gold=[], answers=[], outcome="absent"),
    )
    dataset = read_dataset(path, [BRIDGES])
    gold = ((Passage(BRIDGES, 7, 14),),)
    assert dataset == Dataset(
        "set",
        sha256(path.read_bytes()).hexdigest(),
        "passage",
        (
            Case("a", "number", "乙城有几座桥？", tuple(HISTORY), gold, ("五座",), "answered"),
            Case("2", "number", "乙城有几座桥？", (), (), (), "absent"),
        ),
        (BRIDGES,),
    )


def test_every_place_of_a_repeated_quote_is_an_alternative(tmp_path: Path) -> None:
    item = {"doc_id": "d", "quote": "甲城有三座桥。"}
    dataset = read(tmp_path, row(gold=[[item, item]]), row(id="b", gold=[[item | {"start": 14}]]))
    assert [[(s.start, s.end) for s in case.gold[0]] for case in dataset.cases] == [
        [(0, 7), (14, 21)],
        [(14, 21)],
    ]
    assert set(told(dataset.warnings)) == {
        ("a", "set.jsonl line 1", "“甲城有三座桥。” is 2 times in d; each counts")
    }


@pytest.mark.parametrize(
    ("item", "span", "notes"),
    [
        (quoted("十二条公路", start=7, end=12, sha256=fingerprint(ROADS)), (7, 12), []),
        (
            quoted("十二条公路", sha256="0" * 64),
            (7, 12),
            ["e has changed; found again by the quote"],
        ),
        (quoted("十二条公路", start=5), (7, 12), ["“十二条公路” has moved: 5 → 7"]),
        (
            quoted("十二條 公路,", start=7),
            (7, 13),
            ["“十二條 公路,” differs in white space or forms of characters only"],
        ),
        (
            quoted("丙城今年新建了十二条公路", start=0),
            (0, 12),
            [
                "“丙城今年新建了十二条公路” is not there; the nearest is “丙城今年新修了十二条公路”，0.92"
            ],
        ),
    ],
)
def test_a_quote_is_found_again(
    tmp_path: Path, item: Any, span: tuple[int, int], notes: list[str]
) -> None:
    dataset = read(tmp_path, item)
    assert [[(s.start, s.end) for s in group] for group in dataset.cases[0].gold] == [[span]]
    assert [note.en for note in dataset.warnings] == notes and not dataset.left_out


def test_orphans_are_listed_with_their_line(tmp_path: Path) -> None:
    unknown = {"doc_id": "none", "quote": "桥"}
    known = row()["gold"][0][0]
    dataset = read(
        tmp_path,
        quoted("丁城没有任何一条河流"),
        row(id="b", gold=[[unknown]]),
        row(id="c", gold=[[known], [unknown]]),  # both groups are required
        row(id="d", gold=[]),
        row(id="e", gold=[[known, unknown]]),  # either will do
    )
    assert [case.case_id for case in dataset.cases] == ["e"]
    assert told(dataset.left_out) == [
        ("a", "set.jsonl line 1", "“丁城没有任何一条河流” is not in e, nor anything near it"),
        ("b", "set.jsonl line 2", "the corpus has no document none"),
        ("c", "set.jsonl line 3", "the corpus has no document none"),
        ("d", "set.jsonl line 4", "no gold"),
    ]
    assert told(dataset.warnings) == [("e", "set.jsonl line 5", "the corpus has no document none")]
    assert dataset.left_out[3].zh == "没有标注原文（gold）"


def test_a_long_quote_is_shortened_in_messages(tmp_path: Path) -> None:
    dataset = read(tmp_path, row(), row(id="b", gold=[[{"doc_id": "e", "quote": "河" * 25}]]))
    assert dataset.left_out[0].en == f"“{'河' * 23}…” is not in e, nor anything near it"


def test_the_first_place_of_a_text_is_an_offset_too(tmp_path: Path) -> None:
    item = {"doc_id": "d", "quote": "甲城有三座桥。", "start": 0, "end": 7}
    dataset = read(tmp_path, row(gold=[[item]]))
    assert dataset.cases[0].gold == ((Passage(BRIDGES, 0, 7),),) and not dataset.warnings


def test_a_case_written_is_the_case_read(tmp_path: Path) -> None:
    first = read(
        tmp_path,
        row(history=HISTORY),
        row(id="b", gold=[[{"doc_id": "d", "quote": "甲城有三座桥。"}]]),
    )
    again = read(tmp_path, *map(native_row, first.cases))
    assert again.cases == first.cases and not again.warnings
    assert native_row(first.cases[0])["gold"] == [
        [
            {
                "doc_id": "d",
                "sha256": fingerprint(BRIDGES),
                "start": 7,
                "end": 14,
                "quote": "乙城有五座桥。",
            }
        ]
    ]
    assert "history" not in native_row(first.cases[1])


@pytest.mark.parametrize(
    ("bad", "en"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[1]", "not a JSON object"),
        ({"id": "b"}, "lacks answers, gold, kind, outcome, question"),
        (row(id="b", x=1, y=2), "unknown key x, y"),
        (row(), "id a occurs twice"),
        (row(id=" "), "id must be a string"),
        (row(id=True), "id must be a string"),
        (row(id="\ud800").__repr__().replace("'", '"'), "id must be a string"),
        (row(id="b", question=""), "question must be"),
        (row(id="b", kind=None), "kind must be"),
        (row(id="b", outcome="maybe"), "outcome must be answered, absent or about"),
        (row(id="b", outcome=["about"]), "outcome must be"),
        (row(id="b", answers="五座"), "answers must be a list of strings"),
        (row(id="b", answers=[5]), "answers must be"),
        (row(id="b", history=[{"role": "user"}]), "history must be"),
        (row(id="b", history="甲城"), "history must be"),
        (row(id="b", history=HISTORY[0]), "history must be"),
        (row(id="b", history=["甲城"]), "history must be"),
        (row(id="b", history=[HISTORY[0] | {"name": "甲"}]), "history must be"),
        (row(id="b", history=[HISTORY[0] | {"role": ""}]), "history must be"),
        (row(id="b", history=[HISTORY[0] | {"content": 5}]), "history must be"),
        (row(id="b", gold=[[]]), "gold must be"),
        (row(id="b", gold=[{"doc_id": "d", "quote": "甲城"}]), "gold must be"),
        (row(id="b", gold=[[{"doc_id": "d"}]]), "gold must be"),
        (row(id="b", gold=[[{"doc_id": "d", "quote": ""}]]), "gold must be"),
        (row(id="b", gold=[[{"doc_id": "d", "quote": "甲城", "page": 1}]]), "gold must be"),
        (row(id="b", gold=[[{"doc_id": "d", "quote": "甲城", "start": -1}]]), "gold must be"),
        (
            row(id="b", gold=[[{"doc_id": "d", "quote": "甲城", "start": float("nan")}]]),
            "gold must be",
        ),
        (row(id="b", gold=None), "gold must be"),
        (row(id="b", gold=[5]), "gold must be"),
        (row(id="b", gold=["d"]), "gold must be"),
        (row(id="b", gold=[["d"]]), "gold must be"),
        (row(id="b", gold=[[{"quote": "甲城"}]]), "gold must be"),
        (row(id="b", gold=[[{"doc_id": "d", "quote": "甲城", "start": True}]]), "gold must be"),
        (row(id="b", gold=[[{"doc_id": "d", "quote": "甲城", "end": -1}]]), "gold must be"),
        (row(id="b", gold=[[{"doc_id": "d", "quote": "甲城", "sha256": ""}]]), "gold must be"),
        (row(id="b", answers=[" "]), "answers must be"),
    ],
)
def test_a_malformed_row_is_an_error_with_its_line(tmp_path: Path, bad: Any, en: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, row(), bad)
    assert f"{tmp_path}/set.jsonl line 2: {en}" in caught.value.en
    assert caught.value.zh.startswith(f"{tmp_path}/set.jsonl line 2：")


def test_an_id_left_out_before_is_twice_too(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"line 2：编号 a 重复"):
        read(tmp_path, row(gold=[]), row())


def test_a_line_separator_in_a_question_does_not_end_the_line(tmp_path: Path) -> None:
    assert (
        read(tmp_path, row(question="乙城\u2028有几座桥？")).cases[0].question
        == "乙城\u2028有几座桥？"
    )


def test_a_set_without_a_case_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有题目") as caught:
        read(tmp_path, "")
    assert "0 left out" in caught.value.en
    with pytest.raises(UsageError) as caught:
        read(tmp_path, row(gold=[]), row(id="b", gold=[]))
    assert (
        "no usable question (2 left out;" in caught.value.en and "line 1 no gold" in caught.value.en
    )


def test_what_is_no_set_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, row())
    with pytest.raises(UsageError, match="语料是空的"):
        read_dataset(path, [])
    with pytest.raises(UsageError, match="--corpus"):
        read_dataset(path)
    with pytest.raises(UsageError, match="不是题集"):
        read_dataset(tmp_path, [BRIDGES])
    with pytest.raises(UsageError, match="不是题集"):
        read_dataset(path.rename(tmp_path / "set.csv"), [BRIDGES])
    for name in ("none.jsonl", "none.json", "none"):
        with pytest.raises(DocumentError, match="找不到"):
            read_dataset(tmp_path / name, [BRIDGES])


def test_every_question_of_another_set_is_for_reporting(tmp_path: Path) -> None:
    dataset = read(tmp_path, row())
    assert select(dataset, "all") is dataset and select(dataset, "report") == dataset
    with pytest.raises(UsageError, match="fit"):
        select(dataset, "fit")


def test_a_sample_has_the_lowest_hashes_in_the_order_of_the_set(tmp_path: Path) -> None:
    dataset = read(tmp_path, *(row(id=name) for name in "abcdef"))
    # By the first byte of SHA-256: b 3e, c 2e, d 18, e 3f, f 25, a ca.
    assert [case.case_id for case in sample(dataset, 3).cases] == ["c", "d", "f"]
    assert [case.case_id for case in sample(dataset, 5).cases] == ["b", "c", "d", "e", "f"]
    assert sample(dataset, 1).documents == dataset.documents
    for whole in (-1, 0, 6, 7):
        assert sample(dataset, whole) is dataset
