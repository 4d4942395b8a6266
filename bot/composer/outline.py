"""The parts of a document as a reader would count them, and what each of them says most plainly."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT, Line, name_of_asked
from bot.composer.telling import ARTICLE, TOO_NEAR, Statement, Telling
from bot.composer.told_tables import ToldTable, tables_told, with_table
from bot.question.metadata import LINES
from bot.question.summaries import draws_sum
from corpus import Document, Passage, Section
from corpus.document import Span, Unit
from corpus.intake.conversations import asking_in, speaker_of, without_speaker

SENTENCES_OF_WHOLE, SENTENCES_OF_PART = (8, 12), (4, 10)
"""Fewest and most sentences for a whole document and for one of its parts where it has few parts itself."""

CHARACTERS_OF_WHOLE, CHARACTERS_OF_PART = 100, 60
"""Characters of a document, and of a part of one, that one sentence stands for."""

LONGEST_QUESTION = 40
"""Characters of a line that asks and so is the name of what follows."""

LONGEST_OF_WHOLE, LONGEST_OF_PART = 160, 250
"""Most characters of a sentence of the outline of a document, and of a part of one."""

LEAD = 3
"""Statements at the beginning of a document, one of which says what it is about."""

LEAST_ROOM = 60
"""Characters that a sentence may have however many lines there are."""

ROWS_LOOKED_UP = 3
"""Rows, or questions, from which a document is one to look something up in."""

_MARK = 5
"""Characters of a mark and the end of its line."""

_ASKS = re.compile(r"[?？]$")
# 问：, 1、, 一、, Q: before a question
_NUMBER = re.compile(
    r"^(?:问[:：]|[Qq]\d*[:：.]|\d{1,2}[、.．]|[一二三四五六七八九十]{1,3}、|[（(]\d{1,2}[)）])\s*"
)


class Part(NamedTuple):
    """A part of a document: characters, end exclusive. `label` may be empty."""

    label: str
    start: int
    end: int
    heading: Passage | None = None

    @property
    def size(self) -> int:
        """Characters."""
        return self.end - self.start

    @property
    def name(self) -> str:
        """The label without its question mark."""
        return name_of_asked(self.label)


def body_of(document: Document) -> Span:
    """The characters of a document behind its title, without the lines about it at its end."""
    body = [section for section in document.sections if section.heading not in LINES]
    if not body:
        return Span(0, len(document.text))
    return Span(body[0].start, body[-1].end)


def outline(
    telling: Telling, within: Span, count: int, is_whole: bool, among: Sequence[Part] = ()
) -> list[Line]:
    """What the parts between two characters say, a line each, in the order of the text.

    `count` sentences in all where it is not 0. `is_whole` where these are the whole document. `among`
    are the parts where they are not those that the document has.
    """
    document = telling.document
    parts = list(among) or parts_of(document, within)
    least, most = SENTENCES_OF_WHOLE if is_whole else SENTENCES_OF_PART
    a_sentence = CHARACTERS_OF_WHOLE if is_whole else CHARACTERS_OF_PART
    wanted = min(max(_size(document, within) // a_sentence, least), most)
    if not parts:
        parts = _grouped(document, within, min(count or wanted, CITED_AT_MOST))
    said = [part for part in parts if telling.statements(part.start, part.end)]
    # A document that has fewer sentences leaves more room to its tables.
    least = min(max(least, len(said)), sum(_sentences(telling, said)), CITED_AT_MOST)
    tables = [] if count else tables_told(document, within, CITED_AT_MOST - least)
    rows = sum(len(table.citations) for table in tables)
    wanted = min(count or max(wanted, len(said)), CITED_AT_MOST - rows)
    lines = _of_parts(telling, _largest(said, wanted), wanted, is_whole) if said else []
    for table in tables:
        lines = with_table(lines, table, _part_with(table, parts), telling.language)
    return lines or _items(document, within)


def _of_parts(telling: Telling, parts: list[Part], count: int, is_whole: bool) -> list[Line]:
    """What each of the parts says in `count` sentences together, a line each."""
    document = telling.document
    room = _room(parts, count, LONGEST_OF_WHOLE if is_whole else LONGEST_OF_PART)
    lines: list[Line] = []
    for part, number in zip(parts, _shares(telling, parts, count), strict=True):
        cited = [_citation(document, one) for one in _chosen(telling, part, number, room)]
        if part.label:
            lines.append(Line(part.name, tuple(cited)))
        else:
            lines += [Line("", (one,)) for one in cited]
    return lines


def _part_with(table: ToldTable, parts: Sequence[Part]) -> tuple[str, Span]:
    """The name and the characters of the part in which a table stands; no name where it has none."""
    for part in parts:
        if part.start <= table.start < part.end:
            return part.name, Span(part.start, part.end)
    return "", Span(table.start, table.start)


def gist(telling: Telling, room: int) -> Citation | None:
    """The sentence that says what a whole document is about: one of its first, or one that draws the sum.

    Of a law it is the first article, and of tables and answers the first. None where no sentence can
    stand alone.
    """
    document = telling.document
    every = telling.statements(*body_of(document))
    first = every[:1]
    if articles := [one for one in every if ARTICLE.match(one.text)]:
        first = articles[:1]
    elif not _is_looked_up(document):
        first = every[:LEAD] + [one for one in every[LEAD:] if draws_sum(one.text)]
    fitting = [one for one in first if one.end - one.start <= room] or first[:1]
    if not fitting:
        return None
    scores = telling.scores(fitting, None)
    return _citation(document, fitting[int(np.argmax(scores))])


def _is_looked_up(document: Document) -> bool:
    """Whether a document is a table, or questions and answers: nothing in it draws the sum."""
    looked_up = [unit for unit in document.units if unit.kind == "row" or _is_question(unit)]
    return len(looked_up) >= ROWS_LOOKED_UP


def parts_of(document: Document, within: Span) -> list[Part]:
    """The sections between two characters, or the questions with their answers; none where it has no two."""
    return _headed(document, within) or _asked(document, within)


def _headed(document: Document, within: Span) -> list[Part]:
    """The sections between two characters; none where fewer than two have a heading."""
    sections = [s for s in document.sections if _is_inside(s, within) and s.heading not in LINES]
    if sum(bool(section.heading) for section in sections) < 2:
        return []
    parts = []
    for section in sections:
        end_of_heading = section.start + len(section.heading)
        heading = Passage(document, section.start, end_of_heading) if section.heading else None
        parts.append(Part(section.heading, end_of_heading, section.end, heading))
    return parts


def _is_inside(section: Section, within: Span) -> bool:
    return within.start <= section.start and section.end <= within.end


def _asked(document: Document, within: Span) -> list[Part]:
    """The questions of a document of questions and answers; none where it has fewer than three."""
    units = document.units_in(*within)
    answered = {unit.leads[0] for unit in units if unit.kind == "answer" and unit.leads}
    asking = [unit for unit in units if _is_question(unit) or _holds_any(unit, answered)]
    if len(asking) < 3:
        return []
    requests = {speaker_of(unit.text) for unit in asking if unit.kind == "paragraph"}
    askers = asking_in(document) | requests
    ends = [unit.start for unit in asking[1:]] + [within.end]
    parts = [Part("", within.start, asking[0].start)]
    for unit, end in zip(asking, ends, strict=True):
        heading = Passage(document, unit.start, unit.end)
        name = _NUMBER.sub("", without_speaker(unit.text, askers).strip())
        parts.append(Part(name, unit.end, end, heading))
    return parts


def _holds_any(unit: Unit, spans: Collection[Span]) -> bool:
    """Whether a unit holds one of `spans`: the last sentence of a remark, which asks without a mark."""
    return any(unit.start <= span.start < unit.end for span in spans)


def _is_question(unit: Unit) -> bool:
    text = unit.text.strip()
    return unit.kind == "question" or (len(text) <= LONGEST_QUESTION and bool(_ASKS.search(text)))


def _grouped(document: Document, within: Span, count: int) -> list[Part]:
    """Neighbouring paragraphs, or articles of a law, in at most `count` parts of about equal length."""
    units = [unit for unit in document.units_in(*within) if unit.kind != "heading"]
    is_law = sum(bool(ARTICLE.match(unit.text)) for unit in units) > 2
    starts = [unit.start for unit in units if not is_law or ARTICLE.match(unit.text)]
    starts = [max(start, within.start) for start in starts]
    blocks = list(pairwise([*starts, within.end]))
    if not blocks:
        return []
    groups: dict[int, Span] = {}
    first = blocks[0][0]
    for start, end in blocks:
        group = int(((start + end) / 2 - first) * count / (within.end - first))
        groups[group] = Span(groups[group].start if group in groups else start, end)
    return [Part("", *span) for _, span in sorted(groups.items())]


def _size(document: Document, within: Span) -> int:
    """Characters between two, without those of tables."""
    units = document.units_in(*within)
    return sum(unit.end - unit.start for unit in units if unit.kind not in ("row", "header"))


def _largest(parts: list[Part], count: int) -> list[Part]:
    """The `count` longest parts in the order of the text."""
    kept = sorted(parts, key=lambda part: -part.size)[:count]
    return [part for part in parts if part in kept]


def _shares(telling: Telling, parts: Sequence[Part], count: int) -> list[int]:
    """How many of `count` sentences each part has: at least one, the longer the more, as far as it has any."""
    most = _sentences(telling, parts)
    sizes = [_size(telling.document, Span(part.start, part.end)) for part in parts]
    shares = [
        max(1, min(counted, most[number]))
        for number, counted in enumerate(_counted(telling, parts))
    ]
    for _ in range(count - sum(shares)):
        open_to = [number for number, share in enumerate(shares) if share < most[number]]
        if not open_to:
            break
        shares[max(open_to, key=lambda number: sizes[number] / (shares[number] + 1))] += 1
    return shares


def _counted(telling: Telling, parts: Sequence[Part]) -> list[int]:
    """How many points each part has that the document counts: 第二块砖…"""
    return [sum(map(telling.counts, telling.statements(part.start, part.end))) for part in parts]


def _sentences(telling: Telling, parts: Sequence[Part]) -> list[int]:
    """How many sentences each part has that can be told one after another."""
    return [len(_apart(telling.statements(part.start, part.end))) for part in parts]


def _room(parts: Sequence[Part], count: int, most: int) -> int:
    """Characters that each of `count` sentences may have beside the labels of the parts."""
    labels = sum(len(part.label) + 1 for part in parts)
    return min(max((TEXT_LIMIT - labels) // count - _MARK, LEAST_ROOM), most)


def _chosen(telling: Telling, part: Part, count: int, room: int) -> list[Statement]:
    """The `count` statements of a part that say most, in order; the shortest where all are too long.

    An article of a law is told by what it begins with, and so is the answer to a question.
    """
    every = telling.statements(part.start, part.end)
    articles = [one for one in every if ARTICLE.match(one.text)]
    every = articles if len(articles) >= count else every
    if not every:
        return []
    sizes = [_shown_size(telling.document, statement, part) for statement in every]
    fitting = [one for one, size in zip(every, sizes, strict=True) if size <= room]
    if not fitting:
        return [every[int(np.argmin(sizes))]]
    if _ASKS.search(part.label):
        return _apart(fitting)[:count]
    scores = telling.scores(fitting, part.heading)
    chosen: list[Statement] = []
    while len(chosen) < count and np.isfinite(scores).any():
        best = fitting[int(np.argmax(scores))]
        chosen.append(best)
        for row, other in enumerate(fitting):
            if other.start < best.end and best.start < other.end:
                scores[row] = -np.inf
            elif "\n" not in telling.document.text[slice(*_between(best, other))]:
                scores[row] -= TOO_NEAR
    return sorted(chosen, key=lambda statement: statement.start)


def _shown_size(document: Document, statement: Statement, part: Part) -> int:
    """Characters of a statement as it is shown, under the name of its part where it has one."""
    citation = _citation(document, statement)
    named = part.heading is not None and all(
        part.heading.start <= span.start and span.end <= part.heading.end
        for span in citation.context
    )
    return len(citation.quote if named else citation.shown)


def _apart(statements: Sequence[Statement]) -> list[Statement]:
    """Those of statements in order that begin behind the one kept before: 后来… leans on what it repeats."""
    kept: list[Statement] = []
    for statement in statements:
        if not kept or statement.start >= kept[-1].end:
            kept.append(statement)
    return kept


def _between(one: Statement, other: Statement) -> tuple[int, int]:
    first, second = sorted((one, other), key=lambda statement: statement.start)
    return first.end, second.start


def _citation(document: Document, statement: Statement) -> Citation:
    return Citation(document, statement.start, statement.end)


def _items(document: Document, within: Span) -> list[Line]:
    """The items of a list, a line each: what a section says that has nothing else."""
    items = [unit for unit in document.units_in(*within) if unit.kind == "item"]
    fitting = [unit for unit in items if unit.end - unit.start <= LONGEST_OF_PART]
    return [Line("", (Citation(document, one.start, one.end),)) for one in fitting[:CITED_AT_MOST]]
