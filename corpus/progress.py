"""Tells how far a long step has come: a bar where a terminal looks on, else one line.

It needs nothing but Python, so that the installation of everything else is told of in the same way.
"""

from __future__ import annotations

import sys
from time import monotonic
from typing import TextIO

WIDTH = 24
"""Characters of a bar."""

REDRAWN_AFTER = 0.1
"""Seconds between two drawings of a bar, which a terminal elsewhere can follow."""

_CLEAR = "\r\033[K"


class Bar:
    """One step, as a context. On a terminal it is redrawn in place, and gone when the step ends."""

    def __init__(
        self, title: str, *, shown: bool = True, delay: float = 0.0, stream: TextIO | None = None
    ) -> None:
        """`title` is what is done. It is told of after `delay` seconds, if it takes so long."""
        self._title = title
        self._stream = stream or sys.stderr
        self._shown = shown
        self._done = 0
        self._terminal = self._stream.isatty()
        self._next = monotonic() + delay
        self._told = False

    def __enter__(self) -> Bar:
        self.tell(0, 0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._told and self._terminal:
            self._write(_CLEAR)

    def tell(self, done: float, total: float) -> None:
        """Says that `done` of `total` is done; a `total` of 0 is not known."""
        now = monotonic()
        if not self._shown or now < self._next:
            return
        if self._terminal:
            self._next = now + REDRAWN_AFTER
            self._write(f"{_CLEAR}{self._title} {drawn(done, total)}")
        elif not self._told:
            self._write(f"{self._title}\n")
        self._told = True

    def advance(self, total: int) -> None:
        """Says that one more of `total` parts is done."""
        self._done += 1
        self.tell(self._done, total)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def drawn(done: float, total: float) -> str:
    """The bar itself: "████████████············ 50%", or "…" for a `total` that is not known."""
    if total <= 0:
        return "…"
    share = min(max(done / total, 0.0), 1.0)
    full = int(share * WIDTH)
    return f"{'█' * full}{'·' * (WIDTH - full)} {int(share * 100)}%"
