"""A service that answers from some of the articles only: those with one of certain tags."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from bot.question.suggest import Suggestions
from bot.service import Service
from corpus import Document, Passage
from index import Hit, Retriever
from index.fusion import FusedRetriever


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Searches as `whole` does, and leaves out passages of articles that have none of `tags`.

    `size` is the number of all passages: `whole` is asked for more of them until there are enough, or no more.
    """

    whole: Retriever
    tags: frozenset[str]
    size: int

    def search(self, question: str, k: int) -> list[Hit]:
        """The best `k` passages, best first."""
        depth = 4 * k
        while True:
            found = self._reaching(depth).search(question, depth)
            kept = [hit for hit in found if is_tagged(hit.passage.document, self.tags)]
            if len(kept) >= k or depth >= self.size:
                return kept[:k]
            depth *= 4

    def explain(self, question: str, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """What each stage says of each of `passages`, by name."""
        return self.whole.explain(question, passages)

    def _reaching(self, depth: int) -> Retriever:
        """`whole`, joining at least `depth` passages of each half where it joins any."""
        if not isinstance(self.whole, FusedRetriever) or self.whole.candidates >= depth:
            return self.whole
        deeper = copy(self.whole)
        deeper.candidates = depth
        return deeper


def is_tagged(document: Document, tags: frozenset[str]) -> bool:
    """Whether `document` has one of `tags`; any has, where there are none."""
    return not tags or not tags.isdisjoint(document.tags)


def narrowed(service: Service, tags: frozenset[str]) -> Service:
    """`service`, answering from articles with one of `tags` only; it shares everything with `service`."""
    if not tags:
        return service
    narrow = copy(service)
    narrow.retriever = Narrowed(service.retriever, tags, len(service.snapshot.collection.passages))
    documents = [d for d in service.snapshot.collection.documents if is_tagged(d, tags)]
    narrow._suggestions = Suggestions(narrow.answer, documents)
    return narrow
