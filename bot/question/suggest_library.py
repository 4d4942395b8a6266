"""Finds the questions to suggest of a whole library: kept with its index, known of a larger one, or tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from bot.question.suggest import OPENING, Suggestions, confirmed
from bot.question.suggest_kept import Place, keep, read_kept
from bot.question.suggest_made import GeneratedQuestion
from bot.question.suggest_trial import Ask, try_first, try_out
from corpus import Document


@dataclass(frozen=True, slots=True)
class LibraryTrial:
    """The trial of what may be suggested of `documents`.

    `by_rules` answers by rules, and `by_network` as a visitor is answered, None where no network
    reads. `terms` map words of the corpus to their English. What is tried is kept at `place`. `whole`
    are the suggestions of the library that this one is a part of, None where it is all of it; it may
    take seconds to call.
    """

    documents: Sequence[Document]
    terms: Mapping[str, str]
    by_rules: Ask
    by_network: Ask | None = None
    place: Place | None = None
    whole: Callable[[], Suggestions] | None = None

    def suggestions(self) -> Suggestions:
        """What should be suggested: of the whole, what is kept, or what is tried now, in seconds."""
        return self.suggesting(self._known())

    def suggesting(self, known: Sequence[GeneratedQuestion]) -> Suggestions:
        """Suggests questions that are known to be good."""
        return Suggestions(self.by_rules, self.documents, known, self.terms, self.place)

    def kept(self) -> tuple[GeneratedQuestion, ...] | None:
        """The good questions that are kept, None where none are."""
        return read_kept(self.place, self.documents) if self.place else None

    def first(self, before: Sequence[GeneratedQuestion]) -> Sequence[GeneratedQuestion]:
        """Those of `before` whose documents are here; where these are too few some are tried."""
        held = {document.doc_id: document for document in self.documents}
        known = [
            one for one in before if held.get(one.answer.document.doc_id) == one.answer.document
        ]
        return known if len(known) >= OPENING else try_first(self.by_rules, self.documents)

    def _known(self) -> Sequence[GeneratedQuestion]:
        if self.whole is not None:
            held = {document.doc_id for document in self.documents}
            of_whole = self.whole().known
            known = [one for one in of_whole if one.answer.document.doc_id in held]
            return known if len(known) >= OPENING else self._tried()
        kept = self.kept()
        if kept is not None:
            return kept
        found = self._tried()
        if self.place:
            keep(self.place, found)
        return found

    def _tried(self) -> tuple[GeneratedQuestion, ...]:
        """The questions that are answered well by rules, those of the start also by the network."""
        found = try_out(self.by_rules, self.documents, self.terms)
        return found if self.by_network is None else confirmed(self.by_network, found)


class LibrarySuggestions:
    """What is suggested of a library at this moment. Several threads may call it at once."""

    def __init__(self, trial: LibraryTrial) -> None:
        self._trial = trial
        self._suggestions: Suggestions | None = None
        self._lock = Lock()

    def now(self) -> Suggestions:
        """What is suggested.

        The first call takes seconds, and less where the generation has kept what was tried.
        """
        with self._lock:
            if self._suggestions is None:
                self._suggestions = self._trial.suggestions()
            return self._suggestions

    def at_once(self, before: Sequence[GeneratedQuestion] = ()) -> bool:
        """Suggests what is kept, or else at first what takes no time; returns whether it was kept.

        The first are those of `before`, known of another library, whose documents this one has, and
        where these are too few some are tried. `try_all` then tries all that should be.
        """
        kept = self._trial.kept()
        first = kept if kept is not None else self._trial.first(before)
        with self._lock:
            self._suggestions = self._trial.suggesting(first)
        return kept is not None

    def try_all(self) -> None:
        """Tries what should be suggested, and suggests that from then on. It takes seconds."""
        tried = self._trial.suggestions()
        with self._lock:
            self._suggestions = tried
