"""BEIR's folders: corpus.jsonl, queries.jsonl, qrels/test.tsv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.evals.datasets.cases import Dataset, Source, digest, fault, is_text, read_row, read_source
from bot.evals.datasets.trec import Judgement, judged_cases
from corpus import Document
from corpus.intake.benchmarks import BEIR_CORPUS, doc_id, load_beir


def read_beir(path: Path, documents: Sequence[Document] | None = None) -> Dataset:
    """A BEIR folder; its corpus is the documents, unless others of the same ids are given.

    The judgements are qrels/test.tsv, or the only other one there is. Raises UsageError, naming the line, where one is
    malformed or repeats an id.
    """
    asked, judged = read_source(path / "queries.jsonl"), read_source(_judgements(path / "qrels"))
    sources = [asked, judged]
    if documents is None:
        sources.insert(0, read_source(path / BEIR_CORPUS))
        documents = load_beir(path / BEIR_CORPUS)
    topics = {
        case_id: (where, question)
        for where, case_id, _, question in _rows(asked)
        if is_text(question)
    }
    judgements = list(_judged(judged))
    gathering = judged_cases(
        topics, judgements, {document.doc_id: document for document in documents}
    )
    if empty := len(sources[0].lines) - len(documents) if len(sources) == 3 else 0:
        gathering.note("", "", (f"{empty} 篇文档没有文字", f"documents without text: {empty}"))
    return gathering.dataset(path, digest(sources), "document", documents)


def _judgements(folder: Path) -> Path:
    files = sorted(folder.glob("*.tsv"))
    test = folder / "test.tsv"
    if test not in files and len(files) != 1:
        raise fault(str(folder), "需要 test.tsv。", "needs test.tsv.")
    return test if test in files else files[0]


def _rows(source: Source) -> Iterator[tuple[str, str, str, str]]:
    """Where it stands, id, title and text of each line. Raises UsageError where one lacks them or repeats an id."""
    seen: set[str] = set()
    for where, line in source.lines:
        row = read_row(where, line)
        name, title, text = row.get("_id"), row.get("title") or "", row.get("text")
        if not is_text(name) or not isinstance(title, str) or not isinstance(text, str):
            raise fault(where, "需要 _id 和 text。", "needs _id and text.")
        if name in seen:
            raise fault(where, f"编号 {name} 重复。", f"id {name} occurs twice.")
        seen.add(str(name))
        yield where, str(name), title, text


def _judged(source: Source) -> Iterator[Judgement]:
    for number, (where, line) in enumerate(source.lines):
        fields = line.split("\t")
        if len(fields) != 3:
            zh, en = (
                "需要三列，以制表符分隔：query-id corpus-id score。",
                "needs query-id, corpus-id, score between tabs.",
            )
            raise fault(where, zh, en)
        if number or fields != ["query-id", "corpus-id", "score"]:
            yield where, fields[0], doc_id(fields[1]), fields[2].strip()
