"""The index on disk: immutable generations, a pointer to the one in use, one writer, many readers.

    CURRENT             the pointer: "gen-000042 <seal of its manifest>", or NOTHING before the
                        first commit
    gen-000042/         in use
    gen-000041/         the one before, kept to fall back on
    gen-000037/         one that the writer keeps for what it has
    lock                empty; whoever holds its flock is the writer
    writer-1234.tmp/    the workspace of the writer, process 1234: what is unfinished or about to
                        be deleted

A commit is two renames out of the workspace, each after what it reveals is safely on the disk: the
sealed folder, then CURRENT. A crash at any point therefore leaves the old generation or the new
one, and a workspace that the next writer clears away. Readers take no lock: what they read never
changes, and is verified before they are given it.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from corpus.errors import IndexDamaged, IndexForeign, IndexLocked
from index.disk import JSON, explained, sync, write_atomically
from index.manifest import (
    MANIFEST,
    Generation,
    check_generation,
    damaged,
    folder_name,
    seal_generation,
)

T = TypeVar("T")

CURRENT = "CURRENT"
NOTHING = f"{folder_name(0)} {'0' * 64}\n".encode()

_WORKSPACES = "writer-*.tmp"

# gen-000042, gen-1000000
_FOLDER = re.compile(r"gen-([0-9]{6}|[1-9][0-9]{6,})")

# gen-000042 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, and a line end
_POINTER = re.compile(rb"gen-([0-9]{6,}) [0-9a-f]{64}\n")


class Store:
    """The generations under `root`: files, hashes, the pointer and the lock, not what files mean.

    Every method raises IndexUnavailable where the machine, not the index, is at fault.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Generation | None:
        """Returns the generation in use, every byte verified, or None before the first commit.

        It stays on disk for at least one more commit: load its files soon. Raises IndexDamaged or
        IndexForeign.
        """
        return self._read_consistently(self._pointed_to)

    def open(self) -> tuple[Generation | None, tuple[IndexDamaged, ...]]:
        """Returns `current`, or where that is damaged the newest whole generation, with a notice.

        Raises IndexDamaged where none is whole, and IndexForeign, which is no damage to work
        around.
        """
        try:
            return self.current(), ()
        except IndexDamaged as damage:
            fallback = self._newest_whole()
            if fallback is None:
                raise
            return fallback, (_fallback_notice(damage, fallback),)

    def verify(self) -> list[Generation]:
        """Returns every generation kept, oldest first, once every byte and CURRENT are verified.

        Raises IndexDamaged or IndexForeign; where more than one thing is wrong, the message has a
        line for each.
        """
        return self._read_consistently(self._all_whole)

    def holds(self, generation: Generation) -> bool:
        """Tells whether `generation` has all its files still, or a later one is there; reads none."""
        names = (MANIFEST, *generation.files)
        with explained(self.root):
            if all((generation.folder / name).is_file() for name in names):
                return True
            return max(self._generation_numbers(), default=0) > generation.number

    def write(
        self,
        facts: Mapping[str, JSON],
        fill: Callable[[Path], object],
        keeps: Callable[[Generation], bool] | None = None,
    ) -> Generation:
        """Commits a new generation with the files that `fill` writes into the folder it is given.

        Whatever goes wrong, the generation in use stays in use. Afterwards one other is kept, the
        one that was in use, and the newest that `keeps` asks for. Raises IndexLocked, what `fill`
        raises, and ValueError or TypeError as `seal_generation` does.
        """
        with explained(self.root), self._workspace() as workspace:
            earlier = self._generation_numbers()
            in_use = self._in_use()
            kept = [in_use.number] if in_use else []
            if keeps is not None:
                kept += [one.number for one in self.whole() if keeps(one)][:1]
            number = max(earlier, default=0) + 1
            pointer = self.root / CURRENT
            if number == 1 and not pointer.exists():
                # So that a crash before the first commit cannot be taken for a lost CURRENT.
                write_atomically(pointer, NOTHING, workspace)
            folder = workspace / folder_name(number)
            folder.mkdir()
            # While what was written is still there: without it a full disk has room again.
            with explained(self.root):
                fill(folder)
            sealed = seal_generation(folder, number, facts)
            generation = replace(sealed, folder=self.root / folder.name)
            os.rename(folder, generation.folder)
            sync(self.root)
            write_atomically(pointer, _pointer_to(generation), workspace)
            self._remove([old for old in earlier if old not in kept], workspace)
            return generation

    def generations(self) -> dict[int, Generation | None]:
        """Returns every generation kept by its number, oldest first; None is one that is not whole."""
        found: dict[int, Generation | None] = {}
        with explained(self.root):
            for number in self._generation_numbers():
                found[number] = None
                with suppress(IndexDamaged, IndexForeign):
                    found[number] = check_generation(self.root / folder_name(number))
        return found

    def whole(self) -> list[Generation]:
        """Returns the generations that are whole, newest first."""
        return [one for one in reversed(self.generations().values()) if one is not None]

    def forget(self, numbers: Collection[int]) -> None:
        """Deletes generations, and what a writer that died has left of others.

        Where one is in use, the newest whole one that is kept takes its place; with none it is as
        before the first commit. Raises IndexLocked.
        """
        with explained(self.root):
            if not numbers and not any(self.root.glob(_WORKSPACES)):
                return
            with self._workspace() as workspace:
                doomed = [number for number in self._generation_numbers() if number in numbers]
                pointer, _ = self._state()
                if _number_in(pointer) in doomed:
                    write_atomically(self.root / CURRENT, self._pointer_beside(doomed), workspace)
                self._remove(doomed, workspace)

    def _pointer_beside(self, doomed: Collection[int]) -> bytes:
        """Returns what points to the newest whole generation that is not of `doomed`."""
        for number in reversed(self._generation_numbers()):
            with suppress(IndexDamaged, IndexForeign):
                if number not in doomed:
                    return _pointer_to(check_generation(self.root / folder_name(number)))
        return NOTHING

    @contextmanager
    def _workspace(self) -> Iterator[Path]:
        """Makes the writer's own folder, while it holds the lock. Its name tells who writes."""
        if not self.root.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            sync(self.root.parent)
        with (self.root / "lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._locked() from None
            for leftover in self.root.glob(_WORKSPACES):
                shutil.rmtree(leftover)
            workspace = self.root / f"writer-{os.getpid()}.tmp"
            workspace.mkdir()
            try:
                yield workspace
            finally:
                shutil.rmtree(workspace, ignore_errors=True)

    def _locked(self) -> IndexLocked:
        zh, en = "另一进程", "another process"
        for workspace in self.root.glob(_WORKSPACES):
            pid = workspace.stem.removeprefix("writer-")
            zh, en = f"进程 {pid} ", f"process {pid}"
            break
        return IndexLocked(
            f"索引正由{zh}写入（{self.root}）：请等它结束后再试",
            f"the index in {self.root} is locked by {en}: try again when it has finished",
        )

    def _remove(self, numbers: Sequence[int], workspace: Path) -> None:
        """Moves generations into the workspace, which is deleted: none is seen half deleted."""
        for number in numbers:
            os.rename(self.root / folder_name(number), workspace / folder_name(number))
        sync(self.root)

    def _in_use(self) -> Generation | None:
        """Returns the generation to keep beside a new one: what `open` gives, or None."""
        with suppress(IndexDamaged, IndexForeign):
            return self.open()[0]
        return None

    def _newest_whole(self) -> Generation | None:
        with explained(self.root):
            for number in reversed(self._generation_numbers()):
                with suppress(IndexDamaged, IndexForeign):
                    return check_generation(self.root / folder_name(number))
        return None

    def _read_consistently(self, read: Callable[[bytes, list[int]], T]) -> T:
        """Returns what `read` makes of CURRENT and the numbers of the generations.

        Where it finds damage and a writer has changed these meanwhile, it is asked again.
        """
        with explained(self.root):
            state = self._state()
            while True:
                try:
                    return read(*state)
                except IndexDamaged as error:
                    damage = error
                before = state
                state = self._state()
                if state == before:
                    raise damage

    def _state(self) -> tuple[bytes, list[int]]:
        """Returns the bytes of CURRENT, and the numbers of the generations in order."""
        numbers = self._generation_numbers()
        try:
            return (self.root / CURRENT).read_bytes(), numbers
        except FileNotFoundError:
            return b"" if numbers else NOTHING, numbers

    def _generation_numbers(self) -> list[int]:
        try:
            names = os.listdir(self.root)
        except FileNotFoundError:
            return []
        numbers = []
        for name in names:
            if match := _FOLDER.fullmatch(name):
                numbers.append(int(match[1]))
        return sorted(numbers)

    def _pointed_to(self, pointer: bytes, _: list[int]) -> Generation | None:
        """Returns the generation that `pointer` names, None for NOTHING."""
        if pointer == NOTHING:
            return None
        number = _number_in(pointer)
        if number is None:
            raise self._lost_pointer()
        generation = check_generation(self.root / folder_name(number))
        if pointer != _pointer_to(generation):
            raise self._lost_pointer()
        return generation

    def _all_whole(self, pointer: bytes, numbers: list[int]) -> list[Generation]:
        """Returns the generations `numbers`. Raises one error for all that is wrong with them."""
        whole: list[Generation] = []
        broken: list[int] = []
        findings: list[IndexDamaged | IndexForeign] = []
        for number in numbers:
            try:
                whole.append(check_generation(self.root / folder_name(number)))
            except (IndexDamaged, IndexForeign) as finding:
                broken.append(number)
                findings.append(finding)
        valid_pointers = [NOTHING, *(_pointer_to(generation) for generation in whole)]
        # Where the generation it names is broken, that is said already.
        if pointer not in valid_pointers and _number_in(pointer) not in broken:
            findings.append(self._lost_pointer())
        if findings:
            zh = "\n".join(finding.zh for finding in findings)
            en = "\n".join(finding.en for finding in findings)
            raise type(findings[0])(zh, en)
        return whole

    def _lost_pointer(self) -> IndexDamaged:
        where = self.root / CURRENT
        return damaged(where, "没有指向完好的一代", "does not point to a whole generation")


def _pointer_to(generation: Generation) -> bytes:
    return f"{generation.name} {generation.seal}\n".encode()


def _number_in(pointer: bytes) -> int | None:
    """Returns the number of the generation that `pointer` names, None where it is no pointer."""
    match = _POINTER.fullmatch(pointer)
    return int(match[1]) if match else None


def _fallback_notice(damage: IndexDamaged, fallback: Generation) -> IndexDamaged:
    return IndexDamaged(
        f"{damage.zh}；现用 {fallback.name}（{fallback.made}）",
        f"{damage.en}; using {fallback.name} of {fallback.made} meanwhile",
    )
