"""A baseline that many systems are: the sentence of highest BM25, with a threshold fitted for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bot.reader.features import FEATURES
from bot.training.examples import DELETIONS, Deletion, Example, holds_answer
from bot.training.kinds import Asked, TextKind
from corpus import Passage
from corpus.language.text import Segmenter
from index import Vectors
from index.collection import Collection
from index.lexical import LexicalRetriever

SENTENCES = 10
"""Sentences kept of a question: more could not be the best."""

SCORE = "context"
"""The feature in whose place BM25 stands: the other measure of shared words."""


@dataclass(frozen=True, slots=True)
class _Sentences:
    """All sentences of a library, in row order, searched each with its title and headings."""

    spans: tuple[Passage, ...]
    by_words: LexicalRetriever


def bm25_examples(kind: TextKind) -> Iterator[Example]:
    """The examples of a kind as BM25 sees it: of the whole library, without scope, rules or network.

    Each holds the SENTENCES of highest score, the best first, and of their features the score alone.
    """
    sentences = _sentences(kind)
    for asked in kind.questions:
        scores = sentences.by_words.scores(asked.question)
        for deletion in DELETIONS if asked.gold else DELETIONS[:1]:
            yield _example(kind, asked, sentences.spans, scores, deletion)


def _sentences(kind: TextKind) -> _Sentences:
    whole = kind.service.snapshot.collection
    spans = whole.sentences
    each = Collection(whole.documents, spans, spans, np.arange(len(spans) + 1, dtype=np.intp))
    return _Sentences(spans, LexicalRetriever.build(each, Segmenter()))


def _example(
    kind: TextKind,
    asked: Asked,
    spans: tuple[Passage, ...],
    scores: Vectors,
    deletion: Deletion,
) -> Example:
    """The sentences of highest score among those that a deletion leaves."""
    chosen: list[int] = []
    for row in np.argsort(-scores, kind="stable").tolist():
        if len(chosen) == SENTENCES:
            break
        if not _is_deleted(spans[row], asked, deletion):
            chosen.append(row)
    has_answer = bool(asked.gold) and deletion == "nothing"
    features = np.zeros((len(chosen), len(FEATURES)), np.float32)
    features[:, FEATURES.index(SCORE)] = scores[chosen]
    right = [has_answer and holds_answer(asked, spans[row], kind.by_value) for row in chosen]
    return Example(
        kind=kind.name,
        part=asked.part,
        case_id=asked.case_id,
        deletion=deletion,
        has_answer=has_answer,
        features=features,
        right=np.array(right, bool),
        documents=np.array([spans[row].document.doc_id for row in chosen], str),
        is_read=False,
    )


def _is_deleted(span: Passage, asked: Asked, deletion: Deletion) -> bool:
    if deletion == "document":
        return any(gold.document.doc_id == span.document.doc_id for gold in asked.gold)
    return deletion == "sentences" and holds_answer(asked, span, anywhere=False)
