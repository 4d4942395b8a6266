"""Cuts a document into passages: spans that end with a sentence and stay inside a section."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.document import Document, Passage, Section
from corpus.text import sentences

PASSAGE_SIZE = 250
"""Longest passage, characters: with title and heading well inside the encoder's 512 tokens."""


def split(document: Document, size: int = PASSAGE_SIZE) -> list[Passage]:
    """The passages of a document, in order, each at most `size` characters where its sentences allow.

    Every sentence lies in exactly one passage. Short paragraphs of a section share one; a long one is cut into parts of
    about equal length.
    """
    sections = document.sections or (Section("", 0, len(document.text)),)
    return [Passage(document, start, end) for section in sections for start, end in _pack(document.text, section, size)]


def _pack(text: str, section: Section, size: int) -> Iterator[tuple[int, int]]:
    open_start = open_end = -1
    for spans in _paragraphs(text, section):
        last = spans[-1][1]
        if open_start >= 0 and last - open_start <= size:
            open_end = last
            continue
        if open_start >= 0 and open_end - open_start > size // 4:
            yield open_start, open_end
            open_start = -1
        # A heading or another short line goes with what follows it.
        if open_start >= 0:
            spans = [(open_start, spans[0][1]), *spans[1:]]
        *whole, (open_start, open_end) = _cut(spans, size)
        yield from whole
    if open_start >= 0:
        yield open_start, open_end


def _paragraphs(text: str, section: Section) -> Iterator[list[tuple[int, int]]]:
    at = section.start
    for line in text[section.start : section.end].split("\n"):
        spans = [(at + start, at + end) for start, end in sentences(line)]
        if spans:
            yield spans
        at += len(line) + 1


def _cut(spans: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Groups the sentences of one paragraph into as few parts as fit, none much shorter than the others."""
    first, last = spans[0][0], spans[-1][1]
    parts = -(-(last - first) // size)
    aim = (last - first) / parts
    groups: list[tuple[int, int]] = []
    start = first
    for (_, end), (_, following) in zip(spans, [*spans[1:], (0, last + size)], strict=True):
        if following - start > size or end - start >= aim:
            groups.append((start, end))
            start = next((s for s, _ in spans if s >= end), last)
    return groups
