from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import LINEAR, growth

from corpus.intake.page import (
    ends_sentence,
    fold,
    join,
    join_filled,
    opens_paragraph,
    tidy,
    width,
    wrap_width,
)
from corpus.intake.plain_text import read_text


def unwrap(lines: list[str]) -> list[str]:
    return join_filled(lines, wrap_width(lines))


@pytest.mark.parametrize(
    ("line", "normal"),
    [
        ("\u3000\u3000城市 治理\u00a0\n", "城市 治理"),
        ("e\u0301\u200b\ufeff", "\u00e9"),
        ("a\tb\x0bc\u2028d", "a b c d"),
        ("\x00\x07\u202e控制\ud800", "控制"),
        ("\uff08全角\uff09\uff0c不动\uff01", "\uff08全角\uff09\uff0c不动\uff01"),
    ],
)
def test_tidy(line: str, normal: str) -> None:
    assert tidy(line) == normal


@given(st.text())
def test_tidy_is_done_once(line: str) -> None:
    assert tidy(tidy(line)) == tidy(line)
    assert len(tidy(line).splitlines()) <= 1


@given(st.text())
def test_folding_moves_nothing(line: str) -> None:
    assert len(fold(line)) == len(line)


def test_folding_gives_ascii() -> None:
    assert fold("\uff08作者\uff1aＡ１\u3000丨\uff09") == "(作者:A1 |)"


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("城市更新。", True),
        ("“好的\uff01”", True),
        ("It works.", True),
        ("(see page 4.)", True),
        ("1.", False),
        ("一、总体要求", False),
        ("如下\uff1a", False),
        ("in 1984.", True),
        ("", False),
    ],
)
def test_where_a_sentence_ends(line: str, ends: bool) -> None:
    assert ends_sentence(line) is ends


def test_width_counts_columns() -> None:
    assert (width("abc"), width("城市"), width("a城\uff0c")) == (3, 4, 5)


def test_halves_are_joined_as_their_script_is_set() -> None:
    assert join("城市", "治理") == "城市治理"
    assert join("urban", "renewal") == "urban renewal"
    assert join("well-", "known") == "well-known"
    assert join("用 GIS", "平台") == "用 GIS平台"
    assert join("a", "", "b-", "c", "城", "d") == "a b-c城d"
    assert join() == ""


def test_a_hard_wrapped_text_is_made_whole() -> None:
    lines = [
        "The town hired students to count people at eleven corners for six",
        "weeks. The busiest corner saw 2,300 people a day, almost none of",
        "whom appeared in the old traffic model.",
        "",
        "Engineers proposed the same four lanes of asphalt, and residents",
        "asked for something narrower.",
    ]
    assert unwrap(lines) == [" ".join(lines[:3]), " ".join(lines[4:])]


def test_hard_wrapped_chinese_is_joined_without_spaces() -> None:
    text = (
        "城市治理不是大水漫灌要一针一线有讲究一丝一毫求极致而城市基层管理幅度"
        "普遍偏大社会群体利益多样诉求多元这就需要精细化的手段。"
    )
    lines = [
        "\u3000\u3000" + text[:28],
        text[28:58],
        text[58:],
        "\u3000\u3000" + text[:28],
        text[28:58],
        text[58:],
    ]
    assert unwrap(lines) == [text, text]


def test_verse_and_short_paragraphs_keep_their_lines() -> None:
    verse = ["石板路上的雨", "比记忆慢一些", "屋檐下的灯", "比黄昏早一些"]
    assert unwrap(verse) == verse
    paragraphs = [
        "早高峰的时候校门口不再堵车了,家长和孩子都走得很安心。",
        "变化来自一条画在地上的黄线,离学校的大门正好一米。",
    ] * 3
    assert unwrap(paragraphs) == paragraphs


def test_a_line_with_a_colon_leads_on_and_is_joined_to_nothing() -> None:
    lead = "申请公共租赁住房的家庭应当在每年的三月三十一日之前向街道提交："
    lines = [lead, "第一款所说的材料以及能够证明家庭人口和收入的其他有关材料原件复", "印件。"] * 2
    assert unwrap(lines) == [lead, "".join(lines[1:3])] * 2


@pytest.mark.parametrize(
    "line",
    [
        "第一百零二条 甲",
        "十一、甲",
        "（二）甲",
        "① 甲",
        "12. 甲",
        "问：甲",
        "A2: a",
        "　　甲",
        "□ 甲",
    ],
)
def test_what_opens_a_paragraph(line: str) -> None:
    assert opens_paragraph(line)


@pytest.mark.parametrize("line", ["12.5 亿元", "第三条路", "问题很多", "甲（二）", "A 区"])
def test_what_opens_none(line: str) -> None:
    assert opens_paragraph(line) is (line == "第三条路")


@pytest.mark.parametrize("unit", ["城市治理。", "白 鹭 ", "⽤⼯", "a b", "\t", "\u3000"])
def test_the_time_of_a_single_long_line_grows_with_its_length_only(unit: str) -> None:
    def read(size: int) -> object:
        return read_text(unit * size)

    assert growth(read, 40_000 // len(unit)) < LINEAR
