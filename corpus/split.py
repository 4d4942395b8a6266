"""Cuts a document into passages: spans that end with a sentence and stay inside a section.

A passage is small enough to be about one thing, and large enough to hold what a sentence in it
refers to.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from corpus.document import Document, Passage, Section
from corpus.language.sentences import sentences

PASSAGE_SIZE = 250
"""Longest passage, characters: with title and heading well inside the encoder's 512 tokens."""

Span = tuple[int, int]
"""Start and end of a piece of text, in characters, end exclusive."""


def split(document: Document, size: int = PASSAGE_SIZE) -> list[Passage]:
    """Cuts a document into passages, in order, each of at most `size` characters where its
    sentences allow.

    Every sentence lies in exactly one passage. Short paragraphs of a section share a passage; a
    long paragraph is cut into parts of about equal length. A heading or another short line joins
    what follows it, and may add a quarter of `size` to the passage.
    """
    sections = document.sections or (Section("", 0, len(document.text)),)
    passages = []
    for section in sections:
        for start, end in _pack(document.text, section, size):
            passages.append(Passage(document, start, end))
    return passages


def _pack(text: str, section: Section, size: int) -> Iterator[Span]:
    """The spans of a section's passages.

    The last one is held back while the next paragraph may join it.
    """
    held: Span | None = None
    for spans in _paragraphs(text, section):
        if held and spans[-1][1] - held[0] <= size:
            held = held[0], spans[-1][1]
            continue
        if held and spans[0][0] - held[0] > size // 4:
            yield held
        elif held:
            # A short line before a long paragraph: it goes with the first sentence.
            spans[0] = held[0], spans[0][1]
        *whole, held = _cut(spans, size)
        yield from whole
    if held:
        yield held


def _paragraphs(text: str, section: Section) -> Iterator[list[Span]]:
    """The spans of the sentences of each line that has any."""
    offset = section.start
    for line in text[section.start : section.end].split("\n"):
        spans = [(offset + start, offset + end) for start, end in sentences(line)]
        if spans:
            yield spans
        offset += len(line) + 1


def _cut(spans: list[Span], size: int) -> list[Span]:
    """Groups the sentences of a paragraph into as few parts as fit, of about equal length."""
    start = spans[0][0]
    last = spans[-1][1]
    parts = -(-(last - start) // size)
    aim = (last - start) / parts
    groups: list[Span] = []
    for (_, end), (next_start, next_end) in pairwise(spans):
        if next_end - start > size or end - start >= aim:
            groups.append((start, end))
            start = next_start
    groups.append((start, last))
    return groups
