"""Runs every maker over documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from bot.training.makers.amounts_and_dates import amounts_and_dates
from bot.training.makers.clozes import at_most_a_third, clozes
from bot.training.makers.conditions import conditions
from bot.training.makers.definitions import definitions
from bot.training.makers.duties import duties
from bot.training.makers.exceptions import exceptions
from bot.training.makers.faq import faq
from bot.training.makers.fines import fines
from bot.training.makers.gate import folded_in
from bot.training.makers.labels import labels
from bot.training.makers.lists import lists
from bot.training.makers.made import Made
from bot.training.makers.news_facts import news_facts
from bot.training.makers.reasons import reasons
from bot.training.makers.swaps import swaps
from bot.training.makers.tables import tables
from corpus import Document
from corpus.document import Span
from corpus.language.text import is_english

Maker = Callable[[Document], Iterator[Made]]

MAKERS: tuple[Maker, ...] = (
    definitions,
    duties,
    conditions,
    exceptions,
    reasons,
    fines,
    amounts_and_dates,
    lists,
    tables,
    faq,
    labels,
    news_facts,
    clozes,
)
"""Each makes questions of one kind from a document, in the order of the text."""


MOST_OF_ANSWER = 3
"""Questions with the same answer at most: two makers may find the same fact."""


def made_from(document: Document) -> list[Made]:
    """The questions on a document, by maker, each once.

    A question that two places answer differently is left out, and one that holds its answer.
    """
    if is_english(document.text):
        return []
    answers: defaultdict[str, set[str]] = defaultdict(set)
    found: dict[str, Made] = {}
    of_answer: Counter[Span] = Counter()
    for maker in MAKERS:
        for made in maker(document):
            answers[made.question].add(made.answer_text)
            if made.answer is None or made.question in found:
                continue
            is_given = folded_in(made.answer_text, made.question)
            if made.answer_text and not is_given and of_answer[made.answer] < MOST_OF_ANSWER:
                of_answer[made.answer] += 1
                found[made.question] = made
    return [made for question, made in found.items() if len(answers[question]) == 1]


def made_from_all(documents: Iterable[Document]) -> list[Made]:
    """The questions on documents, of which the clozes are at most a third, without swaps."""
    made: list[Made] = []
    for document in documents:
        made += made_from(document)
    return at_most_a_third(made)


def with_swaps(made: Iterable[Made]) -> Iterator[Made]:
    """Each question, and behind it the same of what its document does not tell."""
    for one in made:
        yield one
        yield from swaps(one)
