"""Who may see the operator's pages, and what all of these pages have in common."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from ipaddress import ip_address
from time import time
from typing import Annotated, Any, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.i18n import texts
from bot.web.client_address import FORWARDING_HEADERS
from bot.web.page_language import page_language
from bot.web.templates import render
from corpus import ChengwenError

ROOT = "/evals"
LOGIN = f"{ROOT}/login"
LIBRARY = "/library"
"""Below it documents are added, put right and removed."""

ROOTS = (ROOT, LIBRARY)
"""What the addresses of the operator alone begin with."""

DOCUMENTS = "/documents"
"""The page that is there for all and shows the operator more."""

COOKIE = "cw-operator"

LOGIN_SECONDS = 12 * 3600
"""How long a login lasts: longer than a working day."""

FORM_LIMIT = 256 * 1024
"""Bytes of a form that are read: a form holds one question, and the marks of its gold."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_NOWHERE = "/nowhere"
_PERMITTED = "chengwen.operator"
"""The name in the scope of a request of what `has_permission` tells."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_EXPIRY_DIGITS = 12
"""Digits of the second in which a cookie ends: until the year 33658."""


class OperatorAccess:
    """Wraps an application: without permission, an operator's address does not exist.

    A caller has permission who brings the `token`, in a header or in the cookie of a login. With
    `local`, callers also have it who ask this machine directly, by a loopback name. A request that
    changes something must come from a page of this site, unless the token is in its header.
    """

    def __init__(self, app: ASGIApp, token: str = "", local: bool = False) -> None:
        self._app = app
        self._token = token
        self._local = local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request. Without permission it is passed on under an address nobody has."""
        is_shared = scope["type"] == "http" and scope["path"] == DOCUMENTS
        if scope["type"] != "http" or not (is_shared or _is_operators(scope["path"])):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        has_bearer = _has_bearer(connection.headers, self._token)
        is_permitted = has_bearer or self._is_open(connection, scope["path"])
        if is_shared:
            await self._app({**scope, _PERMITTED: is_permitted}, receive, send)
            return
        if not is_permitted:
            await self._app(_elsewhere(scope), receive, send)
            return
        is_safe = scope["method"] in _SAFE_METHODS
        # A browser sends cookies for pages of other sites too, but no header of ours.
        if is_safe or has_bearer or is_same_origin(connection.headers):
            await self._app(scope, receive, send)
        else:
            refusal = "请求须来自本站的页面。The request must come from a page of this site.\n"
            await PlainTextResponse(refusal, 403)(scope, receive, send)

    def _is_open(self, connection: HTTPConnection, path: str) -> bool:
        """Whether no header is needed: for the login, a local caller, or one who has logged in."""
        if self._local and _is_direct_and_local(connection.headers):
            return True
        if not self._token:
            return False
        cookie = connection.cookies.get(COOKIE, "")
        return path == LOGIN or is_valid_cookie(cookie, self._token, time())


def has_permission(connection: HTTPConnection) -> bool:
    """Whether the caller of a page for all may see what it shows the operator."""
    return connection.scope.get(_PERMITTED) is True


def _is_operators(path: str) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in ROOTS)


def _elsewhere(scope: Scope) -> Scope:
    """The same request for an address that does not exist."""
    address = {"path": _NOWHERE, "raw_path": _NOWHERE.encode(), "query_string": b""}
    return {**scope, **address}


def _is_direct_and_local(headers: Mapping[str, str]) -> bool:
    """Whether no proxy stands between, and the host asked for is a name of this machine alone.

    A page of another site can let its own name lead to 127.0.0.1 (DNS rebinding), but no other.
    """
    if not FORWARDING_HEADERS.isdisjoint(headers):
        return False
    return is_loopback(_host_name(headers.get("host", "")))


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine for itself only."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a page of this very site sent the request."""
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site:
        return fetch_site == "same-origin"
    # Older browsers send the origin alone.
    origin = urlsplit(headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == headers.get("host")


def signed_cookie(token: str, expires: int) -> str:
    """The value of the cookie: when it ends (seconds since 1970), and a keyed hash of that."""
    message = f"{COOKIE} {expires}".encode()
    signature = hmac.new(token.encode(), message, hashlib.sha256).hexdigest()
    return f"{expires}.{signature}"


def is_valid_cookie(cookie: str, token: str, now: float) -> bool:
    """Whether `signed_cookie` made the cookie with this token, and it has not ended by `now`."""
    expires = cookie.partition(".")[0]
    is_number = expires.isdecimal() and len(expires) <= _EXPIRY_DIGITS
    if not is_number or int(expires) < now:
        return False
    expected = signed_cookie(token, int(expires))
    return hmac.compare_digest(cookie.encode(), expected.encode())


def login_router(token: str) -> APIRouter:
    """/evals/login, which gives the cookie to those who know the token, and /evals/logout."""
    router = APIRouter()

    @router.api_route(LOGIN, methods=["GET", "HEAD"])
    async def show_login(request: Request) -> Response:
        return operator_page(request, "evals_login", wrong=False)

    @router.post(LOGIN)
    async def log_in(request: Request) -> Response:
        fields = await read_form(request)
        given = fields.get("token", [""])[0]
        if not hmac.compare_digest(given.encode(), token.encode()):
            return operator_page(request, "evals_login", 403, wrong=True)
        response = redirect(request, ROOT)
        response.set_cookie(
            COOKIE,
            signed_cookie(token, int(time()) + LOGIN_SECONDS),
            LOGIN_SECONDS,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    @router.post(f"{ROOT}/logout")
    async def log_out(request: Request) -> Response:
        response = redirect(request, LOGIN)
        response.delete_cookie(COOKIE)
        return response

    return router


async def read_form(request: Request) -> dict[str, list[str]]:
    """The values of each field of a form, of its first FORM_LIMIT bytes; line ends become \\n."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            break
    text = body[:FORM_LIMIT].decode("utf-8", "replace")
    fields = {}
    for name, values in parse_qs(text, keep_blank_values=True).items():
        fields[name] = [value.replace("\r\n", "\n") for value in values]
    return fields


FormFields: TypeAlias = Annotated[dict[str, list[str]], Depends(read_form)]
"""The fields of a form, as the type of a route's parameter."""


def with_error_page(endpoint: Callable[..., Response]) -> Callable[..., Response]:
    """Wraps a route: a ChengwenError in it becomes a page that says what is wrong."""

    @wraps(endpoint)
    def respond(request: Request, **values: Any) -> Response:
        try:
            return endpoint(request=request, **values)
        except ChengwenError as error:
            message = error.message(page_language(request).language)
            return operator_page(request, "evals_amiss", 400, message=message)

    return respond


def redirect(request: Request, path: str, **query: str | int) -> RedirectResponse:
    """Sends the browser to one of our pages, in the language of this one."""
    query |= page_language(request).parameters
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)


def operator_page(
    request: Request, template: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A template in the language asked for, which nobody may keep, frame or add a script to."""
    spoken = page_language(request)
    kept = dict(request.query_params)
    kept.pop("lang", None)
    frame = spoken.frame(request.url.path, kept)
    words = texts("evals", spoken.language)
    html = render(f"{template}.html", words=words, page="evals", **frame, **values)
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    return HTMLResponse(html, status, headers)


def _has_bearer(headers: Mapping[str, str], token: str) -> bool:
    """Whether the token is in the header `Authorization: Bearer TOKEN`."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    is_same = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and is_same


def _host_name(host: str) -> str:
    """The name in a Host header, without the port; empty where it has none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
