"""The documents that the user has added: a change is in the answers, or it did not happen.

They lie as they came in a folder, each with what is said of it in NAME.toml. Whoever changes the
folder holds its lock until the index has followed, and puts back what the index could not follow.
"""

from __future__ import annotations

import fcntl
import filecmp
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any, NamedTuple

from bot.forgetting import forget
from bot.index_build import OpenIndex, update_index
from bot.index_location import documents_folder, library, locate_index, variant_of
from bot.settings import Settings
from corpus import ChengwenError, Document, DocumentError, IndexLocked, UsageError
from corpus.intake.decode import read_toml, shown
from corpus.load import LARGEST_EXTRAS, CorpusFile, corpus_files, document_files, load, notes_paths
from corpus.refusals import refusal_of
from index.disk import sync, write_atomically

LONGEST_STEM = 60
"""Characters of a file's name: at most 240 bytes, which every file system takes."""

LOCK = ".lock"
"""Empty; whoever holds its flock changes the folder, or shares it while the folder must not change."""

WAIT_SECONDS = 10.0
"""How long to wait for a server that takes the last change into its index."""

# .report.pdf-0123456789abcdef: a part of a file that `write_atomically` was writing
_PARTIAL = re.compile(r"\..+-[0-9a-f]{16}")

_SET_ASIDE = ".removed"
"""Begins the name of the folder of what is being removed."""

# https://www.example.org/a?b=%22c%22
_ADDRESS = re.compile(r"https?://[^\s\"\\\x00-\x1f\x7f\ud800-\udfff]+")
# The ? and / of "什么？/why?": characters that some file system refuses in a name.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:\"/\\|?*]+")


class LibraryEntry(NamedTuple):
    """A document and its file."""

    path: Path
    document: Document


class Addition(NamedTuple):
    """A new document, and those held before that have its file name or title and another text."""

    entry: LibraryEntry
    older: tuple[LibraryEntry, ...]


@dataclass(slots=True)
class Additions:
    """What became of the files that were to be added.

    `known` are the documents that were there already, `refused` why files are no documents.
    """

    new: list[Addition] = field(default_factory=list)
    known: list[LibraryEntry] = field(default_factory=list)
    refused: list[DocumentError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Library:
    """The documents of `corpus`, a folder, or of the user's library where it is None.

    `index` names another folder for the index. Every method raises what `open_index` raises.
    """

    settings: Settings
    corpus: Path | None = None
    index: Path | None = None

    @property
    def folder(self) -> Path:
        """Where documents are added."""
        return self.corpus or documents_folder()

    def open(self) -> OpenIndex:
        """The index of all documents, brought up to date."""
        return update_index(self.settings, self.corpus, self.index)

    def add(self, paths: Sequence[Path], url: str = "", replacing: bool = False) -> Additions:
        """Copies files, and those in folders, into the folder, with what their NAME.toml says.

        A file that is no document is refused and the others are taken; one whose bytes or text are
        held is not taken again. With `replacing`, those held that have the name or the title of a
        new one are removed. Raises UsageError for an unusable `url`, and IndexLocked where another
        process changes the library; then nothing has changed.
        """
        files = files_in(paths)
        if url and (len(files) != 1 or not _ADDRESS.fullmatch(url)):
            raise UsageError(
                f"--url {shown(Path(url))}：应是 http 或 https 网址，并且只用于一个文件。",
                f"--url {shown(Path(url))}: must be an http or https address, and is for one file "
                "only.",
            )
        made = not self.folder.exists()
        with _explained(self.folder), locked(self.folder):
            held = self._settled()
            additions, read = _read(files, held)
            copied: list[Path] = []
            aside: list[tuple[Path, Path]] = []
            try:
                for path, document in read:
                    copied.append(_copy(path, url or document.url, self.folder))
                if replacing:
                    doomed = [old for _, d in read for old in _older(d, held) if self._owns(old)]
                    aside = _set_aside([old.path for old in doomed], self.folder)
                opened = self.open() if copied or held else None
                if aside:
                    self._forget(())
            except (ChengwenError, OSError):
                _put_back(aside)
                _delete(copied)
                raise
            _delete_aside(self.folder)
        if made and not copied:
            _delete_folder(self.folder)
        if opened is not None:
            by_path = {entry.path: entry for entry in self.entries(opened)}
            for path, (_, document) in zip(copied, read, strict=True):
                additions.new.append(Addition(by_path[path], tuple(_older(document, held))))
        return additions

    def remove(self, doc_ids: Sequence[str]) -> list[Path]:
        """Deletes the files of documents, with their NAME.toml. Gives their paths.

        What indexes, feedback, runs and drafts have of them goes too: no copy of the text is left.
        Raises DatabaseUnavailable where that is refused; and UsageError, before anything is
        deleted, for an id that is unknown or whose document comes with the program.
        """
        if not self.folder.exists():
            raise self._unknown(doc_ids[0])
        with _explained(self.folder), locked(self.folder):
            held = self._settled()
            doomed: list[Path] = []
            for doc_id in doc_ids:
                found = [entry for entry in held if entry.document.doc_id == doc_id]
                if not found or not all(map(self._owns, found)):
                    raise self._unknown(doc_id) if not found else _comes_along(found[0])
                doomed += [entry.path for entry in found]
            aside = _set_aside(doomed, self.folder)
            try:
                if len(doomed) < len(held):
                    self.open()
                self._forget(doc_ids)
            except (ChengwenError, OSError):
                _put_back(aside)
                raise
            _delete_aside(self.folder)
        return sorted(doomed)

    def entries(self, opened: OpenIndex) -> list[LibraryEntry]:
        """The documents of an index with their files; one that two files hold comes twice."""
        by_id = {document.doc_id: document for document in opened.snapshot.collection.documents}
        doc_ids: Any = opened.generation.facts["files"]
        found: list[LibraryEntry] = []
        for path, digest in self._files():
            if digest in doc_ids:
                found.append(LibraryEntry(path, by_id[doc_ids[digest]]))
        return found

    def _files(self) -> list[CorpusFile]:
        folders = library() if self.corpus is None else (self.corpus,)
        return [file for folder in folders for file in corpus_files(folder)]

    def _settled(self) -> list[LibraryEntry]:
        """The documents held, once what a process that died has left is cleared away."""
        _sweep(self.folder)
        held = self._held()
        if any(self.folder.glob(f"{_SET_ASIDE}-*")):
            self._forget(())
            _delete_aside(self.folder)
        return held

    def _forget(self, removed: Iterable[str]) -> None:
        location = locate_index(self.corpus, self.index, variant_of(self.settings))
        forget(location, {digest for _, digest in self._files()}, removed)

    def _held(self) -> list[LibraryEntry]:
        """The documents held, one for each file."""
        if self.corpus is not None and not (self.corpus.is_dir() and document_files(self.corpus)):
            return []
        return self.entries(self.open())

    def _owns(self, entry: LibraryEntry) -> bool:
        return entry.path.parent == self.folder

    def _unknown(self, doc_id: str) -> UsageError:
        where = shown(self.folder)
        return UsageError(
            f"{where} 中没有 {shown(Path(doc_id))}：请用 chengwen list 查看编号。",
            f"There is no {shown(Path(doc_id))} in {where}: see `chengwen list` for the ids.",
        )


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Files as they are, and for folders all files in them, at any depth, by name.

    Hidden ones and NAME.toml are passed over.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        for folder, folders, _ in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += document_files(Path(folder))
    return found


def _read(
    files: Iterable[Path], held: Sequence[LibraryEntry]
) -> tuple[Additions, list[tuple[Path, Document]]]:
    """Reads files that are to be added: what is refused or known, and the new ones."""
    additions = Additions()
    texts = {entry.document.text: entry for entry in held}
    read: list[tuple[Path, Document]] = []
    for path in files:
        try:
            entry = _same_bytes(path, held)
            document = load(path) if entry is None else entry.document
        except DocumentError as error:
            additions.refused.append(error)
            continue
        known = texts.get(document.text)
        if known is not None:
            additions.known.append(known)
            continue
        texts[document.text] = LibraryEntry(path, document)
        read.append((path, document))
    return additions, read


def _same_bytes(path: Path, held: Iterable[LibraryEntry]) -> LibraryEntry | None:
    """The entry whose file has the bytes of `path`, if there is one."""
    if not path.is_file():
        return None
    size = path.stat().st_size
    for entry in held:
        if entry.path.stat().st_size == size and filecmp.cmp(entry.path, path, shallow=False):
            return entry
    return None


def _older(document: Document, held: Iterable[LibraryEntry]) -> list[LibraryEntry]:
    """What is held under the name or the title of a document."""
    found = []
    for entry in held:
        same_title = bool(document.title) and entry.document.title == document.title
        if same_title or entry.document.doc_id == document.doc_id:
            found.append(entry)
    return found


def _comes_along(entry: LibraryEntry) -> UsageError:
    name = entry.document.doc_id
    return UsageError(
        f"{name} 是随程序附带的文章，不能移除。要只问自己的文章，请用 --corpus 指定目录。",
        f"{name} comes with the program and cannot be removed. To ask your own documents alone, name "
        "a folder with --corpus.",
    )


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the lock of a folder.

    Raises IndexLocked where another process has it for longer than WAIT_SECONDS.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deadline = monotonic() + WAIT_SECONDS
    with (folder / LOCK).open("ab") as lock:
        while not _takes(lock, fcntl.LOCK_EX):
            if monotonic() >= deadline:
                raise _busy(folder)
            sleep(0.1)
        yield


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Keeps documents from being added to a folder and removed, for the time of the block.

    Raises IndexLocked where that is going on.
    """
    with ExitStack() as stack:
        # Without the file nothing was added ever.
        with suppress(OSError):
            lock = stack.enter_context((folder / LOCK).open("rb"))
            if not _takes(lock, fcntl.LOCK_SH):
                raise _busy(folder)
        yield


def _takes(lock: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy(folder: Path) -> IndexLocked:
    return IndexLocked(
        f"另一进程正在改动或读取文章目录 {shown(folder)}：请等它结束后再试",
        f"another process is changing or reading the documents in {shown(folder)}: try again when "
        "it has finished",
    )


def _sweep(folder: Path) -> None:
    """Deletes what a process that died has left: parts of files, and NAME.toml without a document.

    A folder of the user's own may hold a TOML file for other reasons.
    """
    for path in folder.glob(".*"):
        if _PARTIAL.fullmatch(path.name):
            path.unlink()
    if folder != documents_folder():
        return
    described = {notes for path in document_files(folder) for notes in notes_paths(path)}
    for path in folder.glob("*.toml"):
        if path not in described and not path.name.startswith("_"):
            path.unlink()


def _set_aside(paths: Iterable[Path], folder: Path) -> list[tuple[Path, Path]]:
    """Moves files and their NAME.toml out of sight. Gives where each was and where it is."""
    aside = folder / f"{_SET_ASIDE}-{os.getpid()}"
    moved: list[tuple[Path, Path]] = []
    for path in paths:
        for file in (path, *notes_paths(path)):
            if file.is_file():
                aside.mkdir(exist_ok=True)
                target = aside / file.name
                os.rename(file, target)
                moved.append((file, target))
    sync(folder)
    return moved


def _put_back(moved: Sequence[tuple[Path, Path]]) -> None:
    for place, aside in moved:
        os.rename(aside, place)
    # Left there, it would be taken for a removal that has begun.
    for folder in {aside.parent for _, aside in moved}:
        folder.rmdir()


def _delete_aside(folder: Path) -> None:
    for aside in folder.glob(f"{_SET_ASIDE}-*"):
        shutil.rmtree(aside)
    sync(folder)


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        for file in (path, *notes_paths(path)):
            file.unlink(missing_ok=True)


def _delete_folder(folder: Path) -> None:
    """Deletes a folder that was made for nothing."""
    (folder / LOCK).unlink(missing_ok=True)
    folder.rmdir()


def _copy(path: Path, url: str, folder: Path) -> Path:
    """Copies a file under a name of its own, its NAME.toml first: it is never seen without."""
    target = free_name(folder, path)
    lines = _notes_of(path, url)
    if lines:
        _write(target.with_suffix(".toml"), lines.encode())
    _write(target, path.read_bytes())
    return target


def _notes_of(path: Path, url: str) -> str:
    """What NAME.toml says beside a file, as TOML, with the address `url`; empty for nothing."""
    values: dict[str, Any] = {"url": url} if url else {}
    for notes in notes_paths(path):
        if notes.is_file():
            values = read_toml(notes, LARGEST_EXTRAS) | values
    # A JSON string, or list of strings, is a TOML one.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}\n"
        for name, value in values.items()
    ]
    return "".join(lines)


def free_name(folder: Path, path: Path) -> Path:
    """A path in `folder`, named like `path`, whose stem no other file there has."""
    safe = _UNSAFE.sub("-", path.stem)
    # A name that begins with a point or _ would be passed over from then on.
    stem = safe.lstrip(" .-_").rstrip(" .-")[:LONGEST_STEM].rstrip(" .-") or "article"
    taken = {other.stem.lower() for other in folder.iterdir()}
    name = stem
    for number in count(2):
        if name.lower() not in taken:
            break
        name = f"{stem}-{number}"
    return folder / f"{name}{path.suffix.lower()}"


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
