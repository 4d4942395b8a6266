"""Places of quotes: worked examples, and the bit-parallel distances against the table they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evals.datasets.quotes import _edit_distances, find_passage, find_quote, shorten
from corpus import Document


def found(text: str, quote: str, near: int | None = None) -> tuple[list[str], str, float] | None:
    at = find_quote(Document("d", "", text), quote, near)
    if at is None:
        return None
    return (
        [f"{span.start}-{span.end} {span.text}" for span in at.spans],
        at.how,
        round(at.similarity, 3),
    )


@pytest.mark.parametrize(
    ("text", "quote", "near", "expected"),
    [
        ("甲城有桥。乙城有桥。", "乙城", None, (["5-7 乙城"], "exact", 1)),
        ("甲城有桥。乙城有桥。", "有桥", None, (["2-4 有桥", "7-9 有桥"], "exact", 1)),
        ("甲城有桥。乙城有桥。", "有桥", 5, (["7-9 有桥"], "exact", 1)),
        ("甲城有桥。乙城有桥。", "有桥", 0, (["2-4 有桥"], "exact", 1)),
        ("哈哈哈", "哈哈", None, (["0-2 哈哈", "1-3 哈哈"], "exact", 1)),
        # The offsets are those of the text as it is, with its white space and its own forms.
        ("在 2020 年，城 市\n治理", "城市治理", None, (["9-15 城 市\n治理"], "folded", 1)),
        (
            "在２０２０年，ＡＢＣ成立",
            "2020年,abc",
            None,
            (["1-10 ２０２０年，ＡＢＣ"], "folded", 1),
        ),
        ("歐洲的學術研究", "学术 研究", None, (["3-7 學術研究"], "folded", 1)),
        # One of ten characters replaced, left out, put in.
        (
            "前。城市治理要靠群眾參與。後",
            "城市治理要靠群体参与",
            None,
            (["2-12 城市治理要靠群眾參與"], "near", 0.9),
        ),
        (
            "前。城市治理靠群众参与。后",
            "城市治理要靠群众参与",
            None,
            (["2-11 城市治理靠群众参与"], "near", 0.9),
        ),
        (
            "前。城市治理也要靠群众参与。",
            "城市治理要靠群众参与",
            None,
            (["2-13 城市治理也要靠群众参与"], "near", 0.9),
        ),
        (
            "甲城有三座桥。丙城有三座桥。",
            "乙城有三座桥。",
            None,
            (["0-7 甲城有三座桥。"], "near", 0.857),
        ),
        (
            "甲城有三座桥。丙城有三座桥。",
            "乙城有三座桥。",
            7,
            (["7-14 丙城有三座桥。"], "near", 0.857),
        ),
        # Two edits of nine are more than a fifth; four characters allow of none.
        ("城市治理靠居民参与", "城市治理靠群众参与", None, None),
        ("甲城有桥", "乙城有桥", None, None),
        ("", "乙城有桥", None, None),
        ("甲城 有桥", " \n", None, None),
        ("甲城 有桥", "", None, None),
    ],
)
def test_a_quote_has_its_place(text: str, quote: str, near: int | None, expected: object) -> None:
    assert found(text, quote, near) == expected


def table(part: str, text: str, anywhere: bool) -> list[int]:
    """The last row of the whole table of edit distances, cell by cell."""
    column = list(range(len(part) + 1))
    last = []
    for j, char in enumerate(text, 1):
        above = [0 if anywhere else j]
        for i, mine in enumerate(part, 1):
            above.append(min(column[i] + 1, above[i - 1] + 1, column[i - 1] + (mine != char)))
        column = above
        last.append(column[-1])
    return last


@given(st.text("甲乙丙", min_size=1, max_size=12), st.text("甲乙丙丁", max_size=30), st.booleans())
def test_distances_are_those_of_the_table(part: str, text: str, anywhere: bool) -> None:
    assert list(_edit_distances(part, text, anywhere=anywhere)) == table(part, text, anywhere)


@given(st.text("甲乙丙丁戊", min_size=5, max_size=20), st.text("甲乙丙丁戊", max_size=60))
def test_the_nearest_span_is_as_near_as_it_says(quote: str, text: str) -> None:
    at = find_quote(Document("d", "", text), quote)
    least = min(table(quote, text, True), default=len(quote))
    if least > len(quote) / 5:
        assert at is None
        return
    assert at is not None and at.similarity == 1 - least / len(quote)
    assert all(table(quote, span.text, False)[-1] == least for span in at.spans)


def test_a_reworded_quote_is_found_in_a_long_text() -> None:
    sentence = "城市治理现代化是国家治理体系和治理能力现代化的重要内容，"
    text = "".join(f"{sentence}第{n}条。" for n in range(4000))
    at = find_quote(
        Document("d", "", text),
        f"城市治理现代化乃是国家治理体系和治理能力现代化的内容，第{3210}条。",
    )
    assert at is not None and at.spans[0].text == f"{sentence}第3210条。"


def test_a_long_quote_is_shown_in_short() -> None:
    assert shorten("甲" * 24) == "甲" * 24
    assert shorten("甲" * 25) == "甲" * 23 + "…"


@pytest.mark.parametrize(
    ("passage_id", "span"),
    [
        ("d.2-4", (2, 4)),
        ("d.0-5", (0, 5)),
        ("d.v2.0-1", (0, 1)),
        ("d.0-6", None),
        ("d.4-4", None),
        ("d.4-2", None),
        ("d.-1-2", None),
        ("d.x-2", None),
        ("d.2-x", None),
        ("d.2", None),
        ("e.0-1", None),
        ("", None),
    ],
)
def test_a_passage_is_found_by_its_id(passage_id: str, span: tuple[int, int] | None) -> None:
    documents = {name: Document(name, "", "甲城有桥。") for name in ("d", "d.v2")}
    passage = find_passage(passage_id, documents)
    if span is None:
        assert passage is None
    else:
        assert passage is not None and (passage.start, passage.end) == span
        assert passage.passage_id == passage_id
