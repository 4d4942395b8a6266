"""The pages beside the chat: their text is the document's, escaped, and no script is needed."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.live import Live
from bot.service import Service
from bot.settings import Settings
from bot.web.documents_list import LIST_POLICY, documents_router
from bot.web.pages import POLICY, cited_span, pages_router, parts
from corpus import Document, Section
from corpus.document import Kind, UnitSpan
from index.snapshot import build

HOSTILE = "<script>alert(\"1\")</script> & 'q' <b>粗</b> {{ 7 * 7 }}"
ODD = Document(
    "甲/乙 ?&#", HOSTILE, f"{HOSTILE}\n开头：{HOSTILE}\n\n  空格 里外 \n末尾</p>", tags=(HOSTILE,)
)
GAPS = Document(
    "gaps", "缝", "外面\n一\n里面\n又外\n二", sections=(Section("一", 3, 7), Section("二", 11, 12))
)
ENGLISH = Document("english", "A city", "A city\nIt is large.", url="https://example.org/?a=1&b=2")
SPANS = [(0, 21), (5, 9), (640, 700), (1225, 1300), (2060, 2931), (0, 3034), (3030, 3034)]


class Shown(HTMLParser):
    """The text of the article on a page, without our own words; its marks, and every tag."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text, self.marks = "", list[str]()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag not in ("meta", "link", "input"):
            own = "cw-own" in (attributes.get("class") or "").split()
            self._open.append((tag, own or bool(self._open and self._open[-1][1])))
        if tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        names = [name for name, _ in self._open]
        if "article" in names and not self._open[-1][1]:
            self.text += data
        if "mark" in names:
            self.marks[-1] += data

    def all(self, name: str, attribute: str) -> list[str]:
        return [a[attribute] or "" for tag, a in self.tags if tag == name and attribute in a]


@pytest.fixture(scope="module")
def client(article: Document) -> TestClient:
    app = FastAPI()
    live = Live(Service(build([article, ODD, GAPS, ENGLISH], None), None, Settings()))
    app.include_router(pages_router(live))
    app.include_router(documents_router(live))
    return TestClient(app)


def shown(client: TestClient, address: str, status: int = 200) -> Shown:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = LIST_POLICY if address.startswith("/documents") else POLICY
    assert answer.headers["content-security-policy"] == policy
    return Shown(answer.text)


def squeezed(text: str) -> str:
    return "".join(text.split())


def address(document: Document) -> str:
    return (
        "/read/%E7%94%B2%2F%E4%B9%99%20%3F%26%23" if document is ODD else f"/read/{document.doc_id}"
    )


@pytest.mark.parametrize("query", ["", "?lang=en", "?start=3&end=40"])
def test_an_article_is_shown_whole_and_in_order(
    client: TestClient, article: Document, query: str
) -> None:
    for document in (article, ODD, GAPS, ENGLISH):
        page = shown(client, address(document) + query)
        own_title = (
            "" if document is article else document.title
        )  # where the text does not begin with a title section
        assert squeezed(page.text) == squeezed(own_title + document.text)


@pytest.mark.parametrize(("start", "end"), SPANS)
def test_a_citation_is_marked_wherever_it_stands(
    client: TestClient, article: Document, start: int, end: int
) -> None:
    page = shown(client, f"{address(article)}?start={start}&end={end}#cited")
    assert [mark for mark in page.marks if not mark.strip()] == []
    assert page.marks == [line for line in article.text[start:end].split("\n") if line]
    assert page.all("mark", "id") == ["cited"] and page.tags.count(("mark", {"id": "cited"})) == 1
    assert next(a for tag, a in page.tags if tag == "mark") == {"id": "cited"}
    assert squeezed(page.text) == squeezed(article.text)


ROWS = ("种类 | 补贴", "慢充桩 | 1,800元", " | 9,500元")
TABLE = "补贴分两种。\n" + "\n".join(ROWS) + "\n由区里发放。"


def with_table() -> Document:
    """A document whose second to fourth line are a table."""
    kinds: dict[str, Kind] = {ROWS[0]: "header", ROWS[1]: "row", ROWS[2]: "row"}
    spans = []
    start = 0
    for line in TABLE.split("\n"):
        spans.append(UnitSpan(start, start + len(line), kinds.get(line, "paragraph")))
        start += len(line) + 1
    return Document("t", "补贴", TABLE, unit_spans=tuple(spans))


def test_rows_are_one_table_with_its_column_names() -> None:
    (part,) = parts(with_table())
    before, table, after = part.blocks
    assert [p.text for p in before + after] == ["补贴分两种。", "由区里发放。"]
    cells = [[cell.text for cell in row.cells] for row in table]
    assert cells == [["种类", "补贴"], ["慢充桩", "1,800元"], ["", "9,500元"]]
    assert [row.is_header for row in table] == [True, False, False]


@pytest.mark.parametrize(
    ("words", "marked", "begins"),
    [
        (ROWS[1], ["慢充桩", "1,800元"], "慢充桩"),
        ("800元", ["800元"], "800元"),
        (" | 9,500元\n由区里", ["9,500元"], "9,500元"),
        ("分两种。\n种类", ["种类"], None),
    ],
)
def test_what_is_cited_of_a_table_is_marked_cell_by_cell(
    words: str, marked: list[str], begins: str | None
) -> None:
    start = TABLE.index(words)
    (part,) = parts(with_table(), (start, start + len(words)))
    cells = [cell for row in part.blocks[1] for cell in row.cells]
    assert [cell.cited for cell in cells if cell.cited] == marked
    assert [cell.cited for cell in cells if cell.first] == ([begins] if begins else [])


def test_the_space_around_a_citation_is_not_marked() -> None:
    at = ODD.text.index("空格")
    assert cited_span(ODD, {"start": str(at - 3), "end": str(at + 7)}) == (at, at + 5)
    marked = [p.cited for part in parts(ODD, (at, at + 5)) for p in part.paragraphs if p.cited]
    assert marked == ["空格 里外"]


NO_SPANS = [
    ("5", ""),
    ("", "9"),
    ("9", "9"),
    ("9", "5"),
    ("-1", "5"),
    ("0", "3035"),
    ("a", "b"),
    ("²", "９"),
]
NO_SPANS += [
    ("1.0", "2"),
    ("21", "22"),
    ("1e3", "99999999999999999999"),
    ("<script>", "\0"),
    ("1 ", "5"),
]


@pytest.mark.parametrize(("start", "end"), NO_SPANS)
def test_a_span_that_is_none_is_ignored(
    client: TestClient, article: Document, start: str, end: str
) -> None:
    page = shown(client, f"{address(article)}?{urlencode({'start': start, 'end': end})}")
    assert page.marks == [] and "#cited" not in page.all("a", "href")
    for part in (f"start={start}", f"end={end}", "start=1&end=2&end=x"):
        assert shown(client, f"{address(article)}?{quote(part, safe='=&')}").marks == []


def test_the_outline_leads_to_every_named_section(client: TestClient, article: Document) -> None:
    page = shown(client, address(article))
    led = [href.removeprefix("#") for href in page.all("a", "href") if re.fullmatch(r"#s\d+", href)]
    sections = page.all("section", "id")
    # Those of the text: the lines about it (where it is from, who wrote it) are none.
    assert len(led) == 3 and set(led) <= set(sections) and led == sorted(led, key=sections.index)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    headings = [part.heading.text for part in parts(article) if part.heading]
    assert headings == [s.heading for s in article.sections[4:7]]
    asking = [href for href in page.all("a", "href") if href.startswith("/?ask=")]
    summaries = [f"概括《{article.title}》“{heading}”这一节" for heading in headings]
    assert asking[:3] == [f"/?ask={quote(question)}" for question in summaries]


def test_what_the_page_asks_of_a_section_is_answered_by_that_section(article: Document) -> None:
    service = Service(build([article, GAPS, ENGLISH], None), None, Settings())
    for section in article.sections[4:7]:
        answer = service.answer(f"概括《{article.title}》“{section.heading}”这一节")
        assert answer.form == "summary" and len(answer.citations) > 1
        assert all(section.start <= one.start < one.end <= section.end for one in answer.citations)


@pytest.mark.parametrize(
    ("sent", "back"),
    [
        ("3f2504e04f8941d39a0c0305e82c3301", "/?answer=3f2504e04f8941d39a0c0305e82c3301"),
        ("3F2504E04F8941D39A0C0305E82C3301", ""),
        ("//evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("3f2504e04f8941d39a0c0305e82c3301&x=1", ""),
        ("", ""),
    ],
)
def test_who_comes_from_an_answer_finds_the_way_back(
    client: TestClient, article: Document, sent: str, back: str
) -> None:
    page = shown(client, f"{address(article)}?{urlencode({'start': 3, 'end': 9, 'from': sent})}")
    led = [href for href in page.all("a", "href") if href.startswith("/?answer=")]
    assert led == ([back] if back else [])
    assert not [href for href in page.all("a", "href") if "evil" in href or "javascript" in href]
    others = [href for href in page.all("a", "href") if "lang=en" in href and "/read/" in href]
    assert [f"from={sent}" in href for href in others] == ([True] if back else [False])


def test_a_document_that_is_opened_has_questions_that_it_answers(
    client: TestClient, article: Document
) -> None:
    service = Service(build([article, ODD, GAPS, ENGLISH], None), None, Settings())
    # A busy machine may need longer for the first than the page waits.
    assert service.suggestions.about(article, "zh", 600)
    app = FastAPI()
    app.include_router(pages_router(Live(service)))
    for query, language in (("", "zh"), ("?lang=en", "en")):
        page = TestClient(app).get(f"{address(article)}{query}").text
        listed = page.partition('aria-labelledby="questions"')[2].partition("</nav>")[0]
        asked = [unescape(text) for text in re.findall(r"<a [^>]*>([^<]*)</a>", listed)]
        assert 1 <= len(asked) <= 6
        for question in asked:
            answer = service.answer(question)
            assert answer.language == language and answer.outcome == "answered"
            assert {one.document.doc_id for one in answer.citations} == {article.doc_id}
            link = f"/?ask={quote(question, safe='/')}{query.replace('?', '&')}"
            assert unescape(listed).count(f'href="{link}"') == 1


def test_text_outside_all_sections_is_a_part_too() -> None:
    shown_parts = [
        (p.name, p.heading and p.heading.text, [q.text for q in p.paragraphs]) for p in parts(GAPS)
    ]
    assert shown_parts == [
        ("", None, ["外面"]),
        ("一", "一", ["里面"]),
        ("", None, ["又外"]),
        ("二", "二", []),
    ]


def test_what_documents_say_stays_text(client: TestClient) -> None:
    for where in (
        address(ODD),
        f"{address(ODD)}?start=0&end=9",
        "/documents",
        "/documents?lang=en",
    ):
        page = shown(client, where)
        assert {tag for tag, _ in page.tags}.isdisjoint({"b", "img", "style", "iframe"})
        assert all(src.startswith("/ui/") for src in page.all("script", "src"))
        assert "49" not in page.text


def test_no_page_has_script_or_style_in_it(client: TestClient, article: Document) -> None:
    for where in (address(article), "/documents", "/about", "/read/none"):
        source = client.get(where).text
        assert not re.search(r"<style|<script(?! src=\"/ui/)|\sstyle=|\son\w+=|javascript:", source)
        assert source.count("<h1") == 1 and source.count("<main") == 1 and 'href="#main"' in source


@pytest.mark.parametrize(
    "where", ["/read/none", "/read/", "/read/a%2Fb", "/read/%3Cscript%3E", "/read/%00"]
)
def test_an_article_there_is_not(client: TestClient, where: str) -> None:
    assert "/documents" in shown(client, where, 404).all("a", "href")
    english = client.get(where + "?lang=en")
    assert (
        english.status_code == 404
        and "There is no such article" in english.text
        and "<script>" not in english.text
    )


def other_language(page: Shown, tag: str) -> list[str]:
    """Where the header leads for another language."""
    header = page.tags[: page.tags.index(("main", {"id": "main"}))]
    return [a["href"] or "" for name, a in header if name == "a" and a.get("lang") == tag]


def test_every_page_is_in_traditional_characters_too(client: TestClient, article: Document) -> None:
    there = {"accept-language": "zh-HK,zh;q=0.9"}
    for where in (f"{address(article)}?start=3&end=9", "/documents", "/about"):
        by_browser = client.get(where, headers=there)
        assert "Accept-Language" in by_browser.headers["vary"]
        page = Shown(by_browser.text)
        assert page.all("html", "lang") == ["zh-TW"]
        # What the browser asks for by itself need not be in the address.
        assert not [href for href in page.all("a", "href") if "lang=zh-Hant" in href]
        joint = "&" if "?" in where else "?"
        by_address = Shown(client.get(f"{where}{joint}lang=zh-Hant").text)
        assert by_address.all("html", "lang") == ["zh-TW"]
        assert "/about?lang=zh-Hant" in by_address.all("a", "href")
        simplified = Shown(client.get(f"{where}{joint}lang=zh", headers=there).text)
        assert simplified.all("html", "lang") == ["zh-CN"]
        assert "/about?lang=zh" in simplified.all("a", "href")
    read = client.get(address(article), headers=there).text
    assert "問這一節" in read and "目錄" in read
    # The article itself stays as it is.
    assert squeezed(Shown(read).text) == squeezed(article.text)


def test_every_page_is_in_two_languages(client: TestClient, article: Document) -> None:
    for where in (f"{address(article)}?start=3&end=9", address(ODD), "/documents", "/about"):
        chinese = shown(client, where)
        (there,) = other_language(chinese, "en")
        english = shown(client, there)
        assert chinese.all("html", "lang") == ["zh-CN"] and english.all("html", "lang") == ["en"]
        (back,) = other_language(english, "zh-CN")
        assert shown(client, back).tags == chinese.tags and english.marks == chinese.marks
    assert shown(client, f"{address(article)}?lang=en").all("article", "lang") == ["zh-CN"]
    assert shown(client, address(ENGLISH)).all("article", "lang") == ["en"]
    assert "https://example.org/?a=1&b=2" in shown(client, address(ENGLISH)).all("a", "href")


def test_the_page_about_the_bot_is_plain(client: TestClient) -> None:
    source = client.get("/about").text
    for text in (
        "500 字",
        "原文摘录",
        "人工智能生成",
        "引用有误",
        "不在服务器上保存",
        "运营者设定的天数",
        "最相近的 10 段",
        "技术信息",
    ):
        assert text in source
    assert "{" not in source and "{" not in client.get("/about?lang=en").text


def test_how_long_feedback_is_kept_is_said() -> None:
    app = FastAPI()
    app.include_router(pages_router(Live(Service(build([GAPS], None), None, Settings())), 90))
    client = TestClient(app)
    assert "过 90 天" in client.get("/about").text
    assert "after 90 days" in client.get("/about?lang=en").text
