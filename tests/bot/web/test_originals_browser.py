"""The original beside the answer, in a real browser: by mouse and keyboard, on a wide screen and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect
from support.accessibility import axe
from support.originals import QUESTION, fill_further, ids, watched
from support.serving import serving, tab

from bot.storage.feedback import FILE, Feedback
from bot.web.app import create_app

PARK = "公园几点关门？"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill_further(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def home_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(folder: Path, home_of_all: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHENGWEN_HOME", str(home_of_all))
        app = create_app(watched(folder).live)
    with serving(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with tab(browser, address, viewport=WIDE) as page:
        page.goto("/")
        expect(page.locator("#cw-box textarea")).to_be_focused()
        yield page


def ask(page: Page, question: str) -> None:
    """Asks, and opens the sources of the answer."""
    answers = page.locator(".cw-message").count()
    page.locator("#cw-box textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".cw-message:not(.cw-waiting)")).to_have_count(answers + 1)
    expect(page.locator("#cw-box .submit-button")).to_be_visible()
    page.locator(".cw-sources summary").last.click()


def beside(page: Page) -> Locator:
    return page.get_by_role("complementary")


def within(page: Page) -> FrameLocator:
    return page.frame_locator("#cw-beside iframe")


def place(page: Page) -> Locator:
    """The link to the page of the article that was cited last."""
    return page.locator(".cw-message li a:not(.cw-original)").last


def original(page: Page) -> Locator:
    return page.locator(".cw-message").get_by_role("link", name="PDF 原件")


def test_a_pdf_opens_beside_the_answer_at_the_page_of_the_citation(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator(".cw-sources cite")).to_have_text(
        "社区养老服务报告 · 第三章 助餐 · 第 3 页"
    )
    with page.expect_response("**/file/report") as answered:
        original(page).click()
    assert answered.value.status == 200
    assert answered.value.headers["content-type"] == "application/pdf"
    expect(beside(page)).to_be_focused()
    expect(beside(page)).to_have_accessible_name("社区养老服务报告 · 第三章 助餐 · 第 3 页")
    frame = page.locator("#cw-beside iframe")
    expect(frame).to_have_attribute("src", f"{page.url}file/report#page=3")
    expect(frame).to_have_attribute("title", "社区养老服务报告 · 第三章 助餐 · 第 3 页")
    apart = beside(page).get_by_role("link", name="在新标签页打开")
    expect(apart).to_have_attribute("href", f"{page.url}file/report#page=3")
    panel, box = beside(page).bounding_box(), page.locator("#cw-box").bounding_box()
    assert panel and box and box["x"] + box["width"] <= panel["x"]
    assert panel["x"] + panel["width"] == WIDE["width"] and panel["height"] == WIDE["height"]
    expect(original(page)).to_be_in_viewport()


def test_it_is_closed_by_escape_and_by_its_button_and_gives_the_focus_back(page: Page) -> None:
    ask(page, QUESTION)
    for close in ("Escape", "button", "keyboard"):
        original(page).focus()
        page.keyboard.press("Enter")
        expect(beside(page)).to_be_focused()
        if close == "Escape":
            page.keyboard.press("Escape")
        elif close == "button":
            beside(page).get_by_role("button", name="关闭对照").click()
        else:
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            expect(beside(page).get_by_role("button")).to_be_focused()
            page.keyboard.press("Enter")
        expect(page.locator("#cw-beside")).to_be_hidden()
        expect(original(page)).to_be_focused()
        expect(page.locator("iframe")).to_have_count(0)


def test_what_is_no_pdf_opens_as_our_page_at_the_marked_sentence(page: Page) -> None:
    ask(page, PARK)
    expect(original(page)).to_have_count(0)
    place(page).click()
    expect(within(page).locator("#cited")).to_have_text("公园每天六点开门，二十二点关门。")
    expect(within(page).locator("#cited")).to_be_in_viewport()
    expect(within(page).locator(".cw-header")).to_be_hidden()
    expect(within(page).get_by_role("link", name="原件")).to_have_attribute("target", "_blank")
    assert axe(page) == []
    within(page).locator("#cited").click()
    page.keyboard.press("Escape")
    expect(page.locator("#cw-beside")).to_be_hidden()
    expect(place(page)).to_be_focused()


def test_another_source_takes_the_place_of_the_first(page: Page) -> None:
    ask(page, PARK)
    ask(page, QUESTION)
    original(page).click()
    place(page).click()
    expect(within(page).locator("#cited")).to_have_text("社区食堂每天供应午餐五千六百份。")
    expect(page.locator("iframe")).to_have_count(1)
    ask(page, PARK)
    expect(within(page).locator("#cited")).to_be_visible()


def test_the_dialog_of_a_mark_leads_to_the_original_and_the_focus_to_the_mark(page: Page) -> None:
    ask(page, QUESTION)
    mark = page.locator("a.cw-mark")
    mark.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".cw-place")).to_have_text("第三章 助餐 · 第 3 页")
    dialog.get_by_role("link", name="原件").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#cw-beside iframe")).to_have_attribute(
        "src", f"{page.url}file/report#page=3"
    )
    # What was quoted takes the place of the file, and Escape closes it.
    mark.click()
    expect(dialog).to_be_visible()
    expect(page.locator("#cw-beside")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(mark).to_be_focused()


def test_in_a_narrow_window_it_opens_a_tab(page: Page) -> None:
    ask(page, QUESTION)
    original(page).click()
    expect(beside(page)).to_be_visible()
    page.set_viewport_size({"width": 1000, "height": 800})
    expect(page.locator("#cw-beside")).to_be_hidden()
    for size in (PHONE, {"width": 1000, "height": 800}):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        with page.context.expect_page() as opening:
            original(page).click()
        assert opening.value.url == f"{page.url}file/report#page=3"
        opening.value.close()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    with page.context.expect_page() as opening:
        original(page).click(modifiers=["Control"])
    assert opening.value.url == f"{page.url}file/report#page=3"
    expect(page.locator("iframe")).to_have_count(0)


def test_a_judgement_and_a_kept_conversation_know_the_original(
    page: Page, home_of_all: Path
) -> None:
    ask(page, QUESTION)
    page.get_by_role("button", name="有用", exact=True).click()
    expect(page.locator(".cw-useful")).to_have_attribute("aria-pressed", "true")
    (judgement,) = Feedback(home_of_all / FILE).all()
    assert [citation.partition(".")[0] for citation in judgement.citations] == ["report"]
    page.reload()
    expect(page.locator(".cw-answered")).to_have_count(1)
    expect(page.locator("a.cw-original")).to_have_attribute("href", "/file/report#page=3")


def test_the_widget_says_the_page_and_leads_to_the_original(browser: Browser, address: str) -> None:
    with tab(browser, address, viewport=WIDE) as page:
        page.goto("/embed?mode=full")
        page.locator("#cw-question").fill(QUESTION)
        page.locator("#cw-send").click()
        expect(page.locator(".cw-sources cite")).to_contain_text("第 3 页")
        page.locator("a.cw-mark").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".cw-place")).to_contain_text("第 3 页")
        with page.context.expect_page() as opening:
            dialog.get_by_role("link", name="原件").click()
        assert opening.value.url == f"{address}file/report#page=3"


def test_a_page_with_a_script_is_text_and_nothing_of_it_runs(
    browser: Browser, address: str, folder: Path
) -> None:
    saved = f"/file/{ids(folder)['图书馆.html']}"
    # Not by `tab`: its own script is refused in the sandbox, and the browser complains of that.
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(saved)
    expect(page.locator("body")).to_contain_text("<script>document.title = 'run'</script>")
    assert page.title() != "run" and page.locator("script").count() == 0
    # In a frame of our own it is as shut: it has an origin of its own, and reaches nothing around it.
    page.goto("/")
    expect(page.locator("#cw-box textarea")).to_be_focused()
    page.evaluate(
        "address => { const frame = document.createElement('iframe'); frame.src = address;"
        " document.body.append(frame); }",
        saved,
    )
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("夜间图书馆")
    reached = "(() => { try { return Boolean(frames[0].document) } catch { return false } })()"
    assert page.evaluate(reached) is False
    assert page.title() == "城问"
    context.close()
