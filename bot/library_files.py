"""The files of a folder of documents: what they are called there, and how they come and go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

from bot.corrections import as_toml
from bot.index_location import documents_folder
from bot.library_lock import LOCK
from corpus.intake.decode import read_toml
from corpus.load import LARGEST_EXTRAS, document_files, notes_paths
from index.disk import write_atomically

LONGEST_STEM = 60
"""Characters of a file's name: at most 240 bytes, which every file system takes."""

# .report.pdf-0123456789abcdef: a part of a file that `write_atomically` was writing
_PARTIAL = re.compile(r"\..+-[0-9a-f]{16}")

# The ? and / of "什么？/why?": characters that some file system refuses in a name.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:\"/\\|?*]+")


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Files as they are, and for folders all files in them, at any depth, by name.

    Hidden ones and NAME.toml are passed over.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        for folder, folders, _ in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += document_files(Path(folder))
    return found


def sweep(folder: Path) -> None:
    """Deletes what a process that died has left: parts of files, and NAME.toml without a document.

    A folder of the user's own may hold a TOML file for other reasons.
    """
    for path in folder.glob(".*"):
        if _PARTIAL.fullmatch(path.name):
            path.unlink()
    if folder != documents_folder():
        return
    described = {notes for path in document_files(folder) for notes in notes_paths(path)}
    for path in folder.glob("*.toml"):
        if path not in described and not path.name.startswith("_"):
            path.unlink()


def delete(paths: Iterable[Path]) -> None:
    """Deletes files with their NAME.toml."""
    for path in paths:
        for file in (path, *notes_paths(path)):
            file.unlink(missing_ok=True)


def delete_folder(folder: Path) -> None:
    """Deletes a folder that was made for nothing."""
    (folder / LOCK).unlink(missing_ok=True)
    folder.rmdir()


def copy_in(path: Path, url: str, folder: Path) -> Path:
    """Copies a file under a name of its own, its NAME.toml first: it is never seen without."""
    target = free_name(folder, path)
    lines = _notes_of(path, url)
    if lines:
        _write(target.with_suffix(".toml"), lines.encode())
    _write(target, path.read_bytes())
    return target


def _notes_of(path: Path, url: str) -> str:
    """What NAME.toml says beside a file, as TOML, with the address `url`; empty for nothing."""
    values: dict[str, Any] = {"url": url} if url else {}
    for notes in notes_paths(path):
        if notes.is_file():
            values = read_toml(notes, LARGEST_EXTRAS) | values
    return as_toml(values)


def notes_file(path: Path) -> Path:
    """The NAME.toml of a file: the one that is there, or a new one."""
    found = [notes for notes in notes_paths(path) if notes.is_file()]
    return found[0] if found else path.with_suffix(".toml")


def bytes_of(file: Path) -> bytes | None:
    """The bytes of a file, or None where there is none."""
    return file.read_bytes() if file.is_file() else None


def write_or_delete(file: Path, data: bytes | None) -> None:
    """Writes all of `data`, or deletes the file for None."""
    if data is None:
        file.unlink(missing_ok=True)
    else:
        _write(file, data)


def free_name(folder: Path, path: Path) -> Path:
    """A path in `folder`, named like `path`, whose stem no other file there has."""
    safe = safe_name(path.name)
    stem = safe.stem
    taken = {other.stem.lower() for other in folder.iterdir()}
    name = stem
    for number in count(2):
        if name.lower() not in taken:
            break
        name = f"{stem}-{number}"
    return folder / f"{name}{safe.suffix}"


def safe_name(name: str) -> Path:
    """A name that every file system takes, like that of a file; it is no hidden one."""
    path = Path(name)
    safe = _UNSAFE.sub("-", path.stem)
    # A name that begins with a point or _ would be passed over from then on.
    stem = safe.lstrip(" .-_").rstrip(" .-")[:LONGEST_STEM].rstrip(" .-") or "article"
    return Path(stem + _UNSAFE.sub("-", path.suffix.lower()))


def _write(target: Path, data: bytes) -> None:
    """Writes all of `data` or nothing, for every user to read: a server may run as another one."""
    write_atomically(target, data)
    target.chmod(0o644)
