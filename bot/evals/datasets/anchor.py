"""Where a quote stands in a document: exactly, but for white space and forms of characters, or nearly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.reader.spans import Span, occurrences
from corpus import Document, Passage
from corpus.language.text import fold

FARTHEST = 0.2
"""Most edits (characters put in, left out or replaced) that a place may be away, as a share of the quote's length."""

_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Anchor:
    """The places of a quote, in order; `similarity` is 1 - edits / length of the quote."""

    spans: tuple[Passage, ...]
    how: Literal["exact", "folded", "near"]
    similarity: float = 1.0


def anchor(document: Document, quote: str, near: int | None = None) -> Anchor | None:
    """The places where `quote` stands in the document; with `near`, the one that begins nearest to that offset.

    Tried in turn: the quote as it is; without white space, folded (width, case, traditional characters); the place
    with the fewest edits, at most FARTHEST of its length. None where there is none of these.
    """
    if not quote.strip():
        return None
    if spans := list(occurrences(quote, document.text)):
        return Anchor(_chosen(document, spans, near), "exact")
    text, offsets = _squeezed(document.text)
    part = _squeezed(quote)[0]
    if spans := [(offsets[a], offsets[b - 1] + 1) for a, b in occurrences(part, text)]:
        return Anchor(_chosen(document, spans, near), "folded")
    found = _nearest(part, text, None if near is None else sum(offset < near for offset in offsets))
    if found is None:
        return None
    (start, end), edits = found
    span = Passage(document, offsets[start], offsets[end - 1] + 1)
    return Anchor((span,), "near", 1 - edits / len(part))


def brief(text: str) -> str:
    """`text` as a message shows it."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _chosen(document: Document, spans: list[Span], near: int | None) -> tuple[Passage, ...]:
    if near is not None:
        spans = [min(spans, key=lambda span: abs(span[0] - near))]
    return tuple(Passage(document, *span) for span in spans)


def _squeezed(text: str) -> tuple[str, list[int]]:
    """`text` folded and without white space, and where each of its characters was."""
    kept = [(char, at) for at, char in enumerate(fold(text)) if not char.isspace()]
    return "".join(char for char, _ in kept), [at for _, at in kept]


def _nearest(part: str, text: str, near: int | None) -> tuple[Span, int] | None:
    """The span of `text` with the fewest edits to `part`, and how many; of equals that nearest to `near`, or first."""
    distances = list(_edits(part, text, anywhere=True))
    least = min(distances, default=len(part))
    if least > FARTHEST * len(part):
        return None
    ends = [end for end, distance in enumerate(distances, 1) if distance == least]
    end = min(ends, key=lambda end: abs(end - len(part) - (near or 0)))
    before = text[max(0, end - len(part) - least) : end][::-1]
    lengths = [
        n
        for n, distance in enumerate(_edits(part[::-1], before, anywhere=False), 1)
        if distance == least
    ]
    return (end - min(lengths, key=lambda n: abs(n - len(part))), end), least


def _edits(part: str, text: str, *, anywhere: bool) -> Iterator[int]:
    """After each character of `text`, the least edits from `part` to what ends there.

    That begins anywhere, or with the text. Bit-parallel, a bit a character of `part` (Myers 1999, in the form of
    Hyyrö 2003): `rises` and `falls` are where a column of the table of distances goes up or down by one.
    """
    at: dict[str, int] = {}
    for i, char in enumerate(part):
        at[char] = at.get(char, 0) | 1 << i
    every, last = (1 << len(part)) - 1, 1 << len(part) - 1
    rises, falls, distance = every, 0, len(part)
    for char in text:
        same = at.get(char, 0)
        diagonal = (((same & rises) + rises) ^ rises) | same | falls
        more, less = falls | every & ~(diagonal | rises), rises & diagonal
        distance += bool(more & last) - bool(less & last)
        more, less = more << 1 | (not anywhere), less << 1
        rises, falls = every & (less | ~(diagonal | more)), more & diagonal
        yield distance
