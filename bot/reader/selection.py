"""Which of the sentences found are cited: the best, and what belongs with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from bot.answer import CITED_AT_MOST, MARK_SIZE, TEXT_LIMIT, Citation
from bot.question.analysis import Question
from bot.reader import spans
from bot.reader.candidates import Sentence, place_names
from index import Vectors

SECOND_SENTENCE_ODDS = 0.5
"""Log-odds by which a second try may be behind the best: on the article's questions for fitting the second alone was
right in 4 of 42 within it, and in none of 17 beyond."""

_APART = re.compile(
    r"分别|各(?:[自是有做为应需该指讲说占叫]|要(?!素))|一一|逐[一个]|respectively|(?<!in )(?<!for )each"
)
_PLACES = re.compile(r"城市$|^(?:地方|地区|省份?|市|区|街道)$")
_BETWEEN = re.compile(r"[、和与及]")


def select_sentences(
    question: Question, found: Sequence[Sentence], odds: Vectors, unsure: bool
) -> list[Sentence]:
    """The sentences to cite, the best first, at most `CITED_AT_MOST`; `odds` is (n,).

    With the best go the others of a list, or one for each place compared; where it is `unsure`, a second hardly worse.
    """
    order = [found[int(at)] for at in np.argsort(-odds, kind="stable")]
    best = order[0]
    places = place_names(question.terms)
    if len(places) > 1:
        of_places = (
            next((s for s in order if place in s.places), best) for place in sorted(places)
        )
        return list(dict.fromkeys([best, *of_places]))[:CITED_AT_MOST]
    if question.kind == "list" and not places and _PLACES.search(question.focus):
        return _one_a_place(order)
    if question.kind == "list" or asks_for_each(question):
        return _group(question, best, found)
    close = order[: int((odds >= odds.max() - SECOND_SENTENCE_ODDS).sum())]
    return close[:2] if unsure else [best]


def asks_for_each(question: Question) -> bool:
    """Whether of several things each is asked for, 各要做什么, or places are compared: no one phrase answers that."""
    return bool(_APART.search(question.asked)) or len(place_names(question.terms)) > 1


def _one_a_place(order: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence, then the best for each further place: 哪几个大城市."""
    chosen: list[Sentence] = []
    named: set[str] = set()
    for sentence in order:
        if sentence.places - named:
            chosen.append(sentence)
            named |= sentence.places
    return chosen[:CITED_AT_MOST] or [order[0]]


def fit_answer_length(chosen: Iterable[Citation]) -> tuple[Citation, ...]:
    """Of the citations, the best first, those that fit into one text together, in the order they are read."""
    kept: list[Citation] = []
    room = TEXT_LIMIT
    for citation in chosen:
        room_left = room - len(citation.quote) - MARK_SIZE
        if room_left >= 0 and len(kept) < CITED_AT_MOST:
            kept.append(citation)
            room = room_left
    return tuple(
        sorted(
            kept,
            key=lambda c: (
                c.document.doc_id != kept[0].document.doc_id,
                c.document.doc_id,
                c.start,
            ),
        )
    )


def _group(question: Question, best: Sentence, found: Sequence[Sentence]) -> list[Sentence]:
    """`best` and what goes on listing in its paragraph: clauses joined by semicolons, its members taken up again."""
    line = sorted(
        (s for s in found if s.span.document == best.span.document), key=lambda s: s.span.start
    )
    first = last = line.index(best)
    members = _members(best)
    while first > 0 and _joins(line[first - 1], line[first]):
        first -= 1
    while last + 1 < len(line) and (
        _joins(line[last], line[last + 1]) or _tells(line[last + 1], members, best)
    ):
        last += 1
    of_it = (
        s for s in line[first : last + 1] if s is not best and _speaks_of_it(question, best, s)
    )
    return [best, *of_it][:CITED_AT_MOST]


def _speaks_of_it(question: Question, best: Sentence, other: Sentence) -> bool:
    """Whether another clause has a word of the question, or begins like the best: 宏观层面……；中观层面……。"""
    alike = any(
        best.folded[at : at + 2] in other.folded[:8] for at in range(min(8, len(best.folded) - 1))
    )
    return alike or any(term in other.folded for term in question.terms if len(term) > 1)


def _members(sentence: Sentence) -> list[str]:
    """The members of the enumerations in a sentence: 宏观, 中观, 微观."""
    parts = (sentence.folded[start:end] for start, end in spans.enumerations(sentence.folded))
    return [member for part in parts for member in _BETWEEN.split(part) if 2 <= len(member) <= 6]


def _tells(following: Sentence, members: Sequence[str], best: Sentence) -> bool:
    """Whether a later sentence of the paragraph takes up a member of the enumeration at its beginning."""
    between = best.span.document.text[best.span.end : following.span.start]
    return "\n" not in between and any(member[-2:] in following.folded[:8] for member in members)


def _joins(one: Sentence, following: Sentence) -> bool:
    adjacent = following.span.start - one.span.end <= 1 and following.before == one.folded
    return adjacent and one.folded.endswith(";")
