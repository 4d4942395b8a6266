"""One generation of an index: a flat folder of plain files, sealed by its manifest.json.

Files beside-… may come later and are not sealed with it (`index.beside`).

The manifest says schema, number, made, files, facts and seal (`index.disk` tells how it is sealed).
A later schema may change anything but the seal, so that a newer index is never taken for a damaged
one.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.errors import IndexDamaged, IndexForeign
from index.disk import (
    JSON,
    ChangedFile,
    FileContent,
    check_files,
    read_manifest,
    seal_folder,
)

MANIFEST = "manifest.json"
BESIDE = "beside-"
"""Begins the names of files that were put into a sealed folder later (`index.beside`)."""
SCHEMA = 1

# The index is to blame for these, not the machine: a missing file, a link in a circle, a bad block.
_UNREADABLE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EIO)


@dataclass(frozen=True, slots=True)
class Generation:
    """A sealed folder of an index.

    `made` is its time in UTC, as in 2026-11-29T08:00:00+00:00. `facts` is what its writer says of
    the files. `seal` is the SHA-256 of the rest of the manifest, in hexadecimal.
    """

    folder: Path
    number: int
    made: str
    files: Mapping[str, FileContent]
    facts: Mapping[str, JSON]
    seal: str

    @property
    def name(self) -> str:
        """The folder's name, such as gen-000042."""
        return folder_name(self.number)


def folder_name(number: int) -> str:
    """Returns the name of the folder of generation `number`."""
    return f"gen-{number:06}"


def seal_generation(folder: Path, number: int, facts: Mapping[str, JSON]) -> Generation:
    """Makes the files in `folder` generation `number`; the manifest is written last.

    Raises OSError where the disk refuses, ValueError for a subfolder, a link or a manifest.json,
    and TypeError or ValueError for facts that are not JSON.
    """
    is_plain = _entries(folder)
    strange = [name for name, plain in is_plain.items() if name == MANIFEST or not plain]
    if strange:
        raise ValueError(f"a generation is a flat folder of plain files: {', '.join(strange)}")
    body: dict[str, JSON] = {
        "schema": SCHEMA,
        "number": number,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "facts": dict(facts),
    }
    return _generation(folder, seal_folder(folder, MANIFEST, body, is_plain))


def check_generation(folder: Path) -> Generation:
    """Returns the generation in `folder`, once every byte of it is what was sealed.

    Raises IndexDamaged where a file is missing, changed, extra or not a plain file, IndexForeign
    for another schema, and OSError where the machine, not the index, is at fault: no permission,
    too many open files.
    """
    try:
        return _checked(folder)
    except ChangedFile as error:
        if error.path.name == MANIFEST:
            raise damaged(error.path, "内容已改变", "has changed") from error
        raise damaged(error.path, "与清单不符", "does not match the manifest") from error
    except OSError as error:
        if error.errno not in _UNREADABLE:
            raise
        where = error.filename or folder
        raise damaged(where, "缺失或无法读取", "is missing or cannot be read") from error


def damaged(where: str | Path, zh: str, en: str) -> IndexDamaged:
    """Returns the error for damage at `where`, with the remedy; `zh` and `en` say what is wrong."""
    return IndexDamaged(
        f"索引已损坏：{where} {zh}：请运行 chengwen index build 重建",
        f"the index is damaged: {where} {en}: run `chengwen index build` to rebuild it",
    )


def _checked(folder: Path) -> Generation:
    is_plain = _entries(folder)
    # Before anything is opened: a link may lead out of the index, and opening a pipe would wait for
    # ever.
    if folder.is_symlink() or not all(is_plain.values()):
        raise damaged(
            folder, "是链接，或含有普通文件以外的东西", "is a link, or holds more than plain files"
        )
    manifest = read_manifest(folder / MANIFEST)
    _check_schema(folder / MANIFEST, manifest.get("schema"))
    generation = _generation(folder, manifest)
    if folder.name != generation.name:
        raise damaged(folder, f"其实是 {generation.name}", f"is really {generation.name}")
    sealed = generation.files.keys() | {MANIFEST}
    extra = {name for name in is_plain.keys() - sealed if not _is_beside(name)}
    if extra:
        raise damaged(folder / min(extra), "不在清单中", "is not in the manifest")
    check_files(folder, generation.files)
    return generation


def _is_beside(name: str) -> bool:
    """Whether a file was put into a sealed folder later; with a point before it is unfinished."""
    return name.startswith((BESIDE, f".{BESIDE}"))


def _entries(folder: Path) -> dict[str, bool]:
    """Returns the names in `folder`, each with whether it is a plain file."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}


def _check_schema(path: Path, schema: object) -> None:
    if schema != SCHEMA:
        raise IndexForeign(
            f"索引格式不同：{path} 是第 {schema} 版，本程序用第 {SCHEMA} 版："
            "请运行 chengwen index build 重建",
            f"another version of the format: {path} has version {schema}, this program needs "
            f"version {SCHEMA}: run `chengwen index build` to rebuild it",
        )


def _generation(folder: Path, manifest: Mapping[str, Any]) -> Generation:
    return Generation(
        folder=folder,
        number=manifest["number"],
        made=manifest["made"],
        files=manifest["files"],
        facts=manifest["facts"],
        seal=manifest["seal"],
    )
