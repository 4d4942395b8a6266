"""The operator adds and removes documents in a real browser: each answers from the page, then no more."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.accessibility import axe
from support.serving import SIZES, resize, serving, tab

from bot.index_build import open_index
from bot.library import Library
from bot.live import Live, Watch
from bot.settings import load_settings
from bot.web.app import create_app

pytestmark = pytest.mark.browser

DATA = Path(__file__).parents[2] / "data"
OFFICE = DATA / "office/files"
WORDS = ["encoder.name=none-such", "reader=rules", "api.per_minute=100000"]
FILES = {
    "关于做好冬季清雪工作的通知.docx": OFFICE,
    "公交线路.xlsx": OFFICE,
    "垃圾分类投放点.pdf": OFFICE,
    "公众号文章.mht": OFFICE,
    "医保常见问题.txt": OFFICE,
    "潍坊市供热条例.md": DATA / "regulations",
}
PATIENCE = 60_000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHENGWEN_HOME", str(folder))
        settings = load_settings(WORDS, {})
        opened = open_index(settings)
        watch = Watch(Live(opened.service(settings), opened.generation), opened.encoder, settings)
        app = create_app(watch.live, True, library=Library(settings))
        with watch.looking(), serving(app) as address:
            yield address


@pytest.fixture(autouse=True)
def home(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of the server, which the tests of this file share."""
    return Path(os.environ["CHENGWEN_HOME"])


QUESTIONS = {
    "关于做好冬季清雪工作的通知.docx": ("融雪剂每平方米不得超过多少？", "二十克"),
    "公交线路.xlsx": ("101路的首班是几点？", "05:50"),
    "垃圾分类投放点.pdf": ("石磨河沿社区的投放点在什么位置？", "菜场后门"),
    "公众号文章.mht": ("枫香里的电梯政府补助多少？", "十八万"),
    "医保常见问题.txt": ("居民医保每年交多少钱？", "三百八十元"),
    "潍坊市供热条例.md": ("潍坊市的采暖期是什么时候？", "11月14日"),
}
ASK = """async (question) => {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ question, stream: false });
    return (await fetch("/api/ask", { method: "POST", headers, body })).json();
}"""
DROP = """(area, files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name));
    area.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
}"""


def ask(page: Page, question: str) -> dict[str, Any]:
    return dict(page.evaluate(ASK, question))


def choose(page: Page, *files: Path | dict[str, Any]) -> None:
    page.locator("#library-files").set_input_files(list(files))  # type: ignore[arg-type]


def text_file(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def drop(page: Page, *files: tuple[str, str]) -> None:
    page.locator("#library-drop").evaluate(DROP, list(files))


def waits(page: Page, name: str) -> Locator:
    """The item of a file in the list of those that wait."""
    item = page.locator("#library ol > li").filter(has=page.get_by_role("heading", name=name))
    expect(item.get_by_role("button", name="收录")).to_be_visible(timeout=PATIENCE)
    return item


def row(page: Page, title: str) -> Locator:
    return page.locator(".cw-rows > li, tr").filter(has=page.get_by_role("link", name=title))


def said(page: Page, words: str, within: str = "body") -> None:
    expect(page.locator(within).get_by_text(words).first).to_be_visible(timeout=PATIENCE)


def test_files_of_six_kinds_answer_and_one_that_is_removed_does_not(page: Page) -> None:
    page.goto("documents")
    choose(page, *(folder / name for name, folder in FILES.items()))
    for name in FILES:
        waits(page, name)
    page.get_by_role("button", name=f"全部收录（{len(FILES)}）").click()
    expect(page.get_by_text("已收录，已用于回答。")).to_have_count(len(FILES), timeout=PATIENCE)
    for question, words in QUESTIONS.values():
        assert words in ask(page, question)["text"], question
    page.get_by_role("link", name="刷新列表").first.click()
    question, _ = QUESTIONS["医保常见问题.txt"]
    mine = row(page, "医疗保险常见问题")
    mine.get_by_role("button", name="移除《医疗保险常见问题》").click()
    undo = mine.get_by_role("button", name="撤销")
    expect(undo).to_be_focused(timeout=PATIENCE)
    assert ask(page, question)["outcome"] != "answered"
    # What was removed can be put back after the page was left.
    page.reload()
    expect(row(page, "医疗保险常见问题")).to_have_count(0)
    page.locator("#library").get_by_role("button", name="撤销").click()
    said(page, "已放回，仍用于回答。", "#library")
    assert ask(page, question)["outcome"] == "answered"


def test_in_the_chat_page_a_new_document_answers(page: Page) -> None:
    page.goto("documents")
    drop(page, ("路灯.txt", "路灯\n\n梧桐巷的路灯在立春那天换了新灯泡。\n"))
    waits(page, "路灯.txt").get_by_role("button", name="收录").click()
    said(page, "已收录，已用于回答。")
    page.locator("#library").get_by_role("link", name="提问").click()
    box = page.get_by_role("textbox", name="请输入问题")
    box.fill("梧桐巷的路灯在立春那天换了什么？")
    box.press("Enter")
    expect(page.locator(".cw-text")).to_contain_text("换了新灯泡", timeout=PATIENCE)


def test_what_is_put_right_and_what_is_refused(page: Page) -> None:
    page.goto("documents")
    script = "<img src=x onerror=document.title='bad'>"
    choose(
        page,
        text_file("水泵.txt", f"水泵\n\n北塬水泵房每月初五检修。{script}\n"),
        text_file("坏.docx", "不是 Word 文档"),
        text_file("_词.txt", "词"),
    )
    item = waits(page, "水泵.txt")
    expect(page.locator("#library").get_by_text("不能收录")).to_have_count(2, timeout=PATIENCE)
    said(page, "名字以 _ 开头")
    item.get_by_text("读入的文字").click()
    expect(item.locator("pre")).to_contain_text(script)
    item.get_by_label("标题").fill(f"检修{script}")
    item.get_by_label("发布日期").fill("2026-01-05")
    item.get_by_label("标签").fill("水务，检修")
    item.get_by_label("原文网址").fill("javascript:alert(1)")
    item.get_by_role("button", name="收录").click()
    expect(item.get_by_role("button", name="收录")).to_be_visible()
    item.get_by_label("原文网址").fill("")
    item.get_by_role("button", name="收录").click()
    said(page, "已收录，已用于回答。")
    page.goto("documents")
    mine = row(page, "检修")
    expect(mine).to_contain_text("2026-01-05")
    expect(mine).to_contain_text("水务、检修")
    mine.get_by_role("button", name="修改").click()
    expect(mine.get_by_label("标题")).to_be_focused()
    mine.get_by_label("标题").fill("水泵检修")
    mine.get_by_label("标题").press("Enter")
    said(page, "已保存。已用于回答。")
    page.reload()
    expect(row(page, "水泵检修")).to_be_visible()
    assert "bad" not in page.title()


def test_a_date_without_its_day_is_kept(page: Page) -> None:
    page.goto("documents")
    choose(page, text_file("报告.txt", "南岗泵站报告\n\n泵站每年检修两次。\n\n水务站\n2024年9月\n"))
    item = waits(page, "报告.txt")
    expect(item.get_by_label("发布日期")).to_have_value("2024-09")
    item.get_by_label("来源").fill("水务站")
    item.get_by_role("button", name="收录").click()
    said(page, "已收录，已用于回答。")
    page.goto("documents")
    expect(row(page, "南岗泵站报告")).to_contain_text("2024-09")


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("documents")
    drop(page, ("闸门.txt", "闸门\n\n柳埠闸门在谷雨那天启用。\n"))
    waits(page, "闸门.txt")
    page.locator("#library-files").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        if focused == "收录 闸门.txt":
            break
    page.keyboard.press("Enter")
    said(page, "已收录，已用于回答。")
    page.goto("documents")
    remove = row(page, "闸门").get_by_role("button", name="移除")
    remove.focus()
    page.keyboard.press("Enter")
    undo = row(page, "闸门").get_by_role("button", name="撤销")
    expect(undo).to_be_focused(timeout=PATIENCE)
    page.keyboard.press("Enter")
    said(page, "已放回，仍用于回答。")


@pytest.mark.parametrize(
    ("screen", "scheme"), [("desktop", "light"), ("phone", "dark"), ("narrow", "light")]
)
def test_nobody_is_shut_out(page: Page, screen: str, scheme: Any) -> None:
    resize(page, screen)
    page.emulate_media(color_scheme=scheme)
    for where, words in (("documents", "收录"), ("documents?lang=en", "Accept")):
        page.goto(where)
        drop(
            page,
            (f"{screen}{words}.txt", f"{screen}\n\n{words}的灯在谷雨那天亮了。\n"),
            ("坏.docx", "x"),
        )
        name = f"{words} {screen}{words}.txt"
        expect(page.get_by_role("button", name=name)).to_be_visible(timeout=PATIENCE)
        said(page, {"收录": "不能收录", "Accept": "Refused"}[words], "#library")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[screen][0]
        assert axe(page) == []
    page.get_by_role("button", name=f"Accept {screen}Accept.txt").click()
    said(page, "Added. It is in the answers.")
    page.get_by_role("link", name="Reload the list").click()
    page.get_by_role("button", name="Edit").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[screen][0]
    assert axe(page) == []


def test_for_others_there_is_nothing(browser: Browser, address: str) -> None:
    elsewhere = address.replace("127.0.0.1", "bot.test")
    with tab(browser, elsewhere) as page:
        page.goto("documents")
        expect(page.locator("#library, .cw-manage")).to_have_count(0)


def test_two_hundred_files_and_a_bad_one(page: Page) -> None:
    page.goto("documents")
    # What another test has left waiting, of which one alone has no button for all.
    left = page.evaluate(
        "fetch('/library/staged').then((r) => r.json()).then((r) => r.files.length)"
    )
    discards = page.get_by_role("button", name=re.compile("^放弃 "))
    for waiting in range(left, 0, -1):
        expect(discards).to_have_count(waiting)
        discards.first.click()
    expect(page.locator("#library ol > li")).to_have_count(0)
    files = [
        text_file(f"件{n}.txt", f"第{n}号件\n\n第{n}号件说的是第{n}件事。\n") for n in range(199)
    ]
    choose(page, *files, text_file("坏.pdf", "%PDF-1.4"))
    everything = page.get_by_role("button", name="全部收录（199）")
    expect(everything).to_be_visible(timeout=6 * PATIENCE)
    expect(page.locator("#library").get_by_text("不能收录")).to_have_count(1)
    # What waits is there after the page was left.
    page.reload()
    expect(everything).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="放弃 件0.txt").click()
    page.get_by_role("button", name="全部收录（198）").click()
    said_it = page.get_by_text("已收录，已用于回答。")
    expect(said_it).to_have_count(198, timeout=6 * PATIENCE)
    assert ask(page, "第77号件说的是什么？")["outcome"] == "answered"
