"""What documents say on the whole: of each of their parts the sentence that says most.

One document gives an outline; several give a line each, on the whole or on one subject.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT, Composition, Line
from bot.composer.outline import body_of, gist, outline
from bot.composer.sources import Material
from bot.composer.telling import ARTICLE, LONGEST, Telling
from bot.i18n import Pair, pick
from bot.question.metadata import LINES, asked_sections
from bot.question.scope import Scope
from bot.question.summaries import LAST, AskedSummary, Place, asked_summary
from bot.reader.candidates import coverage
from corpus import Document, Passage, Section
from corpus.document import Span
from corpus.language.quantities import han_value
from corpus.language.text import fold

CONFIDENCE = 0.9
"""How likely a summary is right where its document is known: what is left is whether that is the one
that was meant, and on the fitting questions it was."""

NAMED = 0.6
"""Share of the words, by rarity, that the title must have of the document meant by 大屏那篇."""

HEAD, HEADED = 200, 0.8
"""Characters at the beginning of a document that say what it is: its subtitle and its first sentence; and
the share of the words that they must have.
"""

NEAR = 0.1
"""Share of the words by which a document may be behind the best and is meant as well: 潍坊和青岛的供热条例."""

POINTED = 0.5
"""Share of the words that a document must have which is found by what it is said to be about."""

OF_HEADING = 0.5
"""Share of the pairs of characters that a heading must have of the name of a part."""

ON_SUBJECT = 5
"""Most sentences of one document on one subject."""

SEARCHED = 60
"""Passages among which several documents say something on a subject."""

BESIDE = 10
"""Characters of a line beside its title and sentence: the mark, and its share of what is said last."""

OTHERS: Pair = (
    "另有{}篇，可以指明题目来问。",
    "There are {} more: ask about one by its title.",
)

_LEVELS = "编章节"
_JOINED = re.compile("[和与跟及]$")
_NUMBER = re.compile(
    r"^\s*(?:第([一二三四五六七八九十百\d]+)([编章节])|[（(]?([一二三四五六七八九十]+|\d{1,2})[)）]?[、.．])"
)


def summarise(material: Material) -> Composition | None:
    """The outline of the document or part meant, a line for each of several, or what they say on a
    subject.
    """
    if frozenset(asked_sections(material.question)) & frozenset(LINES):
        return None
    documents: Sequence[Document] = material.documents_meant
    if not documents:
        return None
    asked = asked_summary(_about(material))
    if asked.subject and asked.place is None:
        return _on_subject(material, asked.subject, documents)
    if len(documents) == 1 and material.scope.by == "title" and _JOINED.search(asked.name):
        documents = _with_joined(material, documents[0])
    if len(documents) > 1 and asked.name and not material.scope.is_sure:
        documents = _meant(material, asked, documents)
        asked = asked if asked.is_part else asked._replace(name="")
    if len(documents) == 1:
        return _of_one(material, asked, documents[0])
    if not documents or asked.place or asked.is_part:
        return None
    return _of_each(material, documents)


def _about(material: Material) -> str:
    """The question without the title of the only document that it names, or what it carries on."""
    scope, question = material.scope, material.question
    if question.asked != question.whole and question.language == "zh":
        # What is carried from earlier questions stands before what was typed, after a space.
        return question.asked.rsplit(" ", 1)[-1]
    named = [aim for aim in scope.aims if aim.fit >= 1]
    if len(named) == 1 and scope.by == "title":
        return named[0].question.whole
    return question.asked


def _of_one(material: Material, asked: AskedSummary, document: Document) -> Composition | None:
    """The outline of one document, or of the part of it that is asked for."""
    if asked.place is not None:
        span = _numbered(document, asked.place)
    elif asked.name:
        span = _section_named(document, asked.name)
    else:
        return _whole(material, document, asked.size)
    if span is not None:
        return _composed(outline(_telling(material, document), span, asked.size, False))
    if asked.place is not None or asked.is_part or not _is_titled(material, document, asked.name):
        return None
    return _whole(material, document, asked.size)


def _whole(material: Material, document: Document, count: int) -> Composition | None:
    telling = _telling(material, document)
    if count == 1:
        only = gist(telling, LONGEST)
        return _composed([Line("", (only,))] if only else [])
    return _composed(outline(telling, body_of(document), count, True))


def _of_each(material: Material, documents: Sequence[Document]) -> Composition | None:
    """A line for each document: its title, and the sentence that says most; how many are left out."""
    shown = documents[:CITED_AT_MOST]
    titles = sum(len(document.title) for document in shown)
    room = min((TEXT_LIMIT - titles) // len(shown) - BESIDE, LONGEST)
    lines = []
    for document in shown:
        if only := gist(_telling(material, document), room):
            lines.append(Line(document.title, (only,)))
    left_out = len(documents) - len(shown)
    if lines and left_out:
        lines.append(Line("", (), pick(OTHERS, material.question.language).format(left_out)))
    return _composed(lines)


def _on_subject(
    material: Material, subject: str, documents: Sequence[Document]
) -> Composition | None:
    """What documents say on a subject: the best sentence of each, or the best of the only one."""
    if len(documents) == 1 and (span := _section_named(documents[0], subject)) is not None:
        return _composed(outline(_telling(material, documents[0]), span, 0, False))
    most = ON_SUBJECT if len(documents) == 1 else 1
    found: dict[str, list[Citation]] = {}
    spans: dict[str, list[Span]] = {}
    for sentence in _saying(material, subject, documents):
        doc_id = sentence.document.doc_id
        if doc_id not in spans:
            spans[doc_id] = _citable(_telling(material, sentence.document))
        held = found.setdefault(doc_id, [])
        whole = next((s for s in spans[doc_id] if _holds(s, sentence)), None)
        if whole is None or len(held) == most:
            continue
        if all(whole.end <= other.start or other.end <= whole.start for other in held):
            held.append(Citation(sentence.document, *whole))
    lines: list[Line] = []
    for cited in filter(None, found.values()):
        ordered = sorted(cited, key=lambda one: one.start)
        label = "" if len(documents) == 1 else cited[0].document.title
        lines += [Line(label, (one,)) for one in ordered]
    return _composed(lines[:CITED_AT_MOST])


def _saying(material: Material, subject: str, documents: Sequence[Document]) -> list[Passage]:
    """The sentences of documents that speak of a subject, the best first."""
    sources = material.sources
    question = sources.understand(subject)
    allowed = tuple(document.doc_id for document in documents)
    hits = sources.search(question, SEARCHED, Scope(by="request", doc_ids=allowed))
    candidates = sources.reader.candidates_for(hits)
    if not candidates or not question.terms:
        return []
    scores = sources.reader.weigh(question, candidates).scores
    order = sorted(range(len(candidates)), key=lambda row: -float(scores[row]))
    sentences = [candidates[row].sentence for row in order]
    return [one.span for one in sentences if coverage(question.terms, one.around) >= POINTED]


def _holds(span: Span, sentence: Passage) -> bool:
    return span.start <= sentence.start and sentence.end <= span.end


def _citable(telling: Telling) -> list[Span]:
    """The characters of what may be cited, items of lists by themselves included; the shortest first."""
    document = telling.document
    statements = telling.statements(0, len(document.text))
    spans = [Span(one.start, one.end) for one in statements]
    spans += [Span(u.start, u.end) for u in document.units if u.kind == "item" and u.leads]
    return sorted(spans, key=lambda span: span[1] - span[0])


def _with_joined(material: Material, document: Document) -> Sequence[Document]:
    """A document with another that is named by what both have: 潍坊 of 潍坊和青岛的供热条例."""
    asked = asked_summary(material.question.asked)
    both = _meant(material, asked, material.sources.documents)
    return both if document in both else [document]


def _meant(
    material: Material, asked: AskedSummary, documents: Sequence[Document]
) -> list[Document]:
    """The documents named by some words: of the title, or of what stands below it; several by one title.

    One that is pointed at, 说天热那条, may be found by its text. Empty where none is.
    """
    question = material.sources.understand(asked.name)
    terms = question.terms
    titled = _best(documents, [coverage(terms, fold(one.title)) for one in documents], NAMED)
    if titled or not terms:
        return titled
    if len(terms) > 1:
        heads = [coverage(terms, fold(f"{one.title}\n{one.text[:HEAD]}")) for one in documents]
        if found := _best(documents, heads, HEADED):
            return found
    if not asked.points:
        return []
    allowed = tuple(document.doc_id for document in documents)
    hits = material.sources.search(question, 1, Scope(by="request", doc_ids=allowed))
    found = [hit.passage.document for hit in hits]
    return [one for one in found if coverage(terms, fold(f"{one.title}\n{one.text}")) >= POINTED]


def _best(documents: Sequence[Document], shares: Sequence[float], least: float) -> list[Document]:
    """The documents that share most, all that share as much; none below `least`."""
    best = max(shares)
    if best < least:
        return []
    return [one for one, share in zip(documents, shares, strict=True) if share > best - NEAR]


def _is_titled(material: Material, document: Document, name: str) -> bool:
    """Whether some words are those of the title of a document."""
    terms = material.sources.understand(name).terms
    return not terms or coverage(terms, fold(document.title)) >= NAMED


def _section_named(document: Document, name: str) -> Span | None:
    """The section whose heading has most of the words of `name`."""
    name = name.replace(" ", "")
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    best, best_share = None, OF_HEADING
    for number, section in enumerate(document.sections):
        heading = fold(section.heading)
        if not heading or section.heading in LINES:
            continue
        own = {heading[at : at + 2] for at in range(len(heading) - 1)}
        # 某篇的钱怎么分摊那部分 has all of 钱怎么分摊.
        share = len(pairs & own) / max(min(len(pairs), len(own)), 1)
        if share > best_share or (share == best_share and best is None):
            best, best_share = number, share
    return _reach(document.sections, best) if best is not None and pairs else None


def _numbered(document: Document, place: Place) -> Span | None:
    """The part of a document with a number; None where it has none."""
    if place.unit == "条":
        return _article(document, place.number)
    headed = [s for s in document.sections if s.heading and s.heading not in LINES]
    if place.unit in ("段", "") or not headed:
        return _paragraph(document, place.number) if place.unit in ("段", "") else None
    of_level = [s for s in headed if _level(s) == place.unit] or headed
    if place.number != LAST and place.unit in ("章", "节", "编"):
        of_level = [s for s in of_level if _number(s) in (place.number, None)] or of_level
        numbered = [s for s in of_level if _number(s) == place.number]
        return _reach(document.sections, document.sections.index(numbered[0])) if numbered else None
    index = place.number if place.number == LAST else place.number - 1
    if index >= len(of_level):
        return None
    return _reach(document.sections, document.sections.index(of_level[index]))


def _article(document: Document, number: int) -> Span | None:
    """An article of a law: 第十二条, with all its paragraphs."""
    starts = [unit for unit in document.units if ARTICLE.match(unit.text)]
    numbers = [han_value(unit.text[1 : unit.text.index("条")]) for unit in starts]
    if number not in numbers:
        return None
    at = numbers.index(number)
    section = document.section_at(starts[at].start)
    end = section.end if section else len(document.text)
    if at + 1 < len(starts):
        end = min(end, starts[at + 1].start)
    return Span(starts[at].start, end)


def _paragraph(document: Document, number: int) -> Span | None:
    """A paragraph of the body."""
    units = [u for u in document.units_in(*body_of(document)) if u.kind == "paragraph"]
    index = number if number == LAST else number - 1
    return Span(units[index].start, units[index].end) if index < len(units) and units else None


def _level(section: Section) -> str:
    found = _NUMBER.match(section.heading)
    return (found[2] or "") if found else ""


def _number(section: Section) -> int | None:
    found = _NUMBER.match(section.heading)
    if found is None:
        return None
    written = found[1] or found[3]
    return int(written) if written.isdecimal() else han_value(written)


def _reach(sections: Sequence[Section], first: int) -> Span:
    """A section with those below it: the 节 of a 章."""
    level = _LEVELS.find(_level(sections[first])) if _level(sections[first]) else len(_LEVELS)
    end = sections[first].end
    for section in sections[first + 1 :]:
        below = _level(section)
        if not below or _LEVELS.find(below) <= level:
            break
        end = section.end
    return Span(sections[first].start, end)


def _telling(material: Material, document: Document) -> Telling:
    return Telling.of(document, material.sources.snapshot)


def _composed(lines: Sequence[Line]) -> Composition | None:
    return Composition("summary", tuple(lines), CONFIDENCE) if lines else None
