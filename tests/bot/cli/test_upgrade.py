"""A program's folder as 0.1.0 left it, and this version put in its place."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.made_runs import column

from bot.evals import runs
from bot.evals.runs import Runs
from bot.index_location import ARTICLES
from bot.storage import feedback
from bot.storage.feedback import Feedback, Judgement, timestamp
from bot.storage.sites import FILE as SITES
from index.store import Store

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
WORDS = ("--set", "encoder.name=none-such", "--set", "reader=rules")
SENTENCE = "梵净山有黔金丝猴850只。"
OLD_SITES = """{"form": 1, "sites": [{"name": "shi", "origins": ["https://a.example.org"],
"title": "", "color": "", "daily": 2000, "tags": [], "digest": "%s"}]}"""


def filling(folder: Path) -> None:
    (folder / "words.json").write_text("{}")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The folder of the program with documents in corpus/articles, and the state in var."""
    program = tmp_path / "program"
    for package in ("bot", "corpus", "index"):
        shutil.copytree(
            ROOT / package, program / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    articles, var = program / "corpus/articles", program / "var"
    (articles / "monkeys.txt").write_text(f"黔金丝猴\n\n{SENTENCE}\n", "utf-8")
    (articles / "monkeys.toml").write_text('url = "https://example.org/m"\n', "utf-8")
    (articles / "报告.txt").write_text("报告\n\n梧桐巷换了新灯泡。\n", "utf-8")
    now = timestamp(datetime.now(UTC))
    kept = Judgement(
        "1", "up", "", "", "问？", "answered", "答。", ("monkeys.0-4",), "gen-000001", now
    )
    Feedback(var / feedback.FILE).record(kept)
    Runs(var / runs.FILE).add(column("before", [1, 0]))
    (var / SITES).write_text(OLD_SITES % ("0" * 64), "utf-8")
    (var / "sites.lock").touch()
    facts = {"corpus": str(ARTICLES), "content": "old", "recipe": {"form": 3}, "encoder": None}
    for name in ("index", "index-53f277ec"):
        for _ in range(2):
            Store(var / name).write(facts, filling)
    return program


@pytest.fixture
def unchangeable(program: Path) -> Iterator[Path]:
    """The same where nothing may be changed, as where it belongs to another user."""
    try:
        for options in (["--bind", str(program)], ["-o", "remount,ro,bind"]):
            subprocess.run(["mount", *options, str(program)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no right to mount a folder read-only")
    yield program
    subprocess.run(["umount", str(program)], check=True)


def run(program: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "CHENGWEN_HOME"}
    environment |= {
        "PYTHONPATH": str(program),
        "XDG_DATA_HOME": str(program.parent / "data"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "zh_CN.UTF-8",
    }
    command = [sys.executable, "-m", "bot.cli", *argv]
    done = subprocess.run(
        command, cwd=program.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def check_all_is_there(program: Path) -> None:
    answer = run(program, "ask", "梵净山有多少只黔金丝猴？", *WORDS).stdout
    assert SENTENCE in answer
    listed = run(program, "list", "--json", *WORDS)
    assert "旧版本" not in listed.stderr
    assert "https://example.org/m" in listed.stdout and "报告" in listed.stdout
    assert "shi" in run(program, "site", "list").stdout
    assert "before" in run(program, "eval", "list").stdout
    home = program.parent / "data/chengwen"
    assert [one.answer_id for one in Feedback(home / feedback.FILE).all()] == ["1"]


def test_what_the_last_version_left_is_found_and_said_once(program: Path) -> None:
    said = run(program, "list", *WORDS).stderr
    assert said.count("旧版本的文件已从") == 2
    for name in ("index-53f277ec", feedback.FILE, runs.FILE, SITES, "monkeys.txt", "报告.txt"):
        assert name in said
    check_all_is_there(program)
    assert [path.name for path in (program / "var").iterdir()] == ["sites.lock"]
    assert sorted(path.suffix for path in (program / "corpus/articles").iterdir()) == [
        ".toml",
        ".toml",
        ".txt",
    ]


def test_a_program_that_may_not_be_changed_is_upgraded_too(unchangeable: Path) -> None:
    said = run(unchangeable, "list", *WORDS).stderr
    assert said.count("旧版本的文件已从") == said.count("删不掉（文件系统只读）") == 2
    check_all_is_there(unchangeable)
    run(unchangeable, "remove", "monkeys", *WORDS)
    assert SENTENCE not in run(unchangeable, "ask", "梵净山有多少只黔金丝猴？", *WORDS).stdout
    home = unchangeable.parent / "data/chengwen"
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not any(SENTENCE.encode() in path.read_bytes() for path in files)
