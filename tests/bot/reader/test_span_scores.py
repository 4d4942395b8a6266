"""What a network sees in a text, worked by hand, and by a small network with random weights."""

import numpy as np

from bot.question.analysis import analyse
from bot.reader.network import (
    LONGEST_ANSWER,
    ReadingTask,
    SpanReader,
    SpanScores,
    Window,
    WindowScores,
    _odds,
)
from bot.reader.span_selection import ODDS_LIMIT, network_spans, scores_of, sentence_odds
from corpus import Document, Passage
from corpus.language.text import Segmenter
from index import Hit

TEXT = "甲乙丙丁戊己"


def scores(first: list[float], last: list[float], answer: float = 0.0) -> SpanScores:
    """Of a text with a token a character."""
    spans = np.array([(at, at + 1) for at in range(len(first))], np.int64)
    size = len(first)
    odds = [
        [(first[a] + last[b]) / 2 if a <= b < a + LONGEST_ANSWER else -np.inf for b in range(size)]
        for a in range(size)
    ]
    return SpanScores(spans, (WindowScores(0, np.array(odds, np.float32)),), answer)


def test_the_best_span_is_the_likeliest_pair_in_order() -> None:
    seen = scores([-9, 5, 0, 1, 0, 0], [9, 0, 0, 3, 0, 0])
    # 1 to 0 would be likelier, but it ends before it begins.
    assert seen.best() == (1, 4, 4.0)
    assert seen.best(2) == (3, 4, 2.0)
    assert seen.best(4, 6) == (4, 5, 0.0)
    assert seen.best(6) is None and seen.best(2, 2) is None


def test_no_answer_is_longer_than_the_longest() -> None:
    size = LONGEST_ANSWER + 5
    first, last = [-1.0] * size, [-1.0] * size
    first[0] = last[-1] = 9.0
    best = scores(first, last).best()
    assert best is not None and best.end - best.start <= LONGEST_ANSWER


def test_the_likeliest_spans_of_overlapping_windows() -> None:
    one, other = scores([0, 2, 0], [0, 2, 0]), scores([3, 0, 0], [3, 0, 0])
    # Token 1 begins the second window, where it is likelier.
    seen = SpanScores(
        scores([0] * 4, [0] * 4).spans,
        (one.windows[0], WindowScores(1, other.windows[0].odds)),
        0.0,
    )
    assert [tuple(found) for found in seen.likeliest(3)] == [(1, 2, 3.0), (1, 3, 1.5), (1, 4, 1.5)]
    assert seen.likeliest(3, 2) == [(2, 3, 0.0), (2, 4, 0.0), (3, 4, 0.0)]
    assert len(seen.likeliest(100)) == 9 and seen.likeliest(2, 4) == []


def test_none_is_subtracted_from_both_ends() -> None:
    span = np.array([[1, 0], [3, 1], [0, 4]], np.float32)
    np.testing.assert_allclose(
        _odds(Window((7, 8, 9), 1, 3, 0), span), [[1.5, 3.0], [-np.inf, 1.5]]
    )


def test_a_text_that_is_part_of_another() -> None:
    assert scores([0, 5, 0], [0, 5, 0]).shifted(10).best() == (11, 12, 5.0)


DOCUMENT = Document("d", "", TEXT * 2)
HITS = [Hit(Passage(DOCUMENT, 6, 12), 0.9), Hit(Passage(DOCUMENT, 0, 6), 0.8)]
SEEN = [scores([0, 4, 0, 0, 0, 0], [0, 4, 0, 0, 0, 0], 2.5).shifted(6)]


def test_each_sentence_has_the_odds_of_its_own_best_span() -> None:
    sentences = [
        (0, Passage(DOCUMENT, 6, 9)),
        (0, Passage(DOCUMENT, 9, 12)),
        (1, Passage(DOCUMENT, 0, 6)),
    ]
    assert sentence_odds(sentences, SEEN).tolist() == [4.0, 0.0, -ODDS_LIMIT]
    assert sentence_odds(sentences, []).tolist() == [-ODDS_LIMIT] * 3


def test_the_short_answer_lies_in_the_cited_sentence() -> None:
    asked, segmenter = analyse("甲后面是什么", Segmenter()), Segmenter()
    spans = network_spans(asked, Passage(DOCUMENT, 6, 9), SEEN[0], segmenter)
    assert spans[0] == (1, 2)
    assert network_spans(asked, Passage(DOCUMENT, 9, 12), SEEN[0], segmenter) == []
    assert network_spans(asked, Passage(DOCUMENT, 0, 6), None, segmenter) == []


def test_the_scores_of_a_sentence_are_those_of_the_hit_that_it_stands_in() -> None:
    assert scores_of(Passage(DOCUMENT, 6, 9), HITS, SEEN) is SEEN[0]
    # The second hit was not read.
    assert scores_of(Passage(DOCUMENT, 0, 6), HITS, SEEN) is None


def test_every_token_of_every_text_is_seen(small_reader: SpanReader) -> None:
    texts = [("城市", "城市治理ab" * 3), ("", "治理" * 400), ("", "")]
    seen = small_reader.read([ReadingTask("城市", *text) for text in texts])
    assert len(seen) == 3
    for (_, text), found in zip(texts, seen, strict=True):
        shown = {at for first, odds in found.windows for at in range(first, first + len(odds))}
        assert shown == set(range(len(found.spans))) and np.isfinite(found.answer)
        # An answer may begin and end at every token.
        assert all(np.isfinite(np.diag(odds)).all() for _, odds in found.windows)
        assert found.spans.max(initial=0) == len(text)
        assert (found.best() is None) == (not text)


def test_a_text_is_seen_alike_whatever_is_read_beside_it(small_reader: SpanReader) -> None:
    reader = small_reader
    (alone,), (_, beside) = (
        reader.read([ReadingTask("城市", "", "治理ab")]),
        reader.read([ReadingTask("城市", "", "城市"), ReadingTask("城市", "", "治理ab")]),
    )
    np.testing.assert_array_equal(alone.windows[0].odds, beside.windows[0].odds)
    assert alone.answer == beside.answer and reader.read([]) == []


def test_only_so_many_windows_are_read_but_the_first_text_always(small_reader: SpanReader) -> None:
    tasks = [ReadingTask("城市", "", text) for text in ("治理" * 900, "城市", "治理")]
    windows = len(small_reader.read(tasks[:1])[0].windows)
    assert windows > 2
    assert [len(small_reader.read(tasks, budget)) for budget in (1, windows, windows + 1, windows + 2)] == [
        1, 1, 2, 3,
    ]  # fmt: skip
