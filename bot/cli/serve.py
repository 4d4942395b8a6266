"""`chengwen serve`: the chat page and the API on HOST and PORT; `chengwen mcp`: tools on standard input and output."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import uvicorn

from bot.cli.output import note, pick, show
from bot.index_build import open_index
from bot.settings import Settings, home, load_settings
from bot.storage.feedback import FILE, Feedback, FeedbackUnavailable
from bot.web.app import create_app
from bot.web.operator_access import is_loopback
from corpus import UsageError

HOST, PORT = "127.0.0.1", "7860"
DRAIN_SECONDS = 20
"""How long a stopping server lets answers under way be finished."""

TURN_SECONDS = 0.0005
"""How long an answering thread may keep the interpreter while the event loop wants it."""


def run(arguments: Namespace) -> int:
    """Serves HTTP, or for `chengwen mcp` tools on standard input and output. Raises ChengwenError."""
    return _serve_mcp(arguments) if arguments.command == "mcp" else _serve_http(arguments)


def _serve_http(arguments: Namespace) -> int:
    """Serves until it is told to stop. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    # Each read and write of the loop gives the interpreter away; with the usual 5 ms a refusal waits ten times that.
    sys.setswitchinterval(TURN_SECONDS)
    # Before the seconds that loading takes: a port in use should be known at once.
    with bound(os.environ) as listener:
        if arguments.operator:
            _check_local(listener)
        opened = open_index(settings, arguments.corpus, arguments.index)
        for zh, en in (*opened.notices, *_forgotten(settings)):
            note(pick(zh, en))
        config = uvicorn.Config(
            create_app(opened.service(settings), opened.generation, arguments.operator),
            workers=1,
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # uvicorn would believe any process of this machine; api.proxies says whom
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        # What is loaded stays: looking through it for garbage stops everyone for half a second.
        gc.collect()
        gc.freeze()
        # uvicorn stops in good order and then raises the signal again: that is no failure.
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, lambda *_: None)
        asyncio.run(_serve(uvicorn.Server(config), listener))
    return 0


def _forgotten(settings: Settings) -> list[tuple[str, str]]:
    """Deletes feedback that is too old; a notice where that is not possible, for answers do not need it."""
    try:
        Feedback(home() / FILE).purge(datetime.now(UTC) - timedelta(days=settings.feedback.days))
    except FeedbackUnavailable as error:
        return [(error.zh, error.en)]
    return []


def _check_local(listener: socket.socket) -> None:
    host = listener.getsockname()[0]
    if not is_loopback(host):
        raise UsageError(
            f"--operator 只能在本机使用，而 HOST 是 {host}：请用 HOST=127.0.0.1，或改设 operator.token。",
            f"--operator is for this machine only, and HOST is {host}: use HOST=127.0.0.1, or set operator.token.",
        )


def bound(environment: Mapping[str, str]) -> socket.socket:
    """A socket at HOST and PORT that does not listen yet. Raises UsageError where that address is not to be had."""
    host, port = environment.get("HOST") or HOST, environment.get("PORT") or PORT
    try:
        if not 0 <= int(port) <= 65_535:
            raise ValueError(f"{port} is no port")
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"无法使用地址 {host}:{port}（{reason}）：请用环境变量 HOST 和 PORT 换一个，例如 PORT=7861。",
            f"Cannot use the address {host}:{port} ({reason}): choose another with HOST and PORT, such as PORT=7861.",
        ) from error
    return listener


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    if server.started:
        show(_url(listener))
    await serving


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _serve_mcp(arguments: Namespace) -> int:
    """Serves tools until standard input ends. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    try:
        from bot.web.api.mcp import local_server  # the package it needs is an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise UsageError(
            "chengwen mcp 需要 mcp 包：请运行 pip install -c constraints.txt -e '.[mcp]'",
            "chengwen mcp needs the package mcp: run pip install -c constraints.txt -e '.[mcp]'",
        ) from None
    opened = open_index(settings, arguments.corpus, arguments.index)
    for zh, en in opened.notices:
        note(pick(zh, en))
    local_server(opened.service(settings)).run("stdio")
    return 0
