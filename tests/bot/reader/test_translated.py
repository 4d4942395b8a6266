"""English questions get their short answer from the Chinese sentence."""

from dataclasses import replace

import pytest
from conftest import ARTICLE

from bot.index_build import open_index
from bot.reader.by_rule import NOTHING
from bot.reader.translated import with_short_answer
from bot.settings import Settings


@pytest.mark.encoder
def test_an_english_question_is_read_by_its_terms() -> None:
    service = open_index(Settings(), ARTICLE).service(Settings())
    answer = service.answer("When did the big screen in Hangzhou show who was entering the city?")
    assert answer.short_answer == "疫情防控最紧张时期"
    assert answer.short_answer in answer.citations[0].quote


@pytest.mark.encoder
def test_a_chinese_question_and_a_refusal_stay_as_they_are() -> None:
    service = open_index(Settings(), ARTICLE).service(Settings())
    asked = service.understand("How much does Chengdu put into community funds?")
    segmenter = service.snapshot.segmenter
    assert with_short_answer(NOTHING, asked, [], service.network, segmenter) is NOTHING
    chinese = service.understand("成都投入多少社区资金？")
    hits = service.search(chinese, 5)
    reading = service.reader.read(chinese, hits)
    assert with_short_answer(reading, chinese, hits, service.network, segmenter) is reading
    english = replace(chinese, language="en")
    assert with_short_answer(reading, english, hits, None, segmenter) is reading
