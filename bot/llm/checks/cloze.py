"""What our own network points to where a number, a year or a place is left out of the sentence.

It is asked only where the rules leave doubt: the source has another value of the same kind, and the
clause with the value is not that of the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.composer.amounts import Value, are_comparable, is_article, plain, unit_of, values
from bot.llm.checks.alignment import Alignment
from bot.llm.checks.statement import Statement
from bot.reader.network import ReadingTask, ScoredSpan, SpanReader, SpanScores
from corpus.language.text import Segmenter, is_place

VERBATIM = 0.8
"""Share of a clause that stands beside the value in the source too, from which nothing is in doubt."""

MARGIN = 1.0
"""Log-odds by which another value must be likelier.

Of 14 values of faithful sentences that are asked for none is behind by more than .34, of 16 misplaced
ones 8 are by more than this.
"""

ASKED_AT_MOST = 2
"""Values of one sentence that are asked for, each 17 to 37 ms."""

LONGEST_QUESTION = 60
"""Characters; of a longer sentence only the clause is asked."""

_LIKELIEST = 20


class Place(NamedTuple):
    """A value or a place name in a text, in characters; `value` is None for a place."""

    text: str
    start: int
    end: int
    value: Value | None


class Cloze(NamedTuple):
    """A question with a value left out, where the source has it, and where it has others of its kind."""

    question: str
    own: tuple[Place, ...]
    others: tuple[Place, ...]


def points_elsewhere(
    claim: Statement,
    source: Statement,
    alignment: Alignment,
    segmenter: Segmenter,
    network: SpanReader,
) -> bool:
    """Whether the network finds another value than the claim has, for a value in doubt."""
    asked = list(_in_doubt(claim, source, alignment, segmenter))[:ASKED_AT_MOST]
    context = source.around.split("\n")[0]
    tasks = [ReadingTask(cloze.question, context, source.normal) for cloze in asked]
    read = zip(asked, network.read(tasks), strict=True)
    return any(lead_of_others(cloze, scores) >= MARGIN for cloze, scores in read)


def lead_of_others(cloze: Cloze, scores: SpanScores) -> float:
    """By how much, in log-odds, another value of the source is likelier than the one left out.

    Only values in the likeliest spans count; infinite where of the two only the other is among them.
    """
    own = other = float("-inf")
    for span in scores.likeliest(_LIKELIEST):
        if _holds(span, cloze.own):
            own = max(own, span.odds)
        elif _holds(span, cloze.others):
            other = max(other, span.odds)
    return other - own if other > float("-inf") else 0.0


def _holds(span: ScoredSpan, places: Sequence[Place]) -> bool:
    """Whether a span has a character of one of the places."""
    return any(place.start < span.end and span.start < place.end for place in places)


def _in_doubt(
    claim: Statement, source: Statement, alignment: Alignment, segmenter: Segmenter
) -> Iterator[Cloze]:
    held = list(_places(source.normal, segmenter))
    for clause in claim.clauses:
        for place in _places(clause.text, segmenter):
            own = tuple(other for other in held if _is_same(place, other))
            others = tuple(other for other in held if _is_rival(place, other))
            at = clause.start + place.start
            if own and others and not _is_verbatim(clause.start, clause.end, own, alignment):
                yield Cloze(
                    _question(claim.normal, clause.start, clause.end, place, at), own, others
                )


def _places(text: str, segmenter: Segmenter) -> Iterator[Place]:
    """The numbers, the dates and the places of a normal text."""
    shown = plain(text)
    for value in values(shown):
        if not is_article(value, shown):
            yield Place(text[value.start : value.end], value.start, value.end, value)
    at = 0
    for word in segmenter.words_of_folded(text):
        start = text.find(word, at)
        at = start + len(word)
        if is_place(word):
            yield Place(word, start, at, None)


def _is_same(one: Place, other: Place) -> bool:
    if one.value is None or other.value is None:
        return one.value is other.value and one.text == other.text
    return one.value[:4] == other.value[:4]


def _is_rival(one: Place, other: Place) -> bool:
    """Whether another value of the same kind stands there; a place, where none is part of the other."""
    if one.value is None or other.value is None:
        is_apart = one.text not in other.text and other.text not in one.text
        return one.value is other.value and is_apart
    return are_comparable(one.value, other.value) and not _is_same(one, other)


def _is_verbatim(start: int, end: int, own: tuple[Place, ...], alignment: Alignment) -> bool:
    """Whether most of a clause of the claim stands in one clause of the source with the value."""
    for place in own:
        first = alignment.source.rfind("|", 0, place.start) + 1
        last = alignment.source.find("|", place.end)
        within = range(first, len(alignment.source) if last < 0 else last)
        count = sum(alignment.to_source[at] in within for at in range(start, end))
        if count >= VERBATIM * (end - start):
            return True
    return False


def _question(text: str, start: int, end: int, place: Place, at: int) -> str:
    """The sentence, or its clause where that is long, that asks for the value."""
    if len(text) <= LONGEST_QUESTION:
        start, end = 0, len(text.rstrip("。!?"))
    behind = at + len(place.text)
    return f"{text[start:at]}{_asks(place)}{text[behind:end]}?"


def _asks(place: Place) -> str:
    if place.value is None:
        return "哪里"
    if place.value.date is not None:
        _, month, _ = place.value.date
        return "哪一年" if month is None else "什么时候"
    return f"多少{unit_of(Value(*place.value[:4], 0, len(place.text)), place.text)}"
