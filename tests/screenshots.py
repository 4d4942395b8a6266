"""`make pictures`: takes the pictures of README and docs anew, of the service at work, in Chromium, in the light.

`python tests/screenshots.py NAME …` takes those alone. Taken again of the same version, a picture has the same bytes.
"""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, expect
from support.serving import browsing, serving

from bot.evals.datasets import read_dataset, sample
from bot.evals.evaluate import evaluate
from bot.evals.runs import FILE, Runs
from bot.index_build import OpenIndex, open_index
from bot.live import Live
from bot.settings import home, load_settings
from bot.web.app import create_app

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs/images"
QUESTIONS = ROOT / "tests/data/questions.jsonl"

FACT = "杭州健康码日最高使用量是多少？"
COMPARISON = "成都和上海的做法有什么不同？"

WIDE = (1280, 800)
PHONE = (390, 844)
COLOURS = 128
"""Of a picture; pages of few colours lose nothing that is seen, and take a quarter of the bytes."""

EVALUATED = 40
"""Questions of each run on the pages of evaluations."""

MADE = "2026-11-24T10:00:00+00:00"


class Picture(NamedTuple):
    """What is done before it is taken, and the size of the screen in CSS pixels."""

    name: str
    show: Callable[[Page], None]
    size: tuple[int, int] = WIDE


def first_screen(page: Page) -> None:
    """The page as it opens, with its suggested questions."""
    page.goto("/")
    expect(page.locator(".cw-ask").first).to_be_visible()


def ask(page: Page, question: str) -> None:
    """Asks and waits for the whole answer."""
    first_screen(page)
    page.locator("#cw-box textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".cw-message:not(.cw-waiting)")).to_have_count(1)
    expect(page.locator("#cw-box .submit-button")).to_be_visible()


def fact(page: Page) -> None:
    """One sentence, its source opened."""
    ask(page, FACT)
    page.locator("a.cw-mark").first.click()
    expect(page.locator("mark").first).to_be_visible()


def fact_on_a_phone(page: Page) -> None:
    """The same, nothing opened."""
    ask(page, FACT)


def comparison(page: Page) -> None:
    """A line for each side."""
    ask(page, COMPARISON)


def reading(page: Page) -> None:
    """The article, with the words of a citation marked."""
    asked = page.request.post("/api/ask", data={"question": FACT, "stream": False})
    cited = asked.json()["citations"][0]
    page.goto(f"/read/{cited['doc_id']}?start={cited['start']}&end={cited['end']}#cited")
    expect(page.locator("mark").first).to_be_visible()


def runs(page: Page) -> None:
    """All runs."""
    page.goto("/evals")


def run(page: Page) -> None:
    """One run."""
    page.goto("/evals/runs/default")


def missed(page: Page) -> None:
    """The first question that one run missed, beside the other run."""
    page.goto("/evals/runs/default?right=no")
    page.locator(".cw-questions tbody a").first.click()
    page.goto(f"{page.url}?with=rules")


PICTURES = (
    Picture("first-screen", first_screen),
    Picture("fact", fact),
    Picture("comparison", comparison),
    Picture("reading", reading),
    Picture("phone", fact_on_a_phone, PHONE),
    Picture("evals-runs", runs),
    Picture("evals-run", run),
    Picture("evals-question", missed),
)


def keep_runs(opened: OpenIndex) -> None:
    """Two runs of the same questions, with times that do not change from one day to another."""
    dataset = read_dataset(QUESTIONS, opened.snapshot.collection.documents)
    asked = sample(dataset, EVALUATED)
    kept = Runs(home() / FILE)
    for name, settings in (("rules", ["reader=rules"]), ("default", [])):
        made = evaluate(opened, asked, load_settings(settings), name, lambda done, of: None)
        kept.add(replace(made, run_id=name, made=MADE, seconds=float(EVALUATED)))


@contextmanager
def visiting(browser: Browser, address: str, size: tuple[int, int]) -> Iterator[Page]:
    """A visitor's page, in the light, where nothing moves."""
    width, height = size
    context = browser.new_context(
        base_url=address,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="light",
        reduced_motion="reduce",
        viewport={"width": width, "height": height},
    )
    yield context.new_page()
    context.close()


def take(browser: Browser, address: str, picture: Picture) -> Path:
    """The file of the picture."""
    with visiting(browser, address, picture.size) as page:
        picture.show(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        taken = page.screenshot(animations="disabled", caret="hide")
    path = IMAGES / f"{picture.name}.png"
    with Image.open(io.BytesIO(taken)) as image:
        few = image.convert("RGB").quantize(
            COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        few.save(path, optimize=True)
    return path


def main(names: list[str]) -> None:
    """Takes the pictures of these names, or all."""
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    chromium = which("chromium") or which("chromium-browser") or which("google-chrome")
    if not chromium:
        sys.exit("未找到 Chromium / no Chromium found")
    with TemporaryDirectory() as folder:
        os.environ["CHENGWEN_HOME"] = folder
        opened = open_index(load_settings([]), None, None)
        if any(picture.name.startswith("evals") for picture in wanted):
            keep_runs(opened)
        live = Live(opened.service(load_settings([])), opened.generation)
        app = create_app(live, operator=True)
        with serving(app) as address, browsing(chromium) as browser:
            for picture in wanted:
                path = take(browser, address, picture)
                sys.stdout.write(f"{path.relative_to(ROOT)} {path.stat().st_size:,}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
