"""Which sentences of a document say most, and which can be shown alone.

A sentence says much where it is near the middle of its part and of the whole document, near the
heading of its part, at the beginning of a paragraph, or draws the sum.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bot.question.summaries import leans, sums_up
from corpus import Document, Passage
from corpus.document import Unit
from corpus.language.text import fold
from index import Vectors
from index.snapshot import Snapshot

SHORTEST, LONGEST = 12, 200
"""Characters of a sentence that says something by itself, and of what is cited at most."""

WEIGHTS: dict[str, float] = {"part": 1.0, "heading": 1.0, "whole": 0.5, "place": 1.0, "sum": 0.5}
"""What counts how much, each taken as standard deviations above the mean of the document: see the
table in docs/benchmarks.md.
"""

TOO_NEAR = 0.5
"""Standard deviations that a sentence loses for each that is chosen beside it in its paragraph."""

SMALLEST = 1e-6
"""Divides what may be 0."""

_ENDS = re.compile(r"[。！？!?；;…．.][。！？!?；;…”’」』）)】》\"']*$")
_ASKS = re.compile(r"[?？][”’」』）)】》\"']*$")
_PAIRS = ("“”", "「」", "『』", "（）", "《》")
# 第三十三条 at the beginning of an article of a law
ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇\d]+条[\s　之]")

_SAYS_NOTHING = frozenset({"heading", "header", "row", "question", "label", "code"})


class Statement(NamedTuple):
    """What may be cited of a document: a sentence, or two where the second leans on the first.

    `row` is that of the sentence that counts. `opens` where it begins its paragraph.
    """

    span: Passage
    row: int
    opens: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """The sentences of a document with the rows from `first`, and their vectors (n, dim), unit rows."""

    document: Document
    sentences: Sequence[Passage]
    first: int
    vectors: Vectors

    @classmethod
    def of(cls, document: Document, snapshot: Snapshot) -> Telling:
        """The sentences of a document of `snapshot`, compared by words where there is no encoder."""
        collection = snapshot.collection
        rows = collection.sentences_of_passages(collection.passages_in([document.doc_id]))
        sentences = [collection.sentences[row] for row in rows.tolist()]
        first = int(rows[0]) if len(rows) else 0
        if snapshot.dense is not None:
            vectors = snapshot.dense.sentence_vectors(rows.tolist())
        else:
            vectors = _by_words(sentences, snapshot)
        return cls(document, sentences, first, vectors)

    def statements(self, start: int, end: int) -> list[Statement]:
        """What may be cited between the characters `start` and `end`, in the order of the text."""
        found: list[Statement] = []
        before: Passage | None = None
        for row, sentence in enumerate(self.sentences):
            if start <= sentence.start and sentence.end <= end:
                unit = self.document.units_in(sentence.start, sentence.end)[0]
                inside = before is not None and before.start >= unit.start
                statement = _statement(sentence, row, unit, before if inside else None)
                if statement is not None:
                    found.append(statement)
            before = sentence
        return found

    def scores(
        self, statements: Sequence[Statement], heading: Passage | None
    ) -> Vectors:
        """(n,) how much each of the statements of one part says."""
        rows = [statement.row for statement in statements]
        vectors = self.vectors[rows]
        measures = {
            "part": vectors @ _middle(vectors),
            "heading": vectors @ self._vector_of(heading),
            "whole": vectors @ _middle(self.vectors),
            "place": np.array(_places(statements), np.float32),
            "sum": np.array([sums_up(s.span.text) for s in statements], np.float32),
        }
        scores = np.zeros(len(rows), np.float32)
        for name, values in measures.items():
            scores += WEIGHTS[name] * _standard(values)
        return scores

    def _vector_of(self, heading: Passage | None) -> Vectors:
        """The vector of a heading; that of the title where there is none."""
        start = heading.start if heading is not None else 0
        for row, sentence in enumerate(self.sentences):
            if sentence.start <= start < sentence.end:
                return self.vectors[row]
        return np.zeros(self.vectors.shape[1], np.float32)


def _statement(
    sentence: Passage, row: int, unit: Unit, before: Passage | None
) -> Statement | None:
    """A sentence as it may be cited, with the one before it where it leans on that; else None."""
    text = sentence.text.strip()
    if unit.kind in _SAYS_NOTHING or not _is_whole(text):
        return None
    if before is None:
        is_bare = leans(text) or len(text) < SHORTEST or unit.kind == "item"
        return None if is_bare else Statement(sentence, row, True)
    first = before.text.strip()
    # 要。备案分两种……: the second says what the first is too short for.
    is_answer = len(first) < SHORTEST and before.start == unit.start
    follows_on = not _ENDS.search(first) or first[-1] in ";；"
    if not (is_answer or follows_on or leans(text)):
        return Statement(sentence, row, False) if len(text) >= SHORTEST else None
    joined = Passage(sentence.document, before.start, sentence.end)
    is_long = joined.end - joined.start > LONGEST
    if is_long or leans(first) or _ASKS.search(first) or not _is_closed(joined.text):
        return None
    return Statement(joined, row, is_answer)


def _is_whole(text: str) -> bool:
    """Whether a sentence is told to its end, and tells rather than asks."""
    return bool(_ENDS.search(text)) and not _ASKS.search(text) and _is_closed(text)


def _is_closed(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in _PAIRS)


def _places(statements: Sequence[Statement]) -> list[float]:
    """1 for the first statement of a part, ½ for the last and for one that opens a paragraph."""
    last = len(statements) - 1
    places = []
    for number, statement in enumerate(statements):
        places.append(1.0 if number == 0 else 0.5 * (number == last or statement.opens))
    return places


def _middle(vectors: Vectors) -> Vectors:
    """(dim,) the mean of rows, of unit length."""
    mean = vectors.mean(axis=0)
    middle: Vectors = mean / max(float(np.linalg.norm(mean)), SMALLEST)
    return middle


def _standard(values: Vectors) -> Vectors:
    """(n,) values in standard deviations above their mean."""
    standard: Vectors = (values - values.mean()) / max(float(values.std()), SMALLEST)
    return standard


def _by_words(sentences: Sequence[Passage], snapshot: Snapshot) -> Vectors:
    """(n, words) the words of sentences by their rarity, unit rows."""
    columns: dict[str, int] = {}
    cells: list[tuple[int, int, float]] = []
    segmenter = snapshot.segmenter
    for row, sentence in enumerate(sentences):
        for word in set(segmenter.words(fold(sentence.text))):
            if len(word) > 1:
                column = columns.setdefault(word, len(columns))
                cells.append((row, column, segmenter.rarity(word)))
    vectors = np.zeros((len(sentences), max(len(columns), 1)), np.float32)
    for row, column, rarity in cells:
        vectors[row, column] = rarity
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, SMALLEST)
    return unit
