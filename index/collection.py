"""What an index is about: documents, their passages, and the sentences inside the passages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus import Document, Passage, Section
from corpus.document import Kind, Span, UnitSpan
from corpus.split import PASSAGE_SIZE, sentences_in, split
from index.retriever import RowNumbers

DOCUMENTS_FILE = "documents.jsonl"
SPANS_FILE = "spans.npz"


@dataclass(frozen=True)
class Collection:
    """Documents with n passages and m sentences, all in row order.

    `first_sentence` is (n + 1,): the sentences of passage i are the rows from first_sentence[i] up
    to first_sentence[i + 1].
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: tuple[Passage, ...]
    first_sentence: RowNumbers

    def indexed_texts(self) -> list[str]:
        """Returns what is encoded and searched for each passage: title, heading and text."""
        return [_indexed_text(passage) for passage in self.passages]

    def rows_of(self, passages: Iterable[Passage]) -> RowNumbers:
        """Returns the row of each of `passages`, -1 for one that the collection does not hold."""
        rows = [self._row_of_id.get(passage.passage_id, -1) for passage in passages]
        return np.array(rows, np.intp)

    def passages_of(self, sentence_rows: RowNumbers) -> RowNumbers:
        """Returns the rows of the passages that hold the sentences `sentence_rows`."""
        following = np.searchsorted(self.first_sentence, sentence_rows, side="right")
        return following.astype(np.intp) - 1

    def sentences_of(self, passage_row: int) -> range:
        """Returns the rows of the sentences of a passage."""
        first = int(self.first_sentence[passage_row])
        end = int(self.first_sentence[passage_row + 1])
        return range(first, end)

    def before(self, sentence_row: int) -> Passage | None:
        """Returns the sentence before that of a row, maybe of another document; None before the first."""
        return self.sentences[sentence_row - 1] if sentence_row else None

    def sentences_of_passages(self, passage_rows: RowNumbers) -> RowNumbers:
        """Returns the rows of the sentences of the passages `passage_rows`."""
        ranges = [np.arange(0)]
        ranges += [np.array(self.sentences_of(int(row))) for row in passage_rows]
        return np.concatenate(ranges).astype(np.intp)

    def passages_in(self, doc_ids: Iterable[str]) -> RowNumbers:
        """Returns the rows of the passages of the documents `doc_ids`, in order, each once."""
        rows: list[int] = []
        for doc_id in dict.fromkeys(doc_ids):
            rows += self._rows_of_document.get(doc_id, ())
        return np.array(sorted(rows), np.intp)

    def parts_of(self, document: Document) -> list[tuple[Passage, list[Passage]]]:
        """Returns the passages of a document, each with its sentences; [] if it is not held as it is."""
        rows = self._rows_of_document.get(document.doc_id, [])
        if not rows or self.passages[rows[0]].document != document:
            return []
        return [
            (self.passages[row], [self.sentences[i] for i in self.sentences_of(row)])
            for row in rows
        ]

    def only(self, rows: RowNumbers) -> Collection:
        """Returns a collection of the passages `rows`, in order, and of the documents they are of."""
        passages = [self.passages[row] for row in rows]
        held = {passage.document.doc_id for passage in passages}
        lengths = [len(self.sentences_of(int(row))) for row in rows]
        return Collection(
            documents=tuple(one for one in self.documents if one.doc_id in held),
            passages=tuple(passages),
            sentences=tuple(self.sentences[row] for row in self.sentences_of_passages(rows)),
            first_sentence=np.cumsum([0, *lengths]).astype(np.intp),
        )

    def save(self, folder: Path) -> None:
        """Writes the documents as JSON lines and the spans as arrays into `folder`."""
        lines = []
        row_of_document = {}
        for row, document in enumerate(self.documents):
            lines.append(json.dumps(_stored(document), ensure_ascii=False))
            row_of_document[document.doc_id] = row
        (folder / DOCUMENTS_FILE).write_text("\n".join(lines), encoding="utf-8")
        np.savez(
            folder / SPANS_FILE,
            allow_pickle=False,
            passages=_spans(self.passages, row_of_document),
            sentences=_spans(self.sentences, row_of_document),
            first_sentence=self.first_sentence,
        )

    @classmethod
    def load(cls, folder: Path) -> Collection:
        """Reads what `save` wrote."""
        lines = (folder / DOCUMENTS_FILE).read_text(encoding="utf-8").split("\n")
        documents = [_document(json.loads(line)) for line in lines if line]
        with np.load(folder / SPANS_FILE, allow_pickle=False) as arrays:
            return cls(
                documents=tuple(documents),
                passages=_passages(arrays["passages"], documents),
                sentences=_passages(arrays["sentences"], documents),
                first_sentence=arrays["first_sentence"].astype(np.intp),
            )

    @cached_property
    def _rows_of_document(self) -> Mapping[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(self.passages):
            rows.setdefault(passage.document.doc_id, []).append(row)
        return rows

    @cached_property
    def _row_of_id(self) -> Mapping[str, int]:
        return {passage.passage_id: row for row, passage in enumerate(self.passages)}


def collect(
    documents: Sequence[Document], size: int = PASSAGE_SIZE, earlier: Collection | None = None
) -> Collection:
    """Splits `documents` into passages of at most `size` characters, and those into sentences.

    A document that `earlier` holds as it is, split in the same way, is not split again.
    """
    passages: list[Passage] = []
    inside: list[Passage] = []
    first_sentence = [0]
    for document in documents:
        parts = earlier.parts_of(document) if earlier else []
        for passage, sentences in parts or _parts(document, size):
            passages.append(passage)
            inside += sentences
            first_sentence.append(len(inside))
    return Collection(
        documents=tuple(documents),
        passages=tuple(passages),
        sentences=tuple(inside),
        first_sentence=np.array(first_sentence, np.intp),
    )


def _parts(document: Document, size: int) -> list[tuple[Passage, list[Passage]]]:
    """The passages of a document, each with its sentences."""
    return [(passage, sentences_in(passage)) for passage in split(document, size)]


def _indexed_text(passage: Passage) -> str:
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def _unit_span(
    start: int, end: int, kind: Kind, context: Sequence[Sequence[int]], page: int | None
) -> UnitSpan:
    return UnitSpan(start, end, kind, tuple(Span(*span) for span in context), page)


def _spans(
    passages: Sequence[Passage], row_of_document: Mapping[str, int]
) -> npt.NDArray[np.int32]:
    """Returns (n, 3): the row of the document, start and end (characters) of each passage."""
    spans = [(row_of_document[p.document.doc_id], p.start, p.end) for p in passages]
    return np.array(spans, np.int32).reshape(-1, 3)


def _passages(spans: npt.NDArray[np.int32], documents: Sequence[Document]) -> tuple[Passage, ...]:
    """Returns the passages that `_spans` made (n, 3) of."""
    return tuple(Passage(documents[row], start, end) for row, start, end in spans.tolist())


def _stored(document: Document) -> dict[str, Any]:
    """Returns the fields of a document for JSON."""
    values = {field.name: getattr(document, field.name) for field in fields(document)}
    return {**values, "sections": [asdict(section) for section in document.sections]}


def _document(stored: Mapping[str, Any]) -> Document:
    """Returns the document whose `asdict` went through JSON, which knows no tuples."""
    values = dict(stored)
    for name in ("authors", "tags"):
        values[name] = tuple(stored[name])
    for name in ("details", "notes"):
        values[name] = tuple((one, other) for one, other in stored[name])
    values["sections"] = tuple(Section(**section) for section in stored["sections"])
    values["unit_spans"] = tuple(_unit_span(*span) for span in stored["unit_spans"])
    return Document(**values)
