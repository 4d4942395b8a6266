"""What is told of a long step, on a terminal and in a log."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.progress import WIDTH, Bar, drawn

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    """Keeps what is written to a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("done", "total", "share"), [(0, 4, 0), (1, 4, 25), (2, 3, 66), (4, 4, 100), (9, 4, 100)]
)
def test_a_bar_is_as_long_as_what_is_done(done: int, total: int, share: int) -> None:
    bar, number = drawn(done, total).split()
    assert (len(bar), number) == (WIDTH, f"{share}%")
    assert bar.count("█") == WIDTH * share // 100 or done * 3 == total * 2


def test_what_is_not_known_has_no_bar() -> None:
    assert drawn(3, 0) == "…"


def test_a_log_has_one_line() -> None:
    log = io.StringIO()
    with Bar("读 / reading", stream=log) as bar:
        for done in range(200):
            bar.tell(done, 200)
            bar.advance(200)
    assert log.getvalue() == "读 / reading\n"


def test_a_terminal_has_a_bar_that_goes_when_the_step_ends() -> None:
    terminal = Terminal()
    with Bar("读", stream=terminal) as bar:
        bar.tell(1, 2)
    written = terminal.getvalue()
    assert written.startswith("\r\033[K读 …") and "\n" not in written
    assert written.endswith("\r\033[K")


def test_a_step_that_is_over_at_once_is_not_told_of() -> None:
    for stream in (io.StringIO(), Terminal()):
        with Bar("读", delay=60, stream=stream) as bar:
            bar.tell(1, 2)
        with Bar("读", shown=False, stream=stream) as bar:
            bar.tell(1, 2)
        assert stream.getvalue() == ""


def test_it_needs_nothing_but_python() -> None:
    """The installation is told of before anything is installed."""
    script = "import corpus.progress"
    subprocess.run([sys.executable, "-S", "-c", script], cwd=ROOT, check=True)
