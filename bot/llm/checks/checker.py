"""Whether a sentence of a model is supported by the sentences that it cites, by all checks together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.answer import Citation
from bot.llm.sentences import MarkedSentence
from bot.reader.network import SpanReader
from corpus.language.text import Segmenter


class Checked(NamedTuple):
    """What the checks say of a sentence.

    `sentence` has the marks that are supported, which may be others than the model's or none. `failed`
    names the checks that failed for the marks it had; `is_supported` whether it has support now.
    """

    sentence: MarkedSentence
    failed: tuple[str, ...]
    is_supported: bool


class Checker:
    """Holds the sentences of a model against the candidates that they cite. Threads may share it."""

    def __init__(self, segmenter: Segmenter, network: SpanReader | None) -> None:
        self._segmenter = segmenter
        self._network = network

    def check(
        self, sentence: MarkedSentence, candidates: Sequence[Citation], asked: str
    ) -> Checked:
        """Checks a sentence; mark n names `candidates[n - 1]`, `asked` is the question."""
        known = tuple(mark for mark in sentence.marks if 1 <= mark <= len(candidates))
        failed = () if known else ("marks",)
        return Checked(sentence._replace(marks=known), failed, bool(known))
