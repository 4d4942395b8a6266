"""Reranks the hits of an answer: the passages that are cited come first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.answer import Citation
from corpus import Passage
from index import Hit

BEST_HIT_MARGIN = 0.03
"""Lead over all cited passages with which the best hit stays first: measured on two fitting sets."""


def cited_first(
    citations: Sequence[Citation], hits: Sequence[Hit], passages: Iterable[Passage]
) -> tuple[Hit, ...]:
    """As many hits as before, those that hold a citation first; `passages` are all there are.

    Only the best hit stays before them, if its score is more than BEST_HIT_MARGIN above all of
    theirs.
    """
    best = hits[0]
    cited_hits = [hit for hit in hits if _holds_any(hit.passage, citations)]
    leading = [hit.passage for hit in cited_hits]
    # Lines about an article are found by their place in it, not by the search.
    not_found = []
    for citation in citations:
        if not any(_holds(passage, citation) for passage in leading):
            not_found.append(citation)
    if not_found:
        leading += [passage for passage in passages if _holds_any(passage, not_found)]
    elif max(hit.score for hit in cited_hits) < best.score - BEST_HIT_MARGIN:
        leading.insert(0, best.passage)
    rest = [hit for hit in hits if hit.passage not in leading]
    # Scores must not rise along the list, so all that lead get the best one.
    reranked = [*(Hit(passage, best.score) for passage in leading), *rest]
    return tuple(reranked[: len(hits)])


def _holds_any(passage: Passage, citations: Iterable[Citation]) -> bool:
    return any(_holds(passage, citation) for citation in citations)


def _holds(passage: Passage, citation: Citation) -> bool:
    """Whether the two share a character."""
    return (
        passage.document is citation.document
        and passage.start < citation.end
        and citation.start < passage.end
    )
