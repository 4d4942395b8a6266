"""What a server clears away: removals that cannot be undone any more, and files that nobody accepted."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from bot.i18n import language_of_locale
from bot.library import Library
from bot.staging import sweep_staged
from corpus import ChengwenError, IndexLocked

LOOK_SECONDS = 1.0
"""Between two looks."""

REST_SECONDS = 60.0
"""Before the next look, after one that failed."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Clears away as long as a server runs, and when it stops all that is left.

    What a server that died has left is cleared away by the next one: files that wait at once, what
    was withdrawn when its time has passed.
    """

    library: Library
    staging: Path

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Looks in a thread of its own until the block ends, then clears away everything."""
        shutil.rmtree(self.staging, ignore_errors=True)
        leaving = Event()
        thread = Thread(target=self._look_until, args=(leaving,), name="upkeep", daemon=True)
        thread.start()
        try:
            yield
        finally:
            leaving.set()
            shutil.rmtree(self.staging, ignore_errors=True)
            self._finish(at_once=True)

    def _look_until(self, leaving: Event) -> None:
        wait = LOOK_SECONDS
        while not leaving.wait(wait):
            try:
                sweep_staged(self.staging)
                wait = LOOK_SECONDS if self._finish() else REST_SECONDS
            except OSError:
                # Descriptors will be free again, or the disk be back, at one of the next looks.
                wait = REST_SECONDS

    def _finish(self, at_once: bool = False) -> bool:
        """Whether removals were finished, or another process is about to let it happen."""
        try:
            self.library.finish_removals(at_once)
        except IndexLocked:
            return True
        except ChengwenError as error:
            logging.getLogger(__name__).warning(error.message(language_of_locale()))
            return False
        return True
