"""What the network makes of a question and a text: where the answer may stand, and whether there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from corpus.language.text import fold
from index.e5.convert import GRAPH, TOKENIZER
from index.e5.session import Session

Floats = npt.NDArray[np.float32]

LONGEST_ANSWER = 60
"""Tokens."""


class ScoredSpan(NamedTuple):
    """A stretch of a text, characters, and its log-odds against there being no answer in the text."""

    start: int
    end: int
    odds: float


class WindowScores(NamedTuple):
    """What was seen in a window that shows m tokens of a text, of which `first` is the number of the first.

    `odds` (m, m): log-odds of an answer from one token to another against none, halved, so that they are the mean of
    those of its two ends; -inf where it would end before it begins, or be longer than `LONGEST_ANSWER`.
    """

    first: int
    odds: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SpanScores:
    """What was seen in a text of n tokens.

    `spans` (n, 2): each token's characters. `answer`: log-odds of there being one, by the head for that.
    """

    spans: npt.NDArray[np.int64]
    windows: tuple[WindowScores, ...]
    answer: float

    def shifted(self, start: int) -> SpanScores:
        """The same of a text that begins at character `start` of another."""
        return replace(self, spans=self.spans + start)

    def best(self, start: int = 0, end: int | None = None) -> ScoredSpan | None:
        """The likeliest span inside the characters `start` to `end`, or None if no token is."""
        return next(iter(self.likeliest(1, start, end)), None)

    def likeliest(self, count: int, start: int = 0, end: int | None = None) -> list[ScoredSpan]:
        """The likeliest spans inside `start` to `end`, at most `count`, the likeliest first.

        Where windows overlap, what is likelier counts.
        """
        stop = int(self.spans[-1, 1]) if end is None and len(self.spans) else end or 0
        inside = (self.spans[:, 0] >= start) & (self.spans[:, 1] <= stop)
        found: dict[tuple[int, int], float] = {}
        for first, odds in self.windows:
            here = np.flatnonzero(inside[first : first + len(odds)])
            within = odds[np.ix_(here, here)].ravel()
            top = (
                np.argpartition(-within, count)[:count]
                if count < within.size
                else np.arange(within.size)
            )
            for at in top[within[top] > -np.inf].tolist():
                a, b = divmod(at, len(here))
                span = int(self.spans[first + here[a], 0]), int(self.spans[first + here[b], 1])
                found[span] = max(found.get(span, -np.inf), float(within[at]))
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return [ScoredSpan(*span, odds) for span, odds in ordered[:count]]


class SpanReader:
    """Reads texts with the network in `folder`; threads may share it."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._windows = Windows(Tokenizer.from_file(str(folder / TOKENIZER)))
        self._session = Session(folder / GRAPH, threads)

    def read(self, question: str, texts: Sequence[tuple[str, str]]) -> list[SpanScores]:
        """What is seen in each of `texts`, (context, text); a long one is read in windows that overlap."""
        windows: list[Window] = []
        of: list[range] = []
        for context, text in texts:
            made = self._windows.over(
                self._windows.head(question, context), self._windows.tokens(text)
            )
            of.append(range(len(windows), len(windows) + len(made)))
            windows += made
        outputs = (
            self._session.run([np.array(window.ids, np.int64) for window in windows])
            if windows
            else []
        )
        seen = [
            (window, span, answer) for window, (span, answer) in zip(windows, outputs, strict=True)
        ]
        return [
            self._joined(text, [seen[at] for at in rows])
            for (_, text), rows in zip(texts, of, strict=True)
        ]

    def _joined(self, text: str, seen: Sequence[tuple[Window, Floats, Floats]]) -> SpanScores:
        windows = tuple(WindowScores(window.first, _odds(window, span)) for window, span, _ in seen)
        spans = np.array(self._windows.tokens(text).spans, np.int64).reshape(-1, 2)
        return SpanScores(spans, windows, max(float(answer[0]) for _, _, answer in seen))


def _odds(window: Window, span: Floats) -> Floats:
    """As in `WindowScores`, of the span head's output (length, 2): logits of each place as first and as last token."""
    first, last = (span[window.begin : window.end] - span[0]).T
    at = np.arange(len(first))
    apart = at - at[:, None]
    odds: Floats = np.where(
        (apart >= 0) & (apart < LONGEST_ANSWER), (first[:, None] + last) / 2, -np.inf
    )
    return odds


LONGEST_QUESTION, LONGEST_CONTEXT = 64, 40
"""Tokens of a question and of title and heading; what is longer is cut."""

LONGEST = 256
"""Tokens of a window."""

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Tokens:
    """The n tokens of a text: their ids, and where each begins and ends in it, characters."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """The first and the last token that overlap the characters `start` to `end`. Raises ValueError if none does."""
        inside = [at for at, (a, b) in enumerate(self.spans) if a < end and start < b]
        if not inside:
            raise ValueError(f"no token between {start} and {end}")
        return inside[0], inside[-1]


@dataclass(frozen=True, slots=True)
class Window:
    """`<s> query: question </s></s> context </s> text </s>`; `ids[begin:end]` are tokens `first`… of the text."""

    ids: tuple[int, ...]
    begin: int
    end: int
    first: int


class Windows:
    """Makes windows with the encoder's tokenizer; texts are folded, so that offsets are those of the text itself.

    From then on `tokenizer` cuts nothing off.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._bos, self._eos = (int(tokenizer.token_to_id(mark) or 0) for mark in ("<s>", "</s>"))
        self.tokens = lru_cache(_REMEMBERED)(self._tokens)

    def _tokens(self, text: str) -> Tokens:
        encoding = self._tokenizer.encode(fold(text), add_special_tokens=False)
        # The mark of a word's beginning may stand alone, over no character.
        kept = [
            (i, span)
            for i, span in zip(encoding.ids, encoding.offsets, strict=True)
            if span[0] < span[1]
        ]
        return Tokens(tuple(i for i, _ in kept), tuple(span for _, span in kept))

    def head(self, question: str, context: str) -> tuple[int, ...]:
        """What stands before the text."""
        asked = self.tokens(f"query: {question}").ids[:LONGEST_QUESTION]
        return (
            self._bos,
            *asked,
            self._eos,
            self._eos,
            *self.tokens(context).ids[:LONGEST_CONTEXT],
            self._eos,
        )

    def window(self, head: Sequence[int], text: Tokens, first: int, last: int) -> Window:
        """`head` and the tokens `first` to `last` (which is left out) of a text."""
        ids = (*head, *text.ids[first:last], self._eos)
        return Window(ids, len(head), len(ids) - 1, first)

    def over(
        self, head: Sequence[int], text: Tokens, stride: int = 96, longest: int = LONGEST
    ) -> list[Window]:
        """Windows of at most `longest` tokens that cover the text, one beginning every `stride` tokens."""
        room = longest - len(head) - 1
        size = len(text.ids)
        starts = [0, *range(stride, size - room + stride, stride)] if size > room else [0]
        return [self.window(head, text, at, min(at + room, size)) for at in starts]
