"""The lock of a folder of documents: whoever changes the folder holds it until the index has followed."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from corpus import IndexLocked
from corpus.intake.decode import shown

LOCK = ".lock"
"""Empty; whoever holds its flock changes the folder, or shares it while the folder must not change."""

WAIT_SECONDS = 10.0
"""How long to wait for a server that takes the last change into its index."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the lock of a folder.

    Raises IndexLocked where another process has it for longer than WAIT_SECONDS.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deadline = monotonic() + WAIT_SECONDS
    with (folder / LOCK).open("ab") as lock:
        while not _takes(lock, fcntl.LOCK_EX):
            if monotonic() >= deadline:
                raise _busy(folder)
            sleep(0.1)
        yield


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Keeps documents from being added to a folder and removed, for the time of the block.

    Raises IndexLocked where that is going on.
    """
    with ExitStack() as stack:
        # Without the file nothing was added ever.
        with suppress(OSError):
            lock = stack.enter_context((folder / LOCK).open("rb"))
            if not _takes(lock, fcntl.LOCK_SH):
                raise _busy(folder)
        yield


def _takes(lock: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy(folder: Path) -> IndexLocked:
    return IndexLocked(
        f"另一进程正在改动或读取文章目录 {shown(folder)}：请等它结束后再试",
        f"another process is changing or reading the documents in {shown(folder)}: try again when "
        "it has finished",
    )
