"""The start: its steps, a port that is taken, and pip, told in a few lines."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.address import bind_socket
from bot.cli.environment import Environment, main, megabytes
from bot.cli.pip import LOG, PipOutput, install
from corpus import UsageError

ROOT = Path(__file__).parents[3]
PIP_SAID = """\
Obtaining file:///opt/chengwen
  Preparing editable metadata (pyproject.toml): finished with status 'done'
Collecting numpy>=2 (from chengwen==0.1.0)
  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (62 kB)
  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl (16.5 MB)
Collecting tqdm (from chengwen==0.1.0)
  Using cached tqdm-4.70.1-py3-none-any.whl (500 kB)
Installing collected packages: tqdm, numpy, chengwen
Successfully installed chengwen-0.1.0 numpy-2.4.6 tqdm-4.70.1
"""


def test_what_pip_says_is_counted() -> None:
    output, log = PipOutput(), io.StringIO()
    output.read(PIP_SAID.splitlines(keepends=True), log)
    assert output.fetched == pytest.approx(17.0)
    assert output.packages == ["tqdm", "numpy", "chengwen"]
    assert output.last[-1].startswith("Successfully installed")
    assert log.getvalue() == PIP_SAID


def python_that(place: Path, says: str, code: int) -> Path:
    """A program in place of an environment's Python: says something, as pip would, and ends."""
    place.mkdir(parents=True)
    (place / "said").write_text(says, "utf-8")
    python = place / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >{place}/given\ncat {place}/said\nexit {code}\n')
    python.chmod(0o755)
    return python


def test_what_cannot_be_installed_is_said_in_a_few_lines(tmp_path: Path) -> None:
    says = "Collecting x\n" * 200 + "ERROR: No matching distribution found for x\n"
    python = python_that(tmp_path / ".venv/bin", says, 1)
    with pytest.raises(UsageError, match=r"install\.log") as raised:
        install(python, ["-e", "."], tmp_path, 1)
    assert "No matching distribution" in raised.value.zh
    assert len(raised.value.zh.splitlines()) <= 6
    assert (tmp_path / ".venv" / LOG).read_text("utf-8") == says


def made(root: Path, code: int = 0) -> Path:
    """A folder that looks installed."""
    for name in ("pyproject.toml", "constraints.txt"):
        (root / name).touch()
    python_that(root / ".venv/bin", PIP_SAID, code)
    for name in ("installed", "ready"):
        (root / ".venv" / name).touch()
    return root


def test_what_is_done_is_said_and_not_done_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    environment = Environment(made(tmp_path), 3)
    environment.check(serves=False)
    environment.install_dependencies()
    environment.make_ready()
    out, err = capfd.readouterr()
    lines = err.splitlines()
    assert out == "" and [line[:5] for line in lines] == ["[1/3]", "[2/3]", "[3/3]"]
    assert "已装好" in lines[1] and "已就绪" in lines[2]


def age(path: Path) -> None:
    """Makes a file older than the others."""
    os.utime(path, (1, 1))


def test_a_newer_list_of_packages_is_installed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    stamp = made(tmp_path) / ".venv/installed"
    age(stamp)
    Environment(tmp_path, 2).install_dependencies()
    given = (tmp_path / ".venv/bin/given").read_text()
    assert given.endswith("install --progress-bar off -c constraints.txt -e .\n")
    assert stamp.stat().st_mtime > 1
    lines = capfd.readouterr().err.splitlines()
    assert lines[0].startswith("[2/2]") and lines[-1].startswith("      装好了")
    assert len(lines) <= 4


def test_what_was_not_installed_is_tried_again(tmp_path: Path) -> None:
    age(made(tmp_path, code=1) / ".venv/installed")
    for _ in range(2):
        with pytest.raises(UsageError):
            Environment(tmp_path, 2).install_dependencies()


def test_an_index_that_fails_is_built_again(tmp_path: Path) -> None:
    age(made(tmp_path, code=3) / ".venv/ready")
    for _ in range(2):
        with pytest.raises(UsageError):
            Environment(tmp_path, 3).make_ready()
    assert "index build" in (tmp_path / ".venv/bin/given").read_text()


def test_a_port_in_use_is_known_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with bind_socket({"PORT": "0"}) as taken:
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("PORT", port)
        assert main(["run"]) == 2
    out, err = capfd.readouterr()
    assert out == "" and len(err.splitlines()) == 1 and port in err


def test_the_size_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_bytes(bytes(3_000_000))
    (tmp_path / "c").write_bytes(bytes(1_500_000))
    assert megabytes(tmp_path) == 4


def test_the_start_needs_nothing_but_python() -> None:
    script = "import bot.cli.environment"
    subprocess.run([sys.executable, "-S", "-c", script], cwd=ROOT, check=True)


def linked(place: Path) -> Path:
    """A copy of ./chengwen in a folder whose .venv has a program that says what it is given."""
    place.mkdir()
    shutil.copy(ROOT / "chengwen", place / "chengwen")
    binaries = place / ".venv/bin"
    binaries.mkdir(parents=True)
    program = binaries / "chengwen"
    program.write_text('#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\nexit 4\n')
    program.chmod(0o755)
    return place


def test_the_program_of_a_checkout_is_run_from_anywhere(tmp_path: Path) -> None:
    place = linked(tmp_path / "a folder")
    argv = [str(place / "chengwen"), "ask", "城市 大脑", ""]
    done = subprocess.run(argv, cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "<ask>\n<城市 大脑>\n<>\n")


def test_without_an_environment_it_is_made_first(tmp_path: Path) -> None:
    """What make says does not mix with the result; its failure is the end."""
    place = linked(tmp_path / "bare")
    kept = tmp_path / "kept"
    shutil.move(place / ".venv", kept)
    makefile = place / "Makefile"
    makefile.write_text("install:\n\t@echo making\n\t@exit 1\n")
    argv = [str(place / "chengwen"), "list"]
    failed = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert failed.returncode == 2 and failed.stdout == "" and "making" in failed.stderr
    makefile.write_text(f"install:\n\t@echo making\n\t@cp -r {kept} .venv\n")
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "<list>\n") and "making" in done.stderr
