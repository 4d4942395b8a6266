"""Files on disk: atomic writes, sealed folders, and plain words for what the machine refuses.

A sealed folder has a manifest that vouches for every byte. It is canonical JSON (sorted keys, no
spaces, a line end) with what its writer says of the files, `files` {name: {bytes, sha256}}, and
`seal`, the SHA-256 of all the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypedDict

from corpus.errors import IndexUnavailable
from corpus.refusals import refusal_of

__all__ = [
    "JSON",
    "ChangedFile",
    "FileContent",
    "IndexUnavailable",
    "check_files",
    "explained",
    "file_sha256",
    "read_manifest",
    "seal_folder",
    "sealed",
    "sync",
    "write_atomically",
]

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None


@contextmanager
def explained(root: Path) -> Iterator[None]:
    """Turns an OSError that the machine is to blame for into IndexUnavailable; any other passes."""
    try:
        yield
    except OSError as error:
        refusal = refusal_of(error, root)
        if not refusal.is_known:
            raise
        where = error.filename or root
        raise IndexUnavailable(
            f"无法读写索引（{where}）：{refusal.zh}，{refusal.remedy_zh}",
            f"cannot use the index ({where}): {refusal.en}: {refusal.remedy_en}",
        ) from error


def sync(path: Path) -> None:
    """Waits until the bytes of a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(
    path: Path, data: bytes, workspace: Path | None = None, mode: int = 0o666
) -> None:
    """Puts `data` at `path`: readers find all of it or what was there before, even after a crash.

    The bytes go to a new file in `workspace` first, a folder of the same file system, by default
    that of `path`. `mode` are its permissions before the umask: 0o600 for its owner only.
    Raises OSError where the disk refuses; then nothing has changed.
    """
    folder = workspace or path.parent
    partial = folder / f".{path.name}-{secrets.token_hex(8)}"
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    sync(path.parent)


class FileContent(TypedDict):
    """What a manifest says of a file: its length in bytes and its SHA-256 in hexadecimal."""

    bytes: int
    sha256: str


class ChangedFile(ValueError):
    """A file, at `path`, is not what was sealed."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} has changed")
        self.path = path


def seal_folder(
    folder: Path, manifest: str, body: Mapping[str, JSON], names: Iterable[str]
) -> dict[str, Any]:
    """Syncs and hashes the files `names` of `folder`, then writes `manifest` to vouch for them.

    Returns what the manifest says: `body`, with `files` and `seal`. Raises OSError where the disk
    refuses, and TypeError or ValueError for a body that is not JSON.
    """
    files: dict[str, FileContent] = {}
    for name in names:
        sync(folder / name)
        files[name] = _content_of(folder / name)
    data = sealed({**body, "files": files})
    path = folder / manifest
    path.write_bytes(data)
    sync(path)
    sync(folder)
    return dict(json.loads(data))


def sealed(body: Mapping[str, Any]) -> bytes:
    """The canonical JSON of `body` with its seal. Raises TypeError or ValueError where it is no JSON."""
    return _canonical({**body, "seal": _seal_of(body)})


def read_manifest(path: Path) -> dict[str, Any]:
    """Returns what a manifest says, but does not look at the files: see `check_files`.

    Raises ChangedFile where any byte is not what was sealed, and OSError where it cannot be read.
    """
    data = path.read_bytes()
    try:
        manifest = json.loads(data)
        is_whole = isinstance(manifest, dict) and _is_sealed(manifest, data)
    except (ValueError, RecursionError):
        is_whole = False
    if not is_whole:
        raise ChangedFile(path)
    return dict(manifest)


def check_files(folder: Path, files: Mapping[str, FileContent]) -> None:
    """Compares the `files` of a manifest, byte for byte, with those in `folder`.

    Raises ChangedFile for the first that differs, and OSError for one that is missing or cannot be
    read.
    """
    for name, content in files.items():
        path = folder / name
        if _content_of(path) != content:
            raise ChangedFile(path)


def file_sha256(path: Path) -> str:
    """Returns the SHA-256 of a file in hexadecimal. Raises OSError."""
    return _content_of(path)["sha256"]


def _content_of(path: Path) -> FileContent:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"bytes": file.tell(), "sha256": digest}


def _is_sealed(manifest: Mapping[str, Any], data: bytes) -> bool:
    """Tells whether `data` is the canonical form of `manifest` with its right seal."""
    vouched = dict(manifest)
    seal = vouched.pop("seal", None)
    return seal == _seal_of(vouched) and data == _canonical(manifest)


def _seal_of(vouched: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(vouched)).hexdigest()


def _canonical(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"
