"""What an index is about: documents, their passages, and the sentences inside the passages, each in row order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus import Document, Passage, Section
from corpus.language.text import sentences
from corpus.split import PASSAGE_SIZE, split

DOCUMENTS_FILE, SPANS_FILE = "documents.jsonl", "spans.npz"

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Collection:
    """`first_sentence` is (n + 1,): the sentences of passage r are rows first_sentence[r] to first_sentence[r + 1]."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: tuple[Passage, ...]
    first_sentence: Rows

    def searched(self) -> list[str]:
        """What is embedded and searched of each passage: title and heading, then its text."""
        return [f"{p.context}\n{p.text}" if p.context else p.text for p in self.passages]

    def rows_of(self, passages: Iterable[Passage]) -> Rows:
        """The row of each of `passages`, -1 for one that was cut otherwise."""
        return np.array([self._rows.get(passage.passage_id, -1) for passage in passages], np.intp)

    def passages_of(self, sentence_rows: Rows) -> Rows:
        """The rows of the passages that hold these sentences."""
        return np.searchsorted(self.first_sentence, sentence_rows, side="right").astype(np.intp) - 1

    def sentences_of(self, passage_row: int) -> range:
        """The rows of a passage's sentences."""
        return range(
            int(self.first_sentence[passage_row]), int(self.first_sentence[passage_row + 1])
        )

    def save(self, folder: Path) -> None:
        """Writes the documents as JSON lines and the spans as arrays into `folder`."""
        lines = (json.dumps(asdict(document), ensure_ascii=False) for document in self.documents)
        (folder / DOCUMENTS_FILE).write_text("\n".join(lines), encoding="utf-8")
        row = {document.doc_id: at for at, document in enumerate(self.documents)}
        spans = {
            name: np.array(
                [(row[p.document.doc_id], p.start, p.end) for p in found], np.int32
            ).reshape(-1, 3)
            for name, found in (("passages", self.passages), ("sentences", self.sentences))
        }
        arrays = {"first_sentence": self.first_sentence, **spans}
        np.savez(folder / SPANS_FILE, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, folder: Path) -> Collection:
        """Reads what `save` wrote."""
        lines = (folder / DOCUMENTS_FILE).read_text(encoding="utf-8").split("\n")
        documents = tuple(_document(json.loads(line)) for line in lines if line)
        with np.load(folder / SPANS_FILE, allow_pickle=False) as arrays:
            passages, found = (
                tuple(Passage(documents[d], start, end) for d, start, end in arrays[name].tolist())
                for name in ("passages", "sentences")
            )
            return cls(documents, passages, found, arrays["first_sentence"].astype(np.intp))

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {passage.passage_id: row for row, passage in enumerate(self.passages)}


def collect(documents: Sequence[Document], size: int = PASSAGE_SIZE) -> Collection:
    """Cuts `documents` into passages of at most `size` characters, and those into sentences."""
    passages = tuple(passage for document in documents for passage in split(document, size))
    inside = [
        [Passage(p.document, p.start + start, p.start + end) for start, end in sentences(p.text)]
        for p in passages
    ]
    first = np.cumsum([0, *map(len, inside)]).astype(np.intp)
    return Collection(
        tuple(documents), passages, tuple(s for found in inside for s in found), first
    )


def _document(fields: Mapping[str, Any]) -> Document:
    lists = {name: tuple(fields[name]) for name in ("authors", "tags")}
    sections = tuple(Section(**section) for section in fields["sections"])
    return Document(**{**fields, **lists, "sections": sections})
