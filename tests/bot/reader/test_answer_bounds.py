"""What may be a short answer, and what may not."""

import pytest

from bot.question.analysis import analyse
from bot.reader.answer_bounds import may_answer
from corpus import Document, Passage
from corpus.document import CELL_BAR, Span, UnitSpan
from corpus.language.text import Segmenter

SEGMENTER = Segmenter()


@pytest.mark.parametrize(
    ("question", "text", "short", "may"),
    [
        ("登记费多少？", "登记费三百元。", "三百元", True),
        ("登记费多少？", "登记费三百元。", "登记费三百元", False),
        ("登记费多少？", "登记费三百元。", "登记费", False),
        ("登记费多少？", "登记费(含工本费)三百元。", "费(含工本", False),
        ("登记费多少？", "登记费(含工本费)三百元。", "(含工本费)三百元", True),
        ("登记费多少？", "登记费三百元。", "。", False),
        ("停车收费还是免费？", "停车场免费开放。", "免费", True),
        ("停车免费吗？", "停车场免费开放。", "免费", False),
    ],
)
def test_less_than_the_sentence_and_more_than_the_question(
    question: str, text: str, short: str, may: bool
) -> None:
    cited = Passage(Document("d", "", text), 0, len(text))
    start = text.index(short)
    asked = analyse(question, SEGMENTER)
    assert may_answer(asked, cited, (start, start + len(short))) is may


def test_no_span_of_two_cells() -> None:
    text = CELL_BAR.join(["东城街道", "320", "41.5"])
    document = Document("d", "", text, unit_spans=(UnitSpan(0, len(text), "row"),))
    cited = Passage(document, 0, len(text))
    asked = analyse("东城街道有多少张床位？", SEGMENTER)
    first, last = text.index("320"), text.index("41.5")
    assert may_answer(asked, cited, (first, first + 3))
    assert not may_answer(asked, cited, (first, last + 4))


def test_a_value_that_its_context_names_is_an_answer_though_it_is_all_of_its_line() -> None:
    text = "营业时间？\n周一至周五9:00—17:00。"
    question, value = Span(0, 5), (6, len(text))
    units = (UnitSpan(0, 5), UnitSpan(*value, context=(question,)))
    asked = analyse("几点开门？", SEGMENTER)
    named = Passage(Document("d", "", text, unit_spans=units), *value)
    assert may_answer(asked, named, (0, len(named.text) - 1))
    alone = Passage(Document("d", "", text), *value)
    assert not may_answer(asked, alone, (0, len(alone.text) - 1))
