"""Which documents speak of something: those that do, by title, and none where one is held."""

import pytest
from conftest import BigramEncoder

from bot.question.asked_documents import may_ask_documents
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from index import Encoder
from index.encoder import TextEncoder
from index.snapshot import build

PAPERS = {
    "公园守则": "公园每天六点开门。遛狗应当牵绳，粪便由遛狗的人清理。",
    "小区公约": "住户遛狗不得进入儿童活动区。垃圾每天早晚各收一次。",
    "食堂告示": "食堂周一到周五供应午饭。就餐请排队，不要浪费粮食。",
}


def service(titles: list[str], encoder: Encoder | None = None) -> Service:
    encoder = encoder or BigramEncoder()
    papers = [Document(f"d{n}", title, PAPERS[title]) for n, title in enumerate(titles)]
    return Service(build(papers, encoder), encoder, Settings())


def test_a_line_for_each_that_counts() -> None:
    answer = service([*PAPERS]).answer("哪些文件讲到遛狗？")
    assert answer.form == "documents"
    assert {part.label for part in answer.parts} == {"公园守则", "小区公约"}
    assert all("遛狗" in citation.quote for citation in answer.citations)


def test_none_that_counts() -> None:
    assert service([*PAPERS]).answer("哪些文件讲到航天发射？").form == "fact"


@pytest.mark.encoder
def test_a_document_that_has_none_of_the_words_does_not_count(encoder: TextEncoder) -> None:
    assert service([*PAPERS], encoder).answer("哪些文件提到了押金").form == "fact"


def test_the_only_document_counts_where_it_has_the_words() -> None:
    only = service(["公园守则"])
    answer = only.answer("哪些文件讲到遛狗？")
    assert answer.form == "documents"
    assert [part.label for part in answer.parts] == ["公园守则"]
    assert only.answer("哪些文件讲到养猫？").form != "documents"


def test_what_is_no_document_is_not_asked_for_as_one() -> None:
    assert may_ask_documents("哪些文件讲到遛狗？")
    assert may_ask_documents("遛狗的事哪儿写了")
    assert may_ask_documents("Which articles mention dogs?")
    assert not may_ask_documents("哪些公交线路老人半价？")
    assert not may_ask_documents("哪几个小区周末供水？")
