"""The questions that are suggested to readers, as made questions: see `bot.question.suggest_sentences`.

Each maker takes those of its kinds, and adds wordings in everyday words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from bot.question.suggest_made import GeneratedQuestion
from bot.question.suggest_sentences import from_sentence
from bot.training.makers.made import AnswerKind, Made, cited
from bot.training.makers.said import sentences_of
from bot.training.makers.wording import worded
from corpus import Document, Passage
from corpus.document import Span

KINDS: dict[str, AnswerKind] = {
    "date": "date",
    "deadline": "number",
    "number": "number",
    "name": "text",
    "list": "list",
    "where": "place",
    "said": "text",
    "aim": "text",
    "who": "organisation",
    "fine": "number",
    "why": "reason",
}
"""The kind of a suggested question → what answers it."""


def by_rule(document: Document, maker: str, *kinds: str) -> Iterator[Made]:
    """The questions of some kinds, each in its own words and in everyday ones."""
    for sentence, suggested in _suggested(document):
        if suggested.kind not in kinds:
            continue
        asked = suggested.question.replace("{", "").replace("}", "")
        span = Span(suggested.answer.start, suggested.answer.end)
        for question in worded(document, (asked, f"请问{asked}"), asked):
            yield Made(document, question, span, cited(sentence), KINDS[suggested.kind], maker)


@lru_cache(maxsize=1)
def _suggested(document: Document) -> tuple[tuple[Passage, GeneratedQuestion], ...]:
    """Every suggested question of the sentences of a document: the makers ask one after another."""
    found: list[tuple[Passage, GeneratedQuestion]] = []
    for sentence in sentences_of(document):
        found += [(sentence, suggested) for suggested in from_sentence(sentence)]
    return tuple(found)
