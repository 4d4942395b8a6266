"""How well a sentence answers a question: a few named features, which `ranking.py` weighs."""

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

MEASURED = (
    "span",  # log(1 + odds) of the likeliest span in it by the network; 0 where none has read
    "answer",  # the network's log-odds of an answer in its passage; 0 where none has read
    "margin",  # cosine above the nearest unrelated sentence, times ten
    "passage",  # score of the passage, as a share of the best
    "scope",  # how surely the question is about its document, 0 to 1
)
"""What is known of a sentence before its text is held against the question."""

FEATURES = (
    *MEASURED,
    "coverage",  # share of the question's terms in the sentence
    "context",  # ... in the sentence, the one before it, its heading and title
    "telling",  # share of the terms in the sentence, those that many candidates have counting less
    "pairs",  # share of the question's character pairs in the sentence, likewise
    "near",  # a number or date of the kind asked for stands beside the noun asked for
    "place",  # mismatches
    "year",
    "number",
    "name",
    "kind",
    "date",
    "rival",
    "defines",  # asks what something is, and the sentence says "it is", "it means"
    "because",  # asks why, and the sentence gives a reason
    "members",  # asks for a list, and the sentence has one
    "long",  # length in hundreds of characters, at most 1
)

BESIDE = 8
"""Characters between a number and the noun it counts, at most."""

_MISMATCHES: tuple[Mismatch, ...] = ("place", "year", "number", "name", "kind", "date", "rival")
# 由于人口流动, 得益于网格化
_REASON = re.compile(
    r"因为|由于|因此|所以|为了|使得|导致|背后|依靠|得益于|是因|之所以|原因|从而|以便|旨在|需要"
)
# 城市治理 in “城市治理”2.0
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
# “1+6”指〔什么〕, 什么是〔…〕
_ASKS_MEANING = re.compile(r"(?:是|指|代表|叫|意味着?|意思)的?(?:是)?$|^(?:是|叫|意思)")
# “两张网”是指…, 健康码，即…
_MEANS = re.compile(r"[”」』\"》]?[,，]?(?:则|就|即|也)?(?:是指|是|指|即|代表|意味着|称为)")


def features(
    asked: Constraints,
    found: Sequence[Sentence],
    measured: Vectors,
    against: Sequence[Sequence[Mismatch]],
    texts: Sequence[str],
) -> Vectors:
    """(n, len(FEATURES)) float32, a row for each of n sentences.

    `measured` is (n, len(MEASURED)), `against` holds the mismatches of each sentence, and `texts`
    are the folded sentences of all documents that were found: what many of them have counts less.
    """
    question = asked.question
    telling = {}
    for term, weight in question.terms.items():
        telling[term] = weight / (1 + sum(term in text for text in texts))
    pairs = _pairs(asked.asked, texts)
    rows = []
    for at, sentence in enumerate(found):
        text = sentence.folded
        row = (
            *measured[at],
            coverage(question.terms, text, question.alike),
            coverage(question.terms, sentence.around, question.alike),
            coverage(telling, text, question.alike),
            coverage(pairs, text),
            _beside(asked, text),
            *(mismatch in against[at] for mismatch in _MISMATCHES),
            question.kind == "what" and _defines(question, text),
            question.kind == "why" and bool(_REASON.search(text)),
            question.kind == "list" and bool(spans.enumerations(text)),
            min(1.0, len(text) / 100),
        )
        rows.append(row)
    return np.array(rows, np.float32).reshape(-1, len(FEATURES))


def _pairs(asked: str, texts: Sequence[str]) -> dict[str, float]:
    """The question's character pairs with their weights: less the more of the texts have the pair."""
    pairs = set()
    for run in _HAN_RUN.findall(asked):
        pairs |= {run[at : at + 2] for at in range(len(run) - 1)}
    weights = {}
    for pair in sorted(pairs):
        weights[pair] = 1 / (1 + sum(pair in text for text in texts))
    return weights


def _defines(question: Question, folded: str) -> bool:
    """Whether the question asks what something is, and a folded sentence says of it that it is."""
    around = question.before.rstrip("的是")[-4:] + question.before[-1:]
    if question.before.strip() and not _ASKS_MEANING.search(around):
        return False
    for term in (*question.terms, *question.numbers):
        for _, end in spans.occurrences(term, folded):
            if _MEANS.match(folded, end):
                return True
    return False


def _beside(asked: Constraints, folded: str) -> bool:
    """Whether a number or date of the kind asked for stands beside the noun asked for."""
    focus = asked.question.focus
    if asked.question.kind not in ("number", "date") or not focus:
        return False
    for part in typed_spans(asked.question, folded):
        start = folded.find(part)
        end = start + len(part)
        if focus in folded[max(0, start - BESIDE) : end + BESIDE]:
            return True
    return False
