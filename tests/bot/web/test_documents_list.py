"""The list of documents: what it says of each, how it is searched, put in order and turned."""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient
from support.accessibility import axe
from support.serving import SIZES, resize, serving, tab

from bot.index_build import build_index, open_index
from bot.library import Library
from bot.live import Live
from bot.service import Service
from bot.settings import Settings, load_settings
from bot.web.app import create_app
from bot.web.documents_list import (
    DOCUMENTS_PER_PAGE,
    LIST_POLICY,
    LONGEST_SOUGHT,
    DocumentsList,
    documents_router,
    force_on,
)
from bot.web.operator_access import OperatorAccess
from bot.web.pages import pages_router
from bot.web.security_headers import SecurityHeaders
from corpus import Document
from index.manifest import Generation
from index.snapshot import build

WORDS = load_settings(["encoder.name=none-such", "reader=rules"], {})
DOGS = Document(
    "dogs",
    "《济南市养犬管理条例》",
    "第一条 为了规范养犬行为，制定本条例。\n第二条 本条例自2021年1月1日起施行。",
    source="济南市人民代表大会常务委员会",
    published="2020-10-30",
    authors=("李强",),
    tags=("法规", "site:city"),
    details=(("文号", "济政发〔2020〕9号"), ("施行日期", "2021-01-01"), ("时效", "现行有效")),
    notes=(("1 张图片没有读。", "1 picture was not read."),),
)
LIFTS = Document(
    "lifts-2012",
    "電梯安全管理辦法",
    "電梯使用單位應當履行義務。",
    published="2012-03-01",
    details=(("时效", "已废止"),),
)
BEDS = Document("beds", "养老床位统计", "东城街道有床位112张。" * 9, tags=("养老",))
PARKS = Document("parks", "", "All parks are open. They close at night.", published="2019-05-06")
HELD = (DOGS, LIFTS, BEDS, PARKS)
ADDED = {"beds": "2026-03-01T08:00:00+00:00", "dogs": "2026-02-01T08:00:00+00:00"}


def live_of(documents: Sequence[Document], added: dict[str, str] | None = None) -> Live:
    """What answers from documents, of which some came at a time."""
    facts: Any = {"added": added or {}}
    generation = Generation(Path("gen-000001"), 1, "2026-03-02T08:00:00+00:00", {}, facts, "")
    return Live(Service(build(documents, None), None, Settings()), generation)


def client_of(live: Live) -> TestClient:
    app = FastAPI()
    app.include_router(documents_router(live))
    return TestClient(app)


def operator_of(live: Live) -> TestClient:
    """One who may change the documents."""
    app = FastAPI()
    app.include_router(documents_router(live, Library(WORDS)))
    app.add_middleware(OperatorAccess, local=True)
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.fixture(scope="module")
def client() -> TestClient:
    return client_of(live_of(HELD, ADDED))


class Links(HTMLParser):
    """The addresses that a page leads to, and those of them that are of the current choice."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.all, self.current = list[str](), list[str]()
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.all.append(given["href"] or "")
            if given.get("aria-current") == "true":
                self.current.append(given["href"] or "")


def listed(client: TestClient, query: str = "") -> list[str]:
    """The ids of the documents on a page."""
    answer = client.get(f"/documents{query}")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == LIST_POLICY
    return re.findall(r'<h2 lang="[\w-]+"><a href="/read/([^"?]+)', answer.text)


def links(client: TestClient, query: str = "") -> Links:
    return Links(client.get(f"/documents{query}").text)


def row_of(source: str, doc_id: str) -> str:
    """The part of a page that is about a document."""
    (row,) = re.findall(
        rf'<li>\s*<h2 lang="[\w-]+"><a href="/read/{doc_id}.*?(?=<h2|</main>)', source, re.S
    )
    return str(row)


def said_of(source: str, doc_id: str) -> list[str]:
    """What a page says of a document at once, without tags."""
    said = row_of(source, doc_id).partition('<ul class="cw-said">')[2].partition("</ul>")[0]
    items = re.findall(r"<li.*?>(.*?)</li>", said, re.S)
    return [" ".join(re.sub("<.*?>", " ", item).split()) for item in items]


def facts_of(source: str, doc_id: str) -> dict[str, str]:
    """What a page says of a document beside that, by name, without tags."""
    row = row_of(source, doc_id).partition("<dl")[2].partition("</dl>")[0]
    pairs = re.findall(r"<dt>(.*?)</dt><dd.*?>(.*?)</dd>", row, re.S)
    return {name: " ".join(re.sub("<.*?>", " ", value).split()) for name, value in pairs}


def test_what_is_said_of_an_article(article: Document) -> None:
    client = client_of(live_of([article]))
    source = client.get("/documents").text
    assert said_of(source, article.doc_id) == [
        "来源 光明网-理论频道",
        "发布日期 2020-12-05",
        "3,034 字",
        "3 节",
        f"只问这一篇 {article.title}",
    ]
    assert facts_of(source, article.doc_id) == {"作者": "吴晓林、岳庆磊"}
    # What only the operator needs is not there.
    for word in ("索引", "检索", "语义模型", "段", "gen-"):
        assert word not in source
    assert client.head("/documents").status_code == 200
    assert client.post("/documents").status_code == 405
    # One document need not be searched for.
    assert "<form" not in client.get("/documents").text


def test_what_is_known_of_a_law_is_said(client: TestClient) -> None:
    chinese, english = (client.get(f"/documents{query}").text for query in ("", "?lang=en"))
    when = datetime.fromisoformat(ADDED["dogs"]).astimezone()
    assert said_of(chinese, "dogs") == [
        "来源 济南市人民代表大会常务委员会",
        "发布日期 2020-10-30",
        f"{len(DOGS.text)} 字",
        "现行有效",
        f"只问这一篇 {DOGS.title}",
    ]
    facts = facts_of(chinese, "dogs")
    assert facts == {
        "作者": "李强",
        "文号": "济政发〔2020〕9号",
        "施行日期": "2021-01-01",
        "收录时间": when.strftime("%Y-%m-%d %H:%M"),
        "标签": "法规、site:city",
        "读入时的说明": "1 张图片没有读。",
    }
    assert f'<time datetime="{when.isoformat()}">' in chinese
    assert "In force" in said_of(english, "dogs")
    assert "Repealed" in said_of(english, "lifts-2012")
    assert facts_of(english, "dogs")["On reading it"] == "1 picture was not read."
    assert facts_of(english, "beds").keys() == {"Added", "Tags"}
    assert said_of(chinese, "parks")[0] == "发布日期 2019-05-06" and not facts_of(chinese, "parks")
    assert "<details" not in row_of(chinese, "parks")


def test_a_question_may_be_asked_of_one_article_alone(client: TestClient) -> None:
    assert "/?doc=lifts-2012" in links(client).all
    assert "/?doc=lifts-2012&lang=en" in links(client, "?lang=en").all


@pytest.mark.parametrize(
    ("told", "effective", "force"),
    [
        ("", "", ""),
        ("", "2020-01-01", ""),
        ("", "2027-01-01", "尚未施行"),
        ("现行有效", "", "现行有效"),
        ("现行有效", "2020-01-01", "现行有效"),
        ("现行有效", "2027-01-01", "尚未施行"),
        ("已废止", "2020-01-01", "已废止"),
        ("已废止", "2027-01-01", "已废止"),
        ("尚未施行", "", "尚未施行"),
        ("尚未施行", "2027-01-01", "尚未施行"),
        ("尚未施行", "2020-01-01", ""),
        ("尚未施行", "2026-03-02", ""),
    ],
)
def test_a_law_is_not_in_force_before_its_day(told: str, effective: str, force: str) -> None:
    details = {"时效": told, "施行日期": effective}
    given = {name: value for name, value in details.items() if value}
    assert force_on(given, "2026-03-02") == force


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("", ["dogs", "lifts-2012", "beds", "parks"]),
        ("   ", ["dogs", "lifts-2012", "beds", "parks"]),
        ("管理", ["dogs", "lifts-2012"]),
        ("电梯", ["lifts-2012"]),
        ("電梯 管理辦法", ["lifts-2012"]),
        ("办法 电梯", ["lifts-2012"]),
        ("ＬＩＦＴＳ－２０１２", ["lifts-2012"]),
        ("Beds", ["beds"]),
        ("养老", ["beds"]),
        ("SITE:City", ["dogs"]),
        ("人民代表大会", ["dogs"]),
        ("济政发〔2020〕9号", ["dogs"]),
        ("文号 法规", ["dogs"]),
        ("李强", ["dogs"]),
        ("管理\u3000废止", ["lifts-2012"]),
        ("管理 养老", []),
        ("床位112张", []),
        ("法规site", []),
        ("<b>'\"&\x00", []),
        ("管理" + " " * LONGEST_SOUGHT + "none", ["dogs", "lifts-2012"]),
    ],
)
def test_words_are_looked_for_in_what_is_said_of_a_document(
    client: TestClient, sought: str, found: list[str]
) -> None:
    assert listed(client, f"?q={quote(sought)}") == found
    source = client.get("/documents", params={"q": sought, "lang": "en"}).text
    said = f"{len(found)} found." if found else "None found"
    assert "4 in all" in source and (said in source) is bool(sought.strip())
    assert ("Show all" in source) is bool(sought.strip())


def test_all_words_count_and_what_was_typed_stays_in_the_box(client: TestClient) -> None:
    source = client.get("/documents", params={"q": ' "管理"  <养犬> '}).text
    assert 'value="&#34;管理&#34; &lt;养犬&gt;"' in source
    long = client.get("/documents", params={"q": "管" * 5000}).text
    assert f'value="{"管" * LONGEST_SOUGHT}"' in long


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sort=title", "parks lifts-2012 dogs beds"),
        ("sort=title&order=desc", "beds dogs lifts-2012 parks"),
        ("sort=date", "dogs parks lifts-2012 beds"),
        ("sort=date&order=desc", "dogs parks lifts-2012 beds"),
        ("sort=date&order=asc", "lifts-2012 parks dogs beds"),
        ("sort=added", "beds dogs lifts-2012 parks"),
        ("sort=added&order=asc", "dogs beds lifts-2012 parks"),
        ("sort=length", "beds dogs parks lifts-2012"),
        ("sort=length&order=asc", "lifts-2012 parks dogs beds"),
        ("sort=length&order=asc&q=管理", "lifts-2012 dogs"),
        ("sort=none&order=asc", "dogs lifts-2012 beds parks"),
        ("sort=&order=desc", "dogs lifts-2012 beds parks"),
        ("order=desc", "dogs lifts-2012 beds parks"),
        ("sort=date&order=sideways", "dogs parks lifts-2012 beds"),
        ("sort=date&sort=length", "beds dogs parks lifts-2012"),
    ],
)
def test_the_order_that_is_asked_for(client: TestClient, query: str, found: str) -> None:
    assert listed(client, f"?{query}") == found.split()
    assert listed(client, f"?{query}&lang=en") == found.split()


def test_titles_are_in_the_order_of_their_sounds() -> None:
    titles = ["《养犬办法》", "电梯", "B", "a", "長江", "2020年", "安全", "〈北京〉", ""]
    documents = [Document(f"z{n}", title, f"第{n}篇。") for n, title in enumerate(titles)]
    by_sound = ["z5", "z3", "z2", "z8", "z6", "z7", "z4", "z1", "z0"]
    client = client_of(live_of(documents))
    assert listed(client, "?sort=title") == by_sound
    assert listed(client, "?sort=title&order=desc") == by_sound[::-1]


def test_what_comes_at_one_time_stays_in_order() -> None:
    documents = [
        Document(f"d{n}", f"第{n}篇", "一样长。", published="2020-01-01") for n in range(5)
    ]
    client = client_of(live_of(documents))
    for query in ("?sort=date", "?sort=date&order=asc", "?sort=length", "?sort=added"):
        assert listed(client, query) == [f"d{n}" for n in range(5)]


def test_a_choice_of_order_leads_to_the_other_direction(client: TestClient) -> None:
    assert links(client).current == ["/documents"]
    assert links(client, "?sort=date").current == ["/documents?sort=date&order=asc"]
    assert links(client, "?sort=date&order=asc").current == ["/documents?sort=date"]
    assert links(client, "?sort=title").current == ["/documents?sort=title&order=desc"]
    kept = links(client, "?q=管理&sort=date&lang=en&order=asc")
    q = quote("管理")
    assert kept.current == [f"/documents?q={q}&sort=date&lang=en"]
    for name in ("title", "added", "length"):
        assert f"/documents?q={q}&sort={name}&lang=en" in kept.all
    # Without the words, with the order; and the same list in the other language.
    assert "/documents?sort=date&order=asc&lang=en" in kept.all
    assert f"/documents?q={q}&sort=date&order=asc" in kept.all


def test_a_search_keeps_the_order_and_the_language(client: TestClient) -> None:
    source = client.get("/documents?sort=date&order=asc&lang=en&q=a&page=1&other=1").text
    form = source[source.index("<form") : source.index("</form>")]
    assert 'action="/documents"' in form and "method" not in form
    hidden = re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', form)
    assert hidden == [("sort", "date"), ("order", "asc"), ("lang", "en")]
    plain = client.get("/documents?sort=none&order=asc").text
    assert 'type="hidden"' not in plain


def test_many_articles_are_listed_a_hundred_a_page() -> None:
    count = 2 * DOCUMENTS_PER_PAGE + 1
    documents = [Document(f"d{n}", f"第{n:03}篇", f"第{n}篇。") for n in range(count)]
    client = client_of(live_of(documents))
    whole = [f"d{n}" for n in range(count)]
    assert listed(client) == whole[:100]
    for page in ("0", "x", "-1", "1e3", "²", "9" * 5000):
        assert listed(client, f"?page={page}") == whole[:100]
    assert listed(client, "?page=2") == whole[100:200]
    assert listed(client, "?page=3") == listed(client, "?page=99") == ["d200"]
    assert listed(client, "?page=3&sort=title&order=desc") == ["d0"]
    # What is found fills one page.
    of_words = [*(f"d{n}" for n in range(10)), "d100", "d200"]
    assert listed(client, "?page=2&q=00") == of_words
    assert {"/documents?page=3&lang=en", "/documents?lang=en", "/documents?page=2"} < set(
        links(client, "?page=2&lang=en").all
    )
    turned = links(client, "?page=2&q=第&sort=title&order=desc").all
    same = f"/documents?q={quote('第')}&sort=title&order=desc"
    assert {same, f"{same}&page=3", f"{same}&page=2&lang=en"} < set(turned)


def test_what_is_listed_is_made_once_for_an_index() -> None:
    live = live_of(HELD)
    client = client_of(live)
    documents_list = DocumentsList(live)
    before = documents_list.current()
    assert documents_list.current() is before and before.service is live.service
    assert listed(client, "?q=none") == listed(client, "?q=养犬 电梯") == []
    live.replace(Service(build([BEDS], None), None, Settings()), None)
    after = documents_list.current()
    assert after is not before and documents_list.current() is after
    assert listed(client) == ["beds"] and listed(client, "?q=养犬") == []


def test_what_the_index_says_of_itself(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.txt").write_text("城市很大。", "utf-8")
    (folder / "b.xyz").write_text("?", "utf-8")
    settings = Settings.model_validate({"encoder": {"name": str(tmp_path / "none")}})
    build_index(settings, folder, progress=False)
    opened = open_index(settings, folder, progress=False)
    live = Live(opened.service(settings), opened.generation)
    client = operator_of(live)
    source = client.get("/documents").text
    assert "gen-000001" in source and f'datetime="{opened.generation.made[:10]}' in source
    assert "b.xyz 的类型不支持" in source and str(folder) not in source
    assert "按词语检索" in source and "<h3>提示" in source
    assert facts_of(source, "a")["检索"] == "1 段"
    assert "b.xyz is of a kind" in client.get("/documents?lang=en").text
    # Readers are not told, unless they look for it where the bot speaks of itself.
    source = client_of(live).get("/documents").text
    assert "gen-000001" not in source and "b.xyz" not in source and "<h3>提示" not in source
    app = FastAPI()
    app.include_router(pages_router(live))
    about = TestClient(app).get("/about").text
    technical = about.partition("<details")[2].partition("</details>")[0]
    assert "gen-000001" in technical and "只按词语检索" in technical and "b.xyz" not in about
    unknown = operator_of(Live(Service(build([BEDS], None), None, Settings())))
    source = unknown.get("/documents").text
    assert "建立时间" not in source and "未能收录" not in source and "只按词语检索" in source


def test_when_a_document_was_added_is_kept_in_a_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "beds.txt"
    file.write_text("养老床位\n\n东城街道有床位112张。\n", "utf-8")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    before = datetime.now(UTC).replace(microsecond=0)
    Library(WORDS).add([file])
    restored = tmp_path / "restored"
    shutil.copytree(home / "documents", restored / "documents")

    def added() -> Any:
        return open_index(WORDS, progress=False).generation.facts["added"]

    times = added()
    # Not when the file was written that was added; and what comes with the program has no time.
    assert times.keys() == {"beds"}
    assert before <= datetime.fromisoformat(times["beds"]) <= datetime.now(UTC)
    os.utime(home / "documents/beds.txt", (1_700_000_000, 1_700_000_000))
    assert added() == times
    # The index is no part of a backup.
    monkeypatch.setenv("CHENGWEN_HOME", str(restored))
    assert added() == times
    opened = open_index(WORDS, progress=False)
    client = client_of(Live(opened.service(WORDS), opened.generation))
    said = facts_of(client.get("/documents?q=beds").text, "beds")["收录时间"]
    assert said == datetime.fromisoformat(times["beds"]).astimezone().strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize("time", [-1e12, -1.0, 1e12])
def test_a_file_of_an_impossible_time_is_listed(tmp_path: Path, time: float) -> None:
    file = tmp_path / "beds.txt"
    file.write_text("养老床位\n\n东城街道有床位112张。\n", "utf-8")
    try:
        os.utime(file, (time, time))
    except OSError:
        pytest.skip("this file system has no such time")
    opened = build_index(WORDS, tmp_path, progress=False)
    client = client_of(Live(opened.service(WORDS), opened.generation))
    assert listed(client) == ["beds"]


def test_the_whole_application_serves_it() -> None:
    app = create_app(live_of(HELD, ADDED))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert listed(client, "?q=管理&sort=length") == ["dogs", "lifts-2012"]
        policy = client.get("/documents").headers["content-security-policy"]
        assert "form-action 'self'" in policy and "default-src 'none'" in policy
        assert "form-action 'none'" in client.get("/about").headers["content-security-policy"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of the list alone, on a free port of this machine."""
    more = [Document(f"park-{n}", f"第{n}号公园", f"这里有树木{n}棵。") for n in range(120)]
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    app.include_router(documents_router(live_of([*HELD, *more], ADDED)))
    app.mount("/ui", StaticFiles(packages=[("bot.web", "static")]))
    with serving(app) as address:
        yield address


@pytest.mark.browser
def test_it_is_searched_and_put_in_order_by_keyboard(page: Page) -> None:
    page.goto("documents")
    box = page.get_by_role("searchbox")
    for _ in range(20):
        page.keyboard.press("Tab")
        if box.evaluate("box => box === document.activeElement"):
            break
    expect(box).to_be_focused()
    page.keyboard.type("管理")
    page.keyboard.press("Enter")
    titles = page.locator(".cw-rows h2")
    expect(titles).to_have_text([DOGS.title, LIFTS.title])
    expect(box).to_have_value("管理")
    page.get_by_role("link", name="篇幅").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="篇幅 降序")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="篇幅").press("Enter")
    expect(page.get_by_role("link", name="篇幅 升序")).to_have_attribute("aria-current", "true")
    expect(titles).to_have_text([LIFTS.title, DOGS.title])
    box.fill("号公园")
    box.press("Enter")
    expect(titles).to_have_count(100)
    page.get_by_role("link", name="下一页").press("Enter")
    expect(titles).to_have_count(20)
    expect(page.get_by_text("第 2 页，共 2 页")).to_be_visible()
    page.get_by_role("link", name="显示全部").press("Enter")
    expect(page.get_by_role("link", name="篇幅 升序")).to_have_attribute("aria-current", "true")
    expect(box).to_have_value("")


@pytest.mark.browser
def test_it_needs_no_script(browser: Browser, address: str) -> None:
    with tab(browser, address, java_script_enabled=False) as page:
        page.goto("documents?lang=en&sort=date")
        page.get_by_role("searchbox").fill("管理")
        page.get_by_role("button", name="Find").click()
        expect(page.locator(".cw-rows h2")).to_have_text([DOGS.title, LIFTS.title])
        page.get_by_role("link", name="简体").click()
        expect(page.get_by_text("找到 2 篇。")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("screen", SIZES)
def test_nothing_is_too_wide_and_nobody_is_shut_out(page: Page, screen: str) -> None:
    resize(page, screen)
    for where in ("documents", "documents?q=管理&sort=date&lang=en", "documents?q=none&page=2"):
        page.goto(where)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[screen][0], where
        assert axe(page) == [], where
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[screen][0]
