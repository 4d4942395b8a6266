"""What the network saw in the passages of a search, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bot.question import Question
from bot.readers.neural.edges import answer_span
from bot.readers.neural.span_reader import Traces
from bot.readers.objections import Objection
from bot.readers.spans import Span
from corpus import Passage
from corpus.text import Segmenter
from index import Hit, Vectors

UNREAD = 10.0
"""Log-odds count at most so much, and against a sentence that the network has not read."""

SURE: Mapping[Objection, float] = {"kind": 3.0, "name": 4.0, "number": 4.0}
"""Log-odds of a span from which a network overrules an objection. Kind: on 120 questions of each fitting part 0.042 and
0.017 more EM (DRCD, CMRC), and of 240 with the document deleted one fewer is refused. Name and number: of 440 such
questions 3 more are answered, rightly, and none with the document deleted. Never place, year or date: it takes what was
said of Hangzhou for what is asked of Shanghai, with 5.4."""


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


def upheld(question: Question, against: Sequence[Sequence[Objection]], spans: Vectors) -> Sequence[Sequence[Objection]]:
    """What still speaks against each of n sentences, of which `spans` (n,) are the log-odds of the likeliest span.

    Of a follow-up all does: the words carried over make a network sure, of 房价是多少？ too.
    """
    if question.whole != question.asked:
        return against
    return [
        [objection for objection in objected if span < SURE.get(objection, np.inf)]
        for objected, span in zip(against, spans.tolist(), strict=True)
    ]


def span_in(
    cited: Passage, question: Question, hits: Sequence[Hit], seen: Sequence[Traces], segmenter: Segmenter
) -> Span | None:
    """Where in a cited sentence the network sees the answer, characters; None where it rather sees none."""
    for (passage, _), traces in zip(hits, seen, strict=False):
        if passage.document is cited.document and passage.start <= cited.start < passage.end:
            within = cited.start, cited.end
            if not (best := traces.best(*within)) or best.odds <= 0:
                return None
            found = answer_span(question.whole, cited.document.text, traces, segmenter, within)
            return (found.start - cited.start, found.end - cited.start) if found else None
    return None
