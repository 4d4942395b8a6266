"""Checks of a request by its headers: what no page of this site or program sends is refused."""

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
from corpus import ChengwenError
from corpus.load import LARGEST

BODY_LIMIT = 64 * 1024
"""Bytes of a request to the API. The longest question and history, 10,500 characters, fit in even
where each is written as \\u4e00: 63,000 bytes."""

PAGE_LIMIT = 4 * 1024 * 1024
"""Bytes of any other request: the chat page sends its whole conversation."""

UPLOAD = "/library/staged"
"""The address that takes a file, which may be as large as one that can be read."""

_API = ("/api/", "/v1/", "/mcp")
_QUESTIONS = frozenset({"/api/ask", "/api/search", "/v1/chat/completions"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}

_DIGITS = 12
"""Digits of a length that is read as a number: Python refuses to read thousands of them."""

# Matches /api/ask, /api/search, /v1/models and /mcp, not /api/feedback.
_NEEDS_KEY = re.compile(r"/api/(?:ask|search)|/v1/.*|/mcp/?", re.DOTALL)

# Matches bot.example.org, 127.0.0.1:7860 and [::1]:7860. A name has at most 253 characters (RFC
# 1035), an IPv6 address 45.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")

# Matches the :7860 of 127.0.0.1:7860.
_PORT = re.compile(r":[0-9]+$")


class Keys:
    """The keys of `api.keys`, kept as hashes and compared in a time that tells nothing of them."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._digests = [_digest(key) for key in keys]

    def __bool__(self) -> bool:
        """Whether there is any key."""
        return bool(self._digests)

    def are_met(self, connection: HTTPConnection) -> bool:
        """Whether the caller brings one of the keys, as `Authorization: Bearer KEY`."""
        authorization = connection.headers.get("authorization", "")
        scheme, _, key = authorization.partition(" ")
        digest = _digest(key.strip())
        # All are compared, also after one was found: the time would tell which it is.
        matches = [hmac.compare_digest(digest, known) for known in self._digests]
        return scheme.lower() == "bearer" and any(matches)


class RequestChecks:
    """Wraps an application, and refuses a request before the application sees anything of it.

    Checks the host, the origin and the length, then the key and, for questions, the capacity.
    `is_widget` says whether the widget of a registered site asks, which needs no key.
    `check_capacity` raises Busy where no question is taken: then its body need not be read.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ApiSettings,
        is_widget: Callable[[HTTPConnection], bool] = lambda connection: False,
        check_capacity: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._is_widget = is_widget
        self._check_capacity = check_capacity
        self._hosts = {host.lower() for host in listed(settings.hosts)}
        self._origins = frozenset(listed(settings.origins))
        self._keys = Keys(listed(settings.keys.get_secret_value()))
        self._addresses = ClientAddresses(listed(settings.proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request that is refused, and passes any other on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            self._check(connection, scope["method"], scope["path"])
        # Also where the sites of widgets cannot be read: nothing outside answers such an error.
        except ChengwenError as error:
            response = await error_response(Request(scope), error)
            await response(scope, receive, send)
            return
        trusted = {
            "scheme": self._addresses.scheme(connection),
            "headers": self._trusted_headers(connection),
        }
        await self._app({**scope, **trusted}, receive, send)

    def _trusted_headers(self, connection: HTTPConnection) -> list[tuple[bytes, bytes]]:
        """The headers, where X-Forwarded-Host names the host that was really asked for.

        Gradio builds its addresses from that header, whoever sends it.
        """
        host = self._addresses.host(connection).encode("latin-1")
        headers = []
        for name, value in connection.headers.raw:
            headers.append((name, host if name == b"x-forwarded-host" else value))
        return headers

    def _check(self, connection: HTTPConnection, method: str, path: str) -> None:
        """Raises the HttpError of the first check that fails."""
        self._check_host(connection)
        if method not in _SAFE_METHODS:
            self._check_origin(connection)
            _check_length(connection, path)
        if method != "OPTIONS":
            self._check_key(connection, path)
        if method == "POST" and path in _QUESTIONS:
            self._check_capacity()

    def _check_host(self, connection: HTTPConnection) -> None:
        """Raises HttpError for a host that cannot be one, or is not of `api.hosts`."""
        host = connection.headers.get("host", "")
        is_named = not self._hosts or _without_port(host) in self._hosts
        if not (_HOST.fullmatch(host) and is_named):
            raise HttpError("请求的主机名不对。", "The request names a wrong host.")

    def _check_origin(self, connection: HTTPConnection) -> None:
        """Raises Forbidden for what a browser sends for a page of another site."""
        origin = connection.headers.get("origin")
        # Programs name no origin.
        if origin is None or origin in self._origins:
            return
        if not _is_same_site(origin, self._addresses.host(connection)):
            raise Forbidden(
                "不接受其他网站的页面发来的请求。",
                "Requests of pages of other sites are not accepted.",
            )

    def _check_key(self, connection: HTTPConnection, path: str) -> None:
        """Raises Unauthorized where the path needs a key and the caller brings none."""
        if not self._keys or not _NEEDS_KEY.fullmatch(path):
            return
        if self._keys.are_met(connection):
            return
        # The token of a site opens what its widget asks, and nothing else.
        is_from_widget = path == "/api/ask" and self._is_widget(connection)
        if not is_from_widget:
            raise Unauthorized(
                "需要密钥：请在请求头写 Authorization: Bearer 密钥。",
                "A key is needed: send Authorization: Bearer KEY.",
            )


def _check_length(connection: HTTPConnection, path: str) -> None:
    """Raises TooLarge, HttpError for a length that is no number, and LengthNeeded."""
    is_api = path.startswith(_API)
    limit = LARGEST if path == UPLOAD else BODY_LIMIT if is_api else PAGE_LIMIT
    length = connection.headers.get("content-length")
    if length is None:
        # Of a body of unknown length the API itself reads no more than its limit.
        if "transfer-encoding" in connection.headers and not is_api:
            raise LengthNeeded("请求须注明长度。", "The request must say how long it is.")
        return
    # Headers are read as Latin-1, whose only decimal digits are 0 to 9.
    if not length.isdecimal():
        raise HttpError("请求的长度不是数。", "The length of the request is no number.")
    if len(length) > _DIGITS or int(length) > limit:
        raise TooLarge(f"请求超过 {limit} 字节。", f"The request is larger than {limit} bytes.")


def _is_same_site(origin: str, host: str) -> bool:
    """Whether a page of `origin` is one of `host`; either may leave out the port of the scheme."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    port = _DEFAULT_PORTS.get(parts.scheme)
    if port is None:
        return False
    return parts.netloc.lower().removesuffix(port) == host.lower().removesuffix(port)


def _without_port(host: str) -> str:
    """The name in a Host header, in small letters."""
    return _PORT.sub("", host).lower()


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
