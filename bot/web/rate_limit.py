"""How many questions one caller, and all callers together, may ask: one count for every way in."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from bot.storage.daily_counts import DailyCounts
from bot.web.http_errors import TooMany

CALLERS_KEPT = 10_000
"""Callers whose questions are counted, so that memory is bounded: those who asked longest ago are
forgotten first."""

WINDOW = 60
"""Seconds in which a caller may ask `per_minute` questions."""

ALL_CALLERS = ""
"""The name under which all callers together are counted; no site has it."""


class RateLimit:
    """At most `per_minute` questions of a caller in any 60 seconds, and `per_day` of all in a day.

    `daily_counts` holds the count of the day. `clock` gives seconds and never goes back. Not safe
    for several threads: the event loop's is meant.
    """

    def __init__(
        self,
        per_minute: int,
        per_day: int,
        daily_counts: DailyCounts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_minute = per_minute
        self._per_day = per_day
        self._clock = clock
        self._daily_counts = daily_counts or DailyCounts()
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        """The number of callers that are remembered."""
        return len(self._times)

    def count(self, caller: str) -> None:
        """Counts one question. Raises TooMany, and does not count it, where a limit is reached."""
        self._check_day()
        now = self._clock()
        times = self._recent_times(caller, now)
        if len(times) >= self._per_minute:
            elapsed = now - times[0]
            raise _too_many(math.ceil(WINDOW - elapsed))
        times.append(now)
        self._daily_counts.add(ALL_CALLERS)
        if len(self._times) > CALLERS_KEPT:
            self._times.popitem(last=False)

    def _check_day(self) -> None:
        """Raises TooMany where all callers together have asked as often as they may in a day."""
        wait = self._daily_counts.wait(ALL_CALLERS, self._per_day)
        if wait:
            raise TooMany(
                "今天的提问已达总量上限，请明天再问。",
                "No more questions can be taken today.",
                wait,
            )

    def _recent_times(self, caller: str, now: float) -> deque[float]:
        """When the caller asked in the last WINDOW seconds, oldest first.

        The caller becomes the last to be forgotten.
        """
        times = self._times.setdefault(caller, deque())
        self._times.move_to_end(caller)
        while times and now - times[0] >= WINDOW:
            times.popleft()
        return times


def _too_many(wait: int) -> TooMany:
    return TooMany(
        f"提问太频繁：请 {wait} 秒后再问。",
        f"Too many questions: ask again in {wait} seconds.",
        wait,
    )
