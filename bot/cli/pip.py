"""Runs pip and tells how far it is, which pip itself tells in hundreds of lines."""

from __future__ import annotations

import re
import subprocess
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from threading import Thread
from time import sleep
from typing import TextIO

from bot.cli.output import pick
from corpus.errors import UsageError
from corpus.progress import Bar

LOG = "install.log"
"""What pip said, in the folder of the environment."""

LAST_LINES = 3
"""Lines of it that are shown where pip fails."""

LOOKED_AFTER = 0.2
"""Seconds between two looks at how far pip is."""

# "  Downloading gradio-6.31.0-py3-none-any.whl (54.2 MB)", "Using cached numpy-2.4.6.whl (16.4 MB)";
# not "Downloading gradio-6.31.0-py3-none-any.whl.metadata (16 kB)".
_FETCHED = re.compile(r"\s*(?:Downloading|Using cached) \S+(?<!\.metadata) \(([\d.]+) ([kMG]?B)\b")

# "Installing collected packages: pytz, numpy, gradio"
_INSTALLING = re.compile(r"Installing collected packages: (.+)")

_MEGABYTES = {"B": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}


class PipOutput:
    """What the lines of pip have told so far."""

    def __init__(self) -> None:
        self.fetched = 0.0
        """Megabytes."""

        self.packages: list[str] = []
        """Those that pip installs, once it knows."""

        self.last: deque[str] = deque(maxlen=LAST_LINES)

    def read(self, lines: Iterable[str], log: TextIO) -> None:
        """Reads all of `lines`, and copies them to `log`."""
        for line in lines:
            log.write(line)
            self.last.append(line)
            if fetched := _FETCHED.match(line):
                number, unit = fetched.groups()
                self.fetched += float(number) * _MEGABYTES[unit]
            elif installing := _INSTALLING.match(line):
                self.packages = installing[1].split(", ")


def install(python: Path, arguments: list[str], root: Path, expected: int) -> None:
    """Installs into the environment of `python`, from the folder `root`, with bars.

    `expected` is about how many MB are fetched. Raises UsageError.
    """
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "install"]
    command += ["--progress-bar", "off", *arguments]
    output = PipOutput()
    log_path = python.parents[1] / LOG
    with (
        log_path.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        assert process.stdout
        reader = Thread(target=output.read, args=(process.stdout, log))
        reader.start()
        _tell(process, output, python.parents[1], expected)
        reader.join()
    if process.returncode:
        said = "".join(output.last).strip()
        raise UsageError(
            f"依赖没有装上，pip 说：\n{said}\n全部输出在 {log_path}。"
            "请检查网络（换镜像用 PIP_INDEX_URL），再来一次；已下载的不会重来。",
            f"The dependencies were not installed, pip says:\n{said}\nAll of it is in {log_path}. "
            "Check the network (PIP_INDEX_URL names a mirror) and try again; what is fetched is kept.",
        )


def _tell(
    process: subprocess.Popen[str], output: PipOutput, environment: Path, expected: int
) -> None:
    """Bars until `process` ends: one of megabytes, one of packages."""
    with Bar(pick("      下载", "      downloading")) as bar:
        while process.poll() is None and not output.packages:
            bar.tell(min(output.fetched, 0.99 * expected), expected)
            sleep(LOOKED_AFTER)
    if process.poll() is not None and not output.packages:
        return
    before = _installed(environment)
    with Bar(pick("      安装", "      installing")) as bar:
        while process.poll() is None:
            bar.tell(_installed(environment) - before, len(output.packages))
            sleep(LOOKED_AFTER)


def _installed(environment: Path) -> int:
    """Packages that are in an environment."""
    return sum(1 for _ in environment.glob("lib/python*/site-packages/*.dist-info"))
