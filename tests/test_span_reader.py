"""What a network sees in a text, worked by hand, and by a small network with random weights."""

import numpy as np

from bot.readers.neural.seen import UNREAD, odds_of, span_in
from bot.readers.neural.span_reader import LONGEST_ANSWER, SpanReader, Traces
from corpus import Document, Passage
from index import Hit

TEXT = "甲乙丙丁戊己"


def traces(first: list[float], last: list[float], answer: float = 0.0) -> Traces:
    """Of a text with a token a character."""
    spans = np.array([(at, at + 1) for at in range(len(first))], np.int64)
    return Traces(spans, np.array(first, np.float32), np.array(last, np.float32), answer)


def test_the_best_span_is_the_likeliest_pair_in_order() -> None:
    seen = traces([-9, 5, 0, 1, 0, 0], [9, 0, 0, 3, 0, 0])
    # 1 to 0 would be likelier, but it ends before it begins.
    assert seen.best() == (1, 4, 4.0)
    assert seen.best(2) == (3, 4, 2.0)
    assert seen.best(4, 6) == (4, 5, 0.0)
    assert seen.best(6) is None and seen.best(2, 2) is None


def test_no_answer_is_longer_than_the_longest() -> None:
    size = LONGEST_ANSWER + 5
    first, last = [-1.0] * size, [-1.0] * size
    first[0] = last[-1] = 9.0
    best = traces(first, last).best()
    assert best is not None and best.end - best.start <= LONGEST_ANSWER


def test_a_text_that_is_part_of_another() -> None:
    assert traces([0, 5, 0], [0, 5, 0]).shifted(10).best() == (11, 12, 5.0)


DOCUMENT = Document("d", "", TEXT * 2)
HITS = [Hit(Passage(DOCUMENT, 6, 12), 0.9), Hit(Passage(DOCUMENT, 0, 6), 0.8)]
SEEN = [traces([0, 4, 0, 0, 0, 0], [0, 4, 0, 0, 0, 0], 2.5).shifted(6)]


def test_each_sentence_has_the_odds_of_its_own_best_span() -> None:
    sentences = [(0, Passage(DOCUMENT, 6, 9)), (0, Passage(DOCUMENT, 9, 12)), (1, Passage(DOCUMENT, 0, 6))]
    assert odds_of(sentences, SEEN).tolist() == [4.0, 0.0, -UNREAD]
    assert odds_of(sentences, []).tolist() == [-UNREAD] * 3


def test_the_short_answer_lies_in_the_cited_sentence() -> None:
    assert span_in(Passage(DOCUMENT, 6, 9), HITS, SEEN) == (1, 2)
    assert span_in(Passage(DOCUMENT, 9, 12), HITS, SEEN) is None
    assert span_in(Passage(DOCUMENT, 0, 6), HITS, SEEN) is None


def test_every_token_of_every_text_is_seen(small_reader: SpanReader) -> None:
    texts = [("城市", "城市治理ab" * 3), ("", "治理" * 400), ("", "")]
    seen = small_reader.read("城市", texts)
    assert len(seen) == 3
    for (_, text), found in zip(texts, seen, strict=True):
        assert np.isfinite(found.first).all() and np.isfinite(found.last).all() and np.isfinite(found.answer)
        assert found.spans.max(initial=0) == len(text)
        assert (found.best() is None) == (not text)


def test_a_text_is_seen_alike_whatever_is_read_beside_it(small_reader: SpanReader) -> None:
    reader = small_reader
    (alone,), (_, beside) = reader.read("城市", [("", "治理ab")]), reader.read("城市", [("", "城市"), ("", "治理ab")])
    np.testing.assert_array_equal(alone.first, beside.first)
    assert alone.answer == beside.answer and reader.read("城市", []) == []
