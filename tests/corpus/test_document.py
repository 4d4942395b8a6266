"""Documents, sections and passages are values, and a passage is a slice."""

from dataclasses import FrozenInstanceError

import pytest

from corpus import Document, Passage, Section

TEXT = "城市治理\n前言。\n一、党建\n党建引领。"
DOCUMENT = Document(
    "a", "城市治理", TEXT, sections=(Section("标题", 0, 4), Section("一、党建", 9, 20))
)


@pytest.mark.parametrize(
    ("offset", "heading"), [(0, "标题"), (3, "标题"), (9, "一、党建"), (19, "一、党建")]
)
def test_section_at(offset: int, heading: str) -> None:
    section = DOCUMENT.section_at(offset)
    assert section and section.heading == heading


@pytest.mark.parametrize("offset", [-1, 4, 8, 20])
def test_between_sections_there_is_none(offset: int) -> None:
    assert DOCUMENT.section_at(offset) is None


def test_a_passage_is_a_slice_and_names_its_span() -> None:
    passage = Passage(DOCUMENT, 14, 19)
    assert passage.text == TEXT[14:19] == "党建引领。"
    assert passage.passage_id == "a.14-19"
    assert (passage.heading, passage.context) == ("一、党建", "城市治理 一、党建")


def test_context_without_a_heading_or_a_title() -> None:
    assert Passage(DOCUMENT, 5, 8).context == "城市治理"
    assert Passage(Document("b", "", "字"), 0, 1).context == ""


def test_values() -> None:
    assert Passage(DOCUMENT, 0, 4) == Passage(DOCUMENT, 0, 4)
    assert len({Passage(DOCUMENT, 0, 4), Passage(DOCUMENT, 0, 4), Passage(DOCUMENT, 0, 3)}) == 2
    with pytest.raises(FrozenInstanceError):
        DOCUMENT.text = ""  # type: ignore[misc]
