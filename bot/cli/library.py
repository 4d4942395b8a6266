"""`chengwen add`, `list` and `remove`: the folder of articles."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from bot.cli.output import note, pick, show, show_json
from bot.index_build import open_index
from bot.index_location import ARTICLES
from bot.library import LibraryEntry, add, entries, remove
from bot.settings import Settings, load_settings
from corpus import Document, DocumentError
from corpus.intake.decode import shown
from corpus.split import split


def run(arguments: Namespace) -> int:
    """Adds, lists or removes articles. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    folder = arguments.corpus or ARTICLES
    if arguments.command == "list":
        _list(folder, settings, arguments.json)
        return 0
    if folder.exists() and not folder.is_dir():
        raise DocumentError(
            f"{shown(folder)} 不是目录：收录和移除只用于目录。",
            f"{shown(folder)} is not a folder: only a folder takes articles.",
        )
    if arguments.command == "add":
        _add(folder, arguments)
    else:
        for path in remove(folder, arguments.doc_id):
            show(pick(f"已移除 {shown(path)}", f"removed {shown(path)}"))
    _refresh(folder, settings, arguments.index)
    return 0


def _add(folder: Path, arguments: Namespace) -> None:
    added, known = add(folder, arguments.files, arguments.url)
    for path, document in added:
        zh = f"已收录 {document.doc_id}：{document.title}（{shown(path)}）"
        show(pick(zh, f"added {document.doc_id}: {document.title} ({shown(path)})"))
        _show_notes(document)
    for path, document in known:
        zh = f"已有同一篇 {document.doc_id}（{shown(path)}），没有重复收录"
        show(pick(zh, f"{document.doc_id} is there already ({shown(path)})"))


def _list(folder: Path, settings: Settings, as_json: bool) -> None:
    rows = [_row(entry, settings) for entry in entries(folder)]
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


def _refresh(folder: Path, settings: Settings, index: Path | None) -> None:
    """Brings the index up to date, unless no article is left."""
    try:
        facts = open_index(settings, folder, index).generation.facts
    except DocumentError:
        zh = "目录中已没有文章，索引保持原样。"
        note(pick(zh, "The folder holds no articles any more; the index is left as it is."))
        return
    documents, passages = facts["documents"], facts["passages"]
    zh = f"索引共 {documents} 篇，{passages} 段。"
    note(pick(zh, f"{documents} documents, {passages} passages indexed."))
