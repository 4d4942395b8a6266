"""Sentences come whole out of a stream, with their marks, however it is cut."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.sentences import LONGEST, MarkedSentence, SentenceStream, marked


def streamed(text: str, size: int = 1) -> list[MarkedSentence]:
    """The sentences of a text that comes in pieces of `size` characters."""
    stream = SentenceStream()
    found = []
    for start in range(0, len(text), size):
        found += stream.feed(text[start : start + size])
    return found + stream.finish()


def test_marks_before_and_behind_the_full_stop() -> None:
    assert streamed("社区有三家[1]。周末也开。[2][3]收费两元。") == [
        MarkedSentence("社区有三家。", (1,)),
        MarkedSentence("周末也开。", (2, 3)),
        MarkedSentence("收费两元。"),
    ]


@pytest.mark.parametrize(
    ("raw", "text", "marks"),
    [
        ("他说：“好。”[1]", "他说：“好。”", (1,)),
        ("共三家【2】。", "共三家。", (2,)),
        ("共三家［1］［2］。", "共三家。", (1, 2)),
        ("共三家[1, 3]。", "共三家。", (1, 3)),
        ("共三家[1-3]。", "共三家。", (1, 3, 2)),
        ("共三家[^2]。", "共三家。", (2,)),
        ("甲[1]，乙[2]，丙[1]。", "甲，乙，丙。", (1, 2)),
        ("It opened in 2019 [1]. ", "It opened in 2019.", (1,)),
        ("- **共三家**[1]", "共三家。", (1,)),
        ("2. 共三家[1]；", "共三家；", (1,)),
        ("3.5万元[1]。", "3.5万元。", (1,)),
        ("引自[办法]第三条。", "引自[办法]第三条。", ()),
        ("## 概况", "概况。", ()),
        ("[1]", "", (1,)),
        ("共三家（[1]）。", "共三家。", (1,)),
        ("共三家**[1]**、`[2]`。", "共三家。", (1, 2)),
        ("It opened [1], [2].", "It opened.", (1, 2)),
        ("根据[1]，共三家。", "共三家。", (1,)),
        ("按照[1]和[2]的规定，收费；如[3]所述，免费。", "收费；免费。", (1, 2, 3)),
        ("According to [1], rooms are warm.", "Rooms are warm.", (1,)),
    ],
)
def test_one_sentence(raw: str, text: str, marks: tuple[int, ...]) -> None:
    sentence = marked(raw)
    assert sentence.text == text
    assert set(sentence.marks) == set(marks)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1. 共三家。[1]\n2. 收费。[2]", 2),
        ("The U.S. has three. [1] Dr. Wang saw Art. 5. [2]", 2),
        ("The rooms are warm. They are large.", 2),
        ("共三家.[1] 收费.[2]", 2),
        ("共三家. 收费.", 2),
        ("It opened in 2.0.\nIt is warm.", 2),
        ("共三家。（[1]）收费。 **[2]** ", 2),
        ("共三家。[1]、[2]收费。[1]和[2]", 2),
        ("共三家。12个。", 2),
    ],
)
def test_where_sentences_end(text: str, count: int) -> None:
    found = streamed(text)
    assert len(found) == count
    assert "".join(one.text[0] for one in found).isalpha() or "12" in text
    if "[1]" in text:
        assert found[0].marks[0] == 1 and 2 in found[1].marks + found[0].marks


def test_nothing_is_given_out_while_a_mark_may_follow() -> None:
    stream = SentenceStream()
    assert stream.feed("共三家。") == []
    assert stream.feed("[") == []
    assert stream.feed("1") == []
    assert stream.feed("]") == []
    assert stream.feed("另") == [MarkedSentence("共三家。", (1,))]


def test_a_bracket_that_is_no_mark_waits_for_nothing() -> None:
    stream = SentenceStream()
    assert stream.feed("共三家。[注") == [MarkedSentence("共三家。")]


def test_lines_end_sentences() -> None:
    assert streamed("- 甲[1]\n- 乙[2]\n\n") == [
        MarkedSentence("甲。", (1,)),
        MarkedSentence("乙。", (2,)),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_reasoning_is_left_out(size: int) -> None:
    assert streamed("<think>先想。再想。</think>共三家[1]。", size) == [
        MarkedSentence("共三家。", (1,))
    ]
    assert streamed("好。<think>想</think>共三家[1]。<think>又想", size) == [
        MarkedSentence("好。"),
        MarkedSentence("共三家。", (1,)),
    ]


def test_a_lone_end_of_reasoning() -> None:
    stream = SentenceStream()
    assert stream.feed("先想一想</think>共三家[1]。") == []
    assert stream.finish() == [MarkedSentence("共三家。", (1,))]
    assert not stream.was_reasoning


def test_a_lone_end_of_reasoning_behind_sentences_is_told() -> None:
    stream = SentenceStream()
    assert stream.feed("先想。再想") == [MarkedSentence("先想。")]
    assert stream.feed("</think>") == []
    assert stream.was_reasoning


def test_repeated_sentences_end_the_reading() -> None:
    stream = SentenceStream()
    found = [one for _ in range(50) for one in stream.feed("共三家[1]。")]
    assert found == [MarkedSentence("共三家。", (1,))]
    assert stream.is_rambling
    assert stream.feed("还有两家[2]。好") == []


def test_a_sentence_without_end_ends_the_reading() -> None:
    stream = SentenceStream()
    for _ in range(LONGEST):
        assert stream.feed("的的") == []
    assert stream.is_rambling
    assert stream.finish() == []


def test_a_cut_stream_keeps_only_what_is_whole() -> None:
    whole, begun = SentenceStream(), SentenceStream()
    whole.feed("共三家。[1]")
    begun.feed("共三家[1]")
    assert whole.finish(is_cut=True) == [MarkedSentence("共三家。", (1,))]
    assert begun.finish(is_cut=True) == []


@given(st.text("共三家。！[]12 \n</think>aB.（）、*\u3000", max_size=60), st.integers(1, 9))
def test_pieces_make_no_difference(text: str, size: int) -> None:
    if "</think>" not in text:
        assert streamed(text, size) == streamed(text, 1)


def test_a_long_stream_keeps_little() -> None:
    stream = SentenceStream()
    numbers = islice(iter(int, 1), 5000)
    for at, _ in enumerate(numbers):
        stream.feed(f"第{at}句[1]。")
    assert len(stream._buffer) < LONGEST
    assert len(stream._earlier) < 100
