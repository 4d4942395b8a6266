from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.document import Document, Section
from corpus.errors import DocumentError
from corpus.intake.benchmarks import load_squad


def write(path: Path, value: object) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def test_paragraphs_are_documents(tmp_path: Path) -> None:
    data = [
        {
            "title": "梵文",
            "paragraphs": [
                {"context": " 第一段\uff0c\n第二行。\u200b ", "qas": []},
                {"context": "甲\r\n\r\n乙"},
            ],
        },
        {"paragraphs": [{"context": " "}, {"context": "e\u0301"}]},
    ]
    assert load_squad(write(tmp_path / "cmrc_dev.json", {"version": "1", "data": data})) == [
        Document("cmrc_dev-00000", "梵文", "第一段\uff0c\n第二行。", sections=(Section("", 0, 9),)),
        Document("cmrc_dev-00001", "梵文", "甲\n乙", sections=(Section("", 0, 3),)),
        Document("cmrc_dev-00003", "", "\u00e9", sections=(Section("", 0, 1),)),
    ]


def test_an_id_has_room_for_its_number(tmp_path: Path) -> None:
    path = write(tmp_path / ("x" * 90 + ".json"), {"data": [{"paragraphs": [{"context": "一。"}]}]})
    assert len(load_squad(path)[0].doc_id) == 62


@pytest.mark.parametrize(
    ("content", "zh"),
    [
        ("{", "不是有效的 JSON"),
        ("[" * 100_000, "不是有效的 JSON"),
        ([], "不是 SQuAD 格式"),
        ({"data": 3}, "不是 SQuAD 格式"),
        ({"data": [{"paragraphs": [{}]}]}, "不是 SQuAD 格式"),
        ({"data": []}, "没有段落"),
        ({"data": [{"paragraphs": [{"context": " "}]}]}, "没有段落"),
    ],
)
def test_another_layout_is_refused(tmp_path: Path, content: object, zh: str) -> None:
    with pytest.raises(DocumentError, match=zh):
        load_squad(write(tmp_path / "a.json", content))


def test_a_lone_surrogate_does_not_come_through(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.json",
        '{"data": [{"title": "\\ud800", "paragraphs": [{"context": "一\\udfff二"}]}]}',
    )
    assert [(d.title, d.text) for d in load_squad(path)] == [("", "一二")]
