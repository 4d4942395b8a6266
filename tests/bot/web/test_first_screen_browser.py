"""The first screen in a real browser: documents chosen, the box that moves, the head, the colours, no network."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.accessibility import axe
from support.parks import PARKS
from support.serving import serving, tab

from bot.live import Live
from bot.service import Service
from bot.settings import Settings
from bot.web.app import create_app
from corpus import Document, Section
from index.snapshot import build

pytestmark = pytest.mark.browser

SECTION = "树木与花草"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(create_app(Live(Service(build(PARKS, None), None, Settings())))) as address:
        yield address


@pytest.fixture(scope="module")
def address_of_one() -> Iterator[str]:
    lines = [SECTION, "园里有银杏40棵。", "园里有牡丹300株。", "园里有月季500株。"]
    text = "\n".join(lines)
    document = Document("one", "春园简介", text, sections=(Section(SECTION, 0, len(text)),))
    with serving(create_app(Live(Service(build([document], None), None, Settings())))) as address:
        yield address


def opened(page: Page, path: str = "/") -> Page:
    page.goto(path)
    expect(page.locator("#cw-box textarea")).to_be_visible()
    expect(page.locator("#cw-box .submit-button")).to_be_visible()
    return page


def ask(page: Page, question: str) -> None:
    page.locator("#cw-box textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".cw-message:not(.cw-waiting)").last).to_be_visible()
    expect(page.locator("#cw-box .submit-button")).to_be_visible()


def chips(page: Page) -> Any:
    return page.locator("#cw-scope .cw-chip-name")


def test_a_document_chosen_by_keyboard_limits_the_answer_until_it_is_removed(
    browser: Browser, address: str
) -> None:
    with tab(browser, address) as page:
        opened(page)
        willow = page.get_by_role("button", name="梅园简介", exact=True)
        expect(page.locator("#cw-scope")).to_be_hidden()
        willow.focus()
        page.keyboard.press("Enter")
        expect(willow).to_have_attribute("aria-pressed", "true")
        expect(chips(page)).to_have_text(["梅园简介"])
        expect(page.locator("#cw-status")).to_have_text("只在所选的 1 篇文章中查找。")
        assert "doc=%E6%A2%85" in page.url
        for opener in page.locator(".cw-openers .cw-ask:visible").all():
            assert "梅" in opener.inner_text()
        ask(page, "兰园占地多少公顷？")
        expect(page.locator(".cw-text").last).not_to_contain_text("12公顷")
        expect(chips(page)).to_have_text(["梅园简介"])
        page.get_by_role("button", name=re.compile("^梅园简介 ?移出范围$")).click()
        expect(page.locator("#cw-scope")).to_be_hidden()
        expect(page.locator("#cw-box textarea")).to_be_focused()
        assert "doc=" not in page.url
        ask(page, "兰园占地多少公顷？")
        expect(page.locator(".cw-text").last).to_contain_text("12公顷")


def test_an_address_names_documents_and_a_reload_goes_on_with_them(
    browser: Browser, address: str
) -> None:
    with tab(browser, address) as page:
        opened(page, "/?doc=柳&doc=none&doc=松")
        expect(chips(page)).to_have_text(["柳园简介", "松园简介"])
        expect(page.locator('.cw-choose[aria-pressed="true"]')).to_have_count(2)
        ask(page, "柳园占地多少公顷？")
        expect(page.locator(".cw-text").last).to_contain_text("18公顷")
        opened(page, "/")
        expect(page.locator(".cw-asked")).to_have_count(1)
        expect(chips(page)).to_have_text(["柳园简介", "松园简介"])
        opened(page, "/?doc=竹")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".cw-asked")).to_have_count(0)
        expect(chips(page)).to_have_text(["竹园简介"])
        page.get_by_role("button", name="新对话").click()
        expect(page.locator("#cw-scope")).to_be_hidden()
        page.get_by_role("button", name="历史").click()
        page.locator("#cw-earlier .cw-title").click()
        expect(chips(page)).to_have_text(["柳园简介", "松园简介"])


def test_a_kept_scope_may_be_broken(browser: Browser, address: str) -> None:
    entry = {"id": "a", "time": 1, "title": "题", "messages": [], "scope": [{"id": 1}]}
    with tab(browser, address) as page:
        opened(page)
        page.evaluate(
            "entry => localStorage.setItem('chengwen.conversation.a', entry)", json.dumps(entry)
        )
        page.get_by_role("button", name="历史").click()
        expect(page.locator("#cw-earlier .cw-title")).to_have_count(0)


def test_a_section_is_summed_up_and_the_box_moves_down(
    browser: Browser, address_of_one: str
) -> None:
    with tab(browser, address_of_one, reduced_motion="no-preference") as page:
        opened(page)
        expect(page.get_by_role("heading", level=2, name="春园简介")).to_be_visible()
        before = page.locator("#cw-box").bounding_box()
        page.get_by_role("button", name=SECTION).click()
        expect(page.locator(".cw-asked")).to_have_text(f"“{SECTION}”这一部分讲了什么？")
        expect(page.locator(".cw-text")).to_contain_text("银杏")
        expect(page.get_by_role("heading", level=1)).to_have_count(0)
        page.wait_for_function(
            "() => document.getElementById('cw-box').getAnimations().every(one => one.playState !== 'running')"
        )
        after = page.locator("#cw-box").bounding_box()
        assert before and after and after["y"] > before["y"] + 100
        page.get_by_role("button", name="新对话").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_conversation_that_is_restored_never_shows_the_first_screen(
    browser: Browser, address_of_one: str
) -> None:
    with tab(browser, address_of_one) as page:
        opened(page)
        ask(page, "园里有银杏多少棵？")
        page.add_init_script(
            "addEventListener('DOMContentLoaded', () => { const first = document.querySelector('.cw-first');"
            " window.seen = 0; new ResizeObserver(() => { window.seen += first.offsetHeight; }).observe(first); })"
        )
        page.reload()
        expect(page.locator(".cw-asked")).to_have_count(1)
        assert page.evaluate("window.seen") == 0


def test_an_opener_pressed_before_the_page_is_drawn_is_asked(
    browser: Browser, address: str
) -> None:
    with tab(browser, address) as page:
        page.goto("/", wait_until="commit")
        page.locator(".cw-openers .cw-ask").first.click()
        expect(page.locator(".cw-asked")).to_have_count(1)


@pytest.mark.parametrize("width", [320, 390, 640])
def test_a_narrow_window_has_one_row_of_head_and_a_menu(
    browser: Browser, address: str, width: int
) -> None:
    screen = {"width": width, "height": 700}
    with tab(browser, address, viewport=screen, has_touch=True, is_mobile=True) as page:
        opened(page, "/?lang=en")
        header = page.locator(".cw-header").bounding_box()
        assert header and header["height"] <= 60
        opened(page)
        header = page.locator(".cw-header").bounding_box()
        assert header and header["height"] <= 60
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.get_by_role("link", name="文章", exact=True)).to_be_hidden()
        menu = page.get_by_role("button", name="菜单")
        menu.tap()
        expect(page.get_by_role("link", name="文章", exact=True)).to_be_visible()
        for control in page.locator("#cw-fold :is(a, button)").all():
            box = control.bounding_box()
            assert box and box["height"] >= 44
        assert axe(page) == []
        page.get_by_role("button", name="历史").tap()
        expect(page.get_by_role("dialog", name="历史对话")).to_be_visible()
        expect(page.get_by_role("link", name="文章", exact=True)).to_be_hidden()


@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_the_first_screen_at_twice_the_size(browser: Browser, address: str, language: str) -> None:
    with tab(browser, address, viewport={"width": 640, "height": 450}) as page:
        opened(page, f"/{language}")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640


PAPER = {"light": "rgb(250, 248, 244)", "dark": "rgb(27, 25, 23)"}
GRADIO_IS_DARK = "document.body.classList.contains('dark')"


def paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).getPropertyValue('--cw-paper')"))


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_that_is_chosen_holds_on_every_page_and_for_gradio(
    browser: Browser, address: str, system: Any
) -> None:
    with tab(browser, address, color_scheme=system) as page:
        opened(page)
        assert page.evaluate(GRADIO_IS_DARK) == (system == "dark")
        theme = page.get_by_role("button", name=re.compile("^明暗"))
        expect(theme).to_have_text("随系统")
        for name, label in (("light", "浅色"), ("dark", "深色")):
            theme.click()
            expect(theme).to_have_text(label)
            expect(theme).to_have_accessible_name(f"明暗：{label}")
            expect(page.locator("body")).to_have_css("background-color", PAPER[name])
            assert page.evaluate(GRADIO_IS_DARK) == (name == "dark")
            assert axe(page) == []
            for path in ("/documents", "/about", "/nowhere"):
                page.goto(path)
                expect(page.locator("html")).to_have_css("background-color", PAPER[name])
            opened(page)
            expect(page.locator("body")).to_have_css("background-color", PAPER[name])
            assert page.evaluate(GRADIO_IS_DARK) == (name == "dark")
        theme.click()
        expect(theme).to_have_text("随系统")
        expect(page.locator("body")).to_have_css("background-color", PAPER[system])


@pytest.mark.parametrize("path", ["/", "/documents"])
def test_a_bar_stays_while_there_is_no_network(browser: Browser, address: str, path: str) -> None:
    context = browser.new_context(base_url=address, locale="zh-CN")
    page = context.new_page()
    page.goto(path)
    bar = page.locator("#cw-offline")
    expect(bar).to_be_empty()
    context.set_offline(True)
    expect(bar).to_have_text("网络已断开，连不上城问。恢复以后，这条提示自动消失。")
    page.wait_for_timeout(4000)
    expect(bar).to_be_visible()
    assert axe(page) == []
    context.set_offline(False)
    expect(bar).to_be_empty()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_cards_and_of_what_is_not_there(
    browser: Browser, address: str, scheme: Any
) -> None:
    with tab(browser, address, color_scheme=scheme) as page:
        opened(page, "/?doc=柳")
        assert axe(page) == []
        opened(page, "/?lang=en&doc=柳")
        assert axe(page) == []
        expect(
            page.get_by_role("button", name=re.compile("^柳园简介 ?remove from"))
        ).to_be_visible()
        page.goto("/nowhere")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有这个页面")
        assert axe(page) == []
