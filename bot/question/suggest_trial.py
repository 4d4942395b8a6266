"""Which of the generated questions are answered well: they are tried, those of all documents in turn.

Questions are made from sentences (`suggest_sentences`), from how a document is set out
(`suggest_units`) and, in English, of the same facts (`suggest_english`); they name their document
where a library has several (`suggest_names`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from time import monotonic

from bot.answer import Answer
from bot.question.analysis import language_of
from bot.question.metadata import LINES
from bot.question.suggest_english import in_english
from bot.question.suggest_made import GeneratedQuestion, reads_well
from bot.question.suggest_names import Names, title_of
from bot.question.suggest_sentences import from_sentence
from bot.question.suggest_units import (
    from_heading,
    from_lists,
    from_places,
    from_questions,
    from_tables,
    from_whole,
)
from corpus import Document, Passage
from corpus.language.text import is_english, sentences

TRIED_AT_MOST = 200
"""Questions tried for a library, 20 ms each."""

ENGLISH_TRIED = 50
"""Of these, English ones about Chinese documents."""

ENOUGH, ENOUGH_ENGLISH = 60, 24
"""Good questions of each language after which no more are tried."""

SECONDS, ENGLISH_SECONDS = 7.0, 2.5
"""Seconds after which no more questions of a language are tried, where some are good already."""

SOME = 8
"""Good questions of a language that are enough when time is short: a screen of them, and some."""

READ_AT_MOST = 200
"""Documents that questions are generated from; of a larger corpus, every n-th document."""

OF_DOCUMENT = 40
"""Questions about one document that may be tried, those of all kinds and sections first."""

APART = 3
"""Documents in turn that begin with different questions of theirs."""

FIRST_READ, FIRST_TRIED, FIRST_ENOUGH = 6, 20, 6
"""Documents read, questions tried, and good ones that are enough before all others are tried."""

Ask = Callable[[str], Answer]


class Maker:
    """Makes the questions about the documents of a library.

    `terms` map words of the corpus to their English, several separated by semicolons.
    """

    def __init__(self, documents: Sequence[Document], terms: Mapping[str, str] = {}) -> None:
        self._names = Names(documents)
        self._terms = terms

    def of(self, document: Document) -> list[GeneratedQuestion]:
        """The questions about a document, in its language, in the order in which they are tried."""
        return varied(_distinct(self.made(document)), OF_DOCUMENT)

    def in_english(self, document: Document) -> list[GeneratedQuestion]:
        """The English questions about a Chinese document, in the order in which they are tried."""
        called = self._names.called_in_english(document)
        if called is None or is_english(document.text):
            return []
        made = in_english(document, called, _from_document(document, ""), self._terms)
        named = (self._names.named_in_english(one, called) for one in made)
        good = _distinct(one for one in named if reads_well(one.question))
        return varied(good, OF_DOCUMENT)

    def made(self, document: Document) -> Iterator[GeneratedQuestion]:
        """The questions about a document that read well, in the order of the rules."""
        has_title = bool(title_of(document))
        called = self._names.called(document) if has_title else ""
        for generated in _from_document(document, called):
            if document.title and not has_title and document.title in generated.question:
                continue
            named = self._names.named(generated)
            # What a place or a title is put before must say something by itself.
            if named and reads_well(generated.question) and reads_well(named.question):
                yield named


def try_out(
    ask: Ask, documents: Sequence[Document], terms: Mapping[str, str] = {}
) -> tuple[GeneratedQuestion, ...]:
    """The generated questions that `ask` answers well: of each document one, then a second of each.

    At most TRIED_AT_MOST are tried, until ENOUGH are found, and ENOUGH_ENGLISH of Chinese documents
    in English. `terms` are as for `Maker`.
    """
    maker = Maker(documents, terms)
    read = _read(documents)
    in_turn = _in_turn(_begun_apart(map(maker.of, read)))
    in_english = _in_turn(map(maker.in_english, read))[:ENGLISH_TRIED]
    own = good(ask, in_turn[: TRIED_AT_MOST - len(in_english)], ENOUGH, SECONDS)
    return (*own, *good(ask, in_english, ENOUGH_ENGLISH, ENGLISH_SECONDS))


def try_first(ask: Ask, documents: Sequence[Document]) -> tuple[GeneratedQuestion, ...]:
    """Enough good questions for a start, of the first FIRST_READ documents, in a fraction of a second."""
    of_each = _begun_apart(map(Maker(documents).of, documents[:FIRST_READ]))
    return good(ask, _in_turn(of_each)[:FIRST_TRIED], FIRST_ENOUGH)


def make(documents: Sequence[Document]) -> list[GeneratedQuestion]:
    """All questions that the rules generate from `documents`, in their order, not yet tried.

    Of equal questions the last is taken, in the place of the first. Each is in the language of its
    document.
    """
    maker = Maker(documents)
    return _distinct(one for document in _read(documents) for one in maker.made(document))


def good(
    ask: Ask, questions: Sequence[GeneratedQuestion], enough: int, seconds: float = math.inf
) -> tuple[GeneratedQuestion, ...]:
    """The first of `questions`, at most `enough`, that are answered well.

    After `seconds` SOME are enough.
    """
    found: list[GeneratedQuestion] = []
    until = monotonic() + seconds
    for generated in questions:
        if len(found) == enough or (len(found) >= SOME and monotonic() > until):
            break
        if generated.is_worth_asking(ask(generated.question)):
            found.append(generated)
    return tuple(found)


def varied(
    questions: Iterable[GeneratedQuestion], most: int, beside: Sequence[GeneratedQuestion] = ()
) -> list[GeneratedQuestion]:
    """At most `most` of the questions: of all documents, kinds and sections, the short first.

    They stand `beside` others, and differ from these as from one another.
    """
    rest = list(questions)
    chosen: list[GeneratedQuestion] = []
    count: Counter[object] = Counter()

    def add(generated: GeneratedQuestion) -> None:
        doc_id = generated.answer.document.doc_id
        count.update([generated.kind, generated.section, doc_id])

    def priority(generated: GeneratedQuestion) -> tuple[int, int, int]:
        alike = count[generated.kind] + count[generated.section]
        return count[generated.answer.document.doc_id], alike, len(generated.question)

    for generated in beside:
        add(generated)
    while rest and len(chosen) < most:
        best = min(rest, key=priority)
        rest.remove(best)
        chosen.append(best)
        add(best)
    return chosen


def of_language(questions: Iterable[GeneratedQuestion], language: str) -> list[GeneratedQuestion]:
    """Those of the questions that are in a language, "zh" or "en"."""
    return [one for one in questions if language_of(one.question) == language]


def _begun_apart(
    of_each: Iterable[Sequence[GeneratedQuestion]],
) -> Iterator[Sequence[GeneratedQuestion]]:
    """The questions of each, of one beginning with its first, of the next with its second, and so on, so
    that questions of several kinds are tried where time is short.
    """
    for number, questions in enumerate(of_each):
        first = number % APART
        yield [*questions[first:], *questions[:first]]


def _in_turn(of_each: Iterable[Sequence[GeneratedQuestion]]) -> list[GeneratedQuestion]:
    """The first of each, then the second of each."""
    turns = zip_longest(*of_each)
    return _distinct(one for turn in turns for one in turn if one is not None)


def _read(documents: Sequence[Document]) -> Sequence[Document]:
    step = max(1, math.ceil(len(documents) / READ_AT_MOST))
    return documents[::step]


def _from_document(document: Document, called: str) -> Iterator[GeneratedQuestion]:
    if called:
        yield from from_whole(document, called)
    yield from from_places(document)
    yield from from_questions(document)
    yield from from_lists(document)
    yield from from_tables(document)
    for section in document.sections:
        if section.heading in LINES:
            continue
        yield from from_heading(document, section)
        for start, end in sentences(document.text[section.start : section.end]):
            yield from from_sentence(Passage(document, section.start + start, section.start + end))


def _distinct(questions: Iterable[GeneratedQuestion]) -> list[GeneratedQuestion]:
    return list({generated.question: generated for generated in questions}.values())
