"""Sentences: worked examples, and what holds of any text."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.growth import LINEAR, growth

from corpus.language.sentences import SENTENCE_LIMIT, sentences

MARKS = "城市治理ab19 \n\t。！？!?；;….，,、：:”’」』）)】》\"'(（《【["


def cut(text: str, limit: int = SENTENCE_LIMIT) -> list[str]:
    return [text[start:end] for start, end in sentences(text, limit)]


@pytest.mark.parametrize(
    "marked",
    [
        "城市是家园。|治理靠大家！|怎么治？|",
        "数量不足；|能力不高; |氛围不浓",
        "他说：“要抓好治理。”|群众说好。",
        "他说：「好！」』|走了",
        "他说：“好！”，然后走了。|再来",
        "真的吗？！|是的",
        "他想……|走了",
        "等等……、其他",
        "《为什么？怎么办！》是一本书。|另一本",
        "（一；二；三。）四。|五",
        "（注：甲。【乙；丙】丁。）。|戊",
        "半个（括号。|没有合上；|就不算",
        "交错的《书（名》号）。|不误后文。|真的",
        "提高到60.6%，3.14，10:00。|完",
        "Rates rose to 60.6%. |The end",
        "Dr. Smith met Mrs. Jones of Acme Ltd. Then e.g. The U.S. Army came. |They talked.",
        "It is in the USA. |So it is",
        'He said "no." |She left',
        "Wait... then go. |城市",
        "see example.com for more. |Bye",
        "1. 第一项。|2. 第二项；|\n12. The third. |End",
        "第一行\n|  第二行\u3000\n\n|第三行",
    ],
)
def test_worked(marked: str) -> None:
    """A bar stands where one sentence ends."""
    assert cut(marked.replace("|", "")) == [
        part.strip() for part in marked.split("|") if part.strip()
    ]


def test_nothing() -> None:
    assert sentences("") == sentences(" \n\u3000") == []


def test_a_long_sentence_is_cut_after_its_last_pause_in_reach() -> None:
    assert cut("一二三四五，六七八，九十", limit=8) == ["一二三四五，", "六七八，九十"]
    assert cut("一，二三四五六七八九十", limit=6) == ["一，二三四五", "六七八九十"]


def test_no_number_is_cut() -> None:
    assert cut("会议上午，定在10:00开始", limit=9) == ["会议上午，", "定在10:00开始"]


def test_no_title_is_cut_where_another_place_will_do() -> None:
    assert cut("一二三四五，六《七，八》九十", limit=10) == ["一二三四五，", "六《七，八》九十"]
    assert cut("一二三四五六《七，八》九十", limit=10) == ["一二三四五六《七，", "八》九十"]


def test_brackets_that_close_far_away_hold_nothing_together() -> None:
    assert len(cut(f"（{'字' * 100}。{'字' * 100}）。")) == 2
    assert cut(f"（{'字' * 90}。{'字' * 90}）。") == [f"（{'字' * 90}。{'字' * 90}）。"]
    assert cut("（一。\n二）。") == ["（一。", "二）。"]


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.one_of(st.sampled_from(MARKS), st.characters()), max_size=300),
    st.integers(8, SENTENCE_LIMIT),
)
def test_spans_cover_the_text_in_order(text: str, limit: int) -> None:
    at = 0
    for start, end in sentences(text, limit):
        assert not text[at:start].strip() and 0 < end - start <= limit
        assert text[start:end] == text[start:end].strip() and "\n" not in text[start:end]
        at = end
    assert not text[at:].strip()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["城市", "。", "；", "，", "a.", " B", "“", "”", "1", "！"]), max_size=12
    ).map("".join)
)
def test_brackets_stay_whole(inner: str) -> None:
    text = f"甲。乙《{inner}》丙。丁"
    assert any(f"《{inner}》" in sentence for sentence in cut(text))


UNITS = ["中", "（", "（一）", "（" * 100 + "）" * 100, "。", "…", "a. B", '."', "，"]


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_only(unit: str) -> None:
    assert growth(lambda units: sentences(unit * units), 50_000 // len(unit)) < LINEAR


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_of_a_monotonous_text_is_lost(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    spans = sentences(text)
    assert sum(end - start for start, end in spans) == len(re.sub(r"\s", "", text)) + text.count(
        " "
    ) - _between(text)


def _between(text: str) -> int:
    """White space between spans."""
    spans = sentences(text)
    return sum(after - end for (_, end), (after, _) in pairwise(spans))


SPEECH = "大家好今天我们来谈一谈社区食堂的事情老人吃饭难是一个老问题"


def test_speech_without_punctuation_is_cut_before_the_word_with_which_it_turns() -> None:
    assert cut("社区食堂开张了老人们都来吃饭然后又来了一批志愿者", limit=16) == [
        "社区食堂开张了老人们都来吃饭",
        "然后又来了一批志愿者",
    ]


def test_without_a_turn_it_is_cut_behind_a_particle_and_not_inside_a_word() -> None:
    assert cut("街道把闲置房屋改造成了新食堂让居民吃饭", limit=14) == [
        "街道把闲置房屋改造成了",
        "新食堂让居民吃饭",
    ]
    assert cut("街道干部用两年时间把情况了解清楚再动工", limit=14)[0] == "街道干部用两年时间"
    assert cut("今年增加经费共计4300元并且", limit=12)[0] == "今年增加经费共计"


def test_a_long_transcript_loses_nothing_and_has_no_cut_in_a_common_word() -> None:
    text = (SPEECH + "所以街道办了三家食堂但是菜价不能太高那么钱从哪里来呢") * 20
    found = cut(text)
    assert "".join(found) == text
    assert {sentence[:2] for sentence in found[1:]} <= {"所以", "但是", "那么", "我们"}
