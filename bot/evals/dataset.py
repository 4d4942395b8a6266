"""Question sets in the native format: JSON lines whose gold is text, resolved to spans of the documents on reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import Document, Passage, UsageError

KEYS = {"id", "kind", "question", "history", "gold", "answers", "outcome"}
OUTCOMES = ("answered", "absent", "about")


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


def read_cases(path: Path, documents: Iterable[Document]) -> list[Case]:
    """The cases of a file of JSON lines.

    Raises UsageError, naming the line, where one is malformed, repeats an id, or quotes what no document has.
    """
    known = {document.doc_id: document for document in documents}
    cases: dict[str, Case] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = _case(json.loads(line), known)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _malformed(path, number, str(error)) from error
        if case.case_id in cases:
            raise _malformed(path, number, f"id {case.case_id} 重复 / twice")
        cases[case.case_id] = case
    return list(cases.values())


def _case(row: dict[str, Any], known: Mapping[str, Document]) -> Case:
    unknown = set(row) - KEYS
    if unknown or row["outcome"] not in OUTCOMES:
        raise ValueError(f"{', '.join(sorted(unknown)) or row['outcome']}?")
    gold = tuple(tuple(span for one in group for span in _spans(one, known)) for group in row["gold"])
    return Case(
        case_id=str(row["id"]),
        kind=str(row["kind"]),
        question=str(row["question"]),
        history=tuple(row.get("history") or ()),
        gold=gold,
        answers=tuple(row["answers"]),
        outcome=row["outcome"],
    )


def _spans(one: Mapping[str, str], known: Mapping[str, Document]) -> Iterable[Passage]:
    """Every place where the quote stands: said twice, it may be cited from either."""
    document, quote = known[one["doc_id"]], one["quote"]
    at = document.text.find(quote) if quote else -1
    if at < 0:
        raise ValueError(f"{quote!r} 不在 {document.doc_id} 中 / is not in it")
    while at >= 0:
        yield Passage(document, at, at + len(quote))
        at = document.text.find(quote, at + 1)


def _malformed(path: Path, number: int, why: str) -> UsageError:
    return UsageError(
        f"{path} 第 {number} 行不是可用的题目：{why}", f"{path} line {number} is no usable question: {why}"
    )
