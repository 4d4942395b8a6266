"""Sentences with the words of their source that say the opposite: denied, or with roles swapped."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from bot.evals.checker.cutting import (
    Piece,
    clauses,
    exchanged,
    noun_before,
    noun_behind,
    replaced,
    words,
)
from bot.evals.checker.material import Taken
from bot.evals.checker.rows import TABLES
from corpus.language.text import Segmenter

Rows = Sequence[Sequence[str]]

_NEXT = re.compile(r"[\u4e00-\u9fff]")


def single_word(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with one word that denies put in or taken out; its predicate stays."""
    return _with_row(taken, choice, segmenter, TABLES["single"]["rows"])


def reworded(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with its predicate in other words that turn the meaning, and other function words."""
    rows = TABLES["reworded"]["rows"][0 if taken.half == "fit" else 1 :: 2]
    turned = _with_row(taken, choice, segmenter, rows)
    if turned is None or choice.random() < 0.5:
        return turned
    return _reworded_function_words(turned, choice, segmenter)


def _reworded_function_words(text: str, choice: random.Random, segmenter: Segmenter) -> str:
    rows = dict(TABLES["faithful"]["function_words"])
    found = [piece for piece in words(text, segmenter) if piece.text in rows]
    if not found:
        return text
    piece = choice.choice(found)
    return replaced(text, piece, rows[piece.text])


def _with_row(taken: Taken, choice: random.Random, segmenter: Segmenter, rows: Rows) -> str | None:
    """The sentence with what one of the rows puts in place of a word of it."""
    found: list[tuple[Piece, str]] = []
    for piece in words(taken.text, segmenter):
        behind = taken.text[piece.end : piece.end + 1]
        if _NEXT.match(behind) and behind not in "的":
            found += [(piece, by) for word, by in rows if piece.text == word]
    return replaced(taken.text, *choice.choice(found)) if found else None


def exchange(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """A clause with who and whom exchanged, or from where and to where."""
    found = [*_around_pivots(taken, segmenter), *_from_to(taken, segmenter)]
    return choice.choice(found) if found else None


def _around_pivots(taken: Taken, segmenter: Segmenter) -> Iterator[str]:
    cut = words(taken.text, segmenter)
    for at, word in enumerate(cut):
        if word.text not in TABLES["swapped"]["pivots"]:
            continue
        before, behind = noun_before(cut, at), noun_behind(cut, at)
        if before is not None and behind is not None and before.text != behind.text:
            yield exchanged(taken.text, before, behind)


def _from_to(taken: Taken, segmenter: Segmenter) -> Iterator[str]:
    starts, ends = TABLES["swapped"]["from"], TABLES["swapped"]["to"]
    pattern = re.compile(
        rf"(?:{'|'.join(starts)})(?P<one>[^，,。；、]{{2,12}}?)(?:{'|'.join(ends)})(?P<other>[^，,。；、的]{{2,12}})"
    )
    for clause in clauses(taken.text):
        for place in pattern.finditer(clause.text):
            other = noun_behind([Piece("", 0, 0), *words(place["other"], segmenter)], 0)
            if other is None:
                continue
            start = clause.start + place.start("other")
            one = Piece(
                place["one"], clause.start + place.start("one"), clause.start + place.end("one")
            )
            yield exchanged(
                taken.text, one, Piece(other.text, start + other.start, start + other.end)
            )


def before_after(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with 之后 for 之前, or 早于 for 晚于."""
    return _turned(taken, choice, segmenter, TABLES["swapped"]["before"])


def more_less(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with 低于 for 高于, or 以下 for 以上."""
    return _turned(taken, choice, segmenter, TABLES["swapped"]["more"])


def _turned(taken: Taken, choice: random.Random, segmenter: Segmenter, rows: Rows) -> str | None:
    known = {row[0]: row[1] for row in rows}
    found = [
        (piece, known[piece.text])
        for piece in words(taken.text, segmenter)
        if piece.text in known and known[piece.text] not in taken.text
    ]
    return replaced(taken.text, *choice.choice(found)) if found else None
