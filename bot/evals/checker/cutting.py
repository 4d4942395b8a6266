"""A sentence cut into words and clauses, as the makers of faithful and corrupt sentences need it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus.language.text import Segmenter, fold, leads

# The pieces between commas: 2019年，|他迁居上海。
_PIECE = re.compile(r"(?:[^，,；;。！？!?：:]|(?<=\d)[,:：](?=\d))+")


class Piece(NamedTuple):
    """A piece of a sentence, in characters, end exclusive."""

    text: str
    start: int
    end: int


def words(text: str, segmenter: Segmenter) -> list[Piece]:
    """The words of a text, as printed, in order; signs are left out."""
    folded = fold(text)
    found: list[Piece] = []
    at = 0
    for word in segmenter.words_of_folded(folded):
        start = folded.index(word, at)
        at = start + len(word)
        found.append(Piece(text[start:at], start, at))
    return found


def clauses(text: str) -> list[Piece]:
    """The pieces of a text between commas and full stops."""
    return [Piece(found.group(), *found.span()) for found in _PIECE.finditer(text)]


def replaced(text: str, piece: Piece, by: str) -> str:
    """The text with another text in place of a piece."""
    return text[: piece.start] + by + text[piece.end :]


def exchanged(text: str, one: Piece, other: Piece) -> str:
    """The text with two pieces, of which `one` stands first, in each other's place."""
    between = text[one.end : other.start]
    return text[: one.start] + other.text + between + one.text + text[other.end :]


def is_noun(word: str) -> bool:
    """Whether a word is likely a noun: of two characters or more, and nothing that leads to one."""
    folded = fold(word)
    return len(word) > 1 and not leads(folded) and not any(char.isdigit() for char in folded)


def noun_before(found: list[Piece], at: int) -> Piece | None:
    """The nouns that stand right before word number `at`, as one piece; at most three."""
    return _joined(list(_adjacent(found, range(at - 1, max(-1, at - 4), -1), at))[::-1])


def noun_behind(found: list[Piece], at: int) -> Piece | None:
    """The nouns that stand right behind word number `at`, as one piece; at most three."""
    return _joined(list(_adjacent(found, range(at + 1, min(len(found), at + 4)), at)))


def _adjacent(found: list[Piece], numbers: range, at: int) -> Iterator[Piece]:
    last = found[at]
    for number in numbers:
        piece = found[number]
        is_beside = last.start == piece.end or last.end == piece.start
        if not is_beside or not is_noun(piece.text):
            return
        last = piece
        yield piece


def _joined(pieces: list[Piece]) -> Piece | None:
    if not pieces:
        return None
    text = "".join(piece.text for piece in pieces)
    return Piece(text, pieces[0].start, pieces[-1].end)
