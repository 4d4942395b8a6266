"""SQLite files: how one is made, opened and checked, and how its failures are reported."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from bot.i18n import Pair
from corpus import ChengwenError
from corpus.intake.decode import shown
from corpus.refusals import refusal_of

DAMAGED: Pair = (
    "文件已损坏。请把它和同名的 -wal、-shm 文件移到别处，下次记录时会新建",
    "it is damaged. Move it away, with the -wal and -shm files of its name: "
    "the next write makes a new one",
)
REFUSED: Pair = (
    "系统拒绝读写。请检查文件和目录的权限",
    "permission denied. Check the permissions of the file and its folder",
)
BUSY: Pair = ("另一进程正在使用。请稍后再试", "another process is using it. Try again later")
FULL: Pair = ("磁盘已满。请腾出空间", "the disk is full. Free some space")
DISK_FAILED: Pair = (
    "磁盘读写出错。请检查磁盘和空间",
    "the disk failed. Check it and the space on it",
)

_REASONS = {
    # A missing table or column: the SQL of this program is right.
    sqlite3.SQLITE_ERROR: DAMAGED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_PERM: REFUSED,
    sqlite3.SQLITE_READONLY: REFUSED,
    sqlite3.SQLITE_CANTOPEN: REFUSED,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: DISK_FAILED,
}
"""By the primary result code, the lowest 8 bits: https://www.sqlite.org/rescode.html."""

# POSIX takes a process's locks on a file away when any descriptor of that file is closed: while one
# thread makes a file and closes it, no other may have it open.
_CREATION = Lock()


class DatabaseUnavailable(ChengwenError):
    """An SQLite file cannot be read or written."""

    code = "database_unavailable"


@dataclass(frozen=True, slots=True)
class Schema:
    """What a file holds.

    `version` is its PRAGMA user_version, from 1. `tables` are the statements that make it, each
    with IF NOT EXISTS. `pragmas` are set on every connection, such as "secure_delete = ON". With
    `wal` the file has a write-ahead log: readers and the writer do not wait for each other.
    """

    version: int
    tables: str
    pragmas: tuple[str, ...] = ()
    wal: bool = False


@dataclass(frozen=True, slots=True)
class Database:
    """An SQLite file of one schema, made by the first write with the permissions `mode`.

    `failure` begins the message of every error, in Chinese and English: "无法使用反馈文件",
    "Cannot use the feedback file". `unavailable` is the class of these errors, `locked` the one
    where another process has the file.
    """

    path: Path
    schema: Schema
    failure: Pair
    unavailable: type[DatabaseUnavailable]
    locked: type[DatabaseUnavailable]
    mode: int = 0o644

    @contextmanager
    def connect(self, wait_seconds: float, make: bool = False) -> Iterator[sqlite3.Connection]:
        """Opens the file, commits what the block did unless it raises, and closes the file.

        Without a file the connection is to empty tables in memory, or with `make` the file and its
        folder are made. `wait_seconds` is how long to wait for another connection that is writing.
        Raises `unavailable` for what the system and SQLite refuse, in the block as well. A mistake
        of the program, such as a missing parameter, passes as it is.
        """
        try:
            target = f"{self.path.absolute().as_uri()}?mode=rw"
            if not self._exists(make):
                target = "file::memory:"
            with closing(sqlite3.connect(target, timeout=wait_seconds, uri=True)) as connection:
                self._prepare(connection)
                with connection:
                    yield connection
        except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
            raise
        except (OSError, sqlite3.Error) as error:
            raise self.error(_reason(error)) from error

    def erase(self, connection: sqlite3.Connection) -> None:
        """Commits, and overwrites what was deleted, now and before. Raises `unavailable`."""
        # VACUUM is refused inside a transaction.
        connection.commit()
        # Old bytes stay in pages that were split or moved, and in the log: write all anew, then
        # empty the log. The copy that VACUUM makes stays in memory.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise self.error(BUSY)

    def error(self, reason: Pair) -> DatabaseUnavailable:
        """The error that names this file, says why it cannot be used, and what to do about it."""
        kind = self.locked if reason is BUSY else self.unavailable
        where = shown(self.path)
        zh, en = self.failure
        return kind(f"{zh} {where}：{reason[0]}。", f"{en} {where}: {reason[1]}.")

    def _exists(self, make: bool) -> bool:
        with _CREATION:
            if self.path.exists():
                return True
            if not make:
                return False
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Another process may have been faster.
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self.mode))
        return True

    def _prepare(self, connection: sqlite3.Connection) -> None:
        for pragma in self.schema.pragmas:
            connection.execute(f"PRAGMA {pragma}")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, self.schema.version):
            raise self.error(_newer(version, self.schema.version))
        if version == 0:
            self._make_tables(connection)

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        if self.schema.wal:
            # A file system without shared memory does without.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
        number = f"PRAGMA user_version = {self.schema.version};"
        connection.executescript(f"BEGIN IMMEDIATE; {self.schema.tables} {number} COMMIT;")


def _newer(version: int, known: int) -> Pair:
    return (
        f"它由较新的版本写成（格式 {version}，本版本用 {known}）。请升级城问，或把文件移到别处",
        f"a newer version made it (format {version}, this one uses {known}). "
        "Upgrade, or move it away",
    )


def _reason(error: OSError | sqlite3.Error) -> Pair:
    if isinstance(error, OSError):
        refusal = refusal_of(error)
        return (
            f"{refusal.zh}。请检查目录的权限和磁盘空间",
            f"{refusal.en}. Check the permissions of the folder and the space",
        )
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and isinstance(error, sqlite3.OperationalError):
        # Text that is not UTF-8 is found by Python, which gives no code.
        return DAMAGED
    if code is not None and code & 0xFF in _REASONS:
        return _REASONS[code & 0xFF]
    return (
        f"{error}。请检查磁盘和权限；文件若已损坏，把它移开后会新建一个",
        f"{error}. Check the disk and its permissions; "
        "if the file is damaged, move it away and a new one is made",
    )
