"""A question set as it has been read: its cases, the documents they ask about, and what was left out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from corpus import Document, Passage, UsageError
from corpus.intake.decode import decode, read_bytes, shown

Unit = Literal["passage", "document"]
Told = tuple[str, str]
"""Something said in Chinese and in English."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what is known of its answer.

    `gold` are groups that are all required; the spans of a group are alternatives. `answers` are strings of which the
    answer's text must have one, or each where the kind asks for several things.
    """

    case_id: str
    kind: str
    question: str
    history: tuple[Mapping[str, str], ...]
    gold: tuple[tuple[Passage, ...], ...]
    answers: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be known of one case, or of the whole set where `case_id` is empty; `where` names file and line."""

    case_id: str
    where: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A question set over its corpus.

    `sha256` is that of the file's bytes, or of a folder's files that were read, in order. `unit` is what a ranking
    ranks. `left_out` is what the file has and `cases` lacks; `notes` are of gold that was not plainly in its place.
    `parts` tells the cases that are not for reporting: id → "fit" or "train".
    """

    name: str
    sha256: str
    unit: Unit
    cases: tuple[Case, ...]
    documents: tuple[Document, ...]
    left_out: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)


class Gathering:
    """A question set while its file is being read; every id counts once, whether the case stays or not."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self._cases: dict[str, Case] = {}
        self._left_out: dict[str, Note] = {}
        self._notes: list[Note] = []

    def keep(self, case: Case, where: str) -> None:
        """Raises UsageError where the id has been before."""
        self._check(case.case_id, where)
        self._cases[case.case_id] = case

    def leave_out(self, case_id: str, where: str, why: Told) -> None:
        """Lists a case with the reason in Chinese and English. Raises UsageError where the id has been before."""
        self._check(case_id, where)
        self._left_out[case_id] = Note(case_id, where, *why)

    def note(self, case_id: str, where: str, what: Told) -> None:
        """Lists something of a case that stays."""
        self._notes.append(Note(case_id, where, *what))

    def dataset(
        self, path: Path, sha256: str, unit: Unit, documents: Sequence[Document]
    ) -> Dataset:
        """What was gathered. Raises UsageError where no case is left."""
        left_out = tuple(self._left_out.values())
        if not self._cases:
            first = (
                left_out[0] if left_out else Note("", "", "文件里没有题目", "it holds no questions")
            )
            raise fault(
                shown(path),
                f"没有可用的题目（略去 {len(left_out)} 题；{first.where} {first.zh}）。请检查题集和语料。",
                f"no usable question ({len(left_out)} left out; {first.where} {first.en}). Check set and corpus.",
            )
        notes = tuple(note for note in self._notes if note.case_id not in self._left_out)
        return Dataset(
            path.stem,
            sha256,
            unit,
            tuple(self._cases.values()),
            tuple(documents),
            left_out,
            notes,
            self.parts,
        )

    def _check(self, case_id: str, where: str) -> None:
        if case_id in self._cases or case_id in self._left_out:
            raise fault(
                where,
                f"编号 {case_id} 重复。请改为不同的编号。",
                f"id {case_id} occurs twice. Give it another.",
            )


def fault(where: str, zh: str, en: str) -> UsageError:
    """The error of a file that is no question set, with the place it is at."""
    return UsageError(f"{where}：{zh}", f"{where}: {en}")


def is_text(value: object) -> bool:
    """Whether `value` is a string with something in it that can be written as UTF-8."""
    return isinstance(value, str) and bool(value.strip()) and not _SURROGATE.search(value)


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
    numbered = (
        (f"{shown(path)} line {number}", line.rstrip("\r")) for number, line in enumerate(lines, 1)
    )
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
        raise fault(
            where, "不是 JSON 对象。每行应为 {…}。", "not a JSON object. Each line must be {…}."
        )
    return row
