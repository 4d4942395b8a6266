"""The widget in pages of other sites, in a real browser: what it asks for, who may open it, what it leaves alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.embedding import (
    PHONE,
    REFUSED,
    SENTENCE,
    Places,
    ask,
    box,
    button,
    opened,
    panel_in,
    visiting,
)

from bot.web.punctuation import full_width

pytest_plugins = ["support.widget"]
pytestmark = pytest.mark.browser

LINES_OF_PARTS = "text => [...text.querySelectorAll('li, tr')].map(part => part.textContent)"
SHIFTS = """new Promise((done) => {
    const sum = (list) => list.getEntries().reduce((all, entry) => all + entry.value, 0);
    new PerformanceObserver((list) => done(sum(list))).observe({ type: "layout-shift", buffered: true });
    setTimeout(done, 300, 0);
})"""
OFFLINE = """
import fcntl, socket, struct, sys
from pathlib import Path
with socket.socket() as any_one:  # SIOCSIFFLAGS: the loopback of a new namespace is down
    fcntl.ioctl(any_one, 0x8914, struct.pack("16sH14x", b"lo", 1))
assert [name for _, name in socket.if_nameindex()] == ["lo"]
from shown.widget import lines
for line in lines(sys.argv[1], Path(sys.argv[2])):
    print(line)
"""
LOOKS = """(element) => {
    const { color, backgroundColor, fontSize, position, cursor } = getComputedStyle(element);
    const { bottom, height } = element.getBoundingClientRect();
    return [innerHeight - bottom, height, color, backgroundColor, fontSize, position, cursor];
}"""


def test_nothing_is_asked_for_before_it_is_opened(visitor: Page, places: Places) -> None:
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.goto(f"{places.gov}/plain")
    expect(button(visitor)).to_be_visible()
    visitor.wait_for_timeout(300)
    assert [url.removeprefix(places.bot) for url in asked if "bot.test" in url] == ["/embed.js"]
    assert visitor.evaluate(SHIFTS) == 0
    for _ in range(2):
        visitor.reload()
        expect(button(visitor)).to_be_visible()
        button(visitor).click()
        expect(box(panel_in(visitor))).to_be_focused()


def test_an_answer_with_its_sources_in_another_site(visitor: Page, places: Places) -> None:
    panel = opened(visitor, f"{places.gov}/plain")
    message = ask(panel)
    expect(message.locator(".cw-text")).to_have_text(f"{SENTENCE}1")
    expect(message.locator(".cw-text").first).to_contain_text("2685万次")
    expect(message.locator(".cw-badge")).to_have_text("原文摘录")
    expect(panel.locator("body > footer")).to_contain_text("请以原文为准")
    expect(panel.locator("#cw-status")).to_have_text("回答完毕，引用 1 处。")
    assert panel.locator("[aria-live], [role=status]").count() == 1
    message.locator("a.cw-mark").click()
    expect(panel.locator("#cw-source mark")).to_have_text(SENTENCE)
    visitor.keyboard.press("Escape")
    expect(panel.locator("#cw-source")).to_be_hidden()
    expect(panel.locator("body")).to_be_visible()
    ask(panel, "上海呢？")
    message.locator(".cw-useful").click()
    expect(message.locator(".cw-useful")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("question", "form"),
    [("这篇文章讲了什么？", "summary"), ("上海和杭州的做法有什么不同？", "comparison")],
)
def test_all_parts_of_an_answer_as_the_api_gives_them(
    visitor: Page, places: Places, question: str, form: str
) -> None:
    text = ask(opened(visitor, f"{places.gov}/plain"), question).locator(".cw-text")
    shown = text.evaluate(LINES_OF_PARTS)
    port = places.bot.rpartition(":")[2]
    # The name of the bot is known to the browser alone.
    asked = {"question": question, "stream": False}
    answer = visitor.request.post(f"http://127.0.0.1:{port}/api/ask", data=asked).json()
    assert answer["form"] == form
    assert len(answer["parts"]) > 1
    # A mark is the link 1 beside the text, and [1] in it.
    lines = full_width(answer["text"]).replace("[", "").replace("]", "").split("\n")
    assert [_squeezed(line) for line in shown] == [_squeezed(line) for line in lines]


def test_a_site_that_is_not_allowed_gets_no_frame(browser: Browser, places: Places) -> None:
    with visiting(browser, REFUSED) as page:
        page.clock.install()
        page.goto(f"{places.evil}/plain")
        button(page).click()
        page.clock.fast_forward(9000)
        link = page.get_by_role("link", name="在新窗口使用")
        expect(link).to_be_visible()
        assert str(link.get_attribute("href")).startswith(f"{places.bot}/embed?mode=full")
        assert not any(frame.url.startswith(places.bot) for frame in page.frames)
        page.get_by_role("button", name="关闭").click()
        expect(button(page)).to_be_focused()


def test_a_token_opens_it_on_its_own_site_only(browser: Browser, places: Places) -> None:
    with visiting(browser) as page:
        panel = opened(page, f"{places.gov}/plain", site=places.token)
        expect(panel.locator("h1")).to_have_text("绿化问答")
        assert panel.locator("h1").evaluate("e => getComputedStyle(e).color") == "rgb(26, 79, 139)"
        ask(panel)
    with visiting(browser, REFUSED) as page:
        page.goto(f"{places.evil}/plain?data-site={places.token}")
        button(page).click()
        page.wait_for_timeout(500)
        assert not any(frame.url.startswith(places.bot) for frame in page.frames)


def test_by_keyboard_alone(visitor: Page, places: Places) -> None:
    visitor.goto(f"{places.gov}/plain")
    own = visitor.locator("#own")
    own.focus()
    visitor.keyboard.press("Tab")
    expect(button(visitor)).to_be_focused()
    visitor.keyboard.press("Enter")
    panel = panel_in(visitor)
    expect(box(panel)).to_be_focused()
    expect(button(visitor)).to_have_attribute("aria-expanded", "true")
    visitor.keyboard.type("杭州")
    visitor.keyboard.press("Escape")
    expect(button(visitor)).to_be_focused()
    expect(button(visitor)).to_have_attribute("aria-expanded", "false")
    own.focus()
    visitor.evaluate("Chengwen('open')")
    expect(box(panel)).to_be_focused()
    expect(box(panel)).to_have_value("杭州")
    visitor.keyboard.press("Escape")
    expect(own).to_be_focused()


def test_a_host_that_resets_everything_changes_nothing(visitor: Page, places: Places) -> None:
    visitor.goto(f"{places.gov}/plain")
    plain = button(visitor).evaluate(LOOKS)
    panel = opened(visitor, f"{places.gov}/hostile")
    assert button(visitor).evaluate(LOOKS) == plain
    ask(panel)
    assert (
        visitor.evaluate("document.querySelector('chengwen-chat').getBoundingClientRect().height")
        == 0
    )


def test_on_a_phone_it_has_the_whole_screen(browser: Browser, places: Places) -> None:
    with visiting(browser, **PHONE) as page:
        page.goto(f"{places.gov}/plain")
        root = page.evaluate("document.documentElement.outerHTML.slice(0, 60)")
        button(page).tap()
        panel = panel_in(page)
        expect(box(panel)).to_be_visible()
        frame = page.locator("chengwen-chat iframe").bounding_box()
        assert frame == {"x": 0, "y": 0, "width": 375, "height": 720}
        assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
        ask(panel)
        assert panel.locator("html").evaluate("e => e.scrollWidth") == 375
        assert box(panel).evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16
        panel.locator("#cw-close").tap()
        expect(page.locator("chengwen-chat .panel")).to_be_hidden()
        assert page.evaluate("document.documentElement.outerHTML.slice(0, 60)") == root


def test_two_on_one_page_and_one_of_them_twice(visitor: Page, places: Places) -> None:
    visitor.goto(f"{places.gov}/two?data-site={places.token}")
    expect(visitor.locator("chengwen-chat")).to_have_count(2)
    panel = panel_in(visitor)
    expect(box(panel)).to_have_value("<b>先写好的问题</b>")
    expect(panel.locator(".cw-message")).to_have_count(0)
    visitor.evaluate("site => Chengwen('open', { site })", places.token)
    other = visitor.frame_locator("chengwen-chat:nth-of-type(2) iframe")
    expect(other.locator("h1")).to_have_text("绿化问答")
    ask(panel).locator("a.cw-mark").click()
    expect(panel.locator("#cw-source mark")).to_be_visible()
    heard = visitor.evaluate("heard")
    assert [event for event, _ in heard] == ["opened", "ready", "answered", "source_click"]
    assert heard[2:] == [
        ["answered", {"outcome": "answered", "citations": 1}],
        ["source_click", {"n": 1, "in_page": False}],
    ]
    visitor.evaluate("Chengwen('reset')")
    expect(panel.locator(".cw-message")).to_have_count(0)
    visitor.evaluate("Chengwen('toggle')")
    visitor.evaluate("Chengwen('destroy')")
    expect(visitor.locator("chengwen-chat")).to_have_count(1)


def test_forged_messages_are_not_heard(visitor: Page, places: Places) -> None:
    panel = opened(visitor, f"{places.gov}/plain", highlight="body")
    visitor.evaluate("postMessage({ ns: 'chengwen', v: 1, type: 'close' }, '*')")
    visitor.evaluate(
        "postMessage({ ns: 'chengwen', v: 1, type: 'highlight', payload: { quote: '办事服务' } }, '*')"
    )
    visitor.wait_for_timeout(200)
    expect(box(panel)).to_be_visible()
    assert visitor.evaluate("CSS.highlights.size") == 0
    # The page of the panel, framed by hand without an origin, hears nobody.
    visitor.set_content(f'<iframe src="{places.bot}/embed?origin=https://x.example"></iframe>')
    panel = visitor.frame_locator("iframe")
    expect(box(panel)).to_be_visible()
    visitor.evaluate(
        "frames[0].postMessage({ ns: 'chengwen', v: 1, type: 'open', payload: { question: '假' } }, '*')"
    )
    visitor.wait_for_timeout(200)
    expect(box(panel)).to_have_value("")


def test_without_any_network(chromium: str, tmp_path: Path) -> None:
    """Server and browser in a network of their own, with nothing in it but the loopback; the answer is marked there."""
    unshare = [shutil.which("unshare") or "", "-rn"]
    if not unshare[0] or subprocess.run([*unshare, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody make a network of their own (unshare -rn)")
    path = os.pathsep.join([str(Path(__file__).parents[2]), str(Path(__file__).parents[3])])
    argv = [*unshare, sys.executable, "-c", OFFLINE, chromium, str(tmp_path)]
    told = subprocess.run(
        argv, capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": path}
    )
    assert told.returncode == 0, told.stderr
    assert f"marked in the page: {SENTENCE[:8]}" in told.stdout


def _squeezed(text: str) -> str:
    return "".join(text.split())
