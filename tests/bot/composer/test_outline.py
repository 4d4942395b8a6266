"""The parts of a document of questions and answers."""

from bot.composer.outline import parts_of
from corpus import Document
from corpus.document import Span, UnitSpan

ANSWER = "卢望：六点。"


def interview(questions: int) -> Document:
    """A document of questions, each with its answer."""
    text = ""
    units: list[UnitSpan] = []
    for number in range(questions):
        asked = UnitSpan(len(text), len(text) + len(_asked(number)), "question")
        text += _asked(number) + "\n"
        told = UnitSpan(len(text), len(text) + len(ANSWER), "answer")
        text += ANSWER + "\n"
        units += [asked, told]
    return Document("bus", "公交", text, unit_spans=tuple(units))


def _asked(number: int) -> str:
    return f"记者：第{number}路几点发车？"


def test_a_part_is_named_by_what_is_asked_without_who_asks() -> None:
    document = interview(3)
    parts = parts_of(document, Span(0, len(document.text)))
    assert [part.label for part in parts] == ["", *(f"第{n}路几点发车？" for n in range(3))]
    assert document.text[parts[1].start : parts[1].end].strip() == ANSWER
