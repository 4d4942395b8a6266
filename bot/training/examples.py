"""What a question and its library give for fitting: the features of every sentence, and which is right.

Made by the service's own search and reader, so that what is fitted is what is served. Examples are
kept on disk: reading takes minutes, fitting seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.reader.by_rule import Reading, read_by_rule
from bot.reader.candidates import coverage
from bot.reader.extractive import Candidate, asks_something
from bot.reader.features import FEATURES
from bot.reader.network import SpanScores
from bot.reader.network_reading import read_passages
from bot.service import PASSAGES_SEARCHED, Service
from bot.training.kinds import Asked, Part, TextKind
from corpus import Passage
from corpus.language.text import fold
from index import Hit, Vectors

Deletion = Literal["nothing", "document", "sentences"]
"""What is deleted before the question is asked: the answer's document, or the sentences with it."""

SHORTEST_ANSWER = 2
"""Characters of a short answer that is looked for in other sentences: 3 stands in too many."""

RETOLD = 0.6
"""Share of the question's words, by rarity, that a sentence of another document has, or what stands
around it, that says a short answer again. Of 24 questions on news whose best sentence is not the
golden one ten are so answered by another report of the event.
"""

DELETIONS: tuple[Deletion, ...] = ("nothing", "document", "sentences")

Mask = npt.NDArray[np.bool_]


Ruled = Literal["", "right", "wrong", "refused"]
"""What a rule made of a question before any sentence was weighed; empty where none did."""


@dataclass(frozen=True, slots=True)
class Example:
    """The n candidate sentences of a question.

    `features` is (n, len(FEATURES)); `right` (n,) says which hold the answer; `documents` (n,) are
    the doc_ids. `has_answer` is false where nothing answers, `is_read` true where a network has read
    them. `rank` is the place of the first passage with the answer, from 1, or 0.
    """

    kind: str
    part: Part
    case_id: str
    deletion: Deletion
    has_answer: bool
    features: Vectors
    right: Mask
    documents: npt.NDArray[np.str_]
    ruled: Ruled = ""
    rank: int = 0
    is_read: bool = True


def examples_of(kind: TextKind, deletions: Sequence[Deletion] = DELETIONS) -> Iterator[Example]:
    """The examples of all questions of a kind: each as it is, and with its answer deleted."""
    for asked in kind.questions:
        yield from _as_it_is(kind, asked, deletions)
        if asked.gold and "document" in deletions:
            yield from _without_documents(kind, asked)


def _as_it_is(kind: TextKind, asked: Asked, deletions: Sequence[Deletion]) -> Iterator[Example]:
    """The example of a question, and that with the sentences that answer it deleted."""
    read = _read(kind.service, asked.question)
    yield _example(kind, asked, read, "nothing")
    if asked.gold and "sentences" in deletions and not read.refused and read.ruled is None:
        kept = [c for c in read.candidates if not _gives_away(kind, asked, read, c)]
        if kept:
            yield _example(kind, asked, replace(read, candidates=kept), "sentences")


def _without_documents(kind: TextKind, asked: Asked) -> Iterator[Example]:
    """The example of a question whose documents are taken away."""
    gone = {passage.document.doc_id for passage in asked.gold}
    documents = kind.service.snapshot.collection.documents
    kept = [document for document in documents if document.doc_id not in gone]
    if not kept:
        return
    read = _read(kind.service.only(kept), asked.question)
    # Where another document tells the same, the question is answered after all.
    if not any(_retells(kind, asked, read, candidate) for candidate in read.candidates):
        yield _example(kind, asked, read, "document")


@dataclass(frozen=True, slots=True)
class _Read:
    """A question with what the search, the rules and the network say of it.

    `refused` by the name of what is not held, or because it asks nothing.
    """

    service: Service
    question: Question
    scope: Scope
    hits: Sequence[Hit]
    scores: Sequence[SpanScores]
    candidates: Sequence[Candidate]
    ruled: Reading | None
    refused: bool


def _read(service: Service, asked: str) -> _Read:
    question = service.understand(asked)
    scope = service.scope_of(question)
    hits = service.search(question, PASSAGES_SEARCHED, scope)
    scores = read_passages(service.network, question, hits, scope)
    return _Read(
        service=service,
        question=question,
        scope=scope,
        hits=hits,
        scores=scores,
        candidates=service.reader.candidates_for(hits),
        ruled=read_by_rule(question, hits, scope),
        refused=scope.missing is not None or not asks_something(question),
    )


def _example(kind: TextKind, asked: Asked, read: _Read, deletion: Deletion) -> Example:
    has_answer = bool(asked.gold) and deletion == "nothing"
    candidates = [] if read.refused else read.candidates
    matrix = np.zeros((0, len(FEATURES)), np.float32)
    if candidates:
        evidence = read.service.reader.weigh(read.question, candidates, read.scores, read.scope)
        matrix = evidence.features
    right = [has_answer and _is_right(kind, asked, read, c) for c in candidates]
    return Example(
        kind=kind.name,
        part=asked.part,
        case_id=asked.case_id,
        deletion=deletion,
        has_answer=has_answer,
        features=matrix,
        right=np.array(right, bool),
        documents=np.array([c.sentence.span.document.doc_id for c in candidates], str),
        ruled=_ruled(kind, asked, read, has_answer),
        rank=_rank(asked, read.hits) if has_answer else 0,
        is_read=bool(read.scores),
    )


def _ruled(kind: TextKind, asked: Asked, read: _Read, has_answer: bool) -> Ruled:
    """What the rules make of a question."""
    if read.ruled is not None and not read.refused:
        cited = [Passage(c.document, c.start, c.end) for c in read.ruled.citations]
        if not cited:
            return "refused"
        is_right = any(holds_answer(asked, passage, kind.by_value) for passage in cited)
        return "right" if has_answer and is_right else "wrong"
    return "refused" if read.refused else ""


def _is_right(kind: TextKind, asked: Asked, read: _Read, candidate: Candidate) -> bool:
    """Whether a sentence or row holds the answer: that of the gold, or a short one said elsewhere in
    the document; where an answer is a value, in any; where documents retell, in one that does.
    """
    span = candidate.sentence.span
    return holds_answer(asked, span, kind.by_value) or _retells(kind, asked, read, candidate)


def _retells(kind: TextKind, asked: Asked, read: _Read, candidate: Candidate) -> bool:
    """Whether a sentence says a short answer again, and most of what the question says."""
    if not kind.retold or not holds_answer(asked, candidate.sentence.span, anywhere=True):
        return False
    question = read.question
    told = coverage(question.terms, candidate.sentence.around, question.alike)
    return told >= RETOLD


def _rank(asked: Asked, hits: Sequence[Hit]) -> int:
    """The place of the first passage that shares a character with the answer, from 1; 0 without one."""
    for place, hit in enumerate(hits, 1):
        if any(_overlap(hit.passage, gold) for gold in asked.gold):
            return place
    return 0


def _gives_away(kind: TextKind, asked: Asked, read: _Read, candidate: Candidate) -> bool:
    """Whether a sentence overlaps the answer, or holds a short one elsewhere in its document, or retells."""
    if holds_answer(asked, candidate.sentence.span, anywhere=False):
        return True
    return _retells(kind, asked, read, candidate)


def holds_answer(asked: Asked, span: Passage, anywhere: bool) -> bool:
    """Whether a span overlaps the answer, or holds a short one in its document, or `anywhere`."""
    if any(_overlap(span, gold) for gold in asked.gold):
        return True
    in_document = any(gold.document.doc_id == span.document.doc_id for gold in asked.gold)
    if not (in_document or anywhere):
        return False
    text = fold(span.text)
    return any(fold(answer) in text for answer in asked.answers if len(answer) >= SHORTEST_ANSWER)


def _overlap(one: Passage, other: Passage) -> bool:
    """Whether two passages share a character of a document."""
    is_same_document = one.document.doc_id == other.document.doc_id
    return is_same_document and one.start < other.end and other.start < one.end


def save_examples(examples: Sequence[Example], path: Path) -> None:
    """Writes examples as one archive of arrays."""
    counts = [len(example.right) for example in examples]
    facts = []
    for example in examples:
        facts.append(
            (example.kind, example.part, example.case_id, example.deletion,
             str(int(example.has_answer)), example.ruled, str(example.rank),
             str(int(example.is_read)))
        )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        allow_pickle=False,
        names=np.array(FEATURES),
        facts=np.array(facts, str),
        counts=np.array(counts, np.int32),
        features=np.concatenate([example.features for example in examples]),
        right=np.concatenate([example.right for example in examples]),
        documents=np.concatenate([example.documents for example in examples]),
    )


def load_examples(path: Path) -> list[Example]:
    """Reads what `save_examples` wrote. Raises ValueError where it has other features."""
    with np.load(path, allow_pickle=False) as arrays:
        if tuple(arrays["names"].tolist()) != FEATURES:
            raise ValueError(f"{path} has other features: delete it")
        facts, ends = arrays["facts"].tolist(), np.cumsum(arrays["counts"])
        features, right, documents = arrays["features"], arrays["right"], arrays["documents"]
    examples = []
    for fact, end, start in zip(facts, ends, [0, *ends[:-1]], strict=True):
        kind, part, case_id, deletion, has_answer, ruled, rank, is_read = fact
        examples.append(
            Example(
                kind=kind,
                part=part,
                case_id=case_id,
                deletion=deletion,
                has_answer=has_answer == "1",
                features=features[start:end],
                right=right[start:end],
                documents=documents[start:end],
                ruled=ruled,
                rank=int(rank),
                is_read=is_read == "1",
            )
        )
    return examples
