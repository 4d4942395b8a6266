"""What the machine refuses, in plain words: a full disk, a missing permission, a limit."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation on files failed, and what to do about it, in Chinese and English.

    The texts have no full stop. `is_known` is false where only the system's own words are there.
    """

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    is_known: bool = True


_KNOWN = {
    errno.ENOSPC: Refusal("磁盘已满", "the disk is full", "请腾出空间", "free some space"),
    errno.EDQUOT: Refusal("已超出磁盘配额", "over the disk quota", "请腾出空间", "free some space"),
    errno.EFBIG: Refusal(
        "文件超过允许的大小",
        "a file would be larger than allowed",
        "请放宽限制",
        "raise the limit",
    ),
    errno.EROFS: Refusal(
        "文件系统只读", "the file system is read-only", "请换一个目录", "choose another folder"
    ),
    errno.EACCES: Refusal(
        "没有权限",
        "permission denied",
        "请检查目录的权限",
        "check the permissions of the folder",
    ),
    errno.EPERM: Refusal(
        "没有权限", "not permitted", "请检查目录的权限", "check the permissions of the folder"
    ),
    errno.ENOTDIR: Refusal("不是目录", "not a folder", "请换一个路径", "choose another path"),
    errno.EISDIR: Refusal(
        "应是文件，却是目录", "a folder where a file belongs", "请移走它", "move it away"
    ),
    errno.EMFILE: Refusal("打开的文件过多", "too many open files", "请放宽限制", "raise the limit"),
    errno.ENFILE: Refusal(
        "系统打开的文件过多", "too many open files in the system", "请稍后再试", "try again later"
    ),
    errno.EIO: Refusal("磁盘读写出错", "the disk failed", "请检查磁盘", "check it"),
}

_CUT_SHORT = Refusal(
    "文件没有写完，磁盘已满或文件超过允许的大小",
    "a file was not written to its end, the disk is full or the file larger than allowed",
    "请腾出空间或放宽限制",
    "free some space or raise the limit",
)

# What NumPy says of a write that was cut short; it does not say why: 4096 requested and 100 written
_REQUESTED = re.compile(r"[0-9]+ requested and [0-9]+ written")


def refusal_of(error: OSError, folder: Path | None = None) -> Refusal:
    """What the system refused and what to do; never empty, whatever the error lacks.

    A write into `folder` that was cut short without a reason is put down to a full disk if its
    disk is full.
    """
    known = _KNOWN.get(error.errno or 0)
    if known:
        return known
    if error.errno is None and _REQUESTED.search(str(error)):
        return _KNOWN[errno.ENOSPC] if folder and _is_full(folder) else _CUT_SHORT
    words = error.strerror or str(error) or type(error).__name__
    remedy_en = "check the permissions and the free space"
    return Refusal(words, words, "请检查权限和磁盘空间", remedy_en, is_known=False)


def _is_full(folder: Path) -> bool:
    try:
        return os.statvfs(folder).f_bavail == 0
    except OSError:
        return False
