"""What an author proposes, by the parts of the document: 作者提了哪些建议.

Such a question has no word to search by. The sentences are those that say what is to be done.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT, Composition, Line
from bot.composer.outline import Part, body_of, parts_of
from bot.composer.sources import Material
from bot.composer.telling import LONGEST, SHORTEST, Statement, Telling
from bot.question.proposals import asks_proposals, begins_proposing, opens_proposing, proposes
from corpus.language.text import Segmenter

CONFIDENCE = 0.7
"""How likely the sentences that propose are those that are meant."""

MOST_OF_PART = 3
"""Sentences of a part."""

BEGINS = 1.0
"""Standard deviations that a sentence gains that begins a clause with what is to be done."""

MARK = 5
"""Characters of a mark and the end of its line."""


def proposals(material: Material) -> Composition | None:
    """The sentences of the only document meant that propose something; None where another is asked for."""
    documents = material.documents_meant
    if len(documents) != 1 or not asks_proposals(material.question.asked):
        return None
    telling = Telling.of(documents[0], material.sources.snapshot)
    segmenter = material.sources.snapshot.segmenter
    body = body_of(documents[0])
    parts = parts_of(documents[0], body) or [Part("", *body)]
    most = MOST_OF_PART if len(parts) > 1 else CITED_AT_MOST
    lines = []
    room = TEXT_LIMIT
    for part in parts:
        chosen = _chosen(telling, part, most, segmenter)
        cited = tuple(Citation(telling.document, one.start, one.end) for one in chosen)
        room -= len(part.label) + sum(len(one.shown) + MARK for one in cited)
        if cited and room >= 0:
            lines += [Line(part.label, cited)] if part.label else [Line("", (c,)) for c in cited]
    return Composition("list", tuple(_bounded(lines)), CONFIDENCE) if lines else None


def _chosen(telling: Telling, part: Part, most: int, segmenter: Segmenter) -> list[Statement]:
    """The statements of a part that propose, at most `most` and none that overlap, in order."""
    every = [*telling.statements(part.start, part.end), *_bare(telling, part, segmenter)]
    found = [one for one in every if proposes(one.text, segmenter)]
    if not found:
        return []
    begins = [begins_proposing(one.text, segmenter) for one in found]
    scores = telling.scores(found, part.heading) + BEGINS * np.array(begins, np.float32)
    chosen: list[Statement] = []
    for row in np.argsort(-scores, kind="stable").tolist():
        one = found[row]
        is_apart = all(one.end <= other.start or other.end <= one.start for other in chosen)
        if is_apart and len(chosen) < most:
            chosen.append(one)
    return sorted(chosen, key=lambda statement: statement.start)


def _bare(telling: Telling, part: Part, segmenter: Segmenter) -> list[Statement]:
    """The sentences of a part that begin with what is to be done: 要提升……needs no subject before it."""
    found = []
    for row, sentence in enumerate(telling.sentences):
        if not (part.start <= sentence.start and sentence.end <= part.end):
            continue
        is_sized = SHORTEST <= len(sentence.text) <= LONGEST
        if is_sized and opens_proposing(sentence.text, segmenter):
            found.append(Statement(sentence.start, sentence.end, sentence.text, [row], False))
    return found


def _bounded(lines: Sequence[Line]) -> list[Line]:
    """The lines up to CITED_AT_MOST citations."""
    kept = []
    count = 0
    for line in lines:
        count += len(line.citations)
        if count <= CITED_AT_MOST:
            kept.append(line)
    return kept
