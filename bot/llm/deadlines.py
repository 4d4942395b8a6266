"""How long a model may be silent: counted from word to word, whatever else it sends."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import copy

from bot.settings import LlmSettings

AFTERWARDS = 0.25
"""Seconds that are waited, behind the end of an answer, for the number of its tokens."""


class Deadlines:
    """The time that one question has.

    The first words have `first_seconds` from its beginning, retries and waits between them included;
    further words have `gap_seconds` from the moment that they are waited for; the whole has
    `whole_seconds`. `clock` gives seconds and never goes back.
    """

    def __init__(self, settings: LlmSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        now = clock()
        self._end = now + settings.whole_seconds
        self._words_by = now + settings.first_seconds
        self._gap = settings.gap_seconds

    @property
    def left(self) -> float:
        """Seconds until it is too late, negative afterwards."""
        return min(self._end, self._words_by) - self._clock()

    def heard(self, text: str) -> None:
        """There was `text`; where it has words, more are waited for from now on."""
        if text.strip():
            self._words_by = self._clock() + self._gap

    def afterwards(self) -> Deadlines:
        """Those of what may follow the end of an answer: the number of its tokens, and no words.

        The question keeps its own, for another call where the answer was none.
        """
        ended = copy(self)
        ended._words_by = self._clock() + AFTERWARDS
        return ended
