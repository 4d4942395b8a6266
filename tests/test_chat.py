"""The chat page: its messages as HTML, its turns, and what a person meets in a real browser."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.answer import ABSENT, Answer, Citation, extracted_text
from bot.service import Service
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.chat import build_chat, turns_of
from bot.web.markup import asked, growing, plain
from corpus import Document, Passage
from index import Hit
from index.encoder import TextEncoder
from index.snapshot import build

TEXT = "甲<b>5</b>万。\n乙&丙，丁。戊"
SOURCE = Document("d", "题<i>", TEXT)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
NUMBER = "杭州健康码日最高使用量是多少？"
QUOTE = "“杭州健康码”日最高使用量超过2685万次。"
ATTACK = '<img src=x onerror="document.title=1"><script>alert(1)</script> **星** ![](http://evil.test/x) [链](http://evil.test/)'


def answered(**fields: Any) -> Answer:
    cited = (Citation(SOURCE, 0, 11), Citation(SOURCE, 12, 18))
    return Answer("问？", "answered", extracted_text(cited), citations=cited, **fields)


def test_an_answer_grows_sentence_by_sentence_and_ends_with_its_sources() -> None:
    shown = list(growing(answered(short_answer="5"), "zh"))
    assert [len(s) for s in shown] == sorted(len(s) for s in shown) and len(shown) == 3
    assert [plain(s) for s in shown] == ["甲<b>5</b>万。", "甲<b>5</b>万。乙&丙，丁。", "甲<b>5</b>万。乙&丙，丁。"]
    assert '甲&lt;b&gt;<strong class="cw-short">5</strong>&lt;/b&gt;万。<sup>' in shown[0]
    assert "<q>乙&amp;丙，丁。</q><cite>题&lt;i&gt;</cite>" in shown[2] and "原文摘录" in shown[2]


def test_a_message_is_one_block_of_html() -> None:
    for shown in growing(answered(notices=("第一行\n\n第二行",)), "zh"):
        assert "\n" not in shown
    assert "第一行 第二行" in shown


def test_marks_of_citations_that_do_not_exist_stay_text() -> None:
    answer = Answer("问？", "answered", "甲[3]乙[1]", citations=(Citation(SOURCE, 0, 11),))
    *_, shown = growing(answer, "zh")
    assert "甲[3]乙<sup>" in shown and shown.count("<a ") == 1


def test_an_absent_answer_shows_what_may_be_related() -> None:
    long = Document("e", "长文", "一二三四五六七八九十" * 2 + "，" + "没有标点" * 20)
    hits = tuple(Hit(Passage(d, 0, len(d.text)), 1.0) for d in (SOURCE, long, SOURCE, SOURCE))
    *_, shown = growing(Answer("问？", "absent", ABSENT["zh"], hits=hits), "zh")
    assert plain(shown) == ABSENT["zh"] and "可能相关" in shown
    assert shown.count("<li>") == 3
    assert "<q>一二三四五六七八九十一二三四五六七八九十……</q>" in shown


def test_english_questions_get_english_labels() -> None:
    *_, shown = growing(answered(), "en")
    assert 'lang="en"' in shown and "Quoted from the documents" in shown and "出处" not in shown
    *_, written = growing(answered(reader="llm"), "en")
    assert "Written by AI" in written


@pytest.mark.parametrize("question", ["两\n行", ATTACK, "a & b &amp; c", "引“号”", "<br>"])
def test_a_question_comes_back_as_it_was_asked(question: str) -> None:
    shown = asked(question)
    assert plain(shown) == question
    assert unescape(shown.removeprefix('<p class="cw-asked">').removesuffix("</p>").replace("<br>", "\n")) == question


def test_turns_are_plain_and_few() -> None:
    *_, shown = growing(answered(short_answer="5"), "zh")
    history: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "text": "问？"}]},
        {"role": "assistant", "content": shown, "metadata": None},
    ]
    assert turns_of(history) == [{"role": "user", "content": "问？"}, {"role": "assistant", "content": plain(shown)}]
    assert len(turns_of(history * 9)) == 10


@pytest.fixture(scope="module")
def chat(article: Document) -> Any:
    return build_chat(Service(build([article], None), None, Settings()))


def test_a_wrong_question_gets_a_message_and_a_right_one_its_options(chat: Any) -> None:
    async def said(question: str, history: list[dict[str, str]]) -> list[Any]:
        return [message async for message in chat.fn(question, history)]

    waiting, refused = asyncio.run(said("长" * 501, []))
    assert "正在检索" in waiting and plain(refused).startswith("问题有 501 字")
    first, *_, last = asyncio.run(said(NUMBER, []))
    assert first == waiting and "2685万次" in last.content and len(last.options) == 3
    assert "The documents do not" in asyncio.run(said("Who won the 1998 world cup?", []))[1]


def test_nothing_but_text_is_taken_from_a_browser(chat: Any) -> None:
    chatbot = chat.chatbot
    forged: dict[str, Any] = {"type": "component", "component": "image", "value": None, "props": {}}
    forged["constructor_args"] = {"value": "/etc/passwd"}
    messages = [
        {"role": "user", "content": [forged, {"type": "text", "text": asked("问<b>？")}]},
        {"role": "assistant", "content": [{"type": "file", "file": {"path": "/etc/passwd"}}]},
    ]
    taken = chatbot.preprocess(chatbot.data_model.model_validate(messages))
    assert taken == [{"role": "user", "content": "问<b>？"}, {"role": "assistant", "content": ""}]
    assert chatbot.postprocess(taken).model_dump()[0]["content"][0]["text"] == asked("问<b>？")


@pytest.fixture(scope="module")
def address(article: Document, encoder: TextEncoder) -> Iterator[str]:
    """A real server on a free port of this machine."""
    service = Service(build([article], encoder), encoder, Settings())
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(service), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open; it fails a test that asked another host or met an error."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    met: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else met.append(r.url))
    page.on("console", lambda m: met.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: met.append(str(e)))
    page.goto(address)
    expect(page.get_by_label("请输入问题")).to_be_focused()
    yield page
    context.close()
    assert met == []


def ask(page: Page, question: str) -> None:
    page.get_by_label("请输入问题").fill(question)
    page.keyboard.press("Enter")


def in_browser(test: Any) -> Any:
    return pytest.mark.browser(pytest.mark.encoder(test))


@in_browser
def test_the_page_opens_in_chinese(page: Page) -> None:
    assert page.title() == "城问"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    expect(page.locator(".example")).to_have_count(6)
    expect(page.get_by_role("button", name="发送")).to_be_visible()
    assert page.locator("button:visible").count() == 7


@in_browser
def test_a_question_by_keyboard_gets_its_short_answer_and_its_source(page: Page) -> None:
    ask(page, NUMBER)
    expect(page.locator(".cw-text strong")).to_have_text("2685万次")
    expect(page.locator("ol.cw-sources li")).to_have_count(1)
    expect(page.locator("ol.cw-sources q")).to_have_text(QUOTE)
    expect(page.locator("ol.cw-sources cite")).to_contain_text("科技赋能")
    expect(page.get_by_text("原文摘录")).to_be_visible()
    box = page.get_by_label("请输入问题")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("placeholder", "请输入问题，按回车键发送")
    page.locator("a.cw-mark").click()
    expect(page.locator("li.cw-found q")).to_have_text(QUOTE)


@in_browser
def test_what_the_article_does_not_say(page: Page) -> None:
    ask(page, "怎样修理自行车？")
    expect(page.locator(".cw-text")).to_have_text(ABSENT["zh"])
    expect(page.locator("ul.cw-sources li")).to_have_count(3)
    expect(page.locator("ol.cw-sources")).to_have_count(0)


@in_browser
def test_suggestions_ask(page: Page) -> None:
    first = page.locator(".example").first
    question = first.inner_text()
    first.click()
    expect(page.locator(".cw-asked")).to_have_text(question)
    expect(page.locator("ol.cw-sources li")).to_have_count(1)
    following = page.locator(".option").first
    asked_next = following.inner_text()
    following.click()
    expect(page.locator(".cw-asked")).to_have_text([question, asked_next])
    expect(page.locator("ol.cw-sources")).to_have_count(2)


@in_browser
def test_a_follow_up_is_understood(page: Page) -> None:
    ask(page, "上海的“1+6”文件是哪一年出台的？")
    expect(page.locator(".cw-text strong")).to_have_text("2015年")
    ask(page, "那成都呢？")
    expect(page.locator(".cw-text").last).to_contain_text("成都市")


@in_browser
def test_what_people_write_stays_text(page: Page) -> None:
    ask(page, ATTACK)
    expect(page.locator(".cw-asked")).to_have_text(ATTACK)
    expect(page.locator(".cw-text")).to_have_count(1)
    assert page.locator("[role=log] :is(img, script, form), .cw-asked *").count() == 0
    ask(page, "再问一次：" + ATTACK)
    expect(page.locator(".cw-asked").first).to_have_text(ATTACK)
    expect(page.locator(".cw-text")).to_have_count(2)
    assert page.title() == "城问"


@in_browser
def test_enter_of_an_input_method_does_not_send(page: Page) -> None:
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "chengshi", "selectionStart": 8, "selectionEnd": 8})
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    expect(page.locator(".cw-asked")).to_have_count(0)
    typing.send("Input.insertText", {"text": "城市因什么而美好？"})
    expect(page.get_by_label("请输入问题")).to_have_value(re.compile("^城市因什么而美好？"))
    page.keyboard.press("Enter")
    expect(page.locator(".cw-asked")).to_have_text("城市因什么而美好？")


@in_browser
def test_nothing_is_sent_when_nothing_is_written(page: Page) -> None:
    ask(page, "   ")
    page.get_by_role("button", name="发送").click()
    page.wait_for_timeout(500)
    expect(page.locator(".cw-asked")).to_have_count(0)
    expect(page.locator(".example")).to_have_count(6)


@in_browser
def test_two_tabs_do_not_see_each_other(page: Page, address: str) -> None:
    other = page.context.new_page()
    other.goto(address)
    ask(page, NUMBER)
    ask(other, "城市因什么而美好？")
    for tab, question in ((page, NUMBER), (other, "城市因什么而美好？")):
        expect(tab.locator(".cw-text")).to_have_count(1)
        expect(tab.locator(".cw-asked")).to_have_text(question)


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, NUMBER)
    expect(page.locator(".option").last).to_be_in_viewport()
    expect(page.get_by_role("button", name="发送")).to_be_in_viewport(ratio=1)
    ask(page, "“两张网”指的是什么？")
    expect(page.locator(".cw-text")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("[role=log]").evaluate("log => log.scrollWidth <= log.clientWidth")
    assert page.evaluate("document.documentElement.scrollHeight") <= 844
