"""`chengwen add` and `remove` where something is wrong: it is said what, where and what to do, and nothing is lost."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.faults import reap, spawn

from bot.cli.__main__ import main
from bot.library_lock import LOCK
from bot.storage.feedback import FILE, Feedback

pytestmark = pytest.mark.slow

WORDS = ("--set", "encoder.name=none-such", "--set", "reader=rules")
FULL = ("磁盘已满，请腾出空间", "the disk is full: free some space")
READ_ONLY = (
    "文件系统只读。请检查权限和磁盘空间",
    "the file system is read-only. Check its permissions",
)
NEWER = ("由较新的版本写成", "a newer version made it")
REMEDY = ("请升级城问，或把文件移到别处", "Upgrade, or move it away")


def chengwen(*argv: str | Path) -> int:
    return main([*map(str, argv), *WORDS])


def document(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.txt"
    path.write_text(f"{name}\n\n{name}处的水闸在惊蛰那天换了新闸门。\n", "utf-8")
    return path


def names(home: Path) -> set[str]:
    return {path.name for path in (home / "documents").iterdir() if path.name != LOCK}


@pytest.fixture(params=["zh_CN.UTF-8", "en_US.UTF-8"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Which of a pair of texts is said."""
    monkeypatch.setenv("LC_ALL", request.param)
    return 0 if request.param.startswith("zh") else 1


@pytest.fixture
def disk_home(small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """CHENGWEN_HOME with one document on a small disk."""
    home = small_disk / "home"
    monkeypatch.setenv("CHENGWEN_HOME", str(home))
    assert chengwen("add", document(tmp_path / "in", "first")) == 0
    yield home
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)


def check_refused(home: Path, folder: Path, capsys: pytest.CaptureFixture[str], says: str) -> None:
    """Neither is the second document added nor the first removed; then both are."""
    second = document(folder, "second")
    for argv in (["add", second], ["remove", "first"]):
        capsys.readouterr()
        assert chengwen(*argv) == 2
        said = capsys.readouterr().err
        assert says in said and str(home) in said and "Traceback" not in said
        assert names(home) == {"first.txt"}


def test_a_full_disk(
    disk_home: Path,
    small_disk: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    language: int,
) -> None:
    free = os.statvfs(small_disk)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_bsize - 8192))
    check_refused(disk_home, tmp_path / "in", capsys, FULL[language])
    ballast.unlink()
    assert chengwen("add", tmp_path / "in/second.txt") == chengwen("remove", "first") == 0
    assert names(disk_home) == {"second.txt"}


def test_a_home_that_is_read_only(
    disk_home: Path,
    small_disk: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    language: int,
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    check_refused(disk_home, tmp_path / "in", capsys, READ_ONLY[language])
    capsys.readouterr()
    assert chengwen("list") == 0
    assert "first" in capsys.readouterr().out


def test_a_home_that_a_newer_version_made(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: int
) -> None:
    """What it has of a document that is to be removed cannot be known: the document stays."""
    assert chengwen("add", document(tmp_path / "in", "first")) == 0
    with Feedback(home / FILE)._database.connect(1, make=True):
        pass
    with closing(sqlite3.connect(home / FILE)) as database, database:
        database.execute("PRAGMA user_version = 9")
    capsys.readouterr()
    assert chengwen("remove", "first") == 2
    said = capsys.readouterr().err
    assert NEWER[language] in said and REMEDY[language] in said and str(home / FILE) in said
    assert names(home) == {"first.txt"} and chengwen("list") == 0
    assert "first" in capsys.readouterr().out
    assert chengwen("add", document(tmp_path / "in", "second")) == 0


def test_a_folder_of_many_files_with_a_bad_one(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: int
) -> None:
    for number in range(200):
        document(tmp_path / "in", f"d{number}")
    (tmp_path / "in/bad.pdf").write_bytes(b"%PDF-1.7 and no more")
    assert chengwen("add", tmp_path / "in") == 2
    said = capsys.readouterr()
    assert "bad.pdf" in said.err and ("没有收录", "left out")[language] in said.err
    assert names(home) == {f"d{number}.txt" for number in range(200)}
    assert len(said.out.splitlines()) == 200


def test_two_that_write_at_once(home: Path, tmp_path: Path) -> None:
    """Each waits for the other, or says that it is busy: its document is in or it is not."""
    writers = {
        name: spawn(lambda name=name: _exit(chengwen("add", document(tmp_path / name, name))))  # type: ignore[misc]
        for name in ("one", "two", "three")
    }
    codes = {name: reap(pid) for name, pid in writers.items()}
    assert set(codes.values()) <= {0, 4} and 0 in codes.values()
    assert names(home) == {f"{name}.txt" for name, code in codes.items() if code == 0}
    for name in codes:
        assert chengwen("add", tmp_path / name) == 0
    assert names(home) == {"one.txt", "two.txt", "three.txt"}


def _exit(code: int) -> None:
    """Ends a child with the code of its command."""
    os._exit(code)
