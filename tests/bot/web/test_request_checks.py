"""What is refused by the headers of a request alone, before the application sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from bot.settings import ApiSettings
from bot.storage.sites import SitesUnavailable
from bot.web.http_errors import Busy
from bot.web.request_checks import Keys, RequestChecks

HOST = "bot.test"
PROXY = "10.0.0.1"
QUESTIONS = ("/api/ask", "/api/search", "/v1/chat/completions")
WITH_KEY = (*QUESTIONS, "/v1/models", "/v1/", "/v1/a%0Ab", "/mcp", "/mcp/")
WITHOUT_KEY = ("/", "/api/feedback", "/api/passages/x", "/api/ask/x", "/v1", "/mcp/x", "/metrics")
BEARER = {"authorization": "Bearer first"}


def checked(
    is_widget: Callable[[HTTPConnection], bool] = lambda connection: False,
    check_capacity: Callable[[], None] = lambda: None,
    **settings: str,
) -> TestClient:
    """A client on an application of one word, behind the checks."""
    inside = PlainTextResponse("inside")
    checks = RequestChecks(
        inside,
        ApiSettings.model_validate(settings),
        is_widget=is_widget,
        check_capacity=check_capacity,
    )
    return TestClient(checks, base_url=f"http://{HOST}")


def refusal(answer: Any) -> tuple[int, str]:
    """(status, code) of what was refused; (200, "inside") of what was not."""
    if answer.text == "inside":
        return answer.status_code, "inside"
    return answer.status_code, answer.json()["error"]["code"]


def raw(name: str, value: str) -> dict[bytes, bytes]:
    """A header that no client would send by itself."""
    return {name.encode(): value.encode("latin-1")}


INSIDE = (200, "inside")
WRONG = (400, "bad_request")
FORBIDDEN = (403, "forbidden")
NO_KEY = (401, "unauthorized")
TOO_LARGE = (413, "too_large")


def connection(authorization: str | None) -> HTTPConnection:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    return HTTPConnection({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("authorization", "met"),
    [
        ("Bearer first", True),
        ("bearer second", True),
        ("BEARER   first ", True),
        ("Bearer third", False),
        ("Bearer firs", False),
        ("Bearer ", False),
        ("Bearer", False),
        ("Basic first", False),
        ("first", False),
        ("", False),
        (None, False),
    ],
)
def test_a_key_is_brought_as_a_bearer_token(authorization: str | None, met: bool) -> None:
    assert Keys(["first", "second"]).are_met(connection(authorization)) is met


@pytest.mark.parametrize("authorization", ["Bearer ", "Bearer", "Bearer x", None])
def test_where_there_are_no_keys_none_is_met(authorization: str | None) -> None:
    keys = Keys([])
    assert not keys and not keys.are_met(connection(authorization))
    assert Keys(["first"])


GOOD_HOSTS = [
    "bot.test",
    "BOT.test",
    "bot_2-x.test:80",
    "10.0.0.1:65535",
    "x" * 253,
    "[::]",
    "[::1]:7860",
    "[::ffff:10.0.0.1]",
    f"[{'f' * 45}]",
]
BAD_HOSTS = [
    "",
    "x" * 254,
    "bot.test:",
    "bot.test:123456",
    "bot.test:80:80",
    "bot.test:8o",
    "bot.test/",
    "a b",
    "é",
    "[:]",
    f"[{'f' * 46}]",
    "[::1",
    "[bot.test]",
    "bot.test\n",
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_a_host_that_can_be_one_is_served(host: str) -> None:
    assert refusal(checked().get("/", headers=raw("host", host))) == INSIDE


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_a_host_that_cannot_be_one_is_refused(host: str) -> None:
    assert refusal(checked().get("/", headers=raw("host", host))) == WRONG


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("bot.test", INSIDE),
        ("BOT.TEST:7860", INSIDE),
        ("[::1]:7860", INSIDE),
        ("other.test", WRONG),
        ("bot.test.evil.test", WRONG),
    ],
)
def test_where_hosts_are_named_no_other_is_served(host: str, expected: tuple[int, str]) -> None:
    client = checked(hosts="Bot.test, [::1]")
    assert refusal(client.get("/", headers=raw("host", host))) == expected


def test_what_is_no_request_over_http_is_not_checked() -> None:
    seen = []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    with TestClient(RequestChecks(inside, ApiSettings())):
        assert seen == ["lifespan"]


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://bot.test", "bot.test"),
        ("http://BOT.test", "bot.TEST"),
        ("http://bot.test:80", "bot.test"),
        ("http://bot.test", "bot.test:80"),
        ("https://bot.test", "bot.test:443"),
        ("https://bot.test:443", "bot.test"),
        ("http://bot.test:7860", "bot.test:7860"),
        ("https://partner.test", "bot.test"),
    ],
)
def test_a_page_of_this_site_or_of_one_named_may_send(origin: str, host: str) -> None:
    client = checked(origins="https://partner.test, https://other.test")
    for method in ("POST", "PUT", "DELETE"):
        answer = client.request(method, "/", headers={"origin": origin, "host": host})
        assert refusal(answer) == INSIDE


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.test",
        "http://bot.test.evil.test",
        "http://bot.test:7860",
        "https://bot.test:80",
        "http://bot.test:443",
        "ftp://bot.test",
        "bot.test",
        "//bot.test",
        "http://partner.test",
        "http://[",
        "null",
        "",
    ],
)
def test_a_page_of_another_site_may_read_but_not_send(origin: str) -> None:
    client = checked(origins="https://partner.test")
    assert refusal(client.post("/", headers={"origin": origin})) == FORBIDDEN
    for method in ("GET", "OPTIONS"):
        assert refusal(client.request(method, "/", headers={"origin": origin})) == INSIDE
    assert client.head("/", headers={"origin": origin}).status_code == 200


def test_behind_a_proxy_the_site_is_the_one_that_was_asked_for() -> None:
    asked = {"origin": "https://public.test", "x-forwarded-host": "public.test"}
    checks = RequestChecks(PlainTextResponse("inside"), ApiSettings(proxies=PROXY))
    for peer, expected in ((PROXY, INSIDE), ("203.0.113.7", FORBIDDEN)):
        client = TestClient(checks, base_url=f"http://{HOST}", client=(peer, 1))
        assert refusal(client.post("/", headers=asked)) == expected


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/mcp"])
def test_the_api_takes_64_kibibytes(path: str) -> None:
    for length, expected in ((65_536, INSIDE), (65_537, TOO_LARGE)):
        headers = raw("content-length", str(length))
        assert refusal(checked().post(path, headers=headers)) == expected


@pytest.mark.parametrize("path", ["/", "/apix", "/gradio_api/queue/join"])
def test_any_other_address_takes_4_mebibytes(path: str) -> None:
    for length, expected in ((4_194_304, INSIDE), (4_194_305, TOO_LARGE)):
        headers = raw("content-length", str(length))
        assert refusal(checked().post(path, headers=headers)) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ("0", INSIDE),
        ("000000000001", INSIDE),
        ("0000000000001", TOO_LARGE),
        ("9" * 5000, TOO_LARGE),
        ("-1", WRONG),
        ("1e3", WRONG),
        ("²", WRONG),
        ("", WRONG),
    ],
)
def test_a_length_is_a_short_number(length: str, expected: tuple[int, str]) -> None:
    assert refusal(checked().post("/api/ask", headers=raw("content-length", length))) == expected
    assert refusal(checked().get("/api/ask", headers=raw("content-length", length))) == INSIDE


def test_only_the_api_reads_a_body_of_unknown_length() -> None:
    headers = raw("transfer-encoding", "chunked")
    assert refusal(checked().post("/api/ask", headers=headers)) == INSIDE
    assert refusal(checked().post("/", headers=headers)) == (411, "length_needed")
    assert refusal(checked().post("/")) == INSIDE
    declared = {**headers, **raw("content-length", "2")}
    assert refusal(checked().post("/", headers=declared)) == INSIDE


@pytest.mark.parametrize("path", WITH_KEY)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_asks_needs_a_key_where_there_are_keys(path: str, method: str) -> None:
    client = checked(keys="first, second")
    refused = client.request(method, path)
    assert refusal(refused) == NO_KEY and refused.headers["www-authenticate"] == "Bearer"
    wrong = {"authorization": "Bearer third"}
    assert refusal(client.request(method, path, headers=wrong)) == NO_KEY
    assert refusal(client.request(method, path, headers=BEARER)) == INSIDE
    assert refusal(client.options(path)) == INSIDE
    assert refusal(checked().request(method, path)) == INSIDE


@pytest.mark.parametrize("path", WITHOUT_KEY)
def test_nothing_else_needs_a_key(path: str) -> None:
    assert refusal(checked(keys="first").get(path)) == INSIDE


def test_the_token_of_a_site_opens_what_its_widget_asks_and_nothing_else() -> None:
    seen = []

    def is_widget(connection: HTTPConnection) -> bool:
        seen.append(connection.headers["x-chengwen-site"])
        return True

    client = checked(is_widget, keys="first")
    client.headers["x-chengwen-site"] = "token"
    assert refusal(client.post("/api/ask")) == INSIDE and seen == ["token"]
    for path in WITH_KEY:
        if path != "/api/ask":
            assert refusal(client.post(path)) == NO_KEY
    assert refusal(checked(lambda connection: False, keys="first").post("/api/ask")) == NO_KEY


def test_without_widgets_a_token_opens_nothing() -> None:
    checks = RequestChecks(PlainTextResponse("inside"), ApiSettings.model_validate({"keys": "a"}))
    client = TestClient(checks, base_url=f"http://{HOST}")
    assert refusal(client.post("/api/ask", headers={"x-chengwen-site": "token"})) == NO_KEY


def test_a_file_of_sites_that_cannot_be_read_is_told() -> None:
    def fail(connection: HTTPConnection) -> bool:
        raise SitesUnavailable("读不了", "unreadable")

    answer = checked(fail, keys="first").post("/api/ask")
    assert refusal(answer) == (503, "sites_unavailable")


def refuse_all() -> None:
    raise Busy("忙", "busy", 3)


@pytest.mark.parametrize("path", QUESTIONS)
def test_where_there_is_no_room_no_question_is_read(path: str) -> None:
    client = checked(check_capacity=refuse_all, keys="first")
    assert refusal(client.post(path)) == NO_KEY
    refused = client.post(path, headers=BEARER)
    assert refusal(refused) == (503, "busy") and refused.headers["retry-after"] == "3"
    assert refusal(client.get(path, headers=BEARER)) == INSIDE


@pytest.mark.parametrize("path", ["/api/feedback", "/v1/models", "/mcp", "/"])
def test_where_there_is_no_room_all_else_is_served(path: str) -> None:
    assert refusal(checked(check_capacity=refuse_all).post(path)) == INSIDE


def test_a_refusal_is_in_the_language_of_the_caller() -> None:
    headers = raw("host", "a b")
    chinese = checked().get("/", headers=headers).json()["error"]["message"]
    headers |= raw("accept-language", "en")
    english = checked().get("/", headers=headers).json()["error"]["message"]
    assert not chinese.isascii() and english.isascii()


@pytest.mark.parametrize(
    ("peer", "scheme", "host"),
    [(PROXY, "https", "public.test"), ("203.0.113.7", "http", "bot.test")],
)
def test_behind_it_stands_what_a_trusted_proxy_says(peer: str, scheme: str, host: str) -> None:
    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        seen = {name.decode(): value.decode() for name, value in scope["headers"]}
        seen |= {"scheme": scope["scheme"], "path": scope["path"]}
        await JSONResponse(seen)(scope, receive, send)

    checks = RequestChecks(inside, ApiSettings(proxies=PROXY))
    client = TestClient(checks, base_url=f"http://{HOST}", client=(peer, 1))
    forwarded = {
        "x-forwarded-host": "public.test",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "8.8.8.8",
    }
    seen = client.get("/x", headers=forwarded).json()
    assert (seen["scheme"], seen["x-forwarded-host"]) == (scheme, host)
    assert (seen["host"], seen["path"], seen["x-forwarded-for"]) == ("bot.test", "/x", "8.8.8.8")
    assert "x-forwarded-host" not in client.get("/").json()
