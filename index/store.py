"""The index on disk: immutable generations, a pointer to the one in use, one writer, any number of readers.

    CURRENT             the pointer: "gen-000042 <seal of its manifest>", or NOTHING before the first commit
    gen-000042/         in use
    gen-000041/         the one before, kept to fall back on
    lock                empty; whoever holds its flock is the writer
    writer-1234.tmp/    the workspace of the writer, process 1234: all that is unfinished or about to be deleted

A commit is two renames out of the workspace, each after what it reveals is safely on the disk: the sealed folder, then
CURRENT. A crash at any point therefore leaves the old generation or the new one, and a workspace for the next writer to
clear away. Readers take no lock: what they read never changes, and is verified before they are given it.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from corpus.errors import IndexDamaged, IndexForeign, IndexLocked
from index.disk import JSON, explained, sync, write_atomically
from index.manifest import Generation, check_generation, damaged, folder_name, seal_generation

T = TypeVar("T")

CURRENT = "CURRENT"
NOTHING = f"{folder_name(0)} {'0' * 64}\n".encode()

_FOLDER = re.compile(r"gen-([0-9]{6}|[1-9][0-9]{6,})")
_POINTER = re.compile(rb"gen-([0-9]{6,}) [0-9a-f]{64}\n")


class Store:
    """The generations under `root`. Knows files, hashes, the pointer and the lock, not what the files mean.

    Every method raises IndexUnavailable where the machine, not the index, is at fault.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Generation | None:
        """The generation in use, every byte verified, or None before the first commit.

        It stays on disk for at least one more commit: load its files soon. Raises IndexDamaged or IndexForeign.
        """
        return self._settled(self._follow)

    def open(self) -> tuple[Generation | None, tuple[IndexDamaged, ...]]:
        """`current`, or where that is damaged the newest whole generation, with a notice for whoever asks.

        Raises IndexDamaged where none is whole, and IndexForeign, which is no damage to work around.
        """
        try:
            return self.current(), ()
        except IndexDamaged as damage:
            spare = self._newest_whole()
            if spare is None:
                raise
            return spare, (_instead(damage, spare),)

    def verify(self) -> list[Generation]:
        """Every generation kept, oldest first, once every byte of each and of CURRENT is what was written.

        Raises IndexDamaged or IndexForeign; where more than one thing is wrong, the message has a line for each.
        """
        return self._settled(self._verify)

    def write(self, facts: Mapping[str, JSON], fill: Callable[[Path], object]) -> Generation:
        """Commits a new generation with the files that `fill` writes into the empty folder it is given.

        Whatever goes wrong, the generation in use stays in use. Afterwards one other is kept: the one that was in use.
        Raises IndexLocked, what `fill` raises, and ValueError or TypeError as `seal_generation` does.
        """
        with explained(self.root), self._workspace() as workspace:
            old, previous = self._numbers(), self._in_use()
            number = max(old, default=0) + 1
            if number == 1 and not (self.root / CURRENT).exists():
                # So that a crash before the first commit cannot be taken for a lost CURRENT.
                write_atomically(self.root / CURRENT, NOTHING, workspace)
            folder = workspace / folder_name(number)
            folder.mkdir()
            fill(folder)
            sealed = seal_generation(folder, number, facts)
            generation = replace(sealed, folder=self.root / folder.name)
            os.rename(folder, generation.folder)
            sync(self.root)
            write_atomically(self.root / CURRENT, _pointer(generation), workspace)
            self._retire(workspace, [n for n in old if previous is None or n != previous.number])
            return generation

    @contextmanager
    def _workspace(self) -> Iterator[Path]:
        """The writer's own folder, while it holds the lock. Its name tells others who writes."""
        if not self.root.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            sync(self.root.parent)
        with (self.root / "lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._locked() from None
            for leftover in self.root.glob("writer-*.tmp"):
                shutil.rmtree(leftover)
            workspace = self.root / f"writer-{os.getpid()}.tmp"
            workspace.mkdir()
            try:
                yield workspace
            finally:
                shutil.rmtree(workspace, ignore_errors=True)

    def _locked(self) -> IndexLocked:
        pids = [path.stem.removeprefix("writer-") for path in self.root.glob("writer-*.tmp")]
        zh, en = (
            (f"进程 {pids[0]} ", f"process {pids[0]}") if pids else ("另一进程", "another process")
        )
        return IndexLocked(
            f"索引正由{zh}写入（{self.root}）：请等它结束后再试",
            f"the index in {self.root} is locked by {en}: try again when it has finished",
        )

    def _retire(self, workspace: Path, numbers: list[int]) -> None:
        """Moves generations into the workspace, which is then deleted: none is ever seen half deleted."""
        for number in numbers:
            os.rename(self.root / folder_name(number), workspace / folder_name(number))
        sync(self.root)

    def _in_use(self) -> Generation | None:
        """The generation to keep beside a new one: what `open` gives, or None."""
        with suppress(IndexDamaged, IndexForeign):
            return self.open()[0]
        return None

    def _newest_whole(self) -> Generation | None:
        with explained(self.root):
            for number in reversed(self._numbers()):
                with suppress(IndexDamaged, IndexForeign):
                    return check_generation(self.root / folder_name(number))
        return None

    def _settled(self, look: Callable[[bytes, list[int]], T]) -> T:
        """What `look` makes of CURRENT and the generations; asked again where a writer changed them meanwhile."""
        with explained(self.root):
            state = self._state()
            while True:
                try:
                    return look(*state)
                except IndexDamaged as error:
                    damage = error
                before, state = state, self._state()
                if state == before:
                    raise damage

    def _state(self) -> tuple[bytes, list[int]]:
        """CURRENT as it stands, and the numbers of the generations, in order."""
        numbers = self._numbers()
        try:
            return (self.root / CURRENT).read_bytes(), numbers
        except FileNotFoundError:
            return b"" if numbers else NOTHING, numbers

    def _numbers(self) -> list[int]:
        try:
            names = os.listdir(self.root)
        except FileNotFoundError:
            return []
        return sorted(int(match[1]) for name in names if (match := _FOLDER.fullmatch(name)))

    def _follow(self, pointer: bytes, _: list[int]) -> Generation | None:
        if pointer == NOTHING:
            return None
        if (number := _named(pointer)) is None:
            raise self._astray()
        generation = check_generation(self.root / folder_name(number))
        if pointer != _pointer(generation):
            raise self._astray()
        return generation

    def _verify(self, pointer: bytes, numbers: list[int]) -> list[Generation]:
        whole: list[Generation] = []
        findings: list[IndexDamaged | IndexForeign] = []
        for number in numbers:
            try:
                whole.append(check_generation(self.root / folder_name(number)))
            except (IndexDamaged, IndexForeign) as finding:
                findings.append(finding)
        broken = set(numbers) - {generation.number for generation in whole}
        if (
            pointer != NOTHING
            and pointer not in map(_pointer, whole)
            and _named(pointer) not in broken
        ):
            findings.append(self._astray())
        if findings:
            raise type(findings[0])(
                "\n".join(f.zh for f in findings), "\n".join(f.en for f in findings)
            )
        return whole

    def _astray(self) -> IndexDamaged:
        return damaged(
            self.root / CURRENT, "没有指向完好的一代", "does not point to a whole generation"
        )


def _pointer(generation: Generation) -> bytes:
    return f"{generation.name} {generation.seal}\n".encode()


def _named(pointer: bytes) -> int | None:
    """The number of the generation that `pointer` names, or None where it is not a pointer."""
    match = _POINTER.fullmatch(pointer)
    return int(match[1]) if match else None


def _instead(damage: IndexDamaged, spare: Generation) -> IndexDamaged:
    return IndexDamaged(
        f"{damage.zh}；现用 {spare.name}（{spare.made}）",
        f"{damage.en}; using {spare.name} of {spare.made} meanwhile",
    )
