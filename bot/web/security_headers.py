"""The outermost layer, in plain ASGI: shuts the routes of Gradio that a text-only chat never uses, and sets headers."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.templates import fixed

_OPEN = re.compile(
    r"/gradio_api/(?:queue/(?:join|data)|run/predict|app_id|startup-events|heartbeat/\w+|cancel|reset)/?|"
    r"(?!/(?:gradio_api|proxy=|file[=/]|upload|svelte|custom_component|login|logout|monitoring|pwa_icon|docs|redoc)).*",
    re.DOTALL,
)
"""Of Gradio's own routes only those that the page calls."""

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """Wraps an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"] == "/embed":
                    # Its own frame-ancestors say who may frame it; this header knows of no other sites.
                    del headers["x-frame-options"]
                if scope["path"].startswith(f"{fixed()}/"):
                    headers["cache-control"] = "public, max-age=31536000, immutable"
                elif scope["path"].startswith("/ui/"):
                    # Asked about each time: pages and scripts of two versions must not meet.
                    headers["cache-control"] = "no-cache"
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _OPEN.fullmatch(scope["path"]):
            await self._app(scope, receive, send_with_headers)
        else:
            error = {"code": "not_found", "message": "没有这个地址。No such address."}
            await JSONResponse({"error": error}, 404)(scope, receive, send_with_headers)
