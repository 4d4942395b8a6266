"""Cuts a document into passages: spans that end with a sentence and stay inside a section.

Small enough to be about one thing, large enough that a sentence is found together with what it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.document import Document, Passage, Section
from corpus.language.sentences import sentences

PASSAGE_SIZE = 250
"""Longest passage, characters: with title and heading well inside the encoder's 512 tokens."""

Span = tuple[int, int]


def split(document: Document, size: int = PASSAGE_SIZE) -> list[Passage]:
    """The passages of a document, in order, each at most `size` characters where its sentences allow.

    Every sentence lies in exactly one passage. Short paragraphs of a section share one; a long one is cut into parts of
    about equal length. A heading or another short line goes with what follows, and may add a quarter of `size` to it.
    """
    sections = document.sections or (Section("", 0, len(document.text)),)
    return [
        Passage(document, start, end)
        for section in sections
        for start, end in _pack(document.text, section, size)
    ]


def _pack(text: str, section: Section, size: int) -> Iterator[Span]:
    """The passages of a section. One is held back as long as the next paragraph may join it."""
    held: Span | None = None
    for spans in _paragraphs(text, section):
        if held and spans[-1][1] - held[0] <= size:
            held = held[0], spans[-1][1]
            continue
        if held and spans[0][0] - held[0] > size // 4:
            yield held
        elif held:
            spans[0] = held[0], spans[0][1]
        *whole, held = _cut(spans, size)
        yield from whole
    if held:
        yield held


def _paragraphs(text: str, section: Section) -> Iterator[list[Span]]:
    """The sentences of every line that has any."""
    at = section.start
    for line in text[section.start : section.end].split("\n"):
        if spans := [(at + start, at + end) for start, end in sentences(line)]:
            yield spans
        at += len(line) + 1


def _cut(spans: list[Span], size: int) -> list[Span]:
    """Groups the sentences of one paragraph into as few parts as fit, none much shorter than the others."""
    start, last = spans[0][0], spans[-1][1]
    parts = -(-(last - start) // size)
    aim = (last - start) / parts
    groups: list[Span] = []
    for (_, end), (next_start, next_end) in zip(
        spans, [*spans[1:], (last, last + size)], strict=True
    ):
        if next_end - start > size or end - start >= aim:
            groups.append((start, end))
            start = next_start
    return groups
