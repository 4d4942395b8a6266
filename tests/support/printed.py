"""What the documents print: blocks, commands inside sentences, links; and a shell that runs blocks as a reader would.

The first word behind a fence is the language, the second says how its block is run:
nothing: in `make test`; `long`: in `make faults`. Of `hours` (training, and what needs what is not kept here) and
`server` (it changes a whole machine) the syntax alone is looked at, and that the program takes the commands.
A block of `text` shows what the commands before it print.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "bot/reader/CARD.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
"""Everything that is printed for readers."""

ADDRESS = "http://127.0.0.1:7860"
"""Where the service is in every example."""

# ```sh long
_FENCE = re.compile(r"^```(\w*)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# `PORT=7871 make run`, `./chengwen list`, `.venv/bin/python -m corpus.check 目录`, `pip install dist/*.whl`
_COMMAND = re.compile(
    r"`((?:[A-Z_]+=\S+ )*(?:\./chengwen|chengwen|make|(?:\.venv/bin/)?python|pip|curl) [^`\n]+)`"
)
# ./chengwen list    # 编号、标题
_COMMENT = re.compile(r"(?:^|\s+)#\s.*$", re.MULTILINE)


def name_of(page: Path) -> str:
    """Its path in the repository."""
    return page.relative_to(ROOT).as_posix()


class Block(NamedTuple):
    """A fenced block of a page; `line` counts from 1."""

    page: Path
    line: int
    language: str
    how: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands, as editors write it."""
        return f"{name_of(self.page)}:{self.line}"

    @property
    def commands(self) -> str:
        """Its text without comments, which differ between languages."""
        return _COMMENT.sub("", self.text).strip()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text("utf-8")
    found: list[Block] = []
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, match[1], match[2] or "", match[3]))
    return found


def without_blocks(text: str) -> str:
    """The text of a page outside its fenced blocks."""
    return _FENCE.sub("", text)


def commands_inside(page: Path) -> list[str]:
    """The commands that stand inside sentences and tables."""
    found: list[str] = _COMMAND.findall(without_blocks(page.read_text("utf-8")))
    return list(dict.fromkeys(found))


def halves(page: Path) -> tuple[str, str]:
    """The Chinese and the English part of a page that has a line `---` between them."""
    chinese, english = page.read_text("utf-8").split("\n---\n")
    return chinese, english


def numbers(text: str) -> list[str]:
    """The figures of a text, in order: .621, 0.858, 1,419, 293."""
    return re.findall(r"(?<![\w.])(?:\d+(?:,\d{3})*)?(?:\.?\d+)(?!\w)", text)


class Shell:
    """A reader's shell in a checkout of its own, where `make` only says what it would do.

    `folder` may have files of the reader's own. Settings of `environment` hold for all commands.
    """

    def __init__(self, folder: Path, environment: dict[str, str], address: str = "") -> None:
        self.folder = folder
        self.address = address
        for entry in ROOT.iterdir():
            link = folder / entry.name
            if not entry.name.startswith(".") and not link.is_symlink():
                link.symlink_to(entry)
        python = f'exec "{sys.executable}"'
        self._write(".venv/bin/chengwen", f'{python} -m bot.cli "$@"')
        if not (folder / "chengwen").exists():
            self._write("chengwen", 'exec .venv/bin/chengwen "$@"')
        self._write(".venv/bin/python", f'{python} "$@"')
        self._write("stand-ins/make", f'exec "{shutil.which("make")}" -C "{ROOT}" -n "$@"')
        path = f"{folder / 'stand-ins'}:{os.environ['PATH']}"
        always = {"PATH": path, "PYTHONPATH": str(ROOT)}
        without = {"CHENGWEN_DATA": "", **os.environ}
        self.environment = without | always | environment

    def _write(self, name: str, command: str) -> None:
        script = self.folder / name
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f"#!/bin/sh\n{command}\n", "utf-8")
        script.chmod(0o755)

    def run(self, commands: str) -> str:
        """What they print, standard error behind standard output. Fails where a command fails."""
        here = commands.replace(ADDRESS, self.address or ADDRESS)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", here],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{commands}\n{said}"
        return said


def assert_shown(said: str, printed: str) -> None:
    """That the lines of a block of output are in `said`, in order; … stands for anything."""
    at = 0
    for line in printed.strip().splitlines():
        for piece in re.split("…+", line):
            words = piece.strip()
            found = said.find(words, at)
            assert found >= 0, f"{words!r} is not in, or not in this place of:\n{said}"
            at = found + len(words)


def words_of(command: str) -> Iterator[str]:
    """The words of a command as a page writes it: [--json] is an option, … says that there may be more."""
    plain = command.replace("[", "").replace("]", "").replace("…", "")
    for word in shlex.split(plain):
        # N stands for a number.
        yield "1" if word in ("N", "1…") else word
