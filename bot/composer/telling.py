"""Which sentences of a document say most, and which can be shown alone.

A sentence says much where it is near the middle of its part and of the whole document, near the
heading of its part, at the beginning of a paragraph, or draws the sum.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

import numpy as np

from bot.i18n import Language
from bot.question.summaries import is_courtesy, leans, sums_up
from bot.reader.lists import LONGEST_LIST
from corpus import Document, Passage
from corpus.document import Span, Unit
from corpus.intake.conversations import asides_in, speaker_of, without_speaker
from corpus.language.text import fold
from corpus.split import said_from
from index import Vectors
from index.snapshot import Snapshot

SHORTEST, LONGEST = 12, 200
"""Characters of a sentence that says something by itself, and of what is cited at most."""

WEIGHTS: dict[str, float] = {"part": 1.0, "heading": 0.5, "whole": 1.0, "place": 0.25, "sum": 0.5}
"""What counts how much, each taken as standard deviations above the mean of the document: see the
table in docs/benchmarks.md.
"""

TOO_NEAR = 0.5
"""Standard deviations that a sentence loses for each that is chosen beside it in its paragraph."""

SMALLEST = 1e-6
"""Divides what may be 0."""

_ENDS = re.compile(r"[。！？!?；;…．.][。！？!?；;…”’」』）)】》\"']*$")
# What ends a thought: no semicolon, and no comma of a long sentence in pieces
_STOPS = re.compile(r"[。！？!?…．.][。！？!?…”’」』）)】》\"']*$")
_ASKS = re.compile(r"[?？][”’」』）)】》\"']*$")
_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("（", "）"), ("《", "》"))
# 第三十三条 at the beginning of an article of a law
ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇\d]+条[\s　之]")

_ORDINALS = "一二三四五六七八九十"
# 第一块砖, 第二,; not 第一条 of a law and 第一章
_COUNTED = re.compile(rf"第(?P<number>[{_ORDINALS}])(?![条章节编款十])")
# 什么 in 第一层，什么叫办结。: it names what is told behind it
_WONDERS = re.compile(r"什么|怎么|如何|为何|谁|哪")
SERIES = 2
"""Paragraphs with 第一, 第二 … from which they count the points of a document."""

COUNTED = 10.0
"""Standard deviations that a point has more which the document counts: more than all measures give
together, so that these are told first.
"""

_SAYS_NOTHING = frozenset({"heading", "header", "row", "question", "label", "code"})


class _Piece(NamedTuple):
    """A sentence with its characters, end exclusive, and its rows."""

    start: int
    end: int
    text: str
    rows: list[int]


class Statement(NamedTuple):
    """What may be cited of a document: a sentence, or two where the second leans on the first.

    Characters, end exclusive. `rows` are those of the sentence that counts. `opens` where it begins
    its paragraph and needs no other to be understood.
    """

    start: int
    end: int
    text: str
    rows: list[int]
    opens: bool


@dataclass(frozen=True)
class Telling:
    """The n sentences of a document, and their vectors (n, dim), unit rows.

    `language` is that of what is said around them.
    """

    document: Document
    sentences: Sequence[Passage]
    vectors: Vectors
    language: Language = "zh"

    @classmethod
    def of(cls, document: Document, snapshot: Snapshot, language: Language = "zh") -> Telling:
        """The sentences of a document of `snapshot`, compared by words where there is no encoder."""
        collection = snapshot.collection
        rows = collection.sentences_of_passages(collection.passages_in([document.doc_id]))
        sentences = [collection.sentences[row] for row in rows.tolist()]
        if snapshot.dense is not None:
            vectors = snapshot.dense.sentence_vectors(rows.tolist())
        else:
            vectors = _by_words(sentences, snapshot)
        return cls(document, sentences, vectors, language)

    def statements(self, start: int, end: int) -> list[Statement]:
        """What may be cited between the characters `start` and `end`, in the order of the text."""
        found: list[Statement] = []
        for unit in self.document.units_in(start, end):
            if unit.kind in _SAYS_NOTHING:
                continue
            if any(said.start <= unit.start < said.end for said in self._asides):
                continue
            before: _Piece | None = None
            for piece in self._pieces(unit):
                if is_courtesy(without_speaker(piece.text, {speaker_of(piece.text)})):
                    before = None
                    continue
                statement = _statement(piece, unit, before, unit.start in self._series)
                if statement is not None and start <= statement.start and statement.end <= end:
                    found.append(statement)
                before = piece
            if (listed := self._listed(unit, end)) is not None:
                found.append(listed)
        return found

    @cached_property
    def _series(self) -> frozenset[int]:
        """Where the paragraphs begin that count the points of the document: 第一块砖…, 第二块砖…"""
        found: list[int] = []
        runs: list[list[int]] = []
        for unit in self.document.units:
            counted = _COUNTED.match(fold(unit.text)) if unit.kind == "paragraph" else None
            if counted is None:
                continue
            number = _ORDINALS.index(counted["number"])
            if number == 0:
                runs.append([unit.start])
            elif runs and len(runs[-1]) == number:
                runs[-1].append(unit.start)
        for run in runs:
            found += run if len(run) >= SERIES else []
        return frozenset(found)

    def counts(self, statement: Statement) -> bool:
        """Whether a statement is a point that the document counts, from the beginning of its paragraph."""
        return statement.start in self._series and not _WONDERS.search(statement.text)

    @cached_property
    def _asides(self) -> list[Span]:
        return asides_in(self.document)

    def _listed(self, lead: Unit, end: int) -> Statement | None:
        """A paragraph that leads to a list, with its items: 应当按照下列标准退还：（一）……（二）……。"""
        if lead.kind != "paragraph" or not lead.text.rstrip().endswith((":", "：")):
            return None
        following = self.document.units_in(lead.end, end)
        items = list(takewhile(lambda one: one.kind == "item" and bool(one.leads), following))
        if not items or items[-1].end - lead.start > LONGEST_LIST:
            return None
        rows = list(self._rows(lead.start, lead.end))
        text = self.document.text[lead.start : items[-1].end]
        return Statement(lead.start, items[-1].end, text, rows, not lead.leads) if rows else None

    def _pieces(self, unit: Unit) -> list[_Piece]:
        """The sentences of a unit; clauses that semicolons join are one where that is short enough."""
        runs: list[list[int]] = []
        is_open = False
        for row in self._rows(unit.start, unit.end):
            sentence = self.sentences[row]
            if is_open and sentence.end - self.sentences[runs[-1][0]].start <= LONGEST:
                runs[-1].append(row)
            else:
                runs.append([row])
            is_open = not _STOPS.search(sentence.text.strip())
        spans = [(self.sentences[run[0]].start, self.sentences[run[-1]].end) for run in runs]
        text = self.document.text
        return [
            _Piece(*span, text[slice(*span)], run) for span, run in zip(spans, runs, strict=True)
        ]

    def scores(self, statements: Sequence[Statement], heading: Passage | None) -> Vectors:
        """(n,) how much each of the statements of one part says."""
        middles = [_middle(self.vectors[statement.rows]) for statement in statements]
        vectors = np.stack(middles)
        measures = {
            "part": vectors @ _middle(vectors),
            "heading": vectors @ self._vector_of(heading),
            "whole": vectors @ _middle(self.vectors),
            "place": np.array(_places(statements), np.float32),
            "sum": np.array([sums_up(one.text) for one in statements], np.float32),
        }
        scores: Vectors = np.zeros(len(statements), np.float32)
        for name, values in measures.items():
            scores += WEIGHTS[name] * _standard(values)
        return scores + COUNTED * np.array([self.counts(one) for one in statements], np.float32)

    def _vector_of(self, heading: Passage | None) -> Vectors:
        """The vector of a heading; that of the title where there is none."""
        start = heading.start if heading is not None else 0
        rows = self._rows(start, start + 1)
        if not rows:
            return np.zeros(self.vectors.shape[1], np.float32)
        found: Vectors = self.vectors[rows[0]]
        return found

    def _rows(self, start: int, end: int) -> range:
        """The rows of the sentences that overlap the characters from `start` to `end`."""
        first = bisect_right(self.sentences, start, key=lambda one: one.end)
        return range(first, bisect_left(self.sentences, end, key=lambda one: one.start))


def _statement(
    piece: _Piece, unit: Unit, before: _Piece | None, is_counted: bool
) -> Statement | None:
    """A sentence as it may be cited, with the one before it where it leans on that; else None.

    `is_counted` where its paragraph is one of a series: 第二，…
    """
    text = piece.text.strip()
    if not _is_whole(text):
        return None
    if before is None:
        is_bare = (leans(text) and not is_counted) or len(text) < SHORTEST or unit.kind == "item"
        return None if is_bare else Statement(*piece, not unit.leads)
    first = before.text.strip()
    # 要。备案分两种……: the second says what the first is too short for.
    is_answer = len(first) < SHORTEST and before.start == said_from(unit)
    follows_on = not _STOPS.search(first)
    if not (is_answer or follows_on or leans(text)):
        return Statement(*piece, False) if len(text) >= SHORTEST else None
    joined = unit.document.text[before.start : piece.end]
    is_long = len(joined) > LONGEST
    if is_long or leans(first) or _ASKS.search(first) or not _is_closed(joined):
        return None
    return Statement(before.start, piece.end, joined, piece.rows, is_answer and not unit.leads)


def _is_whole(text: str) -> bool:
    """Whether a sentence is told to its end, and tells rather than asks."""
    return bool(_ENDS.search(text)) and not _ASKS.search(text) and _is_closed(text)


def _is_closed(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in _PAIRS)


def _places(statements: Sequence[Statement]) -> list[float]:
    """1 for the first statement of a part, ½ for the last and for one that opens a paragraph."""
    places = [0.5 * one.opens for one in statements]
    places[-1] = 0.5
    places[0] = 1.0 if statements[0].opens else 0.5
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
