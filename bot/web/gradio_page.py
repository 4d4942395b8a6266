"""Gradio's page made ours before it is sent: its language, name, head, style and scripts; nothing of its own site."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.i18n import TAGS, language_of_parameter, texts
from bot.web.templates import render

_FOREIGN = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
_CHARSET = re.compile(rb'<meta charset="utf-8"\s*/?>')
_BODY = re.compile(rb"<body[^>]*>")


def ours(html: bytes, language: str) -> bytes:
    """The page in `language`, with our head around its app, without previews of another site."""
    # In a script element "</" would end it; < is the same character to JSON.
    client = json.dumps(texts("client", language), ensure_ascii=False).replace("<", "\\u003c")
    values = {
        "language": language,
        "tag": TAGS[language],
        "site": texts("site", language),
        "chat": texts("chat", language),
        "client": client,
        "page": "chat",
        "query": "?lang=en" if language == "en" else "",
        "there": "/" if language == "en" else "/?lang=en",
    }
    html = _FOREIGN.sub(b"", html).replace(b'lang="en"', f'lang="{TAGS[language]}"'.encode(), 1)
    head, above, below = (
        render(name, **values).encode() for name in ("head.html", "above.html", "below.html")
    )
    html = _CHARSET.sub(lambda charset: charset[0] + head, html, count=1)
    html = _BODY.sub(lambda body: body[0] + above, html, count=1)
    return html.replace(b"</body>", below + b"</body>", 1)


class GradioPage:
    """Wraps an application; rewrites only the whole page at /."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        language = language_of_parameter(
            parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        )
        start: Message = {}
        body = b""

        async def send_whole(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await _send_page(start, body, language, send)
            else:
                await send(message)

        await self._app(scope, receive, send_whole)


async def _send_page(start: Message, body: bytes, language: str, send: Send) -> None:
    if start["status"] == 200:
        body = ours(body, language)
        MutableHeaders(scope=start)["content-length"] = str(len(body))
    await send(start)
    await send({"type": "http.response.body", "body": body})
