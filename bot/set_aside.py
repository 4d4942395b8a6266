"""Files that are being removed: they lie out of sight in the folder of documents until they go.

What a command removes goes with the command. What can be put back for a while is in a folder whose
name says until when; a process that died leaves either, and the next one clears it away.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from time import time
from typing import NamedTuple

from corpus.load import document_files, notes_paths
from index.disk import sync

UNDO_SECONDS = 60
"""How long what was withdrawn can be put back."""

_NAME = ".removed"
"""Begins the name of the folder of what is being removed."""

# .removed-until-1793000000-tongzhi: can be put back until that second
_WITHDRAWN = re.compile(
    rf"\{_NAME}-until-((?P<until>[0-9]{{1,12}})-(?P<doc_id>[\w-]{{1,64}}))", re.A
)

Moves = list[tuple[Path, Path]]
"""Where each file was, and where it is."""


class Removal(NamedTuple):
    """A document that was withdrawn and can be put back by `key`, for so many seconds yet.

    `names` are those of its files.
    """

    key: str
    doc_id: str
    names: tuple[str, ...]
    seconds: int


def set_aside(paths: Iterable[Path], folder: Path, key: str = "") -> Moves:
    """Moves files and their NAME.toml out of sight, under `key` where they can be put back.

    All of them or none.
    """
    aside = withdrawn_folder(folder, key) if key else _own_folder(folder)
    files = [file for path in paths for file in (path, *notes_paths(path)) if file.is_file()]
    moved: Moves = []
    try:
        for file in files:
            aside.mkdir(exist_ok=True)
            target = aside / file.name
            os.rename(file, target)
            moved.append((file, target))
        sync(folder)
    except OSError:
        put_back(moved)
        raise
    return moved


def put_back(moved: Moves) -> None:
    """Undoes moves, the last first: NAME.toml is there before its file."""
    for place, target in reversed(moved):
        os.rename(target, place)
    # Left there, it would be taken for a removal that has begun.
    for folder in {target.parent for _, target in moved}:
        if folder.name.startswith(_NAME):
            with suppress(OSError):
                folder.rmdir()


def delete_aside(folder: Path) -> None:
    """Deletes what this process has set aside without a key."""
    aside = _own_folder(folder)
    if aside.exists():
        shutil.rmtree(aside)
    sync(folder)


def new_key(doc_id: str) -> str:
    """A key for a document that is withdrawn now."""
    return f"{int(time()) + UNDO_SECONDS}-{doc_id}"


def withdrawn_folder(folder: Path, key: str) -> Path:
    """Where lies what was withdrawn under a key, which may be no key at all."""
    return folder / f"{_NAME}-until-{key}"


def is_withdrawn(aside: Path) -> bool:
    """Whether something lies there that can be put back."""
    return _WITHDRAWN.fullmatch(aside.name) is not None and aside.is_dir()


def move_out(aside: Path, free_name: Callable[[Path], Path]) -> Moves:
    """Moves withdrawn files to where `free_name` says, each after its NAME.toml."""
    moved: Moves = []
    for path in document_files(aside):
        target = free_name(path)
        pairs = zip((*notes_paths(path), path), (*notes_paths(target), target), strict=True)
        for file, place in pairs:
            if file.is_file():
                os.rename(file, place)
                moved.append((file, place))
    sync(aside.parent)
    return moved


def removals(folder: Path) -> list[Removal]:
    """What can be put back, what was withdrawn last first."""
    found = []
    for aside in folder.glob(f"{_NAME}-until-*"):
        withdrawn = _WITHDRAWN.fullmatch(aside.name)
        names = tuple(path.name for path in document_files(aside)) if withdrawn else ()
        if withdrawn and names and not is_due(aside):
            seconds = int(int(withdrawn["until"]) - time())
            found.append(Removal(withdrawn[1], withdrawn["doc_id"], names, seconds))
    return sorted(found, key=lambda removal: -removal.seconds)


def due(folder: Path, at_once: bool = False) -> list[Path]:
    """The folders of what can no longer be put back; `at_once` of everything."""
    return [aside for aside in folder.glob(f"{_NAME}-*") if at_once or is_due(aside)]


def can_return(folder: Path, at_once: bool = False) -> list[Path]:
    """The folders of what can still be put back; `at_once` nothing can."""
    return [] if at_once else [one for one in folder.glob(f"{_NAME}-*") if not is_due(one)]


def is_due(aside: Path) -> bool:
    """Whether the time has passed; also where none was set, as a process that died has left it."""
    withdrawn = _WITHDRAWN.fullmatch(aside.name)
    if withdrawn is None:
        return True
    # A time that lies further ahead is of a clock that was wrong.
    return not 0 < int(withdrawn["until"]) - time() <= UNDO_SECONDS


def withdrawn_documents(asides: Iterable[Path]) -> list[str]:
    """The documents whose files were withdrawn."""
    named = [_WITHDRAWN.fullmatch(aside.name) for aside in asides]
    return [withdrawn["doc_id"] for withdrawn in named if withdrawn]


def _own_folder(folder: Path) -> Path:
    return folder / f"{_NAME}-{os.getpid()}"
