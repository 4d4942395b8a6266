"""Which sites are meant by an origin such as https://*.example.org, as browsers match them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_LOCAL_HOST = rf"localhost|127\.0\.0\.1|\[::1\]|(?:{_HOST}\.)?(?:localhost|test)"
"""This machine, and names reserved for it and for tests (RFC 6761): http is no risk there."""

# https://www.example.org, https://*.example.org:8443, https://[2001:db8::1], http://localhost:8000
_ALLOWED_ORIGIN = re.compile(
    rf"(?:https://(?:(?:\*\.{_LABEL}\.)?{_HOST}|\[[0-9a-f:.]{{2,45}}\])|http://(?:{_LOCAL_HOST}))"
    r"(?::(\d{1,5}))?"
)
_ORIGIN_LIMIT = 300
"""Characters of an origin: a host name has at most 253 (RFC 1035), beside scheme and port."""

_USUAL_PORTS = {"https://": ":443", "http://": ":80"}


def is_origin(text: str) -> bool:
    """Whether `text` may be allowed, such as https://*.example.org or http://localhost:8000."""
    origin = _ALLOWED_ORIGIN.fullmatch(text)
    if origin is None or len(text) > _ORIGIN_LIMIT:
        return False
    port = int(origin[1] or 443)
    return 0 < port < 65_536


def is_among(origin: str, allowed: Iterable[str]) -> bool:
    """Whether `origin` matches one of `allowed`, as a browser matches those of frame-ancestors."""
    plain = _normalised(origin)
    return any(_matches(plain, _normalised(pattern)) for pattern in allowed)


def _matches(origin: str, pattern: str) -> bool:
    """Whether a normalised origin is the `pattern`; its * stands for labels of a host name."""
    before, star, after = pattern.partition("*")
    if not star:
        return origin == pattern
    if not (origin.startswith(before) and origin.endswith(after)):
        return False
    labels = origin[len(before) : len(origin) - len(after)]
    return re.fullmatch(_HOST, labels) is not None


def _normalised(origin: str) -> str:
    """`origin` in lower case, without the port that its scheme has anyway."""
    origin = origin.lower()
    scheme = origin.partition("//")[0] + "//"
    usual_port = _USUAL_PORTS.get(scheme)
    return origin.removesuffix(usual_port) if usual_port else origin
