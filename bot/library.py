"""The documents that the user has added: a change is in the answers, or it did not happen.

They lie as they came in a folder, each with what is said of it in NAME.toml. Whoever changes the
folder holds its lock until the index has followed, and puts back what the index could not follow.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from bot.corrections import ADDRESS, Fields, as_toml, put_right
from bot.earlier_index import AlreadyRead, Held
from bot.forgetting import forget
from bot.index_build import (
    BuildOptions,
    FoundEncoder,
    OpenIndex,
    find_encoder,
    hold_index,
    update_index,
    updated_facts,
)
from bot.index_location import BUNDLED, documents_folder, library, locate_index, variant_of
from bot.library_additions import Addition, Additions, FileRead, LibraryEntry, held_before, read_new
from bot.library_files import (
    bytes_of,
    copy_in,
    delete,
    delete_folder,
    files_in,
    free_name,
    notes_file,
    sweep,
    write_or_delete,
)
from bot.library_lock import locked
from bot.set_aside import (
    UNDO_SECONDS,
    Moves,
    Removal,
    can_return,
    delete_aside,
    due,
    is_withdrawn,
    move_out,
    new_key,
    put_back,
    set_aside,
    withdrawn_documents,
    withdrawn_folder,
)
from bot.settings import Settings
from corpus import ChengwenError, Document, DocumentError, UsageError
from corpus.intake.decode import read_toml, shown
from corpus.load import (
    LARGEST_EXTRAS,
    CorpusFile,
    corpus_files,
    digest_of,
    document_files,
    read_extras,
)
from corpus.refusals import refusal_of
from index.disk import JSON, sync
from index.retriever import KnownEncoder


@dataclass(frozen=True)
class Library:
    """The documents of `corpus`, a folder, or of the user's library where it is None.

    `index` names another folder for the index. `encoder` is one that is loaded already; without it
    one is loaded when the index is first opened. Every method raises what `open_index` raises.
    """

    settings: Settings
    corpus: Path | None = None
    index: Path | None = None
    encoder: KnownEncoder | None = None

    @property
    def folder(self) -> Path:
        """Where documents are added."""
        return self.corpus or documents_folder()

    def open(self, held: Held | None = None, known: Mapping[str, Document] = {}) -> OpenIndex:
        """The index of all documents, brought up to date.

        `held` is what was read of it before; `known` are documents of files, by their digests.
        """
        return update_index(self._options, self.corpus, self.index, AlreadyRead(held, known))

    def hold(self) -> Held:
        """The documents, from the index brought up to date."""
        return hold_index(self._options, self.corpus, self.index)

    def facts(self) -> Mapping[str, JSON]:
        """What the index says of itself, brought up to date: `documents`, `passages`."""
        return updated_facts(self._options, self.corpus, self.index)

    def add(
        self,
        paths: Sequence[Path],
        url: str = "",
        replacing: bool = False,
        known: Mapping[str, Document] = {},
    ) -> Additions:
        """Copies files, and those in folders, into the folder, with what their NAME.toml says.

        A file that is no document is refused and the others are taken; one whose bytes or text are
        held is not taken again. With `replacing`, those held that have the name or the title of one
        of them, and another text, are removed. A file whose digest is in `known` is not read. Raises UsageError for an
        unusable `url`, and IndexLocked where another process changes the library; then nothing has
        changed.
        """
        files = files_in(paths)
        if url and (len(files) != 1 or not ADDRESS.fullmatch(url)):
            raise UsageError(
                f"--url {shown(Path(url))}：应是 http 或 https 网址，并且只用于一个文件。",
                f"--url {shown(Path(url))}: must be an http or https address, and is for one file "
                "only.",
            )
        made = not self.folder.exists()
        with _explained(self.folder), locked(self.folder):
            was, held = self._settled()
            additions, read = read_new(files, held, known)
            older = [held_before(one.document, held) for one in read]
            replaced = [*older, *(one.older for one in additions.known)] if replacing else []
            doomed = {old.path for of_one in replaced for old in of_one if self._owns(old)}
            # Of two that were given none replaces the other.
            doomed.difference_update(one.entry.path for one in additions.known)
            copied, opened = self._take(read, url, was, sorted(doomed))
        if made and not copied:
            delete_folder(self.folder)
        if opened is not None:
            by_path = {entry.path: entry for entry in self.entries(opened)}
            for path, before in zip(copied, older, strict=True):
                additions.new.append(Addition(by_path[path], before))
        return additions

    def _take(
        self,
        read: Sequence[FileRead],
        url: str,
        was: Held | None,
        doomed: Sequence[Path],
    ) -> tuple[list[Path], OpenIndex | None]:
        """Copies files that were read and removes those `doomed`, or leaves everything as it `was`.

        Gives the copies, and the index where anything changed.
        """
        copied: list[Path] = []
        known: dict[str, Document] = {}
        aside: Moves = []
        try:
            for one in read:
                copy = copy_in(one.path, url or one.document.url, self.folder)
                copied.append(copy)
                # Of another name it may have another title; and the file may have changed.
                if copy.name == one.path.name and digest_of(one.path) == one.digest:
                    known[digest_of(copy)] = replace(one.document, url=url or one.document.url)
            aside = set_aside(doomed, self.folder)
            opened = self.open(was, known) if copied or aside else None
            if aside:
                self._forget(())
        except (ChengwenError, OSError):
            put_back(aside)
            delete(copied)
            raise
        delete_aside(self.folder)
        return copied, opened

    def remove(self, doc_ids: Sequence[str]) -> list[Path]:
        """Deletes the files of documents, with their NAME.toml. Gives their paths.

        What indexes, feedback, runs and drafts have of them goes too: no copy of the text is left.
        Raises DatabaseUnavailable where that is refused; and UsageError, before anything is
        deleted, for an id that is unknown or whose document comes with the program.
        """
        if not self.folder.exists():
            raise self._unknown(doc_ids[0])
        with _explained(self.folder), locked(self.folder):
            was, held = self._settled()
            doomed: list[Path] = []
            for doc_id in doc_ids:
                doomed += [entry.path for entry in self._own(doc_id, held)]
            aside = set_aside(doomed, self.folder)
            try:
                if len(doomed) < len(held):
                    self.open(was)
                self._forget(doc_ids)
            except (ChengwenError, OSError):
                put_back(aside)
                raise
            delete_aside(self.folder)
        return sorted(doomed)

    def correct(self, doc_id: str, fields: Fields) -> Document:
        """Gives a document other fields, in its NAME.toml. Gives the document as it is then.

        Raises UsageError for an id that is unknown or whose document comes with the program.
        """
        if not self.folder.exists():
            raise self._unknown(doc_id)
        with _explained(self.folder), locked(self.folder):
            was, held = self._settled()
            entries = self._own(doc_id, held)
            files = [notes_file(entry.path) for entry in entries]
            before = [bytes_of(file) for file in files]
            try:
                for file, entry in zip(files, entries, strict=True):
                    _describe(file, entry, fields)
                opened = self.open(was)
            except (ChengwenError, OSError):
                for file, data in zip(files, before, strict=True):
                    write_or_delete(file, data)
                raise
        changed = {entry.path: entry.document for entry in self.entries(opened)}
        return changed[entries[0].path]

    def withdraw(self, doc_id: str) -> Removal:
        """Takes a document out of the index, and sets its files aside for UNDO_SECONDS.

        `restore` puts them back. After that time `finish_removals`, or any other change, deletes
        them as `remove` does. Raises UsageError for an id that is unknown, or whose document comes
        with the program or is the only one.
        """
        if not self.folder.exists():
            raise self._unknown(doc_id)
        with _explained(self.folder), locked(self.folder):
            was, held = self._settled()
            doomed = [entry.path for entry in self._own(doc_id, held)]
            if len(doomed) == len(held):
                raise _last(doc_id)
            key = new_key(doc_id)
            aside = set_aside(doomed, self.folder, key)
            try:
                self.open(was)
            except (ChengwenError, OSError):
                put_back(aside)
                raise
        return Removal(key, doc_id, tuple(path.name for path in doomed), UNDO_SECONDS)

    def restore(self, key: str) -> list[Document]:
        """Puts back what was withdrawn. Gives the documents. Raises UsageError where it is gone."""
        aside = withdrawn_folder(self.folder, key)
        if not is_withdrawn(aside):
            raise _gone()
        with _explained(self.folder), locked(self.folder):
            # The time may have passed while the lock was waited for.
            if not is_withdrawn(aside):
                raise _gone()
            moved = move_out(aside, partial(free_name, self.folder))
            try:
                opened = self.open()
            except (ChengwenError, OSError):
                put_back(moved)
                raise
            shutil.rmtree(aside)
        restored = {place for _, place in moved}
        return [entry.document for entry in self.entries(opened) if entry.path in restored]

    def finish_removals(self, at_once: bool = False) -> None:
        """Deletes what was set aside and can no longer be put back, as `remove` does.

        `at_once` deletes also what still could. Raises what `remove` raises.
        """
        if due(self.folder, at_once):
            with _explained(self.folder), locked(self.folder):
                self._finish(at_once)

    def comes_along(self) -> frozenset[str]:
        """The digests of the files that come with the program, which cannot be changed."""
        if self.corpus is not None:
            return frozenset()
        return frozenset(file.digest for file in corpus_files(BUNDLED))

    def entries(self, opened: OpenIndex | Held) -> list[LibraryEntry]:
        """The documents of an index with their files; one that two files hold comes twice."""
        by_id = {document.doc_id: document for document in opened.documents}
        doc_ids: Any = opened.generation.facts["files"]
        found: list[LibraryEntry] = []
        for path, digest in self._files():
            if digest in doc_ids:
                found.append(LibraryEntry(path, by_id[doc_ids[digest]]))
        return found

    @cached_property
    def _options(self) -> BuildOptions:
        if self.encoder is not None:
            return BuildOptions(self.settings, FoundEncoder(self.encoder), progress=False)
        return BuildOptions(self.settings, find_encoder(self.settings))

    def _files(self) -> list[CorpusFile]:
        folders = library() if self.corpus is None else (self.corpus,)
        return [file for folder in folders for file in corpus_files(folder)]

    def _settled(self) -> tuple[Held | None, list[LibraryEntry]]:
        """The documents held, one for each file, once what a process that died has left is gone.

        And the index that says so; None without any document.
        """
        sweep(self.folder)
        of_own = self.corpus is not None
        is_empty = of_own and not (self.folder.is_dir() and document_files(self.folder))
        was = None if is_empty else self.hold()
        held = self.entries(was) if was else []
        self._finish(at_once=False)
        return was, held

    def _finish(self, at_once: bool) -> None:
        """Deletes what is set aside and due, and before that all that holds its text."""
        asides = due(self.folder, at_once)
        if asides:
            self._forget(withdrawn_documents(asides), at_once)
            for aside in asides:
                shutil.rmtree(aside)
            sync(self.folder)

    def _forget(self, removed: Iterable[str], at_once: bool = False) -> None:
        """Leaves nothing of documents but of those held and, unless `at_once`, that can come back."""
        location = locate_index(self.corpus, self.index, variant_of(self.settings))
        kept = {file.digest for file in self._files()}
        for aside in can_return(self.folder, at_once):
            kept.update(file.digest for file in corpus_files(aside))
        forget(location, kept, removed)

    def _own(self, doc_id: str, held: Iterable[LibraryEntry]) -> list[LibraryEntry]:
        """The files of a document. Raises UsageError where there is none, or one is not the user's."""
        found = [entry for entry in held if entry.document.doc_id == doc_id]
        if not found or not all(map(self._owns, found)):
            raise self._unknown(doc_id) if not found else _comes_along(found[0])
        return found

    def _owns(self, entry: LibraryEntry) -> bool:
        return entry.path.parent == self.folder

    def _unknown(self, doc_id: str) -> UsageError:
        where = shown(self.folder)
        return UsageError(
            f"{where} 中没有 {shown(Path(doc_id))}：请用 chengwen list 查看编号。",
            f"There is no {shown(Path(doc_id))} in {where}: see `chengwen list` for the ids.",
        )


def _last(doc_id: str) -> UsageError:
    return UsageError(
        f"{doc_id} 是最后一篇，移除后没有可以回答的内容。请先收录别的文件。",
        f"{doc_id} is the last one: without it there is nothing to answer from. Add another first.",
    )


def _gone() -> UsageError:
    return UsageError(
        f"已过 {UNDO_SECONDS} 秒，文件已删除，不能撤销。请重新收录。",
        f"More than {UNDO_SECONDS} seconds have passed and the file is deleted: add it again.",
    )


def _comes_along(entry: LibraryEntry) -> UsageError:
    name = entry.document.doc_id
    return UsageError(
        f"{name} 是随程序附带的文章，不能移除。要只问自己的文章，请用 --corpus 指定目录。",
        f"{name} comes with the program and cannot be removed. To ask your own documents alone, name "
        "a folder with --corpus.",
    )


def _describe(file: Path, entry: LibraryEntry, fields: Fields) -> None:
    """Writes the NAME.toml `file` of a document anew. Raises DocumentError for what it cannot hold."""
    notes = read_toml(file, LARGEST_EXTRAS) if file.is_file() else {}
    text = as_toml(put_right(entry.document, notes, fields))
    write_or_delete(file, text.encode() or None)
    read_extras(entry.path)


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
