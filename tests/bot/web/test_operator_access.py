"""For whom the operator's addresses exist, on an application of a few lines."""

import asyncio
from collections.abc import Iterator
from time import time
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from bot.web.operator_access import (
    OperatorAccess,
    has_permission,
    is_loopback,
    is_same_origin,
    is_valid_cookie,
    login_router,
    operator_page,
    read_form,
    redirect,
    signed_cookie,
    with_error_page,
)
from corpus import UsageError

TOKEN = "correct horse"
BEARER = {"authorization": f"Bearer {TOKEN}"}
SAME = {"sec-fetch-site": "same-origin"}
COOKIE = "cw-operator"
LATER = 999_999_999_999
"""The last second that a cookie can name."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
INSIDE = {"path": "/evals/x", "query": "a=1"}
NOWHERE = {"path": "/nowhere", "query": ""}


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """Says which address it was asked for."""
    assert scope["raw_path"].decode() == scope["path"]
    asked = {"path": scope["path"], "query": scope["query_string"].decode()}
    await JSONResponse(asked)(scope, receive, send)


def access(token: str = "", local: bool = False, host: str = "bot.test") -> TestClient:
    return TestClient(OperatorAccess(inside, token, local), f"http://{host}")


def cookie(token: str, expires: int) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={signed_cookie(token, expires)}"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer x"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"authorization": "Bearer "},
        {"cookie": f"{COOKIE}={TOKEN}"},
        cookie("other", LATER),
        cookie(TOKEN, 1),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_permission_the_address_does_not_exist(
    method: str, headers: dict[str, str]
) -> None:
    answer = access(TOKEN).request(method, "/evals/x?a=1", headers=SAME | headers)
    assert answer.json() == NOWHERE


@pytest.mark.parametrize(
    "headers",
    [BEARER, {"authorization": f"bearer  {TOKEN} "}, cookie(TOKEN, LATER)],
)
def test_the_token_or_the_cookie_of_a_login_opens_it(headers: dict[str, str]) -> None:
    assert access(TOKEN).get("/evals/x?a=1", headers=headers).json() == INSIDE


@pytest.mark.parametrize("headers", [{"authorization": "Bearer "}, cookie("", LATER), {}])
def test_where_there_is_no_token_none_opens_it(headers: dict[str, str]) -> None:
    assert access().get("/evals/x", headers=headers).json() == NOWHERE
    assert access().get("/evals/login", headers=headers).json() == NOWHERE


def test_unless_told_otherwise_this_machine_has_no_permission() -> None:
    client = TestClient(OperatorAccess(inside), "http://localhost")
    assert client.get("/evals/x").json() == NOWHERE


def test_where_there_is_a_token_the_login_is_there_for_all() -> None:
    assert access(TOKEN).get("/evals/login").json()["path"] == "/evals/login"
    assert access(TOKEN).get("/evals/login/").json() == NOWHERE


@pytest.mark.parametrize("path", ["/", "/evalsx", "/api/evals/x", "/evil"])
def test_other_addresses_are_for_all(path: str) -> None:
    assert access(TOKEN).post(path).json()["path"] == path
    assert access(TOKEN).get("/evals").json() == access(TOKEN).get("/evals/").json() == NOWHERE


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", INSIDE),
        ("localhost:7860", INSIDE),
        ("bot.localhost", INSIDE),
        ("127.0.0.1:7860", INSIDE),
        ("[::1]", INSIDE),
        ("bot.test", NOWHERE),
        ("evillocalhost", NOWHERE),
        ("10.0.0.1", NOWHERE),
        ("[::1", NOWHERE),
        ("", NOWHERE),
    ],
)
def test_on_this_machine_a_loopback_name_opens_it(host: str, expected: dict[str, str]) -> None:
    here = access(local=True)
    assert here.get("/evals/x?a=1", headers={"host": host}).json() == expected
    assert access().get("/evals/x", headers={"host": host}).json() == NOWHERE


@pytest.mark.parametrize("name", FORWARDED)
def test_what_came_through_a_proxy_is_not_from_this_machine(name: str) -> None:
    here = access(TOKEN, local=True, host="localhost")
    assert here.get("/evals/x", headers={name: "127.0.0.1"}).json() == NOWHERE
    assert here.get("/evals/x?a=1", headers={name: "127.0.0.1"} | BEARER).json() == INSIDE


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}])
def test_a_page_of_another_site_changes_nothing(headers: dict[str, str]) -> None:
    here = access(TOKEN, local=True, host="localhost")
    for method in ("POST", "PUT", "DELETE"):
        for path in ("/evals/x", "/evals/login"):
            refused = here.request(method, path, headers=headers)
            assert refused.status_code == 403 and "本站的页面" in refused.text
        asked = here.request(method, "/evals/x?a=1", headers=headers | BEARER)
        assert asked.json() == INSIDE
        assert here.request(method, "/evals/x?a=1", headers=SAME).json() == INSIDE
    for method in ("GET", "OPTIONS"):
        assert here.request(method, "/evals/x?a=1", headers=headers).json() == INSIDE
    assert here.head("/evals/x", headers=headers).status_code == 200


def test_what_is_no_request_over_http_passes_untouched() -> None:
    seen = []

    async def started(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    with TestClient(OperatorAccess(started, TOKEN)):
        assert seen == ["lifespan"]


def test_a_websocket_is_no_page_of_the_operator() -> None:
    seen = []

    async def opened(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["path"])
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})

    with TestClient(OperatorAccess(opened, TOKEN)).websocket_connect("/evals/x"):
        assert seen == ["/evals/x"]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost.test", False),
        ("xlocalhost", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_which_names_are_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://evil.test", "host": "a"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none", "origin": "http://a", "host": "a"}, False),
        ({"origin": "http://a:1", "host": "a:1"}, True),
        ({"origin": "http://a:1", "host": "a"}, False),
        ({"origin": "null", "host": "null"}, False),
        ({"origin": "", "host": ""}, False),
        ({"host": ""}, False),
        ({}, False),
    ],
)
def test_which_requests_a_page_of_this_site_sent(headers: dict[str, str], same: bool) -> None:
    assert is_same_origin(headers) is same


def test_a_cookie_is_good_to_its_last_second_and_for_its_token() -> None:
    made = signed_cookie(TOKEN, 1000)
    assert is_valid_cookie(made, TOKEN, 1000) and not is_valid_cookie(made, TOKEN, 1000.5)
    assert not is_valid_cookie(made, "other", 999)
    for wrong in ("", ".", "1000", "1000.", made + "0", made.replace("1000", "2000"), "²." + made):
        assert not is_valid_cookie(wrong, TOKEN, 999)
    assert is_valid_cookie(signed_cookie(TOKEN, 10**12 - 1), TOKEN, 999)
    assert not is_valid_cookie(signed_cookie(TOKEN, 10**12), TOKEN, 999)


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(login_router(TOKEN))

    @app.get("/evals/fails")
    @with_error_page
    def fails(request: Request, n: int) -> Response:
        raise UsageError(f"第 {n} 行不对。", f"Line {n} is wrong.")

    @app.get("/evals/page/{text}")
    def page(request: Request, text: str) -> Response:
        return operator_page(request, "evals_amiss", 418, message=text)

    @app.get("/evals/sent")
    def sent(request: Request) -> Response:
        return redirect(request, "/evals/x", run="a b", n=2)

    with TestClient(app, "http://bot.test", follow_redirects=False) as client:
        yield client


def test_a_login_gives_a_cookie_for_twelve_hours(client: TestClient) -> None:
    before = int(time())
    answer = client.post("/evals/login?lang=en", data={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/evals?lang=en")
    value, *attributes = answer.headers["set-cookie"].split("; ")
    name, _, value = value.partition("=")
    assert (name, set(attributes)) == (
        COOKIE,
        {"HttpOnly", "Max-Age=43200", "Path=/", "SameSite=strict"},
    )
    assert is_valid_cookie(value, TOKEN, time())
    assert before + 43200 <= int(value.partition(".")[0]) <= time() + 43200
    secure = TestClient(client.app, "https://bot.test", follow_redirects=False)
    assert "; Secure" in secure.post("/evals/login", data={"token": TOKEN}).headers["set-cookie"]


@pytest.mark.parametrize("fields", [{}, {"token": ""}, {"token": "x"}, {"other": TOKEN}])
def test_a_wrong_token_gives_none(client: TestClient, fields: dict[str, str]) -> None:
    page = client.get("/evals/login")
    answer = client.post("/evals/login", data=fields)
    assert (page.status_code, answer.status_code) == (200, 403)
    assert 'action="/evals/login"' in page.text and 'role="alert"' not in page.text
    assert 'action="/evals/login"' in answer.text and 'role="alert"' in answer.text
    assert "set-cookie" not in answer.headers and answer.text != page.text
    assert client.head("/evals/login").status_code == 200


def test_leaving_takes_the_cookie_back(client: TestClient) -> None:
    answer = client.post("/evals/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/evals/login")
    assert answer.headers["set-cookie"].startswith(f'{COOKIE}=""; expires=')
    assert "Path=/;" in answer.headers["set-cookie"]


def test_an_error_is_a_page_that_says_what_is_wrong(client: TestClient) -> None:
    chinese, english = client.get("/evals/fails?n=3"), client.get("/evals/fails?n=3&lang=en")
    assert (chinese.status_code, english.status_code) == (400, 400)
    assert "第 3 行不对。" in chinese.text and "Line 3 is wrong." in english.text


def test_a_page_is_not_kept_framed_or_scripted_by_others(client: TestClient) -> None:
    answer = client.get("/evals/page/words")
    assert answer.status_code == 418 and "words" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert dict(directive.split(" ", 1) for directive in policy.split("; ")) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_a_page_leads_to_itself_in_the_other_language(client: TestClient) -> None:
    chinese = client.get("/evals/page/words?run=a").text
    english = client.get("/evals/page/words?run=a&lang=en").text
    assert '<html lang="zh-CN"' in chinese and '<html lang="en"' in english
    assert 'href="/evals/page/words?run=a&amp;lang=en"' in chinese
    assert 'href="/evals/page/words?run=a"' in english
    assert 'href="/documents?lang=en"' in english and 'href="/documents"' in chinese


def test_a_browser_is_sent_on_in_its_language(client: TestClient) -> None:
    assert client.get("/evals/sent").headers["location"] == "/evals/x?run=a+b&n=2"
    sent = client.get("/evals/sent?lang=en").headers["location"]
    assert sent == "/evals/x?run=a+b&n=2&lang=en"


def sent_form(*chunks: bytes) -> dict[str, list[str]]:
    """What is read of a form that comes in `chunks`."""
    messages: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": n < len(chunks)}
        for n, chunk in enumerate(chunks, 1)
    ]

    async def receive() -> Message:
        return messages.pop(0)

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    return asyncio.run(read_form(request))


def test_a_form_is_read_field_by_field() -> None:
    body = urlencode([("a", "1\r\n2"), ("a", ""), ("b", "中")]).encode()
    assert sent_form(body[:5], body[5:]) == {"a": ["1\n2", ""], "b": ["中"]}
    assert sent_form(b"a=%ff\xff") == {"a": ["\ufffd\ufffd"]}
    assert sent_form(b"") == {}


def test_of_a_form_256_kibibytes_are_read() -> None:
    """The rest is not even waited for."""
    limit = 262_144
    assert sent_form(b"a=" + b"x" * (limit - 2)) == {"a": ["x" * (limit - 2)]}
    whole, more = sent_form(b"a=", b"x" * (limit - 2), b"y"), sent_form(b"a=" + b"x" * limit)
    assert whole == more == {"a": ["x" * (limit - 2)]}
    messages: list[Message] = [{"type": "http.request", "body": b"x" * 262_145, "more_body": True}]

    async def receive() -> Message:
        return messages.pop(0)

    asyncio.run(read_form(Request({"type": "http", "method": "POST", "headers": []}, receive)))


async def documents(scope: Scope, receive: Receive, send: Send) -> None:
    """Says whether it shows the operator more."""
    await JSONResponse(has_permission(Request(scope)))(scope, receive, send)


def test_a_page_for_all_knows_its_operator() -> None:
    guarded = OperatorAccess(documents, TOKEN, local=True)
    here, away = TestClient(guarded, "http://localhost"), TestClient(guarded, "http://bot.test")
    assert here.get("/documents").json() is True
    assert away.get("/documents").json() is False
    assert away.get("/documents", headers=cookie(TOKEN, LATER)).json() is True
    assert away.get("/documents", headers=BEARER).json() is True
    assert here.get("/documents", headers={"x-forwarded-for": "1.2.3.4"}).json() is False
    assert TestClient(documents).get("/documents").json() is False


def test_what_changes_the_library_is_the_operators() -> None:
    here = access(TOKEN, local=True, host="localhost")
    assert here.post("/library/x", headers=SAME).json()["path"] == "/library/x"
    assert here.post("/library/x").status_code == 403
    assert access(TOKEN).post("/library/x", headers=SAME).json() == NOWHERE
    assert access(TOKEN).get("/librarian").json()["path"] == "/librarian"
