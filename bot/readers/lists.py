"""Short answers that are lists: members joined by 、, without the words that lead to them."""

from __future__ import annotations

import re

from bot.question import Question
from bot.readers import spans
from bot.readers.spans import Span
from corpus.text import Segmenter, leads

APART = 12
"""Characters between the names of a list, and between a list and the question's words, at most."""

_BETWEEN = re.compile(r"[、和与及]")
_OPENED = re.compile(r"[“「『]([^”」』]{2,})$")
_AFTER_QUOTE = re.compile(r"[^”」』]+$")
_NEXT_QUOTE = re.compile(r"(?<=..)[“「『].*$")


def list_spans(question: Question, folded: str, segmenter: Segmenter) -> list[Span]:
    """Names in quotation marks and enumerations, those nearest to the question's words first."""
    found = [*_quoted(folded), *(_members(folded, span, segmenter) for span in spans.enumerations(folded))]
    near = [(folded.find(term), weight) for term, weight in question.terms.items() if term in folded]

    def nearness(span: Span) -> float:
        return sum(weight for at, weight in near if span[0] - APART <= at <= span[1] + APART)

    return sorted(filter(nearness, found), key=nearness, reverse=True)


def _quoted(folded: str) -> list[Span]:
    """From the first to the last name in quotation or title marks, with them, where all stand together."""
    found = spans.names(folded)
    if len(found) < 2 or found[-1][0] - found[0][1] > APART:
        return []
    (start, _), (_, end) = found[0], found[-1]
    return [(start, end) if folded[start] == "《" else (start - 1, end + 1)]


def _members(folded: str, span: Span, segmenter: Segmenter) -> Span:
    """An enumeration without the words around it: 推动〔权责、资源、人力〕下沉到基层."""
    start, end = span
    first, *middle, last = _BETWEEN.split(folded[start:end])
    least = min(map(len, middle), default=2)
    quoted = re.search(r"[“「『]", first)
    bare = _AFTER_QUOTE.sub("", last) if quoted else _before_lead(_NEXT_QUOTE.sub("", last), least, segmenter)
    return spans.trimmed(folded, (start + len(first) - len(_after_lead(first, segmenter)), end - len(last) + len(bare)))


def _after_lead(part: str, segmenter: Segmenter) -> str:
    """What follows the last verb or preposition, or the opening quotation mark."""
    opened = _OPENED.search(part)
    if opened:
        return opened.group(1)
    at = kept = 0
    for word in segmenter.words(part, guess=False):
        at = part.find(word, at) + len(word)
        kept = at if leads(word) and len(part) - at > 1 else kept
    return part[kept:]


def _before_lead(part: str, least: int, segmenter: Segmenter) -> str:
    """What stands before the first verb or particle that comes after `least` characters."""
    at = 0
    for word in segmenter.words(part, guess=False):
        at = part.find(word, at)
        if at >= max(2, least) and leads(word):
            return part[:at]
    return part
