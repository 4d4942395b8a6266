"""Commands on a disk that is full, or that cannot be written at all."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

OPTIONS = ("--set", "encoder.name=none-such", "--set", "reader=rules")
QUESTION = "城市大脑指挥什么？"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    lines = [f"第{n}条街道有{n}盏路灯，由街道办事处负责养护。" for n in range(1500)]
    (folder / "a.txt").write_text("路灯\n\n" + "\n\n".join(lines), "utf-8")
    (folder / "b.txt").write_text("城市大脑\n\n城市大脑指挥交通，车流更加顺畅。\n", "utf-8")
    return folder


@pytest.fixture
def state(small_disk: Path) -> Path:
    """CHENGWEN_HOME on the small disk."""
    return small_disk / "home"


def chengwen(state: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *map(str, arguments), *OPTIONS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"CHENGWEN_HOME": str(state)},
        check=False,
    )


def fill(disk: Path, kilobytes_left: int) -> None:
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    free = os.statvfs(disk)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_bsize - kilobytes_left * 1024))


def remount(disk: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(disk)], check=True)


def test_an_index_on_a_full_disk_says_so_with_the_path(
    small_disk: Path, state: Path, corpus: Path
) -> None:
    """It is full in the midst of the arrays of the words, of the documents, and at once, in KB."""
    for kilobytes in (232, 208, 100, 0):
        fill(small_disk, kilobytes)
        done = chengwen(state, "index", "build", "--corpus", corpus)
        assert done.returncode == 2, done.stderr
        assert "磁盘已满，请腾出空间" in done.stderr and str(state) in done.stderr
        assert "None" not in done.stderr and "Traceback" not in done.stderr
        assert not list(state.rglob("gen-*"))


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_stale_index_answers_on_a_disk_that_takes_no_more(
    small_disk: Path, state: Path, corpus: Path, trouble: str
) -> None:
    assert chengwen(state, "index", "build", "--corpus", corpus).returncode == 0
    with (corpus / "a.txt").open("a", encoding="utf-8") as article:
        article.write("\n\n新的一条街道没有路灯。\n")
    fill(small_disk, 0)
    if trouble == "read-only":
        remount(small_disk, "ro")
    try:
        asked = chengwen(state, "ask", QUESTION, "--json", "--corpus", corpus)
        assert asked.returncode == 0, asked.stderr
        answer = json.loads(asked.stdout)
        assert answer["outcome"] == "answered" and answer["index"]["generation"] == "gen-000001"
        assert "索引不是最新的" in answer["notices"][-1]
        examined = chengwen(state, "doctor", "--json", "--corpus", corpus)
        checks = {check["name"]: check for check in json.loads(examined.stdout)["checks"]}
        assert examined.returncode == 3
        words = "磁盘已满" if trouble == "full" else "文件系统只读"
        for name in ("home", "index"):
            assert not checks[name]["ok"] and words in checks[name]["zh"]
        assert str(state) in checks["home"]["en"] and checks["lexical"]["ok"]
        assert_serves(state, corpus)
    finally:
        if trouble == "read-only":
            remount(small_disk, "rw")


def assert_serves(state: Path, corpus: Path) -> None:
    """A server starts and answers, and its state tells of the index."""
    environment = os.environ | {"CHENGWEN_HOME": str(state), "HOST": "", "PORT": "0"}
    command = [sys.executable, "-m", "bot.cli", "serve", "--corpus", str(corpus), *OPTIONS]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            assert "索引不是最新的" in " ".join(read(f"{address}/readyz")["notices"])
            question = json.dumps({"question": QUESTION, "stream": False})
            answer = read(f"{address}/api/ask", question.encode())
            assert answer["outcome"] == "answered"
            assert "索引不是最新的" in " ".join(answer["notices"])
            server.send_signal(signal.SIGTERM)
            assert server.wait(60) == 0
        finally:
            server.kill()


def read(address: str, body: bytes | None = None) -> Any:
    request = urllib.request.Request(address, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
