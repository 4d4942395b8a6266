"""What comes next after an answer: further documents, places and sentences that answer as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bot.answer import Answer, Citation
from bot.composer.around import article_at, section_of
from bot.composer.composition import CITED_AT_MOST, Line
from bot.composer.mention import mentioning
from bot.composer.outline import body_of, gist
from bot.composer.series import Series, series_in
from bot.composer.sources import Material
from bot.composer.standing import NAMES_ONLY, standing
from bot.composer.telling import ARTICLE, LONGEST, Statement, Telling
from bot.question.analysis import Question
from bot.reader.by_rule import read_by_rule
from bot.reader.candidates import coverage
from bot.reader.decision import deciding
from bot.reader.extractive import ELSEWHERE, Evidence, asks_something
from bot.reader.versions import NEARLY, frame, overlap
from corpus import Document
from corpus.document import Span
from corpus.language.sentences import SENTENCE_LIMIT
from corpus.language.text import fold
from index.snapshot import Snapshot

NEXT_AT_MOST = 3
"""Sentences that answer as well as the first, of one further answer."""

BEHIND = 2.0
"""How far below the best sentence (log-odds) another one may be that answers as well."""

ECHOED, ECHOES_AT_MOST = 0.5, 3
"""Share of the words of a point that a sentence elsewhere must have which says more of it, and how many
are told.
"""

_MORE_WORDS = frozenset({"别的", "其他", "其它", "另外", "还有", "其余"})

NAMED = 0.3
"""Share of the words of a question that the lead of a list must have, or its heading, to be meant by it."""


def further(answer: Answer, material: Material, told: Sequence[Citation]) -> list[Line]:
    """What comes next after all that is in `told`; empty where there is nothing."""
    if answer.form == "summary":
        return _of_others(material, told) or of_sections(answer.citations, material, told)
    if material.form == "mention":
        found = mentioning(material)
        return [line for line in found if not any(map(line.citations[0].overlaps, told))]
    if answer.form in ("fact", "yes_no"):
        focus, snapshot = answer.citations, material.sources.snapshot
        beside = rest_of_list(focus, told) or rest_of_paragraph(focus, snapshot, told)
        return beside or _next_best(material, told) or rest_of_section(focus, snapshot, told)
    return []


def rest_of_list(focus: Sequence[Citation], told: Sequence[Citation]) -> list[Line]:
    """What else the list says of which one of the sentences `focus` is an item, or the lead.

    Those behind it come first, then those before it. Of several lists it is the shortest.
    """
    for one in focus:
        for series in _lists_at(one):
            if left := _rest(series, one, told):
                return left
    return []


def rest_of_named_list(question: Question, first: Citation) -> list[Line]:
    """What else a list says of which a sentence is an item, where its lead or its heading names what is asked for.

    还有别的义务吗 asks for those below 履行下列义务：.
    """
    words = {term: rarity for term, rarity in question.own.items() if term not in _MORE_WORDS}
    for series in _lists_at(first):
        lead = first.document.text[slice(*series.lead)] if series.lead else ""
        name = fold(f"{series.heading} {lead}")
        if coverage(words, name, question.alike) >= NAMED:
            return _rest(series, first, [first])
    return []


def _lists_at(cited: Citation) -> list[Series]:
    """The lists of which a sentence is an item, or the lead, the shortest first."""
    held = []
    for series in series_in(cited.document):
        number = series.number_at(cited.start, cited.end)
        if series.listing != "headings" and number is not None:
            held.append(series)
    return sorted(held, key=lambda series: series.items[-1].end - series.items[0].start)


def _rest(series: Series, cited: Citation, told: Sequence[Citation]) -> list[Line]:
    """The items of a list that are not told, those behind a sentence first."""
    number = series.number_at(cited.start, cited.end)
    at = number if number is not None else -1
    items = [*series.items[at + 1 :], *series.items[: max(at, 0)]]
    lines = [Line("", (Citation(series.document, *item),)) for item in items]
    return [line for line in lines if not _is_told(line.citations[0], told)]


def rest_of_paragraph(
    focus: Sequence[Citation], snapshot: Snapshot, told: Sequence[Citation]
) -> list[Line]:
    """What the paragraph of the first sentence goes on to say."""
    first = focus[0]
    unit = first.document.units_in(first.start, first.end)[-1]
    return _statements(Telling.of(first.document, snapshot), Span(first.end, unit.end), told)


def rest_of_section(
    focus: Sequence[Citation], snapshot: Snapshot, told: Sequence[Citation]
) -> list[Line]:
    """What the section of the first sentence says behind it, or else what says most of it."""
    first = focus[0]
    telling = Telling.of(first.document, snapshot)
    within = section_of(first)
    behind = _statements(telling, Span(first.end, within.end), told)
    if behind:
        return behind
    return [Line("", (one,)) for one in _telling_most(telling, within, NEXT_AT_MOST, told)]


def _statements(telling: Telling, within: Span, told: Sequence[Citation]) -> list[Line]:
    """The first statements between two characters that are not told."""
    lines = []
    for one in telling.statements(*within):
        citation = Citation(telling.document, one.start, one.end)
        if _fits(one) and not _is_told(citation, told):
            lines.append(Line("", (citation,)))
    return lines[:NEXT_AT_MOST]


def _is_told(citation: Citation, told: Sequence[Citation]) -> bool:
    return any(map(citation.overlaps, told))


def echoes(point: Line, material: Material, told: Sequence[Citation]) -> list[Citation]:
    """Sentences of the same document that have most of the words of a point, or name its article."""
    first = point.citations[0]
    terms = material.sources.understand(f"{point.label} {first.quote}"[:SENTENCE_LIMIT]).terms
    article = _article_of(first)
    collection = material.sources.snapshot.collection
    rows = collection.sentences_of_passages(collection.passages_in([first.document.doc_id]))
    found: list[tuple[float, Citation]] = []
    before = None
    for row in rows.tolist():
        sentence = collection.sentences[row]
        units = first.document.units_in(sentence.start, sentence.end)
        is_silent = bool(units) and units[0].kind in NAMES_ONLY
        is_named = bool(article) and _names(sentence.text, article)
        share = max(coverage(terms, fold(sentence.text)), float(is_named))
        citation = standing(sentence, before) if share >= ECHOED and not is_silent else None
        if citation is not None and not any(map(citation.overlaps, told)):
            found.append((share, citation))
        before = sentence
    found.sort(key=lambda one: -one[0])
    return sorted((one for _, one in found[:ECHOES_AT_MOST]), key=lambda one: one.start)


def _article_of(cited: Citation) -> str:
    """How other articles name the one that a sentence stands in: 第三十七条; empty outside of laws."""
    article = article_at(cited.document, cited.start)
    found = ARTICLE.match(cited.document.text[article.start : article.end]) if article else None
    return found.group().rstrip(" 　之") if found else ""


def _names(text: str, article: str) -> bool:
    """Whether a sentence names an article, and is not itself what that begins with."""
    return article in text and not text.startswith(article)


def _of_others(material: Material, told: Sequence[Citation]) -> list[Line]:
    """A line for each of the documents meant of which nothing is told."""
    shown = {one.document.doc_id for one in told}
    if len(shown) < 2:
        return []
    left = [one for one in material.documents_meant if one.doc_id not in shown]
    lines = []
    for document in left[:CITED_AT_MOST]:
        if only := gist(Telling.of(document, material.sources.snapshot), LONGEST):
            lines.append(Line(document.title, (only,)))
    return lines


def of_sections(
    focus: Sequence[Citation], material: Material, told: Sequence[Citation], least: int = 1
) -> list[Line]:
    """Of each section of the sentences of `focus` those that say most of what is not told yet.

    As many as `focus` has of it, and `least` where it has fewer.
    """
    document = focus[0].document
    if any(one.document is not document for one in told):
        return []
    telling = Telling.of(document, material.sources.snapshot)
    sections: dict[int, list[Citation]] = {}
    for one in focus:
        section = document.section_at(one.start)
        sections.setdefault(section.start if section else 0, []).append(one)
    lines = []
    for start, own in sections.items():
        section = document.section_at(start)
        within = (section.start, section.end) if section else tuple(body_of(document))
        label = section.heading if section else ""
        found = _telling_most(telling, within, max(len(own), least), told)
        if label and found:
            lines.append(Line(label, tuple(found)))
        else:
            lines += [Line("", (citation,)) for citation in found]
    return lines


def _telling_most(
    telling: Telling, within: tuple[int, ...], count: int, told: Sequence[Citation]
) -> list[Citation]:
    """The `count` statements between two characters that say most, in order, without what is told."""
    document = telling.document
    every = [one for one in telling.statements(within[0], within[1]) if _fits(one)]
    fresh = []
    for one in every:
        if not any(map(Citation(document, one.start, one.end).overlaps, told)):
            fresh.append(one)
    if not fresh:
        return []
    order = np.argsort(-telling.scores(fresh, None), kind="stable")
    chosen: list[Citation] = []
    for row in order.tolist():
        citation = Citation(document, fresh[row].start, fresh[row].end)
        if len(chosen) < count and not any(map(citation.overlaps, chosen)):
            chosen.append(citation)
    return sorted(chosen, key=lambda one: one.start)


def _fits(statement: Statement) -> bool:
    return statement.end - statement.start <= LONGEST


def _next_best(material: Material, told: Sequence[Citation]) -> list[Line]:
    """The sentences that answer next best, as far as each would be cited from its document alone."""
    question = material.question
    if not material.candidates or not asks_something(question):
        return []
    if read_by_rule(question, material.hits, material.scope) is not None:
        return []
    known = [frame(fold(one.quote)) for one in told]
    collection = material.sources.snapshot.collection
    lines: list[Line] = []
    for row in _answering(material, told):
        candidate = material.candidates[row]
        span = candidate.sentence.span
        citation = standing(span, collection.before(candidate.row))
        framed = frame(candidate.sentence.folded)
        if citation is None or any(overlap(framed, one) >= NEARLY for one in known):
            continue
        known.append(framed)
        lines.append(Line(_label(span.document, told), (citation,)))
        if len(lines) == NEXT_AT_MOST:
            break
    return lines


def _answering(material: Material, told: Sequence[Citation]) -> Iterator[int]:
    """The candidates that are not told and answer hardly worse than the best, the best first.

    None that speaks of something else, and none of a document whose best would not be cited.
    """
    evidence = material.evidence
    spans = [candidate.sentence.span for candidate in material.candidates]
    least = float(evidence.scores.max()) - BEHIND
    rows = []
    for row, span in enumerate(spans):
        is_told = any(map(Citation(span.document, span.start, span.end).overlaps, told))
        asks = span.text.rstrip().endswith(("？", "?"))
        if not is_told and not asks and not ELSEWHERE.intersection(evidence.against[row]):
            rows.append(row)
    while rows:
        best = max(rows, key=lambda row: float(evidence.scores[row]))
        if float(evidence.scores[best]) < least:
            return
        own = [row for row in rows if spans[row].document is spans[best].document]
        rest = _among(evidence, own, material)
        if material.sources.reader.answers(rest, bool(material.scores)):
            yield best
            rows.remove(best)
        else:
            rows = [row for row in rows if row not in own]


def _label(document: Document, told: Sequence[Citation]) -> str:
    """The title of a document that is not the one cited so far."""
    return "" if any(one.document is document for one in told) else document.name


def _among(evidence: Evidence, rows: Sequence[int], material: Material) -> Evidence:
    """What is known of some of the candidates, the best of which is to be decided on."""
    features, scores = evidence.features[rows], evidence.scores[rows]
    documents = [material.candidates[row].sentence.span.document.doc_id for row in rows]
    against = [evidence.against[row] for row in rows]
    decisive = deciding(features, scores, documents)
    return Evidence(
        against, features, evidence.lacking[rows], evidence.titled[rows], scores, decisive
    )
