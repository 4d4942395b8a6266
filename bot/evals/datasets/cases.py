"""A question set: its files, its cases, the documents they ask about, and what was left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from corpus import Document, Passage, UsageError
from corpus.intake.decode import decode, read_bytes, shown

RetrievalUnit = Literal["passage", "document"]
"""What a ranking ranks."""

DatasetSplit = Literal["all", "report", "fit", "train"]
"""What questions of a set are for; "all" stands for every one."""

OPENINGS = ("是", "不是", "原文", "没有提到")
"""How an answer to a yes-no question may begin: 原文 where it gives what the text says alone."""

BilingualText = tuple[str, str]
"""The same text in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its gold.

    `gold` is a tuple of groups: every group is required, and the spans of a group are alternatives.
    `answers` are strings of which the answer's text must contain one, or all of them where the
    kind asks for several things. `outcome` is "answered", "absent" or "about".

    Of a composed answer `near` are groups of spans that were not asked for, None where the gold may
    not be all that answers; `opening` is the word that a yes-no answer begins with, if it should.
    """

    case_id: str
    kind: str
    question: str
    history: tuple[Mapping[str, str], ...]
    gold: tuple[tuple[Passage, ...], ...]
    answers: tuple[str, ...]
    outcome: str
    near: tuple[tuple[Passage, ...], ...] | None = None
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A message about one case, or about the whole set where `case_id` is empty.

    `where` names the file and the line.
    """

    case_id: str
    where: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A question set with its corpus.

    `sha256` is the hash of the file, or of the files of a folder in the order they were read.
    `left_out` has a reason for each question of the file that `cases` lacks. `warnings` are about
    gold that was found, but not exactly where the file says. `splits` maps the ids of the cases
    that are not for reporting to "fit" or "train".
    """

    name: str
    sha256: str
    unit: RetrievalUnit
    cases: tuple[Case, ...]
    documents: tuple[Document, ...]
    left_out: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    splits: Mapping[str, DatasetSplit] = field(default_factory=dict)


class DatasetBuilder:
    """Collects the cases of a question set while its file is read; every id may occur only once."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self._left_out: dict[str, Diagnostic] = {}
        self._warnings: list[Diagnostic] = []
        self._splits: dict[str, DatasetSplit] = {}

    def add(self, case: Case, where: str) -> None:
        """Adds a case. Raises UsageError where its id has occurred before."""
        self._check_new(case.case_id, where)
        self._cases[case.case_id] = case

    def leave_out(self, case_id: str, where: str, reason: BilingualText) -> None:
        """Leaves a case out, with a reason. Raises UsageError where its id has occurred before."""
        self._check_new(case_id, where)
        self._left_out[case_id] = Diagnostic(case_id, where, *reason)

    def warn(self, case_id: str, where: str, message: BilingualText) -> None:
        """Adds a warning; it is dropped if the case is left out."""
        self._warnings.append(Diagnostic(case_id, where, *message))

    def assign(self, case_id: str, split: DatasetSplit) -> None:
        """Puts a case into a split; without this it is for reporting."""
        if split != "report":
            self._splits[case_id] = split

    def build(
        self, path: Path, sha256: str, unit: RetrievalUnit, documents: Sequence[Document]
    ) -> Dataset:
        """The dataset read from `path`. Raises UsageError where no case is left."""
        if not self._cases:
            raise self._no_cases(path)
        # What is wrong with a case left out is its reason, and no warning as well.
        warnings = [one for one in self._warnings if one.case_id not in self._left_out]
        return Dataset(
            name=path.stem,
            sha256=sha256,
            unit=unit,
            cases=tuple(self._cases.values()),
            documents=tuple(documents),
            left_out=tuple(self._left_out.values()),
            warnings=tuple(warnings),
            splits=self._splits,
        )

    def _check_new(self, case_id: str, where: str) -> None:
        if case_id in self._cases or case_id in self._left_out:
            raise dataset_error(
                where,
                f"编号 {case_id} 重复。请改为不同的编号。",
                f"id {case_id} occurs twice. Give it another.",
            )

    def _no_cases(self, path: Path) -> UsageError:
        empty_file = Diagnostic("", "", "文件里没有题目", "it holds no questions")
        first = next(iter(self._left_out.values()), empty_file)
        n = len(self._left_out)
        return dataset_error(
            shown(path),
            f"没有可用的题目（略去 {n} 题；{first.where} {first.zh}）。请检查题集和语料。",
            f"no usable question ({n} left out; {first.where} {first.en}). Check set and corpus.",
        )


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
