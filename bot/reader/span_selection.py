"""Selects the span that answers from the span scores of a network.

Of the likeliest spans that one is chosen whose edges are those of an answer: whole words and no
more, by the weights of FEATURES that `bot.training.fit_spans` fits.
"""

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
"""What is weighed of a span.

odds: its log-odds by the network. length: the logarithm of its characters. sentences, members: the
ends of sentences and the commas inside it. first_cut, last_cut: whether its first or last token is
cut. first_inside, last_inside: whether it begins or ends inside a word. first_loose, last_loose:
whether it begins or ends with a character that no answer does, a mark or 的. asked: the share of its
character pairs that the question has.
"""

_ENDS, _COMMAS = frozenset("。！？!?；;\n"), frozenset("，,、")
_LOOSE_FIRST = _ENDS | _COMMAS | frozenset("的是为在由被将和与及从自于：: ")
_LOOSE_LAST = _ENDS | _COMMAS | frozenset("的是为在了：: ")

SpanWeights = Mapping[str, float]
"""The weight of each of FEATURES."""


class CandidateSpan(NamedTuple):
    """A span that may be the answer.

    `features` is (len(FEATURES),); the odds of `span` are those of the span it was cut from.
    """

    span: ScoredSpan
    features: npt.NDArray[np.float64]


def answer_span(
    question: str,
    text: str,
    scores: SpanScores,
    segmenter: Segmenter,
    within: tuple[int, int] | None = None,
) -> ScoredSpan | None:
    """Where the answer stands in `text`, or in the characters `within` of it; None if nowhere."""
    found = answer_spans(question, text, scores, segmenter, within or (0, len(text)))
    return found[0] if found else None


def answer_spans(
    question: str, text: str, scores: SpanScores, segmenter: Segmenter, within: tuple[int, int]
) -> list[ScoredSpan]:
    """Where the answer may stand in the characters `within` of `text`, the best first.

    The odds of each are those of the likeliest span of whole tokens that it was cut from.
    """
    found = list(candidate_spans(question, text, scores, segmenter, within))
    if not found:
        return []
    weights = weigh(np.stack([candidate.features for candidate in found]), load_span_weights())
    return [found[at].span for at in np.argsort(-weights, kind="stable").tolist()]


def weigh(features: npt.NDArray[np.float64], weights: SpanWeights) -> npt.NDArray[np.float64]:
    """(n,) scores of (n, len(FEATURES)); the span with the highest is chosen."""
    in_order = np.array([weights[name] for name in FEATURES])
    weighed: npt.NDArray[np.float64] = features @ in_order
    return weighed


def candidate_spans(
    question: str, text: str, scores: SpanScores, segmenter: Segmenter, within: tuple[int, int]
) -> Iterator[CandidateSpan]:
    """The likeliest spans, whole and without some characters of their first and last token.

    None begins or ends with the particle 的: 的政治 does, 的士 does not.
    """
    begin, end = within
    folded = fold(text[begin:end])
    boundaries = word_boundaries(folded, segmenter)
    asked = frozenset(_pairs(fold(question)))
    for (start, stop), likely in _cut_spans(scores, begin, end).items():
        inside = folded[start - begin : stop - begin]
        if _has_loose_particle(inside, start - begin, boundaries):
            continue
        pairs = _pairs(inside)
        values = (
            likely.odds,
            np.log(len(inside)),
            sum(char in _ENDS for char in inside[:-1]),
            sum(char in _COMMAS for char in inside),
            start > likely.start,
            stop < likely.end,
            start - begin not in boundaries,
            stop - begin not in boundaries,
            inside[0] in _LOOSE_FIRST,
            inside[-1] in _LOOSE_LAST,
            sum(pair in asked for pair in pairs) / max(1, len(pairs)),
        )
        span = ScoredSpan(start, stop, likely.odds)
        yield CandidateSpan(span, np.array(values, np.float64))


def _cut_spans(scores: SpanScores, begin: int, end: int) -> dict[tuple[int, int], ScoredSpan]:
    """The likeliest spans and what can be cut from them, each with the span it was cut from.

    In 6 % of the golden answers of the fitting sets an answer ends inside a token.
    """
    # Several tokens may stand for one character.
    end_of_token = dict(scores.spans.tolist())
    start_of_token = dict(scores.spans[:, ::-1].tolist())
    found: dict[tuple[int, int], ScoredSpan] = {}
    for likely in scores.likeliest(SPANS_CONSIDERED, begin, end):
        starts = range(likely.start, min(end_of_token[likely.start], likely.end))
        ends = range(likely.end, max(start_of_token[likely.end], likely.start), -1)
        for start, stop in product(starts, ends):
            if start < stop:
                found.setdefault((start, stop), likely)
    return found


@cache
def load_span_weights(path: Path = WEIGHTS) -> SpanWeights:
    """Reads what `save_span_weights` wrote. Raises KeyError where a feature has no weight."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: float(stored[name]) for name in FEATURES}


def save_span_weights(weights: SpanWeights, path: Path = WEIGHTS) -> None:
    """Writes the weights by name."""
    rounded = {name: round(weights[name], 3) for name in FEATURES}
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


def word_boundaries(folded: str, segmenter: Segmenter) -> set[int]:
    """Where a word, or anything that is no letter or digit, begins or ends."""
    found = {0, len(folded)}
    at = 0
    for word in segmenter.words(folded):
        start = folded.index(word, at)
        at = start + len(word)
        found |= {start, at}
    for at, char in enumerate(folded):
        if not char.isalnum():
            found |= {at, at + 1}
    return found


def _has_loose_particle(inside: str, start: int, boundaries: Container[int]) -> bool:
    """Whether the first or the last word of a span that begins at `start` is 的."""
    begins = inside[0] == "的" and start + 1 in boundaries
    ends = inside[-1] == "的" and start + len(inside) - 1 in boundaries
    return begins or ends


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]


ODDS_LIMIT = 10.0
"""Log-odds count at most so much; a sentence that the network has not read has so much against it."""


def sentence_odds(
    sentences: Sequence[tuple[int, Passage]], scores: Sequence[SpanScores]
) -> Vectors:
    """(n,) log-odds of the likeliest span in each sentence against there being none in its passage.

    `sentences` are (number of the hit, sentence); `scores` are those of the first hits.
    """
    found = np.full(len(sentences), -ODDS_LIMIT, np.float32)
    for at, (hit, sentence) in enumerate(sentences):
        if hit < len(scores) and (best := scores[hit].best(sentence.start, sentence.end)):
            found[at] = best.odds
    bounded: Vectors = np.clip(found, -ODDS_LIMIT, ODDS_LIMIT)
    return bounded


def network_spans(
    question: Question, cited: Passage, scores: SpanScores | None, segmenter: Segmenter
) -> list[Span]:
    """The spans of a cited sentence, characters, that the network may take for the answer, the best first.

    `scores` are those of the passage that it stands in, None where that was not read. Empty where it
    rather takes the sentence to have no answer.
    """
    within = cited.start, cited.end
    best = scores.best(*within) if scores else None
    if scores is None or best is None or best.odds <= 0:
        return []
    found = answer_spans(question.whole, cited.document.text, scores, segmenter, within)
    return [(span.start - cited.start, span.end - cited.start) for span in found]


def scores_of(
    cited: Passage, hits: Sequence[Hit], scores: Sequence[SpanScores]
) -> SpanScores | None:
    """The scores of the hit that a sentence stands in; None where that was not read."""
    for (passage, _), of_passage in zip(hits, scores, strict=False):
        if passage.document is cited.document and passage.start <= cited.start < passage.end:
            return of_passage
    return None
