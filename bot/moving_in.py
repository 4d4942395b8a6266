"""Moves what earlier versions kept inside the program's folder into the user's data folder, once.

Up to 0.1.0 the state lay in ./var and the documents of the user in corpus/articles, where an update
of the program could touch them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.i18n import Pair
from bot.index_location import ARTICLES, documents_folder
from bot.settings import home
from corpus import DocumentError
from corpus.intake.decode import shown
from corpus.load import document_files, notes_paths
from corpus.refusals import refusal_of

OLD_HOME = ARTICLES.parents[1] / "var"

BUNDLED = frozenset({"gmw-2020-12-05-chengshi-zhili.txt"})
"""The documents that come with the program."""

_STATE = (
    "index*", "corpora", "feedback.sqlite3*", "golden.sqlite3*", "runs.sqlite3*", "counts.sqlite3*",
    "sites.json",
)  # fmt: skip


def move_in(old_home: Path = OLD_HOME, articles: Path = ARTICLES) -> list[Pair]:
    """Moves them, and says what was moved. What is there already is never replaced.

    The state is moved only where CHENGWEN_HOME names no folder of its own. Raises DocumentError
    where the system refuses.
    """
    try:
        return [*_move_state(old_home), *_move_documents(articles)]
    except OSError as error:
        why = refusal_of(error, home())
        where = shown(home())
        raise DocumentError(
            f"无法把旧版本的文件移到 {where}：{why.zh}。{why.remedy_zh}，或用 CHENGWEN_HOME 指定别的目录。",
            f"Cannot move the files of an earlier version to {where}: {why.en}. {why.remedy_en}, or "
            "name another folder with CHENGWEN_HOME.",
        ) from error


def _move_state(old_home: Path) -> Iterator[Pair]:
    if os.environ.get("CHENGWEN_HOME") or not old_home.is_dir() or old_home == home():
        return
    moved = []
    for pattern in _STATE:
        for path in sorted(old_home.glob(pattern)):
            if not (home() / path.name).exists():
                home().mkdir(parents=True, exist_ok=True)
                shutil.move(path, home() / path.name)
                moved.append(path.name)
    if moved:
        there, here = shown(old_home), shown(home())
        yield (
            f"旧版本的数据已从 {there} 移到 {here}：{'、'.join(moved)}。",
            f"The data of an earlier version were moved from {there} to {here}: {', '.join(moved)}.",
        )


def _move_documents(articles: Path) -> Iterator[Pair]:
    folder = documents_folder()
    for path in document_files(articles):
        target = folder / path.name
        if path.name in BUNDLED or target.exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        for notes in notes_paths(path):
            if notes.is_file():
                shutil.move(notes, folder / notes.name)
        shutil.move(path, target)
        yield (
            f"{path.name} 已从 {shown(articles)} 移到 {shown(folder)}。",
            f"{path.name} was moved from {shown(articles)} to {shown(folder)}.",
        )
