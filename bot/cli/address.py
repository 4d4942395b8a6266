"""The address that the server is reached at: HOST and PORT, whether they are free, how to open them.

It needs nothing but Python, so that a port in use is known before anything is installed or loaded.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from itertools import islice

from corpus.errors import UsageError

HOST, PORT = "127.0.0.1", "7860"

EVERYWHERE = ("0.0.0.0", "::")
"""Addresses that stand for all of this machine."""

TRIED_PORTS = 20
"""Ports after the wanted one among which a free one is looked for."""

_HIGHEST = 65_535

Pair = tuple[str, str]


def bind_socket(environment: Mapping[str, str]) -> socket.socket:
    """A socket bound to HOST and PORT, not listening yet. Raises UsageError if that fails."""
    host = environment.get("HOST") or HOST
    port = environment.get("PORT") or PORT
    try:
        if not 0 <= int(port) <= _HIGHEST:
            raise ValueError(f"{port} is no port")
        return _bound(host, int(port))
    except (OSError, OverflowError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise _in_use(host, int(port)) from error
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"无法使用地址 {host}:{port}（{reason}）：请用环境变量 HOST 和 PORT 换一个，例如 PORT=7861。",
            f"Cannot use the address {host}:{port} ({reason}): choose another with HOST and PORT, such as PORT=7861.",
        ) from error


def address_of(listener: socket.socket) -> str:
    """The address to open, such as http://127.0.0.1:7860."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def how_to_open(listener: socket.socket) -> Pair:
    """How a person opens the address that follows, on this machine and on another."""
    host, port = listener.getsockname()[:2]
    if host in EVERYWHERE:
        return (
            f"就绪。在本机打开 http://127.0.0.1:{port}，从别的机器打开 http://本机的地址:{port}。",
            f"Ready. On this machine open http://127.0.0.1:{port}, from another http://ITS-ADDRESS:{port}.",
        )
    return (
        "就绪。请在浏览器里打开下面的网址。从别的机器："
        f"在那里运行 ssh -L {port}:{host}:{port} 用户名@这台机器，再打开同一网址；"
        "要让网络上的人都能打开，用 HOST=0.0.0.0 启动，先看 docs/deploy.md。",
        "Ready. Open the address below in a browser. From another machine: "
        f"run ssh -L {port}:{host}:{port} USER@THIS-MACHINE there and open the same address; "
        "to open it to the network start with HOST=0.0.0.0, after docs/deploy.md.",
    )


def how_to_stop() -> Pair:
    """How a person stops the server."""
    if sys.stderr.isatty():
        return "停止：按 Ctrl+C。", "To stop: Ctrl+C."
    return f"停止：kill {os.getpid()}。", f"To stop: kill {os.getpid()}."


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket(family, kind, protocol))
        # A server that starts again need not wait for the connections of the one before.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # It is bound, so it stays open.
        opened.pop_all()
    return listener


def _in_use(host: str, port: int) -> UsageError:
    """What to do about a port that another program has."""
    free = _free_port(host, port)
    zh = f"端口 {port} 已被别的程序占用，也许是已经开着的城问：看看 http://{host}:{port}"
    en = f"The port {port} is in use, perhaps by this program: look at http://{host}:{port}"
    if free is None:
        return UsageError(
            f"{zh}，或用 PORT=端口 换一个。", f"{en}, or choose another with PORT=NUMBER."
        )
    return UsageError(
        f"{zh}；或换一个空闲的，在命令前写 PORT={free}，例如 PORT={free} make run。",
        f"{en}; or take a free one, with PORT={free} before the command: PORT={free} make run.",
    )


def _free_port(host: str, port: int) -> int | None:
    """The first port after `port` that is free, among TRIED_PORTS."""
    for candidate in islice(range(port + 1, _HIGHEST + 1), TRIED_PORTS):
        try:
            _bound(host, candidate).close()
        except OSError:
            continue
        return candidate
    return None
