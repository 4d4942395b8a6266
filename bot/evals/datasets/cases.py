"""A question set as it has been read: its cases, the documents they ask about, and what was left out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from bot.reader.spans import Span, occurrences
from corpus import Document, Passage, UsageError
from corpus.intake.decode import decode, read_bytes, shown
from corpus.language.text import fold

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
class Diagnostic:
    """What is to be known of one case, or of the whole set where `case_id` is empty; `where` names file and line."""

    case_id: str
    where: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A question set over its corpus.

    `sha256` is that of the file's bytes, or of a folder's files that were read, in order. `unit` is what a ranking
    ranks. `left_out` is what the file has and `cases` lacks; `warnings` are of gold that was not plainly in its place.
    `splits` tells the cases that are not for reporting: id → "fit" or "train".
    """

    name: str
    sha256: str
    unit: Unit
    cases: tuple[Case, ...]
    documents: tuple[Document, ...]
    left_out: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    splits: Mapping[str, str] = field(default_factory=dict)


class Gathering:
    """A question set while its file is being read; every id counts once, whether the case stays or not."""

    def __init__(self) -> None:
        self.splits: dict[str, str] = {}
        self._cases: dict[str, Case] = {}
        self._left_out: dict[str, Diagnostic] = {}
        self._notes: list[Diagnostic] = []

    def keep(self, case: Case, where: str) -> None:
        """Raises UsageError where the id has been before."""
        self._check(case.case_id, where)
        self._cases[case.case_id] = case

    def leave_out(self, case_id: str, where: str, why: Told) -> None:
        """Lists a case with the reason in Chinese and English. Raises UsageError where the id has been before."""
        self._check(case_id, where)
        self._left_out[case_id] = Diagnostic(case_id, where, *why)

    def note(self, case_id: str, where: str, what: Told) -> None:
        """Lists something of a case that stays."""
        self._notes.append(Diagnostic(case_id, where, *what))

    def dataset(
        self, path: Path, sha256: str, unit: Unit, documents: Sequence[Document]
    ) -> Dataset:
        """What was gathered. Raises UsageError where no case is left."""
        left_out = tuple(self._left_out.values())
        if not self._cases:
            first = (
                left_out[0]
                if left_out
                else Diagnostic("", "", "文件里没有题目", "it holds no questions")
            )
            raise dataset_error(
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
            self.splits,
        )

    def _check(self, case_id: str, where: str) -> None:
        if case_id in self._cases or case_id in self._left_out:
            raise dataset_error(
                where,
                f"编号 {case_id} 重复。请改为不同的编号。",
                f"id {case_id} occurs twice. Give it another.",
            )


def dataset_error(where: str, zh: str, en: str) -> UsageError:
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
        raise dataset_error(
            where, f"不是有效的 JSON：{error}。", f"not valid JSON: {error}."
        ) from error
    if not isinstance(row, dict):
        raise dataset_error(
            where, "不是 JSON 对象。每行应为 {…}。", "not a JSON object. Each line must be {…}."
        )
    return row


FARTHEST = 0.2
"""Most edits (characters put in, left out or replaced) that a place may be away, as a share of the quote's length."""

_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Anchor:
    """The places of a quote, in order; `similarity` is 1 - edits / length of the quote."""

    spans: tuple[Passage, ...]
    how: Literal["exact", "folded", "near"]
    similarity: float = 1.0


def find_quote(document: Document, quote: str, near: int | None = None) -> Anchor | None:
    """The places where `quote` stands in the document; with `near`, the one that begins nearest to that offset.

    Tried in turn: the quote as it is; without white space, folded (width, case, traditional characters); the place
    with the fewest edits, at most FARTHEST of its length. None where there is none of these.
    """
    if not quote.strip():
        return None
    if spans := list(occurrences(quote, document.text)):
        return Anchor(_chosen(document, spans, near), "exact")
    text, offsets = _squeezed(document.text)
    part = _squeezed(quote)[0]
    if spans := [(offsets[a], offsets[b - 1] + 1) for a, b in occurrences(part, text)]:
        return Anchor(_chosen(document, spans, near), "folded")
    found = _nearest(part, text, None if near is None else sum(offset < near for offset in offsets))
    if found is None:
        return None
    (start, end), edits = found
    span = Passage(document, offsets[start], offsets[end - 1] + 1)
    return Anchor((span,), "near", 1 - edits / len(part))


def brief(text: str) -> str:
    """`text` as a message shows it."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _chosen(document: Document, spans: list[Span], near: int | None) -> tuple[Passage, ...]:
    if near is not None:
        spans = [min(spans, key=lambda span: abs(span[0] - near))]
    return tuple(Passage(document, *span) for span in spans)


def _squeezed(text: str) -> tuple[str, list[int]]:
    """`text` folded and without white space, and where each of its characters was."""
    kept = [(char, at) for at, char in enumerate(fold(text)) if not char.isspace()]
    return "".join(char for char, _ in kept), [at for _, at in kept]


def _nearest(part: str, text: str, near: int | None) -> tuple[Span, int] | None:
    """The span of `text` with the fewest edits to `part`, and how many; of equals that nearest to `near`, or first."""
    distances = list(_edits(part, text, anywhere=True))
    least = min(distances, default=len(part))
    if least > FARTHEST * len(part):
        return None
    ends = [end for end, distance in enumerate(distances, 1) if distance == least]
    end = min(ends, key=lambda end: abs(end - len(part) - (near or 0)))
    before = text[max(0, end - len(part) - least) : end][::-1]
    lengths = [
        n
        for n, distance in enumerate(_edits(part[::-1], before, anywhere=False), 1)
        if distance == least
    ]
    return (end - min(lengths, key=lambda n: abs(n - len(part))), end), least


def _edits(part: str, text: str, *, anywhere: bool) -> Iterator[int]:
    """After each character of `text`, the least edits from `part` to what ends there.

    That begins anywhere, or with the text. Bit-parallel, a bit a character of `part` (Myers 1999, in the form of
    Hyyrö 2003): `rises` and `falls` are where a column of the table of distances goes up or down by one.
    """
    at: dict[str, int] = {}
    for i, char in enumerate(part):
        at[char] = at.get(char, 0) | 1 << i
    every, last = (1 << len(part)) - 1, 1 << len(part) - 1
    rises, falls, distance = every, 0, len(part)
    for char in text:
        same = at.get(char, 0)
        diagonal = (((same & rises) + rises) ^ rises) | same | falls
        more, less = falls | every & ~(diagonal | rises), rises & diagonal
        distance += bool(more & last) - bool(less & last)
        more, less = more << 1 | (not anywhere), less << 1
        rises, falls = every & (less | ~(diagonal | more)), more & diagonal
        yield distance
