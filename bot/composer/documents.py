"""Which documents speak of something: a line for each, with the sentence that made it count."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bot.composer.composition import Composition, Line
from bot.composer.sources import Material
from bot.composer.standing import standing
from bot.question.asked_documents import subject_of
from bot.question.scope import Scope
from bot.reader.candidates import coverage
from bot.reader.extractive import Candidate
from bot.reader.features import FEATURES
from corpus import Document

PASSAGES = 60
"""Passages whose documents may count."""

SURE, SURE_SHARE = 4.5, 0.25
LIKELY, LIKELY_SHARE = 3.0, 0.44
"""A document counts from such a score of its best sentence by the ranking without a network, where
the sentence and what stands around it have such a share of the words of the subject. On the eleven
questions for fitting 21 of the 22 documents so found were right, and 21 of 27 right ones were found.
"""

WHOLE_SHARE = 0.9
"""A document that has so much of the subject, by rarity, in one place speaks of it, whatever the score."""

IN_ITSELF = 3.0
"""What a sentence gains that has the words of the subject in itself, not around it."""

WHOLE = 20
"""Characters from which a sentence says something of the subject; 资料图：李昌钰。 only names it."""

_CONTEXT = FEATURES.index("context")


class Spoken(NamedTuple):
    """A document that speaks of something, and the sentence that says most of it."""

    document: Document
    candidate: Candidate
    score: float


def documents_on(material: Material) -> Composition | None:
    """A line for each document that speaks of what is asked for, the best first.

    None with one document held, or where none counts.
    """
    if len(material.documents_meant) < 2:
        return None
    subject = subject_of(material.question.whole)
    found = speaking_of(subject, material) if subject else []
    every = material.sources.snapshot.collection.sentences
    lines = []
    for spoken in found:
        span = spoken.candidate.sentence.span
        citation = standing(span, every[spoken.candidate.row - 1])
        if citation is not None:
            lines.append(Line(spoken.document.title.strip("《》"), (citation,)))
    if not lines:
        return None
    return Composition("documents", tuple(lines), material.confidence)


def speaking_of(subject: str, material: Material) -> list[Spoken]:
    """The documents that really speak of `subject`, the best first."""
    sources = material.sources
    question = sources.understand(subject)
    held = tuple(document.doc_id for document in material.documents_meant)
    limited = len(held) < len(sources.documents)
    hits = sources.search(question, PASSAGES, Scope(doc_ids=held) if limited else Scope())
    candidates = sources.reader.candidates_for(hits)
    if not candidates:
        return []
    evidence = sources.reader.weigh(question, candidates)
    best: dict[str, Spoken] = {}
    told: dict[str, float] = {}
    for row in np.argsort(-evidence.scores, kind="stable"):
        candidate = candidates[int(row)]
        document = candidate.sentence.span.document
        score = float(evidence.scores[row])
        if not _counts(score, float(evidence.features[row, _CONTEXT])):
            continue
        inside = coverage(question.terms, candidate.sentence.folded, question.alike)
        telling = score + IN_ITSELF * inside * min(1.0, len(candidate.sentence.folded) / WHOLE)
        if telling > told.get(document.doc_id, -np.inf):
            first = best.get(document.doc_id)
            told[document.doc_id] = telling
            best[document.doc_id] = Spoken(document, candidate, first.score if first else score)
    return sorted(best.values(), key=lambda spoken: -spoken.score)


def _counts(score: float, share: float) -> bool:
    is_sure = share >= WHOLE_SHARE or (score >= SURE and share >= SURE_SHARE)
    return is_sure or (score >= LIKELY and share >= LIKELY_SHARE)
