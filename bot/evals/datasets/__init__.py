"""Question sets of every layout that is read, with the corpus they ask about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.evals.datasets.beir import read_beir
from bot.evals.datasets.cases import (
    Case,
    Dataset,
    DatasetSplit,
    Diagnostic,
    RetrievalUnit,
    dataset_error,
)
from bot.evals.datasets.native import read_native
from bot.evals.datasets.squad import read_squad
from bot.evals.datasets.trec import read_trec
from corpus import Document
from corpus.intake.decode import read_bytes, shown

__all__ = [
    "Case",
    "Dataset",
    "DatasetSplit",
    "Diagnostic",
    "RetrievalUnit",
    "read_dataset",
    "sample",
    "select",
]


def read_dataset(path: Path, documents: Sequence[Document] | None = None) -> Dataset:
    """Reads the question set at `path`; its gold becomes spans of the documents.

    The layout decides how it is read:
    - a BEIR folder (queries.jsonl), which brings a corpus;
    - a TREC folder (topics.tsv and qrels.txt), which needs `documents`;
    - native JSON lines (.jsonl), which need `documents`;
    - SQuAD (.json), whose paragraphs are a corpus.

    Raises UsageError, naming the line, where the set is malformed, or has no case or no document
    left, and DocumentError where a file cannot be read.
    """
    if documents is not None and not documents:
        raise dataset_error(
            shown(path),
            "语料是空的。请给出有文档的语料。",
            "the corpus is empty. Give one that has documents.",
        )
    if path.is_dir() and (path / "queries.jsonl").exists():
        return read_beir(path, documents)
    if (path / "topics.tsv").exists():
        return read_trec(path, _required(documents, path))
    if path.suffix.lower() == ".jsonl":
        return read_native(path, _required(documents, path))
    if path.suffix.lower() == ".json":
        return read_squad(path, documents)
    if not path.exists():
        # Raises the same error as any other file that is missing.
        read_bytes(path, 0)
    raise dataset_error(
        shown(path),
        "不是题集。可用的有 .jsonl、SQuAD 格式的 .json，以及 BEIR 或 TREC 的文件夹。",
        "not a question set. Use .jsonl, SQuAD-layout .json, or a BEIR or TREC folder.",
    )


def select(dataset: Dataset, split: DatasetSplit) -> Dataset:
    """The dataset with only the questions of `split`, used or left out; the corpus stays whole.

    Raises UsageError where the split has no question.
    """
    if split == "all":
        return dataset
    cases = [case for case in dataset.cases if _split(dataset, case.case_id) == split]
    if not cases:
        raise dataset_error(
            dataset.name,
            f"没有属于 {split} 部分的题目。",
            f"no question belongs to the part {split}.",
        )
    return replace(
        dataset,
        cases=tuple(cases),
        left_out=_diagnostics_of(dataset, dataset.left_out, split),
        warnings=_diagnostics_of(dataset, dataset.warnings, split),
    )


def sample(dataset: Dataset, size: int) -> Dataset:
    """The dataset with `size` of its questions, in their order; all of them for 0.

    Those with the lowest SHA-256 of their id are taken: the same file gives the same sample.
    """
    if not 0 < size < len(dataset.cases):
        return dataset
    by_hash = sorted(dataset.cases, key=_id_hash)
    chosen = {case.case_id for case in by_hash[:size]}
    cases = [case for case in dataset.cases if case.case_id in chosen]
    return replace(dataset, cases=tuple(cases))


def _required(documents: Sequence[Document] | None, path: Path) -> Sequence[Document]:
    """The documents. Raises UsageError where none are given."""
    if documents is None:
        raise dataset_error(
            shown(path),
            "这种题集需要语料。请用 --corpus 指定。",
            "such a set needs a corpus. Name one with --corpus.",
        )
    return documents


def _split(dataset: Dataset, case_id: str) -> DatasetSplit:
    return dataset.splits.get(case_id, "report")


def _diagnostics_of(
    dataset: Dataset, diagnostics: Iterable[Diagnostic], split: DatasetSplit
) -> tuple[Diagnostic, ...]:
    """Those of the split's questions, and those of the whole set."""
    kept: list[Diagnostic] = []
    for diagnostic in diagnostics:
        if not diagnostic.case_id or _split(dataset, diagnostic.case_id) == split:
            kept.append(diagnostic)
    return tuple(kept)


def _id_hash(case: Case) -> bytes:
    return hashlib.sha256(case.case_id.encode()).digest()
