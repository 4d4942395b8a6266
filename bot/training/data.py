"""What the network learns from: windows with the answer, and windows without it that look much like them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.evals.datasets import Dataset, DatasetSplit
from bot.reader.network import LONGEST, Window, Windows
from bot.training.augmentation import Wording
from corpus import Document, Passage
from corpus.language.text import Segmenter, fold
from index.collection import collect
from index.lexical import LexicalRetriever

HARD = 8
"""Passages of other documents that share most with a question, any of which may be shown instead of its own."""

WITH_CONTEXT, REWORDED, ALTERED = 0.8, 0.3, 0.3
"""How often a title stands before the text, and a question is put in other words; how many questions are also changed
so that the text has no answer, which succeeds with three quarters of them."""

WITHOUT_ANSWER = (0.6, 0.3)
"""How many windows of text without the answer go with one that answers, in the first epoch and in all that follow: that
there is none is learned long before where it is."""

SAME_DOCUMENT, WHOLE_PASSAGE = 0.35, 0.5
"""Of those without an answer, from the document that has it; of all, cut as passages are and not anywhere."""

SHORTEST_CROP, LONGEST_CROP = 96, 224
_LEAST_TEXT = 24


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a set and where its answer stands in the text."""

    text: str
    gold: Passage


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A window's ids, (length,) int32, and the places of the answer's first and last token in it, 0 where none is."""

    ids: npt.NDArray[np.int32]
    start: int
    end: int


def questions_of(dataset: Dataset, part: DatasetSplit) -> list[Question]:
    """The answerable questions of a set that are for `part`, each with the first of its golden spans.

    A set that is not divided is all of it for every part.
    """
    divided = bool(dataset.splits)
    wanted = (
        case
        for case in dataset.cases
        if not divided or dataset.splits.get(case.case_id, "report") == part
    )
    return [Question(case.question, case.gold[0][0]) for case in wanted if case.gold]


class Samples:
    """Draws the windows of an epoch; the same seed and number give the same."""

    def __init__(
        self, questions: Sequence[Question], windows: Windows, segmenter: Segmenter, seed: int = 0
    ) -> None:
        self._questions = questions
        self._windows = windows
        self._seed = seed
        documents = list({q.gold.document.doc_id: q.gold.document for q in questions}.values())
        titles = sorted({d.title for d in documents if d.title})
        self._wording = Wording([question.text for question in questions], titles, segmenter)
        self._collection = collect(documents)
        lexical = LexicalRetriever.build(self._collection, segmenter)
        self._hard = [lookalikes(lexical, question, HARD) for question in questions]
        self._own: dict[str, list[Passage]] = {}
        for passage in self._collection.passages:
            self._own.setdefault(passage.document.doc_id, []).append(passage)

    def epoch(self, number: int) -> list[Sample]:
        """The samples of epoch `number`, in the order of the questions."""
        drawn = np.random.default_rng([self._seed, number])
        without = WITHOUT_ANSWER[min(number, 1)]
        return [
            sample for at in range(len(self._questions)) for sample in self._of(at, without, drawn)
        ]

    def _of(self, at: int, without: float, drawn: np.random.Generator) -> Iterator[Sample]:
        question = self._questions[at]
        text = self._windows.tokens(question.gold.document.text)
        answer = text.covering(question.gold.start, question.gold.end)
        own = self._around(question.gold, answer, drawn)
        asked = (
            self._wording.reworded(question.text, drawn)
            if drawn.random() < REWORDED
            else question.text
        )
        yield from self._sample(asked, question.gold.document, own, answer, drawn)
        other = self._wording.altered(question.text, question.gold.document, drawn)
        if other and drawn.random() < ALTERED:
            yield from self._sample(other, question.gold.document, own, None, drawn)
        if drawn.random() < without:
            if drawn.random() < SAME_DOCUMENT:
                document, tokens = (
                    question.gold.document,
                    self._beside(question.gold, answer, drawn),
                )
            elif self._hard[at]:
                passage = self._hard[at][int(drawn.integers(len(self._hard[at])))]
                document, place = passage.document, self._windows.tokens(passage.document.text)
                first, last = place.covering(passage.start, passage.end)
                middle = int(drawn.integers(first, last + 1))
                tokens = self._around(
                    Passage(document, *place.spans[middle]), (middle, middle), drawn
                )
            else:
                return
            if tokens and not self._says(document, tokens, question):
                yield from self._sample(asked, document, tokens, None, drawn)

    def _sample(
        self,
        asked: str,
        document: Document,
        tokens: tuple[int, int],
        answer: tuple[int, int] | None,
        drawn: np.random.Generator,
    ) -> Iterator[Sample]:
        head = self._windows.head(asked, document.title if drawn.random() < WITH_CONTEXT else "")
        text = self._windows.tokens(document.text)
        first, last = tokens
        last = min(last, first + LONGEST - len(head) - 1)
        if answer and not first <= answer[0] <= answer[1] < last:
            return
        window = self._windows.window(head, text, first, last)
        yield Sample(np.array(window.ids, np.int32), *_places(window, answer))

    def _around(
        self, place: Passage, tokens: tuple[int, int], drawn: np.random.Generator
    ) -> tuple[int, int]:
        """The passage that holds a place, or a cut of any length around it: first token, and the one past the last."""
        text = self._windows.tokens(place.document.text)
        if drawn.random() < WHOLE_PASSAGE:
            holding = (
                p
                for p in self._own[place.document.doc_id]
                if p.start <= place.start and place.end <= p.end
            )
            if passage := next(holding, None):
                first, last = text.covering(passage.start, passage.end)
                return first, last + 1
        room = int(drawn.integers(SHORTEST_CROP, LONGEST_CROP + 1)) - _LEAST_TEXT
        return _cut(len(text.ids), tokens, max(room, tokens[1] - tokens[0] + 1), drawn)

    def _beside(
        self, gold: Passage, answer: tuple[int, int], drawn: np.random.Generator
    ) -> tuple[int, int] | None:
        """A cut of the same document before the answer or after it, or None where there is no room."""
        size = len(self._windows.tokens(gold.document.text).ids)
        sides = [(a, b) for a, b in ((0, answer[0]), (answer[1] + 1, size)) if b - a >= _LEAST_TEXT]
        if not sides:
            return None
        begin, end = sides[int(drawn.integers(len(sides)))]
        room = int(drawn.integers(SHORTEST_CROP, LONGEST_CROP + 1)) - _LEAST_TEXT
        middle = int(drawn.integers(begin, end)) - begin
        first, last = _cut(end - begin, (middle, middle), room, drawn)
        return begin + first, begin + last

    def _says(self, document: Document, tokens: tuple[int, int], question: Question) -> bool:
        spans = self._windows.tokens(document.text).spans
        return fold(question.gold.text) in fold(
            document.text[spans[tokens[0]][0] : spans[tokens[1] - 1][1]]
        )


def lookalikes(lexical: LexicalRetriever, question: Question, count: int) -> list[Passage]:
    """Passages of other documents that share most with a question and do not say its answer, at most `count`."""
    answer, own = fold(question.gold.text), question.gold.document
    hits = (hit.passage for hit in lexical.search(question.text, 3 * count))
    return [p for p in hits if p.document != own and answer not in fold(p.text)][:count]


def batches(samples: Sequence[Sample], size: int, drawn: np.random.Generator) -> list[list[Sample]]:
    """All of `samples` in random batches of at most `size`, the windows of each about equally long."""
    order = drawn.permutation(len(samples))
    made = []
    for start in range(0, len(order), 32 * size):
        chunk = sorted(
            order[start : start + 32 * size].tolist(), key=lambda at: len(samples[at].ids)
        )
        made += [
            [samples[at] for at in chunk[begin : begin + size]]
            for begin in range(0, len(chunk), size)
        ]
    return [made[at] for at in drawn.permutation(len(made))]


def _cut(
    size: int, inside: tuple[int, int], room: int, drawn: np.random.Generator
) -> tuple[int, int]:
    """A cut of `room` of `size` tokens, or all where there are fewer, that holds those from `inside[0]` to [1]."""
    lowest, highest = max(0, inside[1] + 1 - room), min(inside[0], max(0, size - room))
    first = int(drawn.integers(lowest, highest + 1))
    return first, min(first + room, size)


def _places(window: Window, answer: tuple[int, int] | None) -> tuple[int, int]:
    shift = window.begin - window.first
    return (answer[0] + shift, answer[1] + shift) if answer else (0, 0)
