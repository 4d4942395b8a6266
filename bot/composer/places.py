"""A line for each place that the documents name: 哪些城市…, 各地…."""

from __future__ import annotations

import numpy as np

from bot.answer import Citation
from bot.composer.composition import Composition, Line
from bot.composer.gathering import is_covered
from bot.composer.lists import whole_list
from bot.composer.named_section import named_list
from bot.composer.sources import Material
from bot.question.things import asks_places
from bot.question.titles import places_in
from bot.reader.candidates import Sentence

BEHIND_BEST = 6.0
"""A sentence about a place is at most this much below the best of all (log-odds)."""

BEHIND_PLACE = 2.5
"""... and this much below the best about a place: what tells of all places alike is often better."""

A_PLACE_AT_MOST = 2
"""Sentences about one place."""


def list_or_places(material: Material) -> Composition | None:
    """The section that is called what is asked for, the list that answers, or a line for each place where
    these are asked for.
    """
    found = named_list(material) or whole_list(material)
    if found is None and asks_places(material.question):
        return each_place(material)
    return found


def each_place(material: Material) -> Composition | None:
    """The best sentences about each place that the documents name; None with fewer than two places."""
    if not material.candidates or not is_covered(material):
        return None
    found: dict[str, list[Citation]] = {}
    for place, sentence in _best_about_places(material):
        cited = found.setdefault(place, [])
        if len(cited) < A_PLACE_AT_MOST:
            span = sentence.span
            cited.append(Citation(span.document, span.start, span.end))
    if len(found) < 2:
        return None
    lines = []
    for place, citations in found.items():
        in_order = sorted(citations, key=lambda one: (one.document.doc_id, one.start))
        lines.append(Line(place, tuple(in_order)))
    return Composition("list", tuple(lines), material.confidence)


def _best_about_places(material: Material) -> list[tuple[str, Sentence]]:
    """The sentences that name a place and answer well, each with its place, the best first."""
    scores = material.evidence.scores
    named = []
    for number in np.argsort(-scores, kind="stable").tolist():
        if scores[number] < scores.max() - BEHIND_BEST:
            break
        sentence = material.candidates[number].sentence
        place = _place_of(sentence)
        if place:
            named.append((place, sentence, float(scores[number])))
    least = named[0][2] - BEHIND_PLACE if named else 0.0
    return [(place, sentence) for place, sentence, score in named if score >= least]


def _place_of(sentence: Sentence) -> str:
    """The place that a sentence names first, or empty. 同心 in 同心圆 is none, whose word goes on."""
    return min(places_in(sentence.folded), key=sentence.folded.find, default="")
