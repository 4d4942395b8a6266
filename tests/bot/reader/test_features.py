"""Every feature on sentences made for it, by hand."""

import numpy as np
import pytest

from bot.question.analysis import analyse
from bot.reader.candidates import read_sentences
from bot.reader.features import FEATURES, features
from bot.reader.mismatches import Mismatch, constraints
from corpus import Document, Passage
from corpus.language.text import Segmenter, sentences
from index import Vectors

SEGMENTER = Segmenter(["健康码", "两张网"])


def matrix(question: str, text: str, against: list[list[Mismatch]] | None = None) -> Vectors:
    """The features of each sentence of `text`; leads 0.1, 0.2 …, passages 0.5."""
    document = Document("d", "", text)
    found = read_sentences([Passage(document, a, b) for a, b in sentences(text)], SEGMENTER)
    margin: Vectors = np.arange(1, len(found) + 1, dtype=np.float32) / np.float32(10)
    passage = np.full(len(found), 0.5, np.float32)
    asked = constraints(analyse(question, SEGMENTER))
    nothing = np.zeros(len(found), np.float32)
    measured = np.column_stack([nothing, nothing, 10 * margin, passage, nothing])
    texts = [sentence.folded for sentence in found]
    return features(asked, found, measured, against or [[] for _ in found], texts)


def column(name: str, question: str, text: str) -> list[float]:
    return [float(value) for value in matrix(question, text)[:, FEATURES.index(name)]]


def test_a_row_a_sentence_a_column_a_feature() -> None:
    found = matrix("杭州健康码", "杭州。健康码。")
    assert found.shape == (2, len(FEATURES))
    assert found.dtype == np.float32
    assert matrix("杭州", "").shape == (0, len(FEATURES))


def test_lead_and_passage_are_as_given() -> None:
    assert column("margin", "杭州", "杭州。健康码。") == pytest.approx([1.0, 2.0])
    assert column("passage", "杭州", "杭州。健康码。") == [0.5, 0.5]


def test_context_counts_the_sentence_before() -> None:
    question = "杭州的健康码"
    assert column("context", question, "杭州。健康码。") == pytest.approx(
        [SEGMENTER.rarity("杭州") / whole(), 1.0]
    )
    assert column("coverage", question, "杭州。健康码。") == pytest.approx(
        [SEGMENTER.rarity("杭州") / whole(), SEGMENTER.rarity("健康码") / whole()]
    )


def whole() -> float:
    return SEGMENTER.rarity("杭州") + SEGMENTER.rarity("健康码")


def test_what_many_sentences_have_tells_less() -> None:
    text = "杭州一。杭州二。杭州健康码。"
    common, rare = SEGMENTER.rarity("杭州") / 4, SEGMENTER.rarity("健康码") / 2
    assert column("telling", "杭州健康码", text) == pytest.approx(
        [common / (common + rare)] * 2 + [1.0]
    )


def test_pairs_are_of_all_the_question() -> None:
    # 健康 and 康码, each in one sentence of two: the same weight.
    assert column("pairs", "健康码", "健康城市。数码。") == pytest.approx(
        [1 / 2 / (1 / 2 + 1), 0.0]
    )


@pytest.mark.parametrize(
    ("name", "question", "text", "expected"),
    [
        (
            "near",
            "涉及多少个小区？",
            "给出957个小区的风险。涉及小区之外的很多很多的957个。",
            [1.0, 0.0],
        ),
        ("near", "小区为什么重要？", "957个小区。", [0.0]),
        ("defines", "健康码是什么？", "健康码是凭证。他有健康码。", [1.0, 0.0]),
        ("defines", "什么是健康码？", "“健康码”,即通行凭证。", [1.0]),
        ("defines", "健康码改变了什么？", "健康码是凭证。", [0.0]),
        ("because", "为什么要治理？", "由于职责交叉。职责交叉。", [1.0, 0.0]),
        ("because", "治理是什么？", "由于职责交叉。", [0.0]),
        ("members", "有哪些短板？", "职责交叉、社会失灵。职责交叉。", [1.0, 0.0]),
        ("long", "治理", "城" * 50 + "。" + "市" * 120 + "。", [0.51, 1.0]),
    ],
)
def test_features_of_kinds(name: str, question: str, text: str, expected: list[float]) -> None:
    assert column(name, question, text) == pytest.approx(expected)


def test_mismatches_have_a_column_each() -> None:
    found = matrix("治理", "甲。乙。", [["place", "kind"], ["name"]])
    names = ("place", "year", "number", "name", "kind", "date", "rival")
    at = [FEATURES.index(name) for name in names]
    assert found[:, at].tolist() == [[1, 0, 0, 0, 1, 0, 0], [0, 0, 0, 1, 0, 0, 0]]


@pytest.mark.parametrize("question", ["", "？", "😀", "1", "a" * 500])
def test_strange_questions_have_finite_features(question: str) -> None:
    assert np.isfinite(matrix(question, "城市。治理。")).all()
