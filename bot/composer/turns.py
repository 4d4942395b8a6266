"""What one of the speakers of a conversation says in it: 雷启明：, 【记者】."""

from __future__ import annotations

from collections.abc import Iterator

from corpus import Document
from corpus.document import Span
from corpus.intake.conversations import speaker_of
from corpus.language.text import fold

LEAST = 2
"""Turns from which someone is a speaker of a document, and not only quoted in it."""

_SPOKEN = ("paragraph", "question", "answer")


def turns_of(document: Document, asked: str) -> list[Span]:
    """The turns of the speaker of a conversation that `asked` names; none where it names no one."""
    turns = list(_turns(document))
    names = [name for name, _ in turns]
    meant = {name for name in names if names.count(name) >= LEAST and fold(name) in fold(asked)}
    is_conversation = len({name for name in names if names.count(name) >= LEAST}) > 1
    return [span for name, span in turns if name in meant] if is_conversation else []


def _turns(document: Document) -> Iterator[tuple[str, Span]]:
    """Who speaks in a document, and from where to where, in characters."""
    name, start, end = "", 0, 0
    for unit in document.units:
        speaker = speaker_of(unit.text) if unit.kind in _SPOKEN else ""
        if name and (speaker or unit.kind == "heading"):
            yield name, Span(start, end)
            name = ""
        if speaker:
            name, start = speaker, unit.start
        end = unit.end
    if name:
        yield name, Span(start, end)
