"""Makes the environment and starts the program, step by step: behind `make install` and `make run`.

It runs on Python alone, before anything is installed, and says on standard error what it does.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli.address import address_of, bind_socket
from bot.cli.output import language_for, note, pick
from bot.cli.pip import install
from corpus.errors import ChengwenError, UsageError

ROOT = Path(__file__).parents[2]

DOWNLOADED_MB = 550
"""What pip fetches for an installation, with PyTorch for processors alone."""

NEEDED_MB = 3500
"""Room for the environment, the models as they are converted, and what pip keeps meanwhile."""

STEPS = {"dependencies": 2, "install": 3, "run": 4}
"""The actions, and how many steps each takes."""

Pair = tuple[str, str]


def main(arguments: Sequence[str]) -> int:
    """Carries out an action of STEPS; what follows it goes to the server. Gives the exit code."""
    action, *given = arguments
    environment = Environment(ROOT, STEPS[action])
    try:
        environment.check(serves=action == "run")
        environment.install_dependencies()
        if action != "dependencies":
            environment.make_ready()
        if action == "run":
            environment.start(given)
    except ChengwenError as error:
        note(error.message(language_for()))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


class Environment:
    """The folder .venv beside the program, and the steps that fill it."""

    def __init__(self, root: Path, steps: int) -> None:
        """`steps` is how many there will be."""
        self._root = root
        self._steps = steps
        self._folder = root / ".venv"
        self._python = self._folder / "bin" / "python"
        self._installed = self._folder / "installed"
        self._ready = self._folder / "ready"

    def check(self, serves: bool) -> None:
        """Step 1: the disk, and the address for what `serves`. Raises UsageError."""
        running = platform.python_version()
        free = shutil.disk_usage(self._root).free // 1_000_000
        if not self._is_installed() and free < NEEDED_MB:
            raise UsageError(
                f"磁盘只余 {free} MB，安装需要 {NEEDED_MB} MB：请腾出空间。",
                f"The disk has {free} MB left and {NEEDED_MB} MB are needed: make room.",
            )
        zh, en = f"Python {running}，磁盘余 {free:,} MB", f"Python {running}, {free:,} MB of disk"
        if serves:
            # Before minutes of work: the server binds it again.
            with bind_socket(os.environ) as listener:
                address = address_of(listener)
            zh, en = f"{zh}，{address} 空闲", f"{en}, {address} is free"
        self._say(1, (f"检查：{zh}", f"check: {en}"))

    def install_dependencies(self) -> None:
        """Step 2: the environment and the packages in it. Raises UsageError."""
        if self._is_installed():
            self._say(2, ("依赖：已装好", "dependencies: installed"))
            return
        self._say(
            2,
            (
                f"依赖：约 100 个包，下载约 {DOWNLOADED_MB} MB，装到 .venv，需几分钟",
                f"dependencies: about 100 packages, {DOWNLOADED_MB} MB to download, into .venv; takes minutes",
            ),
        )
        if not self._python.exists():
            _make_venv(self._folder)
        arguments = ["-c", "constraints.txt", "-e", "."]
        install(self._python, arguments, self._root, DOWNLOADED_MB)
        self._installed.touch()
        size = megabytes(self._folder)
        self._tell((f"装好了，.venv 共 {size} MB", f"done, .venv holds {size} MB"))

    def make_ready(self) -> None:
        """Step 3: the models and the index. Raises UsageError."""
        if self._is_up_to_date(self._ready, [self._installed]):
            self._say(3, ("模型和索引：已就绪", "models and index: ready"))
            return
        self._say(
            3,
            (
                "模型和索引：转换随包带来的两个模型（共约 180 MB，不下载），把文章编入索引",
                "models and index: converts the two bundled models (180 MB, no download) and indexes the article",
            ),
        )
        command = [str(self._python), "-m", "bot.cli", "index", "build", "--json"]
        done = subprocess.run(command, cwd=self._root, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise UsageError(
                "索引没有建成，原因见上；改好后再来一次。",
                "The index was not built, for the reason above; mend it and try again.",
            )
        self._ready.touch()

    def start(self, given: Sequence[str]) -> None:
        """Step 4: the server takes the place of this process."""
        self._say(
            4,
            (
                "启动：载入模型和索引，约 10 秒",
                "start: loads models and index, about 10 seconds",
            ),
        )
        os.chdir(self._root)
        os.execv(self._python, [str(self._python), "app.py", *given])

    def _is_installed(self) -> bool:
        wanted = [self._root / "pyproject.toml", self._root / "constraints.txt"]
        return self._python.exists() and self._is_up_to_date(self._installed, wanted)

    def _is_up_to_date(self, made: Path, sources: Sequence[Path]) -> bool:
        """As make judges it: a file that is no older than what it is made from."""
        if not made.exists():
            return False
        return all(source.stat().st_mtime <= made.stat().st_mtime for source in sources)

    def _say(self, step: int, text: Pair) -> None:
        note(f"[{step}/{self._steps}] {pick(*text)}")

    def _tell(self, text: Pair) -> None:
        note(f"      {pick(*text)}")


def megabytes(folder: Path) -> int:
    """The size of all files below a folder, in MB."""
    sizes = [path.lstat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(sizes) // 1_000_000


def _make_venv(folder: Path) -> None:
    """Raises UsageError."""
    command = [sys.executable, "-m", "venv", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise UsageError(
            f"无法建立环境 {folder}：{said}\nDebian、Ubuntu 上请先安装 python3-venv。",
            f"The environment {folder} cannot be made: {said}\nOn Debian and Ubuntu install python3-venv.",
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
