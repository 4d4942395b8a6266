"""Cuts a document into passages: runs of whole units that stay inside a section.

A passage is small enough to be about one thing, and large enough to hold what a sentence in it
refers to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from corpus.document import Document, Passage, Section, Span, Unit
from corpus.intake.page import introduces
from corpus.intake.questions import behind_answer_mark
from corpus.language.sentences import sentences

PASSAGE_SIZE = 250
"""Longest passage, characters: with title and heading well inside the encoder's 512 tokens."""

ROW_LIMIT = 390
"""Longest row of a table that is one citation, characters: with its mark it fits into an answer.

A longer one is cut into sentences.
"""

_GOES_WITH_NEXT = ("heading", "header", "question")


def split(document: Document, size: int = PASSAGE_SIZE) -> list[Passage]:
    """Cuts a document into passages, in order, each of at most `size` characters where its
    sentences allow.

    Every sentence lies in exactly one passage. Short units of a section share a passage, and what
    belongs together stays together where it fits: a lead line and its items, column names and rows,
    a question and its answer, the paragraphs of an article of a law. A long unit is cut into parts
    of about equal length. A heading or another short line joins what follows it, and may add a
    quarter of `size` to the passage.
    """
    passages = []
    for section in document.sections or (Section("", 0, len(document.text)),):
        units = document.units_in(section.start, section.end)
        for start, end in _pack(units, size):
            passages.append(Passage(document, start, end))
    return passages


def sentences_in(passage: Passage) -> list[Passage]:
    """The sentences of a passage: what may be cited of it. A row of a table is one.

    That of an answer begins behind its mark: 可以。 of 答：可以。
    """
    document = passage.document
    found = []
    for unit in document.units_in(passage.start, passage.end):
        within = Span(max(said_from(unit), passage.start), min(unit.end, passage.end))
        for start, end in _sentences(unit, within):
            found.append(Passage(document, start, end))
    return found


def said_from(unit: Unit) -> int:
    """Where what a unit says begins: behind the mark of an answer, 答：."""
    return unit.start + behind_answer_mark(unit.text) if unit.kind == "answer" else unit.start


def _sentences(unit: Unit, within: Span) -> list[Span]:
    """The sentences of a part of a unit."""
    text = unit.document.text[within.start : within.end]
    if unit.kind in ("row", "header") and text.strip() and len(text) <= ROW_LIMIT:
        return [within]
    return [Span(within.start + start, within.start + end) for start, end in sentences(text)]


def _pack(units: Sequence[Unit], size: int) -> Iterator[Span]:
    """The spans of the passages of a section.

    The last one is held back while the next block may join it.
    """
    held: Span | None = None
    # Where the lines at the end of `held` begin that belong to what follows.
    loose: int | None = None
    for block in _blocks(units, size):
        spans = _block_sentences(block)
        if not spans:
            continue
        end = spans[-1].end
        if held and end - held.start > size and loose and loose > held.start:
            yield Span(held.start, _end_before(block[0], loose))
            held = Span(loose, held.end)
        if held and end - held.start <= size:
            held = Span(held.start, end)
        else:
            if held and spans[0].start - held.start > size // 4:
                yield held
            elif held:
                # A short line before a long paragraph: it goes with the first sentence.
                spans[0] = Span(held.start, spans[0].end)
            *whole, held = _cut(spans, size)
            yield from whole
        loose = _loose(block, held, loose)
    if held:
        yield held


def _loose(block: Sequence[Unit], held: Span, before: int | None) -> int | None:
    """Where the lines at the end of `held` begin that belong to what follows, or None."""
    last = block[-1]
    if last.kind not in _GOES_WITH_NEXT and not introduces(last.text):
        return None
    if len(block) == 1 and before is not None and before >= held.start:
        return before
    return last.start if last.start >= held.start else None


def _end_before(unit: Unit, offset: int) -> int:
    """The end of the text before `offset`, without white space."""
    return len(unit.document.text[:offset].rstrip())


def _blocks(units: Iterable[Unit], size: int) -> Iterator[list[Unit]]:
    """Units that belong together and fit into a passage, and every other unit by itself."""
    group: list[Unit] = []
    for unit in units:
        if group and not _belongs(unit, group[0]):
            yield from _fitting(group, size)
            group = []
        group.append(unit)
    if group:
        yield from _fitting(group, size)


def _belongs(unit: Unit, first: Unit) -> bool:
    """Whether a unit leads back to the first of a group."""
    return any(first.start <= span.start < first.end for span in unit.leads)


def _fitting(group: list[Unit], size: int) -> Iterator[list[Unit]]:
    if group[-1].end - group[0].start <= size:
        yield group
        return
    for unit in group:
        yield [unit]


def _block_sentences(block: Sequence[Unit]) -> list[Span]:
    """The sentences of a block. One of several units is not cut between them."""
    spans = []
    for unit in block:
        spans += _sentences(unit, Span(unit.start, unit.end))
    if len(block) > 1 and spans:
        return [Span(spans[0].start, spans[-1].end)]
    return spans


def _cut(spans: list[Span], size: int) -> list[Span]:
    """Groups the sentences of a unit into as few parts as fit, of about equal length."""
    start = spans[0].start
    last = spans[-1].end
    parts = -(-(last - start) // size)
    aim = (last - start) / parts
    groups: list[Span] = []
    for (_, end), (next_start, next_end) in pairwise(spans):
        if next_end - start > size or end - start >= aim:
            groups.append(Span(start, end))
            start = next_start
    groups.append(Span(start, last))
    return groups
