"""What indexes that are there already spare a new one of the same corpus: vectors, documents, words."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
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
from index.collection import Collection
from index.cuts import CollectionCuts
from index.dense import StoredVectors
from index.disk import JSON, explained
from index.manifest import Generation
from index.retriever import KnownEncoder
from index.snapshot import Counting, by_words, vectors_by_text
from index.store import Store
from index.words import StoredWords


class Held(NamedTuple):
    """A generation and what it is about, read without its searches."""

    generation: Generation
    collection: Collection

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents of the index."""
        return self.collection.documents

    @classmethod
    def read(cls, generation: Generation) -> Held:
        """Raises IndexUnavailable, and FileNotFoundError where a writer has deleted it."""
        with explained(generation.folder):
            return cls(generation, Collection.load(generation.folder))


class AlreadyRead(NamedTuple):
    """What need not be read again: an index, and files, by their digests."""

    held: Held | None = None
    files: Mapping[str, Document] = {}


NOTHING = AlreadyRead()


class EarlierIndex(NamedTuple):
    """What earlier indexes of a corpus spare a new one.

    `vectors`: encoded text → its vector. `documents`: digest of a file → its document, where the
    same program read it; of that index is `counting`.
    """

    vectors: dict[str, Vectors]
    documents: dict[str, Document]
    counting: Counting


def earlier_index(
    location: IndexLocation,
    encoder: KnownEncoder | None,
    facts: Mapping[str, JSON],
    read: AlreadyRead = NOTHING,
) -> EarlierIndex:
    """What earlier indexes of this corpus have, `facts` being those of the new one.

    Vectors are taken from all indexes of the same content, because each was cut otherwise; if there
    is none, from the last of other content. Documents are taken from the last, and from `read`.
    """
    found = EarlierIndex({}, {}, Counting())
    for generation in earlier_generations(location):
        earlier = generation.facts
        if not is_readable(earlier):
            continue
        is_needed = not found.vectors or earlier.get("content") == location.content
        takes_vectors = is_needed and _gives_vectors(encoder, earlier)
        takes_documents = not found.documents and earlier.get("recipe") == facts["recipe"]
        if not (takes_vectors or takes_documents):
            continue
        held = read.held
        if held is None or held.generation.seal != generation.seal:
            held = Held.read(generation)
        if takes_vectors:
            with explained(generation.folder):
                stored = StoredVectors.load(generation.folder)
            found.vectors.update(vectors_by_text(held.collection, stored))
        if takes_documents:
            found.documents.update(_documents_by_digest(earlier, held.documents))
            found = found._replace(counting=_counting(held))
    found.documents.update(read.files)
    return found


def _gives_vectors(encoder: KnownEncoder | None, facts: Mapping[str, Any]) -> bool:
    """Whether the vectors of an index are those that `encoder` would give."""
    if encoder is None or not has_vectors_of(encoder, facts):
        return False
    return reproduces_vectors(encoder, facts)


def holds_vectors(generation: Generation) -> bool:
    """Whether a generation has vectors that this program can read, of whatever encoder."""
    return bool(generation.facts.get("encoder")) and is_readable(generation.facts)


def _counting(held: Held) -> Counting:
    folder = held.generation.folder
    with explained(folder):
        return Counting(CollectionCuts.load(folder), held.collection, StoredWords.load(folder))


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


def earlier_generations(location: IndexLocation) -> list[Generation]:
    """The index at `location`, then all others of the same folder or file, newest first.

    Behind one that lacks vectors, or was handed on, come the others of its place. All that were
    handed on come last: they are parts of indexes.
    """
    found = list(_generations(location))
    return [one for one in found if not _is_part(one)] + [one for one in found if _is_part(one)]


def _generations(location: IndexLocation) -> Iterator[Generation]:
    corpus = corpus_name(location.corpus)
    for root in index_roots(location):
        with suppress(ChengwenError):
            current, _ = Store(root).open()
            if current is None:
                continue
            if root == location.root or current.facts.get("corpus") == corpus:
                yield from _generations_in(root, current)


def _generations_in(root: Path, current: Generation) -> Iterator[Generation]:
    """The current generation of a folder; behind one without vectors, or handed on, the others."""
    yield current
    if _is_part(current) or not holds_vectors(current):
        yield from (one for one in Store(root).whole() if one.seal != current.seal)


def _is_part(generation: Generation) -> bool:
    """Whether `hand_on` has written it."""
    return generation.facts.get("content") == ""


def hand_on(generation: Generation, digests: Container[str]) -> None:
    """Writes an index anew with the documents of these files alone, and the vectors they have.

    It counts as stale; the next index takes its vectors. Nothing is written where no document is
    left. Raises IndexLocked and IndexUnavailable.
    """
    of_files: Any = generation.facts["files"]
    files: dict[str, JSON] = {d: doc_id for d, doc_id in of_files.items() if d in digests}
    folder = generation.folder
    whole = Held.read(generation).collection
    with explained(folder):
        vectors = StoredVectors.load(folder)
        vocabulary = StoredWords.load(folder).vocabulary
    rows = whole.passages_in(map(str, files.values()))
    if not len(rows):
        return
    left = whole.only(rows)

    def fill(target: Path) -> None:
        # Nothing of the others is in it: words are counted anew.
        by_words(left, vocabulary, Counting()).save(target)
        vectors.only(rows, whole.sentences_of_passages(rows)).save(target)

    facts = {**generation.facts, **counts(left), "content": "", "files": files}
    facts["fingerprint"] = index_fingerprint(facts)
    Store(folder.parent).write(facts, fill)
