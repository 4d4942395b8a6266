"""How many questions one caller, and all of them, may ask. The same count for every door."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from bot.storage.daily_counts import DailyCounts
from bot.web.http_errors import TooMany

CALLERS_KEPT = 10_000
"""ClientAddresses whose questions are counted; beyond them those who asked longest ago are forgotten."""

MINUTE = 60
ALL = ""
"""What all callers together are counted as; no site has this name."""


class RateLimit:
    """At most `per_minute` questions of a caller in any 60 seconds, and `per_day` of all callers in 24 hours.

    `days` counts those of the day. `clock` gives seconds and never goes back. For one thread: the event loop's.
    """

    def __init__(
        self,
        per_minute: int,
        per_day: int,
        days: DailyCounts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_minute = per_minute
        self._per_day = per_day
        self._clock = clock
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._days = days or DailyCounts()

    def __len__(self) -> int:
        """How many callers are counted at present."""
        return len(self._asked)

    def count(self, caller: str) -> None:
        """Counts one question. Raises TooMany, and does not count it, where there is no room."""
        now = self._clock()
        if wait := self._days.wait(ALL, self._per_day):
            raise TooMany(
                "今天的提问已达总量上限，请明天再问。",
                "No more questions can be taken today.",
                wait,
            )
        asked = self._asked.setdefault(caller, deque())
        self._asked.move_to_end(caller)
        while asked and now - asked[0] >= MINUTE:
            asked.popleft()
        if len(asked) >= self._per_minute:
            wait = max(1, math.ceil(asked[0] + MINUTE - now))
            raise TooMany(
                f"提问太频繁：请 {wait} 秒后再问。",
                f"Too many questions: ask again in {wait} seconds.",
                wait,
            )
        asked.append(now)
        self._days.add(ALL)
        if len(self._asked) > CALLERS_KEPT:
            self._asked.popitem(last=False)
