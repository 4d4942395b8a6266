"""Fusion of the two halves, worked by hand, and its two ends: one half alone."""

import numpy as np
import pytest
from conftest import BigramEncoder
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corpus import Document, Passage
from index import Vectors
from index.fusion import FusedRetriever, fuse, ranks
from index.snapshot import Snapshot, build

TEXTS = ("垃圾分类靠居民。", "城市大脑指挥交通。", "社区服务居民。", "交通靠大家。", "北京在北方。")


def floats(*values: float) -> Vectors:
    return np.array(values, np.float32)


@pytest.fixture
def snapshot(fake_encoder: BigramEncoder) -> Snapshot:
    return build([Document(f"d{n}", "", text) for n, text in enumerate(TEXTS)], fake_encoder)


def test_by_hand() -> None:
    """Cosines 0.9, 0.8, 0.7 become (0.9 - 0.7) / 0.3 = 2/3, 1/3, 0; BM25 of 0, 2, 4 with an ideal of 8: 0, 1/4, 1/2."""
    fused = fuse(floats(0.9, 0.8, 0.7), floats(0, 2, 4), 8, weight=0.25)
    assert fused.tolist() == pytest.approx([2 / 12, 1 / 12 + 3 / 16, 3 / 8])


def test_a_half_that_says_nothing_counts_nothing() -> None:
    assert fuse(floats(0.5, 1), floats(0, 0), 0, 0.5).tolist() == [0, 0.5]
    assert fuse(floats(1, 1), floats(2, 4), 4, 0.5).tolist() == [0.25, 0.5]
    assert fuse(floats(), floats(), 1, 0.5).tolist() == []


@given(
    cosine=arrays(np.float32, 9, elements=st.floats(-1, 1, width=32)),
    share=arrays(np.float32, 9, elements=st.floats(0, 1, width=32)),
    weight=st.floats(0, 1),
    order=st.permutations(range(9)),
)
def test_scores_are_0_to_1_and_do_not_depend_on_order(
    cosine: Vectors, share: Vectors, weight: float, order: list[int]
) -> None:
    fused = fuse(cosine, share * 7, 7, weight)
    assert ((fused >= 0) & (fused <= 1 + 1e-6)).all()
    assert fuse(cosine[order], share[order] * 7, 7, weight).tolist() == fused[order].tolist()


def test_a_weight_of_1_or_0_is_one_half_alone(snapshot: Snapshot) -> None:
    assert snapshot.dense
    for question in ("居民垃圾分类", "交通靠什么"):
        dense = FusedRetriever(snapshot.dense, snapshot.lexical, 1, 100).search(question, 5)
        assert [h.passage for h in dense] == [h.passage for h in snapshot.dense.search(question, 5)]
        lexical = FusedRetriever(snapshot.dense, snapshot.lexical, 0, 100).search(question, 5)
        by_words = snapshot.lexical.search(question, 5)
        assert [h.passage for h in lexical][: len(by_words)] == [h.passage for h in by_words]


def test_what_one_half_brings_the_other_scores(snapshot: Snapshot) -> None:
    """With one candidate a half, each of the two has a score made of both, as with all candidates."""
    assert snapshot.dense
    question = "居民"
    few = FusedRetriever(snapshot.dense, snapshot.lexical, 0.5, 1).search(question, 5)
    rows = [snapshot.collection.passages.index(hit.passage) for hit in few]
    cosine = snapshot.dense.scores(question, np.array(rows))
    bm25 = snapshot.lexical.scores(question)[rows]
    expected = fuse(cosine, bm25, snapshot.lexical.upper_bound(question), 0.5)
    assert [hit.score for hit in few] == pytest.approx(expected.tolist())
    assert 1 <= len(few) <= 3


@pytest.mark.parametrize("rows", [[1], [0, 2], [1, 3, 4], [0, 1, 2, 3, 4]])
def test_a_search_of_some_passages_fuses_these_alone(snapshot: Snapshot, rows: list[int]) -> None:
    """The scores are those of `fuse` for the chosen passages, as if there were no others."""
    assert snapshot.dense
    question, within = "居民和交通", np.array(rows)
    fused = FusedRetriever(snapshot.dense, snapshot.lexical, 0.5, 100)
    hits = fused.search(question, 5, within)
    cosine = snapshot.dense.scores(question, within)
    bm25 = snapshot.lexical.scores(question)[within]
    scores = fuse(cosine, bm25, snapshot.lexical.upper_bound(question), 0.5)
    order = np.argsort(-scores, kind="stable")
    chosen = [snapshot.collection.passages[row] for row in within[order]]
    assert [hit.passage for hit in hits] == chosen
    assert [hit.score for hit in hits] == pytest.approx(scores[order].tolist())


def test_a_search_of_no_passages_finds_none(snapshot: Snapshot) -> None:
    assert snapshot.dense
    fused = FusedRetriever(snapshot.dense, snapshot.lexical, 0.5, 100)
    assert fused.search("居民", 5, np.zeros(0, np.intp)) == []


def test_ranks_are_among_what_a_half_brought() -> None:
    among = np.array([True, False, True, True, True])
    assert ranks(floats(0.1, 0.9, 0.5, 0.5, 0.7), among).tolist() == [4, 0, 2, 3, 1]


def test_searching_and_explaining_agree(snapshot: Snapshot) -> None:
    """With two candidates a half: exact scores of both halves for any passage, the rest for candidates only."""
    assert snapshot.dense
    passages = snapshot.collection.passages
    fused = FusedRetriever(snapshot.dense, snapshot.lexical, 0.5, 2)
    for question in ("居民垃圾分类", "北京", "qwerty"):
        hits = fused.search(question, 100)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        explained = dict(zip(passages, fused.explain(question, passages), strict=True))
        assert {p: e["fused"] for p, e in explained.items() if "fused" in e} == dict(hits)
        assert [e["lexical"] for e in explained.values()] == snapshot.lexical.scores(
            question
        ).tolist()
        every = np.arange(len(passages))
        assert [e["dense"] for e in explained.values()] == snapshot.dense.scores(
            question, every
        ).tolist()
        near = set(snapshot.dense.candidates(question, 2).tolist())
        assert {n for n, e in enumerate(explained.values()) if "dense rank" in e} == near
        by_words = sorted(
            (e["lexical rank"], p) for p, e in explained.items() if "lexical rank" in e
        )
        assert [p for _, p in by_words] == [
            hit.passage for hit in snapshot.lexical.search(question, 2)
        ]
    cut_otherwise = Passage(passages[0].document, 0, 3)
    assert fused.explain("居民", [cut_otherwise]) == [{}]


def test_a_hundred_are_found_where_there_are_as_many(fake_encoder: BigramEncoder) -> None:
    documents = [Document(f"d{n}", "", f"第{n}条是居民公约。") for n in range(150)]
    made = build(documents, fake_encoder)
    assert made.dense
    for retriever in (FusedRetriever(made.dense, made.lexical, 0.5, 100), made.dense, made.lexical):
        hits = retriever.search("居民公约第7条", 100)
        assert len({hit.passage for hit in hits}) == 100
        assert hits == retriever.search("居民公约第7条", 150)[:100]


@pytest.mark.parametrize(
    ("question", "near", "worded"),
    [
        ("北京", {"d1", "d4"}, {"d4"}),
        ("居民垃圾分类", {"d0", "d3"}, {"d0", "d2"}),
        ("qwerty", {"d2", "d3"}, set()),
    ],
)
def test_words_bring_no_passage_that_shares_none(
    snapshot: Snapshot, question: str, near: set[str], worded: set[str]
) -> None:
    """With two candidates a half: where fewer share a word with the question, others come by meaning only."""
    assert snapshot.dense
    passages = snapshot.collection.passages
    assert {passages[row].document.doc_id for row in snapshot.dense.candidates(question, 2)} == near
    assert {hit.passage.document.doc_id for hit in snapshot.lexical.search(question, 2)} == worded
    hits = FusedRetriever(snapshot.dense, snapshot.lexical, 0.5, 2).search(question, 5)
    assert {hit.passage.document.doc_id for hit in hits} == near | worded
    rows = np.array([passages.index(hit.passage) for hit in hits])
    bm25 = snapshot.lexical.scores(question)[rows]
    expected = fuse(
        snapshot.dense.scores(question, rows), bm25, snapshot.lexical.upper_bound(question), 0.5
    )
    assert [hit.score for hit in hits] == pytest.approx(expected.tolist())
