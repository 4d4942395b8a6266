"""Which of the lists that documents hold is asked for, by one of the fits of `bot.composer.fits`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from bot.composer.fits import OF_LIST, Fits, load_fits
from bot.composer.series import Series, series_in
from bot.composer.sources import Material
from bot.composer.steps import SINGULAR, may_ask_for
from bot.reader.candidates import coverage
from corpus import Document
from corpus.language.text import fold
from index import Vectors

FURTHEST = 8.0
"""How far below the best sentence (log-odds) one counts at most; one that was not found counts so."""

LEAST, LEAST_ODDS = 1e-3, 1e-4
"""Probability below which it makes no difference how unlikely a list is, to its sentences and to others."""


Members = Mapping[int, Sequence[int]]
"""The numbers of the candidates that stand in each item of a list; of its lead line under -1."""


class LikelyList(NamedTuple):
    """A list with its candidates, and how likely it is what is asked for."""

    series: Series
    members: Members
    probability: float


def likely_lists(material: Material) -> list[LikelyList]:
    """The lists of the documents found that have a candidate, the likeliest first."""
    touched = touched_lists(material)
    if not touched:
        return []
    likely = _fit(material).lists.probabilities(list_features(material, touched))
    found = []
    for (series, members), probability in zip(touched, likely, strict=True):
        found.append(LikelyList(series, members, float(probability)))
    return sorted(found, key=lambda one: -one.probability)


def answering_list(material: Material) -> tuple[LikelyList, float] | None:
    """The likeliest list and how likely it answers; None where that is too little.

    What asks for one thing, 还能去哪里办, is answered by no list but that of the best sentence.
    """
    likely = likely_lists(material)
    if not likely:
        return None
    best = int(np.argmax(material.evidence.scores))
    holds_best = best in chain.from_iterable(likely[0].members.values())
    if material.question.kind in SINGULAR and not holds_best:
        return None
    members = [one.members for one in likely]
    probabilities = np.array([one.probability for one in likely], np.float32)
    row = choice_features(members, probabilities, material.confidence)
    fit = _fit(material).choice
    probability = float(fit.probabilities(row[None, :])[0])
    return (likely[0], probability) if probability >= fit.least else None


def choice_features(
    members: Sequence[Members], probabilities: Vectors, confidence: float
) -> Vectors:
    """(len(OF_CHOICE),) of the likeliest of one list or more; `confidence` is that of a single fact."""
    order = np.argsort(-probabilities, kind="stable")
    first = int(order[0])
    own = set(chain.from_iterable(members[first].values()))
    apart = [i for i in order[1:] if own.isdisjoint(chain.from_iterable(members[i].values()))]
    odds = np.log(probabilities + LEAST_ODDS) - np.log(1 - probabilities + LEAST_ODDS)
    second = float(odds[apart[0]]) if apart else np.log(LEAST_ODDS)
    row = (odds[first], odds[first] - second, np.log(confidence + LEAST))
    return np.array(row, np.float32)


def _fit(material: Material) -> Fits:
    return load_fits("neural" if material.scores else "rules")


def listed(candidates: int, members: Sequence[Members], probabilities: Vectors) -> Vectors:
    """(candidates,) for each the log-probability of the likeliest list that has it in an item, less that
    of the likeliest of all. `members` are those of the lists, `probabilities` (lists,) their own.
    """
    found = np.zeros(candidates, np.float32)
    for of_items, probability in zip(members, probabilities, strict=True):
        for item, numbers in of_items.items():
            if item >= 0:
                found[numbers] = np.maximum(found[numbers], probability)
    likeliest = float(probabilities.max()) if len(probabilities) else 0.0
    own: Vectors = np.log(found + LEAST) - np.log(likeliest + LEAST)
    return own.astype(np.float32)


def list_features(material: Material, touched: Sequence[tuple[Series, Members]]) -> Vectors:
    """(n, len(OF_LIST)) float32 of n lists with the candidates in their items."""
    scores = material.evidence.scores - material.evidence.scores.max()
    best = int(np.argmax(scores))
    margins = _Margins(material)
    rows = []
    for series, members in touched:
        about = material.scope.question_for(series.document, material.question)
        items = range(len(series.items))
        tops = {item: float(scores[numbers].max()) for item, numbers in members.items()}
        told = [max(tops.get(item, -FURTHEST), -FURTHEST) for item in items]
        told_by = [series.lead] if series.lead else series.items
        lead = series.document.text[slice(*series.lead)] if series.lead else series.heading
        held = list(chain.from_iterable(members.values()))
        row = (
            coverage(about.terms, series.text, about.alike),
            coverage(about.terms, fold(lead), about.alike),
            np.mean([margins.of(series.document, *span) for span in told_by]),
            np.mean(told),
            best in held,
            np.log(len(series.items)),
            np.mean([item in members for item in items]),
            max(material.candidates[number].score for number in held),
        )
        rows.append(row)
    return np.array(rows, np.float32).reshape(-1, len(OF_LIST))


class _Margins:
    """The margins of the sentences of the documents found; see `bot.reader.features.MEASURED`."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._of_document: dict[str, tuple[Vectors, Vectors, Vectors]] = {}

    def of(self, document: Document, start: int, end: int) -> float:
        """The largest margin of a sentence that shares a character with document.text[start:end]."""
        if document.doc_id not in self._of_document:
            self._of_document[document.doc_id] = self._read(document)
        starts, ends, margins = self._of_document[document.doc_id]
        within = (starts < end) & (ends > start)
        return float(margins[within].max()) if within.any() else 0.0

    def _read(self, document: Document) -> tuple[Vectors, Vectors, Vectors]:
        material = self._material
        collection = material.sources.snapshot.collection
        rows = collection.sentences_of_passages(collection.passages_in([document.doc_id]))
        spans = [collection.sentences[row] for row in rows]
        about = material.scope.question_for(document, material.question)
        return (
            np.array([span.start for span in spans], np.float32),
            np.array([span.end for span in spans], np.float32),
            material.sources.reader.margins(about, rows.tolist()),
        )


def touched_lists(material: Material) -> list[tuple[Series, Members]]:
    """The lists of the documents found that have a candidate and may be asked for, with the candidates in
    each of their items.
    """
    found: list[tuple[Series, Members]] = []
    by_document: dict[Document, list[int]] = {}
    for number, candidate in enumerate(material.candidates):
        by_document.setdefault(candidate.sentence.span.document, []).append(number)
    for document, numbers in by_document.items():
        for series in series_in(document):
            members = _members(series, numbers, material)
            if members and may_ask_for(series, material.question):
                found.append((series, members))
    return found


def _members(series: Series, numbers: Iterable[int], material: Material) -> dict[int, list[int]]:
    """Those of the candidates `numbers` that stand in the items of a series, by item."""
    members: dict[int, list[int]] = {}
    for number in numbers:
        span = material.candidates[number].sentence.span
        item = series.number_at(span.start, span.end)
        if item is not None:
            members.setdefault(item, []).append(number)
    return members
