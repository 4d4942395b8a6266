"""What the network saw in the passages of a search, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.readers.neural.span_reader import Traces
from bot.readers.spans import Span
from corpus import Passage
from index import Hit, Vectors

UNREAD = 10.0
"""Log-odds count at most so much, and against a sentence that the network has not read."""


def odds_of(sentences: Sequence[tuple[int, Passage]], seen: Sequence[Traces]) -> Vectors:
    """(n,) log-odds of the best span in each sentence against there being none in its passage.

    `sentences` are (number of the hit, sentence), `seen` what was seen in the first hits.
    """
    found = np.full(len(sentences), -UNREAD, np.float32)
    for at, (hit, sentence) in enumerate(sentences):
        if hit < len(seen) and (best := seen[hit].best(sentence.start, sentence.end)):
            found[at] = best.odds
    bounded: Vectors = np.clip(found, -UNREAD, UNREAD)
    return bounded


def span_in(cited: Passage, hits: Sequence[Hit], seen: Sequence[Traces]) -> Span | None:
    """Where in a cited sentence the network sees the answer, characters; None where it rather sees none."""
    for (passage, _), traces in zip(hits, seen, strict=False):
        if passage.document is cited.document and passage.start <= cited.start < passage.end:
            best = traces.best(cited.start, cited.end)
            return (best.start - cited.start, best.end - cited.start) if best and best.odds > 0 else None
    return None
