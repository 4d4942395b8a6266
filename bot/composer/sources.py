"""What a composer may draw on: the documents that answer, and how they are searched and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.question.analysis import Question
from bot.question.forms import AskedForm
from bot.question.scope import Scope
from bot.reader.extractive import Candidate, Evidence, ExtractiveReader
from bot.reader.network import SpanScores
from corpus import Document
from index import Hit
from index.snapshot import Snapshot


@dataclass(frozen=True)
class Sources:
    """The documents of a service with their search and its reader."""

    documents: Sequence[Document]
    snapshot: Snapshot
    reader: ExtractiveReader
    search: Callable[[Question, int, Scope], list[Hit]]
    understand: Callable[[str], Question]


@dataclass(frozen=True)
class Material:
    """A question with what the search and the network have found for it, not yet decided upon.

    `form` is what the question asks for.
    """

    question: Question
    form: AskedForm
    scope: Scope
    hits: Sequence[Hit]
    scores: Sequence[SpanScores]
    sources: Sources

    @cached_property
    def candidates(self) -> list[Candidate]:
        """The sentences of the hits that may be cited."""
        return self.sources.reader.candidates_for(self.hits, self.question)

    @cached_property
    def evidence(self) -> Evidence:
        """How well each candidate answers, and how likely the best does."""
        return self.sources.reader.weigh(self.question, self.candidates, self.scores, self.scope)

    @property
    def confidence(self) -> float:
        """How likely the best candidate answers, 0 to 1; 0 without any."""
        if not self.candidates:
            return 0.0
        return self.sources.reader.confidence(self.evidence, bool(self.scores))

    @property
    def is_answered(self) -> bool:
        """Whether the best candidate is likely enough to answer to be cited."""
        return bool(self.candidates) and self.sources.reader.answers(
            self.evidence, bool(self.scores)
        )

    @property
    def documents_meant(self) -> list[Document]:
        """The documents that the question is surely about, or else all that it may draw on."""
        named = [aim.document for aim in self.scope.aims if aim.fit >= 1]
        if named:
            return named
        if self.scope.doc_ids is None:
            return list(self.sources.documents)
        allowed = frozenset(self.scope.doc_ids)
        return [document for document in self.sources.documents if document.doc_id in allowed]
