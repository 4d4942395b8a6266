"""How many questions were asked in 24 hours, of each site and of all together, kept in a file over restarts."""

from __future__ import annotations

import logging
import math
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Timer

FILE = "counts.sqlite3"
"""Its name, in CHENGWEN_HOME."""

DAY = 24 * 3600
LATER = 2.0
"""Seconds from a count until it is in the file: no question waits for the disk, and a stop loses no more than these."""

PATIENCE = 2.0
"""Seconds to wait for another process that has the file."""

_TABLE = "CREATE TABLE IF NOT EXISTS asked (name TEXT PRIMARY KEY, since REAL NOT NULL, number INTEGER NOT NULL)"


class DailyCounts:
    """Counts of each name from its first question on, for a day. Without a `path` they are forgotten with the process.

    A file that cannot be read or written is logged, and no reason to refuse anyone. `clock` gives seconds since 1970.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._asked: dict[str, tuple[float, int]] = {}
        self._writing: Timer | None = None
        if path and path.exists():
            self._use(path, self._read)

    def wait(self, name: str, most: int) -> int:
        """Whole seconds until `name` may ask again, 0 while it has asked less than `most` in its day."""
        since, number = self._today(name)
        return math.ceil(since + DAY - self._clock()) if number >= most else 0

    def add(self, name: str) -> None:
        """Counts one question of `name`."""
        since, number = self._today(name)
        self._asked[name] = since, number + 1
        if self._path and not self._writing:
            self._writing = Timer(LATER, self.write)
            self._writing.daemon = True
            self._writing.start()

    def write(self) -> None:
        """Writes every count that is of today."""
        self._writing = None
        if self._path:
            self._use(self._path, self._write)

    def _today(self, name: str) -> tuple[float, int]:
        now = self._clock()
        since, number = self._asked.get(name, (now, 0))
        return (since, number) if 0 <= now - since < DAY else (now, 0)

    def _use(self, path: Path, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection, connection:
                connection.execute(_TABLE)
                work(connection)
        except sqlite3.Error as error:
            logging.getLogger(__name__).warning("%s: %s", path, error)

    def _read(self, connection: sqlite3.Connection) -> None:
        for name, since, number in connection.execute("SELECT name, since, number FROM asked"):
            self._asked[name] = since, number

    def _write(self, connection: sqlite3.Connection) -> None:
        rows = [(name, *self._today(name)) for name in tuple(self._asked)]
        connection.execute("DELETE FROM asked")
        connection.executemany(
            "INSERT INTO asked VALUES (?, ?, ?)", [row for row in rows if row[2]]
        )
