"""The lines that README and docs/embed.md give a site to put into its pages do what they say, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from support.embedding import Places, box, button, panel_in, standing, visiting
from support.printed import PAGES, Block, blocks

from corpus import Document

pytestmark = pytest.mark.browser

BOT = "https://bot.example.org"
OF_ALL = [block for page in PAGES for block in blocks(page)]
SCRIPTS = [b for b in OF_ALL if b.language == "html" and "<script async" in b.text]
FRAMES = [b for b in OF_ALL if b.language == "html" and "<iframe" in b.text]
(STUB,) = (b for b in OF_ALL if b.language == "html" and "window.Chengwen" in b.text)
(COMMANDS,) = (b for b in OF_ALL if b.language == "js")
(POLICY,) = (b for b in OF_ALL if b.language == "http")


@pytest.fixture(scope="module")
def places(article: Document, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with standing(article, tmp_path_factory.mktemp("home")) as places:
        yield places


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    with visiting(browser) as page:
        yield page


def show(page: Page, places: Places, *printed: Block) -> None:
    """Opens a page of a site that has the blocks in it, and the policy that the guide asks for."""
    lines = "\n".join(block.text for block in printed).replace(BOT, places.bot)
    name, policy = POLICY.text.replace(BOT, places.bot).strip().split(": ")
    # What the stub is allowed by: a hash, a nonce or a file of the site's own.
    policy = policy.replace("'self'", "'self' 'unsafe-inline'") if STUB in printed else policy
    html = f"<!doctype html><html lang=zh-CN><article><p>正文</p></article>{lines}</html>"

    def answer(route: Route) -> None:
        route.fulfill(body=html, headers={name: policy}, content_type="text/html; charset=utf-8")

    page.route(f"{places.gov}/printed", answer)
    page.goto(f"{places.gov}/printed")


def place(block: Block) -> str:
    return block.place


@pytest.mark.parametrize("block", SCRIPTS, ids=place)
def test_a_script_puts_the_widget_into_a_page(visitor: Page, places: Places, block: Block) -> None:
    show(visitor, places, block)
    button(visitor).click()
    expect(panel_in(visitor).locator("#cw-send")).to_be_enabled()


@pytest.mark.parametrize("block", FRAMES, ids=place)
def test_a_frame_shows_the_conversation(visitor: Page, places: Places, block: Block) -> None:
    show(visitor, places, block)
    expect(visitor.frame_locator("iframe").locator("#cw-send")).to_be_enabled()


def test_the_commands_are_taken_one_after_another(visitor: Page, places: Places) -> None:
    show(visitor, places, STUB, SCRIPTS[0])
    expect(button(visitor)).to_be_visible()
    opening, asking, reset, destroying, listening = COMMANDS.text.splitlines()
    visitor.evaluate(opening)
    visitor.evaluate(asking)
    expect(box(panel_in(visitor))).to_have_value("城镇化率是多少？")
    visitor.evaluate(listening)
    visitor.evaluate(reset)
    visitor.evaluate(destroying)
    expect(visitor.locator("chengwen-chat")).to_have_count(0)


def test_all_of_them_are_found() -> None:
    assert {block.page.name for block in SCRIPTS} == {"README.md", "embed.md"}
    assert FRAMES and Path(STUB.page).name == "embed.md"
