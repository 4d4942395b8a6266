"""A made question, and where the text answers it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from corpus import Document, Passage
from corpus.document import Span

AnswerKind = Literal["number", "date", "person", "place", "organisation", "reason", "list", "text"]
"""What answers a question: an amount or a length of time is a number, a day or an hour a date."""


@dataclass(frozen=True, slots=True)
class Made:
    """A question on a document.

    `answer` is the span of the answer in the text of the document, in characters, None where the
    document does not tell; `cited` is the sentence or the units in which it stands, or would.
    `maker` is the name of the module that made it.
    """

    document: Document
    question: str
    answer: Span | None
    cited: Span
    kind: AnswerKind
    maker: str

    @property
    def gold(self) -> Passage | None:
        """The answer as a passage of its document; None where there is none."""
        return None if self.answer is None else Passage(self.document, *self.answer)

    @property
    def answer_text(self) -> str:
        """The words of the answer; empty where there is none."""
        return "" if self.answer is None else self.document.text[slice(*self.answer)]

    @property
    def cited_text(self) -> str:
        """The words of what is cited."""
        return self.document.text[slice(*self.cited)]


def span_of(sentence: Passage, found: re.Match[str], group: str) -> Span:
    """Where a group of a match in the text of a sentence stands in its document."""
    start, end = found.span(group)
    return Span(sentence.start + start, sentence.start + end)


def cited(passage: Passage) -> Span:
    """The span of a passage."""
    return Span(passage.start, passage.end)
