"""What documents say on what is asked of them: the sentences that answer best, by the aspects named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT, Line
from bot.composer.outline import Part, body_of, parts_of
from bot.composer.sources import Material
from bot.composer.telling import Telling
from bot.question.scope import Scope
from bot.question.summaries import AskedSummary, aspects
from bot.reader.extractive import Candidate
from corpus import Document
from corpus.document import Span
from index import Vectors

SEARCHED = 60
"""Passages whose sentences may be cited."""

MOST = 10
"""Sentences on what is asked, where no aspects are named and no number is."""

LESS = 4.0
"""How far below the best one (scores of the ranking) a sentence may be that is cited as well."""

BEST = 3
"""Sentences of a part that tell how well it answers."""

TOGETHER = 0.5
"""What a sentence gains of the score of its part."""

MARK = 5
"""Characters of a mark and the end of its line."""


class Worth(NamedTuple):
    """What may be cited, how well it answers, and the number of the aspect that it answers."""

    citation: Citation
    score: float
    aspect: int = 0


def on_subject(
    material: Material, asked: AskedSummary, documents: Sequence[Document]
) -> list[Line]:
    """The sentences of documents that answer best, a line for each aspect or document."""
    names, rest = aspects(material.question.asked)
    by_document = len(documents) > 1 and asked.several != 1
    if by_document and asked.several == len(names):
        names = ()
    texts = [f"{rest} {name}" for name in names] or [rest]
    ranked = _ranked(material, texts, documents)
    if asked.is_part and len(documents) == 1:
        ranked = _of_best_part(material, rest, ranked, documents[0])
    most = asked.size or (CITED_AT_MOST if names or asked.is_part or by_document else MOST)
    groups = [document.doc_id for document in documents] if by_document else []
    chosen = _chosen(ranked, most, max(len(names), len(groups), 1), groups)
    return _lines(chosen, names, documents if by_document else ())


def _ranked(material: Material, texts: Sequence[str], documents: Sequence[Document]) -> list[Worth]:
    """What may be cited for each of the questions, the best first."""
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
    for aspect, text in enumerate(texts):
        scores = sources.reader.weigh(sources.understand(text), candidates).scores
        worths += _drawn_together(citations, scores, aspect)
    return sorted(worths, key=lambda one: -one.score)


def _citation(candidate: Candidate, spans: dict[str, list[Span]]) -> Citation | None:
    """The shortest of the `spans` of its document that holds a sentence."""
    sentence = candidate.sentence.span
    own = spans[sentence.document.doc_id]
    whole = next((s for s in own if s.start <= sentence.start and sentence.end <= s.end), None)
    return Citation(sentence.document, *whole) if whole is not None else None


def _drawn_together(
    citations: Sequence[Citation | None], scores: Vectors, aspect: int
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
    return [Worth(one, score - top, aspect) for one, score in total.items() if score >= top - LESS]


def _section(citation: Citation) -> tuple[str, int]:
    section = citation.document.section_at(citation.start)
    return citation.document.doc_id, section.start if section else 0


def _of_best_part(
    material: Material, text: str, ranked: Sequence[Worth], document: Document
) -> list[Worth]:
    """What stands in the part that answers best; all where the document has no parts."""
    parts = parts_of(document, body_of(document))
    fits = _fits(material, text, parts, document)
    inside = []
    if parts:
        best = parts[int(np.argmax(fits))]
        inside = [one for one in ranked if best.start <= one.citation.start < best.end]
    return inside or list(ranked)


def _fits(material: Material, text: str, parts: Sequence[Part], document: Document) -> list[float]:
    """How near each part is to a question: its heading, and those of its sentences that are nearest."""
    dense = material.sources.snapshot.dense
    telling = Telling.of(document, material.sources.snapshot)
    if dense is None:
        return [0.0] * len(parts)
    cosines = telling.vectors @ dense.vector(material.sources.understand(text).text)
    fits = []
    for part in parts:
        own = [
            c
            for c, s in zip(cosines, telling.sentences, strict=True)
            if part.start <= s.start < part.end
        ]
        named = [
            c
            for c, s in zip(cosines, telling.sentences, strict=True)
            if part.heading is not None and part.heading.start <= s.start < part.heading.end
        ]
        fits.append(
            float(np.mean(np.sort(own)[-BEST:])) + float(named[0]) if own and named else 0.0
        )
    return fits


def _chosen(ranked: Sequence[Worth], most: int, groups: int, doc_ids: Sequence[str]) -> list[Worth]:
    """The best, none overlapping another; of each aspect or document the best before the second best."""
    chosen: list[Worth] = []
    room = TEXT_LIMIT
    share = -(-most // groups)
    for turn in range(1, share + 1):
        for one in ranked:
            group = doc_ids.index(one.citation.document.doc_id) if doc_ids else one.aspect
            held = sum(
                group == (doc_ids.index(o.citation.document.doc_id) if doc_ids else o.aspect)
                for o in chosen
            )
            size = len(one.citation.shown) + MARK
            fits = len(chosen) < most and size <= room and held < turn
            if fits and not any(_overlap(one.citation, other.citation) for other in chosen):
                chosen.append(one)
                room -= size
    return chosen


def _overlap(one: Citation, other: Citation) -> bool:
    return one.document is other.document and one.start < other.end and other.start < one.end


def _lines(
    chosen: Sequence[Worth], names: Sequence[str], documents: Sequence[Document]
) -> list[Line]:
    """A line for each aspect, or else for each document, or else for each sentence."""
    places = {one.citation.document.doc_id: number for number, one in enumerate(chosen)}
    ordered = sorted(
        chosen, key=lambda one: (places[one.citation.document.doc_id], one.citation.start)
    )
    lines = []
    if names:
        for number, name in enumerate(names):
            cited = tuple(one.citation for one in ordered if one.aspect == number)
            lines.append(Line(name, cited))
    elif documents:
        for document in documents:
            cited = tuple(one.citation for one in ordered if one.citation.document is document)
            lines.append(Line(document.title, cited))
    else:
        lines = [Line("", (one.citation,)) for one in ordered]
    return [line for line in lines if line.citations]


def _citable(telling: Telling) -> list[Span]:
    """The characters of what may be cited, items of lists by themselves included; the shortest first."""
    document = telling.document
    statements = telling.statements(0, len(document.text))
    spans = [Span(one.start, one.end) for one in statements]
    spans += [Span(u.start, u.end) for u in document.units if u.kind == "item" and u.leads]
    return sorted(spans, key=lambda span: span[1] - span[0])
