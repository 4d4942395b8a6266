"""The headers that every response has, and the routes of Gradio that nobody reaches."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from bot.web.security_headers import SecurityHeaders
from bot.web.templates import static_address

STRICT = "default-src 'none'; frame-ancestors 'none'"
OPEN = [
    "/",
    "/api/ask",
    "/config",
    "/documents",
    "/embed",
    "/theme.css",
    "/x%0Ay",
    "/gradio_api/queue/join",
    "/gradio_api/queue/join/",
    "/gradio_api/queue/data",
    "/gradio_api/run/predict",
    "/gradio_api/app_id",
    "/gradio_api/startup-events",
    "/gradio_api/heartbeat/a1",
    "/gradio_api/cancel",
    "/gradio_api/reset/",
    "/file/report-2020",
]
CLOSED = [
    "/gradio_api",
    "/gradio_api/",
    "/gradio_api/upload",
    "/gradio_api/queue/status",
    "/gradio_api/queue/join/x",
    "/gradio_api/heartbeat/",
    "/gradio_api/heartbeat/a/b",
    "/gradio_api/cancel%0A",
    "/gradio_api/x%0Ay",
    "/proxy=http://evil.test",
    "/file=/etc/passwd",
    "/file/etc/passwd",
    "/file/report.pdf",
    "/file/",
    "/file/x%0A",
    "/file/" + "x" * 65,
    "/upload",
    "/svelte/x",
    "/custom_component/x",
    "/login",
    "/login/callback",
    "/logout",
    "/monitoring",
    "/pwa_icon",
    "/docs",
    "/redoc",
]


def guarded(**headers: str) -> TestClient:
    """A client on an application of one word, which sends `headers` of its own."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return TestClient(SecurityHeaders(PlainTextResponse("inside", headers=sent)))


def test_a_response_has_every_header() -> None:
    headers = guarded().get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"
    assert "cache-control" not in headers


def test_a_page_loads_from_this_site_alone_and_is_framed_by_it_alone() -> None:
    policy = guarded().get("/").headers["content-security-policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives == {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }


def test_what_a_page_says_of_itself_stays() -> None:
    answer = guarded(content_security_policy=STRICT, referrer_policy="no-referrer").get("/")
    assert answer.headers.get_list("content-security-policy") == [STRICT]
    assert answer.headers.get_list("referrer-policy") == ["no-referrer"]
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.text == "inside"


def test_only_the_page_of_the_widget_may_be_framed_by_other_sites() -> None:
    assert "x-frame-options" not in guarded().get("/embed").headers
    for path in ("/embed/", "/embed/demo", "/embedded", "/"):
        assert guarded().get(path).headers["x-frame-options"] == "SAMEORIGIN"


def test_files_are_kept_for_good_where_their_address_names_their_bytes() -> None:
    kept = "public, max-age=31536000, immutable"
    assert guarded().get(f"{static_address()}/panel.js").headers["cache-control"] == kept
    for path in (
        "/ui/panel.js",
        "/ui/0123456789ab/panel.js",
        f"{static_address()}0/panel.js",
        static_address(),
    ):
        assert guarded().get(path).headers["cache-control"] == "no-cache"
    for path in ("/uix", "/ui", "/x/ui/panel.js"):
        assert guarded(cache_control="no-store").get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", OPEN)
def test_what_the_chat_page_calls_is_served(path: str) -> None:
    assert guarded().get(path).text == "inside"


@pytest.mark.parametrize("path", CLOSED)
def test_what_it_never_calls_is_not_there(path: str) -> None:
    answer = guarded().get(path)
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"
    assert answer.json()["error"]["message"] == "没有这个地址。No such address."
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "default-src" in answer.headers["content-security-policy"]


def test_what_is_no_request_over_http_passes_untouched() -> None:
    seen = []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    with TestClient(SecurityHeaders(inside)):
        assert seen == ["lifespan"]
