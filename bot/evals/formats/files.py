"""Files of question sets as lines, each with its place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.evals.cases import fault
from corpus.intake.decode import decode, read_bytes, shown

LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds: its bytes, and its lines that are not blank, each after where it stands ("FILE line 12")."""

    data: bytes
    lines: tuple[tuple[str, str], ...]


def read_source(path: Path) -> Source:
    """The lines of a file. Raises DocumentError where it is missing, unreadable, larger than `LARGEST` or no text."""
    data = read_bytes(path, LARGEST)
    lines = decode(data, shown(path)).split("\n")  # not splitlines: JSON may hold U+2028 as it is
    numbered = ((f"{shown(path)} line {number}", line.rstrip("\r")) for number, line in enumerate(lines, 1))
    return Source(data, tuple((where, line) for where, line in numbered if line.strip()))


def digest(sources: Iterable[Source]) -> str:
    """SHA-256 of the bytes of the files, in order, in hexadecimal."""
    whole = sha256()
    for source in sources:
        whole.update(source.data)
    return whole.hexdigest()


def read_row(where: str, line: str) -> dict[str, Any]:
    """The JSON object in a line. Raises UsageError where it is none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise fault(where, f"不是有效的 JSON：{error}。", f"not valid JSON: {error}.") from error
    if not isinstance(row, dict):
        raise fault(where, "不是 JSON 对象。每行应为 {…}。", "not a JSON object. Each line must be {…}.")
    return row
