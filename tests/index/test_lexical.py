"""Search by words: BM25 as derived by hand, and the terms that carry it."""

from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Passage, Section
from corpus.language.text import Segmenter
from index.collection import Collection, collect
from index.lexical import LexicalRetriever

THREE = ("城市治理", "城市大脑", "北京")
SEGMENTER = Segmenter()


def of(*texts: str) -> Collection:
    return collect([Document(f"d{n}", "", text) for n, text in enumerate(texts)])


@pytest.fixture
def three() -> LexicalRetriever:
    return LexicalRetriever.build(of(*THREE), Segmenter())


def test_bm25_by_hand(three: LexicalRetriever) -> None:
    """Words and character pairs are both terms, so that 城市 counts twice in each of the first two:

    城市治理: 城市 ×2, 治理 ×2, 市治, |d| = 5. 城市大脑: 城市 ×2, 大脑 ×2, 市大, |d| = 5. 北京: 北京 ×2, |d| = 2.
    avg|d| = 4, so that k1 (1 - b + b |d| / 4) is 1.2 (¼ + ¾ · 5/4) = 1.425 for the first two.
    N = 3, so that idf is ln(1 + 1.5 / 2.5) = ln 1.6 for 城市 (n = 2), ln(1 + 2.5 / 1.5) = ln 8/3 for n = 1.
    """
    idf_of_two, idf_of_one = log(1.6), log(8 / 3)
    city = 2 * idf_of_two * 2 / (2 + 1.425)
    first = city + 2 * idf_of_one * 2 / (2 + 1.425) + idf_of_one * 1 / (1 + 1.425)
    assert first == pytest.approx(2.09887, abs=1e-5)
    assert three.scores("城市治理").tolist() == pytest.approx([first, city, 0.0], abs=1e-6)
    assert three.upper_bound("城市治理") == pytest.approx(2 * idf_of_two + 3 * idf_of_one)
    hits = three.search("城市治理", 3)
    assert [hit.passage.text for hit in hits] == ["城市治理", "城市大脑"]
    assert [hit.score for hit in hits] == pytest.approx([first, city], abs=1e-6)


def test_terms_that_no_passage_has(three: LexicalRetriever) -> None:
    """idf is ln(1 + 3.5 / 0.5) = ln 8 for n = 0; Latin words do not count, a whole question of them finds nothing."""
    assert three.upper_bound("上海") == pytest.approx(2 * log(8))
    assert three.upper_bound("what is Shanghai") == 0
    assert three.scores("上海").tolist() == [0, 0, 0]
    for nothing in ("上海", "what is it", "？！", ""):
        assert three.search(nothing, 3) == []


def test_of_equal_passages_the_earlier_comes_first() -> None:
    lexical = LexicalRetriever.build(of("居民", "城市", "城市", "城市"), Segmenter())
    assert [hit.passage.document.doc_id for hit in lexical.search("城市", 2)] == ["d1", "d2"]


@given(
    texts=st.lists(st.text("城市治理大脑北京", min_size=1, max_size=12), min_size=1, max_size=30),
    data=st.data(),
    k=st.integers(1, 12),
)
def test_a_search_of_some_passages_is_the_whole_search_without_the_others(
    texts: list[str], data: st.DataObject, k: int
) -> None:
    lexical = LexicalRetriever.build(of(*texts), SEGMENTER)
    within = np.array(sorted(data.draw(st.sets(st.integers(0, len(texts) - 1)))), np.intp)
    allowed = {lexical.collection.passages[row] for row in within}
    everywhere = lexical.search("城市大脑", len(texts))
    expected = [hit for hit in everywhere if hit.passage in allowed]
    assert lexical.search("城市大脑", k, within) == expected[:k]


def test_a_search_of_no_passages_finds_none(three: LexicalRetriever) -> None:
    assert three.search("城市治理", 3, np.zeros(0, np.intp)) == []


def test_title_and_heading_are_searched_and_forms_of_characters_are_one() -> None:
    document = Document(
        "a", "垃圾分类", "第一节\n由大家来做。", sections=(Section("第一节", 0, 10),)
    )
    lexical = LexicalRetriever.build(
        collect([document, Document("b", "", "其他内容。")]), Segmenter()
    )
    for question in ("垃圾分类", "垃圾分類", "第一节"):
        assert [hit.passage.document.doc_id for hit in lexical.search(question, 5)] == ["a"]


def test_explained_are_the_scores_of_what_is_asked_about(three: LexicalRetriever) -> None:
    first, second, third = three.collection.passages
    scores = three.scores("城市治理").tolist()
    cut_otherwise = Passage(first.document, 0, 2)
    assert three.explain("城市治理", [third, cut_otherwise, first, second, first]) == [
        {"lexical": 0.0},
        {},
        *({"lexical": score} for score in (scores[0], scores[1], scores[0])),
    ]
    assert three.explain("城市治理", []) == []


def test_passages_without_a_word_can_be_indexed(tmp_path: Path) -> None:
    collection = of("！！！", "😀")
    LexicalRetriever.build(collection, Segmenter()).save(tmp_path)
    assert LexicalRetriever.load(tmp_path, collection, Segmenter()).search("城市", 3) == []


def test_a_saved_index_gives_the_same_hits(three: LexicalRetriever, tmp_path: Path) -> None:
    three.save(tmp_path)
    loaded = LexicalRetriever.load(tmp_path, three.collection, Segmenter())
    for question in (*THREE, "大脑在北京", "上海"):
        assert loaded.search(question, 3) == three.search(question, 3)
        assert loaded.upper_bound(question) == three.upper_bound(question)
