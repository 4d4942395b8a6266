"""The way in, in plain ASGI: refuses by its headers alone what no page of this site and no program should send."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.settings import ApiSettings, listed
from bot.web.client_address import ClientAddresses
from bot.web.http_errors import (
    Forbidden,
    HttpError,
    LengthNeeded,
    TooLarge,
    Unauthorized,
    error_response,
)

BODY_LIMIT = 64 * 1024
"""Bytes of a request to the API."""

PAGE_LIMIT = 4 * 1024 * 1024
"""Bytes of any other: the chat page sends its whole conversation."""

_API = ("/api/", "/v1/", "/mcp")
_QUESTIONS = frozenset({"/api/ask", "/api/search", "/v1/chat/completions"})
_WITH_KEY = re.compile(r"/api/(?:ask|search)|/v1/.*|/mcp/?", re.DOTALL)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_USUAL_PORT = {"http": ":80", "https": ":443"}


class Keys:
    """The keys of `api.keys`. Compared in a time that tells nothing of them."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._digests = [hashlib.sha256(key.encode()).digest() for key in keys]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def are_met(self, connection: HTTPConnection) -> bool:
        """Whether the caller brings one of them, as `Authorization: Bearer KEY`."""
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        digest = hashlib.sha256(given.strip().encode()).digest()
        found = [hmac.compare_digest(digest, known) for known in self._digests]
        return scheme.lower() == "bearer" and any(found)


class RequestChecks:
    """Wraps an application: checks the host, the origin, the length and, for questions to the API, key and room.

    `check_capacity` raises Busy where no question is taken: who is refused need not be read first.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ApiSettings,
        is_widget: Callable[[HTTPConnection], bool] = lambda caller: False,
        check_capacity: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._check_capacity = check_capacity
        self._is_widget = is_widget
        self._hosts = {host.lower() for host in listed(settings.hosts)}
        self._origins = set(listed(settings.origins))
        self._keys = Keys(listed(settings.keys.get_secret_value()))
        self._callers = ClientAddresses(listed(settings.proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = HTTPConnection(scope)
        try:
            self._check(caller, scope["method"], scope["path"])
        except HttpError as refusal:
            await (await error_response(Request(scope), refusal))(scope, receive, send)
        else:
            believed = {"scheme": self._callers.scheme(caller), "headers": self._believed(caller)}
            await self._app({**scope, **believed}, receive, send)

    def _believed(self, caller: HTTPConnection) -> list[tuple[bytes, bytes]]:
        """The headers, with no other host than the one asked for: Gradio would build its addresses of any."""
        host = self._callers.host(caller).encode("latin-1")
        return [
            (name, host if name == b"x-forwarded-host" else value)
            for name, value in caller.headers.raw
        ]

    def _check(self, caller: HTTPConnection, method: str, path: str) -> None:
        host = caller.headers.get("host", "")
        if not _HOST.fullmatch(host) or (self._hosts and _name(host) not in self._hosts):
            raise HttpError("请求的主机名不对。", "The request names a wrong host.")
        if method not in _SAFE:
            self._check_origin(caller)
            _check_length(caller, path.startswith(_API))
        if (
            self._keys
            and method != "OPTIONS"
            and _WITH_KEY.fullmatch(path)
            and not self._may(caller, path)
        ):
            raise Unauthorized(
                "需要密钥：请在请求头写 Authorization: Bearer 密钥。",
                "A key is needed: send Authorization: Bearer KEY.",
            )
        if method == "POST" and path in _QUESTIONS:
            self._check_capacity()

    def _may(self, caller: HTTPConnection, path: str) -> bool:
        """A key opens all; the token of a site opens what its widget asks."""
        return self._keys.are_met(caller) or (path == "/api/ask" and self._is_widget(caller))

    def _check_origin(self, caller: HTTPConnection) -> None:
        """Raises Forbidden for what a browser sends for a page of another site; programs name no origin."""
        origin = caller.headers.get("origin")
        if (
            origin is None
            or origin in self._origins
            or _is_same(origin, self._callers.host(caller))
        ):
            return
        raise Forbidden(
            "不接受其他网站的页面发来的请求。", "Requests of pages of other sites are not accepted."
        )


def _check_length(caller: HTTPConnection, is_api: bool) -> None:
    """Raises TooLarge, and LengthNeeded; without a length, the API reads no more than its limit itself."""
    limit = BODY_LIMIT if is_api else PAGE_LIMIT
    declared = caller.headers.get("content-length")
    if declared is None:
        if "transfer-encoding" in caller.headers and not is_api:
            raise LengthNeeded("请求须注明长度。", "The request must say how long it is.")
    elif not (declared.isascii() and declared.isdecimal()):
        raise HttpError("请求的长度不是数。", "The length of the request is no number.")
    elif len(declared) > 12 or int(declared) > limit:
        raise TooLarge(f"请求超过 {limit} 字节。", f"The request is larger than {limit} bytes.")


def _is_same(origin: str, host: str) -> bool:
    """Whether a page of `origin` is one of this `host`; the port of its scheme may be left out."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    usual = _USUAL_PORT.get(parts.scheme, "")
    return bool(usual) and parts.netloc.lower().removesuffix(usual) == host.lower().removesuffix(
        usual
    )


def _name(host: str) -> str:
    """The name in a Host header, without the port."""
    return re.sub(r":[0-9]+$", "", host).lower()
