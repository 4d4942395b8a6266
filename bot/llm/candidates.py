"""The sentences that a language model may write an answer from."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from bot.answer import Answer, Citation
from bot.composer.sources import Material
from bot.reader.extractive import ELSEWHERE
from corpus.language.text import fold

CANDIDATES_AT_MOST = 8
"""Most sentences that a model is given. One of 1.5B set 17 of 22 marks right with single sentences, and
4 of 13 with whole passages.
"""

CANDIDATES_AT_LEAST = 6
"""Up to so many, sentences that speak of another place, year or thing are given too, behind the others."""

# [1] at the end of a line that cites
_MARK = re.compile(r"\[\d+\]")


def candidates_of(answer: Answer, material: Material | None) -> tuple[Citation, ...]:
    """The sentences that an answer cites, then the next best of `material`; at most eight.

    The sentence with the number n is candidates[n - 1]. None where nothing was answered, or where
    prose would have to leave out what an answer lists.
    """
    chosen = _cited(answer)
    if not chosen or material is None:
        return tuple(chosen)
    fitting, elsewhere = _others(material)
    _fill(chosen, fitting, CANDIDATES_AT_MOST)
    _fill(chosen, elsewhere, CANDIDATES_AT_LEAST)
    return tuple(chosen)


def _cited(answer: Answer) -> list[Citation]:
    """The citations of an answer; of a long summary eight from its beginning to its end.

    None where a line says that there is nothing (文中没有提到), which no sentence says in prose.
    """
    citations = answer.citations
    if not all(_MARK.search(part.text) for part in answer.parts):
        return []
    count = len(citations)
    if count <= CANDIDATES_AT_MOST:
        return list(citations)
    if answer.form != "summary":
        return []
    # Of twelve the numbers 0, 1, 3, 4, 6, 7, 9 and 10.
    places = [number * count // CANDIDATES_AT_MOST for number in range(CANDIDATES_AT_MOST)]
    return [citations[place] for place in places]


def _others(material: Material) -> tuple[list[Citation], list[Citation]]:
    """The sentences of the documents that are meant, the best first.

    Apart are those that speak of another place, year or thing.
    """
    meant = {document.doc_id for document in material.documents_meant}
    evidence = material.evidence
    fitting: list[Citation] = []
    elsewhere: list[Citation] = []
    for row in np.argsort(-evidence.scores, kind="stable").tolist():
        span = material.candidates[row].sentence.span
        if span.document.doc_id in meant:
            others = elsewhere if ELSEWHERE.intersection(evidence.against[row]) else fitting
            others.append(Citation(span.document, span.start, span.end))
    return fitting, elsewhere


def _fill(chosen: list[Citation], others: Iterable[Citation], count: int) -> None:
    """Adds of `others` what is not said yet, until `chosen` has `count`."""
    for citation in others:
        if len(chosen) >= count:
            return
        if not any(_says_the_same(citation, one) for one in chosen):
            chosen.append(citation)


def _says_the_same(citation: Citation, other: Citation) -> bool:
    """Whether two share characters of one document, or are the same words in two."""
    return citation.overlaps(other) or fold(citation.quote) == fold(other.quote)
