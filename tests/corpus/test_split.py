"""Passages: worked examples, and what holds of any document."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.documents import document_of, header, row

from corpus import Document, Section
from corpus.intake.page import Line
from corpus.language.sentences import sentences
from corpus.load import load
from corpus.split import PASSAGE_SIZE, sentences_in, split

ARTICLE = Path(__file__).parents[2] / "corpus/articles/gmw-2020-12-05-chengshi-zhili.txt"


def passages(text: str, size: int) -> list[str]:
    return [passage.text for passage in split(Document("a", "", text), size)]


def test_short_paragraphs_share_a_passage() -> None:
    assert passages("甲一。\n乙二。\n丙三。\n丁四。", 11) == ["甲一。\n乙二。\n丙三。", "丁四。"]


def test_a_long_paragraph_is_cut_into_equal_parts() -> None:
    """Forty characters in at most twenty-four: two parts of twenty, not twenty-four and sixteen."""
    assert passages("一二三。" * 10, 24) == ["一二三。" * 5] * 2


def test_a_sentence_longer_than_a_passage_is_one() -> None:
    assert passages("短。" + "字" * 30 + "。短。", 10) == ["短。", "字" * 30 + "。", "短。"]


def test_a_heading_goes_with_what_follows() -> None:
    assert passages(f"{'甲' * 39}。\n二、党建\n{'乙' * 39}。", 40) == [
        f"{'甲' * 39}。",
        f"二、党建\n{'乙' * 39}。",
    ]


def test_more_than_a_heading_stays_by_itself() -> None:
    assert passages(f"{'甲' * 10}。\n{'乙' * 39}。", 40) == [f"{'甲' * 10}。", f"{'乙' * 39}。"]


def test_nothing_has_no_passages() -> None:
    assert passages("", 10) == passages(" \n\n", 10) == []


def test_sections_are_not_crossed() -> None:
    document = Document(
        "a", "", "标题\n正文。", sections=(Section("标题", 0, 2), Section("", 3, 6))
    )
    assert [(p.text, p.heading) for p in split(document)] == [("标题", "标题"), ("正文。", "")]


def test_the_article() -> None:
    """The passages of the article are of its sections, in order, and leave out white space only."""
    document = load(ARTICLE)
    found = split(document)
    assert max(p.end - p.start for p in found) <= PASSAGE_SIZE
    assert all(
        p.start >= s.start and p.end <= s.end for p in found if (s := document.section_at(p.start))
    )
    edges = [0, *(edge for p in found for edge in (p.start, p.end)), len(document.text)]
    assert not "".join(
        document.text[end:start] for end, start in list(pairwise(edges))[::2]
    ).strip()


lines = st.text(st.sampled_from("城市治理ab 。；，！（）《》1."), max_size=120)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Sections of whole lines, side by side."""
    texts = draw(
        st.lists(st.lists(lines, min_size=1, max_size=5).map("\n".join), min_size=1, max_size=4)
    )
    sections, at = [], 0
    for text in texts:
        sections.append(Section("", at, at + len(text)))
        at += len(text) + 1
    return Document("a", "", "\n".join(texts), sections=tuple(sections))


@settings(max_examples=150, deadline=None)
@given(documents(), st.integers(20, 300))
def test_any_document(document: Document, size: int) -> None:
    found = split(document, size)
    spans = sentences(document.text)
    assert all(before.end <= after.start for before, after in pairwise(found))
    for start, end in spans:
        assert sum(p.start <= start and end <= p.end for p in found) == 1
    for p in found:
        inside = [(start, end) for start, end in spans if p.start <= start and end <= p.end]
        assert (p.start, p.end) == (inside[0][0], inside[-1][1])
        assert p.end - p.start <= max(size, *(end - start for start, end in inside), 0) + size // 4
        assert any(s.start <= p.start and p.end <= s.end for s in document.sections)


@pytest.mark.parametrize("size", [60, 120, 250])
def test_only_a_short_line_makes_a_passage_larger(size: int) -> None:
    for passage in split(load(ARTICLE), size):
        first_line = passage.text.partition("\n")[0]
        assert (
            len(passage.text) <= size
            or len(first_line) <= size // 4
            or len(sentences(passage.text)) == 1
        )


TABLE = document_of(
    "各社区门牌数量",
    "下表是各社区的门牌数量：",
    header("社区", "门牌"),
    *(row(f"第{number}社区", str(100 + number)) for number in range(1, 31)),
    "申请材料如下：",
    Line("（一）申请表；", "item"),
    Line("（二）身份证；", "item"),
    Line("（三）户口簿。", "item"),
)


def test_the_names_of_the_columns_go_with_the_first_row_and_are_context_of_the_others() -> None:
    found = split(TABLE, 100)
    with_names = [passage for passage in found if "社区 | 门牌" in passage.text]
    assert len(with_names) == 1
    assert "第1社区 | 101" in with_names[0].text
    later = next(passage for passage in found if "第30社区" in passage.text)
    assert [TABLE.text[start:end] for start, end in later.leads][:2] == [
        "下表是各社区的门牌数量：",
        "社区 | 门牌",
    ]
    assert later.context == "各社区门牌数量 下表是各社区的门牌数量： 社区 | 门牌"


def test_a_list_stays_with_the_line_that_leads_to_it() -> None:
    last = split(TABLE, 100)[-1]
    assert last.text == "申请材料如下：\n（一）申请表；\n（二）身份证；\n（三）户口簿。"


def test_a_row_is_one_sentence_and_a_heading_is_its_own() -> None:
    rows = [s.text for passage in split(TABLE, 100) for s in sentences_in(passage)]
    assert "第7社区 | 107" in rows
    long_row = document_of(
        header("事项", "说明"), row("搬迁", "先登记。后搬迁。"), row("补偿", "1")
    )
    (passage,) = split(long_row)
    assert [s.text for s in sentences_in(passage)] == [
        "事项 | 说明",
        "搬迁 | 先登记。后搬迁。",
        "补偿 | 1",
    ]


def test_a_question_is_never_parted_from_the_beginning_of_its_answer() -> None:
    lines = []
    for number in range(6):
        lines.append(Line(f"问：第{number}件事怎样办理？", "question"))
        lines.append(Line("答：" + "到窗口办理即可，" * 9 + f"共{number}天。", "answer"))
    faq = document_of(*lines)
    for passage in split(faq, 120):
        assert not passage.text.splitlines()[-1].startswith("问：")


@pytest.mark.parametrize("mark", ["答：", "A：", "A2: ", "【答】", "回答："])
def test_what_is_cited_of_an_answer_begins_behind_its_mark(mark: str) -> None:
    told = document_of(
        Line("问：图书能续借吗？", "question"),
        Line(f"{mark}可以续借一次。续借期是15天。", "answer"),
    )
    (passage,) = split(told)
    assert mark.strip() in passage.text
    assert [one.text for one in sentences_in(passage)][1:] == ["可以续借一次。", "续借期是15天。"]


def test_a_mark_with_nothing_behind_it_is_kept() -> None:
    told = document_of(
        Line("问：图书能续借吗？", "question"),
        Line("答：", "answer"),
        Line("可以续借一次。", "answer"),
    )
    assert "答：" in [one.text for passage in split(told) for one in sentences_in(passage)]
