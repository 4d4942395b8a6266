"""Where a request comes from: the caller's address behind the proxies that are trusted."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

from starlette.requests import HTTPConnection

FORWARDING_HEADERS = frozenset(
    {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"}
)
"""Headers that proxies add: a request with any of them did not come straight from its caller."""

_NETWORK_BITS = 64
"""Bits of an IPv6 address that name a network (RFC 4291). A household chooses the others freely."""

_Address: TypeAlias = IPv4Address | IPv6Address


class ClientAddresses:
    """Reads the addresses of callers, and by which address they know this service.

    `proxies` are addresses or networks whose X-Forwarded-* headers are believed. `public_url` is
    the address of this service for everybody; where it is empty, each caller's own counts.
    """

    def __init__(self, proxies: Iterable[str] = (), public_url: str = "") -> None:
        self._proxies = [ip_network(proxy, strict=False) for proxy in proxies]
        self._public_url = public_url

    def key(self, connection: HTTPConnection) -> str:
        """What a caller is counted as: an IPv4 address, or the network of an IPv6 one."""
        peer = _peer(connection)
        address = _parsed(peer)
        if address is None:
            return peer
        client = self._behind_proxies(address, connection)
        if client.version == 6:
            return str(ip_network((client, _NETWORK_BITS), strict=False))
        return str(client)

    def host(self, connection: HTTPConnection) -> str:
        """The host that the caller asked for, with its port."""
        host = connection.headers.get("host", "")
        if self._is_from_proxy(connection):
            return connection.headers.get("x-forwarded-host", host)
        return host

    def scheme(self, connection: HTTPConnection) -> str:
        """The scheme that the caller used up to the first proxy: http or https."""
        scheme = connection.headers.get("x-forwarded-proto", "")
        if scheme in ("http", "https") and self._is_from_proxy(connection):
            return scheme
        return str(connection.scope["scheme"])

    def service(self, connection: HTTPConnection) -> str:
        """The address of this service, such as https://bot.example.org, without a slash at its end."""
        return self._public_url or f"{self.scheme(connection)}://{self.host(connection)}"

    def is_local(self, connection: HTTPConnection) -> bool:
        """Whether the caller is a process of this machine, with no proxy between."""
        address = _parsed(_peer(connection))
        if address is None or not address.is_loopback:
            return False
        return FORWARDING_HEADERS.isdisjoint(connection.headers)

    def _behind_proxies(self, address: _Address, connection: HTTPConnection) -> _Address:
        """The nearest address that is no proxy, or the farthest proxy where all are."""
        # The last address is what the nearest proxy saw; the caller may have made up those before.
        forwarded = ",".join(connection.headers.getlist("x-forwarded-for"))
        for text in reversed(forwarded.split(",")):
            if not self._is_proxy(address):
                break
            hop = _parsed(text.strip())
            if hop is None:
                break
            address = hop
        return address

    def _is_from_proxy(self, connection: HTTPConnection) -> bool:
        address = _parsed(_peer(connection))
        return address is not None and self._is_proxy(address)

    def _is_proxy(self, address: _Address) -> bool:
        return any(address in network for network in self._proxies)


def _peer(connection: HTTPConnection) -> str:
    """The other end of the connection, empty where the server knows none, as on a Unix socket."""
    return connection.client.host if connection.client else ""


def _parsed(text: str) -> _Address | None:
    """An address, IPv4 where IPv6 only carries one (::ffff:10.0.0.1); None for any other text."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
