"""What a comparison says of each side as lines: behind a label what speaks of that side alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.answer import Citation
from bot.composer.composition import Line
from bot.composer.labels import spoken_of, told_of
from bot.composer.sides import Compared, Side
from bot.composer.sources import Material, Sources
from bot.composer.standing import BETWEEN, standing
from bot.i18n import Pair, pick
from corpus import Passage
from corpus.language.sentences import SENTENCE_LIMIT
from corpus.language.text import fold

NOT_SAID: Pair = ("文中没有提到", "the documents do not say")
JOINT: Pair = ("、", ", ")
"""Between the names of sides of which the same is said."""


class Statement(NamedTuple):
    """What may be cited for a side: the sentence of `row`, or the list that it leads to.

    `score` says how well it answers. `about` are the numbers of the sides that it speaks of.
    """

    span: Passage
    row: int
    score: float
    about: frozenset[int] = frozenset()


def lines_of(
    asked: Compared, chosen: Sequence[Sequence[Statement]], material: Material
) -> tuple[Line, ...]:
    """A line for each side, before them one for what speaks of several, and where nothing is said that.

    What speaks of no side stands behind them without a label, where its side has nothing else.
    """
    sources = material.sources
    names = [side.is_label_of for side in asked.sides]
    chosen = [_with_names(number, of_side, asked, sources) for number, of_side in enumerate(chosen)]
    spoken = {one: spoken_of(one.span, names) for of_side in chosen for one in of_side}
    together = [one for one, named in spoken.items() if len(named) > 1]
    named = sorted(frozenset().union(*(spoken[one] for one in together)))
    lines = []
    if together:
        joint = pick(JOINT, material.question.language)
        label = joint.join(asked.sides[number].name for number in named)
        lines.append(Line(label, _cited(together, sources)))
    rest = []
    for number, (side, of_side) in enumerate(zip(asked.sides, chosen, strict=True)):
        left = [one for one in of_side if one not in together]
        spans = sorted((one.span for one in left), key=lambda span: span.start)
        told = spans if side.owns else told_of(number, spans, names)
        own = [one for one in left if one.span in told]
        if own:
            others = [other for other in asked.sides if other is not side]
            lines.append(Line(side.name, _cited(own, sources, others)))
        elif number not in named and left:
            rest += left
        elif number not in named:
            lines.append(Line(side.name, (), pick(NOT_SAID, material.question.language)))
    if rest:
        lines.append(Line("", _cited(rest, sources, asked.sides)))
    return tuple(lines)


def _with_names(
    number: int, of_side: Sequence[Statement], asked: Compared, sources: Sources
) -> list[Statement]:
    """The statements of a side with its name, none twice."""
    named = [_with_name(one, number, asked.sides, sources) for one in of_side]
    spans = [one.span for one in named]
    return [one for one in named if not any(is_inside(one.span, other) for other in spans)]


def _with_name(one: Statement, number: int, sides: Sequence[Side], sources: Sources) -> Statement:
    """A statement with the sentence right before it, where that one alone names its side.

    东篱院有四十户。物业费每平方米四角。
    """
    before = sources.snapshot.collection.before(one.row)
    names = [side.is_label_of for side in sides]
    is_told = sides[number].owns or number in spoken_of(one.span, names)
    if is_told or number not in one.about or before is None:
        return one
    is_next = before.document is one.span.document and one.span.start - before.end <= BETWEEN
    is_named = [has(fold(before.text)) for has in names]
    fits = one.span.end - before.start <= SENTENCE_LIMIT
    if not (is_next and fits and is_named[number] and sum(is_named) == 1):
        return one
    return one._replace(span=Passage(before.document, before.start, one.span.end))


def is_inside(span: Passage, other: Passage) -> bool:
    """Whether a passage is a part of another, and not the same."""
    is_part = other.start <= span.start and span.end <= other.end
    return span.document is other.document and is_part and span != other


def _cited(
    statements: Sequence[Statement], sources: Sources, others: Sequence[Side] = ()
) -> tuple[Citation, ...]:
    """The citations of statements in the order of the text, none without what it leans on.

    Of a sentence on one of the `others` only the date that 同年 means, as the context of the citation.
    """
    collection = sources.snapshot.collection
    found: list[Citation] = []
    for one in sorted(statements, key=lambda one: (one.span.document.doc_id, one.row)):
        before = collection.before(one.row)
        citation = Citation(one.span.document, one.span.start, one.span.end)
        is_told = bool(found) and before is not None and found[-1].end == before.end
        if not is_told and not _is_on_any(before, others):
            citation = standing(one.span, before) or citation
        found.append(citation)
    return tuple(dict.fromkeys(found))


def _is_on_any(sentence: Passage | None, sides: Sequence[Side]) -> bool:
    folded = fold(sentence.text) if sentence is not None else ""
    return any(side.is_named_in(folded) for side in sides)
