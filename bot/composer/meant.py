"""Which documents a request for a summary means: those it names, or those that the search finds."""

from __future__ import annotations

from collections.abc import Sequence

from bot.composer.sources import Material
from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.question.summaries import SOME, AskedSummary, aspects
from bot.reader.candidates import coverage
from bot.reader.features import FEATURES
from corpus import Document
from corpus.language.text import fold
from index import Hit

NAMED = 0.6
"""Share of the words, by rarity, that the title must have of the document meant by 大屏那篇."""

NEAR = 0.1
"""Share of the words by which a document may be behind the best and is meant as well: 潍坊和青岛的供热条例."""

ABOUT, IN_TEXT = 0.4, 0.5
"""Share of the words that a document must have at its beginning, or in all, to be the one that is meant;
in all only beside a sentence that is nearer to the question than the whole cohort. Of 19 questions
for fitting whose document is not named surely all have so found theirs, and of 147 on documents that
are not held 19 % found one; by 0.4 in all 29 %.
"""

BEST = 3
"""Hits of a document that tell how well it fits, and fewer where it has fewer passages."""

AS_WELL = 0.7
"""Share of the fit of the best document from which another is meant as well by 这几篇."""

SEARCHED = 20
"""Passages whose documents may be meant."""

HEAD = 200
"""Characters at the beginning of a document that say what it is: its subtitle and its first sentence."""

_MARGIN = FEATURES.index("margin")


def documents_asked(material: Material, asked: AskedSummary) -> Sequence[Document]:
    """The documents that are to be summed up, the best first; empty where none is found."""
    held: Sequence[Document] = material.documents_meant
    question = material.question
    is_carried = material.scope.by == "history" or question.asked != question.whole
    if is_carried and asked.several != 1 and not asked.name:
        # 这些文件 after a question about one of them
        held = material.sources.documents
    if len(held) < 2 or not asked.name:
        return held
    names, rest = aspects(question.asked)
    if len(names) > 1 and asked.several == len(names):
        return [_fits(material, f"{name} {rest}")[0] for name in names]
    if material.scope.is_sure:
        return held
    name = material.sources.understand(asked.name)
    titled = _titled(held, name)
    if titled and (len(titled) > 1 or asked.several == 1):
        return titled
    if asked.several == 1 and len(names) > 1:
        return _of_aspects(material, names, rest)
    found = _found(material, asked)
    return found if found and _is_about(material, name, found[0]) else []


def is_named(question: Question, document: Document) -> bool:
    """Whether the words of a question say what a document is."""
    head = fold(f"{document.title}\n{document.text[:HEAD]}")
    return not question.terms or coverage(question.terms, head, question.alike) >= ABOUT


def _is_about(material: Material, question: Question, document: Document) -> bool:
    """Whether a document speaks of what is asked for, in its words and in its meaning."""
    if is_named(question, document):
        return True
    told = fold(f"{document.title}\n{document.text}")
    if coverage(question.terms, told, question.alike) < IN_TEXT:
        return False
    if material.sources.snapshot.dense is None:
        return True
    spans = [candidate.sentence.span for candidate in material.candidates]
    margins = material.evidence.features[:, _MARGIN]
    own = [m for m, span in zip(margins, spans, strict=True) if span.document is document]
    return max(own, default=0.0) > 0


def _titled(documents: Sequence[Document], question: Question) -> list[Document]:
    """The documents that have most of some words in their titles, all that have as much."""
    shares = [coverage(question.terms, fold(one.title), question.alike) for one in documents]
    best = max(shares)
    if best < NAMED:
        return []
    return [one for one, share in zip(documents, shares, strict=True) if share > best - NEAR]


def _of_aspects(material: Material, names: Sequence[str], rest: str) -> list[Document]:
    """The document that is the best for most aspects, or the best of each."""
    firsts = [_fits(material, f"{name} {rest}")[:1] for name in names]
    best = [document for found in firsts for document in found]
    most = max(best, key=best.count)
    return [most] if 2 * best.count(most) >= len(names) else list(dict.fromkeys(best))


def _fits(material: Material, text: str) -> list[Document]:
    question = material.sources.understand(text)
    return list(
        _strengths(material.sources.search(question, SEARCHED, _unnamed(material)), material)
    )


def _unnamed(material: Material) -> Scope:
    """The scope of what a request is limited to, and of nothing that the question names."""
    doc_ids = material.scope.doc_ids
    return Scope(by="request", doc_ids=doc_ids) if doc_ids is not None else Scope()


def _found(material: Material, asked: AskedSummary) -> list[Document]:
    """The documents whose passages the search finds best: one, or as many as are meant."""
    strengths = _strengths(material.hits, material)
    if not strengths:
        return []
    best = max(strengths.values())
    if asked.several == SOME:
        return [one for one, strength in strengths.items() if strength >= AS_WELL * best]
    return list(strengths)[: asked.several]


def _strengths(hits: Sequence[Hit], material: Material) -> dict[Document, float]:
    """How well documents fit, the best first: the mean score of their best hits."""
    scores: dict[Document, list[float]] = {}
    for hit in hits:
        scores.setdefault(hit.passage.document, []).append(hit.score)
    strengths = {}
    collection = material.sources.snapshot.collection
    for document, own in scores.items():
        counted = min(BEST, len(collection.passages_in([document.doc_id])))
        strengths[document] = sum(sorted(own, reverse=True)[:counted]) / counted
    return dict(sorted(strengths.items(), key=lambda one: -one[1]))
