"""Who asks, as a connection and the proxies before it say: headers that are made up."""

import pytest
from starlette.requests import HTTPConnection

from bot.web.client_address import ClientAddresses

PROXIES = ["127.0.0.1", "10.1.2.3/8", "2001:db8:ffff::/48"]


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
        ("127.0.0.1", ["10.1.2.3, 127.0.0.1"], "10.1.2.3"),
        ("127.0.0.1", ["1.1.1.1, nonsense, 10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", ["::ffff:8.8.8.8"], "8.8.8.8"),
        ("127.0.0.1", ["2001:db8:1:2:3::4"], "2001:db8:1:2::/64"),
        ("2001:db8:ffff::1", ["8.8.8.8"], "8.8.8.8"),
        ("testclient", ["8.8.8.8"], "testclient"),
    ],
)
def test_who_is_counted(peer: str, forwarded: list[str], counted: str) -> None:
    assert ClientAddresses(PROXIES).key(connection(peer, *forwarded)) == counted


def test_a_household_cannot_choose_among_its_addresses() -> None:
    keys = {ClientAddresses().key(connection(f"2001:db8::{last:x}")) for last in range(1, 100)}
    assert keys == {"2001:db8::/64"}


FORWARDED = {
    "x_forwarded_host": "bot.example.org",
    "x_forwarded_proto": "https",
    "host": "127.0.0.1:7860",
}


def test_only_a_proxy_says_what_was_asked_of_it() -> None:
    addresses = ClientAddresses(["127.0.0.1"])
    trusted = connection("127.0.0.1", **FORWARDED)
    assert (addresses.host(trusted), addresses.scheme(trusted)) == ("bot.example.org", "https")
    for peer in ("203.0.113.7", "testclient"):
        other = connection(peer, **FORWARDED)
        assert (addresses.host(other), addresses.scheme(other)) == ("127.0.0.1:7860", "http")


def test_a_proxy_that_says_nothing_is_asked_as_any_other_host() -> None:
    addresses = ClientAddresses(["127.0.0.1"])
    silent = connection("127.0.0.1", host="bot.test")
    assert (addresses.host(silent), addresses.scheme(silent)) == ("bot.test", "http")
    assert addresses.host(connection("127.0.0.1")) == ""


@pytest.mark.parametrize(
    ("said", "scheme"),
    [("http", "http"), ("https", "https"), ("javascript", "wss"), ("", "wss"), ("HTTPS", "wss")],
)
def test_a_scheme_is_http_or_https(said: str, scheme: str) -> None:
    asked = connection("127.0.0.1", x_forwarded_proto=said)
    asked.scope["scheme"] = "wss"
    assert ClientAddresses(["127.0.0.1"]).scheme(asked) == scheme


def test_a_connection_without_an_address_is_nobodys() -> None:
    """A server on a Unix socket knows no address of its callers."""
    addresses = ClientAddresses(["127.0.0.1", "0.0.0.0/0"])
    unknown = connection("", "8.8.8.8", **FORWARDED)
    unknown.scope["client"] = None
    assert addresses.key(unknown) == ""
    assert (addresses.host(unknown), addresses.scheme(unknown)) == ("127.0.0.1:7860", "http")
    bare = HTTPConnection({"type": "http", "scheme": "http", "client": None, "headers": []})
    assert not addresses.is_local(bare)


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
        ("127.0.0.1", {"x_real_ip": "127.0.0.1"}, False),
        ("127.0.0.1", {"x_forwarded_host": "localhost"}, False),
        ("127.0.0.1", {"x_forwarded_proto": "https", "host": "localhost"}, True),
    ],
)
def test_who_is_on_this_machine(peer: str, headers: dict[str, str], local: bool) -> None:
    assert ClientAddresses().is_local(connection(peer, **headers)) == local
