"""Tells a fact with the other places that state it: a line behind the sentence, or a line for each.

What several documents say alike is answered where none of them alone is sure enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bot.answer import CITED_AT_MOST, TEXT_LIMIT, Answer, Citation, extracted_text
from bot.composer.agreement import Agreement, Stated, agreement
from bot.composer.composition import ComposedForm, Composition, Line, told
from bot.composer.gathering import coverage_of, is_covered
from bot.composer.sources import Material
from bot.composer.standing import standing
from bot.i18n import Language, Pair, pick
from bot.question.agreeing import asks_agreement
from bot.reader.by_rule import Reading, read_by_rule
from bot.reader.decision import IMPOSSIBLE
from bot.reader.versions import age, is_repealed
from corpus import Document

SAME: Pair = ("另有 {count} 篇说法相同。", "{count} more say the same.")
OTHERWISE: Pair = ("说法不一，以上出自{first}；", "They differ: the above is from {first}; ")
FURTHER: Pair = ("另有 {count} 处说到：", "{count} more speak of it: ")
UNDATED: Pair = ("没有日期", "undated")
ENDED: Pair = ("已废止", "repealed")
COLON: Pair = ("：", ": ")


def agreed(material: Material) -> Composition | None:
    """A line for each document that states what is asked, the newest first.

    For a question that asks whether several agree, and for one that no sentence alone answers surely;
    None where no other document likely states it. Of 32 refused questions that several documents
    answer 17 are answered so, and of 128 that nothing answers 4, whose documents were deleted.
    """
    if not material.candidates or not _is_open(material):
        return None
    evidence = material.evidence
    best = int(np.argmax(evidence.scores))
    if set(IMPOSSIBLE).intersection(evidence.against[best]):
        return None
    span = material.candidates[best].sentence.span
    found = agreement(Reading((Citation(span.document, span.start, span.end),), None), material)
    if found is None:
        return None
    lines = _by_document(found, material)
    form: ComposedForm = "comparison" if material.form == "comparison" else "list"
    return Composition(form, lines, coverage_of(material)) if len(lines) > 1 else None


def _is_open(material: Material) -> bool:
    """Whether the documents speak of what is asked, and no fact answers or the question asks if they agree."""
    is_fact = material.form == "fact"
    if is_fact and read_by_rule(material.question, material.hits, material.scope) is not None:
        return False
    asks = asks_agreement(material.question.whole) and not is_fact
    return (asks or not material.is_answered) and is_covered(material)


def _by_document(found: Agreement, material: Material) -> tuple[Line, ...]:
    """A line for each document, the newest first, with its sentences in the order of the text."""
    stated = (found.first, *found.same, *found.other, *found.further)
    rows = {candidate.sentence.span: candidate.row for candidate in material.candidates}
    every = material.sources.snapshot.collection.sentences
    cited: dict[str, list[Citation]] = {}
    documents: dict[str, Document] = {}
    for one in sorted(stated, key=lambda one: one.sentence.start):
        row = rows.get(one.sentence, 0)
        citation = standing(one.sentence, every[row - 1] if row else None)
        if citation is not None:
            documents[citation.document.doc_id] = citation.document
            cited.setdefault(citation.document.doc_id, []).append(citation)
    order = sorted(documents.values(), key=age, reverse=True)
    language = material.question.language
    return tuple(
        Line(_named(document, language), tuple(dict.fromkeys(cited[document.doc_id])))
        for document in order
    )


def with_others(answer: Answer, found: Agreement) -> Answer:
    """An answer with what is stated elsewhere: a line behind the sentence, or where there is no room for
    that, a line for each.
    """
    first = found.first
    cited: tuple[Citation, ...] = (_citation(first),)
    if answer.citations[0].document is first.sentence.document:
        cited = answer.citations
    value = first.value or None
    # Of values that differ none is the answer.
    is_sure = answer.short_answer_sure and value == answer.short_answer and not found.other
    beside = _beside(cited, found, answer.language)
    if beside is not None:
        text, citations = beside
        return replace(
            answer,
            text=text,
            citations=citations,
            short_answer=value,
            short_answer_sure=is_sure,
        )
    if not found.other and not found.further:
        return answer
    lines = [Line(_named(first.sentence.document, answer.language), cited)]
    for one in (*found.other, *found.further, *found.same):
        lines.append(Line(_named(one.sentence.document, answer.language), (_citation(one),)))
    text, parts, citations, _ = told(Composition("list", tuple(lines), answer.confidence))
    return replace(
        answer,
        form="list",
        text=text,
        parts=parts,
        citations=citations,
        short_answer=value,
        short_answer_sure=is_sure,
    )


def _beside(
    cited: tuple[Citation, ...], found: Agreement, language: Language
) -> tuple[str, tuple[Citation, ...]] | None:
    """The sentences with lines behind them that say what is stated elsewhere; None without room."""
    citations = list(cited)
    lines = [extracted_text(cited)]
    if found.other:
        opening = pick(OTHERWISE, language).format(first=_named(cited[0].document, language))
        lines.append(opening + _quoted(found.other, citations, language))
    if found.further:
        opening = pick(FURTHER, language).format(count=len(found.further))
        lines.append(opening + _quoted(found.further, citations, language))
    if found.same:
        room = CITED_AT_MOST - len(citations)
        marks = ""
        for one in found.same[: max(0, room)]:
            citations.append(_citation(one))
            marks += f"[{len(citations)}]"
        lines.append(pick(SAME, language).format(count=len(found.same)) + marks)
    text = "\n".join(lines)
    if len(text) > TEXT_LIMIT or len(citations) > CITED_AT_MOST:
        return None
    return text, tuple(citations)


def _quoted(stated: Sequence[Stated], citations: list[Citation], language: Language) -> str:
    """The sentences with their marks, each with the name of its document unless the one before has it.

    They are added to `citations`.
    """
    pieces = []
    named: Document | None = None
    for one in stated:
        citations.append(_citation(one))
        document = one.sentence.document
        name = "" if document is named else _named(document, language) + pick(COLON, language)
        pieces.append(f"{name}{one.sentence.text.strip()}[{len(citations)}]")
        named = document
    return "".join(pieces)


def _citation(stated: Stated) -> Citation:
    return Citation(stated.sentence.document, stated.sentence.start, stated.sentence.end)


def _named(document: Document, language: Language) -> str:
    """The title of a document with its date, and whether it is repealed: 《公告》（2024-05-01，已废止）."""
    facts = [document.published] if document.published else [pick(UNDATED, language)]
    if is_repealed(document):
        facts.append(pick(ENDED, language))
    title = document.title or document.source or document.doc_id
    if language == "en":
        return f"{title.strip('《》')} ({', '.join(facts)})"
    # 《办法》政策解读 has marks of its own.
    name = title if title.startswith("《") else f"《{title}》"
    return f"{name}（{'，'.join(facts)}）"
