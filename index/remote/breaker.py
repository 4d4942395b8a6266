"""Leaves a server alone that has failed several times in a row, and tries it again after a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 5
"""Calls that fail in a row until no more are made."""

PAUSE = 30.0
"""Seconds without calls; then a single one is a trial."""


class Breaker:
    """Says which calls may be made. Several threads may ask.

    Every call that `begin` allows ends with exactly one of `succeeded`, `failed` and `left`.
    `clock` gives seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._opened: float | None = None
        self._is_trying = False

    @property
    def is_open(self) -> bool:
        """Whether the server has failed so often that it is left alone, but for trials."""
        return self._opened is not None

    def begin(self) -> Call | None:
        """A call that may be made, or None."""
        with self._lock:
            if self._opened is None:
                return Call(self, is_trial=False)
            if self._is_trying or self._clock() - self._opened < PAUSE:
                return None
            self._is_trying = True
            return Call(self, is_trial=True)

    def end(self, is_trial: bool, outcome: bool | None) -> bool:
        """Takes the `outcome` of a call: whether it succeeded, or None where nobody knows.

        Returns whether the server is left alone from now on, and was not before.
        """
        with self._lock:
            if is_trial:
                self._is_trying = False
            if outcome:
                self._failures = 0
                self._opened = None
            elif outcome is False:
                return self._count(is_trial)
            return False

    def _count(self, is_trial: bool) -> bool:
        self._failures += 1
        was_closed = self._opened is None
        # What was under way before it opened says nothing new.
        if is_trial or (was_closed and self._failures >= FAILURES):
            self._opened = self._clock()
        return was_closed and self.is_open


class Call:
    """A call that a breaker allowed. Its end is told once; what is told later is not heard."""

    def __init__(self, breaker: Breaker, is_trial: bool) -> None:
        self._breaker = breaker
        self._is_trial = is_trial
        self._is_over = False

    def succeeded(self) -> None:
        """The server did what was asked."""
        self._end(True)

    def failed(self) -> bool:
        """The server failed. Returns whether it is left alone from now on, and was not before."""
        return self._end(False)

    def left(self) -> None:
        """Whether the server would have done it is not known."""
        self._end(None)

    def _end(self, outcome: bool | None) -> bool:
        if self._is_over:
            return False
        self._is_over = True
        return self._breaker.end(self._is_trial, outcome)
