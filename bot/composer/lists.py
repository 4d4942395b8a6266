"""All that a question asks for, one a line: a list as its document sets it out, with its lead line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.composition import Composition, Line
from bot.composer.gathering import is_covered
from bot.composer.series import Series, series_in
from bot.composer.sources import Material
from bot.question.analysis import Question
from bot.question.things import asks_order
from bot.reader.by_rule import read_by_rule
from bot.reader.candidates import coverage
from bot.reader.extractive import asks_something
from bot.reader.selection import asks_for_each
from corpus import Document
from corpus.document import Span
from corpus.language.sentences import sentences
from corpus.language.text import fold
from index import Vectors

CITATION_LIMIT = 200
"""Characters of a line that is one citation; a longer item is cited by its first sentences."""

NEAR = 1.5
"""How far below the best sentence (log-odds) the lead line or the second best item of a list may be."""

ALONE = 3.0
"""The same where the best sentence is an item of the list: beyond it the item answers alone."""

COVERS = 4.0
"""What a list gains for the share of the question's terms that it has more than the best sentence."""

LED, ANNOUNCED = 0.75, 0.75
"""What a list gains whose lead line has the noun asked for, and one whose lead announces a list."""

HOLDS_BEST = 1.0
"""What a list gains that has the best sentence."""

NOTED = 2.5
"""How far below the best of several notes (log-odds) another answers as well."""

# 符合下列条件：, 提出五点要求：, 分三类人。
_ANNOUNCES = re.compile(
    r"(?:下列|以下|下面|如下|[两二三四五六七八九十\d几][个项条点种类步样方]).*[:。]$|:$"
)
# 完工后，, 验收合格, 试运营期间, 公示期满
_AFTER = re.compile(r"后[，,]|之后|后的?[，,]|合格|期间|[期届]满|完成|方可|通过后|自收到")
# 附注：, 说明
_NOTES = re.compile(r"\s*(?:附?注|备注|说明|注释|notes?)\s*[：:]?\s*$", re.IGNORECASE)
# 具体包括：甲、乙、丙。
_LISTS_ITSELF = re.compile(r"(?::|包括|包含|分为|分别[是为])[^。;:]*?[^。;:、]+(?:、[^。;:、]+){2}")


class Weighed(NamedTuple):
    """A series with the numbers of its candidates, and how well it answers."""

    series: Series
    members: dict[int, list[int]]
    value: float
    covered: float


def whole_list(material: Material) -> Composition | None:
    """The list that answers, an item a line, where a document sets it out as one; else None."""
    return _composed(_of_series(material), material) if _may_list(material) else None


def _may_list(material: Material) -> bool:
    """Whether there is anything to choose from, and no rule that answers."""
    if not material.candidates or not asks_something(material.question):
        return False
    return read_by_rule(material.question, material.hits, material.scope) is None


def _composed(lines: tuple[Line, ...], material: Material) -> Composition | None:
    return Composition("list", lines, material.confidence) if len(lines) > 1 else None


def _of_series(material: Material) -> tuple[Line, ...]:
    """The lines of the list that answers, if one does."""
    weighed = weighed_series(material)
    if not weighed:
        return ()
    chosen = weighed[0]
    if not material.is_answered and not is_covered(material):
        return ()
    return lines_of(_without_others(chosen, material))


def _without_others(chosen: Weighed, material: Material) -> Series:
    """A list as it is; of notes, which have nothing in common, those that answer."""
    series = chosen.series
    if not _is_of_notes(series):
        return series
    scores = material.evidence.scores
    tops = _tops(chosen.members, scores)
    least = max(tops.values()) - NOTED
    items = [
        item for number, item in enumerate(series.items) if tops.get(number, least - 1) > least
    ]
    return series._replace(lead=None, items=tuple(items))


def weighed_series(material: Material) -> list[Weighed]:
    """The series that may be what is asked for, the best first."""
    scores = material.evidence.scores
    best = int(np.argmax(scores))
    says_all = _lists_itself(material.candidates[best].sentence.folded)
    found = []
    for series, members in _touched(material):
        about = material.scope.question_for(series.document, material.question)
        if series.listing == "paragraphs" and not (asks_order(about) and _is_in_order(series)):
            continue
        tops = _tops(members, scores)
        lead = tops.get(-1, -np.inf)
        items = sorted((top for item, top in tops.items() if item >= 0), reverse=True)
        second = items[1] if len(items) > 1 else -np.inf
        holds_best = any(best in numbers for numbers in members.values())
        if not holds_best and says_all:
            continue
        own = coverage(about.terms, series.text, about.alike)
        other = coverage(about.terms, material.candidates[best].sentence.around, about.alike)
        if not holds_best and not own:
            continue
        value = max(lead, second) + COVERS * (own - other) + _worth(series, about)
        value += HOLDS_BEST * holds_best
        if asks_for_each(about) and holds_best:
            value = max(value, float(scores[best]))
        if value >= scores[best] - (ALONE if holds_best else NEAR):
            found.append(Weighed(series, members, value, own))
    return sorted(found, key=lambda one: -one.value)


def _touched(material: Material) -> Iterator[tuple[Series, dict[int, list[int]]]]:
    """The series of the documents found, with the candidates in each of their items."""
    by_document: dict[Document, list[int]] = {}
    for number, candidate in enumerate(material.candidates):
        by_document.setdefault(candidate.sentence.span.document, []).append(number)
    for document, numbers in by_document.items():
        for series in series_in(document):
            members = _members(series, numbers, material)
            if members:
                yield series, members


def _members(series: Series, numbers: Iterable[int], material: Material) -> dict[int, list[int]]:
    """Those of the candidates `numbers` that stand in the items of a series, by item."""
    members: dict[int, list[int]] = {}
    for number in numbers:
        span = material.candidates[number].sentence.span
        item = series.number_at(span.start, span.end)
        if item is not None:
            members.setdefault(item, []).append(number)
    return members


def _tops(members: Mapping[int, Sequence[int]], scores: Vectors) -> dict[int, float]:
    """The best score of the candidates of each item."""
    return {item: float(scores[numbers].max()) for item, numbers in members.items()}


def _is_of_notes(series: Series) -> bool:
    if series.lead is None:
        return False
    return bool(_NOTES.match(series.document.text[slice(*series.lead)]))


def _is_in_order(series: Series) -> bool:
    """Whether more than half of some paragraphs say what they come after: 验收合格, 完工后."""
    texts = [series.document.text[slice(*item)] for item in series.items]
    return 2 * sum(bool(_AFTER.search(text)) for text in texts) > len(texts)


def _worth(series: Series, question: Question) -> float:
    """What the lead line of a series adds: the noun asked for, or that a list follows."""
    if series.lead is None:
        return 0.0
    lead = fold(series.document.text[slice(*series.lead)]).strip()
    has_noun = len(question.focus) > 1 and question.focus in lead
    return LED * has_noun + ANNOUNCED * bool(_ANNOUNCES.search(lead))


def _lists_itself(folded: str) -> bool:
    """Whether a sentence announces things and has them all: 材料为:甲、乙、丙."""
    return bool(_LISTS_ITSELF.search(folded))


def lines_of(series: Series) -> tuple[Line, ...]:
    """An item a line; the lead line stands before the first where they are one citation."""
    document = series.document
    spans = [_cited(document, span) for span in series.items]
    lines = []
    if series.lead is not None:
        lead, first = series.lead, spans[0]
        if first.end - lead.start <= CITATION_LIMIT and first.start - lead.end <= 1:
            spans[0] = Span(lead.start, first.end)
        elif series.listing != "items":
            lines.append(Line("", (Citation(document, *lead),)))
    lines += [Line("", (Citation(document, *span),)) for span in spans]
    return tuple(lines)


def _cited(document: Document, item: Span) -> Span:
    """An item as it is cited: as many of its sentences as one citation holds, at least the first."""
    if item.end - item.start <= CITATION_LIMIT:
        return item
    ends = [end for _, end in sentences(document.text[item.start : item.end])]
    within = [end for end in ends if end <= CITATION_LIMIT]
    return Span(item.start, item.start + (within[-1] if within else ends[0]))
