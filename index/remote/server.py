"""A server of a model: where it is, who may use it, and how its answers are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

CONNECT_SECONDS = 3.0
"""Longest wait for a connection: one that takes longer will not be had in time."""

ERROR_LIMIT = 64 * 1024
"""Bytes that are read of an error."""

# The hosts of http://127.0.0.1:8000, http://localhost/v1 and http://[::1]: this machine.
_LOCAL = re.compile(r"https?://(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:/.*)?")


@dataclass(frozen=True, slots=True)
class Server:
    """`url` is that of the setting `setting`, such as "llm.url"; `key` may be empty.

    The key is in no repr: what is logged never holds it.
    """

    setting: str
    url: str
    key: str = field(default="", repr=False)

    def headers(self, accept: str) -> Mapping[str, str]:
        """Those of a request. Nothing is to come compressed, so that bytes can be counted."""
        headers = {
            "accept": accept,
            "accept-encoding": "identity",
            "content-type": "application/json",
            "user-agent": "chengwen",
        }
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        return headers


def is_local(url: str) -> bool:
    """Whether what is sent to `url` stays on this machine."""
    return _LOCAL.fullmatch(url) is not None
