"""How many questions are counted, and as whose: a clock that is set by hand, headers that are made up."""

import pytest
from starlette.requests import HTTPConnection

from bot.web.callers import Callers
from bot.web.rates import CALLERS_KEPT, DAY, Rates
from bot.web.refusals import TooMany


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wait_of(rates: Rates, caller: str = "a") -> int:
    """Seconds the caller is told to wait."""
    with pytest.raises(TooMany) as caught:
        rates.count(caller)
    return caught.value.retry_after


def test_a_window_that_moves(clock: Clock) -> None:
    """Three a minute: at 0, 10 and 20; the first leaves at 60, the second at 70."""
    rates = Rates(3, 1000, clock)
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
    rates = Rates(1, 1000, clock)
    rates.count("a")
    for second in range(60):
        clock.now = 1000.0 + second
        assert wait_of(rates) == 60 - second
    clock.now = 1060.0
    rates.count("a")


def test_callers_do_not_disturb_each_other(clock: Clock) -> None:
    rates = Rates(1, 1000, clock)
    rates.count("a")
    rates.count("b")
    wait_of(rates, "a")
    wait_of(rates, "b")


def test_all_together_in_a_day(clock: Clock) -> None:
    rates = Rates(10, 3, clock)
    for caller in "abc":
        rates.count(caller)
    clock.now += 3600
    assert wait_of(rates, "d") == DAY - 3600
    clock.now += DAY - 3600
    rates.count("d")


def test_what_is_kept_is_bounded(clock: Clock) -> None:
    rates = Rates(1, 10**9, clock)
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
    assert Callers(["127.0.0.1", "10.0.0.0/8"]).key(connection(peer, *forwarded)) == counted


def test_a_household_cannot_choose_among_its_addresses() -> None:
    keys = {Callers().key(connection(f"2001:db8::{last:x}")) for last in range(1, 100)}
    assert keys == {"2001:db8::/64"}


def test_only_a_proxy_says_what_was_asked_of_it() -> None:
    callers = Callers(["127.0.0.1"])
    said = {"x_forwarded_host": "bot.example.org", "x_forwarded_proto": "https", "host": "127.0.0.1:7860"}
    ours, others = connection("127.0.0.1", **said), connection("203.0.113.7", **said)
    assert (callers.host(ours), callers.scheme(ours)) == ("bot.example.org", "https")
    assert (callers.host(others), callers.scheme(others)) == ("127.0.0.1:7860", "http")
    assert callers.scheme(connection("127.0.0.1", x_forwarded_proto="javascript")) == "http"


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
    assert Callers().is_local(connection(peer, **headers)) == local
