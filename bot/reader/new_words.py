"""Which sentences may answer a question with new words in it: X of X呢 in place of others.

These words are all that the question says, so that a sentence without them says nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.question.analysis import Question
from bot.reader.candidates import Sentence, coverage, years_in
from corpus.language.bounds import asked_amounts, lacks_amount, lacks_year
from corpus.language.quantities import Quantity, quantities
from corpus.language.text import fold

LEAST_NEWS = 0.1
"""Share of the new words of a follow-up that a sentence must have to be cited: one of them. Without it
棉被呢 is answered by what was said of the tents before (docs/benchmarks.md).
"""

OF_BEST = 0.5
"""How much of what the sentence with the most of new and carried words has another must have as well."""

CALLED = 0.5
"""From how much of a word on a title has it: 公交 of 公交专用道 is another word."""

BESIDE = 0.4
"""What new words count that only the sentence before has, or a title."""


def with_news(question: Question, sentences: Sequence[Sentence]) -> list[bool]:
    """Which of `sentences` speak of the new words of a question, and of what was asked before.

    All may where it has no new words, and none where these are nowhere.
    """
    if not question.news:
        return [True] * len(sentences)
    carried = {term: question.terms[term] for term in question.carried if term in question.terms}
    shares = []
    for sentence in sentences:
        told = own_text(sentence)
        share = _share(question, sentence, told)
        asked = coverage(carried, told, question.alike)
        shares.append(share + asked if share >= LEAST_NEWS else 0.0)
    least = OF_BEST * max(shares, default=0.0)
    return [share > 0 and share >= least for share in shares]


def is_asked_beside(question: Question, best: Sentence, other: Sentence) -> bool:
    """Whether `other` may be cited beside `best`: it says of the question itself half of what that does.

    What it has beyond that of a question that carries words over only answers the question before.
    """
    if not question.carried:
        return True
    said = coverage(question.own, own_text(best), question.alike)
    return coverage(question.own, own_text(other), question.alike) >= OF_BEST * said


def says_only_title(question: Question, sentence: Sentence) -> bool:
    """Whether a sentence, with the one before it, has only those words of a question that its document is
    called by, though the question has others.
    """
    title = fold(sentence.span.document.title)
    asked = {}
    for term, rarity in question.terms.items():
        if coverage({term: rarity}, title, question.alike) < CALLED:
            asked[term] = rarity
    if not asked or len(asked) == len(question.terms):
        return False
    said = f"{own_text(sentence)}\n{sentence.before}"
    return coverage(asked, said, question.alike) == 0


def own_text(sentence: Sentence) -> str:
    """A sentence with what its unit is not understood without, folded: no title, and no sentence before."""
    document = sentence.span.document
    leads = [document.text[start:end] for start, end in sentence.span.leads]
    return "\n".join((sentence.folded, fold("\n".join(leads)), fold(sentence.span.heading)))


def _share(question: Question, sentence: Sentence, told: str) -> float:
    """How much of the new words a sentence has, 0 to 1.

    It has an amount where it says of any like it: 半小时以内 of 二十分钟.
    """
    amounts = [amount for term in question.news for amount, _, _ in asked_amounts(term)]
    if amounts and not any(_lacks(amount, sentence, told) for amount in amounts):
        return 1.0
    words = {term: rarity for term, rarity in question.news.items() if not quantities(term)}
    share = coverage(words, told, question.alike)
    if share == 0 and all(word in sentence.folded for word in question.replaced or ("\0",)):
        # It speaks of what was replaced.
        return 0.0
    return max(share, BESIDE * coverage(words, sentence.around, question.alike))


def _lacks(amount: Quantity, sentence: Sentence, told: str) -> bool:
    """Whether a sentence says nothing of an amount, or of a year; one without a year is of that of its title."""
    if amount.is_year:
        year = str(amount.value)
        years = sentence.years or years_in(fold(sentence.span.document.title))
        return year not in years and lacks_year([year], told)
    return lacks_amount([amount], told)
