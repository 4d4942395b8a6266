"""How many questions are counted, and as whose: a clock that is set by hand, headers that are made up."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from bot.storage.daily_counts import DAY, FILE, DailyCounts
from bot.web.client_address import ClientAddresses
from bot.web.http_errors import TooMany
from bot.web.rate_limit import CALLERS_KEPT, RateLimit


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wait_of(rates: RateLimit, caller: str = "a") -> int:
    """Seconds the caller is told to wait."""
    with pytest.raises(TooMany) as caught:
        rates.count(caller)
    return caught.value.retry_after


def test_a_window_that_moves(clock: Clock) -> None:
    """Three a minute: at 0, 10 and 20; the first leaves at 60, the second at 70."""
    rates = RateLimit(3, 1000, clock=clock)
    for second in (0, 10, 20):
        clock.now = 1000.0 + second
        rates.count("a")
    assert wait_of(rates) == 40
    clock.now = 1059.5
    assert wait_of(rates) == 1
    clock.now = 1060.0
    rates.count("a")
    assert wait_of(rates) == 10


def test_what_is_refused_is_not_counted(clock: Clock) -> None:
    rates = RateLimit(1, 1000, clock=clock)
    rates.count("a")
    for second in range(60):
        clock.now = 1000.0 + second
        assert wait_of(rates) == 60 - second
    clock.now = 1060.0
    rates.count("a")


def test_callers_do_not_disturb_each_other(clock: Clock) -> None:
    rates = RateLimit(1, 1000, clock=clock)
    rates.count("a")
    rates.count("b")
    wait_of(rates, "a")
    wait_of(rates, "b")


def test_all_together_in_a_day(clock: Clock) -> None:
    rates = RateLimit(10, 3, DailyCounts(clock=clock), clock)
    for caller in "abc":
        rates.count(caller)
    clock.now += 3600
    assert wait_of(rates, "d") == DAY - 3600
    clock.now += DAY - 3600
    rates.count("d")


def test_a_day_outlives_the_process(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written a moment later by a thread, read by the next process; a day after its first question a name is new."""
    monkeypatch.setattr("bot.storage.daily_counts.WRITE_DELAY", 0.01)
    path = tmp_path / FILE
    days = DailyCounts(path, clock)
    assert not path.exists() and days.wait("portal", 3) == 0
    for _ in range(3):
        days.add("portal")
    days.add("")
    deadline = time.monotonic() + 5
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


def test_a_clock_set_back_shuts_nobody_out(clock: Clock) -> None:
    days = DailyCounts(clock=clock)
    days.add("a")
    clock.now -= 500
    assert days.wait("a", 1) == 0


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
    rates = RateLimit(1, 10**9, clock=clock)
    for number in range(CALLERS_KEPT + 500):
        rates.count(f"10.{number}")
    assert len(rates) == CALLERS_KEPT
    wait_of(rates, f"10.{CALLERS_KEPT + 499}")
    rates.count("10.0")


def connection(peer: str, *forwarded: str, **headers: str) -> HTTPConnection:
    raw = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    raw += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "scheme": "http", "client": (peer, 1), "headers": raw})


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["8.8.8.8"], "203.0.113.7"),
        ("127.0.0.1", ["8.8.8.8"], "8.8.8.8"),
        ("127.0.0.1", ["1.1.1.1, 8.8.8.8"], "8.8.8.8"),
        ("127.0.0.1", ["1.1.1.1", "8.8.8.8"], "8.8.8.8"),
        ("127.0.0.1", ["8.8.8.8, 10.1.2.3"], "8.8.8.8"),
        ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", ["nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["8.8.8.8, "], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("::ffff:203.0.113.7", [], "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("testclient", ["8.8.8.8"], "testclient"),
    ],
)
def test_who_is_counted(peer: str, forwarded: list[str], counted: str) -> None:
    assert ClientAddresses(["127.0.0.1", "10.0.0.0/8"]).key(connection(peer, *forwarded)) == counted


def test_a_household_cannot_choose_among_its_addresses() -> None:
    keys = {ClientAddresses().key(connection(f"2001:db8::{last:x}")) for last in range(1, 100)}
    assert keys == {"2001:db8::/64"}


def test_only_a_proxy_says_what_was_asked_of_it() -> None:
    addresses = ClientAddresses(["127.0.0.1"])
    said = {
        "x_forwarded_host": "bot.example.org",
        "x_forwarded_proto": "https",
        "host": "127.0.0.1:7860",
    }
    ours, others = connection("127.0.0.1", **said), connection("203.0.113.7", **said)
    assert (addresses.host(ours), addresses.scheme(ours)) == ("bot.example.org", "https")
    assert (addresses.host(others), addresses.scheme(others)) == ("127.0.0.1:7860", "http")
    assert addresses.scheme(connection("127.0.0.1", x_forwarded_proto="javascript")) == "http"


@pytest.mark.parametrize(
    ("peer", "headers", "local"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("::ffff:127.0.0.1", {}, True),
        ("203.0.113.7", {}, False),
        ("testclient", {}, False),
        ("127.0.0.1", {"x_forwarded_for": "127.0.0.1"}, False),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, False),
        ("127.0.0.1", {"via": "1.1 proxy"}, False),
    ],
)
def test_who_is_on_this_machine(peer: str, headers: dict[str, str], local: bool) -> None:
    assert ClientAddresses().is_local(connection(peer, **headers)) == local
