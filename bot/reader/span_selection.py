"""Of the spans that a network finds likeliest, the one with the edges of an answer: whole words, and no more."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.question.analysis import Question
from bot.reader.mismatches import Mismatch
from bot.reader.network import ScoredSpan, SpanScores
from bot.reader.spans import Span
from corpus import Passage
from corpus.language.text import Segmenter, fold
from index import Hit, Vectors

WEIGHTS = Path(__file__).with_name("span_selection.json")

SPANS_CONSIDERED = 20
"""The likeliest spans, from which one is chosen."""

FEATURES = (
    "odds",
    "length",
    "sentences",
    "members",
    "first_cut",
    "last_cut",
    "first_inside",
    "last_inside",
    "first_loose",
    "last_loose",
    "asked",
)
"""What is weighed: the network's odds; the logarithm of the characters; ends of sentences and commas inside; that the
first or the last token is not whole, or that the span begins or ends inside a word, or with what no answer does, a mark
or 的; and the share of it, in pairs of characters, that the question says already."""

_ENDS, _COMMAS = frozenset("。！？!?；;\n"), frozenset("，,、")
_LOOSE_FIRST = _ENDS | _COMMAS | frozenset("的是为在由被将和与及从自于：: ")
_LOOSE_LAST = _ENDS | _COMMAS | frozenset("的是为在了：: ")

SpanWeights = Mapping[str, float]
"""The weight of each of FEATURES."""


class CandidateSpan(NamedTuple):
    """A span that might be the answer, `features` (len(FEATURES),), and the odds of the span it was cut from."""

    span: ScoredSpan
    features: npt.NDArray[np.float64]


def answer_span(
    question: str,
    text: str,
    seen: SpanScores,
    segmenter: Segmenter,
    within: tuple[int, int] | None = None,
) -> ScoredSpan | None:
    """Where the answer stands in `text`, or in the characters `within` of it; None if no token does.

    Its odds are those of the likeliest span of whole tokens that it was cut from.
    """
    found = list(candidate_spans(question, text, seen, segmenter, within or (0, len(text))))
    return (
        found[
            int(np.argmax(scores(np.stack([f.features for f in found]), load_span_weights())))
        ].span
        if found
        else None
    )


def scores(features: npt.NDArray[np.float64], weights: SpanWeights) -> npt.NDArray[np.float64]:
    """(n,) of (n, len(FEATURES)); the highest is chosen."""
    weighed: npt.NDArray[np.float64] = features @ np.array([weights[name] for name in FEATURES])
    return weighed


def candidate_spans(
    question: str, text: str, seen: SpanScores, segmenter: Segmenter, within: tuple[int, int]
) -> Iterator[CandidateSpan]:
    """The likeliest spans, and what is left of them without some characters of their first and their last token.

    None begins or ends with 的 by itself: 的政治, but not 的士.
    """
    begin, end = within
    folded = fold(text[begin:end])
    words, asked = _word_boundaries(folded, segmenter), frozenset(_pairs(fold(question)))
    # Several tokens may stand for one character.
    last_of, first_of = dict(seen.spans.tolist()), dict(seen.spans[:, ::-1].tolist())
    cut_from: dict[tuple[int, int], ScoredSpan] = {}
    for likely in seen.likeliest(SPANS_CONSIDERED, begin, end):
        firsts = range(likely.start, min(last_of[likely.start], likely.end))
        lasts = range(likely.end, max(first_of[likely.end], likely.start), -1)
        for span in product(firsts, lasts):
            if span[0] < span[1]:
                cut_from.setdefault(span, likely)
    for (start, stop), likely in cut_from.items():
        inside = folded[start - begin : stop - begin]
        if _has_loose_particle(inside, start - begin, words):
            continue
        pairs = _pairs(inside)
        values = (
            likely.odds,
            np.log(len(inside)),
            sum(char in _ENDS for char in inside[:-1]),
            sum(char in _COMMAS for char in inside),
            start > likely.start,
            stop < likely.end,
            start - begin not in words,
            stop - begin not in words,
            inside[0] in _LOOSE_FIRST,
            inside[-1] in _LOOSE_LAST,
            sum(pair in asked for pair in pairs) / max(1, len(pairs)),
        )
        yield CandidateSpan(ScoredSpan(start, stop, likely.odds), np.array(values, np.float64))


@cache
def load_span_weights(path: Path = WEIGHTS) -> SpanWeights:
    """Reads what `save_span_weights` wrote. Raises KeyError where a feature has no weight."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: float(stored[name]) for name in FEATURES}


def save_span_weights(weights: SpanWeights, path: Path = WEIGHTS) -> None:
    """Writes the weights by name."""
    path.write_text(
        json.dumps({n: round(weights[n], 3) for n in FEATURES}, indent=1) + "\n", encoding="utf-8"
    )


def _word_boundaries(folded: str, segmenter: Segmenter) -> set[int]:
    """Where a word, or anything that is no letter or digit, begins or ends."""
    found, done = {0, len(folded)}, 0
    for word in segmenter.words(folded):
        start = folded.index(word, done)
        done = start + len(word)
        found |= {start, done}
    return found | {
        at + side for at, char in enumerate(folded) if not char.isalnum() for side in (0, 1)
    }


def _has_loose_particle(inside: str, start: int, words: Container[int]) -> bool:
    """Whether a span that begins at `start` has 的 as its first or last word; words begin and end at `words`."""
    return (inside[0] == "的" and start + 1 in words) or (
        inside[-1] == "的" and start + len(inside) - 1 in words
    )


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]


ODDS_LIMIT = 10.0
"""Log-odds count at most so much, and against a sentence that the network has not read."""

OVERRULING_ODDS: Mapping[Mismatch, float] = {"kind": 3.0, "name": 4.0, "number": 4.0}
"""Log-odds of a span from which a network overrules an mismatch. Kind: on 120 questions of each fitting part 0.042 and
0.017 more EM (DRCD, CMRC), and of 240 with the document deleted one fewer is refused. Name and number: of 440 such
questions 3 more are answered, rightly, and none with the document deleted. Never place, year or date: it takes what was
said of Hangzhou for what is asked of Shanghai, with 5.4."""


def sentence_odds(sentences: Sequence[tuple[int, Passage]], seen: Sequence[SpanScores]) -> Vectors:
    """(n,) log-odds of the best span in each sentence against there being none in its passage.

    `sentences` are (number of the hit, sentence), `seen` what was seen in the first hits.
    """
    found = np.full(len(sentences), -ODDS_LIMIT, np.float32)
    for at, (hit, sentence) in enumerate(sentences):
        if hit < len(seen) and (best := seen[hit].best(sentence.start, sentence.end)):
            found[at] = best.odds
    bounded: Vectors = np.clip(found, -ODDS_LIMIT, ODDS_LIMIT)
    return bounded


def not_overruled(
    question: Question, against: Sequence[Sequence[Mismatch]], spans: Vectors
) -> Sequence[Sequence[Mismatch]]:
    """What still speaks against each of n sentences, of which `spans` (n,) are the log-odds of the likeliest span.

    Of a follow-up all does: the words carried over make a network sure, of 房价是多少？ too.
    """
    if question.whole != question.asked:
        return against
    return [
        [mismatch for mismatch in found if span < OVERRULING_ODDS.get(mismatch, np.inf)]
        for found, span in zip(against, spans.tolist(), strict=True)
    ]


def network_span(
    cited: Passage,
    question: Question,
    hits: Sequence[Hit],
    seen: Sequence[SpanScores],
    segmenter: Segmenter,
) -> Span | None:
    """Where in a cited sentence the network sees the answer, characters; None where it rather sees none."""
    for (passage, _), scores in zip(hits, seen, strict=False):
        if passage.document is cited.document and passage.start <= cited.start < passage.end:
            within = cited.start, cited.end
            if not (best := scores.best(*within)) or best.odds <= 0:
                return None
            found = answer_span(question.whole, cited.document.text, scores, segmenter, within)
            return (found.start - cited.start, found.end - cited.start) if found else None
    return None
