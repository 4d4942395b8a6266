"""Measures how long each stage of an answer takes."""

from __future__ import annotations

from time import perf_counter


class StageTimer:
    """Starts when it is made. Each stage begins where the one before ended."""

    def __init__(self) -> None:
        self._started = self._last = perf_counter()
        self._seconds: dict[str, float] = {}

    def finish(self, stage: str) -> None:
        """Ends `stage`, which began when the stage before ended; what it took before is added to."""
        now = perf_counter()
        self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._last
        self._last = now

    def milliseconds(self) -> dict[str, float]:
        """Milliseconds in all (`total`) and of each finished stage, to one decimal."""
        seconds = {"total": self._last - self._started, **self._seconds}
        return {stage: round(1000 * spent, 1) for stage, spent in seconds.items()}
