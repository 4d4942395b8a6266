"""What the tests of the widget share: the bot and two other sites on names of their own, and what a visitor does."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Dialog, FrameLocator, Locator, Page, expect

from bot.storage.sites import FILE, Site, Sites
from corpus import Document
from support.asking import QUESTION, application
from support.hosts import hosts
from support.serving import serving

SENTENCE = "“杭州健康码”日最高使用量超过2685万次。"
PHONE: Any = {"viewport": {"width": 375, "height": 720}, "has_touch": True, "is_mobile": True}
REFUSED = ("frame-ancestors", "Framing", "refused to connect")
"""What a browser says of a frame that may not be."""


class Places(NamedTuple):
    """Origins: the bot, a site that may show it, one that may not; and the token of a site registered for `gov`."""

    bot: str
    gov: str
    evil: str
    token: str


@contextmanager
def standing(article: Document, home: Path) -> Iterator[Places]:
    """The bot and the sites, served; `home` keeps the registered one."""
    bot_port, host_port = _free(), _free()
    bot, gov, evil = (
        f"http://bot.test:{bot_port}",
        f"http://www.gov.test:{host_port}",
        f"http://evil.test:{host_port}",
    )
    token = Sites(home / FILE).add(
        lambda digest: Site("portal", digest, (gov,), "绿化问答", "#1a4f8b")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHENGWEN_HOME", str(home))
        app = application(article, f"embed.origins={gov}", "api.per_minute=100000")
    with serving(app, bot_port), serving(hosts(bot, article), host_port):
        yield Places(bot, gov, evil, token)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def visiting(browser: Browser, may: tuple[str, ...] = (), **options: Any) -> Iterator[Page]:
    """A tab of a visitor's own. It fails a test that met an error, a dialog or a cookie, but for `may`."""
    context = browser.new_context(
        **{"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}, **options}
    )
    page = context.new_page()
    met: list[str] = []

    def shut(dialog: Dialog) -> None:
        met.append(dialog.message)
        dialog.dismiss()

    page.on("console", lambda m: met.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: met.append(str(e)))
    page.on("dialog", shut)
    page.on(
        "request",
        lambda r: met.append(r.url) if ".test:" not in r.url and r.url[:4] == "http" else None,
    )
    yield page
    assert not context.cookies()
    context.close()
    unexpected = [text for text in met if not any(words in text for words in may)]
    assert not unexpected, unexpected


def opened(page: Page, address: str, **attributes: str) -> FrameLocator:
    """The panel of the page at `address`, opened by its button; `attributes` are those of the script, without data-."""
    page.goto(f"{address}?{urlencode({f'data-{n}': v for n, v in attributes.items()})}")
    button(page).click()
    expect(panel_in(page).locator("#cw-send")).to_be_enabled()
    return panel_in(page)


def panel_in(page: Page) -> FrameLocator:
    """The first panel of a page."""
    return page.frame_locator("chengwen-chat iframe").first


def button(page: Page) -> Locator:
    """The first launcher of a page."""
    return page.locator("chengwen-chat .launcher").first


def box(panel: FrameLocator | Page) -> Locator:
    """Where questions are written."""
    return panel.locator("#cw-question")


def ask(panel: FrameLocator | Page, question: str = QUESTION) -> Locator:
    """The answer, when it is whole."""
    expect(panel.locator("#cw-send")).to_be_enabled()
    before = panel.locator(".cw-message").count()
    box(panel).fill(question)
    box(panel).press("Enter")
    message = panel.locator(".cw-message").nth(before)
    expect(message.locator(".cw-copy")).to_be_visible()
    return message
