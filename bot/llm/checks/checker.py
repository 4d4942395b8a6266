"""Whether a sentence of a model is supported by the sentences that it cites, by all checks together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.answer import Citation
from bot.llm.checks.alignment import align
from bot.llm.checks.cloze import points_elsewhere
from bot.llm.checks.coverage import coverage, lacks_wording, says_nothing
from bot.llm.checks.names import lacks_name
from bot.llm.checks.negation import is_reversed
from bot.llm.checks.opposites import PREDICATES, has_opposite
from bot.llm.checks.roles import is_swapped
from bot.llm.checks.statement import Statement, cited_statement, joined, statement
from bot.llm.checks.values import lacks_value
from bot.llm.sentences import MarkedSentence
from bot.reader.network import SpanReader
from corpus.language.text import Segmenter, fold

CheckName = Literal["marks", "values", "names", "coverage", "negation", "roles", "cloze"]

MOVED = 0.9
"""Coverage from which a candidate may be cited that the model did not cite."""

FAR = 0.1
"""Coverage by which the one that it did cite must be behind, where that too supports the sentence."""

_CONTRARY = frozenset({"negation", "roles", "cloze"})
_REMEMBERED = 512


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
        self._cited = lru_cache(_REMEMBERED)(self._read)

    def check(
        self, sentence: MarkedSentence, candidates: Sequence[Citation], asked: str
    ) -> Checked:
        """Checks a sentence; mark n names `candidates[n - 1]`, `asked` is the question.

        Marks that add nothing go. Where the cited sentences do not support it, another candidate is
        cited that does and has nearly all of its wording.
        """
        claim = statement(sentence.text, self._segmenter)
        sources = [self._cited(candidate) for candidate in candidates]
        folded = fold(asked)
        known = tuple(mark for mark in sentence.marks if 1 <= mark <= len(candidates))
        failed: tuple[str, ...] = ("marks",)
        if known:
            kept = self._needed(claim, sources, known)
            source = joined([sources[mark - 1] for mark in kept])
            failed = self._failed(claim, source, folded) or self._in_doubt(claim, source)
            if not failed:
                kept = self._nearer(claim, sources, kept, folded) or kept
                return Checked(sentence._replace(marks=kept), (), True)
            if _CONTRARY.intersection(failed) and self._is_near(claim, sources, kept):
                return Checked(sentence._replace(marks=()), failed, False)
        moved = self._moved(claim, sources, folded)
        marks = () if moved is None else (moved,)
        return Checked(sentence._replace(marks=marks), failed, bool(marks))

    def prepare(self, candidates: Sequence[Citation]) -> None:
        """Reads candidates, so that the first sentence that cites them need not wait for it."""
        for candidate in candidates:
            self._cited(candidate)

    def _read(self, citation: Citation) -> Statement:
        return cited_statement(citation, self._segmenter)

    def _failed(self, claim: Statement, source: Statement, asked: str) -> tuple[str, ...]:
        return tuple(self._failing(claim, source, asked))

    def _failing(self, claim: Statement, source: Statement, asked: str) -> Iterator[CheckName]:
        """The checks that a claim fails against its source, the cheap ones first."""
        if lacks_value(claim, source):
            yield "values"
        if lacks_name(claim, source, self._segmenter):
            yield "names"
        if lacks_wording(claim, source, self._segmenter, asked):
            yield "coverage"
        aligned = align(claim, source)
        if is_reversed(aligned) or has_opposite(aligned, PREDICATES):
            yield "negation"
        if is_swapped(aligned):
            yield "roles"

    def _in_doubt(self, claim: Statement, source: Statement) -> tuple[str, ...]:
        """What the network says where the rules found nothing."""
        if self._network is None:
            return ()
        aligned = align(claim, source)
        is_wrong = points_elsewhere(claim, source, aligned, self._segmenter, self._network)
        return ("cloze",) if is_wrong else ()

    def _needed(
        self, claim: Statement, sources: Sequence[Statement], marks: Sequence[int]
    ) -> tuple[int, ...]:
        """The marks without which a claim would be covered less."""
        kept = list(marks)
        for mark in marks:
            rest = [other for other in kept if other != mark]
            whole = self._covered(claim, sources, kept)
            if rest and self._covered(claim, sources, rest) >= whole:
                kept = rest
        return tuple(kept)

    def _covered(
        self, claim: Statement, sources: Sequence[Statement], marks: Sequence[int]
    ) -> float:
        source = joined([sources[mark - 1] for mark in marks])
        return coverage(claim, source, self._segmenter)

    def _is_near(
        self, claim: Statement, sources: Sequence[Statement], marks: Sequence[int]
    ) -> bool:
        """Whether what is cited speaks of the same, so that it is the one to say the opposite."""
        return self._covered(claim, sources, marks) >= MOVED - 2 * FAR

    def _nearer(
        self, claim: Statement, sources: Sequence[Statement], marks: Sequence[int], asked: str
    ) -> tuple[int, ...] | None:
        """A candidate that supports a claim far better than the one that is cited, if there is one."""
        covered = self._covered(claim, sources, marks)
        if len(marks) > 1 or covered >= MOVED:
            return None
        moved = self._moved(claim, sources, asked)
        if moved is None or self._covered(claim, sources, (moved,)) < covered + FAR:
            return None
        return (moved,)

    def _moved(self, claim: Statement, sources: Sequence[Statement], asked: str) -> int | None:
        """The candidate that covers the claim best and supports it, from 1; None where none is near enough."""
        if says_nothing(claim, self._segmenter):
            return None
        covered = {
            number: coverage(claim, source, self._segmenter)
            for number, source in enumerate(sources, 1)
        }
        for number in sorted(covered, key=lambda number: -covered[number]):
            source = sources[number - 1]
            if covered[number] < MOVED:
                return None
            failed = self._failed(claim, source, asked) or self._in_doubt(claim, source)
            if not failed:
                return number
            if _CONTRARY.intersection(failed):
                # The nearest candidate says the opposite.
                return None
        return None
