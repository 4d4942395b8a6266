"""Answers a question: understand → search → read → Answer. Everything that asks, asks here."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from bot.answer import ABSENT, Answer, Citation
from bot.composer.answering import answer_from, answer_with_rest, with_composition, without_work
from bot.composer.continuing import ASK_FIRST, TOO_LONG_AGO, Earlier, carry_on
from bot.composer.sources import Material, Sources
from bot.extract import Extract
from bot.following import Chosen, Following
from bot.i18n import Language, Pair, language_of_locale, pick
from bot.llm.candidates import candidates_of
from bot.question.analysis import Question, language_of
from bot.question.continuing import continued
from bot.question.followup import is_elliptic, may_stand_alone, stands_alone
from bot.question.forms import AskedForm, FormFinder
from bot.question.scope import NO_SCOPE, Scope, ScopeFinder
from bot.question.search import ScopedSearch, mentions, retriever_for
from bot.question.smalltalk import smalltalk_reply
from bot.question.suggest import Suggestions
from bot.question.suggest_kept import Place, tried_with
from bot.question.suggest_library import LibrarySuggestions, LibraryTrial
from bot.question.titles import Titles
from bot.question.understand import SearchVocabulary, rephrased, understand
from bot.reader.extractive import LIKELY, ExtractiveReader
from bot.reader.network import SpanReader
from bot.reader.related import related
from bot.reader.selection import cited_first
from bot.request_limits import NO_LIMITS, Limits
from bot.reranking import Ordered, Reranking, find_reranking
from bot.settings import Settings
from bot.stage_timer import StageTimer
from corpus import Document, Passage
from index import Encoder, Hit
from index.encoder import is_bundled
from index.manifest import Generation
from index.remote.failures import ServerFailed
from index.retriever import RowNumbers
from index.snapshot import Snapshot

RULES_ONLY_NOTICE: Pair = (
    "现在提问的人多，这次没有用阅读模型，答案由规则摘出。",
    "Many are asking now: this answer was found by rules, without the reading network.",
)

WORDS_ONLY_NOTICE: Pair = (
    "编码模型没有及时回应，这次只按词语检索，换了说法的内容可能找不到。",
    "The encoder did not answer in time: this search was by words only, and what is worded "
    "otherwise may be missed.",
)

PASSAGES_SEARCHED = 20
"""Passages whose sentences may be cited."""

DECISIVE = {"retrieval", "refusal", "confidence"}
"""Settings that decide what is answered by rules, and so what is suggested."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """What every answer says about the index: its `identity`, and `notices` that readers need.

    With its `generation` on disk, what was tried out with it is kept.
    """

    identity: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[Pair] = ()
    generation: Generation | None = None


class _Asked(NamedTuple):
    """A question as it was typed, after the turns of `history`, inside the `limits` of its request."""

    question: str
    history: Sequence[Mapping[str, str]]
    rules_only: bool
    limits: Limits


class _Found(NamedTuple):
    """An answer, and what it was put together from; None where an answer before was carried on."""

    answer: Answer
    material: Material | None


class Service:
    """Answers questions from one snapshot of the index. Several threads may call it at once."""

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: Encoder | None,
        settings: Settings,
        state: IndexState = IndexState(),
        network: SpanReader | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.settings = settings
        self.index = state.identity
        self.notices = state.notices
        self._generation = state.generation
        self.network = network
        # The forms are fitted on the vectors of the bundled encoder.
        dense = snapshot.dense if is_bundled(encoder) else None
        self._forms = FormFinder(snapshot.segmenter, dense)
        self.retriever = retriever_for(snapshot, settings.retrieval)
        self._threshold = settings.confidence if settings.refusal == "on" else None
        self.reader = ExtractiveReader(snapshot, encoder, self._threshold)
        self._reranking = find_reranking(settings.reranker)
        self._vocabulary = SearchVocabulary.of(snapshot)
        self._whole: Service | None = None
        self._cover(snapshot.collection.documents, None)
        self.suggesting = LibrarySuggestions(self._trial())

    def _cover(self, documents: Sequence[Document], rows: RowNumbers | None) -> None:
        """Answers from `documents`, whose passages are `rows` (None: all)."""
        self._documents = documents
        self._rows = rows
        self._by_words: Service | None = None
        self._search = ScopedSearch(self.retriever, self.snapshot.collection, rows)
        self._scopes = ScopeFinder(
            Titles(documents),
            partial(mentions, self.snapshot.lexical, rows),
            partial(rephrased, vocabulary=self._vocabulary),
        )
        # By a copy: a circle would keep all of this from going when another takes its place.
        apart = copy(self)
        dense = self.snapshot.dense
        self._following = Following(self._vocabulary, apart._found_by_search, self.reader, dense)
        self.sources = Sources(
            documents, self.snapshot, self.reader, apart._found_by_search, apart.understand
        )

    def narrowed(self, tags: frozenset[str]) -> Service:
        """A service that answers only from articles with one of `tags`. It shares this one's models."""
        if not tags:
            return self
        return self.only([d for d in self._documents if not tags.isdisjoint(d.tags)])

    def only(self, documents: Sequence[Document]) -> Service:
        """A service that answers only from some of this one's documents. It shares its models."""
        narrow = copy(self)
        rows = self.snapshot.collection.passages_in(document.doc_id for document in documents)
        narrow._cover(documents, rows)
        narrow._generation = None
        narrow._whole = self
        narrow.suggesting = LibrarySuggestions(narrow._trial())
        return narrow

    @property
    def suggestions(self) -> Suggestions:
        """Questions that this service answers by rules. The first call may take seconds."""
        return self.suggesting.now()

    def _trial(self) -> LibraryTrial:
        """The trial of what may be suggested, without a reranker: hundreds are asked, nobody waits.

        By a copy: a circle would keep all of this from going when another takes its place.
        """
        apart = copy(self)
        apart._reranking = Reranking()
        whole = self._whole
        return LibraryTrial(
            self._documents,
            self.snapshot.vocabulary.terms,
            partial(apart.answer, rules_only=True),
            apart.answer if self.network is not None else None,
            self._place(),
            None if whole is None else whole.suggesting.now,
        )

    def _place(self) -> Place | None:
        """Where suggestions are kept: with the generation, where this service answers from all of it."""
        if self._generation is None:
            return None
        answering = self.settings.model_dump(mode="json", include=DECISIVE)
        has = {"dense": self.snapshot.dense is not None, "network": self.network is not None}
        return Place(self._generation, tried_with({**answering, **has}))

    def ask(
        self,
        asked: str,
        history: Sequence[Mapping[str, str]] = (),
        rules_only: bool = False,
        limits: Limits = NO_LIMITS,
    ) -> Answer:
        """The answer to `asked` after the turns of `history`, oldest first, with suggestions.

        With `rules_only` the reading network is left out; the answer has a notice if it would have
        read. `limits` are those of a request: only their documents are searched.
        """
        answer = self.answer(asked, history, rules_only, limits)
        return self._with_suggestions(answer, limits)

    def extract(
        self,
        asked: str,
        history: Sequence[Mapping[str, str]] = (),
        rules_only: bool = False,
        limits: Limits = NO_LIMITS,
    ) -> Extract:
        """The answer of `ask`, with the sentences that a language model may write another from."""
        found = self._found(_Asked(asked, history, rules_only, limits))
        answer = self._with_suggestions(found.answer, limits)
        candidates = candidates_of(answer, found.material)
        may_be_refused = self.settings.refusal == "on"
        return Extract(answer, asked, tuple(history), candidates, may_be_refused)

    def _with_suggestions(self, answer: Answer, limits: Limits) -> Answer:
        if answer.suggestions:
            return answer
        return replace(answer, suggestions=self.suggestions.after(answer, limits.allow))

    def answer(
        self,
        asked: str,
        history: Sequence[Mapping[str, str]] = (),
        rules_only: bool = False,
        limits: Limits = NO_LIMITS,
    ) -> Answer:
        """The same as `ask`, without suggestions but that of the nearest document."""
        return self._found(_Asked(asked, history, rules_only, limits)).answer

    def _found(self, asked: _Asked) -> _Found:
        try:
            return self._found_with_vectors(asked)
        except ServerFailed as failure:
            return self._without_vectors(failure)._found_with_vectors(asked)

    def _found_with_vectors(self, asked: _Asked) -> _Found:
        """Raises ServerFailed where the encoder is in another program that does not answer."""
        timer = StageTimer()
        carried = continued(asked.question, asked.history)
        if carried is None:
            found = self._answered(asked, timer)
            return _Found(found.answer, found.material)
        language = language_of(asked.question)
        answer = self._absent(asked, language)
        if carried.turn is None:
            timer.finish("understand")
            lacks = ASK_FIRST if len(carried.steps) == 1 else TOO_LONG_AGO
            text = pick(lacks, language)
            answer = self._finished(replace(answer, outcome="about", text=text), (), timer)
            return _Found(answer, None)
        # The same answer as then: nothing more is searched or read than for that.
        question = asked.history[carried.turn]["content"]
        then = asked._replace(question=question, history=asked.history[: carried.turn])
        earlier = self._answered(then, timer)
        composition = carry_on(earlier, carried, language)
        if composition is None:
            return _Found(replace(earlier.answer, question=asked.question), earlier.material)
        scope = earlier.answer.scope
        if scope.by == "title":
            scope = replace(scope, by="history")
        answer = replace(answer, scope=scope, reader=earlier.answer.reader)
        answer = with_composition(answer, composition)
        timer.finish("compose")
        return _Found(self._finished(answer, earlier.material.hits, timer), None)

    def _answered(self, asked: _Asked, timer: StageTimer) -> Earlier:
        """The answer to a question of its own, with what it was put together from.

        One that is whole as it was typed, or names its document, is asked alone where it is refused
        after those before it. Where it only may be whole the answer must be likelier than not: of 14
        such follow-ups that were refused three would be answered wrongly, none of them as likely.
        """
        found = self._answered_after(asked, timer)
        if not asked.history or found.answer.outcome != "absent":
            return found
        typed = self.understand(asked.question)
        is_named = self.scope_of(typed, asked.limits).by == "title" and not is_elliptic(typed)
        if not is_named and not may_stand_alone(typed):
            return found
        alone = self._answered_after(asked._replace(history=()), timer)
        is_whole = is_named or stands_alone(typed)
        is_likely = is_whole or alone.answer.confidence >= LIKELY
        return alone if is_likely and alone.answer.outcome != "absent" else found

    def _answered_after(self, asked: _Asked, timer: StageTimer) -> Earlier:
        """The answer to a question as it is meant after its history."""
        question = self.understand(asked.question, asked.history)
        answer = self._absent(asked, question.language)
        form = self._forms.find(asked.question, question)
        material = Material(question, form, NO_SCOPE, (), (), self.sources)
        if form == "request":
            timer.finish("understand")
            about = _about_us(answer, question)
            return Earlier(self._finished(about, (), timer), (), material)
        scoped = partial(self._limited_scope, asked.limits)
        chosen = self._following.meant(asked.question, asked.history, scoped)
        question, scope = chosen.question, chosen.scope
        if asked.history:
            form = self._form_of_following(asked.question, chosen)
            material = replace(material, question=question, form=form)
        timer.finish("understand")
        answer = replace(answer, scope=scope)
        if scope.missing:
            answer = without_work(answer, scope)
            return Earlier(self._finished(answer, (), timer), (), material)
        hits, notices = self._ordered(question, PASSAGES_SEARCHED, scope)
        answer = _with_notices(answer, notices)
        timer.finish("retrieve")
        material = replace(material, scope=scope, hits=hits)
        network = None if asked.rules_only else self.network
        found_by = partial(answer_from, material, answer, network, timer)
        if chosen.told is None:
            found = found_by()
        else:
            found = answer_with_rest(material, answer, chosen.told, found_by)
        answer = _with_related(self._finished(found.answer, hits, timer), question)
        return replace(found, answer=answer)

    def _form_of_following(self, asked: str, chosen: Chosen) -> AskedForm:
        """The form of answer that a follow-up asks for, as it is meant."""
        asks = chosen.asks or chosen.question.whole
        form = self._forms.find(asked, replace(chosen.question, whole=asks))
        # 还有别的义务吗 asks for these, not whether there are any.
        return "list" if chosen.told is not None and form == "yes_no" else form

    def _finished(self, answer: Answer, hits: Sequence[Hit], timer: StageTimer) -> Answer:
        """An answer with the hits that it shows, and how long it took."""
        shown = self._shown(hits, answer.citations)
        return replace(answer, hits=shown, milliseconds=timer.milliseconds())

    def _shown(self, hits: Sequence[Hit], citations: Sequence[Citation]) -> tuple[Hit, ...]:
        """The hits that an answer shows: the best `retrieval.k`, cited ones first where that is set."""
        best = hits[: self.settings.retrieval.k]
        if best and citations and self.settings.rerank == "on":
            best = cited_first(citations, best, self.snapshot.collection.passages)
        return tuple(best)

    def scope_of(
        self,
        question: Question,
        limits: Limits = NO_LIMITS,
        history: Sequence[Mapping[str, str]] = (),
    ) -> Scope:
        """What a question is about after the turns of `history`; see `bot.question.scope`."""
        earlier = [turn["content"] for turn in reversed(history) if turn["role"] == "user"]
        scope = self._scopes.find(question, earlier)
        if limits == NO_LIMITS:
            return scope
        held = [document.doc_id for document in self._documents if limits.allow(document)]
        rows = self.snapshot.collection.passages_in(held)
        mentioned = partial(mentions, self.snapshot.lexical, rows)
        return self._scopes.limited(scope, question, held, mentioned)

    def _limited_scope(
        self, limits: Limits, question: Question, history: Sequence[Mapping[str, str]]
    ) -> Scope:
        return self.scope_of(question, limits, history)

    def understand(self, asked: str, history: Sequence[Mapping[str, str]] = ()) -> Question:
        """`asked` as the question that is searched and read; see `bot.question.understand`."""
        return understand(asked, history, self._vocabulary)

    def search(self, question: str | Question, k: int, scope: Scope | None = None) -> list[Hit]:
        """The best `k` passages for a question, best first. A text is understood first."""
        if isinstance(question, str):
            question = self.understand(question)
        if scope is None:
            scope = self.scope_of(question)
        try:
            return self._ordered(question, k, scope).hits
        except ServerFailed as failure:
            return self._without_vectors(failure)._ordered(question, k, scope).hits

    def _ordered(self, question: Question, k: int, scope: Scope) -> Ordered:
        """The best `k` passages, best first, in the order of the reranker where one is set."""
        found = self._found_by_search(question, max(k, self._reranking.depth), scope)
        hits, notices = self._reranking.order(question, scope, found)
        return Ordered(hits[:k], notices)

    def _found_by_search(
        self, question: str | Question, k: int, scope: Scope | None = None
    ) -> list[Hit]:
        """The best `k` passages as the search has them. A text is understood first."""
        if isinstance(question, str):
            question = self.understand(question)
        if scope is None:
            scope = self.scope_of(question)
        return self._search.search(question, scope, k)

    def explain(self, question: Question, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """The score that each stage of the search gives each of `passages`, by name."""
        try:
            return self.retriever.explain(question.text, passages)
        except ServerFailed as failure:
            return self._without_vectors(failure).retriever.explain(question.text, passages)

    def _without_vectors(self, failure: ServerFailed) -> Service:
        """This service by words alone, for as long as the encoder does not answer."""
        if failure.kind != "breaker":
            logging.getLogger(__name__).warning(failure.message(language_of_locale()))
        if self._by_words is None:
            by_words = copy(self)
            by_words.snapshot = replace(self.snapshot, dense=None)
            by_words.notices = (*self.notices, WORDS_ONLY_NOTICE)
            by_words.retriever = self.snapshot.lexical
            by_words.reader = ExtractiveReader(by_words.snapshot, None, self._threshold)
            by_words._forms = FormFinder(self.snapshot.segmenter, None)
            by_words._cover(self._documents, self._rows)
            self._by_words = by_words
        return self._by_words

    def _absent(self, asked: _Asked, language: Language) -> Answer:
        """The answer that the documents do not say, with what every answer has."""
        notices = list(self.notices)
        if asked.rules_only and self.network is not None and language == "zh":
            notices.append(RULES_ONLY_NOTICE)
        return Answer(
            question=asked.question,
            language=language,
            outcome="absent",
            text=ABSENT[language],
            notices=tuple(pick(notice, language) for notice in notices),
            reader="rules",
            index=self.index,
        )


def _with_notices(answer: Answer, notices: Sequence[Pair]) -> Answer:
    """An answer with further notices, in its language."""
    said = tuple(pick(notice, answer.language) for notice in notices)
    return replace(answer, notices=(*answer.notices, *said))


def _about_us(answer: Answer, question: Question) -> Answer:
    """What is said to thanks, a greeting or a request that is no question about the documents."""
    text = smalltalk_reply(question.smalltalk or "request", question.language)
    return replace(answer, outcome="about", text=text)


def _with_related(answer: Answer, question: Question) -> Answer:
    """An absent answer with the passages that may be related, any other as it is."""
    if answer.outcome != "absent":
        return answer
    return replace(answer, related=related(question, answer.hits))
