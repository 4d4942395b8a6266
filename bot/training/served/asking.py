"""Asks a library as the service does, and keeps the windows that the network would read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.question.analysis import Question
from bot.question.scope import NO_SCOPE, Scope
from bot.reader.network import LONGEST_ANSWER, ReadingTask, Window, Windows
from bot.reader.network_reading import WINDOWS_AT_MOST, is_for_network, reading_task
from bot.service import PASSAGES_SEARCHED, Service
from bot.training.data import Sample
from bot.training.makers.gate import folded_in
from bot.training.makers.made import Made
from bot.training.makers.wording import names_of, place_of
from bot.training.served.libraries import Library
from corpus import Document, Passage
from index import Hit

NEGATIVES = (2, 3)
"""Windows without the answer beside one with it, each number as often as the other.

Served, it reads up to WINDOWS_AT_MOST windows, of which at most one in five has the answer.
"""

SAME_DOCUMENT = 0.65
"""Share of them that are of the document that has the answer, where it has passages without it."""

TAKEN_AWAY = 0.3
"""Share of the questions of which one of them is found with that document taken away."""

OF_SWAP = 2
"""Windows of a question that its document does not answer, at most: the one that seems to, and another."""


@dataclass(frozen=True, slots=True)
class Served:
    """A window with the question it is read for, and the document that it shows."""

    sample: Sample
    made: Made
    document: Document


@dataclass(frozen=True, slots=True)
class _Found:
    """A question as understood, with its scope and what is found for it."""

    question: Question
    scope: Scope
    hits: Sequence[Hit]


class Asker:
    """Asks the questions of one library. All randomness is from the generator that is passed in."""

    def __init__(self, library: Library, service: Service, windows: Windows) -> None:
        """`service` answers from the library's documents, `windows` lay out what is read."""
        self._library = library
        self._service = service
        self._windows = windows

    def windows_of(self, made: Made, rng: np.random.Generator) -> list[Served]:
        """The window with the answer, and behind it 2 to 3 without, of what the search returns.

        The one with the answer is of the passage that holds it, whether or not the search returns
        that, so that its miss costs no answer to learn from. Empty where the service would not let the
        network read, or no window shows all of the answer.
        """
        found = self._found(self._service, made)
        if found is None:
            return []
        passage = self._passage_of(made)
        answered = self._with_answer(made, passage, found, rng) if passage else None
        if answered is None:
            return []
        count = int(rng.choice(NEGATIVES))
        return [answered, *self._without_answer(made, found, count, rng)]

    def windows_of_swap(self, swap: Made, rng: np.random.Generator) -> list[Served]:
        """Windows of the document of a question that it does not answer, at most OF_SWAP.

        The first shows the sentence that answers the question from which it was made.
        """
        found = self._found(self._service, swap) or self._unscoped(swap)
        # Another document may be of the city, or the year, that is asked for.
        own = [hit.passage for hit in found.hits if hit.passage.document is swap.document]
        seeming = [passage for passage in own if _overlaps(passage, swap)]
        others = [passage for passage in own if not _overlaps(passage, swap)]
        chosen = seeming[:1] + others[: OF_SWAP - len(seeming[:1])]
        return [self._none(swap, passage, found, rng) for passage in chosen]

    def _found(self, service: Service, made: Made) -> _Found | None:
        """What the service finds; None where it answers or refuses without reading."""
        question = service.understand(made.question)
        scope = service.scope_of(question)
        if scope.missing is not None:
            return None
        hits = service.search(question, PASSAGES_SEARCHED, scope)
        if not is_for_network(question, hits, scope):
            return None
        return _Found(question, scope, hits)

    def _unscoped(self, swap: Made) -> _Found:
        """What is found for a question about a work that is not held, as if that had gone unnoticed."""
        question = self._service.understand(swap.question)
        hits = self._service.search(question, PASSAGES_SEARCHED, NO_SCOPE)
        return _Found(question, NO_SCOPE, hits)

    def _passage_of(self, made: Made) -> Passage | None:
        """The passage that holds the whole of the answer."""
        gold = made.gold
        for passage, _ in self._service.snapshot.collection.parts_of(made.document):
            if gold and passage.start <= gold.start and gold.end <= passage.end:
                return passage
        return None

    def _with_answer(
        self, made: Made, passage: Passage, found: _Found, rng: np.random.Generator
    ) -> Served | None:
        """A window that shows the answer; None where it is too long, or tokens do not end with it."""
        gold = made.gold
        task = reading_task(found.question, passage, found.scope)
        tokens = self._windows.tokens(task.text)
        if gold is None:
            return None
        start, end = gold.start - passage.start, gold.end - passage.start
        first, last = tokens.covering(start, end)
        is_exact = tokens.spans[first][0] == start and tokens.spans[last][1] == end
        if not is_exact or last - first >= LONGEST_ANSWER:
            return None
        holding = []
        for window in self._over(task):
            size = window.end - window.begin
            if window.first <= first and last < window.first + size:
                holding.append(window)
        if not holding:
            return None
        window = holding[int(rng.integers(len(holding)))]
        shift = window.begin - window.first
        sample = Sample(np.array(window.ids, np.int32), first + shift, last + shift)
        return Served(sample, made, made.document)

    def _without_answer(
        self, made: Made, found: _Found, count: int, rng: np.random.Generator
    ) -> Iterator[Served]:
        """At most `count` windows of passages that do not hold the answer, each of another passage."""
        same, others = self._apart(made, found.hits)
        if others and rng.random() < TAKEN_AWAY:
            away = self._with_document_taken_away(made)
            if away is not None:
                _, remaining = self._apart(made, away.hits)
                if remaining:
                    count -= 1
                    passage = _drawn(remaining, rng)
                    others = [other for other in others if other != passage]
                    yield self._none(made, passage, away, rng)
        for _ in range(count):
            is_same = bool(same) and (not others or rng.random() < SAME_DOCUMENT)
            pool = same if is_same else others
            if not pool:
                return
            passage = _drawn(pool, rng)
            pool.remove(passage)
            yield self._none(made, passage, found, rng)

    def _with_document_taken_away(self, made: Made) -> _Found | None:
        left = [one for one in self._library.documents if one is not made.document]
        return self._found(self._service.only(left), made)

    def _apart(self, made: Made, hits: Sequence[Hit]) -> tuple[list[Passage], list[Passage]]:
        """The passages without the answer that would be read: of its document, and of others.

        None of others where these may answer the question too.
        """
        same: list[Passage] = []
        others: list[Passage] = []
        for passage, _ in hits[:WINDOWS_AT_MOST]:
            if _overlaps(passage, made) or folded_in(made.answer_text, passage.text):
                continue
            if passage.document is made.document:
                same.append(passage)
            elif not self._may_answer(passage.document, made):
                others.append(passage)
        return same, others

    def _may_answer(self, other: Document, made: Made) -> bool:
        """Whether another document may tell what is asked: of its kind, and not told apart by name."""
        is_same_name = other.title == made.document.title
        return self._library.is_alike and (is_same_name or not _is_named(made))

    def _none(
        self, made: Made, passage: Passage, found: _Found, rng: np.random.Generator
    ) -> Served:
        """One of the windows of a passage, as one without an answer."""
        windows = self._over(reading_task(found.question, passage, found.scope))
        window = windows[int(rng.integers(len(windows)))]
        return Served(Sample(np.array(window.ids, np.int32), 0, 0), made, passage.document)

    def _over(self, task: ReadingTask) -> list[Window]:
        head = self._windows.head(task.question, task.context)
        return self._windows.over(head, self._windows.tokens(task.text))


def _drawn(passages: Sequence[Passage], rng: np.random.Generator) -> Passage:
    return passages[int(rng.integers(len(passages)))]


def _is_named(made: Made) -> bool:
    """Whether a question names its document, or the place of a regulation."""
    names = [*names_of(made.document), place_of(made.document)]
    return any(name and name in made.question for name in names)


def _overlaps(passage: Passage, made: Made) -> bool:
    """Whether a passage shows a part of what is cited, or of the answer."""
    if passage.document is not made.document:
        return False
    spans = [made.cited] if made.answer is None else [made.cited, made.answer]
    return any(passage.start < end and start < passage.end for start, end in spans)
