"""Reads the files of a question set: their lines with where each stands, JSON rows, and a hash."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from corpus import UsageError
from corpus.intake.decode import decode, read_bytes, shown

LARGEST = 256 * 1024 * 1024
"""Bytes of a file that is read at most; the same as for a corpus, which may be one file with it."""

# Matches one half of a pair alone, as JSON may spell it: "\ud83d" without the "\ude00" of an emoji.
_SURROGATE = re.compile("[\ud800-\udfff]")


class Line(NamedTuple):
    """A line of a file that is not blank; `where` names it in messages ("FILE line 12")."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of a file, and its lines that are not blank."""

    data: bytes
    lines: tuple[Line, ...]


def read_source(path: Path) -> SourceFile:
    """Reads a text file of at most LARGEST bytes.

    Raises DocumentError where it is missing, unreadable, larger, or not text.
    """
    data = read_bytes(path, LARGEST)
    lines: list[Line] = []
    # Not splitlines: a JSON string may hold U+2028, which is no end of a line in JSON lines.
    for number, text in enumerate(decode(data, shown(path)).split("\n"), 1):
        if text.strip():
            lines.append(Line(f"{shown(path)} line {number}", text.rstrip("\r")))
    return SourceFile(data, tuple(lines))


def sources_sha256(sources: Iterable[SourceFile]) -> str:
    """The SHA-256 of the bytes of all files, one after the other, in hexadecimal."""
    whole = sha256()
    for source in sources:
        whole.update(source.data)
    return whole.hexdigest()


def parse_row(line: Line) -> dict[str, Any]:
    """The JSON object in a line. Raises UsageError, naming the line, where there is none."""
    try:
        row = json.loads(line.text)
    except (ValueError, RecursionError) as error:
        raise dataset_error(
            line.where, f"不是有效的 JSON：{error}。", f"not valid JSON: {error}."
        ) from error
    if not isinstance(row, dict):
        raise dataset_error(
            line.where,
            "不是 JSON 对象。每行应为 {…}。",
            "not a JSON object. Each line must be {…}.",
        )
    return row


def is_text(value: object) -> bool:
    """Whether `value` is a string that is not blank and can be written as UTF-8."""
    return isinstance(value, str) and bool(value.strip()) and not _SURROGATE.search(value)


def dataset_error(where: str, zh: str, en: str) -> UsageError:
    """The error of a question set that cannot be read; `where` names the file and the line."""
    return UsageError(f"{where}：{zh}", f"{where}: {en}")
