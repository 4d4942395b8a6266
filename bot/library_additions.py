"""Which of the files that are to be added are new: what is refused, and what is held already."""

from __future__ import annotations

import filecmp
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from corpus import Document, DocumentError
from corpus.load import digest_of, load


class LibraryEntry(NamedTuple):
    """A document and its file."""

    path: Path
    document: Document


class Addition(NamedTuple):
    """A document that was to be added, and the others held before that have its file name or title and
    another text.
    """

    entry: LibraryEntry
    older: tuple[LibraryEntry, ...]


class FileRead(NamedTuple):
    """A file that is to be added, and what was read from it."""

    path: Path
    digest: str
    document: Document


@dataclass(slots=True)
class Additions:
    """What became of the files that were to be added.

    `known` are the documents that were there already, `refused` why files are no documents.
    """

    new: list[Addition] = field(default_factory=list)
    known: list[Addition] = field(default_factory=list)
    refused: list[DocumentError] = field(default_factory=list)


def read_new(
    files: Iterable[Path], held: Sequence[LibraryEntry], known: Mapping[str, Document]
) -> tuple[Additions, list[FileRead]]:
    """Reads files that are to be added: what is refused or held, and the new ones."""
    additions = Additions()
    texts = {entry.document.text: entry for entry in held}
    read: list[FileRead] = []
    for path in files:
        try:
            entry = _same_bytes(path, held)
            one = FileRead(path, "", entry.document) if entry else _read_file(path, known)
        except DocumentError as error:
            additions.refused.append(error)
            continue
        same = texts.get(one.document.text)
        if same is not None:
            additions.known.append(Addition(same, held_before(same.document, held)))
            continue
        texts[one.document.text] = LibraryEntry(path, one.document)
        read.append(one)
    return additions, read


def _read_file(path: Path, known: Mapping[str, Document]) -> FileRead:
    """Raises DocumentError."""
    digest = ""
    with suppress(OSError):
        # `load` says what is wrong with a file that cannot be opened.
        digest = digest_of(path)
    return FileRead(path, digest, known[digest] if digest in known else load(path))


def _same_bytes(path: Path, held: Iterable[LibraryEntry]) -> LibraryEntry | None:
    """The entry whose file has the bytes of `path`, if there is one."""
    if not path.is_file():
        return None
    size = path.stat().st_size
    for entry in held:
        if entry.path.stat().st_size == size and filecmp.cmp(entry.path, path, shallow=False):
            return entry
    return None


def held_before(document: Document, held: Iterable[LibraryEntry]) -> tuple[LibraryEntry, ...]:
    """What is held under the name or the title of a document, with another text."""
    found = []
    for entry in held:
        same_title = bool(document.title) and entry.document.title == document.title
        is_alike = same_title or entry.document.doc_id == document.doc_id
        if is_alike and entry.document.text != document.text:
            found.append(entry)
    return tuple(found)
