"""How many questions are counted, by a clock that is set by hand."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.storage.daily_counts import DAY, FILE, DailyCounts
from bot.web.http_errors import TooMany
from bot.web.rate_limit import RateLimit


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wait_of(limit: RateLimit, caller: str = "a") -> int:
    """Seconds the caller is told to wait."""
    with pytest.raises(TooMany) as caught:
        limit.count(caller)
    return caught.value.retry_after


def test_a_window_that_moves(clock: Clock) -> None:
    """Three a minute: at 0, 10 and 20; the first leaves at 60, the second at 70."""
    limit = RateLimit(3, 1000, clock=clock)
    for second in (0, 10, 20):
        clock.now = 1000.0 + second
        limit.count("a")
    assert wait_of(limit) == 40
    clock.now = 1059.5
    assert wait_of(limit) == 1
    clock.now = 1060.0
    limit.count("a")
    assert wait_of(limit) == 10


def test_what_is_refused_is_not_counted(clock: Clock) -> None:
    limit = RateLimit(1, 1000, clock=clock)
    limit.count("a")
    for second in range(60):
        clock.now = 1000.0 + second
        assert wait_of(limit) == 60 - second
    clock.now = 1060.0
    limit.count("a")


def test_callers_do_not_disturb_each_other(clock: Clock) -> None:
    limit = RateLimit(1, 1000, clock=clock)
    limit.count("a")
    limit.count("b")
    wait_of(limit, "a")
    wait_of(limit, "b")


def test_all_together_in_a_day(clock: Clock) -> None:
    limit = RateLimit(10, 3, DailyCounts(clock=clock), clock)
    for caller in "abc":
        limit.count(caller)
    clock.now += 3600
    assert wait_of(limit, "d") == DAY - 3600
    clock.now += DAY - 3600
    limit.count("d")


def test_a_day_outlives_the_process(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written a moment later by a thread, and read by the next process."""
    monkeypatch.setattr("bot.storage.daily_counts.WRITE_DELAY", 0.01)
    path = tmp_path / FILE
    days = DailyCounts(path, clock)
    assert not path.exists() and days.wait("portal", 3) == 0
    for _ in range(3):
        days.add("portal")
    days.add("")
    deadline = time.monotonic() + 60
    while DailyCounts(path, clock).wait("portal", 3) != DAY:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    clock.now += DAY - 1
    again = DailyCounts(path, clock)
    assert (again.wait("portal", 3), again.wait("portal", 4), again.wait("", 1)) == (1, 0, 1)
    again.add("other")
    clock.now += 1
    assert again.wait("portal", 3) == 0
    again.write()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name, number FROM asked").fetchall() == [("other", 1)]


@pytest.mark.parametrize("damage", ["text", "folder", "nowhere"])
def test_a_file_that_cannot_be_used_refuses_nobody(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "none" / FILE if damage == "nowhere" else tmp_path / FILE
    if damage == "text":
        path.write_text("not a database " * 100)
    elif damage == "folder":
        path.mkdir()
    else:
        path.parent.write_text("no folder")
    days = DailyCounts(path)
    days.add("a")
    days.write()
    assert days.wait("a", 1) > 0 and str(path) in caplog.text


def test_what_is_kept_is_bounded(clock: Clock) -> None:
    limit = RateLimit(1, 10**9, clock=clock)
    for number in range(10_000):
        limit.count(f"10.{number}")
    assert len(limit) == 10_000
    limit.count("10.10000")
    assert len(limit) == 10_000
    wait_of(limit, "10.10000")
    wait_of(limit, "10.1")
    limit.count("10.0")


def test_who_asked_longest_ago_is_forgotten_first(clock: Clock) -> None:
    """`a` came first, and asked again, allowed or not, after `b`."""
    limit = RateLimit(2, 10**9, clock=clock)
    for caller in ("a", "b", "b", "a"):
        limit.count(caller)
    wait_of(limit, "a")
    for number in range(9_999):
        limit.count(f"10.{number}")
    wait_of(limit, "a")
    limit.count("b")


def test_a_refusal_says_when_to_come_back_in_both_languages(clock: Clock) -> None:
    limit = RateLimit(1, 2, DailyCounts(clock=clock), clock)
    limit.count("a")
    with pytest.raises(TooMany, match="60 秒") as caught:
        limit.count("a")
    assert "60 seconds" in caught.value.message("en")
    limit.count("b")
    with pytest.raises(TooMany, match="明天") as caught:
        limit.count("b")
    assert "today" in caught.value.message("en")


def test_without_a_file_the_day_is_counted_all_the_same() -> None:
    limit = RateLimit(10, 1)
    limit.count("a")
    assert DAY - 60 < wait_of(limit, "b") <= DAY
