"""The folder of articles: what is in it, putting files in, taking documents out. Never overwrites, never in part."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from corpus import Document, DocumentError, UsageError
from corpus.document import fingerprint, hashed, slug
from corpus.intake.decode import shown
from corpus.load import document_files, load, load_folder

LONGEST_STEM = 60
"""Characters of a file's name: at most 240 bytes, which every file system takes."""

_ADDRESS = re.compile(r"https?://[^\s\"\\\x00-\x1f\x7f\ud800-\udfff]+")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:\"/\\|?*]+")


class Filed(NamedTuple):
    """A document and its file in the folder."""

    path: Path
    document: Document


def filed(folder: Path) -> list[Filed]:
    """Every document of `folder` with the file it comes from. Raises DocumentError where there is none."""
    documents = {document.doc_id: document for document in load_folder(folder)[0]}
    files = document_files(folder)
    namesakes = Counter(slug(path.stem) for path in files)
    pairs = []
    for path in files:
        plain = slug(path.stem)
        known = documents.get(hashed(plain, path.name)) or documents.get(plain)
        # Where ids could be mixed up, as of a.txt and a.md, or of a file left out, the text tells.
        if known and (namesakes[plain] == 1 or _is(path, known)):
            pairs.append(Filed(path, known))
    return pairs


def add(folder: Path, files: Sequence[Path], url: str = "") -> tuple[list[Filed], list[Filed]]:
    """Copies `files` into `folder`, with what their NAME.toml says; gives those copied and those it had before.

    All of them, or none where one is no document. Raises DocumentError, and UsageError for an unusable `url`.
    """
    if url and (len(files) != 1 or not _ADDRESS.fullmatch(url)):
        raise UsageError(
            f"--url {shown(Path(url))}：应是 http 或 https 网址，并且只用于一个文件。",
            f"--url {shown(Path(url))}: must be an http or https address, and is for one file only.",
        )
    given = [Filed(path, load(path)) for path in files]
    copied: list[Path] = []
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        present = _by_text(folder)
        for path, document in given:
            if document.text not in present:
                copied.append(_copy(path, replace(document, url=url or document.url), folder))
                present[document.text] = Filed(copied[-1], document)
        present = _by_text(folder)
    found = dict.fromkeys(present[document.text] for _, document in given)
    return [f for f in found if f.path in copied], [f for f in found if f.path not in copied]


def remove(folder: Path, doc_id: str) -> list[Path]:
    """Deletes the files of the document `doc_id`, their NAME.toml too. Raises UsageError where there is no such one."""
    found = {document.doc_id: Filed(path, document) for path, document in filed(folder)}
    if doc_id not in found:
        raise UsageError(
            f"{shown(folder)} 中没有 {shown(Path(doc_id))}：请用 chengwen list 查看编号。",
            f"There is no {shown(Path(doc_id))} in {shown(folder)}: see `chengwen list` for the ids.",
        )
    gone = found.pop(doc_id)
    others = {path for path, _ in found.values()}
    # Copies under other names would take its place.
    copies = [
        p
        for p in document_files(folder)
        if p == gone.path or (p not in others and _is(p, gone.document))
    ]
    with _explained(folder):
        for path in copies:
            for extra in (path, *_beside(path)):
                extra.unlink(missing_ok=True)
    return copies


def _by_text(folder: Path) -> dict[str, Filed]:
    with suppress(DocumentError):
        return {found.document.text: found for found in filed(folder)}
    return {}


def _is(path: Path, document: Document) -> bool:
    """Whether the file gives `document`."""
    with suppress(DocumentError):
        return fingerprint(load(path)) == fingerprint(document)
    return False


def _beside(path: Path) -> tuple[Path, Path]:
    return path.with_suffix(".toml"), path.with_name(path.name + ".toml")


def _copy(path: Path, document: Document, folder: Path) -> Path:
    """Copies the file under a name of its own, its extras first, so that it is never seen without them."""
    target = _reserve(folder, path)
    extras = {
        name: value
        for name, value in (("url", document.url), ("tags", list(document.tags)))
        if value
    }
    # A JSON string, or list of strings, is a TOML one.
    lines = "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in extras.items()
    )
    try:
        if extras:
            _write(target.with_suffix(".toml"), lines.encode())
        _write(target, path.read_bytes())
    except OSError:
        target.unlink()
        target.with_suffix(".toml").unlink(missing_ok=True)
        raise
    return target


def _reserve(folder: Path, path: Path) -> Path:
    """An empty file made now in `folder`, named like `path`, whose stem no other file there has."""
    safe = _UNSAFE.sub("-", path.stem)
    # A name that begins with a point or _ would be passed over from then on.
    stem = safe.lstrip(" .-_").rstrip(" .-")[:LONGEST_STEM].rstrip(" .-") or "article"
    taken = {other.stem.lower() for other in folder.iterdir()}
    names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    target = folder / f"{next(n for n in names if n.lower() not in taken)}{path.suffix.lower()}"
    target.open("xb").close()
    return target


def _write(target: Path, data: bytes) -> None:
    """All of `data`, safely on the disk, or nothing."""
    with NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".tmp", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)
            os.replace(file.name, target)
        except OSError:
            os.unlink(file.name)
            raise


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DocumentError(
            f"无法写入文章目录 {shown(folder)}：{error.strerror}。请检查权限和磁盘空间，或用 --corpus 指定别的目录。",
            f"Cannot write into the folder of articles {shown(folder)}: {error.strerror}. Check its permissions and "
            "the free space, or name another folder with --corpus.",
        ) from error
