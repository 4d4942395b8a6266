"""Prose in a real browser: it streams, stands beside the extract, and costs nothing but itself when its model dies."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.accessibility import axe
from support.prose import MODEL, question_about, writing_of_towns
from support.scripted_model import (
    DONE,
    END,
    Exchange,
    ScriptedModel,
    Step,
    delta,
    head,
    scripted_model,
)
from support.serving import resize, serving, tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST = "东镇有100座凉亭。"
SECOND = "东镇有一条河。"
ASKED = question_about(0)
LABEL = f"人工智能生成 · {MODEL}"


class Steps:
    """A model that writes two sentences: each as soon as a test lets it."""

    def __init__(self) -> None:
        self.first = threading.Event()
        self.second = threading.Event()

    def script(self, exchange: Exchange) -> Iterator[Step]:
        yield head()
        yield from self._until(self.first)
        # The first words of the second sentence show that the first is whole.
        yield delta(f"{FIRST}[1]{SECOND[:2]}")
        yield from self._until(self.second)
        yield delta(f"{SECOND[2:]}[2]")
        yield delta(finish="stop")
        yield DONE
        yield END

    def _until(self, event: threading.Event) -> Iterator[Step]:
        while not event.is_set():
            yield 0.02


@contextmanager
def standing(
    browser: Browser, steps: Steps, **options: Any
) -> Iterator[tuple[Page, ScriptedModel]]:
    with (
        scripted_model(steps.script) as model,
        serving(writing_of_towns(model.url)) as address,
        tab(browser, address, **options) as page,
    ):
        yield page, model


def at_once() -> Steps:
    steps = Steps()
    steps.first.set()
    steps.second.set()
    return steps


def opened(page: Page) -> Page:
    page.goto("/")
    expect(page.locator("#cw-box textarea")).to_be_focused()
    return page


def send(page: Page, question: str = ASKED) -> None:
    page.locator("#cw-box textarea").fill(question)
    page.keyboard.press("Enter")


def answered(page: Page, count: int = 1) -> None:
    expect(page.locator(".cw-message.cw-answered")).to_have_count(count)
    expect(page.get_by_role("button", name="发送", exact=True)).to_be_visible()


def side(page: Page, number: int) -> Locator:
    """0 is what was written, 1 the extract, of the last answer."""
    return page.locator(".cw-message").last.locator(".cw-side").nth(number)


@contextmanager
def half_written(browser: Browser) -> Iterator[tuple[Page, ScriptedModel]]:
    """An answer of which the first sentence is shown, and the second is not said yet."""
    steps = Steps()
    with standing(browser, steps) as (page, model):
        send(opened(page))
        steps.first.set()
        expect(side(page, 0).locator(".cw-text")).to_have_text(f"{FIRST}1")
        yield page, model


def test_the_extract_is_there_while_prose_comes_sentence_by_sentence(browser: Browser) -> None:
    steps = Steps()
    with standing(browser, steps) as (page, _):
        send(opened(page))
        expect(side(page, 1).locator(".cw-text")).to_have_text(f"{FIRST}1")
        expect(side(page, 1).locator(".cw-badge")).to_have_text("原文摘录")
        expect(side(page, 0)).to_contain_text("正在撰写")
        expect(side(page, 0).locator(".cw-badge")).to_have_text(LABEL)
        steps.first.set()
        expect(side(page, 0).locator(".cw-text")).to_have_text(f"{FIRST}1")
        expect(page.get_by_role("button", name="停止")).to_be_visible()
        steps.second.set()
        answered(page)
        expect(side(page, 0).locator(".cw-text")).to_have_text(f"{FIRST}1{SECOND}2")
        expect(page.locator("#cw-status")).to_have_text("回答完毕，引用 2 处。")
        expect(page.get_by_text("回答由人工智能生成，请以所引原文为准。")).to_be_visible()


def test_side_by_side_where_there_is_room_and_stacked_on_a_phone(browser: Browser) -> None:
    with standing(browser, at_once()) as (page, _):
        send(opened(page))
        answered(page)
        prose, extract = (side(page, n).bounding_box() for n in (0, 1))
        assert prose and extract
        assert abs(prose["y"] - extract["y"]) < 2 and extract["x"] >= prose["x"] + prose["width"]
        resize(page, "phone")
        prose, extract = (side(page, n).bounding_box() for n in (0, 1))
        assert prose and extract
        assert extract["y"] >= prose["y"] + prose["height"] and prose["x"] == extract["x"]
        assert prose["x"] + prose["width"] <= 390


def test_marks_of_either_side_lead_to_its_own_sources(browser: Browser) -> None:
    with standing(browser, at_once()) as (page, _):
        send(opened(page))
        answered(page)
        dialog = page.get_by_role("dialog")
        side(page, 0).locator("a.cw-mark").nth(1).click()
        expect(dialog.locator("mark")).to_have_text(SECOND)
        expect(dialog).to_contain_text("出处 2/2")
        page.keyboard.press("Escape")
        side(page, 1).locator("a.cw-mark").click()
        expect(dialog.locator("mark")).to_have_text(FIRST)
        expect(dialog).to_contain_text("出处 1/1")


def test_a_copy_and_an_export_name_the_model(browser: Browser) -> None:
    with standing(browser, at_once()) as (page, _):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        send(opened(page))
        answered(page)
        page.get_by_role("button", name="复制", exact=True).click()
        expect(page.locator("#cw-status")).to_have_text("已复制")
        copied = page.evaluate("navigator.clipboard.readText()").split("\n")
        assert copied[0] == f"{FIRST}[1]{SECOND}[2]" and copied[-1] == f"（{LABEL}）"
        assert copied[1] == f"[1] {FIRST}" and copied[4] == f"[2] {SECOND}"
        page.get_by_role("button", name="历史", exact=True).click()
        with page.expect_download() as exported:
            page.get_by_role("button", name=f"导出 Markdown：{ASKED}").click()
        markdown = exported.value.path().read_text("utf-8")
        assert markdown.index(f"（{LABEL}）") < markdown.index("（原文摘录）")
        assert markdown.count(f"1. {FIRST}") == 2 and markdown.count(f"2. {SECOND}") == 1


def test_a_kept_conversation_has_both_sides(browser: Browser) -> None:
    with standing(browser, at_once()) as (page, _):
        send(opened(page))
        answered(page)
        page.reload()
        expect(page.locator(".cw-side .cw-badge")).to_have_text([LABEL, "原文摘录"])
        side(page, 0).locator("a.cw-mark").first.click()
        expect(page.get_by_role("dialog").locator("mark")).to_have_text(FIRST)


def test_a_model_that_dies_costs_the_prose_alone(browser: Browser) -> None:
    with half_written(browser) as (page, model):
        model.stop()
        answered(page)
        expect(side(page, 0).locator(".cw-text")).to_have_text(f"{FIRST}1")
        expect(side(page, 0).locator(".cw-badge")).to_have_text(LABEL)
        expect(page.locator(".cw-notice")).to_contain_text("写完并核对过的句子")
        send(page, question_about(1))
        answered(page, 2)
        last = page.locator(".cw-message").last
        expect(last.locator(".cw-side")).to_have_count(0)
        expect(last.locator(".cw-badge")).to_have_text("原文摘录")
        expect(last.locator(".cw-notice")).to_contain_text("语言模型")


def test_stopping_keeps_what_there_is(browser: Browser) -> None:
    with half_written(browser) as (page, model):
        page.get_by_role("button", name="停止").click()
        expect(page.locator(".cw-notice")).to_have_text("已停止。")
        expect(page.locator(".cw-side .cw-badge")).to_have_text([LABEL, "原文摘录"])
        (exchange,) = model.exchanges
        assert exchange.over.wait(60) and exchange.closed_at is not None


def test_stopped_before_a_word_the_extract_is_left(browser: Browser) -> None:
    with standing(browser, Steps()) as (page, model):
        send(opened(page))
        expect(side(page, 0)).to_contain_text("正在撰写")
        model.wait_for(1)
        page.get_by_role("button", name="停止").click()
        expect(page.locator(".cw-notice")).to_have_text("已停止。")
        expect(page.locator(".cw-side .cw-badge")).to_have_text(["原文摘录"])


def test_a_closed_tab_ends_the_call(browser: Browser) -> None:
    with standing(browser, Steps()) as (page, model):
        send(opened(page))
        expect(side(page, 0)).to_contain_text("正在撰写")
        (exchange,) = model.wait_for(1)
        page.close()
        assert exchange.over.wait(60) and exchange.closed_at is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_nobody_is_shut_out(browser: Browser, scheme: str, size: str) -> None:
    with standing(browser, at_once(), color_scheme=scheme) as (page, _):
        send(opened(page))
        answered(page)
        resize(page, size)
        for summary in page.locator("#cw-chat .cw-sources summary").all():
            summary.click()
        assert axe(page) == []


def test_the_widget_streams_and_says_who_writes(browser: Browser) -> None:
    steps = Steps()
    with standing(browser, steps) as (page, _):
        page.goto("/embed?mode=full")
        page.locator("#cw-question").fill(ASKED)
        page.keyboard.press("Enter")
        message = page.locator(".cw-message")
        expect(message.locator(".cw-writing")).to_contain_text("正在撰写")
        expect(side(page, 1).locator(".cw-text")).to_have_text(f"{FIRST}1")
        steps.first.set()
        expect(side(page, 0).locator(".cw-text")).to_have_text(f"{FIRST}1")
        expect(message.locator(".cw-badge")).to_have_text([LABEL, "原文摘录"])
        steps.second.set()
        expect(message.locator(".cw-copy")).to_be_visible()
        expect(side(page, 0).locator(".cw-text")).to_have_text(f"{FIRST}1{SECOND}2")
        expect(message.locator(".cw-badge")).to_have_text([LABEL, "原文摘录"])
        page.reload()
        expect(message.locator(".cw-badge")).to_have_text([LABEL, "原文摘录"])
        assert axe(page) == []
