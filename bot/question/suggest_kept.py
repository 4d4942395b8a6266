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
from typing import Any

from bot.question.suggest_made import GeneratedQuestion
from corpus import Document, Passage
from index.beside import read_beside, write_beside
from index.disk import JSON
from index.manifest import Generation

KEPT_FILE = "suggestions.json"


def tried_with(settings: Mapping[str, JSON]) -> str:
    """What makes one trial like another: the settings of the answers, and the program."""
    told = json.dumps([settings, _program()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def read_kept(
    generation: Generation, trial: str, documents: Sequence[Document]
) -> tuple[GeneratedQuestion, ...] | None:
    """The questions kept with a generation; None where there are none of such a trial.

    `documents` are those of the generation.
    """
    stored: Any = read_beside(generation, KEPT_FILE)
    if stored is None or stored.get("trial") != trial:
        return None
    by_id = {document.doc_id: document for document in documents}
    return tuple(
        GeneratedQuestion(question, kind, Passage(by_id[doc_id], start, end))
        for question, kind, doc_id, start, end in stored["questions"]
        if doc_id in by_id
    )


def keep(generation: Generation, trial: str, questions: Sequence[GeneratedQuestion]) -> None:
    """Keeps what was tried; a disk that refuses leaves it to the next start to try again."""
    rows: list[JSON] = []
    for one in questions:
        span = one.answer
        rows.append([one.question, one.kind, span.document.doc_id, span.start, span.end])
    with suppress(OSError):
        write_beside(generation, KEPT_FILE, {"trial": trial, "questions": rows})


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
