"""Citations marked in the page around the widget, in a real browser: found, in sight, and gone without a trace."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from support.embedding import SENTENCE, Places, ask, box, opened, visiting

from corpus import Document

pytest_plugins = ["support.widget"]
pytestmark = pytest.mark.browser

MARKED = """[...CSS.highlights.values()].flatMap((highlight) => [...highlight]).map((range) => [
    range.toString(),
    range.startContainer.parentElement.closest("nav, article").tagName,
])"""
WRAPPED = "[...document.querySelectorAll('mark')].map(m => m.textContent).join('')"
NODES = """(() => {
    const walker = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
    window.texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    return texts.length;
})()"""
IN_SIGHT = """() => {
    const mark = document.querySelector("mark");
    const [range] = mark ? [mark] : [...[...CSS.highlights.values()][0]];
    const box = range.getBoundingClientRect();
    const panel = document.querySelector("chengwen-chat").shadowRoot.getElementById("panel").getBoundingClientRect();
    return box.top >= 0 && box.bottom <= Math.max(panel.top, 0);
}"""


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("by", ["selector", "canonical"])
def test_the_sentence_is_marked_in_the_article_itself(
    browser: Browser, places: Places, article: Document, older: bool, by: str
) -> None:
    with visiting(browser) as page:
        if older:
            page.add_init_script("delete window.Highlight;")
        address = f"{places.gov}/article"
        if by == "canonical":
            page.route("**/api/passages/**", lambda route: with_url(route, f"{address}?"))
        panel = opened(page, address, **({"highlight": "article"} if by == "selector" else {}))
        before = page.evaluate("document.body.innerHTML")
        nodes = page.evaluate(NODES)
        ask(panel).locator("a.cw-mark").click()
        expect(panel.locator("#cw-status")).to_have_text("已在网页中标出。")
        expect(panel.locator("#cw-source")).to_have_count(0)
        if older:
            words = page.evaluate(WRAPPED)
        else:
            ((words, where),) = page.evaluate(MARKED)
            assert where == "ARTICLE"
        letters = "".join(words.replace("hidden", "").split())
        assert letters.startswith("“杭州健康") and letters.endswith("万次。")
        assert page.evaluate(IN_SIGHT), "the sentence is in sight and not under the panel"
        box(panel).focus()
        page.keyboard.press("Escape")
        expect(page.locator("chengwen-chat .panel")).to_be_hidden()
        assert page.evaluate("[CSS.highlights.size, document.adoptedStyleSheets.length]") == [0, 0]
        after = page.evaluate("document.body.innerHTML")
        assert after.replace('aria-expanded="true"', "") == before.replace(
            'aria-expanded="true"', ""
        )
        assert page.evaluate("texts.every(t => t.isConnected) && texts.length") == nodes


def with_url(route: Route, url: str) -> None:
    """A passage whose document is the page at `url`."""
    answer = route.fetch(url=route.request.url.replace("bot.test", "127.0.0.1"))
    route.fulfill(response=answer, json={**answer.json(), "url": url})


def test_every_sentence_of_the_article_is_found(
    visitor: Page, places: Places, article: Document
) -> None:
    """The finder alone, on each line of the article: found at its own place, numbers in full width and all."""
    visitor.goto(f"{places.gov}/article")
    visitor.add_script_tag(url=f"{places.bot}/ui/embed-marks.js")
    lines = [line for line in article.text.split("\n") if len(line) > 40]
    wishes = [
        {"quote": part, "before": "", "after": ""}
        for line in lines
        for part in line.split("。")[:-1]
        if part
    ]
    find = """wishes => wishes.map(wish => {
        const found = chengwenMarks(null, "x").find([document.querySelector("article")], wish);
        return found && found.map(p => p.node.data.slice(p.start, p.end)).join("").normalize("NFKC");
    })"""
    found = visitor.evaluate(find, wishes)
    assert len(found) > 30
    for wish, words in zip(wishes, found, strict=True):
        assert words and "".join(words.split()) == "".join(wish["quote"].split()), wish


def test_of_two_like_sentences_the_neighbours_decide(visitor: Page, places: Places) -> None:
    visitor.goto(f"{places.gov}/plain")
    visitor.add_script_tag(url=f"{places.bot}/ui/embed-marks.js")
    at = """([html, wish]) => {
        const block = document.createElement("div");
        block.innerHTML = html;
        document.body.append(block);
        const found = chengwenMarks(null, "x").find([block], wish);
        return found && [found[0].node.data, found[0].start];
    }"""
    html = "<p>甲说：同意。</p><p>乙说：<b>同</b>意。丙</p><p hidden>丁说：同意。</p><script>同意。</script>"
    for before, after, where in (
        ("甲说：", "", "甲说：同意。"),
        ("乙说：", "丙", "同"),
        ("", "丙", "同"),
    ):
        assert (
            visitor.evaluate(at, [html, {"quote": "同意。", "before": before, "after": after}])[0]
            == where
        )
    for quote in ("不同意。", "", " ", "丁说"):
        assert visitor.evaluate(at, [html, {"quote": quote}]) is None
    assert visitor.evaluate(at, ["Ａ<i>b</i>&nbsp;Ｃ「d」—e", {"quote": "a B c “d”-E"}])[0] == "Ａ"


def test_another_page_is_not_searched(visitor: Page, places: Places) -> None:
    panel = opened(visitor, f"{places.gov}/article")
    ask(panel).locator("a.cw-mark").click()
    expect(panel.locator("#cw-source mark")).to_have_text(SENTENCE)
    assert visitor.evaluate("CSS.highlights.size") == 0
