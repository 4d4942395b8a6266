"""The widget for other sites: its script, its page in a frame, and pages that show it at work."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache, partial
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.requests import HTTPConnection

from bot.i18n import LANGUAGES, NAMES, TAGS, texts
from bot.limits import TURNS_SENT
from bot.live import Live
from bot.origins import is_among
from bot.service import Service
from bot.settings import has_model, listed
from bot.storage.daily_counts import DailyCounts
from bot.storage.sites import COLOR, Site, Sites
from bot.traditional import questions_in
from bot.web.http_errors import Forbidden, TooMany
from bot.web.page_language import page_language
from bot.web.pages import language_tag, parts
from bot.web.templates import STATIC, json_for_script, render, static_address

VERSION = "1.0.0"
"""Version of the script. Sites pin it by its hash, so any change of its bytes needs another."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
"""Of the page in the frame; who may frame it is to be added."""

_DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

_ANY_ORIGIN = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
"""Any page may load the script and check its hash; what the script opens has its own rules."""

_TITLE_LENGTH = 60
"""Characters of a title in the address that are shown, as many as a registered site may have."""

# Matches the leading blanks of "  return x;" and the whole line "  // why".
_INDENT_OR_COMMENT = re.compile(r"^[ \t]*//.*\n|^[ \t]+", re.MULTILINE)
# Matches 2685 and 10.43.
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)")


@cache
def widget_script() -> bytes:
    """The script of the widget: its two files as one, without indentation and comments."""
    marks = (STATIC / "embed-marks.js").read_text("utf-8")
    widget = (STATIC / "embed.js").read_text("utf-8")
    code = _INDENT_OR_COMMENT.sub("", marks + widget)
    return f"/* Chengwen widget {VERSION} */\n{{\n{code}}}\n".encode()


@cache
def script_integrity() -> str:
    """The value of `integrity` with which a page accepts these bytes of the script only."""
    digest = hashlib.sha384(widget_script()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


def embed_router(live: Live, widget_sites: WidgetSites) -> APIRouter:
    """/embed.js, /embed/v{version}.js, /embed, /embed/suggestions and /embed/demo."""
    router = APIRouter(default_response_class=HTMLResponse)
    get = partial(router.api_route, methods=["GET", "HEAD"])
    settings = live.service.settings
    origins = listed(settings.embed.origins)
    model = settings.llm.model if has_model(settings) else ""

    @get("/embed.js")
    async def current_script() -> Response:
        return _script_response("public, max-age=3600")

    @get("/embed/v{version}.js")
    async def pinned_script(version: str) -> Response:
        if version == VERSION:
            return _script_response("public, max-age=31536000, immutable")
        body = f"/* {VERSION} */"
        return Response(body, 404, media_type="text/javascript", headers=_ANY_ORIGIN)

    @get("/embed")
    def frame(request: Request) -> HTMLResponse:
        token = request.query_params.get("site")
        site = widget_sites.sites.find(token) if token else None
        if token and site is None:
            return _missing_page(request)
        allowed = list(site.origins) if site else origins
        return _frame_page(request, site, allowed, model)

    @get("/embed/suggestions")
    def suggestions(request: Request) -> Response:
        site = widget_sites.site_of(request)
        language = page_language(request).language
        opening = widget_sites.service_for(site).suggestions.opening_in(language)
        body = json.dumps({"suggestions": questions_in(opening, language)}, ensure_ascii=False)
        return Response(body, media_type="application/json")

    router.include_router(_demo_router(live))
    return router


def _demo_router(live: Live) -> APIRouter:
    """The pages that show the widget at work."""
    router = APIRouter(default_response_class=HTMLResponse)
    get = partial(router.api_route, methods=["GET", "HEAD"])

    @get("/embed/demo")
    async def demo(request: Request) -> HTMLResponse:
        return _demo_page(
            request,
            "embed_demo",
            languages=[(TAGS[language], NAMES[language]) for language in LANGUAGES],
            version=VERSION,
            integrity=script_integrity(),
            base=_own_origin(request),
        )

    @get("/embed/demo/{host}")
    async def host_page(request: Request, host: str) -> HTMLResponse:
        if host == "article":
            return _article_page(request, live.service)
        if host == "hostile":
            return _demo_page(request, "embed_hostile")
        return _missing_page(request)

    return router


def _script_response(cache_control: str) -> Response:
    headers = {
        **_ANY_ORIGIN,
        "cache-control": cache_control,
        "etag": f'"{script_integrity()}"',
    }
    return Response(widget_script(), media_type="text/javascript; charset=utf-8", headers=headers)


def _frame_page(
    request: Request, site: Site | None, origins: list[str], model: str
) -> HTMLResponse:
    """The page in the frame, which pages of `origins` may show; `model` writes, where there is one.

    What the address says of title and colour is for the eye alone. What may be asked, and who may
    frame the page, is said by the site's registration and the settings.
    """
    query = request.query_params
    language = page_language(request).language
    words: dict[str, str] = {}
    for section in ("message", "client", "embed"):
        words |= texts(section, language)
    theme = query.get("theme")
    own_page = {name: value for name, value in query.items() if name not in ("origin", "mode")}
    own_page["mode"] = "full"
    html = render(
        "embed.html",
        tag=TAGS[language],
        words=words,
        note=texts("chat", language)["note_generated" if model else "note"],
        client=json_for_script(words),
        title=_title(query.get("title", ""), site) or texts("site", language)["title"],
        color=_color(query.get("color", ""), site),
        theme=theme if theme in ("light", "dark") else "auto",
        large=query.get("text-size") == "large",
        full=query.get("mode") == "full",
        origin=_allowed_origin(query.get("origin", ""), [_own_origin(request), *origins]),
        site=query.get("site", ""),
        alone="/embed?" + urlencode(own_page),
        turns=TURNS_SENT,
        ui=static_address(),
    )
    policy = POLICY + " ".join(["'self'", *origins])
    headers = {"content-security-policy": policy, "cache-control": "no-store"}
    return HTMLResponse(html, headers=headers)


def _title(wish: str, site: Site | None) -> str:
    """The title that the address asks for, else the site's; empty where neither has one."""
    title = wish.strip()[:_TITLE_LENGTH]
    if title or site is None:
        return title
    return site.title


def _color(wish: str, site: Site | None) -> str:
    """The colour (#rrggbb) that the address asks for, else the site's; may be empty."""
    color = wish.lower()
    if COLOR.fullmatch(color):
        return color
    return site.color if site else ""


def _allowed_origin(origin: str, allowed: list[str]) -> str:
    """The origin of the page around the frame where it may be spoken to, else empty."""
    return origin if is_among(origin, allowed) else ""


def _own_origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _missing_page(request: Request) -> HTMLResponse:
    return _demo_page(request, "embed_missing", 404)


def _demo_page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A template in the language asked for, beside the widget's own page."""
    spoken = page_language(request)
    words = texts("embed", spoken.language)
    frame = spoken.frame(request.scope["path"])
    html = render(f"{template}.html", words=words, page="embed", **frame, **values)
    return HTMLResponse(html, status, {"content-security-policy": _DEMO_POLICY})


def _article_page(request: Request, service: Service) -> HTMLResponse:
    """The first article as a page of its own, its numbers in bold: citations run across elements."""
    documents = service.snapshot.collection.documents
    if not documents:
        return _missing_page(request)
    document = documents[0]
    shown = []
    for part in parts(document):
        heading = part.heading.text if part.heading else ""
        paragraphs = [_NUMBER.split(paragraph.text) for paragraph in part.paragraphs]
        shown.append((heading, paragraphs))
    tag = language_tag(document)
    return _demo_page(request, "embed_article", document=document, parts=shown, spoken=tag)


HEADER = "x-chengwen-site"
"""The header in which the widget sends the token of its site."""


class WidgetSites:
    """Knows a site by its token, counts its questions, and answers it from its own articles.

    `admit` and `site_of` are not safe for several threads: the event loop's is meant.
    """

    def __init__(self, sites: Sites, live: Live, daily_counts: DailyCounts | None = None) -> None:
        self.sites = sites
        self._live = live
        self._daily_counts = daily_counts or DailyCounts()
        self._services: dict[frozenset[str], Service] = {}
        self._making = Lock()
        live.tell(self._drop_services)

    def site_of(self, connection: HTTPConnection) -> Site | None:
        """The site whose widget asks, None for other callers. Raises Forbidden for a wrong token."""
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
        """Counts a question of `site`, where there is one.

        Raises TooMany, and does not count it, where the site has asked enough in 24 hours.
        """
        if site is None:
            return
        wait = self._daily_counts.wait(site.name, site.daily)
        if wait:
            raise TooMany(
                "本网站今天的提问已达上限，请明天再问。",
                "No more questions can be taken from this site today.",
                wait,
            )
        self._daily_counts.add(site.name)

    def service_for(self, site: Site | None) -> Service:
        """The service that answers `site`: of its tags, or the whole one where it has none.

        The first of some tags takes about a second to make.
        """
        tags = frozenset(site.tags) if site else frozenset()
        with self._making:
            if tags not in self._services:
                self._services[tags] = self._live.service.narrowed(tags)
            return self._services[tags]

    def _drop_services(self) -> None:
        """They are of the index that answered before."""
        with self._making:
            self._services.clear()
