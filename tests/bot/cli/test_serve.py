"""The server against callers that hold connections: a process of its own, and sockets that send little or nothing."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from bot.web.connections import EXTRA

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
MOST = 8
"""Connections of the small server."""

DESCRIPTORS = 1000
"""The hard limit of the other server."""

PATIENCE = 60.0
"""Seconds for what takes about one: a busy machine fails nothing."""


only_linux = pytest.mark.skipif(
    not hasattr(resource, "prlimit"),
    reason="the limits of another process are changed on Linux only",
)


class Server(NamedTuple):
    process: "subprocess.Popen[str]"
    address: str
    errors: Path
    """Holds what it writes on standard error."""

    def said(self) -> list[str]:
        """The lines of it so far."""
        return self.errors.read_text("utf-8").splitlines()

    def connect(self) -> socket.socket:
        url = httpx.URL(self.address)
        return socket.create_connection((url.host, url.port or 0), timeout=PATIENCE)

    def get(self, path: str) -> httpx.Response:
        """On a connection of its own."""
        return httpx.get(f"{self.address}{path}", timeout=PATIENCE)

    def heartbeat(self, number: int) -> socket.socket:
        """A stream that the chat page keeps open; its first event has come."""
        opened = self.connect()
        path = f"/gradio_api/heartbeat/a{number}"
        opened.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        read_until(opened, b"ALIVE")
        return opened


@contextmanager
def started(place: Path, *settings: str, descriptors: int | None = None) -> Iterator[Server]:
    """A server on one article, without an encoder."""
    corpus = place / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("城市大脑\n\n城市大脑指挥交通，车流更加顺畅。\n", "utf-8")
    chosen = ["encoder.name=none-such", "reader=rules", *settings]
    argv = [sys.executable, "app.py", "--corpus", str(corpus)]
    for setting in chosen:
        argv += ["--set", setting]
    if descriptors:
        argv = ["sh", "-c", f'ulimit -Sn 256; ulimit -Hn {descriptors}; exec "$@"', "sh", *argv]
    environment = os.environ | {"CHENGWEN_HOME": str(place / "home"), "HOST": "", "PORT": "0"}
    errors = place / "errors"
    with (
        errors.open("w") as written,
        subprocess.Popen(
            argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=written, text=True, env=environment
        ) as process,
    ):
        assert process.stdout
        address = process.stdout.readline().strip()
        assert address, errors.read_text("utf-8")
        yield Server(process, address, errors)
        process.kill()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of few connections, which may wait long."""
    limits = (f"api.connections={MOST}", "api.request_seconds=600")
    with started(tmp_path_factory.mktemp("small"), *limits) as server:
        yield server


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits a second for a request, and has few descriptors."""
    place = tmp_path_factory.mktemp("hasty")
    with started(place, "api.request_seconds=1", descriptors=DESCRIPTORS) as server:
        yield server


def read_until(connection: socket.socket, text: bytes, times: int = 1) -> None:
    """Reads until `text` has come so often."""
    received = b""
    while received.count(text) < times:
        chunk = connection.recv(4096)
        assert chunk, received
        received += chunk


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has closed it; what it has sent before is read."""
    connection.setblocking(False)
    try:
        while connection.recv(4096):
            pass
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
    return True


def test_a_head_that_comes_slowly_is_cut_off(hasty: Server) -> None:
    with hasty.connect() as slow:
        sent = 0

        def closed_while_sending() -> bool:
            nonlocal sent
            if is_closed(slow):
                return True
            try:
                slow.sendall(b"GET / HTTP/1.1\r\n" if sent == 0 else b"X: y\r\n")
            except (BrokenPipeError, ConnectionResetError):
                return True
            sent += 1
            return False

        wait_until(closed_while_sending)
        assert sent > 1
    assert hasty.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/api/ask", "/gradio_api/queue/join", "/mcp"])
def test_half_a_body_is_cut_off_and_is_no_news(hasty: Server, path: str) -> None:
    before = hasty.said()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    accepted = "Accept: application/json, text/event-stream\r\nContent-Length: 50\r\n\r\n{"
    with hasty.connect() as slow:
        slow.sendall((head + accepted).encode())
        wait_until(lambda: is_closed(slow))
    # What there is to say of it, is said after the connection has ended.
    time.sleep(1)
    assert hasty.said() == before


def test_an_answer_may_take_longer_than_a_request(hasty: Server) -> None:
    with hasty.heartbeat(0) as lasting:
        with hasty.connect() as idle:
            wait_until(lambda: is_closed(idle))
        assert not is_closed(lasting)


def test_a_connection_is_kept_for_further_requests(hasty: Server) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with hasty.connect() as kept:
        for _ in range(3):
            kept.sendall(request)
            read_until(kept, b'{"status":"ok"}')
        kept.sendall(request + request)
        read_until(kept, b'{"status":"ok"}', times=2)
        wait_until(lambda: is_closed(kept))


def test_who_does_not_read_is_cut_off(hasty: Server) -> None:
    """Asks for more than the buffers hold, and takes nothing of it."""
    with hasty.connect() as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500)

        def sending_fails() -> bool:
            try:
                silent.sendall(b"x")
            except (BrokenPipeError, ConnectionResetError):
                return True
            return False

        wait_until(sending_fails)


def test_broken_requests_are_no_news(hasty: Server) -> None:
    before = hasty.said()
    upgrade = (
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    )
    for request in (b"\x16\x03\x01\x00\xa5\r\n\r\n", upgrade):
        with hasty.connect() as broken:
            broken.sendall(request)
            assert broken.recv(4096).startswith(b"HTTP/1.1 ")
    assert hasty.said() == before


@only_linux
def test_the_limit_of_descriptors_is_raised_and_what_it_allows_is_said(hasty: Server) -> None:
    limits = resource.prlimit(hasty.process.pid, resource.RLIMIT_NOFILE)
    assert limits == (DESCRIPTORS, DESCRIPTORS)
    said = [line for line in hasty.said() if "api.connections" in line]
    assert len(said) == 1 and "LimitNOFILE" in said[0] and " 232 " in said[0]


@only_linux
def test_running_out_of_descriptors_is_said_once(small: Server) -> None:
    """What is served goes on; when there are descriptors again, so does everything else."""
    before = len(small.said())
    pid, kind = small.process.pid, resource.RLIMIT_NOFILE
    limits = resource.prlimit(pid, kind)
    with ExitStack() as opened, httpx.Client(base_url=small.address, timeout=PATIENCE) as client:
        assert client.get("/healthz").status_code == 200
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, kind, (used + 1, limits[1]))
        opened.callback(resource.prlimit, pid, kind, limits)
        for _ in range(50):
            opened.enter_context(small.connect())
        # The loop tries again each second.
        for _ in range(30):
            time.sleep(0.1)
            assert client.get("/healthz").status_code == 200
    wait_until(lambda: small.get("/documents").status_code == 200)
    said = small.said()[before:]
    assert len(said) == 1 and "LimitNOFILE" in said[0]


def test_beyond_the_limit_only_the_state_is_told(small: Server) -> None:
    with ExitStack() as opened:
        streams = [opened.enter_context(small.heartbeat(number)) for number in range(MOST)]
        refused = small.get("/documents")
        error = json.loads(refused.text)["error"]
        assert (refused.status_code, error["code"]) == (503, "busy")
        assert int(refused.headers["retry-after"]) == error["retry_after"] > 0
        assert refused.headers["connection"] == "close"
        assert refused.headers["x-content-type-options"] == "nosniff"
        for path in ("/healthz", "/readyz"):
            assert small.get(path).status_code == 200
        streams[0].close()
        wait_until(lambda: small.get("/documents").status_code == 200)


def test_idle_connections_give_way(small: Server) -> None:
    """Many more than the limit, and none of them ever asks: whoever does is answered."""
    with ExitStack() as opened:
        lasting = opened.enter_context(small.heartbeat(0))
        idle = [opened.enter_context(small.connect()) for _ in range(300)]
        for path in ("/healthz", "/documents"):
            assert small.get(path).status_code == 200
        wait_until(lambda: sum(not is_closed(each) for each in idle) < MOST + EXTRA)
        assert not is_closed(lasting)


def test_the_server_stops_quietly_while_a_page_is_open(small: Server) -> None:
    """The last of this server."""
    before = small.said()
    with small.heartbeat(0) as lasting, small.connect() as half:
        half.sendall(b"GET / HTTP/1.1\r\n")
        small.process.send_signal(signal.SIGTERM)
        assert small.process.wait(PATIENCE) == 0
        assert is_closed(lasting) and is_closed(half)
    assert small.said() == before


def test_the_server_stops_quietly_while_a_body_is_awaited(hasty: Server) -> None:
    """The last of this server."""
    before = hasty.said()
    with hasty.connect() as half:
        half.sendall(b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
        hasty.process.send_signal(signal.SIGTERM)
        assert hasty.process.wait(PATIENCE) == 0
    assert hasty.said() == before
