"""All that a question asks for, one a line: a list as its document sets it out, with its lead line."""

from __future__ import annotations

import re

from bot.answer import Citation
from bot.composer.composition import Composition, Line
from bot.composer.likely_lists import LikelyList, answering_list
from bot.composer.series import Series
from bot.composer.sources import Material
from bot.reader.by_rule import read_by_rule
from bot.reader.extractive import asks_something
from corpus import Document
from corpus.document import Span
from corpus.language.sentences import sentences

CITATION_LIMIT = 200
"""Characters of a line that is one citation; a longer item is cited by its first sentences."""

NOTED = 2.5
"""How far below the best of several notes (log-odds) another answers as well."""

# 附注：, 说明
_NOTES = re.compile(r"\s*(?:附?注|备注|说明|注释|notes?)\s*[：:]?\s*$", re.IGNORECASE)


def whole_list(material: Material) -> Composition | None:
    """The list that likely answers, as its document sets it out, else None."""
    found = answering_list(material) if _may_list(material) else None
    if found is None:
        return None
    likely, probability = found
    lines = lines_of(_without_others(likely, material))
    return Composition("list", lines, probability) if len(lines) > 1 else None


def _may_list(material: Material) -> bool:
    """Whether there is anything to choose from, and no rule that answers."""
    if not material.candidates or not asks_something(material.question):
        return False
    return read_by_rule(material.question, material.hits, material.scope) is None


def _without_others(chosen: LikelyList, material: Material) -> Series:
    """A list as it is; of notes, which have nothing in common, those that answer."""
    series = chosen.series
    if not _is_of_notes(series):
        return series
    scores = material.evidence.scores
    tops = {item: float(scores[numbers].max()) for item, numbers in chosen.members.items()}
    least = max(tops.values()) - NOTED
    items = [
        item for number, item in enumerate(series.items) if tops.get(number, least - 1) > least
    ]
    return series._replace(lead=None, items=tuple(items))


def _is_of_notes(series: Series) -> bool:
    if series.lead is None:
        return False
    return bool(_NOTES.match(series.document.text[slice(*series.lead)]))


def lines_of(series: Series) -> tuple[Line, ...]:
    """An item a line; the lead line is one citation with the first where there is room."""
    document = series.document
    spans = [_cited(document, span) for span in series.items]
    lines = []
    first_has_lead = False
    if series.lead is not None:
        lead, first = series.lead, spans[0]
        if first.end - lead.start <= CITATION_LIMIT and first.start - lead.end <= 1:
            spans[0] = Span(lead.start, first.end)
            first_has_lead = True
        elif series.listing != "items":
            lines.append(Line("", (Citation(document, *lead),)))
    items = [Line("", (Citation(document, *span),)) for span in spans]
    items[0] = items[0]._replace(keeps_lines=first_has_lead)
    return (*lines, *items)


def _cited(document: Document, item: Span) -> Span:
    """An item as it is cited: as many of its sentences as one citation holds, at least the first."""
    if item.end - item.start <= CITATION_LIMIT:
        return item
    ends = [end for _, end in sentences(document.text[item.start : item.end])]
    within = [end for end in ends if end <= CITATION_LIMIT]
    return Span(item.start, item.start + (within[-1] if within else ends[0]))
