"""The editor's form: what it changes in a draft, and which span a selection is."""

import pytest

from bot.evals.drafts import Draft, GoldSpan
from bot.evals.pages.golden_editor import apply_form, selected_span, span_key
from corpus import Document, UsageError

DOCUMENT = Document("d", "题", "标题\n第一句说甲。 第二句说乙。\n第三句说甲。")
FIRST = GoldSpan("d", 3, 9, "第一句说甲。", group=1, checked=False)
SECOND = GoldSpan("d", 10, 16, "第二句说乙。", group=2)
DRAFT = Draft("谁？", "fact", "absent", ("甲",), (FIRST, SECOND), ("先问",), "备注", "made:d", 7)


def test_an_empty_form_empties_the_fields_and_keeps_the_gold_unchecked() -> None:
    changed = apply_form(DRAFT, {})
    assert (changed.question, changed.kind, changed.answers, changed.history, changed.note) == (
        "",
        "",
        (),
        (),
        "",
    )
    assert [(span.group, span.checked) for span in changed.gold] == [(1, False), (2, False)]
    assert (changed.outcome, changed.origin, changed.number) == ("absent", "made:d", 7)


def test_fields_are_trimmed_and_cut() -> None:
    form = {
        "question": [" " + "问" * 501 + " "],
        "kind": [" " + "k" * 41],
        "outcome": [" answered "],
        "answers": [" 甲 \n\n 乙"],
        "history": ["先\n \n后\n"],
        "note": ["n" * 1001 + " "],
    }
    changed = apply_form(DRAFT, form)
    assert (changed.question, changed.kind, changed.note) == ("问" * 500, "k" * 40, "n" * 1000)
    assert (changed.answers, changed.history) == (("甲", "乙"), ("先", "后"))
    assert changed.outcome == "answered"
    assert apply_form(DRAFT, {"outcome": ["maybe"]}).outcome == "absent"


@pytest.mark.parametrize(
    ("written", "group"),
    [
        ("4", 4),
        (" 4 ", 4),
        ("9" * 9, 999_999_999),
        ("9" * 10, 1),
        ("", 1),
        ("-4", 1),
        ("四", 1),
        ("٤", 1),
    ],
)
def test_a_group_is_a_number_or_stays(written: str, group: int) -> None:
    (span,) = apply_form(
        DRAFT, {f"group:{span_key(FIRST)}": [written], "drop": [span_key(SECOND)]}
    ).gold
    assert span.group == group


def test_gold_is_checked_and_dropped_by_its_key() -> None:
    assert span_key(FIRST) == "d.3-9"
    changed = apply_form(DRAFT, {"checked": ["d.3-9", "d.10-16"], "drop": ["d.10-16"]})
    assert [(span.start, span.checked) for span in changed.gold] == [(3, True)]


@pytest.mark.parametrize(
    ("start", "end", "quote", "span"),
    [
        ("3", "9", "第一句说甲。", (3, 9)),
        ("2", "10", "第一句说甲。", (3, 9)),  # white space around it is not selected
        ("6", "13", "说甲。第二句", (6, 13)),  # nor compared
        ("19", "23", "句说甲。", (19, 23)),
        ("19", "24", "句说甲。", (19, 23)),  # past the end: found by its words, nearest to 19
        ("4", "4", "说甲。", (6, 9)),
        ("17", "", "说甲。", (20, 23)),
        ("", "", "说甲。", (6, 9)),
        ("0", "2", "标题", (0, 2)),
        ("3", "9", "第二句说乙。", (10, 16)),  # other words than stand there
    ],
)
def test_a_selection_is_the_span_at_its_offsets_or_of_its_words(
    start: str, end: str, quote: str, span: tuple[int, int]
) -> None:
    found = selected_span(DOCUMENT, {"start": [start], "end": [end], "quote": [quote]})
    assert (found.start, found.end) == span


@pytest.mark.parametrize("quote", ["", " ", "没有这样一句话"])
def test_a_selection_of_nothing_or_of_other_words_is_refused(quote: str) -> None:
    with pytest.raises(UsageError, match="没有这段文字"):
        selected_span(DOCUMENT, {"start": ["2"], "end": ["3"], "quote": [quote]})
