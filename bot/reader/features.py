"""How well a sentence answers a question: a few named features for a linear model."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bot.question.analysis import Question
from bot.reader import spans
from bot.reader.candidates import Sentence, coverage
from bot.reader.mismatches import Constraints, Mismatch
from bot.reader.spans import typed_spans
from index import Vectors

FEATURES = (
    "margin",  # cosine above the nearest unrelated sentence, times ten
    "passage",  # score of the passage, 0 to 1
    "coverage",  # share of the question's terms in the sentence
    "context",  # ... in the sentence, the one before it, its heading and title
    "telling",  # share of the terms in the sentence, those that many candidates have counting less
    "pairs",  # share of the question's character pairs in the sentence, likewise
    "near",  # a number or date of the kind asked for stands beside the noun asked for
    "place",  # mismatches
    "year",
    "number",
    "kind",
    "defines",  # asks what something is, and the sentence says "it is", "it means"
    "because",  # asks why, and the sentence gives a reason
    "members",  # asks for a list, and the sentence has one
    "long",  # length in hundreds of characters, at most 1
)

BESIDE = 8
"""Characters between a number and the noun it counts, at most."""

_MISMATCHES: tuple[Mismatch, ...] = ("place", "year", "number", "kind")
_REASON = re.compile(
    r"因为|由于|因此|所以|为了|使得|导致|背后|依靠|得益于|是因|之所以|原因|从而|以便|旨在|需要"
)
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_ASKS_MEANING = re.compile(r"(?:是|指|代表|叫|意味着?|意思)的?(?:是)?$|^(?:是|叫|意思)")
_MEANS = re.compile(r"[”」』\"》]?[,，]?(?:则|就|即|也)?(?:是指|是|指|即|代表|意味着|称为)")


def features(
    asked: Constraints,
    found: Sequence[Sentence],
    measured: Vectors,
    against: Sequence[Sequence[Mismatch]],
) -> Vectors:
    """(n, len(FEATURES)) float32, a row a sentence, `against` its mismatches.

    `measured` is (n, 2): margin in cosine and the passage's score.
    """
    question, texts = asked.question, [s.folded for s in found]
    telling = {t: w / (1 + sum(t in text for text in texts)) for t, w in question.terms.items()}
    pairs = _pairs(asked.asked, texts)
    rows = [
        (
            10 * measured[at, 0],
            measured[at, 1],
            coverage(question.terms, s.folded, question.alike),
            coverage(question.terms, s.around, question.alike),
            coverage(telling, s.folded, question.alike),
            coverage(pairs, s.folded),
            _beside(asked, s.folded),
            *(mismatch in against[at] for mismatch in _MISMATCHES),
            question.kind == "what" and _defines(question, s.folded),
            question.kind == "why" and bool(_REASON.search(s.folded)),
            question.kind == "list" and bool(spans.enumerations(s.folded)),
            min(1.0, len(s.folded) / 100),
        )
        for at, s in enumerate(found)
    ]
    return np.array(rows, np.float32).reshape(-1, len(FEATURES))


def _pairs(asked: str, texts: Sequence[str]) -> dict[str, float]:
    """The question's character pairs, each counting less the more candidates have it."""
    pairs = {run[i : i + 2] for run in _HAN_RUN.findall(asked) for i in range(len(run) - 1)}
    return {pair: 1 / (1 + sum(pair in text for text in texts)) for pair in sorted(pairs)}


def _defines(question: Question, folded: str) -> bool:
    """Whether the question asks what something is, and a folded sentence says of it that it is, or means."""
    around = question.before.rstrip("的是")[-4:] + question.before[-1:]
    if question.before.strip() and not _ASKS_MEANING.search(around):
        return False
    said = (*question.terms, *question.numbers)
    return any(
        _MEANS.match(folded, end) for term in said for _, end in spans.occurrences(term, folded)
    )


def _beside(asked: Constraints, folded: str) -> bool:
    focus = asked.question.focus
    if asked.question.kind not in ("number", "date") or not focus:
        return False
    starts = ((folded.find(part), len(part)) for part in typed_spans(asked.question, folded))
    return any(focus in folded[max(0, at - BESIDE) : at + size + BESIDE] for at, size in starts)
