"""From an answer to the article that it cites and back, and in which characters, in a real browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.asking import words_of
from support.serving import serving, tab

from bot.live import Live
from bot.service import Service
from bot.settings import Settings
from bot.web.app import create_app
from corpus import Document

pytestmark = pytest.mark.browser

NUMBER = "杭州健康码日最高使用量是多少？"


@pytest.fixture(scope="module")
def address(article: Document, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHENGWEN_HOME", str(tmp_path_factory.mktemp("home")))
        app = create_app(Live(Service(words_of(article), None, Settings())))
    with serving(app) as address:
        yield address


def ask(page: Page, question: str) -> Locator:
    """The message that answers."""
    before = page.locator(".cw-message").count()
    box = page.locator("#cw-box textarea")
    # What is sent before the page is ready is not.
    expect(box).to_be_focused()
    box.fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".cw-message:not(.cw-waiting)")).to_have_count(before + 1)
    return page.locator(".cw-message").last


def opened(page: Page, link: Locator) -> Page:
    """The tab that a link opens."""
    with page.context.expect_page() as opening:
        link.click(modifiers=["ControlOrMeta"])
    return opening.value


def test_the_way_back_leads_to_the_question(browser: Browser, address: str) -> None:
    with tab(browser, address) as page:
        page.goto("/")
        answer = ask(page, NUMBER)
        answer_id = answer.get_attribute("id")
        ask(page, "成都市每年投入多少资金？")
        article = opened(page, answer_link(page, answer_id))
        expect(article.locator("mark").first).to_be_in_viewport()
        assert re.search(r"[?&]from=[0-9a-f]{32}", article.url)
        article.get_by_role("link", name="回到我的问题").click()
        # A tab of its own has the conversation too, with the question in sight.
        expect(article.locator(f"#{answer_id}")).to_be_visible()
        expect(article.locator(".cw-asked").first).to_be_in_viewport()
        expect(article.locator(".cw-message")).to_have_count(2)
        assert "answer=" not in article.url


def answer_link(page: Page, answer_id: str | None) -> Locator:
    """The first mark of an answer."""
    return page.locator(f"#{answer_id} a[href^='/read/']").first


def test_an_answer_that_is_not_kept_leads_to_the_chat_as_it_is(
    browser: Browser, address: str
) -> None:
    with tab(browser, address) as page:
        page.goto(f"/?answer={'0' * 32}")
        expect(page.locator("#cw-box textarea")).to_be_focused()
        expect(page.locator(".cw-message")).to_have_count(0)
        expect(page).to_have_url(address)


@pytest.mark.parametrize(
    ("settings", "where"), [({"locale": "zh-TW"}, "/"), ({}, "/?lang=zh-Hant")]
)
def test_who_reads_traditional_characters_is_answered_in_them(
    browser: Browser, address: str, settings: Any, where: str
) -> None:
    with tab(browser, address, **settings) as page:
        page.goto(where)
        expect(page.locator("html")).to_have_attribute("lang", "zh-TW")
        answer = ask(page, "火星上有多少家医院？")
        expect(answer).to_contain_text("資料中沒有找到")
        # The quote stays as the article has it.
        answer = ask(page, NUMBER)
        expect(answer).to_contain_text("日最高使用量超过2685万次")
        expect(answer).to_contain_text("原文摘錄")


def test_the_contents_stand_beside_the_article_where_there_is_room(
    browser: Browser, address: str, article: Document
) -> None:
    first, last = article.sections[4].heading, article.sections[6].heading
    with tab(browser, address, viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"/read/{article.doc_id}")
        contents = page.get_by_role("navigation", name="目录")
        expect(contents.get_by_role("link")).to_have_count(3)
        page.get_by_role("heading", name=last).scroll_into_view_if_needed()
        page.mouse.wheel(0, 700)
        current = contents.locator("[aria-current]")
        expect(current).to_have_text(last)
        expect(current).to_be_in_viewport()
        contents.get_by_role("link", name=first).click()
        expect(page.get_by_role("heading", name=first)).to_be_in_viewport()
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate("scrollTo(0, 0)")
        expect(contents.get_by_role("link").first).to_be_hidden()
        contents.get_by_text("目录").click()
        contents.get_by_role("link", name=last).click()
        expect(page.get_by_role("heading", name=last)).to_be_in_viewport()
        expect(contents.get_by_role("link").first).to_be_hidden()
