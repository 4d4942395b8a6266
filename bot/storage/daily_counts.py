"""How many questions each site asked in 24 hours, and all together: kept over restarts."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from pathlib import Path
from threading import Timer

from bot.storage.database import Database, DatabaseUnavailable, Schema

FILE = "counts.sqlite3"
"""The name of the file in CHENGWEN_HOME."""

DAY = 24 * 3600
WRITE_DELAY = 2.0
"""Seconds from a count until it is in the file.

No question waits for the disk, and a crash loses at most the counts of these seconds.
"""

WAIT_SECONDS = 2.0
"""How long to wait for another process that has the file."""

_SCHEMA = Schema(
    version=1,
    tables="CREATE TABLE IF NOT EXISTS asked "
    "(name TEXT PRIMARY KEY, since REAL NOT NULL, number INTEGER NOT NULL);",
)


class DailyCounts:
    """The number of questions, or of anything else, of each name in the 24 hours from its first one.

    Without a `path` the counts are kept in memory only. A file that cannot be read or written is
    logged and refuses nobody. `clock` gives seconds since 1970; set back, it neither forgets what was
    asked nor makes anybody wait for longer than a day.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[float, int]] = {}
        self._timer: Timer | None = None
        self._database: Database | None = None
        if path is not None:
            self._database = _database(path)
            self._read(self._database)

    def wait(self, name: str, most: int) -> int:
        """Whole seconds until `name` may ask again, 0 if it asked less than `most` in its day."""
        since, number = self._today(name)
        if number:
            # A clock that was set back ends the day by its new time.
            self._counts[name] = since, number
        if number < most:
            return 0
        return math.ceil(since + DAY - self._clock())

    def add(self, name: str, number: int = 1) -> None:
        """Counts one question of `name`, or `number` more; a negative number takes some back."""
        since, before = self._today(name)
        self._counts[name] = since, max(0, before + number)
        if self._database is not None and self._timer is None:
            self._timer = Timer(WRITE_DELAY, self.write)
            self._timer.daemon = True
            self._timer.start()

    def write(self) -> None:
        """Writes all counts of today into the file, in place of what it holds."""
        self._timer = None
        if self._database is None:
            return
        rows = []
        # A copy: another thread may add a name meanwhile.
        for name in tuple(self._counts):
            since, number = self._today(name)
            if number:
                rows.append((name, since, number))
        try:
            with self._database.connect(WAIT_SECONDS, make=True) as connection:
                connection.execute("DELETE FROM asked")
                connection.executemany("INSERT INTO asked VALUES (?, ?, ?)", rows)
        except DatabaseUnavailable as error:
            _log(error)

    def _read(self, database: Database) -> None:
        try:
            with database.connect(WAIT_SECONDS) as connection:
                rows = connection.execute("SELECT name, since, number FROM asked").fetchall()
        except DatabaseUnavailable as error:
            _log(error)
            return
        for name, since, number in rows:
            self._counts[name] = since, number

    def _today(self, name: str) -> tuple[float, int]:
        """When the day of `name` began, and how many questions it asked since."""
        now = self._clock()
        since, number = self._counts.get(name, (now, 0))
        if now - since >= DAY:
            return now, 0
        # A clock that was set back keeps the number, and nobody waits for longer than a day.
        return min(since, now), number


def _database(path: Path) -> Database:
    return Database(
        path,
        _SCHEMA,
        failure=("无法使用提问计数文件", "Cannot use the file of counts"),
        unavailable=DatabaseUnavailable,
        locked=DatabaseUnavailable,
    )


def _log(error: DatabaseUnavailable) -> None:
    logging.getLogger(__name__).warning(error.en)
