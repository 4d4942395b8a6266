"""Files that a page has sent: read, kept aside until they are accepted, and gone after an hour."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import time

from bot.corrections import Fields, as_toml, put_right
from bot.library_files import safe_name
from bot.settings import home
from corpus import Document, DocumentError, UsageError
from corpus.intake.decode import shown
from corpus.load import NO_DOCUMENT, described, digest_of, load, read_extras
from corpus.refusals import refusal_of

MOST_FILES = 400
"""Files that may wait at once: more than a person goes through in an hour."""

MOST_BYTES = 512 * 1024 * 1024
"""Bytes of all that wait, at most."""

SECONDS = 3600
"""How long a file waits to be accepted."""


def staging_folder() -> Path:
    """Where files wait; no document is read from there."""
    return home() / "staged"


class StagingFull(UsageError):
    """As many files wait as may."""

    code = "staging_full"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that waits, what was read from it, and its size in bytes."""

    key: str
    path: Path
    document: Document
    size: int


class StagingArea:
    """The files that wait, each in a folder of its own. Several threads may use it at once."""

    def __init__(self, folder: Path, most_files: int = MOST_FILES, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_files = most_files
        self._most = most
        self._files: dict[str, StagedFile] = {}
        self._lock = Lock()

    def receive(self, name: str, data: bytes) -> StagedFile:
        """Reads a file that is called `name`, of which only the last part counts, and keeps it.

        Raises DocumentError where it is no document, and StagingFull; then nothing is kept.
        """
        base = name.replace("\\", "/").rpartition("/")[2]
        if base.startswith(NO_DOCUMENT):
            raise _no_document(base)
        self._check_room(base, len(data))
        key = secrets.token_hex(16)
        path = self._folder / key / safe_name(base)
        document: Document | None = None
        try:
            document = _kept_and_read(path, data)
        except DocumentError as error:
            raise _without_folder(error, path.parent) from error
        finally:
            # Whatever went wrong, nothing stays of it.
            if document is None:
                shutil.rmtree(path.parent, ignore_errors=True)
        staged = StagedFile(key, path, document, len(data))
        with self._lock:
            self._files[key] = staged
        return staged

    def all(self) -> list[StagedFile]:
        """What waits, in the order of arrival."""
        with self._lock:
            return [staged for staged in self._files.values() if staged.path.is_file()]

    def get(self, key: str) -> StagedFile:
        """One that waits. Raises UsageError where it is gone."""
        staged = self._files.get(key)
        if staged is None or not staged.path.is_file():
            raise UsageError(
                "这个文件已不在待收录之列：放弃了，或等了一个多小时。请重新选取。",
                "The file waits no longer: it was discarded, or an hour has passed. Choose it again.",
            )
        return staged

    def discard(self, keys: Iterable[str]) -> None:
        """Deletes files that wait; those that are gone are passed over."""
        for key in keys:
            with self._lock:
                staged = self._files.pop(key, None)
            if staged is not None:
                shutil.rmtree(staged.path.parent, ignore_errors=True)

    def _check_room(self, name: str, size: int) -> None:
        """Raises StagingFull. What is being read at the moment is not counted."""
        waiting = self.all()
        if len(waiting) >= self._most_files:
            raise StagingFull(
                f"没有接收 {name}：已有 {self._most_files} 个文件待收录。请先收录或放弃一些。",
                f"{name} was not taken: {self._most_files} files wait already. Accept or discard "
                "some first.",
            )
        if sum(staged.size for staged in waiting) + size > self._most:
            megabytes = self._most // (1024 * 1024)
            raise StagingFull(
                f"没有接收 {name}：待收录的文件合计不能超过 {megabytes} MB。请先收录或放弃一些。",
                f"{name} was not taken: files that wait may have {megabytes} MB together. Accept or "
                "discard some first.",
            )


def describe(staged: StagedFile, fields: Fields) -> dict[str, Document]:
    """Writes what was put right of a file into the NAME.toml beside it. Raises DocumentError.

    Gives the document that the file holds then, by its digest, as `Library.add` knows files.
    """
    text = as_toml(put_right(staged.document, {}, fields))
    with _saving(staged.path):
        staged.path.with_suffix(".toml").write_text(text, "utf-8")
        document = described(staged.document, read_extras(staged.path))
        return {digest_of(staged.path): document}


def sweep_staged(folder: Path, seconds: float = SECONDS) -> None:
    """Deletes what has waited for longer, whichever process has left it."""
    for place in folder.glob("*"):
        # It may be accepted at this moment.
        with suppress(FileNotFoundError):
            if not 0 <= time() - place.stat().st_mtime <= seconds:
                shutil.rmtree(place, ignore_errors=True)


def _kept_and_read(path: Path, data: bytes) -> Document:
    """Raises DocumentError where the file cannot be written, or is no document."""
    with _saving(path):
        path.parent.mkdir(parents=True, mode=0o700)
        path.write_bytes(data)
    return load(path)


@contextmanager
def _saving(path: Path) -> Iterator[None]:
    """Turns a refusal of the file system into DocumentError."""
    try:
        yield
    except OSError as error:
        why = refusal_of(error, path.parent)
        raise DocumentError(
            f"无法保存 {path.name}：{why.zh}。{why.remedy_zh}后再试。",
            f"{path.name} cannot be saved: {why.en}. Before you try again, {why.remedy_en}.",
        ) from error


def _without_folder(error: DocumentError, folder: Path) -> DocumentError:
    """The same error, where the file is called by its name alone."""
    words = []
    for text in (error.zh, error.en):
        for place in (folder.resolve(), folder):
            text = text.replace(f"{shown(place)}/", "")
        words.append(text)
    return DocumentError(*words)


def _no_document(name: str) -> DocumentError:
    return DocumentError(
        f"{name} 的名字以 _ 开头，这样的文件不当作文档。请改名后再试。",
        f"{name} has a name that begins with _, and such files are no documents. Rename it.",
    )
