"""What documents say on what is asked of them: the sentences that answer best, by the aspects named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT, Line
from bot.composer.gathering import point_probabilities
from bot.composer.outline import Part, body_of, parts_of
from bot.composer.sources import Material
from bot.composer.standing import standing
from bot.composer.telling import Telling
from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.question.summaries import AskedSummary, aspects
from bot.reader.candidates import coverage
from bot.reader.extractive import Candidate
from corpus import Document
from corpus.document import Span
from corpus.language.text import fold
from index import Vectors

SEARCHED = 60
"""Passages whose sentences may be cited."""

LESS = 4.0
"""How far below the best one (scores of the ranking) a sentence may be that is cited as well:
of the points 43 % are then said with 2, 47 % with 3, 48 % with 4 and with 6, of which fewer are right.
"""

BEST = 3
"""Sentences of a part that tell how well it answers."""

TOGETHER = 0.5
"""What a sentence gains of the score of its part: without it 1 % fewer points are said."""

IN_ITSELF = 3.0
"""What a sentence gains that has the name of an aspect in itself or its heading, not around it:
without it 68 % of the points are said and 61 % of the sentences right, with it 70 % and 63 %.
"""

MARK = 5
"""Characters of a mark and the end of its line."""

POINT_LEAST = 0.07
"""Probability from which a sentence is cited on a subject. Who asks for a summary wants more than who
asks for a list: of the points of 63 fitting questions 70 % are then said and 43 % of the sentences are
right, as with the network; from .1 on 67 % and 47 %, from .2 on 53 % and 51 %, and by the scores of
the ranking at most LESS below the best 53 % and 44 %.
"""


class Worth(NamedTuple):
    """What may be cited, how well it answers, and the aspect or document in whose line it stands."""

    citation: Citation
    score: float
    group: str


def on_subject(
    material: Material, asked: AskedSummary, documents: Sequence[Document]
) -> list[Line]:
    """The sentences of documents that answer best, a line for each aspect, document or section."""
    names, rest = aspects(material.question.asked)
    if not names and not asked.is_part:
        return _gathered(material, asked, documents)
    by_document = len(documents) > 1 and asked.several != 1
    if by_document and asked.several == len(names):
        names = ()
    ranked = _ranked(material, names, rest, documents)
    if asked.is_part and len(documents) == 1:
        ranked = _of_best_part(material, rest, ranked, documents[0])
    if by_document:
        ranked = [one._replace(group=one.citation.document.title) for one in ranked]
        names = tuple(dict.fromkeys(document.title for document in documents))
    chosen = _chosen(ranked, asked.size or CITED_AT_MOST, max(len(names), 1))
    return _lines(chosen, names)


def _gathered(material: Material, asked: AskedSummary, documents: Sequence[Document]) -> list[Line]:
    """The sentences that likely say a part of what is asked, by section, or by document of several."""
    if not material.candidates:
        return []
    likely = point_probabilities(material)
    order = np.argsort(-likely, kind="stable").tolist()
    rows = [row for row in order if likely[row] >= POINT_LEAST]
    spans = {row: material.candidates[row].sentence.span for row in rows}
    if len(documents) > 1:
        rows = [row for row in rows if spans[row].document in documents]
    is_titled = len({spans[row].document.doc_id for row in rows[:CITED_AT_MOST]}) > 1
    every = material.sources.snapshot.collection.sentences
    ranked = []
    for row in rows:
        span, number = spans[row], material.candidates[row].row
        citation = standing(span, every[number - 1] if number else None)
        if citation is not None:
            group = span.document.title if is_titled else span.heading
            ranked.append(Worth(citation, float(likely[row]), group))
    chosen = _chosen(ranked, asked.size or CITED_AT_MOST, max(len(documents), 1))
    chosen.sort(key=lambda one: one.citation.start)
    return _lines(chosen, tuple(dict.fromkeys(one.group for one in chosen)))


def _ranked(
    material: Material, names: Sequence[str], rest: str, documents: Sequence[Document]
) -> list[Worth]:
    """What may be cited for each aspect, or for the question where none is named, the best first."""
    texts = [f"{rest} {name}" for name in names] or [rest]
    sources = material.sources
    allowed = tuple(document.doc_id for document in documents)
    scope = Scope(by="request", doc_ids=allowed)
    hits = sources.search(sources.understand(" ".join(texts)), SEARCHED, scope)
    candidates = sources.reader.candidates_for(hits)
    if not candidates:
        return []
    spans = {one.doc_id: _citable(Telling.of(one, sources.snapshot)) for one in documents}
    citations = [_citation(candidate, spans) for candidate in candidates]
    worths = []
    for name, text in zip(names or [""], texts, strict=True):
        scores = sources.reader.weigh(sources.understand(text), candidates).scores
        if name:
            scores = scores + IN_ITSELF * _named(sources.understand(name), candidates)
        worths += _drawn_together(citations, scores, name)
    return sorted(worths, key=lambda one: -one.score)


def _named(name: Question, candidates: Sequence[Candidate]) -> Vectors:
    """(n,) how much of the name of an aspect each candidate, or its heading, has itself."""
    told = [f"{one.sentence.folded}\n{fold(one.sentence.span.heading)}" for one in candidates]
    return np.array([coverage(name.terms, text, name.alike) for text in told], np.float32)


def _citation(candidate: Candidate, spans: dict[str, list[Span]]) -> Citation | None:
    """The shortest of the `spans` of its document that holds a sentence."""
    sentence = candidate.sentence.span
    own = spans[sentence.document.doc_id]
    whole = next((s for s in own if s.start <= sentence.start and sentence.end <= s.end), None)
    return Citation(sentence.document, *whole) if whole is not None else None


def _drawn_together(
    citations: Sequence[Citation | None], scores: Vectors, group: str
) -> list[Worth]:
    """Each citation with its score less that of the best, raised in the parts that answer well."""
    best: dict[Citation, float] = {}
    for citation, score in zip(citations, scores.tolist(), strict=True):
        if citation is not None:
            best[citation] = max(score, best.get(citation, -np.inf))
    sections: dict[tuple[str, int], list[float]] = {}
    for citation, score in best.items():
        sections.setdefault(_section(citation), []).append(score)
    strengths = {key: float(np.mean(sorted(own)[-BEST:])) for key, own in sections.items()}
    total = {one: score + TOGETHER * strengths[_section(one)] for one, score in best.items()}
    top = max(total.values(), default=0.0)
    return [Worth(one, score - top, group) for one, score in total.items() if score >= top - LESS]


def _section(citation: Citation) -> tuple[str, int]:
    section = citation.document.section_at(citation.start)
    return citation.document.doc_id, section.start if section else 0


def _of_best_part(
    material: Material, text: str, ranked: Sequence[Worth], document: Document
) -> list[Worth]:
    """What stands in the part that is nearest to a question; all where the document has no parts."""
    parts = parts_of(document, body_of(document))
    dense = material.sources.snapshot.dense
    inside = [_inside(part, ranked) for part in parts]
    if dense is None:
        # The best sentence of all stands first.
        return next((own for own in inside if ranked[0] in own), list(ranked))
    telling = Telling.of(document, material.sources.snapshot)
    cosines = telling.vectors @ dense.vector(material.sources.understand(text).text)
    fits = [_fit(part, telling, cosines) for part in parts]
    return (inside[int(np.argmax(fits))] if parts else []) or list(ranked)


def _inside(part: Part, ranked: Sequence[Worth]) -> list[Worth]:
    return [one for one in ranked if part.start <= one.citation.start < part.end]


def _fit(part: Part, telling: Telling, cosines: Vectors) -> float:
    """How near a part is to a question: its heading, and its nearest sentences; 0 without a heading."""
    starts = np.array([sentence.start for sentence in telling.sentences])
    own = np.sort(cosines[(part.start <= starts) & (starts < part.end)])[-BEST:]
    if part.heading is None or not len(own):
        return 0.0
    named = cosines[(part.heading.start <= starts) & (starts < part.heading.end)]
    return float(own.mean() + named.max(initial=0.0))


def _chosen(ranked: Sequence[Worth], most: int, groups: int) -> list[Worth]:
    """The best, none overlapping another; of each of the groups one before the second of any."""
    chosen: list[Worth] = []
    room = TEXT_LIMIT
    for limit in (1, 2 * -(-most // groups)):
        for one in ranked:
            held = sum(one.group == other.group for other in chosen)
            size = len(one.citation.shown) + MARK
            if len(chosen) == most or size > room or held >= limit:
                continue
            if not any(one.citation.overlaps(other.citation) for other in chosen):
                chosen.append(one)
                room -= size
    return chosen


def _lines(chosen: Sequence[Worth], names: Sequence[str]) -> list[Line]:
    """A line for each of the names of groups, or else for each sentence."""
    documents = list(dict.fromkeys(one.citation.document.doc_id for one in chosen))
    ordered = sorted(
        chosen,
        key=lambda one: (documents.index(one.citation.document.doc_id), one.citation.start),
    )
    if not names:
        return [Line("", (one.citation,)) for one in ordered]
    lines = []
    for name in names:
        own = tuple(one.citation for one in ordered if one.group == name)
        if own:
            lines.append(Line(name, own))
    return lines


def _citable(telling: Telling) -> list[Span]:
    """The characters of what may be cited, items of lists by themselves included; the shortest first."""
    document = telling.document
    statements = telling.statements(0, len(document.text))
    spans = [Span(one.start, one.end) for one in statements]
    spans += [Span(u.start, u.end) for u in document.units if u.kind == "item" and u.leads]
    return sorted(spans, key=lambda span: span[1] - span[0])
