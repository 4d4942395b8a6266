"""Origins of other sites: how they are written, and whether one is meant by another with a *."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_HERE = rf"localhost|127\.0\.0\.1|\[::1\]|(?:{_NAME}\.)?(?:localhost|test)"
"""This machine, and the names that are kept for it and for tests (RFC 6761): http is no risk there."""

_ORIGIN = re.compile(
    rf"(?:https://(?:(?:\*\.{_LABEL}\.)?{_NAME}|\[[0-9a-f:.]{{2,45}}\])|http://(?:{_HERE}))(?::(\d{{1,5}}))?"
)
_USUAL = {"https://": ":443", "http://": ":80"}


def is_origin(text: str) -> bool:
    """Whether `text` may be allowed: https://www.example.org, https://*.example.org, http://localhost:8000."""
    found = _ORIGIN.fullmatch(text)
    return found is not None and len(text) <= 300 and 0 < int(found[1] or 443) < 65_536


def is_among(origin: str, allowed: Iterable[str]) -> bool:
    """Whether a page of `origin` is of one of `allowed`, as a browser reads these in frame-ancestors."""
    return any(_is(_plain(origin), _plain(one)) for one in allowed)


def _is(origin: str, allowed: str) -> bool:
    before, star, after = allowed.partition("*")
    if not star:
        return origin == allowed
    inside = origin[len(before) : len(origin) - len(after)]
    return (
        origin.startswith(before)
        and origin.endswith(after)
        and re.fullmatch(_NAME, inside) is not None
    )


def _plain(origin: str) -> str:
    """`origin` in small letters, without the port that its scheme has anyway."""
    origin = origin.lower()
    scheme = origin.partition("//")[0] + "//"
    return origin.removesuffix(_USUAL.get(scheme, "\n"))
