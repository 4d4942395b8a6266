"""The folder of articles: lists, copies in and deletes documents. Overwrites no file."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

from corpus import Document, DocumentError, UsageError
from corpus.document import fingerprint, hashed, slug
from corpus.intake.decode import shown
from corpus.load import document_files, load, load_folder
from corpus.refusals import refusal_of
from index.disk import write_atomically

LONGEST_STEM = 60
"""Characters of a file's name: at most 240 bytes, which every file system takes."""

# https://www.example.org/a?b=%22c%22
_ADDRESS = re.compile(r"https?://[^\s\"\\\x00-\x1f\x7f\ud800-\udfff]+")
# The ? and / of "什么？/why?": characters that some file system refuses in a name.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:\"/\\|?*]+")


class LibraryEntry(NamedTuple):
    """A document and its file in the folder."""

    path: Path
    document: Document


def entries(folder: Path) -> list[LibraryEntry]:
    """Every document of `folder` with its file. Raises DocumentError if there is none."""
    documents = {document.doc_id: document for document in load_folder(folder)[0]}
    paths = document_files(folder)
    namesakes = Counter(slug(path.stem) for path in paths)
    found = []
    for path in paths:
        plain = slug(path.stem)
        document = documents.get(hashed(plain, path.name)) or documents.get(plain)
        if document is None:
            continue
        # The text decides if ids can be mixed up, as of a.txt and a.md.
        if namesakes[plain] == 1 or _gives(path, document):
            found.append(LibraryEntry(path, document))
    return found


def add(
    folder: Path, files: Sequence[Path], url: str = ""
) -> tuple[list[LibraryEntry], list[LibraryEntry]]:
    """Copies `files` into `folder` with what their NAME.toml says.

    Gives the new entries, and those that were there before. Copies nothing if one of them is no
    document. Raises DocumentError, and UsageError for an unusable `url`.
    """
    if url and (len(files) != 1 or not _ADDRESS.fullmatch(url)):
        raise UsageError(
            f"--url {shown(Path(url))}：应是 http 或 https 网址，并且只用于一个文件。",
            f"--url {shown(Path(url))}: must be an http or https address, and is for one file only.",
        )
    documents = [load(path) for path in files]
    copied: set[Path] = set()
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        texts = set(_entries_by_text(folder))
        for path, document in zip(files, documents, strict=True):
            if document.text not in texts:
                texts.add(document.text)
                copied.add(_copy(path, replace(document, url=url or document.url), folder))
        present = _entries_by_text(folder)
    new: list[LibraryEntry] = []
    known: list[LibraryEntry] = []
    # Two files of the same text are one entry.
    for text in dict.fromkeys(document.text for document in documents):
        entry = present[text]
        if entry.path in copied:
            new.append(entry)
        else:
            known.append(entry)
    return new, known


def remove(folder: Path, doc_id: str) -> list[Path]:
    """Deletes the files of a document, with their NAME.toml. Raises UsageError for an unknown id."""
    found = entries(folder)
    removed = next((entry for entry in found if entry.document.doc_id == doc_id), None)
    if removed is None:
        raise UsageError(
            f"{shown(folder)} 中没有 {shown(Path(doc_id))}：请用 chengwen list 查看编号。",
            f"There is no {shown(Path(doc_id))} in {shown(folder)}: see `chengwen list` for the ids.",
        )
    used_by_others = {entry.path for entry in found if entry.document.doc_id != doc_id}
    doomed = [removed.path]
    for path in document_files(folder):
        # A copy under another name would take the place of the document.
        if path not in (removed.path, *used_by_others) and _gives(path, removed.document):
            doomed.append(path)
    with _explained(folder):
        for path in doomed:
            for file in (path, *_notes_paths(path)):
                file.unlink(missing_ok=True)
    return sorted(doomed)


def _entries_by_text(folder: Path) -> dict[str, LibraryEntry]:
    with suppress(DocumentError):
        return {entry.document.text: entry for entry in entries(folder)}
    return {}


def _gives(path: Path, document: Document) -> bool:
    """Whether the file gives `document`."""
    with suppress(DocumentError):
        return fingerprint(load(path)) == fingerprint(document)
    return False


def _notes_paths(path: Path) -> tuple[Path, Path]:
    """The two names that the NAME.toml of a file may have."""
    return path.with_suffix(".toml"), path.with_name(path.name + ".toml")


def _copy(path: Path, document: Document, folder: Path) -> Path:
    """Copies the file under a new name, its NAME.toml first, so that it is never seen without."""
    target = _reserve(folder, path)
    notes = target.with_suffix(".toml")
    lines = _notes_of(document)
    try:
        if lines:
            _write(notes, lines.encode())
        _write(target, path.read_bytes())
    except OSError:
        target.unlink()
        notes.unlink(missing_ok=True)
        raise
    return target


def _notes_of(document: Document) -> str:
    """The address and the tags of a document as TOML, empty if it has neither."""
    values = {"url": document.url, "tags": list(document.tags)}
    # A JSON string, or list of strings, is a TOML one.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in values.items()
        if value
    ]
    return "".join(lines)


def _reserve(folder: Path, path: Path) -> Path:
    """A new empty file in `folder`, named like `path`, whose stem no other file there has."""
    safe = _UNSAFE.sub("-", path.stem)
    # A name that begins with a point or _ would be passed over from then on.
    stem = safe.lstrip(" .-_").rstrip(" .-")[:LONGEST_STEM].rstrip(" .-") or "article"
    taken = {other.stem.lower() for other in folder.iterdir()}
    name = stem
    for number in count(2):
        if name.lower() not in taken:
            break
        name = f"{stem}-{number}"
    target = folder / f"{name}{path.suffix.lower()}"
    # Fails if another process has made it in the meantime.
    target.open("xb").close()
    return target


def _write(target: Path, data: bytes) -> None:
    """Writes all of `data` or nothing, for every user to read: a server may run as another one."""
    write_atomically(target, data)
    target.chmod(0o644)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turns a refusal of the file system into DocumentError."""
    try:
        yield
    except OSError as error:
        refusal = refusal_of(error, folder)
        raise DocumentError(
            f"无法写入文章目录 {shown(folder)}：{refusal.zh}。请检查权限和磁盘空间，或用 --corpus 指定别的目录。",
            f"Cannot write into the folder of articles {shown(folder)}: {refusal.en}. "
            "Check its permissions and the free space, or name another folder with --corpus.",
        ) from error
