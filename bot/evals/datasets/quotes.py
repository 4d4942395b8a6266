"""Finds spans of documents: by a quote, which may differ a little, or by the id of a passage."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.reader.spans import Span, occurrences
from corpus import Document, Passage
from corpus.language.text import fold

MAX_EDIT_SHARE = 0.2
"""Most edits that an approximate match may need, as a share of the quote's length.

An edit inserts, deletes or replaces one character. One in five lets a reworded character or two
of a sentence pass, and refuses another sentence of the same form.
"""

SHORTENED = 24
"""Characters of a quote that a message shows: enough to tell it by, and the message one line."""


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """The spans where a quote stands, in document order.

    `how`: "exact" as it is; "folded" without white space, and with width, case and traditional
    characters folded; "near" with the fewest edits. `similarity` is 1 - edits / length, 0 to 1.
    """

    spans: tuple[Passage, ...]
    how: Literal["exact", "folded", "near"]
    similarity: float = 1.0


def find_quote(document: Document, quote: str, near: int | None = None) -> QuoteMatch | None:
    """Finds `quote` in the document: exactly, else folded, else with the fewest edits.

    With `near`, an offset in characters, only the span that begins nearest to it is given.
    None where the quote is blank or needs more edits than MAX_EDIT_SHARE of its length.
    """
    if not quote.strip():
        return None
    exact = list(occurrences(quote, document.text))
    if exact:
        return QuoteMatch(_passages(document, exact, near), "exact")
    text, offsets = _folded(document.text)
    pattern, _ = _folded(quote)
    folded = [(offsets[start], offsets[end - 1] + 1) for start, end in occurrences(pattern, text)]
    if folded:
        return QuoteMatch(_passages(document, folded, near), "folded")
    expected_start = 0 if near is None else bisect_left(offsets, near)
    match = _approximate_match(pattern, text, expected_start)
    if match is None:
        return None
    (start, end), edits = match
    span = Passage(document, offsets[start], offsets[end - 1] + 1)
    return QuoteMatch((span,), "near", 1 - edits / len(pattern))


def find_passage(passage_id: str, documents: Mapping[str, Document]) -> Passage | None:
    """The passage of an id such as "shanghai-2024.120-160"; None where no document has that span."""
    doc_id, _, span = passage_id.rpartition(".")
    start, _, end = span.partition("-")
    document = documents.get(doc_id)
    if document is None or not start.isdecimal() or not end.isdecimal():
        return None
    if not int(start) < int(end) <= len(document.text):
        return None
    return Passage(document, int(start), int(end))


def shorten(text: str) -> str:
    """`text` for a message, cut to SHORTENED characters."""
    if len(text) <= SHORTENED:
        return text
    return text[: SHORTENED - 1] + "…"


def _passages(document: Document, spans: Sequence[Span], near: int | None) -> tuple[Passage, ...]:
    """The spans as passages; only the one that begins nearest to `near`, if that is given."""
    if near is not None:
        spans = [min(spans, key=lambda span: abs(span[0] - near))]
    return tuple(Passage(document, start, end) for start, end in spans)


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` folded and without white space, and the offset in `text` of each character kept."""
    kept: list[str] = []
    offsets: list[int] = []
    for offset, char in enumerate(fold(text)):
        if not char.isspace():
            kept.append(char)
            offsets.append(offset)
    return "".join(kept), offsets


def _approximate_match(pattern: str, text: str, expected_start: int) -> tuple[Span, int] | None:
    """The span of `text` with the fewest edits to `pattern`, and that number of edits.

    Of equally good spans, the one that begins nearest to `expected_start`. None where even the
    best needs more edits than MAX_EDIT_SHARE allows.
    """
    distances = list(_edit_distances(pattern, text, anywhere=True))
    fewest = min(distances, default=len(pattern))
    if fewest > MAX_EDIT_SHARE * len(pattern):
        return None
    expected_end = expected_start + len(pattern)
    ends = _positions(distances, fewest)
    end = min(ends, key=lambda end: abs(end - expected_end))
    # The start: the pattern backwards, against what stands before `end` backwards.
    longest = len(pattern) + fewest
    before = text[max(0, end - longest) : end][::-1]
    backwards = list(_edit_distances(pattern[::-1], before, anywhere=False))
    lengths = _positions(backwards, fewest)
    length = min(lengths, key=lambda length: abs(length - len(pattern)))
    return (end - length, end), fewest


def _positions(distances: Sequence[int], wanted: int) -> list[int]:
    """The numbers, from 1, of the characters after which the distance is `wanted`."""
    return [number for number, distance in enumerate(distances, 1) if distance == wanted]


def _edit_distances(pattern: str, text: str, *, anywhere: bool) -> Iterator[int]:
    """After each character of `text`, the fewest edits from `pattern` to a span that ends there.

    With `anywhere` the span may begin at any character, else it begins with the text.

    Bit-parallel, one bit for a character of the pattern: Myers, "A fast bit-vector algorithm for
    approximate string matching" (1999), in the form of Hyyrö (2003). A column of the table of
    distances is kept as its differences: the bits where it rises by one, and where it falls.
    """
    positions: dict[str, int] = {}
    for i, char in enumerate(pattern):
        positions[char] = positions.get(char, 0) | (1 << i)
    all_bits = (1 << len(pattern)) - 1
    last_bit = 1 << (len(pattern) - 1)
    rises = all_bits
    falls = 0
    distance = len(pattern)
    for char in text:
        same = positions.get(char, 0)
        unchanged = (((same & rises) + rises) ^ rises) | same | falls
        rises_across = falls | (all_bits & ~(unchanged | rises))
        falls_across = rises & unchanged
        if rises_across & last_bit:
            distance += 1
        if falls_across & last_bit:
            distance -= 1
        rises_across <<= 1
        falls_across <<= 1
        if not anywhere:
            rises_across |= 1
        rises = all_bits & (falls_across | ~(unchanged | rises_across))
        falls = rises_across & unchanged
        yield distance
