"""The panel of the widget, in a real browser: a conversation, what goes wrong in it, and whom it might shut out."""

import json
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from support.accessibility import axe
from support.asking import QUESTION, application
from support.embedding import PHONE, SENTENCE, Places, ask, box, button, opened, panel_in, visiting
from support.serving import serving

from corpus import Document

pytest_plugins = ["support.widget"]
pytestmark = pytest.mark.browser

SHUT = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new Error("shut"); } });"""
BORDER = "e => parseFloat(getComputedStyle(e).borderTopWidth)"
MOVING = """body => [...body.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
    const still = transitionDuration === "0s" || getComputedStyle(element).transitionProperty === "none";
    return !still || animationName !== "none" || scrollBehavior === "smooth";
}).map((element) => element.outerHTML.slice(0, 80))"""
HOSTILE_TEXT = (
    "全市有<img src=x onerror=alert(1)>公园120座。[x](javascript:alert(1))<script>alert(1)</script>"
)


def test_two_tabs_never_see_each_others_words(visitor: Page, places: Places) -> None:
    visitor.goto(f"{places.bot}/embed?mode=full")
    ask(visitor)
    other = visitor.context.new_page()
    other.goto(visitor.url)
    expect(box(other)).to_be_visible()
    expect(other.locator(".cw-message")).to_have_count(0)
    other.locator("#cw-resume").click()
    expect(other.locator(".cw-text")).to_have_text(f"{SENTENCE}1")
    visitor.reload()
    expect(visitor.locator(".cw-text")).to_have_text(f"{SENTENCE}1")
    visitor.locator("#cw-new").click()
    expect(visitor.locator(".cw-message")).to_have_count(0)
    visitor.reload()
    expect(box(visitor)).to_be_focused()
    expect(visitor.locator(".cw-message")).to_have_count(0)
    expect(visitor.locator("#cw-resume")).to_be_hidden()


def test_two_visitors_at_once_have_their_own_words(browser: Browser, places: Places) -> None:
    with visiting(browser) as one, visiting(browser) as other:
        for page in (one, other):
            page.goto(f"{places.bot}/embed?mode=full")
        box(one).fill(QUESTION)
        box(other).fill("上海有什么做法？")
        for page in (one, other):
            page.locator("#cw-send").click()
        expect(one.locator(".cw-text")).to_have_text(f"{SENTENCE}1")
        expect(other.locator(".cw-copy")).to_be_visible()
        expect(one.locator(".cw-asked")).to_have_text([f"您：{QUESTION}"])
        other.reload()
        expect(other.locator(".cw-asked")).to_have_text(["您：上海有什么做法？"])


def test_a_conversation_and_the_size_of_letters_outlive_the_server(
    browser: Browser, article: Document
) -> None:
    with visiting(browser, ("ERR_CONNECTION_REFUSED",)) as page:
        with serving(application(article)) as address:
            port = urlsplit(address).port or 0
            home = f"http://bot.test:{port}/embed?mode=full"
            page.goto(home)
            page.locator("#cw-large").click()
            ask(page)
        box(page).fill("上海有什么做法？")
        page.locator("#cw-send").click()
        expect(page.locator(".cw-failed")).to_contain_text("无法连接服务。")
        with serving(application(article), port):
            page.locator(".cw-again").click()
            expect(page.locator(".cw-failed")).to_have_count(0)
            expect(page.locator(".cw-copy")).to_have_count(2)
            page.reload()
            expect(page.locator(".cw-asked")).to_have_text(
                [f"您：{QUESTION}", "您：上海有什么做法？"]
            )
            expect(page.locator("#cw-large")).to_have_attribute("aria-pressed", "true")


def test_without_storage_it_answers_all_the_same(browser: Browser, places: Places) -> None:
    with visiting(browser) as page:
        page.add_init_script(SHUT)
        ask(opened(page, f"{places.gov}/plain"))


def test_words_are_never_read_as_markup(browser: Browser, places: Places) -> None:
    attack = "<img src=x onerror=alert(1)>"
    # The browser says what it refuses as it parses; none of it comes into the page.
    with visiting(browser, ("Content Security Policy",)) as page:
        page.route(
            "**/api/ask",
            lambda route: route.fulfill(content_type="text/event-stream", body=forged()),
        )
        panel = opened(page, f"{places.gov}/plain", title=attack)
        expect(panel.locator("h1")).to_have_text(attack)
        message = ask(panel, attack)
        expect(panel.locator(".cw-asked")).to_have_text(f"您：{attack}")
        expect(message.locator(".cw-text")).to_contain_text(HOSTILE_TEXT)
        assert (
            panel.locator(
                "img, svg, iframe, input, #cw-messages :is(form, script, [style], [onclick], a[href])"
            ).count()
            == 0
        )
        assert page.locator("chengwen-chat img").count() == 0


def forged() -> str:
    """An answer that a hostile document gave, and HTML that no server of ours draws."""
    told = {
        "answer_id": "0" * 32,
        "question": "q",
        "outcome": "answered",
        "answered": True,
        "text": HOSTILE_TEXT,
        "citations": [],
        "hits": [],
        "suggestions": [],
    }
    html = (
        '<div class="cw-message cw-answered" id="cw-1" onclick="alert(1)"><section class="cw-text">'
        f"<p>{escape(HOSTILE_TEXT)}</p></section><img src=x onerror=alert(1)><svg onload=alert(1)>"
        '</svg><a href="javascript:alert(1)" style="color:red">x</a><iframe src="//evil.test">'
        '</iframe><form action="//evil.test"><input></form><script>alert(1)</script>'
        '<button type="button" class="cw-action cw-copy">复制</button></div>'
    )
    events = (("html", {"html": html}), ("done", told))
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)


def test_enter_that_ends_a_composition_sends_nothing(visitor: Page, places: Places) -> None:
    visitor.goto(f"{places.bot}/embed?mode=full")
    box(visitor).focus()
    ime = visitor.context.new_cdp_session(visitor)
    ime.send(
        "Input.imeSetComposition", {"text": "hangzhou", "selectionStart": 8, "selectionEnd": 8}
    )
    ime.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    ime.send("Input.insertText", {"text": "杭州"})
    expect(visitor.locator(".cw-asked")).to_have_count(0)
    expect(box(visitor)).to_have_value("杭州")
    box(visitor).press("Shift+Enter")
    expect(visitor.locator(".cw-asked")).to_have_count(0)
    box(visitor).press("Enter")
    expect(visitor.locator(".cw-asked")).to_have_count(1)


def test_it_may_be_stopped_tried_again_and_says_when(browser: Browser, places: Places) -> None:
    with visiting(browser, ("429", "ERR_FAILED")) as page:
        page.goto(f"{places.bot}/embed?mode=full")
        waiting: list[Route] = []
        page.route("**/api/ask", lambda route: waiting.append(route))
        box(page).fill(QUESTION)
        page.locator("#cw-send").click()
        # The server, which sees it go, makes room for others: test_door.py.
        with page.expect_event("requestfailed") as ended:
            page.locator("#cw-stop").click()
        assert ended.value.failure == "net::ERR_ABORTED"
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


@pytest.mark.parametrize(
    "wish", [{"forced_colors": "active"}, {"forced_colors": "active", "color_scheme": "dark"}]
)
def test_in_forced_colours_what_can_be_pressed_has_a_border(
    browser: Browser, places: Places, wish: Any
) -> None:
    with visiting(browser, **wish) as page:
        panel = opened(page, f"{places.gov}/plain", color="#ffd400")
        message = ask(panel)
        for pressed in (button(page), message.locator("a.cw-mark"), panel.locator("#cw-send")):
            assert pressed.evaluate(BORDER) >= 1, pressed
        assert page.locator("chengwen-chat .panel").evaluate(BORDER) >= 1
        message.locator("a.cw-mark").click()
        assert (
            panel.locator("#cw-source mark").evaluate("e => getComputedStyle(e).backgroundColor")
            == "rgb(255, 255, 0)"
        )
        page.keyboard.press("Escape")
        # A dialog that closes gives back the focus.
        expect(panel.locator("#cw-source")).to_be_hidden()
        box(panel).focus()
        expect(panel.locator("#cw-box")).to_have_css("outline-style", "solid")


def test_with_reduced_motion_nothing_moves(browser: Browser, places: Places) -> None:
    with visiting(browser, reduced_motion="reduce") as page:
        panel = opened(page, f"{places.gov}/article", highlight="article")
        message = ask(panel)
        assert panel.locator("body").evaluate(MOVING) == []
        before = page.evaluate("scrollY")
        message.locator("a.cw-mark").click()
        expect(panel.locator("#cw-status")).to_have_text("已在网页中标出。")
        there = page.evaluate("scrollY")
        page.wait_for_timeout(300)
        assert page.evaluate("scrollY") == there != before, "it is there at once, it does not glide"


def test_at_twice_the_size_nothing_is_cut_off(browser: Browser, places: Places) -> None:
    """1280 by 800 at 200 %, and large letters on top: WCAG 1.4.4 and 1.4.10."""
    with visiting(browser, viewport={"width": 640, "height": 400}, device_scale_factor=2) as page:
        panel = opened(page, f"{places.gov}/plain", **{"text-size": "large"})
        message = ask(panel)
        assert panel.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
        for part in (box(panel), panel.locator("#cw-close"), panel.locator("#cw-send")):
            expect(part).to_be_in_viewport(ratio=1)
        message.locator("a.cw-mark").click()
        expect(panel.locator("#cw-source mark")).to_be_in_viewport()
        assert panel.locator("#cw-source").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_the_demo_shows_each_choice(visitor: Page, places: Places) -> None:
    visitor.goto(f"{places.bot}/embed/demo")
    visitor.get_by_label("标题").fill('问"一问')
    visitor.get_by_label("位置").select_option("bottom-left")
    visitor.get_by_label("颜色").fill("#ffd400")
    expect(visitor.locator("#cw-snippet")).to_contain_text('data-title="问&quot;一问"')
    expect(visitor.locator("#cw-snippet")).to_contain_text('data-color="#ffd400"')
    expect(visitor.locator("chengwen-chat")).to_have_count(1)
    expect(button(visitor)).to_have_text('问"一问')
    assert (button(visitor).bounding_box() or {"x": 999})["x"] < 100
    expect(button(visitor)).to_have_css("color", "rgb(0, 0, 0)")
    visitor.get_by_label("字号").select_option("large")
    visitor.get_by_label("语言").select_option("en")
    button(visitor).click()
    panel = panel_in(visitor)
    expect(panel.locator("#cw-send")).to_have_text("Send")
    expect(panel.locator("html")).to_have_css("font-size", "20px")
