"""`chengwen serve`: the chat page and the API on HOST and PORT."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from argparse import Namespace
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from bot.cli.address import address_of, bind_socket, how_to_open, how_to_stop
from bot.cli.descriptors import Shortages, raise_limit
from bot.cli.output import note, pick, show
from bot.elsewhere import warnings
from bot.index_build import open_to_answer, recorded_corpus
from bot.library import Library
from bot.live import Live, Watch
from bot.settings import Settings, home, load_settings
from bot.staging import staging_folder
from bot.storage.feedback import FILE, Feedback, FeedbackUnavailable
from bot.upkeep import Upkeep
from bot.web.app import create_app
from bot.web.connections import EXTRA, Connection, Connections
from bot.web.operator_access import is_loopback
from bot.web.stopping import Stop
from corpus import UsageError

ANSWER_SECONDS = 8.0
"""How long a stopping server waits for the answers under way."""

GOODBYE_SECONDS = 1.0
"""How long callers then have to take what they are told; after that their connections are cut."""

STOP_SECONDS = 10
"""How long stopping takes at most. uvicorn then ends what is left, and logs it as an error."""

BACKLOG = 128
"""Connections that the system holds for the server, and that the loop accepts in one go."""

OTHER_DESCRIPTORS = 4 * BACKLOG + EXTRA + 128
"""Beside those of connections that are answered: some that are accepted and not counted yet, or cut
and not closed yet, as the loop does each in a round of its own; those that wait; files."""

FEWEST = 8
"""Connections that are allowed however few descriptors there are."""

TURN_SECONDS = 0.0005
"""How long an answering thread may keep the interpreter while the event loop wants it."""


def run(arguments: Namespace) -> int:
    """Serves HTTP until a signal stops it. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    # Each read and write of the event loop gives the interpreter away; with Python's 5 ms a
    # refusal waits ten times as long.
    sys.setswitchinterval(TURN_SECONDS)
    # A port in use is known before the seconds that loading takes.
    with bind_socket(os.environ) as listener:
        if arguments.operator:
            _check_local(listener)
        watch = _opened(arguments, settings)
        for zh, en in _purge_feedback(settings):
            note(pick(zh, en))
        _warn_of_servers(settings)
        connections = _connections(settings)
        stop = Stop()
        library = _library(watch)
        app = create_app(watch.live, arguments.operator, stop, library)
        # What is loaded stays: a search of it for garbage stops all threads for half a second.
        gc.collect()
        gc.freeze()
        # uvicorn stops in good order and then raises the signal again: that is no failure.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        server = uvicorn.Server(_config(app, connections))
        upkeep = Upkeep(library, staging_folder()).going_on() if library else nullcontext()
        with upkeep, watch.looking():
            asyncio.run(_serve(server, listener, stop, connections))
    return 0


def _opened(arguments: Namespace, settings: Settings) -> Watch:
    """The index to answer from. Nothing else holds it: it goes when another takes its place."""
    corpus, index = arguments.corpus, arguments.index
    opened = open_to_answer(settings, corpus, index)
    for zh, en in opened.notices:
        note(pick(zh, en))
    live = Live(opened.service(settings), opened.generation)
    return Watch(live, opened.encoder, settings, corpus, index)


def _library(watch: Watch) -> Library | None:
    """What the operator may change; None where no folder of documents is answered from."""
    corpus = watch.corpus or recorded_corpus(watch.index)
    if corpus is not None and not corpus.is_dir():
        return None
    return Library(watch.settings, corpus, watch.index, watch.encoder)


def _check_local(listener: socket.socket) -> None:
    host = listener.getsockname()[0]
    if not is_loopback(host):
        raise UsageError(
            f"--operator 只能在本机使用，而 HOST 是 {host}：请用 HOST=127.0.0.1，或改设 operator.token。",
            f"--operator is for this machine only, and HOST is {host}: use HOST=127.0.0.1, or set operator.token.",
        )


def _purge_feedback(settings: Settings) -> list[tuple[str, str]]:
    """Deletes feedback that is too old; gives a notice if that fails, since answers do not need it."""
    feedback = Feedback(home() / FILE)
    try:
        before = feedback.expiry(settings.feedback.days, datetime.now(UTC))
        if before is not None:
            feedback.purge(before)
    except FeedbackUnavailable as error:
        return [(error.zh, error.en)]
    return []


def _warn_of_servers(settings: Settings) -> None:
    """Says in the log, which is standard error, what leaves this machine."""
    for told in warnings(settings):
        logging.getLogger(__name__).warning(pick(*told))


def _connections(settings: Settings) -> Connections:
    """As many as `api.connections`; where descriptors do not suffice, fewer, and a notice."""
    wanted = settings.api.connections
    most = min(wanted, max(raise_limit() - OTHER_DESCRIPTORS, FEWEST))
    if most < wanted:
        zh = f"文件描述符只够 {most} 个连接，api.connections 是 {wanted}：请调高 LimitNOFILE。"
        en = f"Descriptors suffice for {most} connections, api.connections is {wanted}: raise LimitNOFILE."
        note(pick(zh, en))
    return Connections(most, settings.api.request_seconds)


def _config(app: FastAPI, connections: Connections) -> uvicorn.Config:
    # uvicorn asks for a class, and makes an object for each connection as of any callable.
    make_connection: Any = partial(Connection, connections, AutoHTTPProtocol)
    return uvicorn.Config(
        app,
        workers=1,
        http=make_connection,
        # Nothing here speaks WebSocket, which would leave the wrapper of the connection behind.
        ws="none",
        backlog=BACKLOG,
        # Broken requests of strangers are warnings, and would fill the log.
        log_level="error",
        access_log=False,
        # uvicorn would believe any process of this machine; api.proxies says whom to believe.
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


async def _serve(
    server: uvicorn.Server, listener: socket.socket, stop: Stop, connections: Connections
) -> None:
    asyncio.get_running_loop().set_exception_handler(Shortages().note)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    # uvicorn gives no sign when it listens.
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    if server.started:
        note(pick(*how_to_open(listener)))
        note(pick(*how_to_stop()))
        show(address_of(listener))
    ending = asyncio.create_task(_end(server, stop, connections))
    await serving
    ending.cancel()


async def _end(server: uvicorn.Server, stop: Stop, connections: Connections) -> None:
    """Once the server is told to stop, ends what uvicorn would wait for."""
    # uvicorn gives no sign of this either.
    while not server.should_exit:
        await asyncio.sleep(0.1)
    await stop.finish(ANSWER_SECONDS)
    await asyncio.sleep(GOODBYE_SECONDS)
    connections.abort()
