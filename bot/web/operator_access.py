"""Who may see the operator's pages, and what all of these have in common."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from ipaddress import ip_address
from time import time
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.i18n import TAGS, Language, language_of_parameter, texts
from bot.web.templates import render
from corpus import ChengwenError

ROOT = "/evals"
LOGIN = f"{ROOT}/login"
COOKIE = "cw-operator"
HOURS = 12
"""How long a login lasts."""

FORM_LIMIT = 256 * 1024
"""Bytes of a form that are read."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_NOWHERE = "/nowhere"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"})


class OperatorAccess:
    """Wraps an application: without permission an operator's address is like any that does not exist.

    Permission has who brings the `token`, in a header or in the cookie of a login, and with `local` whoever asks this
    machine by a loopback name, directly. What changes something must come from a page of this site.
    """

    def __init__(self, app: ASGIApp, token: str = "", local: bool = False) -> None:
        self._app = app
        self._token = token
        self._local = local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == ROOT or path.startswith(f"{ROOT}/")):
            await self._app(scope, receive, send)
            return
        caller = HTTPConnection(scope)
        bearer = _is_bearer(caller.headers, self._token)
        if not (bearer or (path == LOGIN and self._token) or self._allows(caller)):
            scope = {**scope, "path": _NOWHERE, "raw_path": _NOWHERE.encode(), "query_string": b""}
        elif scope["method"] not in _SAFE and not bearer and not is_same_origin(caller.headers):
            refusal = "请求须来自本站的页面。The request must come from a page of this site.\n"
            await PlainTextResponse(refusal, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _allows(self, caller: HTTPConnection) -> bool:
        direct = self._local and not _FORWARDED & set(caller.headers)
        if direct and is_loopback(_name(caller.headers.get("host", ""))):
            return True
        return bool(self._token) and is_signed(caller.cookies.get(COOKIE, ""), self._token, time())


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine for itself only."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a page of this very site sent the request. One that says nothing is refused."""
    if site := headers.get("sec-fetch-site"):
        return site == "same-origin"
    origin = urlsplit(headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == headers.get("host")


def signed(token: str, expires: int) -> str:
    """The value of the cookie: when it ends (seconds since 1970), and a keyed hash of that."""
    mark = hmac.new(token.encode(), f"{COOKIE} {expires}".encode(), hashlib.sha256).hexdigest()
    return f"{expires}.{mark}"


def is_signed(cookie: str, token: str, now: float) -> bool:
    """Whether `signed` made the cookie with that token, and it has not ended."""
    expires = cookie.partition(".")[0]
    if not (expires.isascii() and expires.isdecimal() and len(expires) < 13) or int(expires) < now:
        return False
    return hmac.compare_digest(cookie.encode(), signed(token, int(expires)).encode())


def login(token: str) -> APIRouter:
    """/evals/login, which gives the cookie to who knows the token, and /evals/logout."""
    router = APIRouter()

    @router.api_route(LOGIN, methods=["GET", "HEAD"])
    async def asked(request: Request) -> Response:
        return operator_page(request, "evals_login", wrong=False)

    @router.post(LOGIN)
    async def given(request: Request) -> Response:
        said = (await form(request)).get("token", [""])[0]
        if not hmac.compare_digest(said.encode(), token.encode()):
            return operator_page(request, "evals_login", 403, wrong=True)
        answer = redirect(request, ROOT)
        seconds, safe = HOURS * 3600, request.url.scheme == "https"
        value = signed(token, int(time()) + seconds)
        answer.set_cookie(
            COOKIE, value, seconds, path=ROOT, secure=safe, httponly=True, samesite="strict"
        )
        return answer

    @router.post(f"{ROOT}/logout")
    async def left(request: Request) -> Response:
        answer = redirect(request, LOGIN)
        answer.delete_cookie(COOKIE, path=ROOT)
        return answer

    return router


async def form(request: Request) -> dict[str, list[str]]:
    """The fields of a form as it was sent, at most FORM_LIMIT bytes of it; line ends are \\n."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            break
    fields = parse_qs(body[:FORM_LIMIT].decode("utf-8", "replace"), keep_blank_values=True)
    return {
        name: [value.replace("\r\n", "\n") for value in values] for name, values in fields.items()
    }


FormFields = Annotated[dict[str, list[str]], Depends(form)]
"""A form, for a route to ask for."""


def with_error_page(endpoint: Callable[..., Response]) -> Callable[..., Response]:
    """A route whose errors are a page that says what is wrong."""

    @wraps(endpoint)
    def answered(request: Request, **values: Any) -> Response:
        try:
            return endpoint(request=request, **values)
        except ChengwenError as error:
            return operator_page(
                request, "evals_amiss", 400, message=error.message(language(request))
            )

    return answered


def redirect(request: Request, path: str, **query: str | int) -> RedirectResponse:
    """Sends the browser to one of our pages, in the language of this one."""
    other = {"lang": "en"} if language(request) == "en" else {}
    there = urlencode({**query, **other})
    return RedirectResponse(f"{path}?{there}" if there else path, 303)


def language(request: Request) -> Language:
    """The language that a page is asked for in."""
    return language_of_parameter(request.query_params.get("lang"))


def operator_page(
    request: Request, template: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A template in the language asked for, which nobody else keeps, frames or adds a script to."""
    spoken = language(request)
    query = {name: value for name, value in request.query_params.items() if name != "lang"}
    there = urlencode(query if spoken == "en" else {**query, "lang": "en"})
    frame = {
        "site": texts("site", spoken),
        "words": texts("evals", spoken),
        "language": spoken,
        "tag": TAGS[spoken],
    }
    address = {
        "there": f"{request.url.path}?{there}",
        "query": "?lang=en" if spoken == "en" else "",
        "page": "evals",
    }
    more = "&lang=en" if spoken == "en" else ""
    html = render(f"{template}.html", **frame, **address, more=more, **values)
    return HTMLResponse(
        html, status, {"content-security-policy": POLICY, "cache-control": "no-store"}
    )


def _is_bearer(headers: Mapping[str, str], token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and same


def _name(host: str) -> str:
    """The name in a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
