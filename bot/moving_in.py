"""Moves what earlier versions kept inside the program's folder into the user's data folder, once.

Up to 0.1.0 the state lay in ./var and the documents of the user in corpus/articles, where an update
of the program could touch them. Where that folder may not be changed, they are copied.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.i18n import Pair
from bot.index_location import ARTICLES, BUNDLED, documents_folder
from bot.library_files import free_name
from bot.library_lock import locked
from bot.settings import home
from corpus import DocumentError
from corpus.intake.decode import shown
from corpus.load import document_files, notes_paths
from corpus.refusals import Refusal, refusal_of
from index.disk import sync, write_atomically

OLD_HOME = ARTICLES.parents[1] / "var"

LEFT = "left-behind.json"
"""The name of the file in CHENGWEN_HOME that says what lies where it was: {path: taken or not}."""

_STATE = (
    "index*", "corpora", "feedback.sqlite3", "golden.sqlite3", "runs.sqlite3", "counts.sqlite3",
    "sites.json",
)  # fmt: skip

_BESIDE_A_DATABASE = ("-wal", "-shm", "-journal")
"""End the names of files that SQLite may keep beside one, and that are a part of it."""

_WORKSPACE = ".moving-in"
"""A folder for copies that are not whole yet, beside the place that they are for."""


@dataclass(slots=True)
class _Said:
    """What became of the files of one folder, by name; and why those copied could not be deleted."""

    moved: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    why: Refusal | None = None

    def notices(self, there: Path, here: Path) -> Iterator[Pair]:
        """A line for each of the three. `here` is where the files go."""
        old, new = shown(there), shown(here)
        if self.moved:
            yield (
                f"旧版本的文件已从 {old} 移到 {new}：{'、'.join(self.moved)}。",
                f"Files of an earlier version were moved from {old} to {new}: "
                f"{', '.join(self.moved)}.",
            )
        if self.copied and self.why:
            yield (
                f"旧版本的文件已从 {old} 复制到 {new}：{'、'.join(self.copied)}。原来的删不掉"
                f"（{self.why.zh}），不再使用，请让有权限的用户删除。",
                f"Files of an earlier version were copied from {old} to {new}: "
                f"{', '.join(self.copied)}. The old ones cannot be deleted ({self.why.en}) and are "
                "used no more: have them deleted by a user who may.",
            )
        if self.refused:
            yield (
                f"旧版本的文件没有权限读取，还在 {old}，没有移到 {new}：{'、'.join(self.refused)}。"
                "请改好权限，再运行任一命令。",
                f"Files of an earlier version may not be read, are still in {old} and were not "
                f"moved to {new}: {', '.join(self.refused)}. Put their permissions right, then run "
                "any command.",
            )


def move_in(old_home: Path = OLD_HOME, articles: Path = ARTICLES) -> list[Pair]:
    """Moves them, and says what was moved. What is there already is never replaced.

    The state is moved only where CHENGWEN_HOME names no folder of its own. What cannot be deleted
    is copied; that is said once, as it is of what cannot be read. Raises IndexLocked while
    documents are added or removed, and DocumentError where the system refuses to write.
    """
    try:
        if not (_old_state(old_home) or _old_documents(articles)):
            return []
        with locked(documents_folder()):
            left = _read_left()
            said = [
                *_take_state(_old_state(old_home), left).notices(old_home, home()),
                *_take_documents(_old_documents(articles), left).notices(
                    articles, documents_folder()
                ),
            ]
            if left != _read_left():
                write_atomically(home() / LEFT, json.dumps(left, ensure_ascii=False).encode())
            return said
    except OSError as error:
        why = refusal_of(error, home())
        where = shown(home())
        raise DocumentError(
            f"无法把旧版本的文件移到 {where}：{why.zh}。{why.remedy_zh}，或用 CHENGWEN_HOME 指定别的目录。",
            f"Cannot move the files of an earlier version to {where}: {why.en}. {why.remedy_en}, or "
            "name another folder with CHENGWEN_HOME.",
        ) from error


def _old_state(old_home: Path) -> list[Path]:
    """The files and folders of the state that are still to be taken."""
    if os.environ.get("CHENGWEN_HOME") or not old_home.is_dir() or old_home == home():
        return []
    found = [path for pattern in _STATE for path in sorted(old_home.glob(pattern))]
    return _waiting(path for path in found if not (home() / path.name).exists())


def _old_documents(articles: Path) -> list[Path]:
    """The documents that did not come with the program and are still to be taken."""
    return _waiting(path for path in document_files(articles) if path.name != BUNDLED.name)


def _waiting(paths: Iterable[Path]) -> list[Path]:
    """Those that were not taken before, and those that could not be read and now can."""
    left = _read_left()
    found = []
    for path in paths:
        was_taken = left.get(str(path))
        if was_taken is None or (not was_taken and _is_readable(path)):
            found.append(path)
    return found


def _read_left() -> dict[str, bool]:
    with suppress(OSError, ValueError):
        return dict(json.loads((home() / LEFT).read_bytes()))
    return {}


def _take_state(paths: Iterable[Path], left: dict[str, bool]) -> _Said:
    said = _Said()
    for path in paths:
        beside = [path.with_name(path.name + end) for end in _BESIDE_A_DATABASE]
        # A database comes last: with it there, what belongs to it would be left.
        files = [(file, home() / file.name) for file in (*beside, path) if file.exists()]
        _take_all(files, said, left)
    return said


def _take_documents(paths: Iterable[Path], left: dict[str, bool]) -> _Said:
    said, folder = _Said(), documents_folder()
    for path in paths:
        if _is_same(path, folder / path.name):
            # Copied before, by a process that died.
            _settle(path, _delete(path), said, left)
            continue
        target = free_name(folder, path)
        beside = zip(notes_paths(path), notes_paths(target), strict=True)
        _take_all([*(pair for pair in beside if pair[0].is_file()), (path, target)], said, left)
    return said


def _take_all(files: list[tuple[Path, Path]], said: _Said, left: dict[str, bool]) -> None:
    """Moves a file, the last one, and first what belongs to it; where each lies and is to lie."""
    path, _ = files[-1]
    if not all(_is_readable(source) for source, _ in files):
        said.refused.append(path.name)
        left[str(path)] = False
        return
    whys = [_take(source, target) for source, target in files]
    _settle(path, next(filter(None, whys), None), said, left)


def _settle(path: Path, why: Refusal | None, said: _Said, left: dict[str, bool]) -> None:
    """Notes that a file was taken, and `why` it is still where it was, if it is."""
    if why is None:
        said.moved.append(path.name)
        left.pop(str(path), None)
    else:
        said.copied.append(path.name)
        said.why = why
        left[str(path)] = True


def _take(source: Path, target: Path) -> Refusal | None:
    """Moves a file or folder, or copies it and says why it could not be deleted. Raises OSError."""
    with suppress(OSError):
        os.rename(source, target)
        return None
    workspace = target.parent / _WORKSPACE
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir()
    try:
        _copy(source, workspace / target.name)
        os.rename(workspace / target.name, target)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    sync(target.parent)
    return _delete(source)


def _copy(source: Path, target: Path) -> None:
    """Copies a file, or a folder with all in it, and waits until it is on the disk."""
    if source.is_dir():
        target.mkdir()
        for path in source.iterdir():
            _copy(path, target / path.name)
    else:
        shutil.copy2(source, target)
    sync(target)


def _delete(path: Path) -> Refusal | None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        return refusal_of(error)
    return None


def _is_readable(path: Path) -> bool:
    return all(os.access(part, os.R_OK) for part in (path, *path.rglob("*")))


def _is_same(path: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(path, other, shallow=False)
