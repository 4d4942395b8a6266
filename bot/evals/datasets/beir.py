"""BEIR folders: corpus.jsonl, queries.jsonl, and the judgements in qrels/test.tsv."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.evals.datasets.cases import (
    Dataset,
    DatasetSplit,
    SourceFile,
    dataset_error,
    is_text,
    parse_row,
    read_source,
    sources_sha256,
)
from bot.evals.datasets.trec import Qrel, Topic, cases_from_qrels
from corpus import Document
from corpus.intake.benchmarks import BEIR_CORPUS, beir_doc_id, load_beir

_PARTS: tuple[DatasetSplit, ...] = ("report", "fit", "train")

_QRELS_HEADER = ["query-id", "corpus-id", "score"]


def read_beir(path: Path, documents: Sequence[Document] | None = None) -> Dataset:
    """Reads a BEIR folder; its corpus is used unless `documents` with the same ids are given.

    The judgements are qrels/test.tsv, or else the only file there is. A query may have a `part`,
    as STARD's have: "fit", "train" or "report"; without one it reports.
    Raises UsageError, naming the line, where a line is malformed or repeats an id.
    """
    queries_file = read_source(path / "queries.jsonl")
    qrels_file = read_source(_qrels_path(path / "qrels"))
    sources = [queries_file, qrels_file]
    without_text = 0
    if documents is None:
        corpus_file = read_source(path / BEIR_CORPUS)
        sources.insert(0, corpus_file)
        documents = load_beir(path / BEIR_CORPUS)
        without_text = len(corpus_file.lines) - len(documents)
    by_id = {document.doc_id: document for document in documents}
    builder = cases_from_qrels(_read_queries(queries_file), _read_qrels(qrels_file), by_id)
    if without_text:
        zh = f"{without_text} 篇文档没有文字"
        builder.warn("", "", (zh, f"documents without text: {without_text}"))
    return builder.build(path, sources_sha256(sources), "document", documents)


def _qrels_path(folder: Path) -> Path:
    """The file of judgements to use. Raises UsageError where that is not clear."""
    test = folder / "test.tsv"
    files = sorted(folder.glob("*.tsv"))
    if test in files:
        return test
    if len(files) != 1:
        raise dataset_error(str(folder), "需要 test.tsv。", "needs test.tsv.")
    return files[0]


def _read_queries(source: SourceFile) -> dict[str, Topic]:
    """The questions by id, without those that have no text."""
    topics: dict[str, Topic] = {}
    seen: set[str] = set()
    for line in source.lines:
        row = parse_row(line)
        query_id, title, text = row.get("_id"), row.get("title") or "", row.get("text")
        sound = isinstance(title, str) and isinstance(text, str)
        if not isinstance(query_id, str) or not is_text(query_id) or not sound:
            raise dataset_error(line.where, "需要 _id 和 text。", "needs _id and text.")
        if query_id in seen:
            raise dataset_error(
                line.where, f"编号 {query_id} 重复。", f"id {query_id} occurs twice."
            )
        seen.add(query_id)
        if is_text(text):
            topics[query_id] = Topic(line.where, str(text), _split(row.get("part"), line.where))
    return topics


def _split(part: Any, where: str) -> DatasetSplit:
    """The split that the `part` of a query names. Raises UsageError where it names none."""
    if part is None:
        return "report"
    for split in _PARTS:
        if part == split:
            return split
    raise dataset_error(
        where,
        f"part 应为 {'、'.join(_PARTS)} 之一，不是 {part}。",
        f"part is one of {', '.join(_PARTS)}, not {part}.",
    )


def _read_qrels(source: SourceFile) -> list[Qrel]:
    """The judgements, without the header that the first line may be."""
    qrels: list[Qrel] = []
    for number, line in enumerate(source.lines):
        # Example: "q17<tab>d3<tab>1"
        columns = line.text.split("\t")
        if len(columns) != 3:
            raise dataset_error(
                line.where,
                "需要三列，以制表符分隔：query-id corpus-id score。",
                "needs query-id, corpus-id, score between tabs.",
            )
        if number == 0 and columns == _QRELS_HEADER:
            continue
        # The corpus renames ids that may not be ids of documents.
        query_id, doc_id, grade = columns
        qrels.append(Qrel(line.where, query_id, beir_doc_id(doc_id), grade.strip()))
    return qrels
