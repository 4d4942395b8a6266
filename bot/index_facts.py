"""What an index says of itself: its corpus, its size, and when its files came."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.index_location import ARTICLES, library
from corpus.load import Loaded
from index.collection import Collection
from index.disk import JSON


def facts_of(content: str, loaded: Loaded) -> dict[str, JSON]:
    """What is said of the files of a corpus with that content hash, as they were read."""
    files: dict[str, JSON] = {file.digest: doc_id for file, doc_id in loaded.files}
    return {
        "content": content,
        "files": files,
        "added": _times_added(loaded),
        "left_out": [[error.zh, error.en] for error in loaded.errors],
    }


def _times_added(loaded: Loaded) -> dict[str, JSON]:
    """doc_id → when its file came, ISO and UTC; of two files the first. None for bundled articles.

    That is the time of the file, which a copy in a backup may keep as well.
    """
    times: dict[str, JSON] = {}
    for file, doc_id in sorted(loaded.files, key=lambda named: _modified(named[0].path)):
        time = _modified(file.path)
        if time and file.path.parent != ARTICLES:
            times.setdefault(doc_id, time)
    return times


def _modified(path: Path) -> str:
    """When a file was written, ISO and UTC, to the second; empty where the system cannot say."""
    # The file may be gone by now, and its time be of a year that no calendar has.
    with suppress(OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return ""


def corpus_name(corpus: Sequence[Path]) -> str:
    """The name of a corpus in the facts of its index; empty for the library."""
    return "" if tuple(corpus) == library() else str(corpus[0].resolve())


def counts(collection: Collection) -> dict[str, JSON]:
    """How much an index holds: documents, characters, passages, sentences."""
    return {
        "documents": len(collection.documents),
        "characters": sum(len(document.text) for document in collection.documents),
        "passages": len(collection.passages),
        "sentences": len(collection.sentences),
    }


def index_fingerprint(facts: Mapping[str, JSON]) -> str:
    """16 hex digits, equal for two indexes that give the same answers on any machine."""
    decisive = [facts[name] for name in ("content", "recipe", "encoder")]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]
