"""How connections to models are made: to the address that was set, directly, and without a trace."""

from __future__ import annotations

import logging
import ssl
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx


def client_rules() -> dict[str, Any]:
    """What every httpx client of ours is made with.

    No redirect is followed. Nothing comes from the environment: neither proxies, which would read
    what is sent, nor passwords of a .netrc. No cookie is kept. Nothing is logged of requests that
    succeed, nor the headers of any.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return {
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),
        "follow_redirects": False,
        "trust_env": False,
        "verify": _authorities(),
    }


def is_address(url: str) -> bool:
    """Whether a client can call `url`, as far as can be told without calling it."""
    try:
        return bool(httpx.URL(url).host)
    except (httpx.InvalidURL, UnicodeError):
        return False


@cache
def _authorities() -> ssl.SSLContext:
    """Those whose certificates count: certifi's, or those that SSL_CERT_FILE names."""
    return httpx.create_ssl_context()
