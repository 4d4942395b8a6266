"""What readers think of answers: one judgement an answer, in an SQLite file.

Nothing about who judged is kept: no address, no browser, no name.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Literal, get_args

from bot.answer import Outcome
from bot.storage.database import BUSY, DAMAGED, Database, DatabaseUnavailable, Schema

Verdict = Literal["up", "down"]
Reason = Literal["", "wrong_citation", "off_topic", "wrong", "incomplete", "outdated", "other"]

FILE = "feedback.sqlite3"
"""The name of the file in CHENGWEN_HOME."""

KEPT_AT_MOST = 10_000
"""Judgements in the file. Anybody may send one, so the oldest make room."""

WAIT_SECONDS = 2.0
"""How long to wait for another thread or process that has the file."""

LEAST_APART = timedelta(hours=12)
"""Between two readings of the clock that confirm each other: less than from one night to the next,
and more than a service takes that is started over and over."""

_SCHEMA = Schema(
    version=1,
    tables="""
CREATE TABLE IF NOT EXISTS judgement (
    answer_id TEXT NOT NULL PRIMARY KEY,
    verdict TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL,
    question TEXT NOT NULL, outcome TEXT NOT NULL, text TEXT NOT NULL, citations TEXT NOT NULL,
    generation TEXT NOT NULL, made TEXT NOT NULL
);
""",
    # Deleted text is overwritten with zeros, and what was acknowledged survives a power cut.
    pragmas=("secure_delete = ON", "synchronous = FULL"),
    wal=True,
)

# Made when the clock is first read, so that files of earlier versions get it too.
_READINGS = "CREATE TABLE IF NOT EXISTS reading (at TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID"

# One connection at a time in a process: SQLite's own waiting is not fair between threads.
_CONNECTION = Lock()


class FeedbackUnavailable(DatabaseUnavailable):
    """The file of judgements cannot be read or written. Answers do not need it."""

    code = "feedback_unavailable"


class FeedbackLocked(FeedbackUnavailable):
    """Another thread or process held the file for longer than WAIT_SECONDS."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader thinks of one answer.

    `citations` are the ids of the passages it cited, doc_id.start-end. `made` is a time as
    `timestamp` writes it.
    """

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


def timestamp(moment: datetime) -> str:
    """`moment`, aware, as ISO 8601 in UTC with milliseconds.

    All have one length, so that texts sort as times do.
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


_NAMES = tuple(field.name for field in fields(Judgement))
_COLUMNS = ", ".join(_NAMES)
_PARAMETERS = ", ".join(f":{name}" for name in _NAMES)


def _cited(citations: str) -> set[str]:
    """The ids of the documents of passages: a.b.12-34 is of the document a.b."""
    return {passage_id.rpartition(".")[0] for passage_id in citations.splitlines()}


class Feedback:
    """The judgements in the file `path`, shared by any number of threads and processes.

    What a method did is on the disk when it returns. Every method raises FeedbackUnavailable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._database = Database(
            self.path,
            _SCHEMA,
            failure=("无法使用反馈文件", "Cannot use the feedback file"),
            unavailable=FeedbackUnavailable,
            locked=FeedbackLocked,
            mode=0o600,
        )

    def record(self, judgement: Judgement) -> None:
        """Keeps `judgement`, in place of an earlier one of the same answer.

        Of all judgements the KEPT_AT_MOST newest stay. Makes the file, for its owner only. Raises
        ValueError if `made` is not as `timestamp` writes it.
        """
        if timestamp(datetime.fromisoformat(judgement.made)) != judgement.made:
            raise ValueError(f"made is {judgement.made}, not as timestamp() writes it")
        row = asdict(judgement)
        row["citations"] = "\n".join(judgement.citations)
        with self._connect(make=True) as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO judgement ({_COLUMNS}) VALUES ({_PARAMETERS})", row
            )
            connection.execute(
                "DELETE FROM judgement WHERE rowid IN "
                "(SELECT rowid FROM judgement ORDER BY rowid DESC LIMIT -1 OFFSET ?)",
                (KEPT_AT_MOST,),
            )

    def withdraw(self, answer_id: str) -> None:
        """Deletes the judgement of an answer, if there is one."""
        with self._connect() as connection:
            connection.execute("DELETE FROM judgement WHERE answer_id = ?", (answer_id,))

    def all(self) -> list[Judgement]:
        """All judgements, the oldest first."""
        with self._connect() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM judgement ORDER BY made, rowid"
            ).fetchall()
        return [self._judgement(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many judgements, by verdict and by reason: {"up": 2, "down": 1, "wrong": 1, ...}."""
        names = [*get_args(Verdict), *get_args(Reason)]
        counts = dict.fromkeys(filter(None, names), 0)
        rows: list[tuple[str, int]] = []
        with self._connect() as connection:
            for column in ("verdict", "reason"):
                rows += connection.execute(
                    f"SELECT {column}, count(*) FROM judgement GROUP BY {column}"
                )
        counts.update((name, number) for name, number in rows if name in counts)
        return counts

    def expiry(self, days: int, now: datetime) -> datetime | None:
        """The time (aware) before which feedback is too old to keep, `days` before a clock reading.

        The reading is the last one at least LEAST_APART before `now` (aware), None without one:
        a clock that is wrong once must not delete anything, so what is too old by one reading is
        deleted at a later one. `now` is kept as a reading. All is too old for 0 `days`.
        """
        if days == 0:
            return datetime.max.replace(tzinfo=UTC)
        moment, settled = timestamp(now), timestamp(now - LEAST_APART)
        with self._connect() as connection:
            connection.execute(_READINGS)
            (confirmed,) = connection.execute(
                "SELECT max(at) FROM reading WHERE at <= ?", (settled,)
            ).fetchone()
            connection.execute(
                "INSERT INTO reading SELECT ? WHERE NOT EXISTS "
                "(SELECT * FROM reading WHERE at > ? AND at <= ?)",
                (moment, settled, moment),
            )
            if confirmed is None:
                return None
            # Two readings agree: those that they contradict, and those no longer needed, go.
            connection.execute("DELETE FROM reading WHERE at < ? OR at > ?", (confirmed, moment))
        return self._moment(confirmed) - timedelta(days=days)

    def purge(self, before: datetime) -> int:
        """Deletes what was made before `before` (aware), without a trace; gives how many."""
        with self._connect() as connection:
            deleted = connection.execute(
                "DELETE FROM judgement WHERE made < ?", (timestamp(before),)
            ).rowcount
            self._database.erase(connection)
        return deleted

    def forget(self, doc_ids: Collection[str]) -> int:
        """Deletes the judgements of answers that cite a document, without a trace; gives how many."""
        with self._connect() as connection:
            rows = connection.execute("SELECT rowid, citations FROM judgement").fetchall()
            doomed = [
                (row,) for row, citations in rows if not _cited(citations).isdisjoint(doc_ids)
            ]
            connection.executemany("DELETE FROM judgement WHERE rowid = ?", doomed)
            self._database.erase(connection)
        return len(doomed)

    def _moment(self, text: object) -> datetime:
        try:
            return datetime.fromisoformat(str(text)).astimezone(UTC)
        except ValueError as error:
            raise self._database.error(DAMAGED) from error

    def _judgement(self, row: tuple[object, ...]) -> Judgement:
        texts = [value for value in row if isinstance(value, str)]
        if len(texts) < len(row):
            raise self._database.error(DAMAGED)
        values: dict[str, Any] = dict(zip(_NAMES, texts, strict=True))
        values["citations"] = tuple(values["citations"].splitlines())
        return Judgement(**values)

    @contextmanager
    def _connect(self, make: bool = False) -> Iterator[sqlite3.Connection]:
        if not _CONNECTION.acquire(timeout=WAIT_SECONDS):
            raise self._database.error(BUSY)
        try:
            with self._database.connect(WAIT_SECONDS, make) as connection:
                yield connection
        finally:
            _CONNECTION.release()
