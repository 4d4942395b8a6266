"""Reads texts with the network: where the answer to a question may stand, and whether there is one.

A text is read in windows of tokens beside the question (`Windows`); what comes out is a score for
every span of it (`SpanScores`). The network is the encoder's BERT with an adapter (`network_weights.py`).
"""

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
    """A span of a text, characters, with its log-odds against there being no answer in the text."""

    start: int
    end: int
    odds: float


class WindowScores(NamedTuple):
    """The scores of a window that shows m tokens of a text, from number `first` on.

    `odds` (m, m): the log-odds of an answer from one token to another against none, halved, so that
    they are the mean of those of its two ends. They are -inf where it would end before it begins or
    be longer than LONGEST_ANSWER.
    """

    first: int
    odds: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SpanScores:
    """The scores of the spans of a text of n tokens.

    `spans` (n, 2): where each token begins and ends, characters. `answer`: the log-odds of there
    being an answer, by the head for that.
    """

    spans: npt.NDArray[np.int64]
    windows: tuple[WindowScores, ...]
    answer: float

    def shifted(self, start: int) -> SpanScores:
        """The same scores for a text that begins at character `start` of another."""
        return replace(self, spans=self.spans + start)

    def best(self, start: int = 0, end: int | None = None) -> ScoredSpan | None:
        """The likeliest span inside the characters `start` to `end`, or None if no token is."""
        return next(iter(self.likeliest(1, start, end)), None)

    def likeliest(self, count: int, start: int = 0, end: int | None = None) -> list[ScoredSpan]:
        """The likeliest spans inside `start` to `end`, at most `count`, the likeliest first.

        Where windows overlap, the higher score of a span counts.
        """
        stop = end or 0
        if end is None and len(self.spans):
            stop = int(self.spans[-1, 1])
        inside = (self.spans[:, 0] >= start) & (self.spans[:, 1] <= stop)
        found: dict[tuple[int, int], float] = {}
        for first, odds in self.windows:
            tokens = np.flatnonzero(inside[first : first + len(odds)])
            within = odds[np.ix_(tokens, tokens)].ravel()
            for at in _highest(within, count):
                begin, last = divmod(at, len(tokens))
                span_start = int(self.spans[first + tokens[begin], 0])
                span_end = int(self.spans[first + tokens[last], 1])
                span = span_start, span_end
                found[span] = max(found.get(span, -np.inf), float(within[at]))
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return [ScoredSpan(*span, odds) for span, odds in ordered[:count]]


def _highest(values: Floats, count: int) -> list[int]:
    """Where the `count` highest of (n,) values stand, in no order; none that is -inf."""
    top = np.arange(values.size)
    if count < values.size:
        top = np.argpartition(-values, count)[:count]
    return [int(at) for at in top if values[at] > -np.inf]


class ReadingTask(NamedTuple):
    """A text that is read for a question; `context` is what it is not understood without."""

    question: str
    context: str
    text: str


class SpanReader:
    """Reads texts with the network in `folder`; threads may share it."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._windows = Windows(Tokenizer.from_file(str(folder / TOKENIZER)))
        self._session = Session(folder / GRAPH, threads)

    def read(self, tasks: Sequence[ReadingTask], budget: int | None = None) -> list[SpanScores]:
        """The scores of the first of `tasks` that take at most `budget` windows; of all without one.

        A long text is read in several windows. The first task is always read.
        """
        windows: list[Window] = []
        rows: list[range] = []
        for task in tasks:
            head = self._windows.head(task.question, task.context)
            made = self._windows.over(head, self._windows.tokens(task.text))
            if rows and budget is not None and len(windows) + len(made) > budget:
                break
            rows.append(range(len(windows), len(windows) + len(made)))
            windows += made
        if not windows:
            return []
        outputs = self._session.run([np.array(window.ids, np.int64) for window in windows])
        scores = []
        for task, numbers in zip(tasks, rows, strict=False):
            of_text = []
            for number in numbers:
                span, answer = outputs[number]
                of_text.append((windows[number], span, answer))
            scores.append(self._joined(task.text, of_text))
        return scores

    def _joined(self, text: str, read: Sequence[tuple[Window, Floats, Floats]]) -> SpanScores:
        """The scores of a text from the span and answer heads of its windows."""
        windows = tuple(WindowScores(window.first, _odds(window, span)) for window, span, _ in read)
        spans = np.array(self._windows.tokens(text).spans, np.int64).reshape(-1, 2)
        return SpanScores(spans, windows, max(float(answer[0]) for _, _, answer in read))


def _odds(window: Window, span: Floats) -> Floats:
    """(m, m) as in `WindowScores`, from the span head's output.

    `span` (length, 2): the logits of each place as first and as last token.
    """
    first, last = (span[window.begin : window.end] - span[0]).T
    at = np.arange(len(first))
    apart = at - at[:, None]
    odds: Floats = np.where(
        (apart >= 0) & (apart < LONGEST_ANSWER), (first[:, None] + last) / 2, -np.inf
    )
    return odds


LONGEST_QUESTION, LONGEST_CONTEXT = 64, 96
"""Tokens of a question and of the context. A question is cut at its end, a context, whose nearest
links stand last, at its beginning."""

LONGEST = 320
"""Tokens of a window: beside a long question and context it still shows 156 of the text."""

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Tokens:
    """The n tokens of a text: their ids, and where each begins and ends in it, characters."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """The first and the last token that overlap the characters `start` to `end`.

        Raises ValueError if none does.
        """
        inside = []
        for at, (token_start, token_end) in enumerate(self.spans):
            if token_start < end and start < token_end:
                inside.append(at)
        if not inside:
            raise ValueError(f"no token between {start} and {end}")
        return inside[0], inside[-1]


@dataclass(frozen=True, slots=True)
class Window:
    """A question beside a stretch of a text: `<s> query: question </s></s> context </s> text </s>`.

    `ids[begin:end]` are tokens of the text, from number `first` on.
    """

    ids: tuple[int, ...]
    begin: int
    end: int
    first: int


class Windows:
    """Makes windows with the encoder's tokenizer.

    Texts are folded, which keeps their length, so that offsets are those of the text itself. The
    tokenizer given no longer cuts texts off.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._bos = int(tokenizer.token_to_id("<s>") or 0)
        self._eos = int(tokenizer.token_to_id("</s>") or 0)
        self.tokens = lru_cache(_REMEMBERED)(self._tokens)

    def _tokens(self, text: str) -> Tokens:
        encoding = self._tokenizer.encode(fold(text), add_special_tokens=False)
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        for token, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
            # The mark of a word's beginning may stand alone, over no character.
            if start < end:
                ids.append(token)
                spans.append((start, end))
        return Tokens(tuple(ids), tuple(spans))

    def head(self, question: str, context: str) -> tuple[int, ...]:
        """The tokens before the text: the question and the title with the heading."""
        asked = self.tokens(f"query: {question}").ids[:LONGEST_QUESTION]
        around = self.tokens(context).ids[-LONGEST_CONTEXT:]
        return (self._bos, *asked, self._eos, self._eos, *around, self._eos)

    def window(self, head: Sequence[int], text: Tokens, first: int, last: int) -> Window:
        """A window of `head` and the tokens `first` to `last` of a text, the last left out."""
        ids = (*head, *text.ids[first:last], self._eos)
        return Window(ids, len(head), len(ids) - 1, first)

    def over(
        self, head: Sequence[int], text: Tokens, stride: int = 96, longest: int = LONGEST
    ) -> list[Window]:
        """Windows of at most `longest` tokens that cover the text, one beginning every `stride` tokens."""
        room = longest - len(head) - 1
        size = len(text.ids)
        if size <= room:
            return [self.window(head, text, 0, size)]
        starts = [0, *range(stride, size - room + stride, stride)]
        return [self.window(head, text, at, min(at + room, size)) for at in starts]
