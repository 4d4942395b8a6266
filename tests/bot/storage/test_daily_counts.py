"""Counts of a day by a clock that is set by hand, and the file that keeps them."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.storage import daily_counts
from bot.storage.daily_counts import DAY, FILE, DailyCounts


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the counts, which no thread writes during a test."""
    monkeypatch.setattr(daily_counts, "WRITE_DELAY", 3600.0)
    return tmp_path / FILE


def stored(path: Path) -> list[tuple[str, float, int]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, since, number FROM asked ORDER BY name").fetchall()


def test_a_day_has_86_400_seconds_from_the_first_question(clock: Clock) -> None:
    counts = DailyCounts(clock=clock)
    assert counts.wait("a", 1) == 0
    counts.add("a")
    assert (counts.wait("a", 1), counts.wait("a", 2), counts.wait("b", 1)) == (86_400, 0, 0)
    clock.now += 86_399.5
    assert counts.wait("a", 1) == 1
    counts.add("a")
    assert counts.wait("a", 2) == 1
    clock.now += 0.5
    assert counts.wait("a", 1) == 0
    counts.add("a")
    assert counts.wait("a", 1) == 86_400 and counts.wait("a", 2) == 0


def test_a_clock_set_back_neither_forgets_nor_doubles_nor_shuts_out(
    clock: Clock, path: Path
) -> None:
    """By 500 seconds, and from 400 days ahead; nobody waits for longer than a day."""
    for behind in (500, 400 * DAY):
        clock.now = 1000.5 + 400 * DAY
        counts = DailyCounts(path, clock)
        counts.add(f"{behind}")
        counts.add(f"{behind}")
        counts.write()
        clock.now -= behind
        for one in (counts, DailyCounts(path, clock)):
            assert (one.wait(f"{behind}", 2), one.wait(f"{behind}", 3)) == (DAY, 0)
        counts.add(f"{behind}")
        counts.write()
        assert (f"{behind}", clock.now, 3) in stored(path)
        clock.now += DAY - 1
        assert counts.wait(f"{behind}", 3) == 1
        clock.now += 1
        assert counts.wait(f"{behind}", 3) == 0


def test_a_step_back_within_the_day_changes_nothing(clock: Clock) -> None:
    counts = DailyCounts(clock=clock)
    counts.add("a")
    clock.now += 3600
    counts.add("a")
    clock.now -= 600
    assert (counts.wait("a", 2), counts.wait("a", 3)) == (DAY - 3000, 0)


def test_a_question_of_this_very_moment_counts(clock: Clock) -> None:
    counts = DailyCounts(clock=clock)
    counts.add("a")
    counts.add("a")
    assert counts.wait("a", 2) == DAY


def test_the_time_is_that_of_the_machine_if_no_clock_is_given() -> None:
    counts = DailyCounts()
    counts.add("a")
    assert DAY - 60 < counts.wait("a", 1) <= DAY


def test_what_is_written_is_read_by_the_next_process(clock: Clock, path: Path) -> None:
    counts = DailyCounts(path, clock)
    counts.add("a")
    clock.now += 10
    counts.add("a")
    counts.add("b")
    assert not path.exists()
    counts.write()
    assert stored(path) == [("a", 1000.5, 2), ("b", 1010.5, 1)]
    after = DailyCounts(path, clock)
    assert (after.wait("a", 2), after.wait("b", 1)) == (DAY - 10, DAY)
    after.add("b")
    after.write()
    assert stored(path) == [("a", 1000.5, 2), ("b", 1010.5, 2)]


def test_a_day_that_is_over_is_not_written(clock: Clock, path: Path) -> None:
    counts = DailyCounts(path, clock)
    counts.add("a")
    counts.write()
    clock.now += DAY
    counts.add("b")
    counts.write()
    assert stored(path) == [("b", 1000.5 + DAY, 1)]


def test_one_thread_at_a_time_waits_to_write(
    clock: Clock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its delay is WRITE_DELAY; after a write the next question starts another."""
    started: list[float] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, write: object) -> None:
            self.seconds = seconds

        def start(self) -> None:
            assert self.daemon
            started.append(self.seconds)

    monkeypatch.setattr(daily_counts, "Timer", Timer)
    counts = DailyCounts(path, clock)
    counts.add("a")
    counts.add("b")
    assert started == [3600.0]
    counts.write()
    counts.add("a")
    assert started == [3600.0, 3600.0]
    DailyCounts(clock=clock).add("a")
    assert len(started) == 2


def test_counts_without_a_file_are_never_written(clock: Clock, tmp_path: Path) -> None:
    counts = DailyCounts(clock=clock)
    counts.add("a")
    counts.write()
    assert list(tmp_path.iterdir()) == []


def test_reading_makes_no_file(path: Path) -> None:
    DailyCounts(path)
    assert not path.exists()


def test_a_file_of_before_is_read(clock: Clock, path: Path) -> None:
    """Earlier versions wrote the same table without a version."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE asked (name TEXT PRIMARY KEY, since REAL NOT NULL, number INTEGER NOT NULL)"
        )
        connection.execute("INSERT INTO asked VALUES ('a', 1000.5, 3)")
    counts = DailyCounts(path, clock)
    assert (counts.wait("a", 3), counts.wait("a", 4)) == (DAY, 0)
    counts.write()
    assert stored(path) == [("a", 1000.5, 3)]


def test_a_file_that_is_in_use_is_logged_and_written_later(
    clock: Clock, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(daily_counts, "WAIT_SECONDS", 0.05)
    counts = DailyCounts(path, clock)
    counts.add("a")
    counts.write()
    counts.add("a")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with caplog.at_level(logging.WARNING):
            counts.write()
            assert DailyCounts(path, clock).wait("a", 1) == 0
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "another process is using it" in caplog.records[0].getMessage()
    counts.write()
    assert stored(path) == [("a", 1000.5, 2)]
