"""How sure a short answer is: whether the doors make it bold.

A logistic regression over SIGNS, fitted by `bot.training.fit_sure` and kept in sure.json. What it is
worth on kinds of text left out of the fit stands in docs/benchmarks.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.question.analysis import Question
from bot.reader import spans
from bot.reader.logistic import Logistic, read_logistic
from bot.reader.network import SpanScores
from bot.reader.short_answer import matching_words, names_person
from bot.reader.span_selection import word_boundaries
from bot.reader.spans import Span
from corpus import Passage
from corpus.language.text import Segmenter, fold, is_place

SURE = Path(__file__).with_name("sure.json")

SIGNS = (
    "confidence",
    "odds",
    "lead",
    "unread",
    "agrees",
    "differs",
    "rule",
    "ruled",
    "of_kind",
    "rivals",
    "length",
    "inside",
    "measure",
    "number",
    "date",
    "person",
    "place",
    "list",
)
"""What is known of a short answer.

confidence: the log-odds that its sentence answers. odds, lead: those of the span by the network, and
how far these are ahead of any span in the sentence apart from it; both 0 where it has not read
(unread). agrees, differs: a rule finds the same span, or another. rule: only a rule finds it. ruled:
a rule has answered the question by a cell of a table, or by a line about the document. of_kind: it
holds what the kind of question asks for. rivals: how many other values of that kind the sentence has.
length: the logarithm of its characters. inside: it begins or ends inside a word. measure: it has the
measure word that is asked for. number … list: the kind of question.
"""

_RULED, _RIVALS = SIGNS.index("ruled"), SIGNS.index("rivals")

KINDS = ("number", "date", "person", "place", "list")

ODDS_LIMIT = 10.0
"""Log-odds count at most so much."""

MOST_RIVALS = 3


class Found(NamedTuple):
    """A short answer of a sentence: where it stands, and what a rule and the network have found.

    All are characters of the sentence. `confidence` (0 to 1) is that the sentence answers.
    """

    span: Span
    by_rule: Span | None
    by_network: Span | None
    confidence: float


Signs = tuple[float, ...]
"""One number for each of SIGNS."""


class ShortAnswer(NamedTuple):
    """Where a short answer stands in its sentence, characters, and what is known of it."""

    span: Span
    signs: Signs


def signs_of(
    question: Question,
    cited: Passage,
    found: Found,
    scores: SpanScores | None,
    segmenter: Segmenter,
) -> Signs:
    """The signs of a short answer; `scores` are a network's of the passage that it stands in."""
    folded = fold(cited.text)
    inside = folded[slice(*found.span)]
    odds, lead = _odds(cited, found, scores)
    boundaries = word_boundaries(folded, segmenter)
    values = _values(question, folded, segmenter)
    rivals = [value for value in values if _apart(value, found.span)]
    is_of_kind = any(not _apart(value, found.span) for value in values)
    agrees, differs = _compared(found)
    return (
        _log_odds(found.confidence),
        odds,
        lead,
        float(scores is None),
        float(agrees),
        float(differs),
        float(found.by_network is None),
        0.0,
        float(is_of_kind),
        float(min(MOST_RIVALS, len(rivals))),
        math.log(max(1, len(inside))),
        float(found.span[0] not in boundaries) + float(found.span[1] not in boundaries),
        float(bool(question.measure) and question.measure in inside),
        *(float(question.kind == kind) for kind in KINDS),
    )


def signs_of_ruled(question: Question, text: str, rivals: int) -> Signs:
    """The signs of a short answer that a rule has found before any sentence was weighed.

    `rivals` are the other values that the question may mean as well.
    """
    named = dict.fromkeys(SIGNS, 0.0)
    named |= {"ruled": 1.0, "of_kind": 1.0, "unread": 1.0, "rivals": float(rivals)}
    named["length"] = math.log(max(1, len(text)))
    if question.kind in KINDS:
        named[question.kind] = 1.0
    return tuple(named[name] for name in SIGNS)


def sureness(signs: Signs) -> float:
    """How likely a short answer is right, 0 to 1."""
    return float(load_sure().probabilities(np.array([signs], np.float32))[0])


def is_sure(signs: Signs) -> bool:
    """Whether a short answer is likely enough to be right to be made bold; not without signs.

    One that a rule has found is, where it is the only value that may be meant: of 500 made questions
    on 36 written tables, many of them alike, 128 are, and all of these are right.
    """
    if not signs:
        return False
    if signs[_RULED]:
        return signs[_RIVALS] == 0
    return sureness(signs) >= load_sure().least


@cache
def load_sure(path: Path = SURE) -> Logistic:
    """Reads the fit. Raises KeyError where a sign has no weight."""
    stored: Mapping[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return read_logistic(stored, SIGNS)


def _odds(cited: Passage, found: Found, scores: SpanScores | None) -> tuple[float, float]:
    """The network's log-odds of a span, and how far it is ahead of any in the sentence apart from it."""
    if scores is None:
        return 0.0, 0.0
    start, end = cited.start + found.span[0], cited.start + found.span[1]
    own = scores.best(start, end)
    before = scores.best(cited.start, start)
    behind = scores.best(end, cited.end)
    odds = own.odds if own else -ODDS_LIMIT
    others = [other.odds for other in (before, behind) if other]
    lead = odds - max(others) if others else ODDS_LIMIT
    return _bounded(odds), _bounded(lead)


def _bounded(odds: float) -> float:
    return max(-ODDS_LIMIT, min(ODDS_LIMIT, odds))


def _log_odds(probability: float) -> float:
    inner = min(0.999, max(0.001, probability))
    return math.log(inner / (1 - inner))


def _values(question: Question, folded: str, segmenter: Segmenter) -> Sequence[Span]:
    """The values of a folded sentence that are of the kind asked for."""
    match question.kind:
        case "number":
            return spans.numbers(folded) or spans.dates(folded)
        case "date":
            return spans.dates(folded)
        case "person":
            return list(matching_words(folded, segmenter, lambda w: names_person(w, segmenter)))
        case "place":
            return list(matching_words(folded, segmenter, is_place))
        case "list":
            return spans.enumerations(folded)
        case _:
            return spans.names(folded)


def _compared(found: Found) -> tuple[bool, bool]:
    """Whether a rule and the network find the same span, and whether they find two."""
    if found.by_rule is None or found.by_network is None:
        return False, False
    return found.by_rule == found.by_network, found.by_rule != found.by_network


def _apart(one: Span, other: Span) -> bool:
    """Whether two spans share no character."""
    return one[1] <= other[0] or other[1] <= one[0]
