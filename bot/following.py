"""Chooses what a follow-up means by what the documents say: its readings are searched and weighed by rules.

The network then reads the reading that is chosen, within the windows of one question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from bot.question.analysis import Question
from bot.question.continuing import continuing
from bot.question.followup import asks_more, is_elliptic, points_back
from bot.question.metadata import asked_sections
from bot.question.readings import UNLIKE, Meaning
from bot.question.scope import Aim, By, Scope
from bot.question.smalltalk import needed_no_document
from bot.question.understand import SearchVocabulary, meanings, understand
from bot.reader.candidates import coverage
from bot.reader.extractive import Candidate, ExtractiveReader
from bot.reader.features import FEATURES
from bot.reader.mismatches import SPOKEN_OF
from corpus import Document, Passage
from corpus.language.text import fold
from index import Hit
from index.dense import DenseRetriever

History = Sequence[Mapping[str, str]]

TURNS_BACK = 4
"""Turns of a conversation back to which a follow-up is understood."""

HITS = 20
"""Passages whose sentences a reading is weighed by."""

SHORTEST_QUOTE = 4
"""Characters of a sentence that is known again in what was said: 904 alone may be anything."""

WEIGHED = 8
"""Sentences of a reading, the best by the ranking, that are weighed."""

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

LEAST_OWN = 0.6
"""The share of a question's own words that the answer elsewhere must have."""

FARTHER = 0.25
"""How much more of a question's own words the answer elsewhere must have than the best in the document that
answered the question before.
"""

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

    `best` is the sentence that answers it best by rules, None where none is known. `asks` is the text
    that says which form of answer is asked for, empty where the question itself does. `told` is the
    sentence that answered the question before, where more of it is asked for.
    """

    question: Question
    scope: Scope
    best: Passage | None = None
    asks: str = ""
    told: Passage | None = None

    @property
    def document(self) -> Document | None:
        """The document that answers it, None where none is known."""
        if self.best is not None:
            return self.best.document
        return self.scope.aims[0].document if self.scope.is_sure else None


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
        if before is None or not turns or _is_whole(question):
            return Chosen(question, scope_of(question, history))
        typed = understand(asked, (), self.vocabulary)
        named = scope_of(typed, ())
        is_name = _is_only_name(typed, named)
        if named.by == "title" and not is_name:
            return Chosen(question, scope_of(question, history))
        earlier = self.meant(history[before]["content"], history[:before], scope_of, turns - 1)
        if is_name and earlier.scope.is_sure:
            return _moved(typed, named, earlier)
        found = meanings(asked, question, earlier.question, self.vocabulary, self._alike)
        is_more = asks_more(typed)
        told = self._told(earlier, _said_after(history, before), is_more)
        document = told.document if told is not None else earlier.document
        if is_name and named.is_sure:
            document = named.aims[0].document
        chosen = self._best(found, document, lambda one: scope_of(one, history))
        asks = (earlier.asks or earlier.question.whole) if chosen.question.news else ""
        return replace(chosen, asks=asks, told=told if is_more else None)

    def _told(self, earlier: Chosen, said: str, is_needed: bool) -> Passage | None:
        """The sentence that answered a question: the one in what was `said`, or else the best by rules.

        None where nothing answers it, or where its document is known and the sentence not needed.
        """
        question, scope = earlier.question, earlier.scope
        known = earlier.document is not None and not is_needed
        if not said and (earlier.best is not None or known):
            return earlier.best
        candidates = self.reader.candidates_for(self.search(question, HITS, scope), question)
        if scope.missing is not None or not candidates:
            return None
        spoken = [one for one in candidates if _place_in(said, one) >= 0]
        if spoken:
            return min(spoken, key=lambda one: _place_in(said, one)).sentence.span
        if earlier.best is not None:
            return earlier.best
        # Of 71 first questions the first passage was 71 times of the document that was meant, the
        # best sentence of all 70 times.
        first = candidates[0].sentence.span.document
        candidates = [one for one in candidates if one.sentence.span.document is first]
        evidence = self.reader.weigh(question, candidates, (), scope)
        return candidates[int(np.argmax(evidence.scores))].sentence.span

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
        """The likeliest of the readings `found`; `document` answered the question before.

        Everywhere is looked only for what is said there and not in that document.
        """
        inside: list[_Weighed] = []
        anywhere: list[_Weighed] = []
        for one in found:
            scope = scope_of(one.question)
            if not one.is_inside:
                anywhere.append(self._weighed(one, scope))
            elif document is not None and _may_be_inside(scope, document):
                inside.append(self._weighed(one, _inside(document, one.question, scope)))
        # Of equals the first: the plainest.
        best = max(anywhere, key=lambda one: one.weight)
        nearest = max(inside, key=lambda one: one.weight, default=best)
        if _leaves(best, nearest):
            return best.chosen
        is_nowhere = nearest.chosen.best is None and document is not None
        return _only_in(document, nearest.chosen) if is_nowhere else nearest.chosen

    def _weighed(self, meaning: Meaning, scope: Scope) -> _Weighed:
        """A reading with how well the best sentence by rules answers it; -inf without one."""
        question = meaning.question
        hits = self.search(question, HITS, scope)
        if meaning.is_inside:
            hits = [hit for hit in hits if scope.fit_of(hit.passage.document) > 0]
        candidates = self.reader.candidates_for(hits, question)
        if scope.missing is not None or not candidates:
            return _Weighed(-np.inf, 0.0, 0.0, False, Chosen(question, scope))
        evidence = self.reader.weigh(question, candidates, (), scope)
        order = np.argsort(-evidence.scores, kind="stable")[:WEIGHED]
        weighed = []
        for number in order.tolist():
            sentence, row = candidates[number].sentence, evidence.features[number]
            own = coverage(meaning.own, sentence.around, question.alike)
            carried = coverage(meaning.carried, sentence.around, question.alike)
            against = float(row[_MISMATCHES].sum())
            weight = OWN * own + CARRIED * carried + MARGIN * float(row[_MARGIN]) - against
            weight += OWN_WITHIN * coverage(meaning.own, sentence.folded, question.alike)
            weight += FIT * (meaning.fit - UNLIKE)
            chosen = Chosen(question, scope, sentence.span)
            weighed.append(_Weighed(weight, own, carried, not against, chosen))
        return max(weighed, key=lambda one: one.weight)


class _Weighed(NamedTuple):
    """A reading with how well it is answered by rules.

    `own` and `carried` are the shares of its own and of the carried words that the answer has; `is_fit`
    where that is of the kind that is asked for.
    """

    weight: float
    own: float
    carried: float
    is_fit: bool
    chosen: Chosen


def _leaves(best: _Weighed, nearest: _Weighed) -> bool:
    """Whether a question is rather asked everywhere than of the document spoken of.

    It leaves that where another has more of its words, and where these are carried over, has them as well,
    or is called by X of X呢. What points back never does.
    """
    question, answer = best.chosen.question, best.chosen.best
    if answer is None or not best.is_fit or best.own < LEAST_OWN or points_back(question):
        return False
    if any(term in fold(answer.document.title) for term in question.news):
        return best.own >= nearest.own + FARTHER
    if question.carried and best.carried < SPOKEN_OF:
        return False
    return best.own + best.carried >= nearest.own + nearest.carried + FARTHER


def _is_whole(question: Question) -> bool:
    """Whether a question is read as it is: it is English, small talk, or about the article."""
    is_chinese = question.language == "zh"
    return not is_chinese or bool(question.smalltalk) or bool(asked_sections(question))


def _is_only_name(typed: Question, named: Scope) -> bool:
    """Whether a question asks nothing but for another document: 潍坊的供热条例呢."""
    if not named.aims or not typed.terms or not is_elliptic(typed):
        return False
    title = fold(named.aims[0].document.title)
    return all(term in title for term in typed.terms)


def _moved(typed: Question, named: Scope, earlier: Chosen) -> Chosen:
    """What was asked before, without the name of its document, of the one that `typed` names."""
    is_sure = earlier.scope.is_sure
    before = earlier.scope.aims[0].question if is_sure else earlier.question
    question = replace(before, asked=typed.asked)
    meant = named.aims if named.is_sure else named.aims[:1]
    aims = tuple(Aim(aim.document, 1.0, question) for aim in meant)
    by: By = "title" if named.doc_ids is None else "request"
    asks = earlier.asks or earlier.question.whole
    return Chosen(question, replace(named, aims=aims, by=by), asks=asks)


def _place_in(said: str, candidate: Candidate) -> int:
    """Where a sentence stands in what was said, folded; -1 where it does not."""
    text = candidate.sentence.folded.strip()
    return said.find(text) if len(text) >= SHORTEST_QUOTE else -1


def _said_after(history: History, turn: int) -> str:
    """What was answered to the question of a turn, folded; empty where the conversation has questions alone."""
    following = history[turn + 1 : turn + 2]
    return fold("".join(one["content"] for one in following if one["role"] == "assistant"))


def _may_be_inside(scope: Scope, document: Document) -> bool:
    """Whether a question with this scope may be asked of `document`: it names no other place."""
    return scope.missing is None and (scope.by != "place" or scope.fit_of(document) > 0)


def _inside(document: Document, question: Question, scope: Scope) -> Scope:
    """`scope` of a question that is asked of one document, within what a request is limited to."""
    by: By = "history" if scope.doc_ids is None else "request"
    fit = 1.0 if points_back(question) else FIT_INSIDE
    return replace(scope, aims=(Aim(document, fit, question),), by=by)


def _only_in(document: Document | None, chosen: Chosen) -> Chosen:
    """What is asked of one document and of no other."""
    doc_ids = (document.doc_id,) if document is not None else ()
    return replace(chosen, scope=replace(chosen.scope, doc_ids=doc_ids))


def _turn_before(history: History) -> int | None:
    """The number of the last turn that asked the documents something of its own, or None."""
    for number in range(len(history) - 1, -1, -1):
        turn = history[number]
        is_asked = turn["role"] == "user" and continuing(turn["content"]) is None
        if is_asked and not needed_no_document(number, history):
            return number
    return None
