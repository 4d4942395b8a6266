"""How well the network reads, measured on questions it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.evals.measures import character_f1, exact_match
from bot.evals.refusal import auroc
from bot.readers.neural.edges import answer_span
from bot.readers.neural.span_reader import SpanReader, Traces
from bot.training.samples import Question, lookalikes
from corpus.text import Segmenter
from index.collection import collect
from index.lexical import LexicalRetriever

WHOLE = 2000
"""Characters; paragraphs are compared whole."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of `n` questions with their paragraph given: EM and F1; and the AUROC of there being an answer in it, against the
    paragraph of another document that shares most words with the question and does not have the answer."""

    n: int
    exact: float
    f1: float
    auroc: float


def figures(reader: SpanReader, questions: Sequence[Question], segmenter: Segmenter) -> Figures:
    """What `reader` makes of questions, their own documents being all there are."""
    documents = list({q.gold.document.doc_id: q.gold.document for q in questions}.values())
    lexical = LexicalRetriever.build(collect(documents, WHOLE), segmenter)
    exact: list[float] = []
    f1: list[float] = []
    right: list[float] = []
    wrong: list[float] = []
    for question in questions:
        document, answer = question.gold.document, question.gold.text
        texts = [(document.title, document.text)]
        texts += [(p.document.title, p.document.text) for p in lookalikes(lexical, question, 1)]
        traces, *others = reader.read(question.text, texts)
        found = answer_span(question.text, document.text, traces, segmenter)
        said = document.text[found.start : found.end] if found else ""
        exact.append(exact_match(said, answer))
        f1.append(character_f1(said, answer))
        right.append(evidence(traces))
        wrong += map(evidence, others)
    return Figures(len(exact), _mean(exact), _mean(f1), auroc(np.array(right), np.array(wrong)))


def evidence(traces: Traces) -> float:
    """Log-odds of an answer being in a text: the mean of what the head for it says and what the best span says."""
    found = traces.best()
    return (traces.answer + (found.odds if found else traces.answer)) / 2


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
