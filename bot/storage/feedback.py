"""What people think of answers: one judgement an answer, in an SQLite file that is made when the first is given.

Nothing about who judged is kept: no address, no browser, no name.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Literal, get_args

from bot.answer import Outcome
from corpus import ChengwenError

Verdict = Literal["up", "down"]
Reason = Literal["", "wrong_citation", "off_topic", "wrong", "incomplete", "outdated", "other"]

FILE = "feedback.sqlite3"
"""Its name, in CHENGWEN_HOME."""

KEPT_AT_MOST = 10_000
"""Judgements in the file. Anybody may send one, so the oldest make room."""

SCHEMA = 1
"""The version of the table, PRAGMA user_version of the file."""

PATIENCE = 2.0
"""Seconds to wait for whoever is writing."""

_TABLE = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS judgement (
    answer_id TEXT NOT NULL PRIMARY KEY, verdict TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL,
    question TEXT NOT NULL, outcome TEXT NOT NULL, text TEXT NOT NULL, citations TEXT NOT NULL,
    generation TEXT NOT NULL, made TEXT NOT NULL
);
PRAGMA user_version = 1;
COMMIT;
"""

_DAMAGED = (
    "文件已损坏。请把它和同名的 -wal、-shm 文件移到别处，下次记录时会新建",
    "it is damaged. Move it away, with the -wal and -shm files of its name: the next judgement makes a new one",
)
_REFUSED = (
    "系统拒绝读写。请检查文件和目录的权限",
    "permission denied. Check the permissions of the file and its folder",
)
_BUSY = ("另一进程正在使用。请稍后再试", "another process is using it. Try again later")
_REASONS = {
    sqlite3.SQLITE_ERROR: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_PERM: _REFUSED,
    sqlite3.SQLITE_READONLY: _REFUSED,
    sqlite3.SQLITE_CANTOPEN: _REFUSED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: ("磁盘已满。请腾出空间", "the disk is full. Free some space"),
    sqlite3.SQLITE_IOERR: (
        "磁盘读写出错。请检查磁盘和空间",
        "the disk failed. Check it and the space on it",
    ),
}

# One connection at a time in a process. SQLite's own waiting is not fair between threads; and POSIX takes a process'
# locks on a file away whenever any descriptor of that file is closed, which the making of it does.
_TURN = Lock()


class FeedbackUnavailable(ChengwenError):
    """The file of judgements cannot be read or written. Answers do not need it."""

    code = "feedback_unavailable"


class FeedbackLocked(FeedbackUnavailable):
    """Another process has been writing for longer than anyone waits."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one answer was thought of. `citations` are passage ids, doc_id.start-end; `made` is what `stamp` gives."""

    answer_id: str
    verdict: Verdict
    reason: Reason
    note: str
    question: str
    outcome: Outcome
    text: str
    citations: tuple[str, ...]
    generation: str
    made: str


def stamp(moment: datetime) -> str:
    """`moment`, aware, as ISO 8601 in UTC with milliseconds: all of one length, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


_COLUMNS = [field.name for field in fields(Judgement)]


class Feedback:
    """The judgements in the file `path`, from any number of threads and processes.

    What a method has done is on the disk when it returns. Every method raises FeedbackUnavailable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def record(self, judgement: Judgement) -> None:
        """Keeps `judgement`, instead of an earlier one of the same answer, and the KEPT_AT_MOST newest of all.

        Makes the file, for its owner only.
        """
        if stamp(datetime.fromisoformat(judgement.made)) != judgement.made:
            raise ValueError(f"made is {judgement.made}, not as stamp() writes it")
        row = asdict(judgement) | {"citations": "\n".join(judgement.citations)}
        with self._opened(make=True) as connection:
            values = ", ".join(f":{name}" for name in _COLUMNS)
            connection.execute(
                f"INSERT OR REPLACE INTO judgement ({', '.join(_COLUMNS)}) VALUES ({values})", row
            )
            connection.execute(
                "DELETE FROM judgement WHERE rowid IN "
                "(SELECT rowid FROM judgement ORDER BY rowid DESC LIMIT -1 OFFSET ?)",
                (KEPT_AT_MOST,),
            )

    def withdraw(self, answer_id: str) -> None:
        """Forgets the judgement of an answer, if there is one."""
        with self._opened() as connection:
            connection.execute("DELETE FROM judgement WHERE answer_id = ?", (answer_id,))

    def all(self) -> list[Judgement]:
        """Every judgement, oldest first."""
        with self._opened() as connection:
            rows = connection.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM judgement ORDER BY made, rowid"
            ).fetchall()
        if not all(isinstance(value, str) for row in rows for value in row):
            raise self._error(_DAMAGED)
        given = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        return [
            Judgement(**{**row, "citations": tuple(row["citations"].splitlines())}) for row in given
        ]

    def counts(self) -> dict[str, int]:
        """How many judgements, by verdict and by reason: {"up": 2, "down": 1, "wrong_citation": 1, ...}."""
        with self._opened() as connection:
            found = {
                name: number
                for column in ("verdict", "reason")
                for name, number in connection.execute(
                    f"SELECT {column}, count(*) FROM judgement GROUP BY {column}"
                )
            }
        return {
            name: found.get(name, 0)
            for name in (*get_args(Verdict), *filter(None, get_args(Reason)))
        }

    def purge(self, before: datetime) -> int:
        """Deletes what was made before `before` (aware), and its scores in the file; says how many."""
        with self._opened() as connection:
            gone = connection.execute(
                "DELETE FROM judgement WHERE made < ?", (stamp(before),)
            ).rowcount
            # Old bytes stay in pages that were split or moved, and in the log: write all anew, then empty the log.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("VACUUM")
            [busy, *_] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise self._error(_BUSY)
        return gone

    @contextmanager
    def _opened(self, make: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection of one's own. Where there is no file it is to an empty table in memory, unless `make`."""
        if not _TURN.acquire(timeout=PATIENCE):
            raise self._error(_BUSY)
        try:
            with self._explained():
                name = f"{self.path.as_uri()}?mode=rw" if self._exists(make) else "file::memory:"
                with closing(
                    sqlite3.connect(name, PATIENCE, isolation_level=None, uri=True)
                ) as connection:
                    self._prepare(connection)
                    yield connection
        finally:
            _TURN.release()

    def _exists(self, make: bool) -> bool:
        if make and not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return make or self.path.exists()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")
        [version] = connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA:
            raise self._error(
                (
                    f"它由较新的版本写成（格式 {version}，本版本用 {SCHEMA}）。请升级城问，或把文件移到别处",
                    f"a newer version made it (format {version}, this one uses {SCHEMA}). Upgrade, or move it away",
                )
            )
        if version < SCHEMA:
            with suppress(
                sqlite3.OperationalError
            ):  # a file system without shared memory does without
                connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLE)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what the system and SQLite refuse into FeedbackUnavailable. A mistake of ours passes."""
        try:
            yield
        except OSError as error:
            zh, en = (
                "请检查目录的权限和磁盘空间",
                "Check the permissions of the folder and the space",
            )
            raise self._error((f"{error.strerror}。{zh}", f"{error.strerror}. {en}")) from error
        except sqlite3.DatabaseError as error:
            # Text that is not UTF-8 is found by Python, which gives no code.
            unnamed = sqlite3.SQLITE_CORRUPT if type(error) is sqlite3.OperationalError else 0
            code = getattr(error, "sqlite_errorcode", unnamed) & 0xFF
            if code not in _REASONS:
                raise
            raise self._error(_REASONS[code]) from error

    def _error(self, why: tuple[str, str]) -> FeedbackUnavailable:
        kind = FeedbackLocked if why is _BUSY else FeedbackUnavailable
        return kind(
            f"无法使用反馈文件 {self.path}：{why[0]}。",
            f"Cannot use the feedback file {self.path}: {why[1]}.",
        )
