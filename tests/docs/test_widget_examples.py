"""The lines that README and docs/embed.md give a site to put into its pages do what they say, in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page, expect
from support.asking import application
from support.embedding import box, button, panel_in, visiting
from support.printed import PAGES, Block, blocks
from support.serving import serving

from corpus import Document

pytestmark = pytest.mark.browser

BOT = "https://bot.example.org"
OF_ALL = [block for page in PAGES for block in blocks(page)]
SCRIPTS = [b for b in OF_ALL if b.language == "html" and "<script async" in b.text]
FRAMES = [b for b in OF_ALL if b.language == "html" and "<iframe" in b.text]
(STUB,) = (b for b in OF_ALL if b.language == "html" and "window.Chengwen" in b.text)
(COMMANDS,) = (b for b in OF_ALL if b.language == "js")
(POLICY,) = (b for b in OF_ALL if b.language == "http")


@dataclass
class Site:
    """A site whose page has printed blocks in it, and the bot that they name, each at an origin of its own."""

    origin: str = ""
    bot: str = ""
    html: str = ""
    policy: str = ""

    def show(self, page: Page, *printed: Block) -> None:
        """Opens its page, under the policy that the guide asks for."""
        lines = "\n".join(block.text for block in printed).replace(BOT, self.bot)
        policy = POLICY.text.replace(BOT, self.bot).strip().partition(": ")[2]
        # A line of script in the page itself is for the site to allow.
        self.policy = (
            policy.replace("'self'", "'self' 'unsafe-inline'") if STUB in printed else policy
        )
        head = "<!doctype html><html lang=zh-CN><link rel=icon href=data:,>"
        self.html = f"{head}<article><p>正文</p></article>{lines}</html>"
        page.goto(f"{self.origin}/printed")

    def application(self) -> FastAPI:
        """Serves its page."""
        app = FastAPI()

        @app.get("/printed")
        async def printed() -> HTMLResponse:
            return HTMLResponse(self.html, headers={"content-security-policy": self.policy})

        return app


@pytest.fixture(scope="module")
def site(article: Document, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site()
    with serving(site.application()) as address, pytest.MonkeyPatch.context() as patch:
        site.origin = f"http://www.gov.test:{urlsplit(address).port}"
        patch.setenv("CHENGWEN_HOME", str(tmp_path_factory.mktemp("home")))
        app = application(article, f"embed.origins={site.origin}", "api.per_minute=100000")
        with serving(app) as bot:
            site.bot = f"http://bot.test:{urlsplit(bot).port}"
            yield site


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    with visiting(browser) as page:
        yield page


def place(block: Block) -> str:
    return block.place


@pytest.mark.parametrize("block", SCRIPTS, ids=place)
def test_a_script_puts_the_widget_into_a_page(visitor: Page, site: Site, block: Block) -> None:
    site.show(visitor, block)
    button(visitor).click()
    expect(panel_in(visitor).locator("#cw-send")).to_be_enabled()


@pytest.mark.parametrize("block", FRAMES, ids=place)
def test_a_frame_shows_the_conversation(visitor: Page, site: Site, block: Block) -> None:
    site.show(visitor, block)
    expect(visitor.frame_locator("iframe").locator("#cw-send")).to_be_enabled()


def test_the_commands_are_taken_one_after_another(visitor: Page, site: Site) -> None:
    site.show(visitor, STUB, SCRIPTS[0])
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
