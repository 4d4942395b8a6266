"""The widget on a page of another origin, its citation marked there: in tests/, `python -m shown.widget [PICTURE]`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from conftest import ARTICLE
from playwright.sync_api import expect
from support.embedding import ask, opened, standing, visiting
from support.serving import browsing

from corpus.load import load


def lines(chromium: str, home: Path, picture: str = "") -> Iterator[str]:
    """What the script prints: who shows what, the answer, and the words marked in the page around it."""
    with (
        standing(load(ARTICLE), home) as places,
        browsing(chromium) as browser,
        visiting(browser) as page,
    ):
        panel = opened(page, f"{places.gov}/article", highlight="article")
        yield f"{places.gov} shows a frame of {places.bot}"
        message = ask(panel)
        yield f"answer: {message.locator('.cw-text').inner_text()}"
        message.locator("a.cw-mark").click()
        expect(panel.locator("#cw-status")).to_have_text("已在网页中标出。")
        marked = page.evaluate("[...[...CSS.highlights.values()][0]][0].toString()")
        yield f"marked in the page: {''.join(marked.replace('hidden', '').split())}"
        if picture:
            page.screenshot(path=picture)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        for line in lines(which("chromium") or "google-chrome", Path(folder), *sys.argv[1:]):
            print(line)
