"""Search by meaning against brute force in numpy: the same passages, order and scores."""

from pathlib import Path

import numpy as np
import pytest
from conftest import BigramEncoder
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document
from index import Vectors
from index.collection import Collection, collect
from index.dense import DenseRetriever, StoredVectors

DIM = 8


class Pointing:
    """Encodes every question as one given vector."""

    def __init__(self, vector: Vectors) -> None:
        self.vector = vector
        self.asked = 0

    def encode_query(self, sentences: list[str]) -> Vectors:
        self.asked += 1
        return np.stack([self.vector] * len(sentences))

    encode_document = encode_query


def unit_rows(random: np.random.Generator, count: int) -> Vectors:
    rows = random.normal(size=(count, DIM)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def many(count: int, seed: int) -> tuple[Collection, Vectors, Vectors, Pointing]:
    """`count` passages of one to three sentences, with random vectors and a random question."""
    random = np.random.default_rng(seed)
    texts = ["句子。" * int(random.integers(1, 4)) for _ in range(count)]
    collection = collect([Document(f"d{n}", "", text) for n, text in enumerate(texts)])
    vectors, said = unit_rows(random, count), unit_rows(random, len(collection.sentences))
    return collection, vectors, said, Pointing(unit_rows(random, 1)[0])


def brute_force(
    collection: Collection, vectors: Vectors, said: Vectors, question: Vectors
) -> Vectors:
    """score = ½ (q · passage + max over its sentences of q · sentence), written out."""
    nearest = [
        max(said[row] @ question for row in collection.sentences_of(at))
        for at in range(len(vectors))
    ]
    return np.array([(vectors[at] @ question + nearest[at]) / 2 for at in range(len(vectors))])


@given(count=st.integers(1, 300), seed=st.integers(0, 2**32 - 1), k=st.integers(1, 30))
def test_search_is_exact(count: int, seed: int, k: int) -> None:
    collection, vectors, said, pointing = many(count, seed)
    truth = brute_force(collection, vectors, said, pointing.vector)
    hits = DenseRetriever.build(collection, vectors, said, pointing).search("问", k)
    order = np.argsort(-truth, kind="stable")[:k]
    assert [hit.score for hit in hits] == pytest.approx(truth[order], abs=1e-6)
    assert [hit.passage.document.doc_id for hit in hits] == [f"d{row}" for row in order]


@given(
    count=st.integers(1, 300),
    seed=st.integers(0, 2**32 - 1),
    k=st.integers(1, 30),
    share=st.floats(0, 1),
)
def test_a_search_of_some_passages_is_the_whole_search_without_the_others(
    count: int, seed: int, k: int, share: float
) -> None:
    collection, vectors, said, pointing = many(count, seed)
    within = np.flatnonzero(np.random.default_rng(seed).random(count) < share)
    dense = DenseRetriever.build(collection, vectors, said, pointing)
    allowed = {collection.passages[row] for row in within}
    expected = [hit for hit in dense.search("问", count) if hit.passage in allowed][:k]
    hits = dense.search("问", k, within)
    assert [hit.passage for hit in hits] == [hit.passage for hit in expected]
    # numpy adds up the products of a matrix in another order when it has other rows.
    assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-6)


def test_a_passage_named_twice_is_one() -> None:
    collection, vectors, said, pointing = many(40, 7)
    dense = DenseRetriever.build(collection, vectors, said, pointing)
    once, twice = np.array([3, 5]), np.array([3, 3, 5, 5, 5])
    assert dense.search("问", 10, twice) == dense.search("问", 10, once)


def test_a_search_of_no_passages_finds_none() -> None:
    collection, vectors, said, pointing = many(40, 7)
    dense = DenseRetriever.build(collection, vectors, said, pointing)
    none = np.zeros(0, np.intp)
    assert dense.search("问", 3, none) == []
    assert dense.candidates("问", 3, none).tolist() == []


def test_a_passage_good_in_neither_list_is_found_when_it_is_best_in_sum() -> None:
    """Twelve passages are nearest by themselves, twelve by a sentence; the 25th is second in both and best in sum."""
    question = np.eye(DIM, dtype=np.float32)[0]

    def at(cosine: float) -> list[float]:
        return [cosine, (1 - cosine**2) ** 0.5, *[0.0] * (DIM - 2)]

    vectors = np.array([at(0.9)] * 12 + [at(0.1)] * 12 + [at(0.8)], np.float32)
    said = np.array([at(0.1)] * 12 + [at(0.9)] * 12 + [at(0.8)], np.float32)
    collection = collect([Document(f"d{n}", "", "句子。") for n in range(25)])
    [hit] = DenseRetriever.build(collection, vectors, said, Pointing(question)).search("问", 1)
    assert hit.passage.document.doc_id == "d24"
    assert hit.score == pytest.approx(0.8)


def test_scores_of_chosen_passages_and_sentences() -> None:
    collection, vectors, said, pointing = many(40, 7)
    dense = DenseRetriever.build(collection, vectors, said, pointing)
    truth = brute_force(collection, vectors, said, pointing.vector)
    rows = np.array([3, 17, 39, 0])
    assert dense.scores("问", rows).tolist() == pytest.approx(truth[rows].tolist(), abs=1e-6)
    assert dense.scores("问", rows[:0]).shape == (0,)
    inside = collection.sentences_of(5)
    expected = said[inside.start : inside.stop] @ pointing.vector
    assert dense.sentence_scores("问", inside).tolist() == pytest.approx(
        expected.tolist(), abs=1e-6
    )


def test_explained_are_the_scores_of_what_is_asked_about() -> None:
    collection, vectors, said, pointing = many(40, 7)
    dense = DenseRetriever.build(collection, vectors, said, pointing)
    [strange] = collect([Document("x", "", "句子。")]).passages
    scores = dense.scores("问", np.arange(40))
    asked = [collection.passages[31], strange, collection.passages[2]]
    assert dense.explain("问", asked) == [{"dense": scores[31]}, {}, {"dense": scores[2]}]
    assert dense.explain("问", []) == dense.explain("问", [strange])[1:] == []


def test_a_question_is_encoded_once() -> None:
    collection, vectors, said, pointing = many(5, 1)
    dense = DenseRetriever.build(collection, vectors, said, pointing)
    assert dense.search("问", 3) == dense.search("问", 3)
    assert pointing.asked == 1


def test_a_saved_index_gives_the_same_vectors_and_hits(
    tmp_path: Path, fake_encoder: BigramEncoder
) -> None:
    collection = collect(
        [
            Document("a", "", "垃圾分类靠居民。\n城市大脑指挥交通。"),
            Document("b", "", "社区服务居民。"),
        ]
    )
    vectors = fake_encoder.encode_document([p.text for p in collection.passages])
    said = fake_encoder.encode_document([s.text for s in collection.sentences])
    dense = DenseRetriever.build(collection, vectors, said, fake_encoder)
    dense.stored.save(tmp_path)
    stored = StoredVectors.load(tmp_path)
    loaded = DenseRetriever(collection, stored, fake_encoder)
    assert all((a == b).all() for a, b in zip(stored.all(), (vectors, said), strict=True))
    for question in ("居民", "城市大脑", "?"):
        assert loaded.search(question, 3) == dense.search(question, 3)
