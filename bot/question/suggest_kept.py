"""Suggested questions kept with the generation of the index on which they were tried.

They go with its folder, so that nothing is left of a document that is removed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bot.question.suggest_made import GeneratedQuestion
from corpus import Document, Passage
from index.beside import read_beside, write_beside
from index.disk import JSON
from index.manifest import Generation

KEPT_FILE = "suggestions.json"


class Place(NamedTuple):
    """Where questions are kept, and what they were tried with (`tried_with`)."""

    generation: Generation
    trial: str


def tried_with(settings: Mapping[str, JSON]) -> str:
    """What makes one trial like another: the settings of the answers, and the program."""
    told = json.dumps([settings, _program()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def read_kept(
    place: Place, documents: Sequence[Document], doc_id: str = ""
) -> tuple[GeneratedQuestion, ...] | None:
    """The questions kept at a place; None where there are none of such a trial.

    `documents` are those of the generation. With `doc_id` those that were tried when that document
    was opened.
    """
    stored: Any = read_beside(place.generation, _file(doc_id))
    if stored is None or stored.get("trial") != place.trial:
        return None
    by_id = {document.doc_id: document for document in documents}
    return tuple(
        GeneratedQuestion(question, kind, Passage(by_id[doc_id], start, end), topic)
        for question, kind, doc_id, start, end, topic in stored["questions"]
        if doc_id in by_id
    )


def keep(place: Place, questions: Sequence[GeneratedQuestion], doc_id: str = "") -> None:
    """Keeps what was tried; a disk that refuses leaves it to the next start to try again."""
    rows: list[JSON] = []
    for one in questions:
        span = one.answer
        row: list[JSON] = [one.question, one.kind, span.document.doc_id, span.start, span.end]
        rows.append([*row, one.topic])
    with suppress(OSError):
        write_beside(place.generation, _file(doc_id), {"trial": place.trial, "questions": rows})


def _file(doc_id: str) -> str:
    """One file for the library, and one for each document that was opened."""
    if not doc_id:
        return KEPT_FILE
    return f"suggestions-{hashlib.sha256(doc_id.encode()).hexdigest()[:24]}.json"


@cache
def _program() -> str:
    """The SHA-256 of the files that make, answer and judge questions, in hexadecimal."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    folders = [root / name for name in ("question", "reader", "composer")]
    paths = [path for folder in folders for path in folder.rglob("*")]
    for path in sorted([root / "service.py", *paths]):
        if path.suffix in (".py", ".toml", ".json"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
