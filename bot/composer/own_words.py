"""The yes or no that a document gives itself: 可以。 as the first sentence of its answer to a question.

What follows it says only how, and is found without it; so the document's own first words lead.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.answer import Citation
from bot.composer.sources import Material
from bot.reader.candidates import coverage
from corpus import Passage
from corpus.document import Span
from corpus.intake.conversations import speaker_of, without_speaker
from corpus.language.sentences import ends_with_question, sentences
from corpus.language.text import fold

VERDICT = 8
"""Characters of a first sentence that is no more than a yes or no, its mark included: 原则上可以。

不可以，凭证件除外。 has both, and is found by what it says.
"""

SAME = 0.8
"""The share of the words of a question, by rarity, from which the document answers that very question."""


class OwnWords(NamedTuple):
    """The first sentence of an answer with what goes on from it, and whether it answers what is asked."""

    citations: tuple[Citation, ...]
    is_of_question: bool


def in_own_words(found: tuple[Citation, ...], material: Material) -> OwnWords | None:
    """`found` led by the yes or no that its document gives; None where this gives none."""
    best = found[0]
    asked = _question_of(best)
    if asked is None:
        return None
    text = best.document.text
    question = without_speaker(text[slice(*asked)], {speaker_of(text[slice(*asked)])})
    if material.sources.understand(question).kind != "yes":
        return None
    spans = _answer(best, asked)
    lead = _said(text, spans[0]) if spans else Span(0, 0)
    if not spans or lead.end - lead.start > VERDICT:
        return None
    first, *after = [Citation(best.document, *span) for span in spans]
    goes_on = after[:1] if best.overlaps(first) else [best]
    others = [one for one in found[1:] if not one.overlaps(first)]
    led = dict.fromkeys([Citation(best.document, *lead), *goes_on, *others])
    share = coverage(material.question.terms, fold(question), material.question.alike)
    return OwnWords(tuple(led), share >= SAME)


def _question_of(citation: Citation) -> Span | None:
    """The question that a citation answers: a line before it, or the heading above it."""
    text = citation.document.text
    spans = list(citation.context)
    section = citation.document.section_at(citation.start)
    if section is not None and section.heading:
        spans.append(Span(section.start, section.start + len(section.heading)))
    return next((span for span in spans if ends_with_question(text[slice(*span)])), None)


def _answer(citation: Citation, asked: Span) -> list[Span]:
    """The sentences of the paragraph that answers first, in characters of the document."""
    document = citation.document
    following = document.units_in(asked.end + 1, citation.end)
    if not following or following[0].kind == "row":
        return []
    unit = following[0]
    return [
        Span(unit.start + start, unit.start + end)
        for start, end in sentences(Passage(document, unit.start, unit.end).text)
    ]


def _said(text: str, span: Span) -> Span:
    """A sentence without the label of its speaker: 可以。 of 答：可以。"""
    written = text[slice(*span)]
    said = without_speaker(written, {speaker_of(written)})
    return Span(span.end - len(said), span.end)
