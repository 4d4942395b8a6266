"""How much of the wording of a sentence stands in what it cites."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.llm.checks.rules import RULES
from bot.llm.checks.statement import Statement
from bot.reader.candidates import covered
from corpus.language.text import Segmenter

LEAST = 0.55
"""Share of its words that a supported sentence has from what it cites.

Of 410 faithful sentences of the fitting half one has less (.54), of 60 sentences with a wrong mark 95 %.
"""

LEAST_OF_CLAUSE = 0.4
"""The same for each of its clauses: faithful ones have .48 and more, of 60 inventions one clause at most .38."""

ASKED = 0.5
"""What a word counts that the question has: it need not come from the source."""

COMMON = 3.6
"""Rarity under which a word is grammar: 的, 在, 进行."""

# 2020, 60.6%, 5-10: numbers are held by their value, and signs say nothing
_NUMBER = re.compile(r"[\W\d]+|[零〇一二两三四五六七八九十百千万亿]+[年月日个家人名元]?")

# 据资料显示, 也就是说: a clause that only introduces what follows
_INTRODUCES = re.compile(RULES["introduces"])


def weights(words: tuple[str, ...], segmenter: Segmenter, asked: str) -> dict[str, float]:
    """The words that tell something → their rarity, of words of the folded question a part of it."""
    told: dict[str, float] = {}
    for word in words:
        rarity = segmenter.rarity(word)
        if rarity >= COMMON and not _NUMBER.fullmatch(word):
            told[word] = rarity * (ASKED if word in asked else 1)
    return told


def share(told: Mapping[str, float], known: str) -> float:
    """The share of words, by weight, that a folded text has, 0 to 1; 1 where there are none."""
    whole = sum(told.values())
    if not whole:
        return 1.0
    return sum(weight * covered(word, known) for word, weight in told.items()) / whole


def coverage(claim: Statement, source: Statement, segmenter: Segmenter, asked: str = "") -> float:
    """The share of the wording of a claim that its source has, 0 to 1; `asked` is folded."""
    words = claim.words
    introducing = claim.clauses[0].text if claim.clauses else ""
    if len(claim.clauses) > 1 and _INTRODUCES.fullmatch(introducing):
        words = words[len(segmenter.words_of_folded(introducing)) :]
    return share(weights(words, segmenter, asked), source.everything)


def says_nothing(claim: Statement, segmenter: Segmenter) -> bool:
    """Whether a claim has no word that tells something."""
    return not weights(claim.words, segmenter, "")


def lacks_wording(claim: Statement, source: Statement, segmenter: Segmenter, asked: str) -> bool:
    """Whether the claim, or a clause of it, has too little of its wording from the source.

    So has one without any word that tells something, 是的: nothing of it can be checked.
    """
    if says_nothing(claim, segmenter) and not claim.amounts.told:
        return True
    if coverage(claim, source, segmenter, asked) < LEAST:
        return True
    for clause in claim.clauses:
        words = tuple(segmenter.words_of_folded(clause.text))
        told = weights(words, segmenter, asked)
        is_said = len(told) > 1 and not _INTRODUCES.fullmatch(clause.text)
        if is_said and share(told, source.everything) < LEAST_OF_CLAUSE:
            return True
    return False
