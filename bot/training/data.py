"""Makes the training samples: windows that hold the answer, and hard negatives that do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.evals.datasets import Dataset, DatasetSplit
from bot.reader.network import LONGEST, Windows
from bot.training.augmentation import Augmenter
from corpus import Document, Passage
from corpus.language.text import Segmenter, fold
from index.collection import collect
from index.lexical import LexicalRetriever

HARD_NEGATIVES = 8
"""Hard negatives kept for a question, one of which is drawn: several, so that epochs differ."""

WITH_TITLE = 0.8
"""Probability that the title stands before the text: not always, since a text may have none."""

REWORDED = 0.3
"""Probability that a question is reworded."""

ALTERED = 0.3
"""Probability that a question is also altered so that the text has no answer.

Altering succeeds with three quarters of the questions.
"""

WITHOUT_ANSWER = (0.6, 0.3)
"""Probability of a window without the answer beside one with it: in epoch 0, and in all that follow.

The network learns that there is no answer long before it learns where the answer is.
"""

SAME_DOCUMENT = 0.35
"""Share of the windows without the answer that are cut from the document that has it."""

WHOLE_PASSAGE = 0.5
"""Share of the windows that are cut as passages are; the others are cut anywhere."""

SHORTEST_CROP, LONGEST_CROP = 96, 224
"""Tokens drawn for a crop, so that windows are of all lengths; what does not fit in one is cut."""

SHORTEST_TEXT = 24
"""Tokens of the least text to crop from; a crop is as much shorter than the length drawn."""

BATCHES_SORTED = 32
"""Batches whose samples are sorted by length together: enough to pad little, and still random."""


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question of a set, and where its answer stands in the text."""

    text: str
    gold: Passage


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A window to train on.

    `ids` is (length,) int32. `start` and `end` are the places in it of the first and the last token
    of the answer, both 0 where the window holds none.
    """

    ids: npt.NDArray[np.int32]
    start: int
    end: int


class Crop(NamedTuple):
    """The tokens of a text from `first` to `end`, `end` left out."""

    first: int
    end: int


def questions_of(dataset: Dataset, split: DatasetSplit) -> list[AnsweredQuestion]:
    """The answerable questions of a split, each with the first of its gold spans.

    A set without splits gives all its questions for every split.
    """
    questions = []
    for case in dataset.cases:
        belongs = not dataset.splits or dataset.splits.get(case.case_id, "report") == split
        if belongs and case.gold:
            questions.append(AnsweredQuestion(case.question, case.gold[0][0]))
    return questions


class Sampler:
    """Draws the samples of an epoch. The same seed and epoch give the same samples."""

    def __init__(
        self,
        questions: Sequence[AnsweredQuestion],
        windows: Windows,
        segmenter: Segmenter,
        seed: int = 0,
    ) -> None:
        """Hard negatives are searched in the documents of `questions`."""
        self._questions = questions
        self._windows = windows
        self._seed = seed
        documents = documents_of(questions)
        titles = sorted({document.title for document in documents if document.title})
        texts = [question.text for question in questions]
        self._augmenter = Augmenter(texts, titles, segmenter)
        collection = collect(documents)
        lexical = LexicalRetriever.build(collection, segmenter)
        self._negatives = [hard_negatives(lexical, q, HARD_NEGATIVES) for q in questions]
        self._passages: dict[str, list[Passage]] = {}
        for passage in collection.passages:
            self._passages.setdefault(passage.document.doc_id, []).append(passage)

    def epoch(self, number: int) -> list[Sample]:
        """The samples of epoch `number`, in the order of the questions."""
        rng = np.random.default_rng([self._seed, number])
        without_answer = WITHOUT_ANSWER[min(number, 1)]
        samples: list[Sample] = []
        for question, negatives in zip(self._questions, self._negatives, strict=True):
            samples += self._samples(question, negatives, without_answer, rng)
        return samples

    def _samples(
        self,
        question: AnsweredQuestion,
        negatives: Sequence[Passage],
        without_answer: float,
        rng: np.random.Generator,
    ) -> Iterator[Sample]:
        """The window with the answer, and those without it that are drawn."""
        # Trained weights can be made again only while the order of the draws stays as it is.
        document = question.gold.document
        tokens = self._windows.tokens(document.text)
        answer = tokens.covering(question.gold.start, question.gold.end)
        crop = self._crop_around(question.gold, answer, rng)
        asked = question.text
        if rng.random() < REWORDED:
            asked = self._augmenter.reword(asked, rng)
        yield from self._sample(asked, document, crop, answer, rng)
        altered = self._augmenter.alter(question.text, document, rng)
        if altered and rng.random() < ALTERED:
            yield from self._sample(altered, document, crop, None, rng)
        if rng.random() < without_answer:
            negative = self._negative(question, answer, negatives, rng)
            if negative:
                yield from self._sample(asked, *negative, None, rng)

    def _negative(
        self,
        question: AnsweredQuestion,
        answer: tuple[int, int],
        negatives: Sequence[Passage],
        rng: np.random.Generator,
    ) -> tuple[Document, Crop] | None:
        """A crop without the answer, of the question's document or of a hard negative.

        None where there is no room for one, or the answer is found in it after all.
        """
        if rng.random() < SAME_DOCUMENT:
            document = question.gold.document
            crop = self._crop_beside(document, answer, rng)
        elif negatives:
            passage = negatives[int(rng.integers(len(negatives)))]
            document = passage.document
            crop = self._crop_in(passage, rng)
        else:
            return None
        if not crop or self._holds(document, crop, question.gold.text):
            return None
        return document, crop

    def _sample(
        self,
        question: str,
        document: Document,
        crop: Crop,
        answer: tuple[int, int] | None,
        rng: np.random.Generator,
    ) -> Iterator[Sample]:
        """The sample of a crop; none where it is cut to the length of a window and loses the answer.

        `answer` is the first and the last token of the answer in the document.
        """
        title = document.title if rng.random() < WITH_TITLE else ""
        head = self._windows.head(question, title)
        room = LONGEST - len(head) - 1
        end = min(crop.end, crop.first + room)
        if answer and not crop.first <= answer[0] <= answer[1] < end:
            return
        tokens = self._windows.tokens(document.text)
        window = self._windows.window(head, tokens, crop.first, end)
        ids = np.array(window.ids, np.int32)
        if answer is None:
            yield Sample(ids, 0, 0)
        else:
            shift = window.begin - window.first
            yield Sample(ids, answer[0] + shift, answer[1] + shift)

    def _crop_around(
        self, place: Passage, inside: tuple[int, int], rng: np.random.Generator
    ) -> Crop:
        """The passage that holds `place`, or a crop of any length that does.

        `inside` is the first and the last token of `place`.
        """
        tokens = self._windows.tokens(place.document.text)
        if rng.random() < WHOLE_PASSAGE:
            for passage in self._passages[place.document.doc_id]:
                if passage.start <= place.start and place.end <= passage.end:
                    first, last = tokens.covering(passage.start, passage.end)
                    return Crop(first, last + 1)
        length = max(_crop_length(rng), inside[1] - inside[0] + 1)
        return _crop(len(tokens.ids), inside, length, rng)

    def _crop_in(self, passage: Passage, rng: np.random.Generator) -> Crop:
        """The passage, or a crop of any length around one of its tokens."""
        tokens = self._windows.tokens(passage.document.text)
        first, last = tokens.covering(passage.start, passage.end)
        middle = int(rng.integers(first, last + 1))
        token = Passage(passage.document, *tokens.spans[middle])
        return self._crop_around(token, (middle, middle), rng)

    def _crop_beside(
        self, document: Document, answer: tuple[int, int], rng: np.random.Generator
    ) -> Crop | None:
        """A crop of the document before or after the answer; None where neither side has room."""
        size = len(self._windows.tokens(document.text).ids)
        sides = []
        for side in (Crop(0, answer[0]), Crop(answer[1] + 1, size)):
            if side.end - side.first >= SHORTEST_TEXT:
                sides.append(side)
        if not sides:
            return None
        begin, end = sides[int(rng.integers(len(sides)))]
        length = _crop_length(rng)
        middle = int(rng.integers(begin, end)) - begin
        crop = _crop(end - begin, (middle, middle), length, rng)
        return Crop(begin + crop.first, begin + crop.end)

    def _holds(self, document: Document, crop: Crop, text: str) -> bool:
        """Whether the folded crop holds the folded `text`."""
        spans = self._windows.tokens(document.text).spans
        start = spans[crop.first][0]
        end = spans[crop.end - 1][1]
        return fold(text) in fold(document.text[start:end])


def documents_of(questions: Sequence[AnsweredQuestion]) -> list[Document]:
    """The documents that answer the questions, each once, in the order of the questions."""
    by_id = {question.gold.document.doc_id: question.gold.document for question in questions}
    return list(by_id.values())


def hard_negatives(
    lexical: LexicalRetriever, question: AnsweredQuestion, count: int
) -> list[Passage]:
    """The best hits in other documents that do not hold the answer, at most `count`."""
    answer = fold(question.gold.text)
    negatives = []
    # Three times as many are searched, since some are of the own document or hold the answer.
    for hit in lexical.search(question.text, 3 * count):
        passage = hit.passage
        if passage.document != question.gold.document and answer not in fold(passage.text):
            negatives.append(passage)
    return negatives[:count]


def batches(samples: Sequence[Sample], size: int, rng: np.random.Generator) -> list[list[Sample]]:
    """All samples in random batches of at most `size`, those of a batch about equally long."""
    order = rng.permutation(len(samples)).tolist()
    made: list[list[Sample]] = []
    for start in range(0, len(order), BATCHES_SORTED * size):
        chunk = [samples[number] for number in order[start : start + BATCHES_SORTED * size]]
        chunk.sort(key=lambda sample: len(sample.ids))
        for begin in range(0, len(chunk), size):
            made.append(chunk[begin : begin + size])
    return [made[number] for number in rng.permutation(len(made))]


def _crop_length(rng: np.random.Generator) -> int:
    """The length of a crop in tokens, drawn."""
    return int(rng.integers(SHORTEST_CROP, LONGEST_CROP + 1)) - SHORTEST_TEXT


def _crop(size: int, inside: tuple[int, int], length: int, rng: np.random.Generator) -> Crop:
    """A crop of `length` out of `size` tokens, or of all where there are fewer.

    It holds the tokens from `inside[0]` to `inside[1]`.
    """
    lowest = max(0, inside[1] + 1 - length)
    highest = min(inside[0], max(0, size - length))
    first = int(rng.integers(lowest, highest + 1))
    return Crop(first, min(first + length, size))
