"""Question sets of every layout that is read, with the corpus they ask about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from bot.evals.datasets.cases import Case, Dataset, Diagnostic, Unit, dataset_error
from bot.evals.datasets.native import read_native
from bot.evals.datasets.squad import read_squad
from bot.evals.datasets.trec import read_beir, read_trec
from corpus import Document
from corpus.intake.decode import read_bytes, shown

__all__ = [
    "Case",
    "Dataset",
    "DatasetSplit",
    "Diagnostic",
    "Unit",
    "read_dataset",
    "sample",
    "select",
]

DatasetSplit = Literal["all", "report", "fit", "train"]


def read_dataset(path: Path, documents: Sequence[Document] | None = None) -> Dataset:
    """The question set at `path`, its gold as spans of `documents` or of the corpus that it brings along.

    Told by its layout: native JSON lines (.jsonl; needs documents); SQuAD (.json, its paragraphs are a corpus); a BEIR
    folder (queries.jsonl; has a corpus); a TREC folder (topics.tsv and qrels.txt; needs documents).
    Raises UsageError, with the line, where it is malformed, or no case or no document is left; DocumentError where a
    file cannot be read.
    """
    where = shown(path)
    if documents is not None and not documents:
        raise dataset_error(
            where,
            "语料是空的。请给出有文档的语料。",
            "the corpus is empty. Give one that has documents.",
        )
    if path.is_dir() and (path / "queries.jsonl").exists():
        return read_beir(path, documents)
    trec, native = (path / "topics.tsv").exists(), path.suffix.lower() == ".jsonl"
    if documents is None and (trec or native):
        raise dataset_error(
            where,
            "这种题集需要语料。请用 --corpus 指定。",
            "such a set needs a corpus. Name one with --corpus.",
        )
    if documents is not None and trec:
        return read_trec(path, documents)
    if documents is not None and native:
        return read_native(path, documents)
    if path.suffix.lower() == ".json":
        return read_squad(path, documents)
    if not path.exists():
        read_bytes(path, 0)  # Says so.
    raise dataset_error(
        where,
        "不是题集。可用的有 .jsonl、SQuAD 格式的 .json，以及 BEIR 或 TREC 的文件夹。",
        "not a question set. Use .jsonl, SQuAD-layout .json, or a BEIR or TREC folder.",
    )


def select(dataset: Dataset, part: DatasetSplit) -> Dataset:
    """The questions of one part of a set, and of those left out; the corpus stays whole.

    Raises UsageError where the part has no question.
    """
    if part == "all":
        return dataset
    cases = tuple(case for case in dataset.cases if _part(dataset, case.case_id) == part)
    if not cases:
        raise dataset_error(
            dataset.name,
            f"没有属于 {part} 部分的题目。",
            f"no question belongs to the part {part}.",
        )
    left_out, notes = (
        tuple(n for n in listed if not n.case_id or _part(dataset, n.case_id) == part)
        for listed in (dataset.left_out, dataset.warnings)
    )
    return replace(dataset, cases=cases, left_out=left_out, warnings=notes)


def sample(dataset: Dataset, size: int) -> Dataset:
    """`size` of the questions, in their order: those whose ids have the least SHA-256; all of them for 0."""
    if not 0 < size < len(dataset.cases):
        return dataset
    least = sorted(dataset.cases, key=lambda case: hashlib.sha256(case.case_id.encode()).digest())[
        :size
    ]
    chosen = {case.case_id for case in least}
    return replace(dataset, cases=tuple(case for case in dataset.cases if case.case_id in chosen))


def _part(dataset: Dataset, case_id: str) -> str:
    return dataset.splits.get(case_id, "report")
