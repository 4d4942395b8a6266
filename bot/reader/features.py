"""How well a sentence answers a question: a few named features, which `ranking.py` weighs."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bot.question.analysis import Question
from bot.reader import spans
from bot.reader.candidates import Sentence, coverage
from bot.reader.mismatches import Constraints, Mismatch
from index import Vectors

MEASURED = (
    "span",  # log(1 + odds) of the likeliest span in it by the network; 0 where none has read
    "answer",  # the network's log-odds of an answer in its passage; 0 where none has read
    "margin",  # cosine above the nearest unrelated sentence, times ten
    "passage",  # score of the passage, as a share of the best
    "scope",  # how surely the question is about its document, 0 to 1
)
"""What is known of a sentence before its text is held against the question."""

_MISMATCHES: tuple[Mismatch, ...] = (
    "place",
    "year",
    "number",
    "ordinal",
    "name",
    "kind",
    "date",
    "rival",
)

FEATURES = (
    *MEASURED,
    "context",  # share of the question's terms, by rarity, in the sentence and around it
    *_MISMATCHES,
    "defines",  # asks what something is, and the sentence says "it is", "it means"
)
"""What tells one sentence of a question from another. Others were tried and earned nothing on a kind
of text left out (docs/benchmarks.md): bare shared words and pairs of characters, the noun beside the
number, reasons, enumerations, length.
"""

# “1+6”指〔什么〕, 什么是〔…〕
_ASKS_MEANING = re.compile(r"(?:是|指|代表|叫|意味着?|意思)的?(?:是)?$|^(?:是|叫|意思)")
# “两张网”是指…, 健康码，即…
_MEANS = re.compile(r"[”」』\"》]?[,，]?(?:则|就|即|也)?(?:是指|是|指|即|代表|意味着|称为)")


def features(
    asked: Constraints,
    found: Sequence[Sentence],
    measured: Vectors,
    against: Sequence[Sequence[Mismatch]],
) -> Vectors:
    """(n, len(FEATURES)) float32, a row for each of n sentences.

    `measured` is (n, len(MEASURED)); `against` holds the mismatches of each sentence.
    """
    question = asked.question
    rows = []
    for at, sentence in enumerate(found):
        row = (
            *measured[at],
            coverage(question.terms, sentence.around, question.alike),
            *(mismatch in against[at] for mismatch in _MISMATCHES),
            question.kind == "what" and _defines(question, sentence.folded),
        )
        rows.append(row)
    return np.array(rows, np.float32).reshape(-1, len(FEATURES))


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
