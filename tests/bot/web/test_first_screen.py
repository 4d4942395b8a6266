"""What the chat shows before the first question, of one document and of several."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from support.asking import words_of
from support.parks import NAMES, PARKS

from bot.live import Live
from bot.service import Service
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.first_screen import CARDS, SECTIONS, WANTED, first_screen
from corpus import Document, Section
from index.snapshot import build


@pytest.fixture(scope="module")
def parks() -> Service:
    return Service(build(PARKS, None), None, Settings())


def test_one_document_is_shown_with_its_sections_and_three_questions(article: Document) -> None:
    screen = first_screen(Service(words_of(article), None, Settings()), "zh")
    assert screen.alone == article and screen.held == 1 and not screen.cards
    assert len(screen.sections) == 3 and screen.sections[2].startswith("科技赋能")
    assert len(screen.openers) == 3 and all(opener.is_first for opener in screen.openers)
    assert screen.openers[0].question == "这篇文章主要讲了什么？"
    assert {opener.tag for opener in screen.openers} == {"zh-CN"}


def test_the_questions_of_a_page_in_english_are_in_english(article: Document) -> None:
    screen = first_screen(Service(words_of(article), None, Settings()), "en")
    assert len(screen.openers) == 3 and {opener.tag for opener in screen.openers} == {"en"}


def test_of_many_sections_some_are_shown_and_the_others_are_counted() -> None:
    text = "".join(f"第{n}节讲第{n}件事情。\n" for n in range(9))
    sections = tuple(Section(f"第{n}件", 10 * n, 10 * n + 10) for n in range(9))
    document = Document("d", "九件事", text, sections=(Section("出处", 0, 0), *sections))
    screen = first_screen(Service(build([document], None), None, Settings()), "zh")
    assert screen.sections == tuple(f"第{n}件" for n in range(SECTIONS))
    assert screen.more_sections == 9 - SECTIONS


def test_some_of_several_documents_are_cards_and_those_wanted_come_first(parks: Service) -> None:
    screen = first_screen(parks, "zh")
    assert len(screen.cards) == CARDS < screen.held == len(NAMES)
    assert screen.alone is None and screen.wanted == ()
    screen = first_screen(parks, "zh", ["柳", "none", "柏", "柳"])
    assert [document.doc_id for document in screen.cards[:2]] == ["柳", "柏"]
    assert [document.doc_id for document in screen.wanted] == ["柳", "柏"]
    assert len(first_screen(parks, "zh", list(NAMES) * WANTED).wanted) == len(NAMES)


def test_there_are_questions_about_each_document_that_may_be_chosen(parks: Service) -> None:
    screen = first_screen(parks, "zh", ["柳"])
    of_willow = [opener.question for opener in screen.openers if opener.doc_id == "柳"]
    assert of_willow and all("柳" in question for question in of_willow)
    questions = [opener.question for opener in screen.openers]
    assert len(questions) == len(set(questions))
    assert sum(opener.is_first for opener in screen.openers) == 3


@pytest.fixture(scope="module")
def client(parks: Service) -> Iterator[TestClient]:
    with TestClient(create_app(Live(parks)), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.slow
def test_the_page_has_the_cards_and_what_its_address_names(client: TestClient) -> None:
    page = client.get("/", params={"doc": ["柳", "<script>", "none"]}).text
    assert page.count('class="cw-choose"') == CARDS and 'href="/read/%E6%9F%B3"' in page
    assert 'id="cw-wanted">[{"id": "柳", "title": "柳园简介"}]</script>' in page
    assert 'href="/?doc=%E6%9F%B3&amp;lang=en"' in page
    assert "全部文章（8）" in page
    english = client.get("/?lang=en").text
    assert 'href="/read/%E6%A2%85?lang=en"' in english and "All articles (8)" in english
