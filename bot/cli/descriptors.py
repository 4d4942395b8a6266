"""The file descriptors of the server: as many as the system gives, and few words where they run out."""

from __future__ import annotations

import asyncio
import errno
import resource
from contextlib import suppress
from typing import Any

from bot.cli.output import note, pick
from corpus.refusals import refusal_of

MOST = 65_536
"""Descriptors that are asked for; some systems allow a process a thousand million."""

SHORTAGE_SECONDS = 60.0
"""Between two lines on running out of descriptors."""

_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


def raise_limit() -> int:
    """Raises the soft limit to the hard one, MOST at most. The limit that is then in force, MOST at most."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    # macOS names no hard limit, and has a lower one nevertheless.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft


class Shortages:
    """Says at times that no connection can be accepted; asyncio says so hundreds of times a second."""

    def __init__(self) -> None:
        self._quiet_until = 0.0

    def note(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Handles what the loop could not: a shortage, or anything else as the loop itself would."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in _SHORTAGES):
            loop.default_exception_handler(context)
        elif loop.time() >= self._quiet_until:
            self._quiet_until = loop.time() + SHORTAGE_SECONDS
            why = refusal_of(error)
            zh = f"无法接受新的连接（{why.zh}）：请调高 LimitNOFILE，或调低 api.connections。"
            en = f"No connection can be accepted ({why.en}): raise LimitNOFILE or lower api.connections."
            note(pick(zh, en))
