"""What a browser shows of an address where there is nothing: a page, where programs get JSON."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.pages import html_page


class MissingPages:
    """Wraps an application. Where it answers 404 and no page, a browser gets the page that says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        if scope["type"] != "http" or not _wants_page(scope):
            await self._app(scope, receive, send)
            return
        start: Message = {}

        async def send_or_replace(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_bare_404(message):
                start = message
            elif not start:
                await send(message)
            elif not message.get("more_body"):
                await _send_page(scope, start, send)

        await self._app(scope, receive, send_or_replace)


def _wants_page(scope: Scope) -> bool:
    """Whether a person looks, not a program: browsers name HTML for what they show, and only then."""
    is_read = scope["method"] in ("GET", "HEAD")
    return is_read and "text/html" in Headers(scope=scope).get("accept", "")


def _is_bare_404(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_page = headers.get("content-type", "").startswith("text/html")
    return start["status"] == 404 and not is_page


async def _send_page(scope: Scope, start: Message, send: Send) -> None:
    """Sends the page with the headers that the response had beside those of its own."""
    page = html_page(Request(scope), "missing", 404, page="missing")
    headers = MutableHeaders(raw=list(start["headers"]))
    headers.update(page.headers)
    await send({**start, "headers": headers.raw})
    body = b"" if scope["method"] == "HEAD" else bytes(page.body)
    await send({"type": "http.response.body", "body": body})
