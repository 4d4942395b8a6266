"""The part of a document that is asked for: by its number, or by its heading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.composer.outline import body_of
from bot.composer.telling import ARTICLE
from bot.question.metadata import LINES
from bot.question.summaries import LAST, Place
from corpus import Document, Section
from corpus.document import Span
from corpus.language.quantities import han_value, numeral_value
from corpus.language.text import fold

OF_HEADING = 0.5
"""Share of the pairs of characters that a heading must have of the name of a part."""

_LEVELS = "编章节"
_NUMBER = re.compile(
    r"^\s*(?:第([一二三四五六七八九十百\d]+)([编章节])|[（(]?([一二三四五六七八九十]+|\d{1,2})[)）]?[、.．])"
)


def section_named(document: Document, name: str, is_part: bool) -> Span | None:
    """The section whose heading has most of the words of `name`, which `is_part` says to be one."""
    name = name.replace(" ", "")
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    best, best_share = None, OF_HEADING
    for number, section in enumerate(document.sections):
        heading = fold(section.heading)
        if not heading or section.heading in LINES:
            continue
        own = {heading[at : at + 2] for at in range(len(heading) - 1)}
        # 某篇的钱怎么分摊那部分 has all of 钱怎么分摊, and 城市治理那篇 means more than 二、城市治理.
        whole = min(len(pairs), len(own)) if is_part else len(pairs | own)
        share = len(pairs & own) / max(whole, 1)
        if share > best_share or (share == best_share and best is None):
            best, best_share = number, share
    return reach(document.sections, best) if best is not None and pairs else None


def section_quoted(document: Document, asked: str) -> Span | None:
    """The section that `asked` has the whole heading of in quotation marks: “三、保障措施”这一节."""
    folded = fold(asked)
    named = [
        (len(section.heading), -number)
        for number, section in enumerate(document.sections)
        if section.heading not in LINES and f"“{fold(section.heading)}”" in folded
    ]
    return reach(document.sections, -max(named)[1]) if named else None


def numbered_part(document: Document, place: Place) -> Span | None:
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
        return reach(document.sections, document.sections.index(numbered[0])) if numbered else None
    index = place.number if place.number == LAST else place.number - 1
    if index >= len(of_level):
        return None
    return reach(document.sections, document.sections.index(of_level[index]))


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
    return numeral_value(found[1] or found[3])


def reach(sections: Sequence[Section], first: int) -> Span:
    """A section with those below it: the 节 of a 章."""
    level = _LEVELS.find(_level(sections[first])) if _level(sections[first]) else len(_LEVELS)
    end = sections[first].end
    for section in sections[first + 1 :]:
        below = _level(section)
        if not below or _LEVELS.find(below) <= level:
            break
        end = section.end
    return Span(sections[first].start, end)
