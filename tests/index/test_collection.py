"""Documents, passages and sentences in row order: nothing lost, every span true, and the same again from disk."""

from pathlib import Path

import numpy as np
import pytest

from corpus import Document, Passage, Section
from index.collection import collect

TEXT = "城市治理要精细。\n社区是基础；居民要参与！\n物业\n“垃圾分类靠大家。”他说。"
DOCUMENTS = (
    Document(
        "a",
        "甲",
        TEXT,
        "日报",
        "https://example.org/a",
        "2020-12-05",
        ("张三", "李四"),
        ("site:x",),
    ),
    Document("b", "乙", "第一节\n内容。", sections=(Section("第一节", 0, 7),)),
)


def test_every_character_but_white_space_is_in_one_sentence_of_one_passage() -> None:
    collection = collect(DOCUMENTS)
    for spans in (collection.passages, collection.sentences):
        for document in DOCUMENTS:
            covered = "".join(span.text for span in spans if span.document is document)
            assert "".join(covered.split()) == "".join(document.text.split())


def test_rows_of_passages_and_sentences_agree() -> None:
    collection = collect(DOCUMENTS, size=10)
    assert len(collection.passages) > 3
    for row, passage in enumerate(collection.passages):
        inside = [collection.sentences[at] for at in collection.sentences_of(row)]
        assert inside and all(s.document is passage.document for s in inside)
        assert passage.start == inside[0].start and inside[-1].end == passage.end
        assert set(collection.passages_of(np.array(collection.sentences_of(row)))) == {row}
    assert collection.first_sentence[-1] == len(collection.sentences)


def test_every_passage_has_its_row_and_one_cut_otherwise_has_none() -> None:
    collection = collect(DOCUMENTS, size=10)
    assert collection.rows_of(collection.passages).tolist() == list(range(len(collection.passages)))
    assert collection.rows_of(reversed(collection.passages)).tolist()[-1] == 0
    assert collection.rows_of([Passage(DOCUMENTS[0], 1, 3), collection.passages[1]]).tolist() == [
        -1,
        1,
    ]
    assert collection.rows_of([]).shape == (0,)


def test_before_the_first_sentence_stands_none() -> None:
    collection = collect(DOCUMENTS)
    assert collection.before(0) is None
    assert collection.before(1) == collection.sentences[0]


def test_title_and_heading_are_searched_with_the_text() -> None:
    assert collect(DOCUMENTS[1:]).indexed_texts() == ["乙 第一节\n第一节\n内容。"]
    assert collect([Document("c", "", "字")]).indexed_texts() == ["字"]


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    collection = collect(DOCUMENTS, size=10)
    collection.save(tmp_path)
    loaded = type(collection).load(tmp_path)
    assert loaded.documents == DOCUMENTS
    assert (loaded.passages, loaded.sentences) == (collection.passages, collection.sentences)
    assert loaded.first_sentence.tolist() == collection.first_sentence.tolist()


@pytest.mark.parametrize("text", ["", "\n \n", "，", "\u2028字", "😀"])
def test_odd_texts_survive_the_round_trip(text: str, tmp_path: Path) -> None:
    collection = collect([Document("odd", "", text)])
    collection.save(tmp_path)
    assert type(collection).load(tmp_path).passages == collection.passages


def test_the_passages_of_documents_come_once_and_in_order() -> None:
    collection = collect(DOCUMENTS, size=10)
    every = list(range(len(collection.passages)))
    assert collection.passages_in(["b", "a", "b"]).tolist() == every
    assert collection.passages_in(["none"]).tolist() == []
