"""`chengwen add`, `list` and `remove`: the documents that the user has added."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from bot.cli.output import note, pick, show, show_json
from bot.index_build import recorded_corpus
from bot.library import Library
from bot.library_additions import Addition, Additions, LibraryEntry
from bot.settings import Settings, load_settings
from corpus import Document, DocumentError
from corpus.intake.decode import shown
from corpus.split import split

REFUSED = 2
"""The exit code where a file was no document."""


def run(arguments: Namespace) -> int:
    """Adds, lists or removes documents. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    corpus = arguments.corpus or recorded_corpus(arguments.index)
    library = Library(settings, corpus, arguments.index)
    if arguments.command == "list":
        _list(library.entries(library.hold()), settings, arguments.json)
        return 0
    if library.folder.exists() and not library.folder.is_dir():
        raise DocumentError(
            f"{shown(library.folder)} 不是目录：收录和移除只用于目录。",
            f"{shown(library.folder)} is not a folder: only a folder takes articles.",
        )
    if arguments.command == "add":
        additions = library.add(arguments.files, arguments.url, arguments.replace)
        _show_additions(additions, arguments.replace)
        _show_size(library)
        return REFUSED if additions.refused else 0
    for path in library.remove(arguments.doc_ids):
        show(pick(f"已移除 {shown(path)}", f"removed {shown(path)}"))
    _show_size(library)
    return 0


def _show_additions(additions: Additions, replaced: bool) -> None:
    for addition in additions.new:
        _show_addition(addition, replaced)
    for (path, document), older in additions.known:
        zh = f"已有同一篇 {document.doc_id}（{shown(path)}），没有重复收录"
        show(pick(zh, f"{document.doc_id} is there already ({shown(path)})"))
        _show_older(older, replaced)
    for error in additions.refused:
        note(pick(f"没有收录：{error.zh}", f"left out: {error.en}"))


def _show_addition(addition: Addition, replaced: bool) -> None:
    path, document = addition.entry
    zh = f"已收录 {document.doc_id}：{document.title}（{shown(path)}）"
    show(pick(zh, f"added {document.doc_id}: {document.title} ({shown(path)})"))
    _show_older(addition.older, replaced)
    _show_notes(document)


def _show_older(older: Iterable[LibraryEntry], replaced: bool) -> None:
    """What was held beside a document under its name: replaced, or still there."""
    for path, document in older:
        name = document.doc_id
        if not path.exists():
            show(pick(f"  已替换 {name}", f"  replaced {name}"))
            continue
        zh = f"  另有同名的 {name}，文字不同，两篇都在。"
        en = f"  {name} has the same name and another text; both are there."
        if not replaced:
            zh += "要只留这一篇，请用 --replace。"
            en += " Use --replace to keep this one alone."
        show(pick(zh, en))


def _list(entries: Iterable[LibraryEntry], settings: Settings, as_json: bool) -> None:
    of_documents = {entry.document.doc_id: entry for entry in entries}
    rows = [_row(entry, settings) for entry in of_documents.values()]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        characters, passages = row["characters"], row["passages"]
        size = pick(
            f"{characters} 字，{passages} 段", f"{characters} characters, {passages} passages"
        )
        columns = (row["doc_id"], row["title"], row["published"], size)
        show("  ".join(str(column) for column in columns if column))
        for line in row["notes"]:
            show(_note_line(line))


def _show_notes(document: Document) -> None:
    """Says what reading a document left out, one line each."""
    for text in document.notes:
        show(_note_line(pick(*text)))


def _note_line(text: str) -> str:
    return f"  {pick('提示：', 'Note: ')}{text}"


def _row(entry: LibraryEntry, settings: Settings) -> dict[str, Any]:
    document = entry.document
    return {
        "doc_id": document.doc_id,
        "title": document.title,
        "published": document.published,
        "url": document.url,
        "characters": len(document.text),
        "passages": len(split(document, settings.split.size)),
        "file": shown(entry.path),
        "details": dict(document.details),
        "notes": [pick(*text) for text in document.notes],
    }


def _show_size(library: Library) -> None:
    """Says how much is indexed, unless no document is left."""
    try:
        facts = library.facts()
    except DocumentError:
        zh = "目录中已没有文章。"
        note(pick(zh, "The folder holds no articles any more."))
        return
    documents, passages = facts["documents"], facts["passages"]
    zh = f"索引共 {documents} 篇，{passages} 段。"
    note(pick(zh, f"{documents} documents, {passages} passages indexed."))
