"""Of the spans that a network finds likeliest, the one with the edges of an answer: whole words, and no more."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.readers.neural.span_reader import Found, Traces
from corpus.text import Segmenter, fold

WEIGHTS = Path(__file__).with_name("edges.json")

CONSIDERED = 20
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

Edges = Mapping[str, float]
"""The weight of each of FEATURES."""


class Choice(NamedTuple):
    """A span that might be the answer, `features` (len(FEATURES),), and the odds of the span it was cut from."""

    span: Found
    features: npt.NDArray[np.float64]


def answer_span(
    question: str, text: str, seen: Traces, segmenter: Segmenter, within: tuple[int, int] | None = None
) -> Found | None:
    """Where the answer stands in `text`, or in the characters `within` of it; None if no token does.

    Its odds are those of the likeliest span of whole tokens that it was cut from.
    """
    found = list(choices(question, text, seen, segmenter, within or (0, len(text))))
    return found[int(np.argmax(scores(np.stack([f.features for f in found]), load_edges())))].span if found else None


def scores(features: npt.NDArray[np.float64], edges: Edges) -> npt.NDArray[np.float64]:
    """(n,) of (n, len(FEATURES)); the highest is chosen."""
    weighed: npt.NDArray[np.float64] = features @ np.array([edges[name] for name in FEATURES])
    return weighed


def choices(question: str, text: str, seen: Traces, segmenter: Segmenter, within: tuple[int, int]) -> Iterator[Choice]:
    """The likeliest spans, and what is left of them without some characters of their first and their last token.

    None begins or ends with 的 by itself: 的政治, but not 的士.
    """
    begin, end = within
    folded = fold(text[begin:end])
    words, asked = _word_edges(folded, segmenter), frozenset(_pairs(fold(question)))
    # Several tokens may stand for one character.
    last_of, first_of = dict(seen.spans.tolist()), dict(seen.spans[:, ::-1].tolist())
    cut_from: dict[tuple[int, int], Found] = {}
    for likely in seen.likeliest(CONSIDERED, begin, end):
        firsts = range(likely.start, min(last_of[likely.start], likely.end))
        lasts = range(likely.end, max(first_of[likely.end], likely.start), -1)
        for span in product(firsts, lasts):
            if span[0] < span[1]:
                cut_from.setdefault(span, likely)
    for (start, stop), likely in cut_from.items():
        inside = folded[start - begin : stop - begin]
        if _trails(inside, start - begin, words):
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
        yield Choice(Found(start, stop, likely.odds), np.array(values, np.float64))


@cache
def load_edges(path: Path = WEIGHTS) -> Edges:
    """Reads what `save_edges` wrote. Raises KeyError where a feature has no weight."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: float(stored[name]) for name in FEATURES}


def save_edges(edges: Edges, path: Path = WEIGHTS) -> None:
    """Writes the weights by name."""
    path.write_text(json.dumps({n: round(edges[n], 3) for n in FEATURES}, indent=1) + "\n", encoding="utf-8")


def _word_edges(folded: str, segmenter: Segmenter) -> set[int]:
    """Where a word, or anything that is no letter or digit, begins or ends."""
    found, done = {0, len(folded)}, 0
    for word in segmenter.words(folded):
        start = folded.index(word, done)
        done = start + len(word)
        found |= {start, done}
    return found | {at + side for at, char in enumerate(folded) if not char.isalnum() for side in (0, 1)}


def _trails(inside: str, start: int, words: Container[int]) -> bool:
    """Whether a span that begins at `start` has 的 as its first or last word; words begin and end at `words`."""
    return (inside[0] == "的" and start + 1 in words) or (inside[-1] == "的" and start + len(inside) - 1 in words)


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]
