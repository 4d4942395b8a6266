"""What documents say on the whole, in a part, or on what is asked of them.

One document gives an outline; several give some lines each. What more is asked, 钱从哪来, is told by
the sentences that answer best, under the aspects that are named.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.composer.aspects import on_subject
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT, Composition, Line
from bot.composer.gathering import coverage_of, is_covered
from bot.composer.meant import documents_asked, is_named
from bot.composer.outline import Part, body_of, gist, outline
from bot.composer.parts import numbered_part, section_named, section_quoted
from bot.composer.sources import Material
from bot.composer.telling import LONGEST, Telling
from bot.composer.turns import turns_of
from bot.i18n import Pair, pick
from bot.question.metadata import LINES, asked_sections
from bot.question.summaries import AskedSummary, asked_summary
from corpus import Document

CONFIDENCE = 0.9
"""How likely a summary is right where its document is known: what is left is whether that is the one
that was meant, and on the fitting questions it was."""

OUTLINED = 4
"""Documents of which each has several lines; of more each has one."""

COVERED_BY_SEVERAL = 0.4
"""How likely documents must speak of what is asked where several are asked for, each of which says less
of it than a single one would.
"""

BESIDE = 10
"""Characters of a line beside its title and sentence: the mark, and its share of what is said last."""

OTHERS: Pair = (
    "另有{}篇，可以指明题目来问。",
    "There are {} more: ask about one by its title.",
)


def summarise(material: Material) -> Composition | None:
    """The outline of the documents or the part meant, or what they say on what is asked."""
    if frozenset(asked_sections(material.question)) & frozenset(LINES):
        return None
    asked = asked_summary(_about(material))
    documents = documents_asked(material, asked)
    lines = _of_part(material, asked, documents) or _of_speaker(material, asked, documents)
    if not lines and asked.place is not None:
        return None
    if not lines and _is_limited(material, asked, documents):
        if not _is_spoken_of(material, asked, documents):
            return None
        lines = on_subject(material, asked, documents)
    elif not lines and documents:
        lines = (
            _of_each(material, documents)
            if len(documents) > 1
            else _whole(material, asked, documents[0])
        )
    return Composition("summary", tuple(lines), CONFIDENCE) if lines else None


def _is_limited(material: Material, asked: AskedSummary, documents: Sequence[Document]) -> bool:
    """Whether less is asked for than what documents say on the whole: 归纳一楼住户的态度."""
    if not documents or asked.asks or asked.subject or asked.is_part or asked.names_aspects:
        return True
    name = material.sources.understand(asked.name)
    is_told = asked.tells and asked.is_request
    return not is_told and not any(is_named(name, document) for document in documents)


def _is_spoken_of(material: Material, asked: AskedSummary, documents: Sequence[Document]) -> bool:
    """Whether documents speak of what is asked: those that a request means, or those that are found."""
    if documents and (asked.is_request or asked.is_part or asked.subject):
        return True
    # 哪几个接好了 is for a fact.
    is_broad = asked.asks_how or asked.is_request or asked.tells or asked.several != 1
    if not is_broad or not material.candidates:
        return False
    return is_covered(material) or (
        asked.several != 1 and coverage_of(material) >= COVERED_BY_SEVERAL
    )


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


def _of_part(
    material: Material, asked: AskedSummary, documents: Sequence[Document]
) -> Sequence[Line]:
    """The outline of a part of the only document, by its number or heading; empty where it has none."""
    if len(documents) != 1 or not (asked.place or asked.name):
        return ()
    document = documents[0]
    span = section_quoted(document, material.question.asked)
    if span is not None:
        return outline(_telling(document, material), span, asked.size, False)
    if asked.place is not None:
        span = numbered_part(document, asked.place)
    else:
        span = section_named(document, asked.subject or asked.name, asked.is_part)
    return outline(_telling(document, material), span, asked.size, False) if span else ()


def _of_speaker(
    material: Material, asked: AskedSummary, documents: Sequence[Document]
) -> Sequence[Line]:
    """What a speaker says in the only document, a conversation; empty where none is named."""
    if len(documents) != 1:
        return ()
    turns = [Part("", *turn) for turn in turns_of(documents[0], material.question.asked)]
    telling = _telling(documents[0], material)
    return outline(telling, body_of(documents[0]), asked.size, True, turns) if turns else ()


def _telling(document: Document, material: Material) -> Telling:
    return Telling.of(document, material.sources.snapshot, material.question.language)


def _whole(material: Material, asked: AskedSummary, document: Document) -> Sequence[Line]:
    telling = _telling(document, material)
    if asked.size == 1:
        only = gist(telling, LONGEST)
        return [Line("", (only,))] if only else []
    return outline(telling, body_of(document), asked.size, True)


def _of_each(material: Material, documents: Sequence[Document]) -> Sequence[Line]:
    """For each document its title and what it says, in a line; how many are left out."""
    shown = documents[:CITED_AT_MOST]
    titles = sum(len(document.title) for document in shown)
    room = min((TEXT_LIMIT - titles) // len(shown) - BESIDE, LONGEST)
    lines = []
    for document in shown:
        telling = _telling(document, material)
        if len(shown) <= OUTLINED:
            told = outline(telling, body_of(document), CITED_AT_MOST // len(shown), True)
            cited = tuple(citation for line in told for citation in line.citations)
        else:
            only = gist(telling, room)
            cited = (only,) if only else ()
        if cited:
            lines.append(Line(document.title, cited))
    left_out = len(documents) - len(shown)
    if lines and left_out:
        lines.append(Line("", (), pick(OTHERS, material.question.language).format(left_out)))
    return lines
