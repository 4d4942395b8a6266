"""The disk: waiting until it holds what was written, and saying plainly what it refuses."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from corpus.errors import IndexUnavailable

__all__ = ["IndexUnavailable", "explained", "sync", "write_atomically"]

_REASONS = {
    errno.ENOSPC: ("磁盘已满，请腾出空间", "the disk is full: free some space"),
    errno.EDQUOT: ("已超出磁盘配额，请腾出空间", "over the disk quota: free some space"),
    errno.EFBIG: (
        "文件超过允许的大小，请放宽限制",
        "a file would be larger than allowed: raise the limit",
    ),
    errno.EROFS: (
        "文件系统只读，请换一个目录",
        "the file system is read-only: choose another folder",
    ),
    errno.EACCES: (
        "没有权限，请检查目录的权限",
        "permission denied: check the permissions of the folder",
    ),
    errno.EPERM: (
        "没有权限，请检查目录的权限",
        "not permitted: check the permissions of the folder",
    ),
    errno.ENOTDIR: ("不是目录，请换一个路径", "not a folder: choose another path"),
    errno.EISDIR: ("应是文件，却是目录，请移走它", "a folder where a file belongs: move it away"),
    errno.EMFILE: ("打开的文件过多，请放宽限制", "too many open files: raise the limit"),
    errno.ENFILE: (
        "系统打开的文件过多，请稍后再试",
        "too many open files in the system: try again later",
    ),
    errno.EIO: ("磁盘读写出错，请检查磁盘", "the disk failed: check it"),
}


@contextmanager
def explained(root: Path) -> Iterator[None]:
    """Turns a refusal of the machine into IndexUnavailable. Any other OSError passes."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        zh, en = _REASONS[error.errno]
        where = error.filename or root
        raise IndexUnavailable(
            f"无法读写索引（{where}）：{zh}", f"cannot use the index ({where}): {en}"
        ) from error


def sync(path: Path) -> None:
    """Waits until a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes) -> None:
    """Puts `data` at `path`: whoever reads it, now or after a crash, finds all of it or what was there before.

    Raises OSError where the disk refuses; then nothing has changed.
    """
    with NamedTemporaryFile(prefix=f".{path.name}-", dir=path.parent, delete=False) as partial:
        try:
            partial.write(data)
            partial.flush()
            os.fsync(partial.fileno())
            os.replace(partial.name, path)
        except OSError:
            os.unlink(partial.name)
            raise
    sync(path.parent)
