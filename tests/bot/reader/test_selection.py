"""Which sentences are cited together."""

import numpy as np
import pytest

from bot.answer import CITED_AT_MOST, MARK_SIZE, TEXT_LIMIT, Citation
from bot.question.analysis import analyse
from bot.reader.candidates import Sentence, read_sentences
from bot.reader.selection import asks_for_each, fit_answer_length, select_sentences
from corpus import Document, Passage
from corpus.language.text import Segmenter, sentences

SEGMENTER = Segmenter()


def read(text: str) -> list[Sentence]:
    document = Document("d", "", text)
    return read_sentences([Passage(document, a, b) for a, b in sentences(text)], SEGMENTER)


def chosen(question: str, text: str, odds: list[float], unsure: bool = False) -> list[str]:
    found = select_sentences(
        analyse(question, SEGMENTER), read(text), np.array(odds, np.float32), unsure
    )
    return [sentence.span.text for sentence in found]


def test_one_sentence_or_two_where_unsure() -> None:
    assert chosen("为什么治理？", "甲。乙。丙。", [0, 2, 1]) == ["乙。"]
    assert chosen("为什么治理？", "甲。乙。丙。", [0, 2, 1.8], unsure=True) == ["乙。", "丙。"]
    assert chosen("为什么治理？", "甲。乙。丙。", [0, 2, 1], unsure=True) == ["乙。"]


def test_of_equals_the_earlier() -> None:
    assert chosen("为什么治理？", "甲。乙。", [1, 1]) == ["甲。"]


def test_a_comparison_gets_a_sentence_for_each_place() -> None:
    text = "上海好。成都好。成都差。杭州好。"
    assert chosen("上海和成都为什么好？", text, [1, 3, 2, 9]) == [
        "杭州好。",
        "上海好。",
        "成都好。",
    ]


def test_a_list_goes_on_over_semicolons_but_not_over_paragraphs() -> None:
    text = "宏观要甲;中观要乙;微观要丙。丁。\n宏观要戊;"
    assert chosen("有哪些层面？", text, [0, 1, 0, 0, 0]) == ["中观要乙;", "宏观要甲;", "微观要丙。"]


def test_a_list_goes_on_where_its_members_are_taken_up_again() -> None:
    text = "推动宏观、中观和微观联动。宏观层面要甲;中观层面要乙。丁。"
    assert chosen("有哪些层面？", text, [1, 0, 0, 0]) == [
        "推动宏观、中观和微观联动。",
        "宏观层面要甲;",
        "中观层面要乙。",
    ]


def test_never_more_than_may_be_cited() -> None:
    clauses = ";".join(f"{name}桥梁" for name in "甲乙丙丁戊己")
    assert len(chosen("有哪些桥梁？", clauses + "。", [1, 0, 0, 0, 0, 0])) == CITED_AT_MOST


def test_a_clause_about_something_else_stays_out_of_a_list() -> None:
    assert chosen("两张网分别指什么？", "数据一屏显示;两张网是甲网和乙网。", [0, 1]) == [
        "两张网是甲网和乙网。"
    ]


def citation(start: int, size: int, doc_id: str = "d") -> Citation:
    return Citation(Document(doc_id, "", "字" * 1000), start, start + size)


def test_citations_are_read_in_the_order_of_the_text_the_best_document_first() -> None:
    best, before, other = citation(50, 10), citation(0, 10), citation(0, 10, "a")
    assert fit_answer_length([best, other, before]) == (before, best, other)


def test_what_does_not_fit_is_left_out_but_never_the_best() -> None:
    best, long, short = citation(500, 200), citation(0, 200), citation(300, 100)
    assert fit_answer_length([best, long, short]) == (short, best)
    assert 2 * (200 + MARK_SIZE) > TEXT_LIMIT >= 200 + 100 + 2 * MARK_SIZE


@pytest.mark.parametrize("count", [0, 1, 9])
def test_at_most_four(count: int) -> None:
    assert len(fit_answer_length([citation(10 * at, 5) for at in range(count)])) == min(
        count, CITED_AT_MOST
    )


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("宏观、中观、微观层面各要做什么？", True),
        ("两张网分别指什么？", True),
        ("杭州和成都做了什么？", True),
        ("What do the two networks each mean?", True),
        ("What did Guangzhou set up in each street?", False),
        ("各地是怎么做的？", False),
        ("加尔各答在哪里？", False),
        ("杭州做了什么？", False),
    ],
)
def test_each_of_several_is_asked_for(question: str, each: bool) -> None:
    assert asks_for_each(analyse(question, SEGMENTER)) is each
