"""Searches for a question within its scope: inside the documents that it is about, and everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from bot.question.analysis import Question
from bot.question.scope import Scope
from index import Hit, Retriever
from index.collection import Collection
from index.retriever import RowNumbers


@dataclass(frozen=True, slots=True)
class ScopedSearch:
    """Searches `collection`, or only its rows `within`."""

    retriever: Retriever
    collection: Collection
    within: RowNumbers | None = None

    def search(self, question: Question, scope: Scope, k: int) -> list[Hit]:
        """The best `k` passages, best first, each once.

        The score of a passage is (fit + score) / 2 by what is asked of its document where the
        question is about it (`fit`, 0 to 1), and by the whole question score / 2 elsewhere; where it
        is about no document in particular scores are left as they are.
        """
        within = self._rows_of(scope)
        everywhere = self.retriever.search(question.text, k, within)
        if not scope.aims:
            return everywhere
        found = {hit.passage.passage_id: Hit(hit.passage, hit.score / 2) for hit in everywhere}
        for (fit, text), doc_ids in _together(scope).items():
            rows = self.collection.passages_in(doc_ids)
            for passage, score in self.retriever.search(text, k, rows):
                better = (fit + score) / 2
                earlier = found.get(passage.passage_id)
                if earlier is None or earlier.score < better:
                    found[passage.passage_id] = Hit(passage, better)
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


def _together(scope: Scope) -> dict[tuple[float, str], list[str]]:
    """The ids of the documents of which the same is asked, by how surely and what."""
    groups: dict[tuple[float, str], list[str]] = {}
    for aim in scope.aims:
        groups.setdefault((aim.fit, aim.question.text), []).append(aim.document.doc_id)
    return groups
