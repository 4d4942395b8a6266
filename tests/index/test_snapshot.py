"""The index as a whole: what is encoded and what is not, and the same answers from memory and from disk."""

import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from conftest import BigramEncoder

from corpus import Document, Section
from corpus.language.terms import NO_VOCABULARY, Vocabulary
from index.collection import Collection
from index.dense import StoredVectors
from index.fusion import FusedRetriever
from index.snapshot import (
    SNAPSHOT_FORMAT,
    Counting,
    Encoding,
    Snapshot,
    build,
    by_words,
    encode,
    vectors_by_text,
)
from index.words import StoredWords

DOCUMENTS = [
    Document("a", "垃圾分类", "垃圾分类靠居民。社区服务居民。\n城市大脑指挥交通，“群英断是非”。"),
    Document("b", "", "社区服务居民。\n北京在北方。"),
]
QUESTIONS = ("居民做什么", "谁指挥交通", "群英断是非", "residents", "上海")


def test_each_distinct_text_is_encoded_once(fake_encoder: BigramEncoder) -> None:
    """A sentence that two documents have, or that is a whole passage, is one text."""
    snapshot = build(DOCUMENTS, fake_encoder)
    texts = {*snapshot.collection.indexed_texts(), *(s.text for s in snapshot.collection.sentences)}
    assert sorted(fake_encoder.encoded) == sorted(texts)
    assert sum(s.text == "社区服务居民。" for s in snapshot.collection.sentences) == 2


def test_a_later_build_encodes_only_what_is_new(fake_encoder: BigramEncoder) -> None:
    first = build(DOCUMENTS, fake_encoder)
    assert first.dense
    earlier = vectors_by_text(first.collection, first.dense.stored)
    fake_encoder.encoded.clear()
    again = build(DOCUMENTS, fake_encoder, encoding=Encoding(earlier))
    assert fake_encoder.encoded == [] and again.dense
    pairs = zip(again.dense.stored.all(), first.dense.stored.all(), strict=True)
    assert all((a == b).all() for a, b in pairs)
    build([*DOCUMENTS, Document("c", "", "新的一句。")], fake_encoder, encoding=Encoding(earlier))
    assert fake_encoder.encoded == ["新的一句。"]


def test_an_index_of_fewer_documents_is_as_one_built_of_them(
    tmp_path: Path, fake_encoder: BigramEncoder
) -> None:
    """Made with nothing that could encode."""
    build(DOCUMENTS, fake_encoder).save(tmp_path)
    whole, vectors = Collection.load(tmp_path), StoredVectors.load(tmp_path)
    for document in DOCUMENTS:
        rows = whole.passages_in({document.doc_id})
        fewer = by_words(whole.only(rows), NO_VOCABULARY, Counting())
        built = build([document], fake_encoder)
        assert fewer.dense is None and built.dense
        assert fewer.collection.documents == built.collection.documents
        assert fewer.collection.passages == built.collection.passages
        assert fewer.collection.sentences == built.collection.sentences
        assert (fewer.collection.first_sentence == built.collection.first_sentence).all()
        assert fewer.words == built.words
        assert fewer.lexical.scores("居民") == pytest.approx(built.lexical.scores("居民"))
        left = vectors.only(rows, whole.sentences_of_passages(rows))
        for few, all_of_them in zip(left.all(), built.dense.stored.all(), strict=True):
            assert (few == all_of_them).all()
    assert not len(whole.passages_in({"none"}))


@pytest.mark.parametrize("lists", [NO_VOCABULARY, Vocabulary({"居民": "those at home"})])
def test_a_later_build_is_as_one_from_nothing(tmp_path: Path, lists: Vocabulary) -> None:
    """With a document more, one that has changed, one that is gone, and with other word lists."""
    first = build([*DOCUMENTS, Document("c", "", "“绣花功夫”要细。")], None)
    first.save(tmp_path)
    collection, words = Collection.load(tmp_path), StoredWords.load(tmp_path)
    documents = [
        Document("a", "", "垃圾分类靠邻里。"),
        DOCUMENTS[1],
        Document("d", "", "广州在南方。"),
    ]
    counting = Counting(collection=collection, words=words)
    later = build(documents, None, vocabulary=lists, counting=counting)
    anew = build(documents, None, vocabulary=lists)
    assert later.collection.documents == anew.collection.documents
    assert later.collection.passages == anew.collection.passages
    assert later.collection.sentences == anew.collection.sentences
    assert (later.collection.first_sentence == anew.collection.first_sentence).all()
    assert (later.glossary, later.words) == (anew.glossary, anew.words)
    # What has not changed was not split again.
    [kept] = [one for one in later.collection.passages if one.document.doc_id == "b"]
    assert any(kept is one for one in collection.passages)


def test_rows_are_in_the_order_of_the_texts_and_progress_is_told(
    fake_encoder: BigramEncoder,
) -> None:
    texts = [f"第{n}句" + "长" * (n % 7) for n in range(300)] * 2
    told: list[tuple[int, int]] = []
    rows = encode(
        texts, fake_encoder, Encoding(progress=lambda done, total: told.append((done, total)))
    )
    assert rows.dtype == np.float32
    assert (rows == fake_encoder.encode_query(texts)).all()
    assert told == [(128, 300), (256, 300), (300, 300)]


def test_title_and_heading_are_encoded_with_the_text(fake_encoder: BigramEncoder) -> None:
    document = Document("a", "甲市", "第一节\n由大家来做。", sections=(Section("第一节", 0, 10),))
    build([document], fake_encoder)
    assert "甲市 第一节\n第一节\n由大家来做。" in fake_encoder.encoded


def test_a_saved_index_gives_the_same_hits(tmp_path: Path, fake_encoder: BigramEncoder) -> None:
    made = build(DOCUMENTS, fake_encoder)
    made.save(tmp_path)
    loaded = Snapshot.load(tmp_path, fake_encoder)
    assert made.dense and loaded.dense
    assert (loaded.words, loaded.glossary, loaded.segmenter.terms) == (
        made.words,
        made.glossary,
        made.segmenter.terms,
    )
    for question in QUESTIONS:
        assert loaded.dense.search(question, 5) == made.dense.search(question, 5)
        assert loaded.lexical.search(question, 5) == made.lexical.search(question, 5)
        fused = [FusedRetriever(s.dense, s.lexical, 0.5, 100) for s in (made, loaded) if s.dense]
        assert fused[0].search(question, 5) == fused[1].search(question, 5)


def test_the_word_lists_of_the_corpus_are_saved_with_it(tmp_path: Path) -> None:
    vocabulary = Vocabulary({"群英断是非": "folk court"}, {"邻里": ("居民", "社区")})
    made = build(DOCUMENTS, None, vocabulary=vocabulary)
    made.save(tmp_path)
    loaded = Snapshot.load(tmp_path, None)
    assert loaded.vocabulary == made.vocabulary == vocabulary
    assert loaded.glossary["folk court"] == ["群英断是非"]
    assert build(DOCUMENTS, None).vocabulary == Vocabulary()


def test_without_an_encoder_there_is_the_lexical_half(
    tmp_path: Path, fake_encoder: BigramEncoder
) -> None:
    for name, given in (("words", None), ("both", fake_encoder)):
        folder = tmp_path / name
        folder.mkdir()
        build(DOCUMENTS, given).save(folder)
        snapshot = Snapshot.load(folder, None)
        assert snapshot.dense is None
        assert snapshot.lexical.search("北京", 1)[0].passage.document.doc_id == "b"


def test_the_words_are_those_of_the_text() -> None:
    snapshot = build(DOCUMENTS, None)
    assert {"垃圾", "居民", "北京", "群英断是非"} <= snapshot.words
    assert "。" not in snapshot.words


@pytest.mark.parametrize("text", ["！！！", "a", "。" * 1000, "😀"])
def test_odd_documents_are_indexed(text: str, fake_encoder: BigramEncoder) -> None:
    snapshot = build([Document("odd", "", text)], fake_encoder)
    assert snapshot.dense
    assert len(snapshot.dense.search("城市", 10)) == len(snapshot.collection.passages)


def test_the_time_to_index_an_unbroken_run_grows_with_its_length() -> None:
    """jieba alone is quadratic on a run without a break: 16 times as long for 4 times the length."""

    def seconds(length: int) -> float:
        document = Document("run", "", "中" * length)
        taken = []
        for _ in range(3):
            begun = time.process_time()
            build([document], None)
            taken.append(time.process_time() - begun)
        return min(taken)

    assert seconds(8_000) / seconds(2_000) < 8


def test_another_field_of_a_document_is_another_format() -> None:
    """An index that lacks a field cannot be read: who adds one raises the format."""
    stored = {field.name for field in fields(Document)}
    assert (SNAPSHOT_FORMAT, stored) == (
        4,
        {
            "doc_id",
            "title",
            "text",
            "source",
            "url",
            "published",
            "authors",
            "tags",
            "sections",
            "unit_spans",
            "details",
            "notes",
        },
    )
