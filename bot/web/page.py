"""Gradio's page made ours before it is sent: its language, its name, its style, and no word about Gradio's own site."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TITLE = "城问"
DESCRIPTION = "依据收录的文章回答问题，逐句注明出处。"

HEAD = (
    f'<title>{TITLE}</title><meta name="description" content="{DESCRIPTION}">'
    '<meta name="color-scheme" content="light dark">'
    '<link rel="icon" type="image/svg+xml" href="/ui/favicon.svg">'
    '<link rel="stylesheet" href="/ui/chat.css"><script src="/ui/chat.js" defer></script>'
)
_FOREIGN = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')


def ours(html: bytes) -> bytes:
    """The page in Chinese, with HEAD, without previews of another site."""
    html = _FOREIGN.sub(b"", html)
    html = html.replace(b'lang="en"', b'lang="zh-CN"', 1)
    return html.replace(b"</head>", HEAD.encode() + b"</head>", 1)


class Page:
    """Wraps an application; rewrites only the whole page at /."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def send_whole(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await _send_page(start, body, send)
            else:
                await send(message)

        await self._app(scope, receive, send_whole)


async def _send_page(start: Message, body: bytes, send: Send) -> None:
    if start["status"] == 200:
        body = ours(body)
        MutableHeaders(scope=start)["content-length"] = str(len(body))
    await send(start)
    await send({"type": "http.response.body", "body": body})
