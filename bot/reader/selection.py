"""Selects the sentences that are cited, and puts the passages that hold them first.

With the best sentence goes what belongs with it: the others of a list, or one for each place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from bot.answer import CITED_AT_MOST, MARK_SIZE, TEXT_LIMIT, Citation
from bot.question.analysis import Question
from bot.reader import spans
from bot.reader.candidates import Sentence, place_names
from corpus import Passage
from index import Hit, Vectors

SECOND_SENTENCE_ODDS = 0.5
"""Log-odds that a second sentence may lie behind the best one. On the questions of the bundled
article for fitting the second alone was right in 4 of 42 within it, and in none of 17 beyond."""

OPENING = 8
"""Characters at the beginning of a sentence in which it takes up another: 宏观层面…；中观层面…"""

# 上海和杭州分别怎么做, 各要做什么 (but not 各要素), each of the cities
_APART = re.compile(
    r"分别|各(?:[自是有做为应需该指讲说占叫]|要(?!素))|一一|逐[一个]"
    r"|respectively|(?<!in )(?<!for )each"
)
# 哪些〔城市〕, 哪几个〔大城市〕, 哪些〔地方〕
_PLACES = re.compile(r"城市$|^(?:地方|地区|省份?|市|区|街道)$")
# 宏观〔、〕中观〔和〕微观
_BETWEEN = re.compile(r"[、和与及]")


def select_sentences(
    question: Question, found: Sequence[Sentence], odds: Vectors, unsure: bool
) -> list[Sentence]:
    """The sentences to cite, the best first, at most CITED_AT_MOST; `odds` is (n,).

    With the best go the others of a list, or one sentence for each place compared. Where the best
    is `unsure`, a second one that is hardly worse goes with it.
    """
    order = [found[int(row)] for row in np.argsort(-odds, kind="stable")]
    best = order[0]
    places = place_names(question.terms)
    if len(places) > 1:
        return _one_for_each(sorted(places), order)
    if question.kind == "list" and not places and _PLACES.search(question.focus):
        return _one_a_place(order)
    if question.kind == "list" or asks_for_each(question):
        return _group(question, best, found)
    near = order[: int((odds >= odds.max() - SECOND_SENTENCE_ODDS).sum())]
    return near[:2] if unsure else [best]


def asks_for_each(question: Question) -> bool:
    """Whether each of several things is asked for (各要做什么), or places are compared.

    No single phrase answers that.
    """
    return bool(_APART.search(question.asked)) or len(place_names(question.terms)) > 1


def _one_for_each(places: Sequence[str], order: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence, then the best about each place; the best one where none is about it."""
    chosen = [order[0]]
    for place in places:
        about_place = [sentence for sentence in order if place in sentence.places]
        chosen += about_place[:1]
    return list(dict.fromkeys(chosen))[:CITED_AT_MOST]


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
    """Those of the citations, given best first, that fit into one answer, in the order of reading.

    The document of the best one comes first.
    """
    kept: list[Citation] = []
    room = TEXT_LIMIT
    for citation in chosen:
        left = room - len(citation.shown) - MARK_SIZE
        if not kept or (left >= 0 and len(kept) < CITED_AT_MOST):
            kept.append(citation)
            room = left

    def reading_order(citation: Citation) -> tuple[bool, str, int]:
        doc_id = citation.document.doc_id
        return doc_id != kept[0].document.doc_id, doc_id, citation.start

    return tuple(sorted(kept, key=reading_order))


def _group(question: Question, best: Sentence, found: Sequence[Sentence]) -> list[Sentence]:
    """`best` and what goes on listing in its paragraph.

    That is: clauses joined by semicolons, and sentences that take up the members of a list in it.
    """
    of_document = [s for s in found if s.span.document == best.span.document]
    line = sorted(of_document, key=lambda sentence: sentence.span.start)
    first = last = line.index(best)
    members = _members(best)
    while first > 0 and _joins(line[first - 1], line[first]):
        first -= 1
    while last + 1 < len(line):
        following = line[last + 1]
        if not _joins(line[last], following) and not _takes_up(following, members, best):
            break
        last += 1
    others = [sentence for sentence in line[first : last + 1] if sentence is not best]
    return [best, *(s for s in others if _belongs(question, best, s))][:CITED_AT_MOST]


def _belongs(question: Question, best: Sentence, other: Sentence) -> bool:
    """Whether another clause has a word of the question or begins like the best one."""
    opening = other.folded[:OPENING]
    for start in range(min(OPENING, len(best.folded) - 1)):
        if best.folded[start : start + 2] in opening:
            return True
    return any(term in other.folded for term in question.terms if len(term) > 1)


def _members(sentence: Sentence) -> list[str]:
    """The members of the enumerations in a sentence: 宏观, 中观, 微观."""
    members = []
    for start, end in spans.enumerations(sentence.folded):
        members += _BETWEEN.split(sentence.folded[start:end])
    return [member for member in members if 2 <= len(member) <= 6]


def _takes_up(following: Sentence, members: Sequence[str], best: Sentence) -> bool:
    """Whether a later sentence of the paragraph begins with a member of the enumeration."""
    between = best.span.document.text[best.span.end : following.span.start]
    opening = following.folded[:OPENING]
    return "\n" not in between and any(member[-2:] in opening for member in members)


def _joins(sentence: Sentence, following: Sentence) -> bool:
    """Whether a semicolon joins two sentences that stand side by side."""
    adjacent = following.span.start - sentence.span.end <= 1
    return adjacent and following.before == sentence.folded and sentence.folded.endswith(";")


BEST_HIT_MARGIN = 0.03
"""Lead over all cited passages with which the best hit stays first: measured on two fitting sets."""


def cited_first(
    citations: Sequence[Citation], hits: Sequence[Hit], passages: Iterable[Passage]
) -> tuple[Hit, ...]:
    """As many hits as before, those that hold a citation first; `passages` are all there are.

    Only the best hit stays before them, if its score is more than BEST_HIT_MARGIN above all of
    theirs.
    """
    best = hits[0]
    cited_hits = [hit for hit in hits if _holds_any(hit.passage, citations)]
    leading = [hit.passage for hit in cited_hits]
    # Lines about an article are found by their place in it, not by the search.
    not_found = []
    for citation in citations:
        if not any(_holds(passage, citation) for passage in leading):
            not_found.append(citation)
    if not_found:
        leading += [passage for passage in passages if _holds_any(passage, not_found)]
    elif max(hit.score for hit in cited_hits) < best.score - BEST_HIT_MARGIN:
        leading.insert(0, best.passage)
    rest = [hit for hit in hits if hit.passage not in leading]
    # Scores must not rise along the list, so all that lead get the best one.
    reranked = [*(Hit(passage, best.score) for passage in leading), *rest]
    return tuple(reranked[: len(hits)])


def _holds_any(passage: Passage, citations: Iterable[Citation]) -> bool:
    return any(_holds(passage, citation) for citation in citations)


def _holds(passage: Passage, citation: Citation) -> bool:
    """Whether the two share a character."""
    return (
        passage.document is citation.document
        and passage.start < citation.end
        and citation.start < passage.end
    )
