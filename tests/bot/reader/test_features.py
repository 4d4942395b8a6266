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
    return features(asked, found, measured, against or [[] for _ in found])


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


def whole() -> float:
    return SEGMENTER.rarity("杭州") + SEGMENTER.rarity("健康码")


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("健康码是什么？", "健康码是凭证。他有健康码。", [1.0, 0.0]),
        ("什么是健康码？", "“健康码”,即通行凭证。", [1.0]),
        ("健康码改变了什么？", "健康码是凭证。", [0.0]),
    ],
)
def test_a_sentence_that_says_what_a_thing_is(
    question: str, text: str, expected: list[float]
) -> None:
    assert column("defines", question, text) == expected


def test_mismatches_have_a_column_each() -> None:
    found = matrix("治理", "甲。乙。", [["place", "kind"], ["name"]])
    names = ("place", "year", "number", "ordinal", "name", "kind", "date", "rival")
    at = [FEATURES.index(name) for name in names]
    assert found[:, at].tolist() == [[1, 0, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0]]


@pytest.mark.parametrize("question", ["", "？", "😀", "1", "a" * 500])
def test_strange_questions_have_finite_features(question: str) -> None:
    assert np.isfinite(matrix(question, "城市。治理。")).all()
