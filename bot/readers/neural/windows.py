"""A question beside a stretch of text, as the tokens that the network reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tokenizers import Tokenizer

from corpus.text import fold

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
        kept = [(i, span) for i, span in zip(encoding.ids, encoding.offsets, strict=True) if span[0] < span[1]]
        return Tokens(tuple(i for i, _ in kept), tuple(span for _, span in kept))

    def head(self, question: str, context: str) -> tuple[int, ...]:
        """What stands before the text."""
        asked = self.tokens(f"query: {question}").ids[:LONGEST_QUESTION]
        return (self._bos, *asked, self._eos, self._eos, *self.tokens(context).ids[:LONGEST_CONTEXT], self._eos)

    def window(self, head: Sequence[int], text: Tokens, first: int, last: int) -> Window:
        """`head` and the tokens `first` to `last` (which is left out) of a text."""
        ids = (*head, *text.ids[first:last], self._eos)
        return Window(ids, len(head), len(ids) - 1, first)

    def over(self, head: Sequence[int], text: Tokens, stride: int = 96, longest: int = LONGEST) -> list[Window]:
        """Windows of at most `longest` tokens that cover the text, one beginning every `stride` tokens."""
        room = longest - len(head) - 1
        size = len(text.ids)
        starts = [0, *range(stride, size - room + stride, stride)] if size > room else [0]
        return [self.window(head, text, at, min(at + room, size)) for at in starts]
