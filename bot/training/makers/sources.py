"""The documents that questions may be made from: never those that figures are reported on.

Of `laws` (by file name) and of `news_fit` (in file order) every third is for reporting only, of
STARD the articles that answer a question for reporting. A text of the news corpus that shares more
than a fifth with a document of `news_fit` is left out with them.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from bot.training.kinds import LAWS, NEWS
from corpus import Document, DocumentError, UsageError
from corpus.intake.benchmarks import beir_document, load_squad
from corpus.intake.decode import shown
from corpus.load import document_files, load, read_corpus
from corpus.refusals import refusal_of

T = TypeVar("T")

STARD, NEWS_CORPUS = "stard", "news_corpus.jsonl.gz"

REPORTED = 3
"""The running number, from 1, of a document that is for reporting only is divisible by this."""

RUN = 20
"""Characters of a run of text that two texts share by no accident."""

SHARED = 0.2
"""Share of the runs of either text from which they tell the same: see the README of the data."""


def documents_in(path: Path) -> Iterator[tuple[str, Document]]:
    """The documents of a folder or a file that may be asked, each with the name of its source.

    Sets that are reported on are known by their names, whether `path` is one of them or holds them.
    Raises UsageError where it holds nothing, DocumentError where something cannot be read.
    """
    sets = [path / name for name in (LAWS, NEWS, STARD, NEWS_CORPUS) if (path / name).exists()]
    found = False
    for one in sets or [path]:
        for document in _documents_of(one):
            found = True
            yield one.name.partition(".")[0], document
    if not found:
        raise UsageError(
            f"{shown(path)} 中没有文档。请给出文件夹，或 $CHENGWEN_DATA。",
            f"{shown(path)} holds no documents. Name a folder of them, or $CHENGWEN_DATA.",
        )


def _documents_of(path: Path) -> Sequence[Document]:
    """The documents of one source, without those for reporting."""
    if path.name == LAWS:
        return [load(file) for file in fitted(sorted(document_files(path)))]
    if path.name == NEWS:
        return fitted(load_squad(path))
    if path.name == STARD:
        reported = _reported_articles(path)
        articles = _beir(path / "corpus.jsonl.gz")
        return [article for article in articles if article.doc_id not in reported]
    if path.name == NEWS_CORPUS:
        reported_news = path.parent / NEWS
        others = load_squad(reported_news) if reported_news.is_file() else []
        return unlike(_beir(path), others)
    return read_corpus(path).documents


def fitted(ordered: Sequence[T]) -> list[T]:
    """All but every third: what may be fitted and trained on."""
    return [one for number, one in enumerate(ordered, 1) if number % REPORTED]


def unlike(documents: Iterable[Document], others: Sequence[Document]) -> list[Document]:
    """The documents that share with none of the others more than SHARED of the runs of either."""
    holders: dict[str, list[int]] = {}
    sizes: list[int] = []
    for number, other in enumerate(others):
        runs = _runs(other.text)
        sizes.append(len(runs))
        for run in runs:
            holders.setdefault(run, []).append(number)
    return [one for one in documents if not _is_alike(_runs(one.text), holders, sizes)]


def _is_alike(runs: set[str], holders: dict[str, list[int]], sizes: Sequence[int]) -> bool:
    shared: Counter[int] = Counter()
    for run in runs:
        shared.update(holders.get(run, ()))
    return any(count > SHARED * min(sizes[at], len(runs)) for at, count in shared.items())


def _runs(text: str) -> set[str]:
    return {text[start : start + RUN] for start in range(max(1, len(text) - RUN + 1))}


def _beir(path: Path) -> Iterator[Document]:
    """The documents of a packed corpus in BEIR's layout. Raises DocumentError."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as packed:
            lines = list(packed)
    except OSError as error:
        refusal = refusal_of(error, path)
        raise DocumentError(
            f"无法读取 {shown(path)}：{refusal.zh}，{refusal.remedy_zh}。",
            f"Cannot read {shown(path)}: {refusal.en}: {refusal.remedy_en}.",
        ) from error
    for number, line in enumerate(lines, 1):
        document = beir_document(line, f"{shown(path)} line {number}")
        if document.text:
            yield document


def _reported_articles(path: Path) -> set[str]:
    """The ids of the articles of STARD that answer a question for reporting."""
    parts: dict[str, str] = {}
    for line in (path / "queries.jsonl").read_text("utf-8").splitlines():
        query = json.loads(line)
        parts[query["_id"]] = query.get("part", "report")
    reported: set[str] = set()
    for qrels in sorted((path / "qrels").glob("*.tsv")):
        for line in qrels.read_text("utf-8").splitlines()[1:]:
            query_id, article, *_ = line.split("\t")
            if parts.get(query_id) != "fit":
                reported.add(article)
    return reported
