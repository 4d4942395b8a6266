"""Reads documents from one file, from a folder of files, or from whatever `--corpus` names."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from corpus.document import Document, fingerprint, hashed, slug
from corpus.errors import DocumentError
from corpus.intake.article import clean
from corpus.intake.benchmarks import BEIR_CORPUS, load_beir, load_squad
from corpus.intake.characters import private_notes
from corpus.intake.dates import is_published
from corpus.intake.decode import changing, decode, read_bytes, read_toml, shown
from corpus.intake.office.old_formats import refusal
from corpus.intake.page import Line, Page, tidy
from corpus.intake.plain_text import read_text
from corpus.intake.questions import with_questions
from corpus.intake.spacing import settle
from corpus.losses import loss_notes, losses
from corpus.refusals import refusal_of

LARGEST = 20 * 1024 * 1024
"""Largest file, bytes: many times a long book, and what the parsers can hold in memory."""

WALL_SECONDS = 60
"""How long the parser of one file may run, seconds. One that takes longer is stuck."""

NO_DOCUMENT = "_"
"""Begins the name of a file that belongs to a corpus and is no document, such as _terms.toml."""

LARGEST_EXTRAS = 64 * 1024
"""Largest NAME.toml, bytes: it holds an address and a few tags."""

_AT_ONCE = 4
"""Files read at the same time: each PDF, Word or HTML file takes a process and its memory."""

_HEAD = 4096
"""Bytes at the beginning of a file that tell what it is."""

_ROOT = Path(__file__).resolve().parent.parent
_TEXT = (".txt", ".text")
_PARSED = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".shtml": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".dotx": "docx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xltx": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
}


class CorpusFile(NamedTuple):
    """A file of a corpus that is read as a document.

    `digest` is the SHA-256, in hexadecimal, of its name, its bytes and what NAME.toml says: two
    files of one digest give the same document.
    """

    path: Path
    digest: str


class Loaded(NamedTuple):
    """The documents of a corpus, each once, and what was left out.

    `files` are those read, each with the doc_id of its document; two files of the same article have
    one. It is empty for a corpus that is one file of many documents.
    """

    documents: list[Document]
    errors: list[DocumentError]
    files: list[tuple[CorpusFile, str]]


def load(path: Path) -> Document:
    """Reads one file (txt, md, html, pdf, docx, xlsx, csv), with url and tags from the NAME.toml beside it.

    Raises DocumentError where the file is missing, larger than `LARGEST` bytes, of another kind,
    damaged or empty, or where its name begins with `NO_DOCUMENT`.
    """
    if path.name.startswith(NO_DOCUMENT):
        raise DocumentError(
            f"{shown(path)} 的名字以 _ 开头，这样的文件不当作文档。请改名后再试。",
            f"{shown(path)} has a name that begins with _, and such files are no documents. "
            "Rename it.",
        )
    page = read_page(path)
    return document_of(path, page)


def document_of(path: Path, page: Page) -> Document:
    """The document in a page that was read from `path`. Raises DocumentError where there is none."""
    article = clean(page)
    if not article.text:
        raise DocumentError(
            f"{shown(path)} 中没有文字。扫描件请先做文字识别，再存为文本。",
            f"{shown(path)} holds no text. Run a scan through text recognition first, "
            "then save it as text.",
        )
    document = Document(
        doc_id=slug(path.stem),
        title=article.title or tidy(path.stem),
        text=article.text,
        source=article.source,
        url=page.url,
        published=article.published,
        authors=article.authors,
        sections=article.sections,
        unit_spans=article.units,
        details=article.details,
        notes=(
            *page.notes,
            *private_notes(article.text),
            *loss_notes(losses(page.raw, article.text)),
        ),
    )
    return described(document, read_extras(path))


def described(document: Document, extras: Extras) -> Document:
    """A document that was read without a NAME.toml, as one that says `extras` makes it."""
    return replace(
        document,
        title=extras.title or document.title,
        source=extras.source or document.source,
        url=extras.url or document.url,
        published=extras.published or document.published,
        tags=extras.tags,
    )


def read_page(path: Path) -> Page:
    """The page in a file before it is cleaned, read here or, where a parser is needed, by the child process.

    Raises DocumentError.
    """
    suffix = path.suffix.lower()
    data = read_bytes(path, LARGEST)
    if suffix in _TEXT:
        return settle(read_text(decode(data, shown(path))))
    if suffix in _PARSED:
        page = with_questions(settle(_parse(path, _PARSED[suffix])))
        # The child opened the file anew: what it read must be what stands there before and after.
        if read_bytes(path, LARGEST) != data:
            raise changing(path)
        return page
    raise refusal(path, data[:_HEAD]) or DocumentError(
        f"{shown(path)} 的类型不支持。可用的有 txt、md、html、mhtml、pdf、docx、xlsx、csv。",
        f"{shown(path)} is of a kind that cannot be read. Use txt, md, html, mhtml, pdf, docx, xlsx or "
        "csv.",
    )


def load_folders(folders: Sequence[Path], known: Mapping[str, Document] = {}) -> Loaded:
    """Reads the documents in folders, by name, and gives an error for each file that holds none.

    The files are those that `corpus_files` names. Of several files with the same article the
    first is kept. A file whose digest is in `known` is not read again. Raises DocumentError where
    there is no document at all.
    """
    files = [file for folder in folders for file in corpus_files(folder)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(partial(_load_or_error, known=known), files))
    loaded: list[tuple[CorpusFile, Document]] = []
    errors: list[DocumentError] = []
    for file, result in zip(files, results, strict=True):
        if isinstance(result, Document):
            loaded.append((file, result))
        else:
            errors.append(result)
    if not loaded and not errors:
        where = "、".join(map(shown, folders))
        raise DocumentError(
            f"文件夹 {where} 中没有文档。请放入 txt、md、html、pdf、docx、xlsx 或 csv 文件。",
            f"The folder {where} holds no documents. "
            "Put txt, md, html, pdf, docx, xlsx or csv files into it.",
        )
    if not loaded:
        raise errors[0]
    documents, named = _distinct(loaded)
    return Loaded(documents, errors, named)


def corpus_files(folder: Path) -> list[CorpusFile]:
    """The files of a folder that are read as documents, with their digests; or one file as it is.

    Raises DocumentError where the folder or a file cannot be opened.
    """
    try:
        files = [folder] if folder.is_file() else document_files(folder)
        return [CorpusFile(path, digest_of(path)) for path in files]
    except OSError as error:
        why = refusal_of(error)
        raise DocumentError(
            f"无法打开文件夹 {shown(folder)}：{why.zh}。请检查路径和权限。",
            f"Cannot open the folder {shown(folder)}: {why.en}. "
            "Check the path and its permissions.",
        ) from error


def digest_of(path: Path) -> str:
    """The digest of a file, as `CorpusFile` has it. Raises OSError where it cannot be read."""
    whole = hashlib.sha256(os.fsencode(path.name))
    for part in (path, *notes_paths(path)):
        whole.update(b"\0")
        if part == path or part.is_file():
            with part.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def ids_of(path: Path) -> tuple[str, str]:
    """The doc_ids that the document in a file may have: the usual one, and one with a hash.

    It has the second where a file of another article has the first.
    """
    usual = slug(path.stem)
    return usual, hashed(usual, path.name)


def notes_paths(path: Path) -> tuple[Path, Path]:
    """The two names that the NAME.toml of a file may have."""
    return path.with_suffix(".toml"), path.with_name(f"{path.name}.toml")


def document_files(folder: Path) -> list[Path]:
    """The files of `folder` that are read as documents, by name.

    Hidden files, every NAME.toml, and files whose names begin with `NO_DOCUMENT` are passed over.
    Raises OSError where the folder cannot be opened.
    """
    files = []
    for path in sorted(folder.iterdir()):
        passed_over = path.suffix == ".toml" or path.name.startswith((".", NO_DOCUMENT))
        if path.is_file() and not passed_over:
            files.append(path)
    return files


def read_corpus(path: Path, known: Mapping[str, Document] = {}) -> Loaded:
    """Reads what `--corpus PATH` names: a folder, a BEIR folder, a file, or a SQuAD-layout JSON file.

    The errors are those of files that a folder holds and that give no document; `known` is as for
    `load_folders`. Raises DocumentError where there is nothing to read.
    """
    if os.path.isfile(path / BEIR_CORPUS):
        return Loaded(load_beir(path / BEIR_CORPUS), [], [])
    if os.path.isdir(path):
        return load_folders([path], known)
    if path.suffix.lower() == ".json":
        return Loaded(load_squad(path), [], [])
    document = load(path)
    return Loaded([document], [], [(CorpusFile(path, digest_of(path)), document.doc_id)])


def _load_or_error(file: CorpusFile, known: Mapping[str, Document]) -> Document | DocumentError:
    if file.digest in known:
        document, usual = known[file.digest], slug(file.path.stem)
        return document if document.doc_id == usual else replace(document, doc_id=usual)
    try:
        return load(file.path)
    except DocumentError as error:
        return error


def _distinct(
    loaded: Sequence[tuple[CorpusFile, Document]],
) -> tuple[list[Document], list[tuple[CorpusFile, str]]]:
    """The documents, one for each article, and the files that they are in.

    Where two files give the same doc_id, the second one gets a hash.
    """
    documents: dict[str, Document] = {}
    doc_ids: dict[str, str] = {}
    files: list[tuple[CorpusFile, str]] = []
    for file, document in loaded:
        article = fingerprint(document)
        if article not in doc_ids:
            if document.doc_id in documents:
                document = replace(document, doc_id=ids_of(file.path)[1])
            documents[document.doc_id] = document
            doc_ids[article] = document.doc_id
        files.append((file, doc_ids[article]))
    return list(documents.values()), files


def _parse(path: Path, kind: str) -> Page:
    """The page that the child process makes of a file.

    Raises DocumentError where it fails or takes too much.
    """
    command = [sys.executable, "-m", "corpus.intake.child", kind, str(path.resolve())]
    try:
        child = subprocess.run(
            command, cwd=_ROOT, capture_output=True, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much(path) from error
    # A negative code is the signal that ended it: it went over its limit of memory or processor
    # time.
    if child.returncode < 0:
        raise _too_much(path)
    if child.returncode > 0:
        reason = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DocumentError(
            f"解析 {shown(path)} 的程序没有完成：{reason}。请检查安装，或另存为文本。",
            f"The parser of {shown(path)} did not finish: {reason}. "
            "Check the installation, or save the file as text.",
        )
    answer = json.loads(child.stdout)
    if "error" in answer:
        raise DocumentError(*answer["error"])
    lines = tuple(Line(*line) for line in answer.pop("lines"))
    notes = tuple((zh, en) for zh, en in answer.pop("notes"))
    raw = tuple(answer.pop("raw"))
    return Page(lines=lines, notes=notes, raw=raw, **answer)


def _too_much(path: Path) -> DocumentError:
    return DocumentError(
        f"{shown(path)} 解析时超出了时间或内存限制。请拆分文件，或另存为文本。",
        f"{shown(path)} took too much time or memory to parse. Split it, or save it as text.",
    )


class Extras(NamedTuple):
    """What a NAME.toml says: the address of the original, and the tags; and what reading got wrong.

    A site is the tag "site:NAME". `published` is an ISO date. Each may be empty.
    """

    url: str = ""
    tags: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    published: str = ""


def read_extras(document: Path) -> Extras:
    """Reads the NAME.toml or NAME.SUFFIX.toml beside a document; empty where there is none.

    Raises DocumentError where it is not TOML, or holds anything but url, tags, site, title, source
    and published.
    """
    path = _extras_file(document)
    if path is None:
        return Extras()
    fields = read_toml(path, LARGEST_EXTRAS)
    url = fields.pop("url", "")
    tags = fields.pop("tags", [])
    site = fields.pop("site", "")
    title = _text_field(path, fields, "title")
    source = _text_field(path, fields, "source")
    published = _date_field(path, fields)
    if fields:
        raise _wrong(path, "、".join(fields), ", ".join(fields))
    if not isinstance(url, str) or (url and not url.startswith(("http://", "https://"))):
        raise _wrong(path, "url", "url")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _wrong(path, "tags", "tags")
    if not isinstance(site, str):
        raise _wrong(path, "site", "site")
    if site:
        tags.append(f"site:{site}")
    return Extras(url, tuple(tags), title, source, published)


def _text_field(path: Path, fields: dict[str, Any], name: str) -> str:
    """Takes a line of text out of the fields of a NAME.toml; empty where there is none."""
    value = fields.pop(name, "")
    if not isinstance(value, str) or "\n" in value.strip():
        raise _wrong(path, name, name)
    return tidy(value)


def _date_field(path: Path, fields: dict[str, Any]) -> str:
    """Takes `published` out of the fields of a NAME.toml, as an ISO date or month; empty where there
    is none.
    """
    value = fields.pop("published", "")
    if value == "":
        return ""
    # published = "2020-12-05" is a string, published = 2020-12-05 a date of TOML.
    day = value.isoformat() if type(value) is date else value
    if not isinstance(day, str) or not is_published(day):
        raise _wrong(path, "published", "published")
    return day


def _extras_file(document: Path) -> Path | None:
    beside = (document.with_suffix(".toml"), document.with_name(document.name + ".toml"))
    for path in beside:
        if os.path.isfile(path):
            return path
    return None


def _wrong(path: Path, zh: str, en: str) -> DocumentError:
    return DocumentError(
        f"{shown(path)} 中的 {zh} 不对。可用的只有 url（网址）、tags（字符串列表）、site（字符串），"
        "以及用来更正的 title（标题）、source（来源）和 published（日期，如 2020-12-05）。",
        f"{shown(path)} has a wrong {en}. It may hold url (http), tags (a list of strings) and "
        "site (a string); and, to put right what was read, title, source and published (a date, "
        "such as 2020-12-05).",
    )
