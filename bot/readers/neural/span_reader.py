"""What the network makes of a question and a text: where the answer may stand, and whether there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bot.readers.neural.windows import Window, Windows
from index.e5.folder import GRAPH, TOKENIZER
from index.e5.session import Session

Floats = npt.NDArray[np.float32]

LONGEST_ANSWER = 60
"""Tokens."""


class Found(NamedTuple):
    """A stretch of a text, characters, and its log-odds against there being no answer in the text."""

    start: int
    end: int
    odds: float


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """What was seen in a text of n tokens.

    `spans` (n, 2): each token's characters. `first` and `last` (n,): log-odds of its being the first or last of the
    answer against there being none. `answer`: log-odds of there being one, by the head for that.
    """

    spans: npt.NDArray[np.int64]
    first: Floats
    last: Floats
    answer: float

    def shifted(self, start: int) -> Traces:
        """The same of a text that begins at character `start` of another."""
        return replace(self, spans=self.spans + start)

    def best(self, start: int = 0, end: int | None = None) -> Found | None:
        """The likeliest span of at most `LONGEST_ANSWER` tokens inside `start` to `end`, or None if no token is."""
        stop = int(self.spans[-1, 1]) if end is None and len(self.spans) else end or 0
        inside = np.flatnonzero((self.spans[:, 0] >= start) & (self.spans[:, 1] <= stop))
        if not len(inside):
            return None
        first, last = self.first[inside], self.last[inside]
        together = first[:, None] + last[None]
        at = np.arange(len(inside))
        apart = at[None] - at[:, None]
        together[(apart < 0) | (apart >= LONGEST_ANSWER)] = -np.inf
        a, b = divmod(int(together.argmax()), len(inside))
        return Found(int(self.spans[inside[a], 0]), int(self.spans[inside[b], 1]), float(together[a, b]) / 2)


class SpanReader:
    """Reads texts with the network in `folder`; threads may share it."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._windows = Windows(Tokenizer.from_file(str(folder / TOKENIZER)))
        self._session = Session(folder / GRAPH, threads)

    def read(self, question: str, texts: Sequence[tuple[str, str]]) -> list[Traces]:
        """What is seen in each of `texts`, (context, text); a long one is read in windows that overlap."""
        windows: list[Window] = []
        of: list[range] = []
        for context, text in texts:
            made = self._windows.over(self._windows.head(question, context), self._windows.tokens(text))
            of.append(range(len(windows), len(windows) + len(made)))
            windows += made
        outputs = self._session.run([np.array(window.ids, np.int64) for window in windows]) if windows else []
        seen = [(window, span, answer) for window, (span, answer) in zip(windows, outputs, strict=True)]
        return [self._joined(text, [seen[at] for at in rows]) for (_, text), rows in zip(texts, of, strict=True)]

    def _joined(self, text: str, seen: Sequence[tuple[Window, Floats, Floats]]) -> Traces:
        """Where windows overlap, what is likelier counts."""
        tokens = self._windows.tokens(text)
        odds = np.full((len(tokens.ids), 2), -np.inf, np.float32)
        for window, span, _ in seen:
            here = slice(window.first, window.first + window.end - window.begin)
            odds[here] = np.maximum(odds[here], span[window.begin : window.end] - span[0])
        spans = np.array(tokens.spans, np.int64).reshape(-1, 2)
        return Traces(spans, odds[:, 0], odds[:, 1], max(float(answer[0]) for _, _, answer in seen))
