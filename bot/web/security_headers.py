"""The headers that every response has, and the routes of Gradio that a chat of text never uses."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.templates import static_address

# Matches /gradio_api/queue/join and /gradio_api/heartbeat/3f9c, which the chat page calls.
_CHAT_ROUTE = re.compile(
    r"/gradio_api/(?:queue/(?:join|data)|run/predict|app_id|startup-events|"
    r"heartbeat/\w+|cancel|reset)/?"
)

# Matches /file/report-2020, an original; a doc_id that is made of a file's name has no other form.
_ORIGINAL = re.compile(r"/file/[A-Za-z0-9_-]{1,64}")

_CLOSED = (
    "/gradio_api",
    "/proxy=",
    "/file=",
    "/file/",
    "/upload",
    "/svelte",
    "/custom_component",
    "/login",
    "/logout",
    "/monitoring",
    "/pwa_icon",
    "/docs",
    "/redoc",
)
"""What the other routes of Gradio and FastAPI begin with."""

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""For the chat page: Gradio writes scripts and styles into it. Other pages send stricter ones."""

_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """Wraps an application, the layer around all others: even errors get the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request, or answers 404 where the route is closed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_headers(MutableHeaders(scope=message), path)
            await send(message)

        if _is_open(path):
            await self._app(scope, receive, send_with_headers)
        else:
            error = {"code": "not_found", "message": "没有这个地址。No such address."}
            response = JSONResponse({"error": error}, 404)
            await response(scope, receive, send_with_headers)


def _is_open(path: str) -> bool:
    """Whether a route is ours, or one that the chat page calls."""
    if not path.startswith(_CLOSED) or _ORIGINAL.fullmatch(path):
        return True
    return _CHAT_ROUTE.fullmatch(path) is not None


def _set_headers(headers: MutableHeaders, path: str) -> None:
    """Adds the headers that the response does not set itself, and how long files are kept."""
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if path == "/embed":
        # Its own frame-ancestors says who may frame it; this header knows of no other sites.
        del headers["x-frame-options"]
    if path.startswith(f"{static_address()}/"):
        headers["cache-control"] = "public, max-age=31536000, immutable"
    elif path.startswith("/ui/"):
        # Asked about each time: pages and scripts of two versions must not meet.
        headers["cache-control"] = "no-cache"
