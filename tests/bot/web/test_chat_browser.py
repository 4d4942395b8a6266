"""The chat in a real browser: what a person does with it, by mouse, by keyboard, by ear, on a phone."""

import re
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from conftest import BigramEncoder
from docx import Document as new_docx
from playwright.sync_api import Browser, Locator, Page, expect
from support.accessibility import axe
from support.serving import serving, tab

from bot.answer import ABSENT
from bot.live import Live
from bot.service import IndexState, Service
from bot.settings import Settings
from bot.storage.feedback import FILE, Feedback
from bot.web.app import create_app
from corpus import Document
from index import Vectors
from index.encoder import TextEncoder
from index.snapshot import build

NUMBER = "杭州健康码日最高使用量是多少？"
QUOTE = "“杭州健康码”日最高使用量超过2685万次。"
NETS = "上海的“两张网”分别指什么？"
FIRST = "城市因什么而美好？"
ATTACK = '<img src=x onerror="document.title=1"><script>alert(1)</script> **星** ![](http://evil.test/x) [链](http://evil.test/)'

# Marks that begin a line: the words before them end above.
ALONE = """[...document.querySelectorAll(".cw-text .cw-mark")].filter((mark) => {
    const words = document.createRange();
    words.selectNodeContents(mark.closest(".cw-kept").firstChild);
    return words.getBoundingClientRect().bottom < mark.getBoundingClientRect().top;
}).length"""

pytestmark = [pytest.mark.browser, pytest.mark.encoder]


@pytest.fixture(scope="module")
def home_of_all(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(article: Document, encoder: TextEncoder, home_of_all: Any) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHENGWEN_HOME", str(home_of_all))
        app = create_app(
            Live(
                Service(
                    build([article], encoder),
                    encoder,
                    Settings(),
                    IndexState({"generation": "gen-000001"}),
                )
            )
        )
    with serving(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with tab(browser, address) as page:
        page.goto("/")
        expect(box(page)).to_be_focused()
        yield page


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^(请输入问题|Your question)$"))


def ask(page: Page, question: str) -> None:
    answers = page.locator(".cw-message").count()
    box(page).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".cw-message:not(.cw-waiting)")).to_have_count(answers + 1)
    expect(page.get_by_role("button", name=re.compile("^(发送|Send)$"))).to_be_visible()


def size(element: Locator) -> dict[str, Any]:
    box = element.bounding_box()
    assert box
    return dict(box)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).last


def test_the_page_opens_in_chinese_and_says_what_can_be_asked(page: Page) -> None:
    assert page.title() == "城问"
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("heading", level=1)).to_have_text("有什么想了解的？")
    expect(page.locator(".cw-ask")).to_have_count(3)
    expect(page.get_by_text("请以原文为准")).to_be_visible()
    expect(page.get_by_role("log")).to_have_count(0)
    ask(page, NUMBER)
    expect(page.get_by_role("heading", level=1)).to_have_count(0)
    expect(page.get_by_role("log", name="对话")).to_have_attribute("aria-live", "off")


def test_a_question_by_keyboard_gets_its_short_answer_and_its_source(page: Page) -> None:
    ask(page, NUMBER)
    expect(page.locator(".cw-text").first).to_contain_text("2685万次")
    # Without the reading network no short answer is sure, so none stands large.
    expect(page.locator(".cw-lead")).to_have_count(0)
    expect(page.get_by_text("毫秒")).to_have_count(0)
    expect(page.get_by_text("原文摘录")).to_be_visible()
    expect(page.locator("#cw-status")).to_have_text("回答完毕，引用 1 处。")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_attribute("placeholder", "请输入问题，回车发送")
    page.locator(".cw-sources summary").click()
    expect(page.locator(".cw-sources q")).to_have_text(QUOTE)
    expect(page.locator(".cw-around")).to_contain_text("小到买菜、出行")
    expect(page.locator(".cw-sources cite")).to_contain_text("科技赋能")


def test_a_mark_opens_the_sentence_in_its_paragraph_and_gives_the_focus_back(page: Page) -> None:
    ask(page, "杭州和上海各有什么做法？")
    marks = page.locator("a.cw-mark")
    assert marks.count() > 1
    marks.first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark")).to_have_text(
        page.locator(".cw-sources q").first.text_content() or ""
    )
    assert len(dialog.locator("blockquote").inner_text()) > len(dialog.locator("mark").inner_text())
    expect(dialog.get_by_role("heading")).to_contain_text("城市治理")
    expect(dialog).to_contain_text("2020-12-05")
    expect(dialog.locator("mark")).to_be_in_viewport()
    expect(button(page, "上一处")).to_be_disabled()
    button(page, "下一处").click()
    expect(dialog.locator("mark")).to_have_text(
        page.locator(".cw-sources q").nth(1).text_content() or ""
    )
    page.keyboard.press("ArrowLeft")
    expect(dialog).to_contain_text("出处 1/")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(marks.first).to_be_focused()


def test_a_source_stands_beside_the_answer_and_is_no_modal(page: Page) -> None:
    ask(page, "这篇文章讲了什么？")
    page.locator("a.cw-mark").first.click()
    source = page.get_by_role("dialog")
    expect(source.locator("mark")).to_be_visible()
    edges, answer = size(source), size(page.locator(".cw-text"))
    assert answer["x"] + answer["width"] <= edges["x"] and edges["height"] == 800
    box(page).click()
    expect(box(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(source).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("a.cw-mark").first.click()
    expect(source.locator("mark")).to_be_visible()
    edges = size(source)
    assert edges["width"] == 390 and edges["y"] > 100 and edges["y"] + edges["height"] == 844


def test_the_punctuation_of_the_original_is_behind_a_switch(page: Page) -> None:
    ask(page, NETS)
    page.locator("a.cw-mark").first.click()
    quote = page.get_by_role("dialog").locator("blockquote")
    expect(quote).to_contain_text("（政务服务“一网通办”、城市运行“一网统管”），让数据")
    button(page, "原文标点").click()
    expect(quote).to_contain_text("(政务服务“一网通办”、城市运行“一网统管”),让数据")
    button(page, "原文标点").click()
    expect(quote).to_contain_text("“一网统管”），让数据")


def test_marks_stay_with_the_words_before_them_at_any_width(page: Page) -> None:
    ask(page, "上海和杭州的做法有什么不同？")
    for width in range(320, 700, 20):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(ALONE) == 0, width


def test_a_source_leads_to_the_article_with_the_sentence_highlighted(page: Page) -> None:
    ask(page, NUMBER)
    page.locator("a.cw-mark").click()
    page.get_by_role("dialog").get_by_role("link", name="在全文中阅读").click()
    expect(page.frame_locator("#cw-beside iframe").locator("#cited")).to_have_text(QUOTE)
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="在新标签页打开").click()
    expect(opening.value.locator("#cited")).to_have_text(QUOTE)
    expect(opening.value.locator("#cited")).to_be_in_viewport()


def test_what_the_article_does_not_say(page: Page) -> None:
    ask(page, "怎样修理自行车？")
    expect(page.locator(".cw-text")).to_have_text(ABSENT["zh"])
    expect(page.locator(".cw-related")).to_have_count(0)
    expect(page.locator("a.cw-mark")).to_have_count(0)
    expect(page.locator("#cw-status")).to_have_text("资料中没有找到答案。")


def test_suggestions_ask(page: Page) -> None:
    first = page.locator(".cw-ask").first
    question = first.inner_text()
    first.click()
    expect(page.locator(".cw-asked")).to_have_text(question)
    expect(page.locator("details.cw-sources")).to_have_count(1)
    following = page.locator(".cw-next .cw-ask").first
    asked_next = following.inner_text()
    following.click()
    expect(page.locator(".cw-asked")).to_have_text([question, asked_next])
    expect(page.locator("details.cw-sources")).to_have_count(2)


def test_a_follow_up_is_understood(page: Page) -> None:
    ask(page, "上海的“1+6”文件是哪一年出台的？")
    expect(page.locator(".cw-text").first).to_contain_text("2015年")
    ask(page, "那成都呢？")
    expect(page.locator(".cw-text").last).to_contain_text("成都市")


def test_an_edit_replaces_what_follows(page: Page) -> None:
    for question in (NUMBER, NETS):
        ask(page, question)
    page.locator(".cw-asked").first.hover()
    page.get_by_role("button", name="修改问题").first.click()
    expect(box(page)).to_have_value(NUMBER)
    expect(page.get_by_text("正在修改前面的问题")).to_be_visible()
    box(page).fill(FIRST)
    page.keyboard.press("Enter")
    expect(page.locator(".cw-asked")).to_have_text([FIRST])
    expect(page.get_by_text("正在修改前面的问题")).to_be_hidden()


def test_an_edit_can_be_called_off(page: Page) -> None:
    ask(page, NUMBER)
    page.get_by_role("button", name="修改问题").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="取消").click()
    expect(box(page)).to_have_value("")
    ask(page, FIRST)
    expect(page.locator(".cw-asked")).to_have_text([NUMBER, FIRST])


def test_a_copy_has_its_sources_and_its_label(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, NUMBER)
    button(page, "复制").click()
    expect(page.locator("#cw-status")).to_have_text("已复制")
    text, source, place, link, label = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert (text, source, label) == (f"{QUOTE}[1]", f"[1] {QUOTE}", "（原文摘录）")
    assert "科技赋能" in place and link.strip().startswith(f"{address}read/")


def test_a_thumb_is_kept_with_its_reason_and_can_be_taken_back(
    page: Page, home_of_all: Any
) -> None:
    ask(page, NUMBER)
    button(page, "没用").click()
    page.get_by_label("引用有误").check()
    page.get_by_label("补充说明").fill("少了一句")
    button(page, "提交").click()
    expect(button(page, "没用")).to_have_attribute("aria-pressed", "true")
    judged = Feedback(home_of_all / FILE).all()[-1]
    assert (judged.verdict, judged.reason, judged.note) == ("down", "wrong_citation", "少了一句")
    assert (judged.question, judged.outcome, judged.generation) == (
        NUMBER,
        "answered",
        "gen-000001",
    )
    assert judged.citations[0].startswith("gmw-2020-12-05-chengshi-zhili.")
    button(page, "有用").click()
    expect(button(page, "没用")).to_have_attribute("aria-pressed", "false")
    assert Feedback(home_of_all / FILE).all()[-1].verdict == "up"
    button(page, "有用").click()
    expect(page.locator("#cw-status")).to_have_text("已撤回。")
    assert judged.answer_id not in {j.answer_id for j in Feedback(home_of_all / FILE).all()}


def test_thinking_better_of_a_complaint_keeps_nothing(page: Page, home_of_all: Any) -> None:
    ask(page, FIRST)
    before = len(Feedback(home_of_all / FILE).all())
    button(page, "没用").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button(page, "没用")).to_be_focused()
    assert len(Feedback(home_of_all / FILE).all()) == before


def test_conversations_are_kept_opened_exported_and_deleted(page: Page) -> None:
    ask(page, NUMBER)
    button(page, "新对话").click()
    expect(page.locator(".cw-asked")).to_have_count(0)
    expect(page.locator(".cw-openers .cw-ask")).to_have_count(3)
    expect(page.locator(".cw-openers")).to_be_visible()
    ask(page, NETS)
    button(page, "历史").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".cw-title")).to_have_text([NETS, NUMBER])
    with page.expect_download() as exported:
        dialog.get_by_role("button", name=f"导出 Markdown：{NUMBER}").click()
    markdown = exported.value.path().read_text("utf-8")
    assert (
        markdown.startswith(f"# {NUMBER}\n")
        and f"{QUOTE}[1]".replace("[", r"\[").replace("]", r"\]") in markdown
    )
    assert "1. " + QUOTE in markdown and "/read/gmw-2020-12-05-chengshi-zhili?start=" in markdown
    dialog.locator(".cw-title", has_text=NUMBER).click()
    expect(page.locator(".cw-asked")).to_have_text([NUMBER])
    page.locator("a.cw-mark").click()
    expect(page.locator("dialog mark")).to_have_text(QUOTE)
    page.keyboard.press("Escape")
    button(page, "历史").click()
    dialog.get_by_role("button", name=f"删除：{NUMBER}").click()
    expect(page.locator(".cw-asked")).to_have_count(0)
    dialog.get_by_role("button", name="全部删除").click()
    dialog.get_by_role("button", name="确认全部删除").click()
    expect(dialog).to_contain_text("还没有历史对话")
    assert (
        page.evaluate("Object.keys(localStorage).filter(k => k.includes('conversation')).length")
        == 0
    )


def test_a_conversation_is_given_out_from_its_last_answer(page: Page) -> None:
    for question in (NUMBER, NETS):
        ask(page, question)
    expect(page.locator(".cw-export:visible")).to_have_count(1)
    page.locator(".cw-export summary").last.click()
    with page.expect_download() as exported:
        button(page, "Word 文档").click()
    assert exported.value.suggested_filename.endswith(".docx")
    told = [paragraph.text for paragraph in new_docx(str(exported.value.path())).paragraphs]
    assert told[0] == NUMBER and f"{QUOTE}[1]" in told and told.count("原文摘录") == 2
    assert any(line.startswith(f"[1] {QUOTE}") and "/read/gmw" in line for line in told)
    page.locator(".cw-export summary").last.click()
    with page.expect_download() as exported:
        button(page, "Markdown").click()
    markdown = exported.value.path().read_text("utf-8")
    assert markdown.startswith(f"# {NUMBER}\n") and markdown.count("（原文摘录）") == 2


def test_what_people_write_stays_text(page: Page) -> None:
    ask(page, ATTACK)
    expect(page.locator(".cw-asked")).to_have_text(ATTACK)
    assert page.locator("[role=log] :is(img, script, form), .cw-asked *").count() == 0
    ask(page, "再问一次：" + ATTACK)
    expect(page.locator(".cw-asked").first).to_have_text(ATTACK)
    page.reload()
    expect(page.locator(".cw-asked").first).to_have_text(ATTACK)
    button(page, "历史").click()
    expect(page.locator(".cw-title")).to_have_text(ATTACK)
    assert page.title() == "城问"


def test_enter_of_an_input_method_does_not_send(page: Page) -> None:
    typing = page.context.new_cdp_session(page)
    typing.send(
        "Input.imeSetComposition", {"text": "chengshi", "selectionStart": 8, "selectionEnd": 8}
    )
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    expect(page.locator(".cw-asked")).to_have_count(0)
    typing.send("Input.insertText", {"text": FIRST})
    expect(box(page)).to_have_value(re.compile("^" + FIRST))
    page.keyboard.press("Enter")
    expect(page.locator(".cw-asked")).to_have_text(FIRST)


def test_nothing_is_sent_when_nothing_is_written(page: Page) -> None:
    box(page).fill("   ")
    page.keyboard.press("Enter")
    button(page, "发送").click()
    page.wait_for_timeout(500)
    expect(page.locator(".cw-asked")).to_have_count(0)


def test_what_is_sent_right_after_a_reload_goes_on_with_the_conversation(page: Page) -> None:
    ask(page, NUMBER)
    page.reload(wait_until="commit")
    box(page).fill(NETS)
    for _ in range(40):
        page.keyboard.press("Enter")
        if page.locator(".cw-asked", has_text=NETS).count():
            break
        page.wait_for_timeout(100)
    expect(page.locator(".cw-asked")).to_have_text([NUMBER, NETS])
    expect(page.locator(".cw-message:not(.cw-waiting)")).to_have_count(2)
    button(page, "历史").click()
    expect(page.locator(".cw-title")).to_have_text([NUMBER])


def test_a_question_in_the_address_is_written_and_not_sent(page: Page) -> None:
    page.goto("/?ask=文中“两张网”说的是什么？")
    expect(box(page)).to_have_value("文中“两张网”说的是什么？")
    page.wait_for_timeout(500)
    expect(page.locator(".cw-asked")).to_have_count(0)


def test_what_is_kept_may_be_broken_or_forged(page: Page) -> None:
    forged = '<div class="cw-message"><p class="cw-text">答</p><form action="http://evil.test/"><input></form></div>'
    said = [{"role": "user", "content": ATTACK}, {"role": "assistant", "content": forged}]
    kept: list[dict[str, Any]] = [{"time": 9e99}, {"title": {}}, {"messages": [None]}]
    kept += [
        {"messages": [{"role": "user", "content": 1}]},
        {"messages": [{"role": "system", "content": ""}]},
    ]
    entries = [
        "{",
        "null",
        *({"id": "b", "time": 1, "title": "x", "messages": [], **wrong} for wrong in kept),
    ]
    page.evaluate(
        "entries => entries.forEach((entry, n) => localStorage.setItem("
        "`chengwen.conversation.${n}`, typeof entry === 'string' ? entry : JSON.stringify(entry)))",
        [*entries, {"id": "a", "time": 8e15, "title": ATTACK, "messages": said, "verdicts": 5}],
    )
    button(page, "历史").click()
    expect(page.locator(".cw-title")).to_have_text([ATTACK])
    with page.expect_download():
        page.get_by_role("button", name="导出 Markdown").click()
    page.locator(".cw-title").click()
    expect(page.locator(".cw-asked")).to_have_text(ATTACK)
    expect(page.locator(".cw-text")).to_have_text("答")
    assert page.locator("[role=log] :is(img, script, form, input)").count() == 0
    ask(page, NUMBER)


def test_a_dialog_closes_by_a_press_on_the_page_and_by_no_other(page: Page) -> None:
    page.set_viewport_size({"width": 900, "height": 800})
    ask(page, NUMBER)
    page.locator("a.cw-mark").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark")).to_be_visible()
    edges = size(dialog)
    page.mouse.click(edges["x"] + 4, edges["y"] + 4)
    page.mouse.move(edges["x"] + 40, edges["y"] + 100)
    page.mouse.down()
    page.mouse.move(4, 4)
    page.mouse.up()
    expect(dialog).to_be_visible()
    page.mouse.click(4, 4)
    expect(dialog).to_be_hidden()
    expect(page.locator("a.cw-mark")).to_be_focused()


def test_questions_are_headings_to_go_by(page: Page) -> None:
    for question in (NUMBER, NETS):
        ask(page, question)
    expect(page.get_by_role("heading", level=2)).to_have_text([NUMBER, NETS])


def test_two_tabs_do_not_see_each_other(page: Page, address: str) -> None:
    other = page.context.new_page()
    other.goto(address)
    ask(page, NUMBER)
    ask(other, FIRST)
    for own, question in ((page, NUMBER), (other, FIRST)):
        own.reload()
        expect(own.locator(".cw-text")).to_have_count(1)
        expect(own.locator(".cw-asked")).to_have_text(question)
    button(page, "历史").click()
    expect(page.locator(".cw-title")).to_have_text([FIRST, NUMBER])


def test_one_conversation_in_two_tabs_becomes_two(page: Page, address: str) -> None:
    ask(page, NUMBER)
    other = page.context.new_page()
    other.goto(address)
    button(other, "历史").click()
    other.locator(".cw-title").click()
    expect(other.locator(".cw-asked")).to_have_text([NUMBER])
    ask(other, FIRST)
    ask(page, NETS)
    button(page, "历史").click()
    expect(page.locator(".cw-title")).to_have_text([NUMBER, NUMBER])
    kept = page.evaluate(
        "Object.keys(localStorage).filter(k => k.includes('conversation')).map(k => localStorage[k])"
    )
    assert sorted((FIRST in entry, NETS in entry) for entry in kept) == [
        (False, True),
        (True, False),
    ]


def test_without_storage_the_chat_works_and_says_that_nothing_is_kept(
    browser: Browser, address: str
) -> None:
    with tab(browser, address) as page:
        page.add_init_script(
            "for (const name of ['localStorage', 'sessionStorage'])"
            " Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
        )
        page.goto("/")
        ask(page, NUMBER)
        expect(page.locator(".cw-text").first).to_contain_text("2685万次")
        button(page, "历史").click()
        expect(page.get_by_role("dialog")).to_contain_text("浏览器不允许保存")


def test_the_page_in_english(page: Page) -> None:
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to know?")
    ask(page, "What was the peak daily use of the Hangzhou health code?")
    expect(page.locator(".cw-text")).to_contain_text(QUOTE)
    expect(page.locator(".cw-badge")).to_have_text("Quoted from the articles")
    expect(page.locator("#cw-status")).to_have_text("Answered. Citations: 1.")
    page.get_by_role("link", name="Articles").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_by_keyboard_alone(page: Page) -> None:
    page.keyboard.type(NUMBER)
    page.keyboard.press("Enter")
    expect(page.locator(".cw-answered")).to_have_count(1)
    reached = set()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        reached.add(
            page.evaluate("document.activeElement.innerText || document.activeElement.className")
        )
    for name in (
        "1",
        "复制",
        "导出对话",
        "有用",
        "没用",
        "修改问题",
        "历史",
        "新对话",
        "大字",
        "随系统",
        "English",
        "文章",
        "说明",
    ):
        assert name in reached
    page.locator("body").press("/")
    expect(box(page)).to_be_focused()


def test_large_text_is_remembered_and_fits(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    button(page, "菜单").click()
    button(page, "大字").click()
    before = page.locator(".cw-invite").evaluate("p => parseFloat(getComputedStyle(p).fontSize)")
    page.reload()
    button(page, "菜单").click()
    expect(button(page, "大字")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(button(page, "大字")).to_be_hidden()
    assert (
        page.locator(".cw-invite").evaluate("p => parseFloat(getComputedStyle(p).fontSize)")
        == before
        > 18
    )
    ask(page, NETS)
    fits(page, 390)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390])
def test_the_page_fits_a_phone(page: Page, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    ask(page, NUMBER)
    expect(page.locator(".cw-next .cw-ask").last).to_be_in_viewport()
    ask(page, NETS)
    fits(page, width)


@pytest.mark.parametrize(("width", "height"), [(740, 360), (320, 568)])
def test_a_small_screen_shows_the_answer_and_whole_dialogs(
    browser: Browser, address: str, width: int, height: int
) -> None:
    with tab(
        browser,
        address,
        viewport={"width": width, "height": height},
        has_touch=True,
        is_mobile=True,
    ) as page:
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)
        for question in (NETS, NUMBER):
            ask(page, question)
            expect(page.locator(".cw-text").last).to_be_in_viewport(ratio=1)
        expect(page.locator(".cw-asked").last).to_be_in_viewport(ratio=1)
        fits(page, width)
        assert page.locator("[role=log]").evaluate("log => log.clientHeight") > height / 2
        for control in page.locator(".cw-header :is(a, button):visible").all():
            assert size(control)["height"] >= 44
        page.locator("a.cw-mark").last.tap()
        expect(page.locator("dialog mark")).to_be_in_viewport()
        expect(button(page, "关闭")).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("link", name="在全文中阅读")).to_be_in_viewport(ratio=1)


def fits(page: Page, width: int) -> None:
    expect(page.get_by_role("button", name="发送")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[role=log]").evaluate("log => log.scrollWidth <= log.clientWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    assert axe(page) == []
    ask(page, NUMBER)
    ask(page, "怎样修理自行车？")
    page.locator(".cw-sources summary").click()
    page.locator(".cw-export summary").last.click()
    page.wait_for_timeout(300)
    assert axe(page) == []
    for name in ("没用", "历史"):
        button(page, name).click()
        assert axe(page) == []
        page.keyboard.press("Escape")
    page.locator("a.cw-mark").first.click()
    expect(page.locator("dialog mark")).to_be_visible()
    assert axe(page) == []


@pytest.fixture(scope="module")
def laws() -> Service:
    document = Document("dezhou", "德州市养犬管理条例", "第三十条 本条例自2019年5月1日起施行。")
    return Service(build([document], None), None, Settings())


def test_what_is_not_held_is_named_and_the_nearest_can_be_asked(
    browser: Browser, laws: Service
) -> None:
    missing = "《扬州市养犬管理条例》什么时候施行？"
    nearest = "《德州市养犬管理条例》什么时候施行？"
    with serving(create_app(Live(laws))) as address, tab(browser, address) as page:
        page.goto("/")
        ask(page, missing)
        expect(page.locator(".cw-text")).to_have_text(
            "资料库里没有《扬州市养犬管理条例》。最接近的是《德州市养犬管理条例》。"
        )
        expect(page.locator(".cw-related")).to_have_count(0)
        button(page, nearest).click()
        expect(page.locator(".cw-asked")).to_have_text([missing, nearest])
        page.goto("/embed?mode=full")
        page.locator("#cw-box textarea").fill(missing)
        page.locator("#cw-send").click()
        page.locator(".cw-ask", has_text=nearest).click()
        expect(page.locator(".cw-asked")).to_have_text([f"您：{missing}", f"您：{nearest}"])


class SlowEncoder(BigramEncoder):
    """Waits before each question until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.free = Event()
        self.free.set()

    def encode_query(self, sentences: list[str]) -> Vectors:
        self.free.wait(30)
        return super().encode_query(sentences)


@pytest.fixture(scope="module")
def slow(article: Document) -> SlowEncoder:
    return SlowEncoder()


@pytest.fixture(scope="module")
def slow_service(article: Document, slow: SlowEncoder) -> Service:
    return Service(build([article], slow), slow, Settings())


def test_a_question_can_be_stopped_and_asked_again(
    browser: Browser, slow: SlowEncoder, slow_service: Service
) -> None:
    with serving(create_app(Live(slow_service))) as address, tab(browser, address) as page:
        page.goto("/")
        slow.free.clear()
        box(page).fill(NUMBER)
        page.keyboard.press("Enter")
        expect(page.get_by_text("正在查找")).to_be_visible()
        button(page, "停止").click()
        expect(page.locator(".cw-text")).to_have_text("已停止。")
        slow.free.set()
        expect(button(page, "发送")).to_be_visible()
        button(page, "重试").click()
        expect(page.locator(".cw-asked")).to_have_text([NUMBER])
        expect(page.locator(".cw-text")).to_contain_text("2685万次")


def test_a_question_outlives_the_server(browser: Browser, slow_service: Service) -> None:
    with serving(create_app(Live(slow_service))) as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        page = browser.new_context(base_url=address, locale="zh-CN").new_page()
        page.goto("/")
        ask(page, NUMBER)
    box(page).fill(NETS)
    page.keyboard.press("Enter")
    expect(page.locator("#cw-status")).to_contain_text("无法连接服务")
    expect(page.locator("#cw-status")).to_be_in_viewport()
    expect(page.get_by_text("Connection")).to_be_hidden()
    expect(box(page)).to_have_value(NETS)
    page.wait_for_timeout(5500)
    expect(page.locator("#cw-status")).to_contain_text("无法连接服务")
    with serving(create_app(Live(slow_service)), port):
        expect(page.locator("#cw-status")).not_to_contain_text("无法连接服务")
        expect(page.locator(".cw-asked")).to_have_text([NUMBER])
        expect(box(page)).to_have_value(NETS)
        page.keyboard.press("Enter")
        expect(page.locator(".cw-asked")).to_have_text([NUMBER, NETS])
        expect(box(page)).to_have_value("")
        page.context.close()


def test_history_and_page_outlive_the_server(browser: Browser, slow_service: Service) -> None:
    with serving(create_app(Live(slow_service))) as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        context = browser.new_context(base_url=address, locale="zh-CN")
        page = context.new_page()
        page.goto("/")
        ask(page, NUMBER)
    with serving(create_app(Live(slow_service)), port):
        ask(page, NETS)
        expect(page.locator(".cw-asked")).to_have_text([NUMBER, NETS])
        page.goto("about:blank")
        page.goto("/")
        expect(page.locator(".cw-asked")).to_have_text([NUMBER, NETS])
        later = context.new_page()
        later.goto("/")
        expect(later.locator(".cw-asked")).to_have_count(0)
        button(later, "历史").click()
        later.locator(".cw-title").click()
        expect(later.locator(".cw-asked")).to_have_text([NUMBER, NETS])
        context.close()
