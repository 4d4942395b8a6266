"""A site that is not allowed gets no frame: in tests/, `python -m shown.forbidden`."""

from collections.abc import Iterator
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from conftest import ARTICLE
from playwright.sync_api import expect
from support.embedding import REFUSED, button, standing, visiting
from support.serving import browsing

from corpus.load import load


def lines(chromium: str, home: Path) -> Iterator[str]:
    """What the script prints: the policy, what the browser says of it, and what the visitor sees instead."""
    with (
        standing(load(ARTICLE), home) as places,
        browsing(chromium) as browser,
        visiting(browser, REFUSED) as page,
    ):
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        with page.expect_response(f"{places.bot}/embed?*") as met:
            page.goto(f"{places.evil}/plain")
            button(page).click()
        yield f"{places.bot}/embed: {met.value.headers['content-security-policy'].rpartition('; ')[2]}"
        link = page.get_by_role("link", name="在新窗口使用")
        expect(link).to_be_visible()
        frames = [frame.url for frame in page.frames if frame.url.startswith(places.bot)]
        yield f"frames of the bot in {places.evil}: {len(frames)}"
        yield f"browser: {next(text for text in said if 'ram' in text)}"
        yield f"instead: {link.inner_text()}"


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        for line in lines(which("chromium") or "google-chrome", Path(folder)):
            print(line)
