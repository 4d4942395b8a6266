"""Chooses what a follow-up means by what the documents say: its readings are searched and weighed by rules.

The network then reads the reading that is chosen, within the windows of one question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.question.analysis import Question
from bot.question.continuing import continuing
from bot.question.followup import points_back
from bot.question.metadata import asked_sections
from bot.question.readings import UNLIKE, Meaning
from bot.question.scope import Aim, By, Scope
from bot.question.smalltalk import needed_no_document
from bot.question.understand import SearchVocabulary, meanings, understand
from bot.reader.candidates import coverage
from bot.reader.extractive import ExtractiveReader
from bot.reader.features import FEATURES
from corpus import Document
from index import Hit
from index.dense import DenseRetriever

History = Sequence[Mapping[str, str]]

TURNS_BACK = 4
"""Turns of a conversation back to which a follow-up is understood."""

HITS = 20
"""Passages whose sentences a reading is weighed by."""

# What each kind of evidence counts: set by hand on the half of tests/data/followups-*.jsonl that is for
# fitting, where FIT of 8, 15 and 10 with INSIDE of 0.5, 1 and 0.6 gave .744, .732 and .774 right on the
# way (docs/benchmarks.md). No finer search was made.
OWN = 3.0
"""The share of the terms of its own that the best sentence has in it or around it."""

OWN_WITHIN = 1.0
"""The same share in the sentence itself."""

CARRIED = 2.0
"""The share of the terms carried over."""

MARGIN = 3.0
"""The margin of the sentence, ten times a cosine."""

FIT = 10.0
"""How much liker than other words those are that were replaced, a cosine."""

INSIDE = 0.6
"""Being asked of the document that answered the question before."""

INSIDE_NEWS = 1.2
"""The same of X呢, which asks nothing by itself."""

FIT_INSIDE = 0.5
"""How surely a reading that is asked of that document is about it, 0 to 1; 1 where it points back. Of the
half for fitting .798 are right and 23 answered wrongly, with .3 and .7 within three of these; with 1 for
all, as where the question names it, .786 and 26.
"""

_MARGIN = FEATURES.index("margin")
_MISMATCHES = [FEATURES.index(name) for name in ("kind", "date", "number", "rival")]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is meant: a question with its scope.

    `document` holds the sentence that answers it best by rules, None where none is known. `asks` is
    the text that says which form of answer is asked for, empty where the question itself does.
    """

    question: Question
    scope: Scope
    document: Document | None
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Following:
    """Understands follow-ups by the documents that `search` finds and `reader` weighs.

    Without `dense` no wording is more like another than any.
    """

    vocabulary: SearchVocabulary
    search: Callable[[Question, int, Scope], list[Hit]]
    reader: ExtractiveReader
    dense: DenseRetriever | None

    def meant(
        self,
        asked: str,
        history: History,
        scope_of: Callable[[Question, History], Scope],
        turns: int = TURNS_BACK,
    ) -> Chosen:
        """What `asked` means after the turns of `history`; `scope_of` gives the scope of a question.

        The question before is understood first, from those before it, at most `turns` back.
        """
        question = understand(asked, history, self.vocabulary)
        before = _turn_before(history)
        if before is None or not turns or self._is_whole(asked, question, scope_of):
            return self._alone(question, scope_of(question, history))
        earlier = self.meant(history[before]["content"], history[:before], scope_of, turns - 1)
        found = meanings(asked, question, earlier.question, self.vocabulary, self._alike)
        document = earlier.document or self._answering(earlier)
        chosen = self._best(found, document, lambda one: scope_of(one, history))
        if not chosen.question.news:
            return chosen
        return replace(chosen, asks=earlier.asks or earlier.question.whole)

    def _is_whole(
        self, asked: str, question: Question, scope_of: Callable[[Question, History], Scope]
    ) -> bool:
        """Whether a question is read as it is: it is English, about the article, or names its document."""
        if question.language == "en" or question.smalltalk or asked_sections(question):
            return True
        typed = understand(asked, (), self.vocabulary)
        return scope_of(typed, ()).by == "title"

    def _alone(self, question: Question, scope: Scope) -> Chosen:
        document = scope.aims[0].document if scope.is_sure else None
        return Chosen(question, scope, document)

    def _answering(self, chosen: Chosen) -> Document | None:
        """The document of the sentence that answers best by rules."""
        alone = Meaning(chosen.question, chosen.question.terms, {})
        return self._weighed(alone, chosen.scope)[1]

    def _alike(self, one: str, other: str) -> float:
        """How alike two wordings are: the cosine of their vectors."""
        if self.dense is None:
            return 0.0
        return float(self.dense.vector(one) @ self.dense.vector(other))

    def _best(
        self,
        found: Sequence[Meaning],
        document: Document | None,
        scope_of: Callable[[Question], Scope],
    ) -> Chosen:
        """The likeliest of the readings `found`; `document` answered the question before."""
        weighed = []
        for one in found:
            scope = scope_of(one.question)
            if one.is_inside:
                if document is None or not _may_be_inside(scope, document):
                    continue
                scope = _inside(document, one.question, scope)
            weight, answering = self._weighed(one, scope)
            weighed.append((weight, Chosen(one.question, scope, answering)))
        # Of equals the first: the plainest.
        return max(weighed, key=lambda one: one[0])[1]

    def _weighed(self, meaning: Meaning, scope: Scope) -> tuple[float, Document | None]:
        """How well the best sentence by rules answers a reading, and its document; -inf without one."""
        question = meaning.question
        hits = self.search(question, HITS, scope)
        candidates = self.reader.candidates_for(hits, question)
        if scope.missing is not None or not candidates:
            return -np.inf, None
        evidence = self.reader.weigh(question, candidates, (), scope)
        best = int(np.argmax(evidence.scores))
        sentence, row = candidates[best].sentence, evidence.features[best]
        weight = OWN * coverage(meaning.own, sentence.around, question.alike)
        weight += OWN_WITHIN * coverage(meaning.own, sentence.folded, question.alike)
        weight += CARRIED * coverage(meaning.carried, sentence.around, question.alike)
        weight += MARGIN * float(row[_MARGIN]) - float(row[_MISMATCHES].sum())
        inside = INSIDE_NEWS if question.news else INSIDE
        weight += FIT * (meaning.fit - UNLIKE) + inside * meaning.is_inside
        return weight, sentence.span.document


def _may_be_inside(scope: Scope, document: Document) -> bool:
    """Whether a question with this scope may be asked of `document`: it names no other place."""
    return scope.missing is None and (scope.by != "place" or scope.fit_of(document) > 0)


def _inside(document: Document, question: Question, scope: Scope) -> Scope:
    """`scope` of a question that is asked of one document, within what a request is limited to."""
    by: By = "history" if scope.doc_ids is None else "request"
    fit = 1.0 if points_back(question) else FIT_INSIDE
    return replace(scope, aims=(Aim(document, fit, question),), by=by)


def _turn_before(history: History) -> int | None:
    """The number of the last turn that asked the documents something of its own, or None."""
    for number in range(len(history) - 1, -1, -1):
        turn = history[number]
        is_asked = turn["role"] == "user" and continuing(turn["content"]) is None
        if is_asked and not needed_no_document(number, history):
            return number
    return None
