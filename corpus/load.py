"""Files into documents: one file, a folder of files, or whatever `--corpus` names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from corpus.document import Document, fingerprint, hashed, slug
from corpus.errors import DocumentError
from corpus.intake.article import clean
from corpus.intake.benchmarks import BEIR_CORPUS, load_beir, load_squad
from corpus.intake.decode import decode, read_bytes, read_toml, shown
from corpus.intake.markup import read_markdown, read_text
from corpus.intake.page import Line, Page, tidy

LARGEST = 20 * 1024 * 1024
WALL_SECONDS = 60
NO_DOCUMENT = "_"
"""Begins the name of a file that belongs to a corpus and is none of its documents, such as _terms.toml."""

_ROOT = Path(__file__).resolve().parent.parent
_TEXT = {".txt": read_text, ".text": read_text, ".md": read_markdown, ".markdown": read_markdown}
_PARSED = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".shtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
_AT_ONCE = 4


def load(path: Path) -> Document:
    """The document in one file (txt, md, html, pdf, docx), with the url and tags of the NAME.toml beside it.

    Raises DocumentError where the file is missing, larger than `LARGEST` bytes, of another kind, damaged or empty.
    """
    if path.name.startswith(NO_DOCUMENT):
        raise DocumentError(
            f"{shown(path)} 的名字以 _ 开头，这样的文件不当作文档。请改名后再试。",
            f"{shown(path)} has a name that begins with _, and such files are no documents. Rename it.",
        )
    suffix = path.suffix.lower()
    data = read_bytes(path, LARGEST)
    if suffix not in _TEXT and suffix not in _PARSED:
        raise DocumentError(
            f"{shown(path)} 的类型不支持。可用的有 txt、md、html、pdf、docx；旧版 doc 请另存为 docx。",
            f"{shown(path)} is of a kind that cannot be read. Use txt, md, html, pdf or docx; save a doc as docx.",
        )
    page = (
        _TEXT[suffix](decode(data, shown(path)))
        if suffix in _TEXT
        else _parse(path, _PARSED[suffix])
    )
    article = clean(page)
    if not article.text:
        raise DocumentError(
            f"{shown(path)} 中没有文字。扫描件请先做文字识别，再存为文本。",
            f"{shown(path)} holds no text. Run a scan through text recognition first, then save it as text.",
        )
    extras = read_extras(path)
    return Document(
        doc_id=slug(path.stem),
        title=article.title or tidy(path.stem),
        text=article.text,
        source=article.source,
        url=extras.url,
        published=article.published,
        authors=article.authors,
        tags=extras.tags,
        sections=article.sections,
    )


def load_folder(path: Path) -> tuple[list[Document], list[DocumentError]]:
    """The documents in a folder by name, and an error for each file that gives none. Of the same text, the first stays.

    Files that `document_files` does not name are passed over. Raises DocumentError where no document is left.
    """
    try:
        files = document_files(path)
    except OSError as error:
        raise DocumentError(
            f"无法打开文件夹 {shown(path)}：{error.strerror}。请检查路径和权限。",
            f"Cannot open the folder {shown(path)}: {error.strerror}. Check the path and its permissions.",
        ) from error
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(_load_or_error, files))
    errors = [result for result in results if isinstance(result, DocumentError)]
    found = [
        (file, result)
        for file, result in zip(files, results, strict=True)
        if isinstance(result, Document)
    ]
    documents = _distinct(found)
    if not documents and not errors:
        raise DocumentError(
            f"文件夹 {shown(path)} 中没有文档。请放入 txt、md、html、pdf 或 docx 文件。",
            f"The folder {shown(path)} holds no documents. Put txt, md, html, pdf or docx files into it.",
        )
    if not documents:
        raise errors[0]
    return documents, errors


def document_files(folder: Path) -> list[Path]:
    """The files of `folder` that are read as documents, by name: no NAME.toml, no hidden file, none that begins with _.

    Raises OSError where the folder cannot be opened.
    """
    files = []
    for path in sorted(folder.iterdir()):
        passed_over = path.suffix == ".toml" or path.name.startswith((".", NO_DOCUMENT))
        if path.is_file() and not passed_over:
            files.append(path)
    return files


def read_corpus(path: Path) -> tuple[list[Document], list[DocumentError]]:
    """What `--corpus PATH` names: a folder (of files, or BEIR), a file, a SQuAD-layout JSON; errors for files left out.

    Raises DocumentError where there is nothing to read.
    """
    if os.path.isfile(path / BEIR_CORPUS):
        return load_beir(path / BEIR_CORPUS), []
    if os.path.isdir(path):
        return load_folder(path)
    return (load_squad(path) if path.suffix.lower() == ".json" else [load(path)]), []


def _load_or_error(path: Path) -> Document | DocumentError:
    try:
        return load(path)
    except DocumentError as error:
        return error


def _distinct(found: list[tuple[Path, Document]]) -> list[Document]:
    """Documents of different text and of different ids."""
    documents: dict[str, Document] = {}
    seen: set[str] = set()
    for path, document in found:
        digest = fingerprint(document)
        if digest in seen:
            continue
        seen.add(digest)
        if document.doc_id in documents:
            document = replace(document, doc_id=hashed(document.doc_id, path.name))
        documents[document.doc_id] = document
    return list(documents.values())


def _parse(path: Path, kind: str) -> Page:
    """The page that the child process makes of a file."""
    command = [sys.executable, "-m", "corpus.intake.child", kind, str(path.resolve())]
    try:
        child = subprocess.run(
            command, cwd=_ROOT, capture_output=True, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much(path) from error
    if child.returncode < 0:
        raise _too_much(path)
    if child.returncode > 0:
        reason = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DocumentError(
            f"解析 {shown(path)} 的程序没有完成：{reason}。请检查安装，或另存为文本。",
            f"The parser of {shown(path)} did not finish: {reason}. Check the installation, or save the file as text.",
        )
    answer = json.loads(child.stdout)
    if "error" in answer:
        raise DocumentError(*answer["error"])
    lines = tuple(Line(*line) for line in answer["lines"])
    return Page(lines, answer["title"], answer["author"], answer["date"], answer["site"])


def _too_much(path: Path) -> DocumentError:
    return DocumentError(
        f"{shown(path)} 解析时超出了时间或内存限制。请拆分文件，或另存为文本。",
        f"{shown(path)} took too much time or memory to parse. Split it, or save it as text.",
    )


LARGEST_EXTRAS = 64 * 1024


class Extras(NamedTuple):
    """The address of the original and the tags; a site is the tag "site:NAME"."""

    url: str = ""
    tags: tuple[str, ...] = ()


def read_extras(document: Path) -> Extras:
    """The extras of the file at `document`, from NAME.toml or NAME.SUFFIX.toml; empty where there is none.

    Raises DocumentError where it is not TOML, or holds anything but url, tags and site.
    """
    beside = (document.with_suffix(".toml"), document.with_name(document.name + ".toml"))
    path = next((path for path in beside if os.path.isfile(path)), None)
    if path is None:
        return Extras()
    fields = read_toml(path, LARGEST_EXTRAS)
    url, tags, site = (
        fields.pop(name, default) for name, default in (("url", ""), ("tags", []), ("site", ""))
    )
    if fields:
        raise _wrong(path, "、".join(fields), ", ".join(fields))
    if not isinstance(url, str) or not (url == "" or url.startswith(("http://", "https://"))):
        raise _wrong(path, "url", "url")
    if (
        not isinstance(site, str)
        or not isinstance(tags, list)
        or not all(isinstance(tag, str) for tag in tags)
    ):
        raise _wrong(path, "tags 或 site", "tags or site")
    return Extras(url, (*tags, *([f"site:{site}"] if site else [])))


def _wrong(path: Path, zh: str, en: str) -> DocumentError:
    return DocumentError(
        f"{shown(path)} 中的 {zh} 不对。可用的只有 url（网址）、tags（字符串列表）和 site（字符串）。",
        f"{shown(path)} has a wrong {en}. It may hold url (http), tags (a list of strings) and site (a string).",
    )
