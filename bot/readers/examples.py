"""Examples to fit the reader on: sentences that answer a question, and others, from sets in SQuAD layout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bot.question import analyse
from bot.readers.extractive import Candidate
from bot.readers.spans import occurrences
from bot.service import Service
from corpus import Document, DocumentError, Passage
from corpus.text import fold
from index import Hit, Vectors

PASSAGES = 10
"""Passages whose sentences are candidates, as in the service."""

SPARE = 20
"""Further passages searched, to take the place of those of a deleted document."""

Deleted = Literal["nothing", "document", "sentences"]
"""What is taken away before the question is asked: nothing, the document with the answer, the sentences with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set, with the span of its answer; `number` counts the set's paragraphs from 0."""

    number: int
    question: str
    gold: Passage


@dataclass(frozen=True, slots=True)
class Example:
    """The n candidates of a question: `features` (n, len(FEATURES)), and which of them overlap the answer, (n,).

    `spans` (n,): log-odds of the likeliest span in each, where a network has read.
    """

    features: Vectors
    right: npt.NDArray[np.bool_]
    spans: Vectors | None = None


def read_questions(path: Path, documents: Iterable[Document]) -> list[Asked]:
    """The questions of a SQuAD-layout file whose paragraphs are `documents`.

    Wrong offsets are mended by the answer's text; questions whose answer is not in the text are left out. Raises
    DocumentError where the file is not of that layout.
    """
    known = {int(document.doc_id.rpartition("-")[2]): document for document in documents}
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
        return [
            Asked(number, str(qa["question"]), gold)
            for number, paragraph in enumerate(paragraphs)
            for qa in paragraph["qas"]
            if number in known and (gold := _gold(known[number], qa["answers"][0]))
        ]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DocumentError(
            f"{path} 不是可用的 SQuAD 格式题集：{error!r}。请检查文件是否完整。",
            f"{path} is no usable question set in SQuAD layout: {error!r}. Is it complete?",
        ) from error


def examples(service: Service, questions: Iterable[Asked], deleted: Deleted = "nothing") -> Iterator[Example]:
    """What the service's own search and reader make of the questions; those without any candidate are left out."""
    for asked in questions:
        # As it stands: words of like meaning would teach the model to trust bare coverage.
        question = analyse(asked.question, service.snapshot.segmenter)
        hits = _without_document(service.retriever.search(question.text, PASSAGES + SPARE), asked, deleted)
        seen = service.look(question, hits)
        candidates = service.reader.candidates(hits[:PASSAGES])
        if deleted == "sentences":
            candidates = list(filter(_not_answering(asked), candidates))
        if candidates:
            right = np.array([_overlap(c.sentence.span, asked.gold) for c in candidates], bool)
            evidence = service.reader.weigh(question, candidates, seen)
            yield Example(evidence.features, right, evidence.spans)


def _gold(document: Document, answer: dict[str, Any]) -> Passage | None:
    start = int(answer["answer_start"])
    places = list(occurrences(str(answer["text"]).strip(), document.text)) if str(answer["text"]).strip() else []
    return Passage(document, *min(places, key=lambda span: abs(span[0] - start))) if places else None


def _without_document(hits: Sequence[Hit], asked: Asked, deleted: Deleted) -> list[Hit]:
    gone = asked.gold.document.doc_id if deleted == "document" else None
    return [hit for hit in hits if hit.passage.document.doc_id != gone]


def _not_answering(asked: Asked) -> Callable[[Candidate], bool]:
    """Whether a sentence neither overlaps the answer nor says it elsewhere in the document."""
    answer, document = fold(asked.gold.text), asked.gold.document

    def stays(candidate: Candidate) -> bool:
        sentence = candidate.sentence
        return sentence.span.document != document or not (
            _overlap(sentence.span, asked.gold) or answer in sentence.folded
        )

    return stays


def _overlap(one: Passage, other: Passage) -> bool:
    return one.document.doc_id == other.document.doc_id and one.start < other.end and other.start < one.end
