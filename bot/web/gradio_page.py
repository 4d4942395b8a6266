"""Gradio's page before it is sent: in the visitor's language, with our head, first screen and footer."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from anyio.to_thread import run_sync
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.i18n import texts
from bot.live import Live
from bot.web.first_screen import FirstScreen, first_screen
from bot.web.page_language import PageLanguage, page_language
from bot.web.templates import json_for_script, render

# Matches <meta property="og:title" content="Gradio" />, previews that lead to Gradio's site.
_PREVIEW = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
# Matches <meta charset="utf-8" />, with which Gradio's head begins.
_CHARSET = re.compile(rb'<meta charset="utf-8"\s*/?>')
# Matches <body class="dark">.
_BODY = re.compile(rb"<body[^>]*>")


def adapt_page(
    html: bytes, spoken: PageLanguage, screen: FirstScreen, is_written: bool = False
) -> bytes:
    """Gradio's page in a language, with our head, header, first screen and footer, without its previews.

    `is_written` says whether a language model writes the answers, which the footer tells.
    """
    values = _template_values(spoken, screen, is_written)
    head = render("head.html", **values).encode()
    above = render("above.html", **values).encode()
    below = render("below.html", **values).encode()
    tag = values["tag"]
    html = _PREVIEW.sub(b"", html)
    html = html.replace(b'lang="en"', f'lang="{tag}" class="cw-page cw-chat-page"'.encode(), 1)
    html = _CHARSET.sub(lambda charset: charset[0] + head, html, count=1)
    html = _BODY.sub(lambda body: body[0] + above, html, count=1)
    return html.replace(b"</body>", below + b"</body>", 1)


def _template_values(
    spoken: PageLanguage, screen: FirstScreen, is_written: bool
) -> dict[str, object]:
    chat = texts("chat", spoken.language)
    if is_written:
        chat["note"] = chat["note_generated"]
    wanted = [(document.doc_id, document.name or document.doc_id) for document in screen.wanted]
    doc_ids = [doc_id for doc_id, _ in wanted]
    return {
        **spoken.frame("/", {"doc": doc_ids}),
        "chat": chat,
        "client": json_for_script(texts("client", spoken.language)),
        "screen": screen,
        "wanted": json_for_script([{"id": doc_id, "title": title} for doc_id, title in wanted]),
        "page": "chat",
    }


class GradioPage:
    """Wraps an application, and adapts the page at / as it is sent; all else passes as it is.

    The first screen tells what `live` answers from. `is_written` says whether a language model
    writes the answers.
    """

    def __init__(self, app: ASGIApp, live: Live, is_written: bool = False) -> None:
        self._app = app
        self._live = live
        self._is_written = is_written

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request. The page at / is held back until it is whole."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        spoken = page_language(HTTPConnection(scope))
        wanted = HTTPConnection(scope).query_params.getlist("doc")
        start: Message = {}
        body = b""

        async def send_whole(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body"):
                    # In a thread: a service that has suggested nothing yet tries questions first.
                    screen = await run_sync(
                        first_screen, self._live.service, spoken.language, wanted
                    )
                    adapt = partial(
                        adapt_page, spoken=spoken, screen=screen, is_written=self._is_written
                    )
                    await _send_page(start, body, adapt, send)
            else:
                await send(message)

        await self._app(scope, receive, send_whole)


async def _send_page(
    start: Message, body: bytes, adapt: Callable[[bytes], bytes], send: Send
) -> None:
    """Sends a whole response; only one of status 200 is Gradio's page."""
    if start["status"] == 200:
        body = adapt(body)
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        headers.add_vary_header("Accept-Language")
    await send(start)
    await send({"type": "http.response.body", "body": body})
