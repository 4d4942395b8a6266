"""Measures how long an answer takes, in all and by stage."""

from __future__ import annotations

from time import perf_counter


class StageTimer:
    """Starts when it is made. Each stage begins where the one before ended."""

    def __init__(self) -> None:
        self._started = self._last = perf_counter()
        self._seconds: dict[str, float] = {}

    def finish(self, stage: str) -> None:
        """Ends `stage`, which began when the stage before ended."""
        now = perf_counter()
        self._seconds[stage] = now - self._last
        self._last = now

    def milliseconds(self) -> dict[str, float]:
        """Milliseconds in all (`total`) and of each finished stage, to one decimal."""
        seconds = {"total": self._last - self._started, **self._seconds}
        return {stage: round(1000 * spent, 1) for stage, spent in seconds.items()}
