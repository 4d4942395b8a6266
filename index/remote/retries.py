"""When a call that failed is made once more: seldom, soon, and never against a server's wish."""

from __future__ import annotations

import random
from threading import Lock

MOST = 2
"""Retries of one call."""

FIRST_WAIT = 0.3
"""Seconds before the first retry, on average; twice as many before the second."""

LONGEST_REST = 600.0
"""Seconds that a server is left alone at its own wish, at most."""

_FULL = 5.0
_SHARE = 0.1


class Allowance:
    """How many retries there may be of all calls together: one for ten calls, and five to begin with.

    So a server in trouble gets a tenth more calls at most, however many ask at once (retry budgets:
    Beyer et al. 2016, "Site Reliability Engineering", chapter 21, with its ratio of 10 %).
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._left = _FULL

    def call(self) -> None:
        """Counts a call that is no retry."""
        with self._lock:
            self._left = min(_FULL, self._left + _SHARE)

    def take(self) -> bool:
        """Whether one more retry may be made; it is counted."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


def seconds_before(retry: int, asked_for: float | None) -> float:
    """Seconds until the retry number `retry`, from 1: what the server asked for, or a few tenths.

    Some chance in it keeps many callers from coming back at once.
    """
    chance = random.uniform(0.5, 1.5)
    wait: float = FIRST_WAIT * 2 ** (retry - 1) * chance
    return wait if asked_for is None else asked_for + wait / 2
