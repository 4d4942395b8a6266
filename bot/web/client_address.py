"""Who asks: the address behind the proxies that are trusted."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection

_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"})
_PREFIX = 64
"""Bits of an IPv6 address that name a household: the rest it chooses as it likes."""


class ClientAddresses:
    """`proxies`: addresses or networks whose X-Forwarded-For is believed."""

    def __init__(self, proxies: Iterable[str] = ()) -> None:
        self._proxies = [ip_network(proxy, strict=False) for proxy in proxies]

    def key(self, connection: HTTPConnection) -> str:
        """What the caller is counted as: an IPv4 address, or the network of an IPv6 one."""
        peer = connection.client.host if connection.client else ""
        address = _parsed(peer)
        if address is None:
            return peer
        # The last is what the nearest proxy saw; what stands before it, a caller may have made up.
        hops = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
        while self._is_proxy(address) and hops:
            hop = _parsed(hops.pop().strip())
            if hop is None:
                break
            address = hop
        return str(
            ip_network((address, _PREFIX), strict=False) if address.version == 6 else address
        )

    def host(self, connection: HTTPConnection) -> str:
        """The host the caller asked for, with its port."""
        peer = _parsed(connection.client.host) if connection.client else None
        asked = connection.headers.get("host", "")
        return (
            connection.headers.get("x-forwarded-host", asked)
            if peer and self._is_proxy(peer)
            else asked
        )

    def scheme(self, connection: HTTPConnection) -> str:
        """What the caller spoke to the first of us: http or https."""
        told = connection.headers.get("x-forwarded-proto", "")
        peer = _parsed(connection.client.host) if connection.client else None
        return (
            told
            if told in ("http", "https") and peer and self._is_proxy(peer)
            else str(connection.scope["scheme"])
        )

    def is_local(self, connection: HTTPConnection) -> bool:
        """Whether the caller is a process of this machine, with no proxy between."""
        peer = _parsed(connection.client.host) if connection.client else None
        return bool(peer and peer.is_loopback) and not _FORWARDED & set(connection.headers)

    def _is_proxy(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._proxies)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found
