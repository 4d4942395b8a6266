"""Searches for a question within its scope: inside the documents that it is about, and everywhere.

And for the name of a work, as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.settings import RetrievalSettings
from corpus.language.text import fold
from index import Hit, Retriever
from index.collection import Collection
from index.fusion import FusedRetriever
from index.lexical import LexicalRetriever
from index.retriever import RowNumbers
from index.snapshot import Snapshot

MOST_UNSURE = 0.5
"""The most that an unsure scope adds to the score of a passage, which is 0 to 1."""

MENTIONS_SOUGHT = 50
"""Passages, those that share most with the name of a work, in which it is looked for."""


@dataclass(frozen=True, slots=True)
class ScopedSearch:
    """Searches `collection`, or only its rows `within`."""

    retriever: Retriever
    collection: Collection
    within: RowNumbers | None = None

    def search(self, question: Question, scope: Scope, k: int) -> list[Hit]:
        """The best `k` passages, best first, each once.

        A document that the question names is searched by what is asked of it, and its passages come
        first: (1 + score) / 2. Elsewhere a passage has (fit + score) / 2 by the whole question, where
        `fit` says how surely the question is about its document. Where it is about none in
        particular scores are left as they are.
        """
        within = self._rows_of(scope)
        everywhere = self.retriever.search(question.text, k, within)
        if not scope.aims:
            return everywhere
        inside: list[Hit] = []
        for text, doc_ids in _named(scope).items():
            inside += self.retriever.search(text, k, self.collection.passages_in(doc_ids))
        # BM25 alone has no bound: there scores are shares of the best.
        bound = max([1.0, *(hit.score for hit in (*everywhere, *inside))])
        found: dict[str, Hit] = {}
        for passage, score in everywhere:
            fit = min(scope.fit_of(passage.document), MOST_UNSURE)
            found[passage.passage_id] = Hit(passage, (fit + score / bound) / 2)
        for passage, score in inside:
            # 1 for the document that is named: its passages come before all others.
            found[passage.passage_id] = Hit(passage, (1 + score / bound) / 2)
        return sorted(found.values(), key=lambda hit: -hit.score)[:k]

    def _rows_of(self, scope: Scope) -> RowNumbers | None:
        """The rows that are searched; None for all."""
        if scope.doc_ids is None:
            return self.within
        rows = self.collection.passages_in(scope.doc_ids)
        if self.within is None:
            return rows
        allowed = frozenset(self.within.tolist())
        return rows[[row in allowed for row in rows.tolist()]]


def _named(scope: Scope) -> dict[str, list[str]]:
    """The ids of the documents that are named surely, by what is asked of them."""
    groups: dict[str, list[str]] = {}
    for aim in scope.aims:
        if aim.fit >= 1:
            groups.setdefault(aim.question.text, []).append(aim.document.doc_id)
    return groups


def mentions(lexical: LexicalRetriever, rows: RowNumbers | None, work: str) -> bool:
    """Whether one of the passages `rows` has the name of a work as it is."""
    name = fold(work)
    hits = lexical.search(work, MENTIONS_SOUGHT, rows)
    return any(name in fold(hit.passage.text) for hit in hits)


def retriever_for(snapshot: Snapshot, settings: RetrievalSettings) -> Retriever:
    """The retriever that the settings name. Without an encoder it is the lexical one."""
    if snapshot.dense is None or settings.mode == "lexical":
        return snapshot.lexical
    if settings.mode == "dense":
        return snapshot.dense
    return FusedRetriever(snapshot.dense, snapshot.lexical, settings.weight, settings.candidates)
