"""One generation of an index: a flat folder of plain files, and the manifest that vouches for every byte of them.

manifest.json is canonical JSON: schema, number, made, files {name: {bytes, sha256}}, facts, and `seal`, the SHA-256 of
all the rest. A later schema may change anything but this form and its seal, so that a newer index is never taken for a
damaged one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypedDict

from corpus.errors import IndexDamaged, IndexForeign
from index.disk import sync

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None

MANIFEST = "manifest.json"
SCHEMA = 1

_UNREADABLE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EIO)


class Content(TypedDict):
    """What a file holds: its length in bytes and its SHA-256 in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Generation:
    """A sealed folder. `made` is ISO 8601 in UTC; `facts` are the writer's own words about the files."""

    folder: Path
    number: int
    made: str
    files: Mapping[str, Content]
    facts: Mapping[str, JSON]
    seal: str

    @property
    def name(self) -> str:
        """The folder's name, such as gen-000042."""
        return folder_name(self.number)


def folder_name(number: int) -> str:
    """The name of generation `number`."""
    return f"gen-{number:06}"


def seal(folder: Path, number: int, facts: Mapping[str, JSON]) -> Generation:
    """Makes the files in `folder` generation `number`: each is synced and hashed, the manifest is written last.

    Raises OSError where the disk refuses, ValueError for a subfolder, a link or a manifest.json, and TypeError or
    ValueError for facts that are not JSON.
    """
    plain = _plain(folder)
    if strange := [name for name in plain if name == MANIFEST or not plain[name]]:
        raise ValueError(f"a generation is a flat folder of plain files: {', '.join(strange)}")
    for name in plain:
        sync(folder / name)
    data = _sealed(
        {
            "schema": SCHEMA,
            "number": number,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": {name: _content(folder / name) for name in plain},
            "facts": dict(facts),
        }
    )
    (folder / MANIFEST).write_bytes(data)
    sync(folder / MANIFEST)
    sync(folder)
    return _generation(folder, data)


def check(folder: Path) -> Generation:
    """The generation in `folder`, once every byte of it is what was sealed.

    Raises IndexDamaged where a file is missing, changed, extra or not a plain file, IndexForeign for another schema,
    and OSError where the machine, not the index, is at fault: no permission, too many open files.
    """
    try:
        return _checked(folder)
    except OSError as error:
        if error.errno not in _UNREADABLE:
            raise
        raise damaged(
            error.filename or folder, "缺失或无法读取", "is missing or cannot be read"
        ) from error


def damaged(where: str | Path, zh: str, en: str) -> IndexDamaged:
    """The error for damage at `where`, with the remedy."""
    return IndexDamaged(
        f"索引已损坏：{where} {zh}：请运行 chengwen index build 重建",
        f"the index is damaged: {where} {en}: run `chengwen index build` to rebuild it",
    )


def _checked(folder: Path) -> Generation:
    plain = _plain(folder)
    # Before anything is opened: a link may lead out of the index, and opening a pipe would wait for ever.
    if folder.is_symlink() or not all(plain.values()):
        raise damaged(
            folder, "是链接，或含有普通文件以外的东西", "is a link, or holds more than plain files"
        )
    generation = _generation(folder, (folder / MANIFEST).read_bytes())
    if folder.name != generation.name:
        raise damaged(folder, f"其实是 {generation.name}", f"is really {generation.name}")
    for name in plain.keys() - generation.files.keys() - {MANIFEST}:
        raise damaged(folder / name, "不在清单中", "is not in the manifest")
    for name, content in generation.files.items():
        if _content(folder / name) != content:
            raise damaged(folder / name, "与清单不符", "does not match the manifest")
    return generation


def _plain(folder: Path) -> dict[str, bool]:
    """The names in `folder`, and whether each is a plain file."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}


def _content(path: Path) -> Content:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": file.tell()}


def _generation(folder: Path, data: bytes) -> Generation:
    """Reads a manifest. Any changed byte breaks the JSON, its canonical form or its seal."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(data)
        whole = isinstance(manifest, dict) and data == _sealed(
            {k: v for k, v in manifest.items() if k != "seal"}
        )
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise damaged(path, "内容已改变", "has changed")
    if (schema := manifest.get("schema")) != SCHEMA:
        raise IndexForeign(
            f"索引格式不同：{path} 是第 {schema} 版，本程序用第 {SCHEMA} 版：请运行 chengwen index build 重建",
            f"another version of the format: {path} has version {schema}, this program needs version {SCHEMA}: "
            "run `chengwen index build` to rebuild it",
        )
    fields = ("number", "made", "files", "facts", "seal")
    return Generation(folder, *(manifest[field] for field in fields))


def _sealed(body: Mapping[str, Any]) -> bytes:
    return _canonical({**body, "seal": hashlib.sha256(_canonical(body)).hexdigest()})


def _canonical(value: Mapping[str, Any]) -> bytes:
    return (
        json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode() + b"\n"
    )
