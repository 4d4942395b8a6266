"""Questions of a small set, and what becomes of them when the answer is taken away."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import BigramEncoder

from bot.reader.features import FEATURES
from bot.service import Service
from bot.settings import Settings
from bot.training.fit_scorer import Deletion, SentenceExample, examples, read_questions
from corpus import DocumentError
from corpus.intake.benchmarks import load_squad
from index.snapshot import build

PARAGRAPHS = [
    (
        "杭州健康码日最高使用量超过两千万次。杭州建设城市大脑。",
        "健康码日最高使用量是多少？",
        "两千万次",
        13,
    ),
    ("成都设立社区委员会。成都陆续发布配套文件。", "成都设立什么委员会？", "社区委员会", 99),
    ("广州每个街道都有服务中心。中心引入社工组织。", "广州街道有什么？", "不在文中", 0),
]


def write(folder: Path, paragraphs: list[tuple[str, str, str, int]] = PARAGRAPHS) -> Path:
    path = folder / "set.json"
    rows = [
        {
            "context": text,
            "qas": [
                {"id": "q", "question": asked, "answers": [{"text": said, "answer_start": at}]}
            ],
        }
        for text, asked, said, at in paragraphs
    ]
    path.write_text(json.dumps({"data": [{"title": "城市", "paragraphs": rows}]}), encoding="utf-8")
    return path


@cache
def service(path: Path) -> Service:
    encoder = BigramEncoder()
    return Service(build(load_squad(path), encoder), encoder, Settings())


def made(path: Path, deletion: Deletion) -> list[SentenceExample]:
    return list(examples(service(path), read_questions(path, load_squad(path)), deletion))


def test_answers_are_found_by_their_text_and_left_out_where_it_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path)
    found = read_questions(path, load_squad(path))
    assert [(q.number, q.question, q.gold.text, q.gold.start) for q in found] == [
        (0, "健康码日最高使用量是多少？", "两千万次", 13),
        (1, "成都设立什么委员会？", "社区委员会", 4),
    ]


def test_of_two_places_the_one_near_the_offset_is_meant(tmp_path: Path) -> None:
    path = write(tmp_path, [("上海。成都。上海。", "哪里？", "上海", 5)])
    assert [q.gold.start for q in read_questions(path, load_squad(path))] == [6]


def test_the_sentence_with_the_answer_is_right(tmp_path: Path) -> None:
    first, second = made(write(tmp_path), "nothing")
    for example in (first, second):
        assert example.features.shape == (len(example.right), len(FEATURES))
        assert example.right.sum() == 1


def test_nothing_is_right_without_the_document(tmp_path: Path) -> None:
    whole, without = made(write(tmp_path), "nothing"), made(write(tmp_path), "document")
    assert not any(example.right.any() for example in without)
    assert [len(w.right) - len(o.right) for w, o in zip(whole, without, strict=True)] == [2, 2]


def test_nothing_is_right_without_the_sentences(tmp_path: Path) -> None:
    whole, without = made(write(tmp_path), "nothing"), made(write(tmp_path), "sentences")
    assert not any(example.right.any() for example in without)
    assert [len(w.right) - len(o.right) for w, o in zip(whole, without, strict=True)] == [1, 1]


def test_sentences_that_say_the_answer_elsewhere_in_the_document_go_too(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        [("成都好。成都真好。杭州大。", "哪里好？", "成都", 0), ("成都远。", "哪里远？", "远", 2)],
    )
    first, _ = made(path, "sentences")
    assert len(first.right) == 2  # 杭州大, and 成都远 of the other document


@pytest.mark.parametrize(
    "content", [[], {"data": 3}, {"data": [{"paragraphs": [{"context": "字", "qas": [{}]}]}]}]
)
def test_a_file_of_another_layout_is_refused(tmp_path: Path, content: Any) -> None:
    documents = load_squad(write(tmp_path))
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DocumentError, match=r"bad\.json"):
        read_questions(path, documents)
    with pytest.raises(DocumentError, match=r"none\.json"):
        read_questions(tmp_path / "none.json", documents)
