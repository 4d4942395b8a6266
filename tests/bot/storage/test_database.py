"""SQLite files: made by the first write, checked on every opening, each failure named with what to do."""

import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from support.made_runs import column

from bot.evals import drafts, runs
from bot.evals.drafts import Draft, Drafts, DraftsUnavailable
from bot.evals.runs import Runs, RunsUnavailable
from bot.i18n import Pair
from bot.storage import daily_counts, database, feedback
from bot.storage.daily_counts import DailyCounts
from bot.storage.database import Database, DatabaseUnavailable, Schema
from bot.storage.feedback import Feedback, Judgement, timestamp

SCHEMA = Schema(2, "CREATE TABLE IF NOT EXISTS note (text TEXT NOT NULL UNIQUE);")


class Unavailable(DatabaseUnavailable):
    code = "notes_unavailable"


class Locked(Unavailable):
    exit_code = 4


def notes(path: Path, schema: Schema = SCHEMA, mode: int = 0o644) -> Database:
    return Database(path, schema, ("无法使用", "Cannot use"), Unavailable, Locked, mode)


def write(file: Database, text: str) -> None:
    with file.connect(1, make=True) as connection:
        connection.execute("INSERT INTO note VALUES (?)", (text,))


def read(file: Database) -> list[str]:
    with file.connect(1) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note ORDER BY rowid")]


def pragma(file: Database, name: str) -> object:
    with file.connect(1) as connection:
        (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return value


def edited(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def test_a_file_is_made_by_the_first_write_with_its_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = notes(tmp_path / "a" / "b" / "notes")
    with file.connect(1) as connection:
        assert connection.execute("SELECT * FROM note").fetchall() == []
        connection.execute("INSERT INTO note VALUES ('in memory')")
    assert list(tmp_path.iterdir()) == []
    write(file, "first")
    assert (read(file), pragma(file, "user_version")) == (["first"], 2)


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_a_file_is_made_with_its_permissions(tmp_path: Path, mode: int) -> None:
    file = notes(tmp_path / "notes", mode=mode)
    before = os.umask(0)
    try:
        write(file, "first")
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.path.stat().st_mode) == mode


def test_others_may_read_a_file_if_nothing_else_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    before = os.umask(0)
    try:
        write(Database(path, SCHEMA, ("", ""), Unavailable, Locked), "first")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_the_files_of_a_home_keep_their_names_and_versions(home: Path) -> None:
    """As docs/deploy.md names them for backups; a file of an earlier program stays readable."""
    Feedback(home / feedback.FILE).record(
        Judgement("a", "up", "", "", "问", "answered", "答", (), "", timestamp(datetime.now(UTC)))
    )
    counts = DailyCounts(home / daily_counts.FILE)
    counts.add("a")
    counts.write()
    Runs(home / runs.FILE).add(column("a", [1]))
    Drafts(home / drafts.FILE).add([Draft("问")])
    versions = {}
    for path in home.glob("*.sqlite3"):
        with closing(sqlite3.connect(path)) as connection:
            (versions[path.name],) = connection.execute("PRAGMA user_version").fetchone()
    assert versions == {
        "feedback.sqlite3": 1,
        "counts.sqlite3": 1,
        "runs.sqlite3": 1,
        "golden.sqlite3": 1,
    }


def test_errors_have_words_for_programs() -> None:
    assert DatabaseUnavailable.code == "database_unavailable"
    assert RunsUnavailable.code == "runs_unavailable"
    assert DraftsUnavailable.code == "drafts_unavailable"
    assert feedback.FeedbackLocked.code == "feedback_unavailable"


def test_a_block_that_raises_changes_nothing(tmp_path: Path) -> None:
    file = notes(tmp_path / "notes")
    write(file, "first")
    with pytest.raises(ValueError, match="stop"), file.connect(1, make=True) as connection:
        connection.execute("INSERT INTO note VALUES ('second')")
        raise ValueError("stop")
    assert read(file) == ["first"]


def test_a_connection_is_closed_after_its_block(tmp_path: Path) -> None:
    with notes(tmp_path / "notes").connect(1, make=True) as connection:
        pass
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_pragmas_are_set_on_every_connection(tmp_path: Path) -> None:
    file = notes(tmp_path / "notes", Schema(2, SCHEMA.tables, ("foreign_keys = ON",)))
    for text in ("first", "second"):
        write(file, text)
        assert pragma(file, "foreign_keys") == 1
    assert pragma(notes(file.path), "foreign_keys") == 0


@pytest.mark.parametrize(("wal", "journal"), [(True, "wal"), (False, "delete")])
def test_a_log_is_kept_where_the_schema_says_so(tmp_path: Path, wal: bool, journal: str) -> None:
    file = notes(tmp_path / "notes", Schema(2, SCHEMA.tables, wal=wal))
    write(file, "first")
    assert pragma(file, "journal_mode") == journal


def test_a_file_without_a_version_is_given_tables_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    edited(path, "CREATE TABLE note (text TEXT)")
    edited(path, "INSERT INTO note VALUES ('old')")
    assert read(notes(path)) == ["old"]
    assert pragma(notes(path), "user_version") == 2


def test_tables_are_made_once(tmp_path: Path) -> None:
    """A file that lost its table is damaged, not new."""
    file = notes(tmp_path / "notes")
    write(file, "first")
    edited(file.path, "DROP TABLE note")
    with pytest.raises(Unavailable, match="已损坏"):
        read(file)


@pytest.mark.parametrize("version", [1, 3])
def test_another_version_is_refused_and_left_alone(tmp_path: Path, version: int) -> None:
    file = notes(tmp_path / "notes")
    write(file, "first")
    edited(file.path, f"PRAGMA user_version = {version}")
    before = file.path.read_bytes()
    with pytest.raises(Unavailable, match=f"格式 {version}，本版本用 2") as caught:
        write(file, "second")
    assert f"format {version}, this one uses 2" in caught.value.en
    assert file.path.read_bytes() == before


def test_a_failure_says_which_file_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_bytes(b"x" * 5000)
    with pytest.raises(Unavailable) as caught:
        read(notes(path))
    zh, en = database.DAMAGED
    assert caught.value.zh == f"无法使用 {path}：{zh}。"
    assert caught.value.en == f"Cannot use {path}: {en}."


def failing(
    code: int | None, kind: type[sqlite3.Error] = sqlite3.OperationalError
) -> sqlite3.Error:
    error = kind("as SQLite says it")
    if code is not None:
        error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (failing(sqlite3.SQLITE_ERROR), database.DAMAGED),
        (failing(sqlite3.SQLITE_CORRUPT), database.DAMAGED),
        (failing(sqlite3.SQLITE_NOTADB), database.DAMAGED),
        (failing(None), database.DAMAGED),
        (failing(sqlite3.SQLITE_PERM), database.REFUSED),
        (failing(sqlite3.SQLITE_READONLY_DIRECTORY), database.REFUSED),
        (failing(sqlite3.SQLITE_CANTOPEN), database.REFUSED),
        (failing(sqlite3.SQLITE_BUSY_SNAPSHOT), database.BUSY),
        (failing(sqlite3.SQLITE_LOCKED), database.BUSY),
        (failing(sqlite3.SQLITE_FULL), database.FULL),
        (failing(sqlite3.SQLITE_IOERR_FSYNC), database.DISK_FAILED),
    ],
)
def test_what_sqlite_refuses_is_explained(
    tmp_path: Path, error: sqlite3.Error, reason: Pair
) -> None:
    with pytest.raises(Unavailable) as caught, notes(tmp_path / "notes").connect(1):
        raise error
    assert (reason[0] in caught.value.zh, reason[1] in caught.value.en) == (True, True)
    assert (type(caught.value) is Locked) == (reason is database.BUSY)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [failing(sqlite3.SQLITE_NOMEM), failing(None, sqlite3.DatabaseError)],
)
def test_what_has_no_reason_is_told_in_the_words_of_sqlite(
    tmp_path: Path, error: sqlite3.Error
) -> None:
    with (
        pytest.raises(Unavailable, match="as SQLite says it。请检查"),
        notes(tmp_path / "notes").connect(1),
    ):
        raise error


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Unavailable, match="请检查目录的权限") as caught:
        write(notes(tmp_path / "file" / "notes"), "first")
    assert "Check the permissions of the folder" in caught.value.en


def test_a_mistake_in_the_program_passes(tmp_path: Path) -> None:
    file = notes(tmp_path / "notes")
    with pytest.raises(sqlite3.ProgrammingError), file.connect(1) as connection:
        connection.execute("INSERT INTO note VALUES (?)", ())
    write(file, "first")
    with pytest.raises(sqlite3.IntegrityError):
        write(file, "first")


def test_a_lock_is_waited_for_and_then_named(tmp_path: Path) -> None:
    file = notes(tmp_path / "notes")
    write(file, "first")
    with closing(sqlite3.connect(file.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Locked, match="另一进程"), file.connect(0.05) as connection:
            connection.execute("SELECT * FROM note")
        ended = Thread(target=write, args=(notes(file.path), "second"))
        ended.start()
        other.execute("COMMIT")
    ended.join()
    assert read(file) == ["first", "second"]


def test_many_threads_make_one_file(tmp_path: Path) -> None:
    threads = [Thread(target=write, args=(notes(tmp_path / "n"), f"{n}")) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read(notes(tmp_path / "n")), key=int) == [f"{n}" for n in range(12)]
