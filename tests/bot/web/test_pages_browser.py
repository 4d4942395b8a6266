"""The pages beside the chat in a real browser: how they look, what can be pressed, whom they might shut out."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Page, expect
from support.accessibility import axe
from support.serving import SIZES, resize, serving

from bot.live import Live
from bot.service import IndexState, Service
from bot.settings import Settings
from bot.web.documents_list import documents_router
from bot.web.pages import pages_router
from bot.web.security_headers import SecurityHeaders
from corpus import Document
from index.snapshot import build

pytestmark = pytest.mark.browser

ARTICLE = "read/gmw-2020-12-05-chengshi-zhili"
CITED = f"{ARTICLE}?start=1225&end=1300#cited"
SELECT = """([from, to]) => {
    const paragraphs = document.querySelectorAll(".cw-part:not(.cw-line) p");
    const range = document.createRange();
    range.setStart(paragraphs[from[0]].firstChild, from[1]);
    range.setEnd(paragraphs[to[0]].firstChild, to[1]);
    paragraphs[to[0]].scrollIntoView({ block: "center" });
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


@pytest.fixture(scope="module")
def address(article: Document) -> Iterator[str]:
    """A server of these pages alone, on a free port of this machine."""
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    state = IndexState({"generation": "gen-000001"})
    live = Live(Service(build([article], None), None, Settings(), state))
    app.include_router(pages_router(live, 90))
    app.include_router(documents_router(live))
    app.mount("/ui", StaticFiles(packages=[("bot.web", "static")]))
    with serving(app) as address:
        yield address


def select(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.evaluate(SELECT, [start, end])


def asked(page: Page) -> str:
    """The question that the link beside the selection asks."""
    link = page.get_by_role("link", name="问这一段")
    expect(link).to_be_visible()
    where = urlsplit(link.get_attribute("href") or "")
    assert where.path == "/" and not where.netloc
    (question,) = parse_qs(where.query)["ask"]
    return question


@pytest.mark.parametrize("screen", SIZES)
def test_a_selection_can_be_asked_about(page: Page, article: Document, screen: str) -> None:
    resize(page, screen)
    page.goto(ARTICLE)
    expect(page.get_by_role("link", name="问这一段")).to_have_count(0)
    select(page, (0, 10), (0, 30))
    words = article.text[article.sections[3].start :][10:30]
    assert asked(page) == f"文中“{words}”说的是什么？"
    link = page.get_by_role("link", name="问这一段")
    expect(link).to_be_in_viewport(ratio=1)
    covers = """(link) => {
        const box = link.getBoundingClientRect();
        const over = (r) => r.left < box.right && r.right > box.left && r.top < box.bottom && r.bottom > box.top;
        return Array.from(getSelection().getRangeAt(0).getClientRects()).some(over);
    }"""
    assert not link.evaluate(covers)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[screen][0]
    page.evaluate("getSelection().removeAllRanges()")
    expect(link).to_have_count(0)


def test_a_long_selection_is_cut_and_our_own_words_stay_out(page: Page, article: Document) -> None:
    page.goto(ARTICLE)
    select(page, (1, 100), (3, 50))
    question = asked(page)
    words = question.removeprefix("文中“").removesuffix("”说的是什么？")
    assert len(words) == 120 and "问这一节" not in words
    page.goto(ARTICLE)
    select(page, (1, 150), (2, 10))
    words = asked(page).removeprefix("文中“").removesuffix("”说的是什么？")
    text = article.text[article.sections[3].start :].split("\n")
    assert words == f"{text[1][150:]} {text[2]} {text[3][:10]}"


def test_by_keyboard_the_link_follows_the_selection(page: Page) -> None:
    page.goto(ARTICLE)
    page.locator(".cw-part:not(.cw-line) p").nth(1).dblclick(position={"x": 200, "y": 20})
    before = len(page.evaluate("getSelection().toString()"))
    for _ in range(12):
        page.keyboard.press("Shift+ArrowRight")
    assert len(page.evaluate("getSelection().toString()")) == before + 12
    asked(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="问这一段")).to_be_focused()
    page.wait_for_timeout(400)
    expect(page.get_by_role("link", name="问这一段")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="问这一段")).to_have_count(0)


def test_pressing_the_link_goes_where_it_says(page: Page, address: str) -> None:
    page.route(f"{address}?ask=*", lambda route: route.fulfill(body="ok"))
    for screen in SIZES:
        resize(page, screen)
        page.goto(ARTICLE)
        select(page, (0, 10), (0, 30))
        asked(page)
        page.get_by_role("link", name="问这一段").click()
        page.wait_for_url(f"{address}?ask=*")


@pytest.mark.parametrize("screen", SIZES)
def test_a_citation_is_in_view_and_nothing_is_too_wide(page: Page, screen: str) -> None:
    resize(page, screen)
    for where in (
        CITED,
        "documents",
        "documents?lang=en",
        "about",
        "about?lang=en",
        f"{ARTICLE}?lang=en",
    ):
        page.goto(where)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[screen][0], where
        if where == CITED:
            expect(page.locator("#cited")).to_be_in_viewport(ratio=1)
            expect(page.locator("mark")).to_have_count(3)


def test_the_text_may_be_twice_as_large(page: Page) -> None:
    resize(page, "phone")
    for where in (CITED, "documents", "about?lang=en"):
        page.goto(where)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, where


def test_a_line_is_not_longer_than_the_eye_follows(page: Page) -> None:
    page.goto(ARTICLE)
    paragraph = page.locator(".cw-part:not(.cw-line) p").first
    characters = paragraph.evaluate("p => p.clientWidth / parseFloat(getComputedStyle(p).fontSize)")
    assert 33 <= characters <= 34.5


def test_dark_is_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    for where in (ARTICLE, "documents", "about"):
        page.goto(where)
        assert (
            page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            == "rgb(27, 25, 23)"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_nobody_is_shut_out(page: Page, screen: str, scheme: Any) -> None:
    resize(page, screen)
    page.emulate_media(color_scheme=scheme)
    for where in (f"{ARTICLE}?lang=en", "documents", "about", "read/none?lang=en"):
        page.goto(where)
        assert axe(page) == [], where
    page.goto(CITED)
    select(page, (0, 10), (0, 30))
    asked(page)
    assert axe(page) == []
