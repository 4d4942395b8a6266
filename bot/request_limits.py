"""What a request limits the search to."""

from __future__ import annotations

from dataclasses import dataclass

from corpus import Document


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request limits the search to: documents with one of these ids and one of these tags.

    None is no limit.
    """

    doc_ids: frozenset[str] | None = None
    tags: frozenset[str] | None = None

    def allow(self, document: Document) -> bool:
        """Whether a document may be searched."""
        if self.doc_ids is not None and document.doc_id not in self.doc_ids:
            return False
        return self.tags is None or not self.tags.isdisjoint(document.tags)


NO_LIMITS = Limits()
