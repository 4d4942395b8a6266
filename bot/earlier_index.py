"""What indexes that are there already spare a new one of the same corpus: vectors, documents, words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bot.index_facts import corpus_name, counts, index_fingerprint
from bot.index_location import (
    IndexLocation,
    has_vectors_of,
    is_readable,
    reproduces_vectors,
)
from bot.settings import home
from corpus import ChengwenError, Document
from index import Vectors
from index.cuts import CollectionCuts
from index.disk import JSON, explained
from index.encoder import TextEncoder
from index.manifest import Generation
from index.snapshot import Snapshot, Unasked, vectors_by_text
from index.store import Store


class EarlierIndex(NamedTuple):
    """What earlier indexes of a corpus spare a new one.

    `vectors`: encoded text → its vector. `documents`: digest of a file → its document, where the
    same program read it. `cuts`: the words of texts.
    """

    vectors: dict[str, Vectors]
    documents: dict[str, Document]
    cuts: CollectionCuts


def earlier_index(
    location: IndexLocation, encoder: TextEncoder | None, facts: Mapping[str, JSON]
) -> EarlierIndex:
    """What earlier indexes of this corpus have, `facts` being those of the new one.

    Vectors are taken from all indexes of the same content, because each was cut otherwise; if there
    is none, from the last of other content. Documents are taken from the last.
    """
    found = EarlierIndex({}, {}, CollectionCuts())
    for generation in earlier_generations(location):
        earlier = generation.facts
        has_other_content = earlier.get("content") != location.content
        if (found.vectors or found.documents) and has_other_content:
            continue
        if not is_readable(earlier):
            continue
        has_vectors = encoder is not None and has_vectors_of(encoder, earlier)
        if has_vectors and encoder is not None and not reproduces_vectors(encoder, earlier):
            has_vectors = False
        is_same_reading = earlier.get("recipe") == facts["recipe"]
        if not (has_vectors or is_same_reading):
            continue
        with explained(generation.folder):
            snapshot = Snapshot.load(generation.folder, encoder if has_vectors else None)
        found.vectors.update(vectors_by_text(snapshot))
        if is_same_reading and not found.documents:
            found.documents.update(_documents_by_digest(earlier, snapshot.collection.documents))
            found = found._replace(cuts=CollectionCuts.load(generation.folder))
    return found


def _documents_by_digest(
    facts: Mapping[str, Any], documents: Sequence[Document]
) -> dict[str, Document]:
    by_id = {document.doc_id: document for document in documents}
    return {digest: by_id[doc_id] for digest, doc_id in facts.get("files", {}).items()}


def index_roots(location: IndexLocation) -> list[Path]:
    """The folder of an index, then all others that may hold one of the same corpus, newest first."""
    others = {*home().glob("index*"), *home().glob("corpora/*")} - {location.root}
    newest_first = sorted(others, key=lambda root: root.stat().st_mtime, reverse=True)
    return [location.root, *filter(Path.is_dir, newest_first)]


def earlier_generations(location: IndexLocation) -> Iterator[Generation]:
    """The index at `location`, then all others of the same folder or file, newest first."""
    corpus = corpus_name(location.corpus)
    for root in index_roots(location):
        with suppress(ChengwenError):
            generation, _ = Store(root).open()
            if generation is None:
                continue
            if root == location.root or generation.facts.get("corpus") == corpus:
                yield generation


def hand_on(generation: Generation, digests: Collection[str]) -> None:
    """Writes an index anew with the documents of these files alone, and the vectors they have.

    It counts as stale; the next index takes its vectors. Nothing is written where no document is
    left. Raises IndexLocked and IndexUnavailable.
    """
    of_files: Any = generation.facts["files"]
    files: dict[str, JSON] = {d: doc_id for d, doc_id in of_files.items() if d in digests}
    folder = generation.folder
    with explained(folder):
        left = Snapshot.load(folder, Unasked()).only(frozenset(map(str, files.values())))
    if left is None:
        return
    facts = {**generation.facts, **counts(left), "content": "", "files": files}
    facts["fingerprint"] = index_fingerprint(facts)
    Store(folder.parent).write(facts, left.save)
