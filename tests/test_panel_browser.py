"""The panel of the widget, in a real browser: a conversation, what goes wrong in it, and whom it might shut out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from accessibility import axe
from asking import QUESTION
from embedding import PHONE, SENTENCE, Places, ask, box, button, opened, panel_in, standing, visiting
from playwright.sync_api import Browser, Page, Route, expect
from serving import browsing

from corpus import Document

pytestmark = pytest.mark.browser

SHUT = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new Error("shut"); } });"""
HOSTILE_TEXT = "全市有<img src=x onerror=alert(1)>公园120座。[x](javascript:alert(1))<script>alert(1)</script>"


@pytest.fixture(scope="module")
def places(article: Document, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with standing(article, tmp_path_factory.mktemp("home")) as places:
        yield places


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with browsing(chromium) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with visiting(browser) as page:
        yield page


def test_two_tabs_never_see_each_others_words(page: Page, places: Places) -> None:
    page.goto(f"{places.bot}/embed?mode=full")
    ask(page)
    other = page.context.new_page()
    other.goto(page.url)
    expect(box(other)).to_be_visible()
    expect(other.locator(".cw-message")).to_have_count(0)
    other.locator("#cw-resume").click()
    expect(other.locator(".cw-text")).to_have_text(f"{SENTENCE}1")
    page.reload()
    expect(page.locator(".cw-text")).to_have_text(f"{SENTENCE}1")
    page.locator("#cw-new").click()
    expect(page.locator(".cw-message")).to_have_count(0)
    page.reload()
    expect(box(page)).to_be_focused()
    expect(page.locator(".cw-message")).to_have_count(0)
    expect(page.locator("#cw-resume")).to_be_hidden()


def test_without_storage_it_answers_all_the_same(browser: Browser, places: Places) -> None:
    with visiting(browser) as page:
        page.add_init_script(SHUT)
        ask(opened(page, f"{places.gov}/plain"))


def test_words_are_never_read_as_markup(browser: Browser, places: Places) -> None:
    attack = "<img src=x onerror=alert(1)>"
    with visiting(browser) as page:
        page.route("**/api/ask", lambda route: route.fulfill(content_type="text/event-stream", body=forged()))
        panel = opened(page, f"{places.gov}/plain", title=attack)
        expect(panel.locator("h1")).to_have_text(attack)
        message = ask(panel, attack)
        expect(panel.locator(".cw-asked")).to_have_text(f"您：{attack}")
        expect(message.locator(".cw-text")).to_contain_text(HOSTILE_TEXT)
        assert panel.locator("img, script:not([src]):not([type]), a[href^='javascript']").count() == 0
        assert page.locator("chengwen-chat img").count() == 0


def forged() -> str:
    """An answer that a hostile document gave."""
    citation = {
        "n": 1,
        "doc_id": 'a/../b"><img>',
        "title": "<b>x</b>",
        "section": HOSTILE_TEXT,
        "start": 0,
        "end": 9,
        "quote": HOSTILE_TEXT,
    }
    told = {
        "answer_id": "0" * 32,
        "question": "q",
        "outcome": "answered",
        "answered": True,
        "text": f"{HOSTILE_TEXT}[1][9]",
        "short_answer": "<img src=x onerror=alert(1)>",
        "citations": [citation],
        "hits": [],
        "reader": "rules",
        "label": "原文摘录",
        "ai_generated": False,
        "notices": [HOSTILE_TEXT],
        "suggestions": [HOSTILE_TEXT],
    }
    return f"event: delta\ndata: {json.dumps({'text': told['text']})}\n\nevent: done\ndata: {json.dumps(told)}\n\n"


def test_enter_that_ends_a_composition_sends_nothing(page: Page, places: Places) -> None:
    page.goto(f"{places.bot}/embed?mode=full")
    box(page).focus()
    ime = page.context.new_cdp_session(page)
    ime.send("Input.imeSetComposition", {"text": "hangzhou", "selectionStart": 8, "selectionEnd": 8})
    ime.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    )
    ime.send("Input.insertText", {"text": "杭州"})
    expect(page.locator(".cw-asked")).to_have_count(0)
    expect(box(page)).to_have_value("杭州")
    box(page).press("Shift+Enter")
    expect(page.locator(".cw-asked")).to_have_count(0)
    box(page).press("Enter")
    expect(page.locator(".cw-asked")).to_have_count(1)


def test_it_may_be_stopped_tried_again_and_says_when(browser: Browser, places: Places) -> None:
    with visiting(browser, ("429", "ERR_FAILED")) as page:
        page.goto(f"{places.bot}/embed?mode=full")
        waiting: list[Route] = []
        page.route("**/api/ask", lambda route: waiting.append(route))
        box(page).fill(QUESTION)
        page.locator("#cw-send").click()
        page.locator("#cw-stop").click()
        expect(page.locator(".cw-failed")).to_contain_text("已停止。")
        page.unroute("**/api/ask")
        busy = {"error": {"code": "too_many", "message": "提问太频繁", "retry_after": 2}}
        page.route("**/api/ask", lambda route: route.fulfill(status=429, json=busy), times=1)
        page.locator(".cw-again").click()
        expect(page.locator(".cw-failed")).to_contain_text("提问太频繁")
        expect(page.locator(".cw-again")).to_be_disabled()
        expect(page.locator(".cw-again")).to_have_text("1 秒后可重试")
        expect(page.locator(".cw-again")).to_be_enabled()
        page.route("**/api/ask", lambda route: route.abort(), times=1)
        page.locator(".cw-again").click()
        expect(page.locator(".cw-failed")).to_contain_text("无法连接服务。")
        page.locator(".cw-again").click()
        expect(page.locator(".cw-answered")).to_be_visible()
        expect(page.locator(".cw-asked")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [True, False])
def test_nobody_is_shut_out(browser: Browser, places: Places, scheme: Any, wide: bool) -> None:
    with visiting(browser, color_scheme=scheme, **({} if wide else PHONE)) as page:
        page.goto(f"{places.bot}/embed?mode=full&color=%23ffd400")
        expect(page.locator("#cw-openers button").first).to_be_visible()
        assert axe(page) == []
        message = ask(page)
        assert axe(page) == []
        message.locator("a.cw-mark").click()
        expect(page.locator("#cw-source mark")).to_be_visible()
        assert axe(page) == []
        for path in ("demo", "demo/article"):
            page.goto(f"{places.bot}/embed/{path}")
            expect(button(page)).to_be_visible()
            assert axe(page) == [], path
        button(page).click()
        expect(box(panel_in(page))).to_be_visible()
        assert axe(page) == []


def test_the_demo_shows_each_choice(page: Page, places: Places) -> None:
    page.goto(f"{places.bot}/embed/demo")
    page.get_by_label("标题").fill('问"一问')
    page.get_by_label("位置").select_option("bottom-left")
    page.get_by_label("颜色").fill("#ffd400")
    expect(page.locator("#cw-snippet")).to_contain_text('data-title="问&quot;一问"')
    expect(page.locator("#cw-snippet")).to_contain_text('data-color="#ffd400"')
    expect(page.locator("chengwen-chat")).to_have_count(1)
    expect(button(page)).to_have_text('问"一问')
    assert (button(page).bounding_box() or {"x": 999})["x"] < 100
    assert button(page).evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    page.get_by_label("字号").select_option("large")
    page.get_by_label("语言").select_option("en")
    button(page).click()
    panel = panel_in(page)
    expect(panel.locator("#cw-send")).to_have_text("Send")
    assert panel.locator("html").evaluate("e => getComputedStyle(e).fontSize") == "20px"
