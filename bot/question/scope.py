"""A search narrowed to some of the articles: those with one of certain tags."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from corpus import Document, Passage
from index import Hit, Retriever
from index.fusion import FusedRetriever

DEPTH_FACTOR = 4
"""How much deeper than wanted the first search goes, and than the one before each further one."""


@dataclass(frozen=True, slots=True)
class TaggedRetriever:
    """Searches like `retriever`, but leaves out passages of articles that have none of `tags`.

    `size` is the number of all passages. `retriever` is searched ever deeper until enough passages
    are left, or all have been searched.
    """

    retriever: Retriever
    tags: frozenset[str]
    size: int

    def search(self, question: str, k: int) -> list[Hit]:
        """The best `k` passages, best first."""
        depth = DEPTH_FACTOR * k
        while True:
            hits = self._with_candidates(depth).search(question, depth)
            kept = [hit for hit in hits if is_tagged(hit.passage.document, self.tags)]
            if len(kept) >= k or depth >= self.size:
                return kept[:k]
            depth *= DEPTH_FACTOR

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """The score that each stage of the search gives each of `passages`, by name."""
        return self.retriever.explain(question, passages)

    def _with_candidates(self, depth: int) -> Retriever:
        """The retriever; a fused one takes at least `depth` candidates from each half."""
        if not isinstance(self.retriever, FusedRetriever) or self.retriever.candidates >= depth:
            return self.retriever
        deeper = copy(self.retriever)
        deeper.candidates = depth
        return deeper


def is_tagged(document: Document, tags: frozenset[str]) -> bool:
    """Whether `document` has one of `tags`. Every document has, if there are none."""
    return not tags or not tags.isdisjoint(document.tags)
