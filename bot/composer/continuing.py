"""Carries the answer before on: more on one of its points, what it had no room for, an instance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answer import Answer, Citation
from bot.composer.around import around, paragraphs
from bot.composer.composition import (
    CITED_AT_MOST,
    Absence,
    ComposedForm,
    Composition,
    Line,
    cited,
    told,
    untold,
)
from bot.composer.further import echoes, further, of_sections
from bot.composer.instances import instances
from bot.composer.outline import body_of, outline
from bot.composer.sources import Material
from bot.composer.telling import Telling
from bot.i18n import Language, Pair, pick
from bot.question.continuing import LAST, Continued, Continuing, Wish
from bot.question.metadata import LINES
from corpus.document import CELL_BAR, Span
from corpus.language.quantities import numeral_value
from corpus.language.text import fold

EXAMPLES_SHOWN = 3
"""Examples of one answer; 还有吗 shows the next."""

OF_SECTION = 4
"""Sentences of a section that 还有吗 adds to what was told of it."""

WHOLE_SECTION = 900
"""Characters up to which a section is told as it is, and not by its outline."""

CERTAIN = 0.9
"""How likely what stands around a sentence is what more is asked about."""

ASK_FIRST: Pair = (
    "前面还没有可以接着说的回答。请先问一个问题，再问“详细说说第二点”“还有吗”或“举个例子”。",
    "There is no answer to carry on yet. Ask a question first, then “tell me more about the second”, "
    "“anything else” or “for example”.",
)
TOO_LONG_AGO: Pair = (
    "要接着说的那个问题已经不在随附的对话里了，请把问题再问一遍。",
    "The question to carry on is no longer in the conversation that was sent: ask it again.",
)
UNANSWERED: Pair = (
    "上一个问题没有找到答案，没有可以接着说的内容。",
    "The question before was not answered, so there is nothing to carry on.",
)
NO_POINT: Pair = (
    "上面的回答里没有第 {number} {unit}，只有 {count} {unit}。",
    "The answer above has no point {number}: it has {count} in all.",
)
NOT_NAMED: Pair = ("上面的回答里没有说到“{label}”。", "The answer above says nothing of “{label}”.")
NOTHING_AROUND: Pair = (
    "关于这一点，文中没有说得更多。",
    "The documents say no more about that.",
)
NO_MORE: Pair = (
    "没有更多了，能找到的都在上面。",
    "There is no more: all that was found is above.",
)
NO_EXAMPLE: Pair = ("文中没有为此举例。", "The documents give no example of that.")
NO_MORE_EXAMPLES: Pair = ("没有更多例子了。", "There are no more examples.")

_LEADS = re.compile(r"[:：]\s*$")
_NUMERAL = r"([一二三四五六七八九十百]+|\d{1,3})"
# （二）, 二是, 二、, 2., 第二步, 其二
_ORDINAL = re.compile(
    rf"\s*(?:[(（]{_NUMERAL}[)）]|{_NUMERAL}(?:是|要|、|[.．](?!\d))|第{_NUMERAL}[步点项类种,，、个]|其{_NUMERAL})"
)
_ARTICLE = re.compile(rf"\s*第{_NUMERAL}[条章节编款]")


@dataclass(frozen=True, slots=True)
class Earlier:
    """The answer that is carried on, with all the lines that were put together for it.

    `lines` has those for which there was no room as well; of a single fact, a line a sentence.
    """

    answer: Answer
    lines: tuple[Line, ...]
    material: Material


@dataclass(frozen=True, slots=True)
class _Talk:
    """What has been said since: `points` are the lines that 第二点 counts, `focus` what was said last.

    `waiting` are lines for the next answer, `listed` all whose names may be said; `last` is what was
    wanted last, None at the beginning.
    """

    earlier: Earlier
    language: Language
    points: tuple[Line, ...]
    focus: tuple[Citation, ...]
    cited: tuple[Citation, ...]
    waiting: tuple[Line, ...]
    listed: tuple[Line, ...] = ()
    last: Wish | None = None
    said: Composition | Absence | None = None

    @property
    def lines_told(self) -> int:
        """How many lines the last answer had."""
        return told(self.said).lines if isinstance(self.said, Composition) else 0

    def telling(self, lines: Sequence[Line], wish: Wish, most: int = CITED_AT_MOST) -> _Talk:
        """The talk with as many of `lines` told as one answer has room for; the others wait."""
        shown = Composition(_form(self.earlier.answer), tuple(lines[:most]), CERTAIN)
        rest = (*untold(shown), *lines[most:])
        citations = told(shown).citations
        return replace(self, cited=(*self.cited, *citations), waiting=rest, last=wish, said=shown)

    def refusing(self, text: Pair, wish: Wish, **names: object) -> _Talk:
        """The talk with nothing told but that there is nothing."""
        said = Absence(pick(text, self.language).format(**names))
        return replace(self, waiting=(), last=wish, said=said)


def lines_of(answer: Answer, composition: Composition | Absence | None) -> tuple[Line, ...]:
    """All the lines that were put together for an answer; of a single fact, a line a sentence."""
    if isinstance(composition, Composition):
        return composition.lines
    return tuple(Line("", (citation,)) for citation in answer.citations)


def carry_on(
    earlier: Earlier, carried: Continued, language: Language
) -> Composition | Absence | None:
    """The answer to the last of some steps that carry an answer on one after the other.

    None where that answer itself is what is wanted: 还有吗, and the conversation does not show it.
    """
    if earlier.answer.outcome != "answered":
        return Absence(pick(UNANSWERED, language))
    asks_more = [step.wish for step in carried.steps] == ["more"]
    if asks_more and carried.said and not _is_shown(earlier.answer, carried.said):
        return None
    lines = earlier.lines
    shown = Composition(_form(earlier.answer), lines, CERTAIN)
    points = lines[: told(shown).lines]
    citations = earlier.answer.citations
    talk = _Talk(earlier, language, points, citations, citations, untold(shown), points)
    for step in carried.steps:
        talk = _STEPS[step.wish](step, talk)
    if asks_more and not carried.said and isinstance(talk.said, Absence):
        return None
    return talk.said


def _is_shown(answer: Answer, said: str) -> bool:
    """Whether a conversation has a sentence of an answer: one by a model or a person may not.

    Of a row it has the cells, each behind the name of its column.
    """
    text = "".join(fold(said).split())
    quotes = ["".join(fold(one.quote).split()) for one in answer.citations]
    return any(all(cell in text for cell in quote.split(CELL_BAR)) for quote in quotes)


def _form(answer: Answer) -> ComposedForm:
    return "list" if answer.form == "fact" or answer.form == "prose" else answer.form


def _detail(step: Continuing, talk: _Talk) -> _Talk:
    """More on one point, or on all of them where none is named."""
    is_one = bool(step.number or step.label)
    points = [_point(step, talk)] if is_one else list(_numbered(talk.points))
    others = cited(talk.points) if is_one else ()
    lines: list[Line] = []
    for point in points:
        if point is None:
            return _without_point(step, talk)
        lines += _more_on(point, talk, others)
    focus = tuple(cited(filter(None, points)))
    if not lines:
        return replace(talk.refusing(NOTHING_AROUND, "detail"), focus=focus)
    return replace(talk.telling(_once(lines), "detail"), focus=focus)


def _example(step: Continuing, talk: _Talk) -> _Talk:
    """Sentences near that give an instance of a point, or of what was said last."""
    focus = talk.focus
    if step.number or step.label:
        point = _point(step, talk)
        if point is None:
            return _without_point(step, talk)
        focus = point.citations
    elif talk.last == "example" and talk.waiting:
        return talk.telling(talk.waiting, "example", EXAMPLES_SHOWN)
    material = talk.earlier.material
    found = instances(focus, talk.cited, material.question, material.sources.snapshot)
    if not found:
        nothing = NO_MORE_EXAMPLES if talk.last == "example" else NO_EXAMPLE
        return replace(talk.refusing(nothing, "example"), focus=focus)
    lines = [Line("", (citation,)) for citation in found]
    return replace(talk.telling(lines, "example", EXAMPLES_SHOWN), focus=focus)


def _more(step: Continuing, talk: _Talk) -> _Talk:
    """What had no room, or else what comes next."""
    if talk.last == "example":
        if not talk.waiting:
            return talk.refusing(NO_MORE_EXAMPLES, "example")
        return talk.telling(talk.waiting, "example", EXAMPLES_SHOWN)
    lines: Sequence[Line] = talk.waiting or _next(talk)
    if _is_of_several(talk) and talk.last != "detail":
        lines = _next(talk)
    if not lines:
        return talk.refusing(NO_MORE, talk.last or "more")
    following = talk.telling(lines, talk.last or "more")
    if talk.last == "detail":
        return following
    shown = tuple(lines[: following.lines_told])
    listed = (*talk.listed, *shown)
    return replace(following, points=shown, listed=listed, focus=tuple(cited(shown)))


def _is_of_several(talk: _Talk) -> bool:
    """Whether a summary of several documents is carried on, of which the next are looked up anew."""
    answer = talk.earlier.answer
    documents = {one.document.doc_id for one in answer.citations}
    return answer.form == "summary" and len(documents) > 1


def _next(talk: _Talk) -> Sequence[Line]:
    """What comes after all that has been told, or after what was told of a section."""
    earlier = talk.earlier
    if talk.last != "detail":
        return further(earlier.answer, earlier.material, talk.cited)
    if earlier.answer.form != "summary":
        return ()
    return of_sections(talk.focus, earlier.material, talk.cited, OF_SECTION)


_STEPS: Mapping[Wish, Callable[[Continuing, _Talk], _Talk]] = {
    "detail": _detail,
    "example": _example,
    "more": _more,
}


def _point(step: Continuing, talk: _Talk) -> Line | None:
    """The line of the answer that is meant: by its name, its own number, or its place."""
    if step.label:
        return _labelled(step.label, talk.listed)
    points = _numbered(talk.points)
    if step.number == LAST:
        return points[-1]
    is_part = step.unit in ("条", "款")
    own = [_own_number(point, is_part) for point in points]
    if own.count(None) < len(own) / 2:
        if step.number in own:
            return points[own.index(step.number)]
        if is_part:
            return _article(step.number, talk)
    if step.number <= len(points):
        return points[step.number - 1]
    return _article(step.number, talk) if step.unit == "条" else None


def _labelled(label: str, points: Iterable[Line]) -> Line | None:
    """The line of that name, or else the first that has it in its sentences."""
    by_name = [point for point in points if label in fold(point.label)]
    by_text = [point for point in points if label in fold(_text(point))]
    return next(iter(by_name + by_text), None)


def _numbered(points: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that a reader counts: those with a sentence, without one that only leads to the others."""
    counted = tuple(point for point in points if point.citations)
    if len(counted) < 3:
        return counted
    first = counted[0].citations[-1]
    units = first.document.units_in(first.start, first.end)
    is_header = bool(units) and units[0].kind == "header"
    return counted[1:] if is_header or _LEADS.search(first.quote) else counted


def _own_number(point: Line, is_part: bool) -> int | None:
    """The number that a line begins with: （二）, 二是; of a part of a law, 第十二条."""
    pattern = _ARTICLE if is_part else _ORDINAL
    found = pattern.match(point.label) or pattern.match(_text(point))
    if found is None:
        return None
    return numeral_value(next(filter(None, found.groups())))


def _text(point: Line) -> str:
    return " ".join(citation.quote for citation in point.citations)


def _article(number: int, talk: _Talk) -> Line | None:
    """An article of the law that was cited, though the answer has not so many lines."""
    document = talk.focus[0].document
    for unit in document.units:
        found = _ARTICLE.match(unit.text)
        if found is None or "条" not in found.group():
            continue
        if numeral_value(next(filter(None, found.groups()))) == number:
            return Line("", (Citation(document, unit.start, unit.start + len(found.group())),))
    return None


def _without_point(step: Continuing, talk: _Talk) -> _Talk:
    """That the answer has no such point."""
    if step.label:
        return talk.refusing(NOT_NAMED, "detail", label=step.label)
    count = len(_numbered(talk.points))
    unit = step.unit or "点"
    return talk.refusing(NO_POINT, "detail", number=step.number, unit=unit, count=count)


def _more_on(point: Line, talk: _Talk, others: Sequence[Citation]) -> list[Line]:
    """What stands around the sentences of a point, its name before the first line.

    It ends where one of `others` begins.
    """
    material = talk.earlier.material
    others = [one for one in others if one not in point.citations]
    lines: list[Line] = []
    if talk.earlier.answer.form == "summary":
        lines = _of_part(point, talk)
    if not lines:
        for citation in point.citations:
            own = [one for one in point.citations if one.document is citation.document]
            lines += around(citation, own, others, material.sources.snapshot.segmenter)
    if not lines:
        lines = [Line("", (one,)) for one in echoes(point, material, talk.cited)]
    if lines:
        lines[0] = lines[0]._replace(label=point.label)
    return lines


def _of_part(point: Line, talk: _Talk) -> list[Line]:
    """What a line of a summary tells by a sentence or two: the outline of its document, or its section."""
    document = point.citations[0].document
    snapshot = talk.earlier.material.sources.snapshot
    if point.label == document.title:
        lines = outline(Telling.of(document, snapshot, talk.language), body_of(document), 0, True)
    else:
        section = document.section_at(point.citations[0].start)
        if section is None or section.heading != point.label or section.heading in LINES:
            return []
        within = Span(section.start, section.end)
        lines = list(paragraphs(document, within))
        if within.end - within.start > WHOLE_SECTION or len(cited(lines)) > CITED_AT_MOST:
            parts = outline(Telling.of(document, snapshot, talk.language), within, 0, False)
            lines = [line._replace(label="") for line in parts]
    return lines if any(one not in talk.cited for one in cited(lines)) else []


def _once(lines: Sequence[Line]) -> list[Line]:
    """Lines without the sentences that an earlier one has."""
    seen: set[Citation] = set()
    kept: list[Line] = []
    for line in lines:
        fresh = tuple(one for one in line.citations if one not in seen)
        seen.update(fresh)
        if fresh:
            kept.append(line._replace(citations=fresh))
    return kept
