"""Snippets: what of a document is shown around gold, and which characters are marked."""

import pytest

from bot.evals.pages.question_page import AROUND, _gold_snippet, snippet
from corpus import Document, Passage

DOCUMENT = Document("d 1", "题", "零一二三四五六七八九")


def marked(start: int, end: int, *spans: tuple[int, int]) -> list[tuple[str, bool]]:
    gold = [Passage(DOCUMENT, *span) for span in spans]
    return list(snippet(Passage(DOCUMENT, start, end), gold).segments)


@pytest.mark.parametrize(
    ("spans", "segments"),
    [
        ((), [("二三四五", False)]),
        (((2, 6),), [("二三四五", True)]),
        (((3, 5),), [("二", False), ("三四", True), ("五", False)]),
        (((0, 3),), [("二", True), ("三四五", False)]),
        (((5, 9),), [("二三四", False), ("五", True)]),
        (((3, 4), (4, 5)), [("二", False), ("三四", True), ("五", False)]),
        (((0, 2), (6, 9)), [("二三四五", False)]),
    ],
)
def test_only_what_a_passage_shares_with_gold_is_marked(
    spans: tuple[tuple[int, int], ...], segments: list[tuple[str, bool]]
) -> None:
    assert marked(2, 6, *spans) == segments


def test_gold_of_another_document_marks_nothing() -> None:
    other = Passage(Document("e", "", DOCUMENT.text), 0, 9)
    assert snippet(Passage(DOCUMENT, 2, 6), [other]).segments == (("二三四五", False),)


def test_a_snippet_says_where_it_can_be_read() -> None:
    found = snippet(Passage(DOCUMENT, 2, 6), ())
    assert (found.title, found.address) == ("题", "/read/d%201?start=2&end=6#cited")
    assert snippet(Passage(Document("e", "", "零一"), 0, 1), ()).title == "e"


def test_gold_is_shown_in_its_line() -> None:
    document = Document("d", "", "前一行\n这一行有标准原文在内\n后一行")
    start = document.text.index("标准原文")
    assert _gold_snippet(Passage(document, start, start + 4)).segments == (
        ("这一行有", False),
        ("标准原文", True),
        ("在内", False),
    )
    whole = Passage(document, 0, len(document.text))
    assert _gold_snippet(whole).segments == ((document.text, True),)


def test_of_a_long_line_only_so_much_is_shown() -> None:
    document = Document("d", "", "前" * 500 + "标准原文" + "后" * 500)
    assert _gold_snippet(Passage(document, 500, 504)).segments == (
        ("前" * AROUND, False),
        ("标准原文", True),
        ("后" * AROUND, False),
    )
