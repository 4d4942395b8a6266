"""What the tests of the store share: a small index, children to crash, and an ear for every call they make."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import ChengwenError
from index.manifest import Generation
from index.store import Store

READS = ("open", "os.listdir", "os.scandir")
WRITES = ("create", "fsync", "os.mkdir", "os.rename", "os.remove", "os.rmdir")


def filling(text: str) -> Callable[[Path], None]:
    """Writes `text` into two files, so that a mixture of two generations would show."""

    def fill(folder: Path) -> None:
        (folder / "passages.txt").write_text(text, "utf-8")
        (folder / "vectors.bin").write_bytes(text.encode() * 3)

    return fill


def text_of(generation: Generation | None) -> str:
    if generation is None:
        return ""
    text = (generation.folder / "passages.txt").read_text("utf-8")
    assert (generation.folder / "vectors.bin").read_bytes() == text.encode() * 3
    return text


def holding(root: Path, texts: str) -> Store:
    """A store that committed each character of `texts` in turn, in a hurry: nothing is synced."""
    store = Store(root)
    root.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        for text in texts:
            store.write({}, filling(text))
    return store


def tree(root: Path) -> dict[Path, bytes]:
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def spawn(work: Callable[[], object]) -> int:
    """The pid of a forked child that does `work` and exits with 0, or with the exit code of the error."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.alarm(60)
        work()
        status = 0
    except ChengwenError as error:
        status = error.exit_code
    except AssertionError:
        traceback.print_exc()
    finally:
        os._exit(status)


def reap(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def watch(root: Path, on_call: Callable[[str, Path], object]) -> None:
    """Tells of each call under `root` that opens, makes, moves, deletes, lists or syncs, before it happens.

    Python's own audit events tell, so that no call can be forgotten; names without a folder are those of shutil.rmtree.
    Nothing is really synced. There is no way back: for a child.
    """

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        path = arguments[0] if arguments else None
        if event not in READS + WRITES or not isinstance(path, str | Path):
            return
        if str(path).startswith(str(root)) or not os.path.isabs(path):
            opens_to_write = (
                event == "open"
                and isinstance(arguments[2], int)
                and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            )
            on_call("create" if opens_to_write else event, Path(path))

    def audited_fsync(descriptor: int) -> None:
        on_call("fsync", Path(os.readlink(f"/proc/self/fd/{descriptor}")))

    os.fsync = audited_fsync  # type: ignore[assignment]
    sys.addaudithook(audit)
