"""Which sentences a model is given: those of the extract first, then the next best, each once."""

from dataclasses import replace
from functools import cache

import pytest
from conftest import ARTICLE
from support.asking import words_of
from support.documents import document_of

from bot.answer import Answer, AnswerPart, Citation
from bot.llm.candidates import CANDIDATES_AT_MOST, candidates_of
from bot.request_limits import Limits
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from corpus.load import load

HEALTH = "杭州健康码日最高使用量是多少？"
BOATS = [f"第{n}号渡口有{n}条船，由第{n}大队看管。" for n in range(1, 21)]


@cache
def service() -> Service:
    return Service(words_of(load(ARTICLE)), None, Settings())


def document() -> Document:
    return document_of(*BOATS, title="渡口")


def citations(count: int) -> tuple[Citation, ...]:
    held = document()
    starts = [held.text.index(line) for line in BOATS[:count]]
    return tuple(
        Citation(held, at, at + len(line)) for at, line in zip(starts, BOATS, strict=False)
    )


def test_the_sentences_of_the_extract_come_first() -> None:
    extract = service().extract(HEALTH)
    cited = extract.answer.citations
    assert extract.candidates[: len(cited)] == cited
    assert len(cited) < len(extract.candidates) <= CANDIDATES_AT_MOST


def test_the_extract_is_the_answer_that_is_given_without_a_model() -> None:
    answer, extract = service().ask(HEALTH), service().extract(HEALTH)
    assert replace(extract.answer, milliseconds={}) == replace(answer, milliseconds={})
    assert (extract.asked, extract.history) == (HEALTH, ())


def test_no_sentence_is_given_twice() -> None:
    for question in (HEALTH, "总结这篇文章", "上海的“两张网”分别指什么？"):
        found = service().extract(question).candidates
        for number, one in enumerate(found):
            assert not any(one.overlaps(other) for other in found[number + 1 :]), question


@pytest.mark.parametrize(
    "question", ["你好", "修昔底德陷阱", "资料里有没有《海南省渡口条例》的规定？"]
)
def test_where_nothing_is_answered_nothing_is_given(question: str) -> None:
    extract = service().extract(question)
    assert extract.answer.outcome != "answered"
    assert extract.candidates == ()


def test_only_what_a_request_may_search_is_given() -> None:
    limits = Limits(doc_ids=frozenset({"no such document"}))
    assert service().extract(HEALTH, limits=limits).candidates == ()


def test_a_follow_up_that_carries_on_has_its_own_sentences() -> None:
    history = [{"role": "user", "content": "总结这篇文章"}]
    extract = service().extract("详细说说第二点", history)
    assert extract.answer.outcome == "answered"
    assert set(extract.candidates) <= set(extract.answer.citations)
    assert extract.history == tuple(history)


def test_of_a_long_summary_every_part_is_given() -> None:
    cited = citations(12)
    answer = Answer("总结", "answered", "……", citations=cited, form="summary")
    assert candidates_of(answer, None) == tuple(cited[n] for n in (0, 1, 3, 4, 6, 7, 9, 10))


@pytest.mark.parametrize(("count", "given"), [(8, 8), (9, 0)])
def test_a_list_that_is_too_long_is_not_written_anew(count: int, given: int) -> None:
    answer = Answer("有哪些渡口", "answered", "……", citations=citations(count), form="list")
    assert len(candidates_of(answer, None)) == given


def test_what_is_said_not_to_be_there_is_not_written_anew() -> None:
    parts = (AnswerPart("渡口", "……[1]"), AnswerPart("码头", "文中没有提到"))
    answer = Answer("渡口和码头", "answered", "……", citations=citations(1), parts=parts)
    assert candidates_of(answer, None) == ()
    assert candidates_of(replace(answer, parts=parts[:1]), None) == citations(1)
