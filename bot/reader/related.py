"""Which of the passages found may be related to a question that nothing answers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.question.analysis import Question
from bot.reader.candidates import coverage
from corpus import Passage
from corpus.language.text import fold
from index import Hit

LEAST_SHARED = 0.5
"""The share of the words of a question, by rarity, from which a passage speaks of what is asked.

Of 250 questions on the news for fitting 28 are refused; all 19 with a passage that holds their answer
among the first three have one with .55 or more. Of 249 refused questions on other encyclopedia articles
3 % have one with .5, 7 % with .4 and 39 % with .2. How sure the answer would have been tells these
from those no better than chance.
"""


def related(question: Question, hits: Sequence[Hit]) -> tuple[Passage, ...]:
    """The passages of `hits` that share enough words with a question, in their order."""
    return tuple(hit.passage for hit in hits if _share(question, hit.passage) >= LEAST_SHARED)


def _share(question: Question, passage: Passage) -> float:
    # Not by its title: in a library of one city all have the name of that.
    return coverage(question.terms, fold(passage.text), question.alike)
