"""`chengwen add`, `list` and `remove`: the folder of articles."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.cli.output import note, pick, show, show_json
from bot.index_build import open_index
from bot.index_location import ARTICLES
from bot.library import LibraryEntry, add, entries, remove
from bot.settings import Settings, load_settings
from corpus import DocumentError
from corpus.intake.decode import shown
from corpus.split import split


def run(arguments: Namespace) -> int:
    """Adds, lists or removes. Raises ChengwenError."""
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
        show(
            pick(
                f"已收录 {document.doc_id}：{document.title}（{shown(path)}）",
                f"added {document.doc_id}: {document.title} ({shown(path)})",
            )
        )
    for path, document in known:
        show(
            pick(
                f"已有同一篇 {document.doc_id}（{shown(path)}），没有重复收录",
                f"{document.doc_id} is there already ({shown(path)})",
            )
        )


def _list(folder: Path, settings: Settings, as_json: bool) -> None:
    rows = [_row(found, settings) for found in entries(folder)]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        size = pick(
            f"{row['characters']} 字，{row['passages']} 段",
            f"{row['characters']} characters, {row['passages']} passages",
        )
        show(
            "  ".join(
                str(part) for part in (row["doc_id"], row["title"], row["published"], size) if part
            )
        )


def _row(found: LibraryEntry, settings: Settings) -> dict[str, object]:
    document = found.document
    return {
        "doc_id": document.doc_id,
        "title": document.title,
        "published": document.published,
        "url": document.url,
        "characters": len(document.text),
        "passages": len(split(document, settings.split.size)),
        "file": shown(found.path),
    }


def _refresh(folder: Path, settings: Settings, index: Path | None) -> None:
    """Brings the index up to date, where there is still anything to index."""
    try:
        facts = open_index(settings, folder, index).generation.facts
    except DocumentError:
        note(
            pick(
                "目录中已没有文章，索引保持原样。",
                "The folder holds no articles any more; the index is left as it is.",
            )
        )
        return
    note(
        pick(
            f"索引共 {facts['documents']} 篇，{facts['passages']} 段。",
            f"{facts['documents']} documents, {facts['passages']} passages indexed.",
        )
    )
