"""The operator's pages and the report in a real browser: offline, by selection, for everybody, on every screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, Page, expect
from support.accessibility import axe
from support.made_runs import run
from support.serving import SIZES, resize, serving, tab
from test_workbench import results

from bot.evals.drafts import Draft, Drafts
from bot.evals.pages.workbench import workbench
from bot.evals.report import export
from bot.evals.runs import Runs
from bot.live import Live
from bot.service import Service
from bot.settings import Settings
from bot.storage.feedback import Feedback
from bot.web.operator_access import OperatorAccess
from bot.web.security_headers import SecurityHeaders
from corpus import Document
from index.snapshot import build

pytestmark = pytest.mark.browser

ONE, TWO = "20261124-100000-one", "20261124-100000-two"
PAGES = (
    "evals",
    f"evals/runs/{ONE}",
    f"evals/runs/{ONE}?with={TWO}&lang=en",
    f"evals/runs/{ONE}/questions/q/1?with={TWO}",
    "evals/golden",
    "evals/golden/1",
    "evals/golden/1/gold?doc=gmw-2020-12-05-chengshi-zhili",
    "evals/feedback",
    "evals/golden?status=accepted",
)
SELECT = """([from, to]) => {
    const lines = document.querySelectorAll("[data-start]");
    const range = document.createRange();
    range.setStart(lines[from[0]].firstChild, from[1]);
    range.setEnd(lines[to[0]].firstChild, to[1]);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def drafts(state: Path) -> Drafts:
    drafts = Drafts(state / "golden.sqlite3")
    drafts.add([Draft("𠮷从哪里来？")])
    return drafts


@pytest.fixture(scope="module")
def address(article: Document, state: Path, drafts: Drafts) -> Iterator[str]:
    odd = Document("odd", "𠮷", "𠮷字在前。\n\n  𠮷字在后。\n末行。")
    service, runs = (
        Service(build([article, odd], None), None, Settings()),
        Runs(state / "runs.sqlite3"),
    )
    made = tuple(results(article, service))
    for name in ("one", "two"):
        runs.add(run(name, made))
    export([runs.get("one"), runs.get("two")], state / "report.html")
    app = FastAPI()
    app.add_middleware(OperatorAccess, local=True)
    app.add_middleware(SecurityHeaders)
    app.include_router(workbench(Live(service), runs, drafts, Feedback(state / "feedback.sqlite3")))
    app.mount("/ui", StaticFiles(packages=[("bot.web", "static")]))
    with serving(app) as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_opens_offline(browser: Browser, address: str, state: Path, scheme: Any) -> None:
    context = browser.new_context(offline=True, color_scheme=scheme)
    page, asked, met = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: met.append(message.text))
    file = (state / "report.html").as_uri()
    page.goto(file)
    expect(page.get_by_role("img", name="前 k 段的召回率")).to_be_visible()
    assert (
        page.locator("figure svg[role=img]").count()
        == page.locator("figure details table").count()
        >= 4
    )
    for screen in SIZES:
        resize(page, screen)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[screen][0]
    for summary in page.locator("summary").all():
        summary.click()
    assert axe(page) == [] and met == []
    assert [url for url in asked if not url.startswith("data:")] == [file]
    assert (
        page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(27, 25, 23)"
    ) == (scheme == "dark")
    context.close()


@pytest.mark.parametrize(
    ("screen", "scheme"), [("desktop", "light"), ("phone", "dark"), ("narrow", "light")]
)
def test_nobody_is_shut_out(page: Page, screen: str, scheme: Any) -> None:
    resize(page, screen)
    page.emulate_media(color_scheme=scheme)
    for where in PAGES:
        page.goto(where)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[screen][0], where
        assert axe(page) == [], where


def test_two_runs_are_chosen_and_a_question_is_opened(page: Page) -> None:
    page.goto("evals")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="比较选中的两次").click()
    expect(page.get_by_role("heading", name="两次运行的差别")).to_be_visible()
    page.get_by_label("对错").select_option("错")
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name="徐汇区").click()
    expect(page.get_by_text("选错句子")).to_have_count(2)
    expect(page.locator("blockquote mark")).to_contain_text("上海市徐汇区")


def chosen(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.evaluate(SELECT, [start, end])
    expect(page.locator("[name=end]")).not_to_have_value("")


def test_selected_text_becomes_gold_where_it_was_selected(
    page: Page, drafts: Drafts, article: Document
) -> None:
    page.goto("evals/golden/1")
    page.get_by_label("在文章里选取原文").select_option("odd")
    page.get_by_role("button", name="选取原文").click()
    page.wait_for_url("**/gold?doc=odd")
    # Characters that are two for the browser count once; the second 𠮷字 is meant, not the first.
    chosen(page, (1, 2), (1, 5))
    assert page.get_by_label("原文", exact=True).input_value() == "𠮷字"
    page.get_by_role("button", name="加为标准原文").click()
    page.wait_for_url("**/evals/golden/1")
    (gold,) = drafts.all()[0].gold
    assert (gold.start, gold.end, gold.quote, gold.group) == (9, 11, "𠮷字", 1)
    page.goto("evals/golden/1/gold?doc=odd")
    chosen(page, (0, 3), (2, 2))
    page.get_by_label("组").select_option("第 1 组的替代")
    page.get_by_role("button", name="加为标准原文").click()
    page.wait_for_url("**/evals/golden/1")
    assert [(g.quote, g.group) for g in drafts.all()[0].gold][1] == (
        "在前。\n\n  𠮷字在后。\n末行",
        1,
    )
    page.get_by_role("button", name="保存并收入").click()
    page.wait_for_url("**/evals/golden")
    assert drafts.all()[0].status == "accepted"


def test_without_scripts_a_quote_is_typed(browser: Browser, address: str, drafts: Drafts) -> None:
    with tab(browser, address, java_script_enabled=False) as page:
        page.goto("evals/golden")
        page.get_by_role("button", name="新建一题").click()
        page.get_by_label("问题").fill("末行写了什么？")
        page.get_by_label("在文章里选取原文").select_option("odd")
        page.get_by_role("button", name="选取原文").click()
        page.get_by_label("原文", exact=True).fill("末行。")
        page.get_by_role("button", name="加为标准原文").click()
        page.get_by_role("button", name="保存并收入").click()
        page.get_by_role("link", name="已收入").click()
        expect(page.get_by_role("link", name="末行写了什么？")).to_be_visible()
    assert drafts.all()[0].gold[0].quote == "末行。"


def test_typed_words_forget_the_selection(page: Page) -> None:
    page.goto("evals/golden/1/gold?doc=odd")
    chosen(page, (0, 0), (0, 4))
    page.get_by_label("原文", exact=True).fill("末行。")
    expect(page.locator("[name=end]")).to_have_value("")
