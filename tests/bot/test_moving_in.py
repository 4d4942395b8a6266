"""What earlier versions kept inside the program's folder is taken out once, and nothing is lost."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.index_location import BUNDLED
from bot.library import Library
from bot.moving_in import move_in
from bot.settings import load_settings

ROOT = Path(__file__).parents[2]
WORDS = load_settings(["encoder.name=none-such", "reader=rules"], {})


@pytest.fixture
def old(tmp_path: Path) -> tuple[Path, Path]:
    """The folders that 0.1.0 used: ./var and corpus/articles."""
    var, articles = tmp_path / "var", tmp_path / "articles"
    (var / "index/gen-000001").mkdir(parents=True)
    (var / "index/CURRENT").write_text("gen-000001")
    (var / "feedback.sqlite3").write_bytes(b"judgements")
    (var / "notes-of-mine.txt").write_text("not ours")
    articles.mkdir()
    (articles / "gmw-2020-12-05-chengshi-zhili.txt").write_text("随程序附带", "utf-8")
    (articles / "_terms.toml").write_text("[terms]\n")
    (articles / "报告.txt").write_text("我的报告。", "utf-8")
    (articles / "报告.toml").write_text('url = "https://example.org/r"\n')
    return var, articles


def test_state_and_documents_are_moved_and_said_once(
    old: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHENGWEN_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    said = move_in(*old)
    here = tmp_path / "data/chengwen"
    assert (here / "index/CURRENT").read_text() == "gen-000001"
    assert (here / "feedback.sqlite3").read_bytes() == b"judgements"
    assert (here / "documents/报告.txt").read_text("utf-8") == "我的报告。"
    assert (here / "documents/报告.toml").exists()
    var, articles = old
    assert [path.name for path in var.iterdir()] == ["notes-of-mine.txt"]
    assert sorted(path.name for path in articles.iterdir()) == [
        "_terms.toml",
        "gmw-2020-12-05-chengshi-zhili.txt",
    ]
    assert len(said) == 2 and "feedback.sqlite3" in said[0][0] and "报告.txt" in said[1][1]
    assert move_in(*old) == []


def test_what_is_there_is_not_replaced(old: tuple[Path, Path], home: Path) -> None:
    """What has its name gets another."""
    (home / "documents").mkdir(parents=True)
    (home / "documents/报告.txt").write_text("另一份。", "utf-8")
    [said] = move_in(*old)
    assert "报告.txt" in said[0]
    assert (home / "documents/报告.txt").read_text("utf-8") == "另一份。"
    assert (home / "documents/报告-2.txt").read_text("utf-8") == "我的报告。"
    assert (home / "documents/报告-2.toml").exists() and not (old[1] / "报告.txt").exists()


def test_what_belongs_to_a_database_comes_with_it_or_not_at_all(
    old: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log of another database beside one would be played into it."""
    monkeypatch.delenv("CHENGWEN_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    here = tmp_path / "data/chengwen"
    here.mkdir(parents=True)
    (here / "feedback.sqlite3").write_bytes(b"newer")
    (old[0] / "feedback.sqlite3-wal").write_bytes(b"log")
    (old[0] / "runs.sqlite3").write_bytes(b"runs")
    (old[0] / "runs.sqlite3-journal").write_bytes(b"journal")
    move_in(*old)
    assert (here / "feedback.sqlite3").read_bytes() == b"newer"
    assert not (here / "feedback.sqlite3-wal").exists()
    assert (old[0] / "feedback.sqlite3-wal").exists()
    assert (here / "runs.sqlite3-journal").read_bytes() == b"journal"


@pytest.fixture
def read_only(old: tuple[Path, Path], small_disk: Path) -> tuple[Path, Path]:
    """The old folders on a file system that is read only from now on."""
    var, articles = small_disk / "var", small_disk / "articles"
    shutil.copytree(old[0], var)
    shutil.copytree(old[1], articles)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    return var, articles


def test_what_cannot_be_deleted_is_copied_and_said_once(
    read_only: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHENGWEN_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    of_state, of_documents = move_in(*read_only)
    here = tmp_path / "data/chengwen"
    assert (here / "index/CURRENT").read_text() == "gen-000001"
    assert (here / "feedback.sqlite3").read_bytes() == b"judgements"
    assert (here / "documents/报告.txt").read_text("utf-8") == "我的报告。"
    assert (here / "documents/报告.toml").exists()
    assert "删不掉（文件系统只读）" in of_state[0] and "报告.txt" in of_documents[0]
    assert "cannot be deleted (the file system is read-only)" in of_documents[1]
    assert move_in(*read_only) == []
    # It does not come back when it is removed.
    (here / "feedback.sqlite3").unlink()
    library = Library(WORDS)
    [_, copied] = library.entries(library.open())
    library.remove([copied.document.doc_id])
    assert move_in(*read_only) == []
    assert [entry.path for entry in library.entries(library.open())] == [BUNDLED]


def test_a_copy_that_was_broken_off_is_made_anew(read_only: tuple[Path, Path], home: Path) -> None:
    (home / "documents/.moving-in").mkdir(parents=True)
    (home / "documents/.moving-in/报告.txt").write_text("我", "utf-8")
    (home / "documents/报告.toml").write_text("url", "utf-8")
    move_in(*read_only)
    found = list((home / "documents").glob("*.txt"))
    assert [path.read_text("utf-8") for path in found] == ["我的报告。"]
    assert not (home / "documents/.moving-in").exists()


def test_what_may_not_be_read_is_said_once_and_taken_when_it_may(
    old: tuple[Path, Path], home: Path
) -> None:
    (old[1] / "报告.txt").chmod(0)
    code = (
        "import sys, pathlib, bot.moving_in as m\n"
        "print(*m.move_in(*map(pathlib.Path, sys.argv[1:])))"
    )
    # Without the right of the superuser to read everything.
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    command = [*(drop if os.geteuid() == 0 else []), sys.executable, "-c", code, *map(str, old)]

    def said() -> str:
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    first = said()
    assert "没有权限读取" in first and "报告.txt" in first and "may not be read" in first
    assert said() == "" and (old[1] / "报告.toml").exists()
    (old[1] / "报告.txt").chmod(0o600)
    assert "已从" in said() and said() == ""
    assert (home / "documents/报告.txt").read_text("utf-8") == "我的报告。"
