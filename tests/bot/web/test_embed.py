"""The widget over HTTP: its script, who may frame its page, what a site's token opens."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from support.asking import QUESTION, application, events

from bot.live import Live
from bot.service import Service
from bot.settings import load_settings
from bot.storage.daily_counts import DAY, DailyCounts
from bot.storage.sites import FILE, Site, Sites
from bot.web.app import create_app
from bot.web.embed import POLICY, VERSION, WidgetSites, script_integrity, widget_script
from bot.web.http_errors import Forbidden, TooMany
from bot.web.templates import static_address
from corpus import Document
from index.snapshot import build

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[3] / "docs/embed.md"
ALLOWED = "https://www.example.gov.cn"
OTHER = Document("parks", "公园", "全市有120座公园。", tags=("绿化",))


class Elements(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def service(article: Document) -> Service:
    return Service(
        build([article, OTHER], None), None, load_settings([f"embed.origins={ALLOWED}"], {})
    )


@pytest.fixture
def app(service: Service) -> FastAPI:
    return create_app(Live(service))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="https://bot.example") as client:
        yield client


@pytest.fixture
def token(home: Path) -> str:
    return Sites(home / FILE).add(
        lambda digest: Site(
            "green", digest, ("https://*.green.example",), "绿化问答", "#1a6b3c", 2, ("绿化",)
        )
    )


def page(client: TestClient, **wish: str) -> dict[str, str | None]:
    """The attributes of the root element of /embed."""
    return Elements(client.get("/embed", params=wish).text).found[0][1]


def ancestors(client: TestClient, **wish: str) -> str:
    policy = client.get("/embed", params=wish).headers["content-security-policy"]
    assert policy.startswith(POLICY)
    return policy.removeprefix(POLICY)


def test_the_script_is_small() -> None:
    size = len(gzip.compress(widget_script(), 9))
    print(f"embed.js: {size} bytes gzipped")
    assert size <= 6 * 1024


def test_the_script_needs_no_newer_language_than_it_says() -> None:
    """ES2017: none of what came later, which older browsers stumble over before any of it runs."""
    code = re.sub(r"`[^`]*`|\"[^\"\n]*\"", '""', widget_script().decode())
    for newer in (
        r"\?\.",
        r"\?\?",
        r"\{\s*\.\.\.",
        r"catch\s*\{",
        r"\bimport\b",
        r"\bawait\b",
        r"\|\|=",
        r"\.flat",
        r"#\w+\s*=",
    ):
        assert not re.search(newer, code), newer
    assert "innerHTML" not in code and "eval" not in code and "document.write" not in code
    assert not re.search(r"postMessage\([^;]*[\"']\*", code) and "fetch(" not in code


def test_the_script_may_be_loaded_anywhere_and_pinned(client: TestClient) -> None:
    now, pinned = (
        client.get("/embed.js"),
        client.get(f"/embed/v{VERSION}.js", headers={"origin": "https://any.example"}),
    )
    assert now.content == pinned.content == widget_script()
    assert now.headers["cache-control"] == "public, max-age=3600"
    assert "immutable" in pinned.headers["cache-control"]
    for answer in (now, pinned):
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["access-control-allow-origin"] == "*"
    assert client.get("/embed/v0.0.1.js").status_code == 404
    assert client.head("/embed.js").status_code == 200


def test_the_documentation_pins_these_bytes() -> None:
    digest = base64.b64encode(hashlib.sha384(widget_script()).digest()).decode()
    assert script_integrity() == f"sha384-{digest}"
    assert script_integrity() in DOCS.read_text("utf-8"), (
        "the script has changed: raise VERSION and say both in docs/embed.md"
    )
    assert f"/embed/v{VERSION}.js" in DOCS.read_text("utf-8")


def test_the_page_may_be_framed_by_those_allowed_only(client: TestClient, token: str) -> None:
    assert ancestors(client) == f"'self' {ALLOWED}"
    assert ancestors(client, site=token) == "'self' https://*.green.example"
    answer = client.get("/embed")
    assert (
        "x-frame-options" not in answer.headers
        and "unsafe" not in answer.headers["content-security-policy"]
    )
    assert not answer.cookies
    for path in ("/", "/embed/demo", "/embed/demo/article", "/about", "/embed/x"):
        answer = client.get(path)
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


def test_no_other_site_is_allowed_unless_named(article: Document) -> None:
    with TestClient(application(article)) as client:
        assert ancestors(client) == "'self'"


def test_the_page_has_nothing_inline(client: TestClient) -> None:
    for path in (
        "/embed",
        "/embed?mode=full",
        "/embed/demo",
        "/embed/demo/article",
        "/embed/demo/hostile",
    ):
        for element, attributes in Elements(client.get(path).text).found:
            assert not any(name.startswith("on") or name == "style" for name in attributes), (
                path,
                element,
            )
            assert element != "style" and (
                element != "script" or attributes.get("src") or "json" in str(attributes)
            )


def test_what_it_loads_is_kept_for_good_and_changes_its_place_with_any_byte(
    client: TestClient,
) -> None:
    loaded = set(re.findall(r'(?:src|href)="(/ui/[^"]+)"', client.get("/embed").text))
    assert len(loaded) > 10 and {path.rpartition("/")[0] for path in loaded} == {static_address()}
    for path in loaded:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (
            200,
            "public, max-age=31536000, immutable",
        )
        assert answer.content == client.get(f"/ui/{path.rpartition('/')[2]}").content
    assert client.get("/ui/panel.js").headers["cache-control"] == "no-cache"
    other = client.get("/ui/0123456789ab/panel.js")
    assert (other.status_code, other.headers["cache-control"]) == (404, "no-cache")


def test_only_an_allowed_origin_is_spoken_to(client: TestClient, token: str) -> None:
    assert page(client, origin=ALLOWED)["data-origin"] == ALLOWED
    assert page(client, origin="https://bot.example")["data-origin"] == "https://bot.example"
    assert (
        page(client, origin="https://a.green.example", site=token)["data-origin"]
        == "https://a.green.example"
    )
    for origin in (
        "https://evil.example",
        "null",
        "*",
        "",
        f"{ALLOWED}.evil.example",
        "https://a.green.example",
    ):
        assert page(client, origin=origin)["data-origin"] == ""
    assert page(client, origin=ALLOWED, site=token)["data-origin"] == ""


def test_a_site_has_its_title_and_colour(client: TestClient, token: str) -> None:
    html = client.get("/embed", params={"site": token}).text
    assert "<title>绿化问答</title>" in html and 'data-color="#1a6b3c"' in html
    html = client.get("/embed", params={"site": token, "title": "别的", "color": "#ABCDEF"}).text
    assert "<title>别的</title>" in html and 'data-color="#abcdef"' in html
    assert 'data-color=""' in client.get("/embed", params={"color": "red;}"}).text


def test_an_unknown_token_opens_nothing(client: TestClient, token: str) -> None:
    for wrong in ("x", token + "x", token[:-1], "é"):
        answer = client.get("/embed", params={"site": wrong})
        assert (
            answer.status_code == 404
            and "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        )
        refused = client.post(
            "/api/ask", json={"question": QUESTION}, headers={b"x-chengwen-site": wrong.encode()}
        )
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "attack",
    [
        "<img src=x onerror=alert(1)>",
        '"><script>alert(1)</script>',
        "</title><svg onload=alert(1)>",
    ],
)
def test_what_the_address_says_is_text(client: TestClient, attack: str) -> None:
    wishes = dict.fromkeys(
        ("title", "color", "theme", "lang", "mode", "origin", "text-size", "x"), attack
    )
    html = client.get("/embed", params=wishes).text
    assert [tag for tag, _ in Elements(html).found] == [
        tag for tag, _ in Elements(client.get("/embed").text).found
    ]
    assert "<img" not in html and "alert(1)>" not in html


def test_a_site_is_answered_from_its_articles_and_counted(client: TestClient, token: str) -> None:
    green = {"x-chengwen-site": token, "accept": "application/json"}

    def asked(question: str, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
        answer = client.post("/api/ask", json={"question": question}, headers=headers)
        return answer.status_code, answer.json()

    assert asked(QUESTION, {"accept": "application/json"})[1]["outcome"] == "answered"
    openers = client.get("/embed/suggestions").json()["suggestions"]
    assert openers and not set(openers) & set(
        client.get("/embed/suggestions", headers=green).json()["suggestions"]
    )
    english = client.get("/embed/suggestions?lang=en").json()["suggestions"]
    assert len(english) == len(set(english))
    status, told = asked(QUESTION, green)
    assert (status, told["outcome"]) == (200, "absent")
    stream = client.post(
        "/api/ask", json={"question": "全市有多少座公园？"}, headers={"x-chengwen-site": token}
    ).text
    name, _, told = events(stream)[-1]
    assert name == "done" and told["citations"][0]["doc_id"] == "parks"
    status, told = asked(QUESTION, green)
    assert status == 429 and json.dumps(told).count("retry_after") == 1
    assert asked(QUESTION, {"accept": "application/json"})[0] == 200


def test_a_token_is_the_key_of_its_widget_and_of_nothing_else(
    article: Document, token: str
) -> None:
    with TestClient(application(article, "api.keys=secret-key")) as client:
        asked = {
            "json": {"question": QUESTION},
            "headers": {"x-chengwen-site": token, "accept": "application/json"},
        }
        assert client.post("/api/ask", **asked).status_code == 200  # type: ignore[arg-type]
        assert client.post("/api/search", **asked).status_code == 401  # type: ignore[arg-type]
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 401


def connection(token: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(b"x-chengwen-site", token.encode())]})


def test_the_count_of_a_site_is_of_a_day_and_bounded(home: Path, service: Service) -> None:
    sites = Sites(home / FILE)
    tokens = {
        "a": sites.add(lambda digest: Site("a", digest, (ALLOWED,), daily=2)),
        "b": sites.add(lambda digest: Site("b", digest, (ALLOWED,), daily=2)),
    }
    now = 0.0
    widget_sites = WidgetSites(sites, Live(service), DailyCounts(clock=lambda: now))
    a, b = (widget_sites.site_of(connection(token)) for token in tokens.values())
    for _ in range(2):
        widget_sites.admit(a)
    with pytest.raises(TooMany) as caught:
        widget_sites.admit(a)
    assert caught.value.retry_after == DAY
    widget_sites.admit(b)
    widget_sites.admit(None)
    now = DAY - 0.5
    with pytest.raises(TooMany) as caught:
        widget_sites.admit(a)
    assert caught.value.retry_after == 1
    now = DAY
    widget_sites.admit(a)
    sites.remove("a")
    with pytest.raises(Forbidden):
        widget_sites.site_of(connection(tokens["a"]))


def test_the_demo_shows_how(client: TestClient) -> None:
    html = client.get("/embed/demo?lang=en").text
    assert (
        f'/embed/v{VERSION}.js"' in html
        and script_integrity() in html
        and 'data-base="https://bot.example"' in html
    )
    assert client.get("/embed/demo/none").status_code == 404
    numbers = client.get("/embed/demo/article").text
    assert "<strong>2685</strong>万次" in numbers
