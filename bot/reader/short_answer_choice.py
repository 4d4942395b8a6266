"""The short answer of a cited sentence: what a rule finds, what the network finds, and one of them chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.question.analysis import Question
from bot.reader.answer_bounds import may_answer
from bot.reader.network import SpanScores
from bot.reader.short_answer import FROM_TO, nearest, short_answer, telling_clause
from bot.reader.span_selection import network_spans
from bot.reader.spans import Span, amounts, dates
from bot.reader.sureness import Found, ShortAnswer, signs_of
from corpus import Passage
from corpus.language.text import Segmenter, fold


def short_answer_of(
    question: Question,
    cited: Passage,
    scores: SpanScores | None,
    confidence: float,
    segmenter: Segmenter,
) -> ShortAnswer | None:
    """The short answer of a sentence that is cited, in the clause that tells it where one does.

    `scores` are a network's of the passage that the sentence stands in, None where that was not
    read. `confidence` (0 to 1) is that the sentence answers.
    """
    clause = telling_clause(question, cited)
    within = [clause] if clause else []
    for start, end in (*within, (0, len(cited.text))):
        part = Passage(cited.document, cited.start + start, cited.start + end)
        by_rule = _moved(short_answer(question, part, segmenter), start)
        by_network = _by_network(question, cited, part, scores, segmenter)
        by_network = by_network and whole_value(question, cited, by_network)
        span = choose(question, cited, by_rule, by_network)
        if span is not None and may_answer(question, cited, span):
            found = Found(span, by_rule, by_network, confidence)
            return ShortAnswer(span, signs_of(question, cited, found, scores, segmenter))
    return None


def _by_network(
    question: Question,
    cited: Passage,
    part: Passage,
    scores: SpanScores | None,
    segmenter: Segmenter,
) -> Span | None:
    """The best span of a part of a sentence by the network that may be the short answer."""
    for span in network_spans(question, part, scores, segmenter):
        moved = _moved(span, part.start - cited.start)
        if moved and may_answer(question, cited, moved):
            return moved
    return None


# 哪一年: the year alone answers
_ASKS_YEAR = re.compile(r"[哪何几]一?年|年份")


def whole_value(question: Question, cited: Passage, span: Span) -> Span:
    """The amount or date that a span is only a part of: 2018年1月1日 for 2018年; else the span.

    Of several amounts in the span it is the one that stands nearest to what is asked:
    410.62亿元 for 410.62亿元和利润50.80亿元. A date stands without what is said beside it.
    """
    folded = fold(cited.text)
    values: Sequence[Span] = ()
    if question.kind == "number":
        values = amounts(folded)
    elif question.kind == "date" and not _ASKS_YEAR.search(fold(question.asked)):
        values = dates(folded)
    for start, end in values:
        if start <= span[0] and span[1] <= end:
            return start, end
    inside = [(start, end) for start, end in values if span[0] <= start and end <= span[1]]
    if question.kind == "number" and len(inside) > 1:
        return nearest(question, folded, inside)[0]
    if question.kind == "date" and len(inside) == 1:
        return inside[0]
    return span


def _moved(span: Span | None, by: int) -> Span | None:
    return (span[0] + by, span[1] + by) if span else None


def choose(
    question: Question, cited: Passage, by_rule: Span | None, by_network: Span | None
) -> Span | None:
    """Which of two short answers in `cited` is shown: a network's, but for lists and changes.

    The network stops at the first member of a list, and takes all of 17.9%提高到60.6% where one of
    the two numbers is asked for.
    """
    if by_rule is None or by_network is None:
        return by_rule or by_network
    if question.kind == "list":
        return by_rule
    change = FROM_TO.search(fold(cited.text)) if question.kind == "number" else None
    if change and by_network[0] < change.end() and change.start() < by_network[1]:
        return by_rule
    return by_network
