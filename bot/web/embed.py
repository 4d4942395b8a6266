"""The widget for other sites: its script, its page without Gradio, and a page that shows what it can do."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache, partial
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.requests import HTTPConnection

from bot.i18n import TAGS, language_of_parameter, texts
from bot.limits import TURNS_SENT
from bot.service import Service
from bot.settings import is_among, listed
from bot.storage.daily_counts import DailyCounts
from bot.storage.sites import COLOR, Site, Sites
from bot.web.http_errors import Forbidden, TooMany
from bot.web.reading_page import parts, tag
from bot.web.templates import STATIC, fixed, render

VERSION = "1.0.0"
"""Of the script. Sites pin it by its hash, so any change of its bytes needs another."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
_HOST_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
)
_HOST_POLICY += "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
_OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
"""The script may be loaded from anywhere, and its hash be checked there; what it opens may not."""

_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)")


@cache
def loader() -> bytes:
    """The script of the widget: its two files as one, without indentation and comments."""
    source = "".join((STATIC / name).read_text("utf-8") for name in ("embed-marks.js", "embed.js"))
    code = re.sub(r"^[ \t]*//.*\n|^[ \t]+", "", source, flags=re.MULTILINE)
    return f"/* Chengwen widget {VERSION} */\n{{\n{code}}}\n".encode()


@cache
def integrity() -> str:
    """What a page writes into `integrity` to accept these bytes only."""
    return f"sha384-{base64.b64encode(hashlib.sha384(loader()).digest()).decode()}"


def embed(service: Service, widget_sites: WidgetSites) -> APIRouter:
    """/embed.js, /embed/v{version}.js, /embed, /embed/suggestions and /embed/demo."""
    router = APIRouter(default_response_class=HTMLResponse)
    get = partial(router.api_route, methods=["GET", "HEAD"])
    origins = listed(service.settings.embed.origins)
    note = "note_generated" if str(service.settings.reader) == "llm" else "note"

    @get("/embed.js")
    async def current() -> Response:
        return _script("public, max-age=3600")

    @get("/embed/v{version}.js")
    async def pinned(version: str) -> Response:
        if version == VERSION:
            return _script("public, max-age=31536000, immutable")
        return Response(f"/* {VERSION} */", 404, media_type="text/javascript", headers=_OPEN)

    @get("/embed")
    def panel(request: Request) -> HTMLResponse:
        token = request.query_params.get("site")
        site = widget_sites.sites.find(token) if token else None
        if token and site is None:
            return _nothing(request)
        return _panel(request, site, list(site.origins) if site else origins, note)

    @get("/embed/suggestions")
    def suggestions(request: Request) -> Response:
        narrow = widget_sites.service_for(widget_sites.site_of(request))
        told = json.dumps({"suggestions": narrow.suggestions.opening}, ensure_ascii=False)
        return Response(told, media_type="application/json")

    router.include_router(_shown(service))
    return router


def _shown(service: Service) -> APIRouter:
    """The pages that show the widget at work."""
    router = APIRouter(default_response_class=HTMLResponse)
    get = partial(router.api_route, methods=["GET", "HEAD"])

    @get("/embed/demo")
    async def demo(request: Request) -> HTMLResponse:
        return _page(
            request, "embed_demo", version=VERSION, integrity=integrity(), base=_own(request)
        )

    @get("/embed/demo/{host}")
    async def host(request: Request, host: str) -> HTMLResponse:
        if host == "article":
            return _article(request, service)
        return _page(request, "embed_hostile") if host == "hostile" else _nothing(request)

    return router


def _script(kept: str) -> Response:
    headers = {**_OPEN, "cache-control": kept, "etag": f'"{integrity()}"'}
    return Response(loader(), media_type="text/javascript; charset=utf-8", headers=headers)


def _panel(request: Request, site: Site | None, origins: list[str], note: str) -> HTMLResponse:
    """The page in the frame. What the address says of colours and titles is for the eye; what may be asked is not."""
    wish = request.query_params
    language = language_of_parameter(wish.get("lang"))
    color, title = (wish.get(name, "") for name in ("color", "title"))
    client = {**texts("message", language), **texts("client", language), **texts("embed", language)}
    values = {
        "tag": TAGS[language],
        "words": client,
        "note": texts("chat", language)[note],
        # In a script element "</" would end it; < is the same character to JSON.
        "client": json.dumps(client, ensure_ascii=False).replace("<", "\\u003c"),
        "title": title.strip()[:60]
        or (site.title if site else "")
        or texts("site", language)["title"],
        "color": color.lower() if COLOR.fullmatch(color.lower()) else site.color if site else "",
        "theme": wish.get("theme") if wish.get("theme") in ("light", "dark") else "auto",
        "large": wish.get("text-size") == "large",
        "full": wish.get("mode") == "full",
        "origin": _echoed(wish.get("origin", ""), [_own(request), *origins]),
        "site": wish.get("site", ""),
        "alone": "/embed?" + urlencode({**_without(wish, "origin", "mode"), "mode": "full"}),
        "turns": TURNS_SENT,
        "ui": fixed(),
    }
    policy = POLICY + " ".join(["'self'", *origins])
    return HTMLResponse(
        render("embed.html", **values),
        headers={"content-security-policy": policy, "cache-control": "no-store"},
    )


def _echoed(origin: str, allowed: list[str]) -> str:
    """The page around the frame, as far as it may be spoken to."""
    return origin if is_among(origin, allowed) else ""


def _own(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _without(wish: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in wish.items() if name not in names}


def _nothing(request: Request) -> HTMLResponse:
    return _page(request, "embed_missing", 404)


def _page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    language = language_of_parameter(request.query_params.get("lang"))
    query = "?lang=en" if language == "en" else ""
    there = request.scope["path"] + ("" if language == "en" else "?lang=en")
    frame = {
        "site": texts("site", language),
        "language": language,
        "tag": TAGS[language],
        "there": there,
    }
    html = render(
        f"{template}.html",
        **frame,
        words=texts("embed", language),
        query=query,
        page="embed",
        **values,
    )
    return HTMLResponse(html, status, {"content-security-policy": _HOST_POLICY})


def _article(request: Request, service: Service) -> HTMLResponse:
    """The first article as a page of its own, its numbers set in bold: words cited run across elements."""
    documents = service.snapshot.collection.documents
    if not documents:
        return _nothing(request)
    found = [
        (
            part.heading.text if part.heading else "",
            [_NUMBER.split(paragraph.text) for paragraph in part.paragraphs],
        )
        for part in parts(documents[0])
    ]
    return _page(
        request, "embed_article", document=documents[0], parts=found, spoken=tag(documents[0])
    )


HEADER = "x-chengwen-site"
"""The header in which the widget sends the token of its site."""


class WidgetSites:
    """Knows a site by its token, counts its questions, and answers it from its articles.

    `admit` and `site_of` are for one thread: the event loop's.
    """

    def __init__(self, sites: Sites, service: Service, days: DailyCounts | None = None) -> None:
        self.sites = sites
        self._service = service
        self._days = days or DailyCounts()
        self._narrow: dict[frozenset[str], Service] = {}
        self._turn = Lock()

    def site_of(self, connection: HTTPConnection) -> Site | None:
        """The site whose widget asks; None for any other door. Raises Forbidden for a token that is of no site."""
        token = connection.headers.get(HEADER)
        if token is None:
            return None
        site = self.sites.find(token)
        if site is None:
            raise Forbidden(
                "这个网站没有登记，或登记已取消。", "This site is not registered, or no longer."
            )
        return site

    def is_widget(self, connection: HTTPConnection) -> bool:
        """Whether the widget of a registered site asks."""
        token = connection.headers.get(HEADER)
        return token is not None and self.sites.find(token) is not None

    def admit(self, site: Site | None) -> None:
        """Counts a question of `site`. Raises TooMany, and does not count it, where it has asked enough in 24 hours."""
        if site is None:
            return
        if wait := self._days.wait(site.name, site.daily):
            raise TooMany(
                "本网站今天的提问已达上限，请明天再问。",
                "No more questions can be taken from this site today.",
                wait,
            )
        self._days.add(site.name)

    def service_for(self, site: Site | None) -> Service:
        """What answers `site`: the whole service, or one of its tags. The first time that takes about a second."""
        tags = frozenset(site.tags if site else ())
        with self._turn:
            if tags not in self._narrow:
                self._narrow[tags] = self._service.narrowed(tags)
            return self._narrow[tags]
