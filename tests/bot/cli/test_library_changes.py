"""`chengwen add` and `remove` beside a server that runs on, and killed at any moment."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import httpx
import pytest
from support.faults import reap, spawn

from bot.cli.__main__ import main
from bot.library_lock import LOCK

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
WORDS = ("--set", "encoder.name=none-such", "--set", "reader=rules")
PATIENCE = 60.0
"""Seconds for what takes about one: a busy machine fails nothing."""

QUESTION = "梵净山有多少只黔金丝猴？"
SENTENCE = "梵净山有黔金丝猴850只。"


class Server(NamedTuple):
    process: "subprocess.Popen[str]"
    address: str
    home: Path

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.address}{path}", timeout=PATIENCE)

    @property
    def generation(self) -> str:
        return str(self.get("/readyz").json()["generation"])

    def ask(self) -> Any:
        asked = {"question": QUESTION, "stream": False}
        return httpx.post(f"{self.address}/api/ask", json=asked, timeout=PATIENCE).json()

    def chengwen(self, *argv: str | Path) -> None:
        environment = os.environ | {"CHENGWEN_HOME": str(self.home)}
        subprocess.run(
            [sys.executable, "-m", "bot.cli", *argv, *WORDS],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    """A server on the library, as it is without a folder named."""
    environment = os.environ | {"CHENGWEN_HOME": str(home), "HOST": "", "PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "serve", *WORDS],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout
        yield Server(process, process.stdout.readline().strip(), home)
        process.kill()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < deadline
        sleep(0.2)


def test_a_server_answers_from_what_is_added_and_no_more_from_what_is_removed(
    server: Server, tmp_path: Path
) -> None:
    document = tmp_path / "monkeys.txt"
    document.write_text(f"黔金丝猴\n\n{SENTENCE}\n", "utf-8")
    refused = server.ask()
    assert refused["outcome"] != "answered" and "monkeys" not in server.get("/documents").text
    first = server.generation

    server.chengwen("add", document)
    wait_until(lambda: server.generation != first)
    answer = server.ask()
    assert answer["outcome"] == "answered"
    assert [citation["quote"] for citation in answer["citations"]] == [SENTENCE]
    assert "/read/monkeys" in server.get("/documents").text
    assert SENTENCE in server.get("/read/monkeys").text
    second = server.generation

    server.chengwen("remove", "monkeys")
    wait_until(lambda: server.generation != second)
    answer = server.ask()
    assert answer["outcome"] == refused["outcome"] and "黔金丝猴850只" not in str(answer)
    assert "/read/monkeys" not in server.get("/documents").text
    assert server.get("/read/monkeys").status_code == 404
    # The encoder is missing, and that is all.
    assert len(server.get("/readyz").json()["notices"]) == 1

    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=PATIENCE) == 0


def chengwen(*argv: str | Path) -> int:
    return main([*map(str, argv), *WORDS])


def killed(seconds: float, *argv: str | Path) -> None:
    """Kills a command after so long, if it is not done by then."""
    pid = spawn(lambda: chengwen(*argv))
    sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    assert reap(pid) in (0, -signal.SIGKILL)


def duration(*argv: str | Path) -> float:
    started = monotonic()
    assert reap(spawn(lambda: chengwen(*argv))) == 0
    return monotonic() - started


def names(home: Path) -> list[str]:
    """What is in the folder of documents, but for the lock."""
    return sorted(path.name for path in (home / "documents").iterdir() if path.name != LOCK)


def holding(home: Path, sentence: str) -> list[Path]:
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path for path in files if sentence.encode() in path.read_bytes()]


def test_commands_that_are_killed_leave_nothing_half_done(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten times, at any moment: the documents can be listed, and the command given again."""
    stays, document = tmp_path / "stays.txt", tmp_path / "monkeys.txt"
    stays.write_text("路灯\n\n梧桐巷的路灯在立春那天换了新灯泡。\n", "utf-8")
    document.write_text(f"黔金丝猴\n\n{SENTENCE}\n", "utf-8")
    (tmp_path / "monkeys.toml").write_text('url = "https://example.org/monkeys"\n', "utf-8")
    chengwen("add", stays)
    adding, removing = duration("add", document), duration("remove", "monkeys")
    moments = random.Random(5)

    def listed() -> str:
        capsys.readouterr()
        assert chengwen("list") == 0
        return capsys.readouterr().out

    for _ in range(10):
        killed(moments.uniform(0, adding), "add", document)
        assert "stays" in listed()
        assert chengwen("add", document) == 0
        assert names(home) == ["monkeys.toml", "monkeys.txt", "stays.txt"]

        killed(moments.uniform(0, removing), "remove", "monkeys")
        is_there = "monkeys" in listed()
        # What had been set aside is removed for good by the next change, whichever it is.
        assert chengwen(*(["remove", "monkeys"] if is_there else ["add", stays])) == 0
        assert names(home) == ["stays.txt"]
        assert holding(home, SENTENCE) == []
        assert "monkeys" not in listed()
