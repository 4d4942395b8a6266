"""Answers a question: understand → search → read → Answer. Everything that asks, asks here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from time import perf_counter
from typing import Any

from bot.answer import ABSENT, Answer, Citation, extracted_text
from bot.composer.agreement import agreement
from bot.composer.compose import compose, compose_unread
from bot.composer.composition import Absence, Composition, told
from bot.composer.continuing import ASK_FIRST, TOO_LONG_AGO, Earlier, carry_on, lines_of
from bot.composer.others import with_others
from bot.composer.sources import Material, Sources
from bot.i18n import Language, Pair, pick
from bot.question.analysis import Question, analyse, language_of
from bot.question.continuing import continued
from bot.question.forms import LEAST_OF_FOLLOWING, AskedForm, asked_form
from bot.question.scope import NO_SCOPE, Scope, ScopeFinder
from bot.question.search import ScopedSearch
from bot.question.smalltalk import smalltalk_reply, without_courtesy
from bot.question.suggest import OPENING, Ask, Suggestions, try_out
from bot.question.suggest_kept import keep, read_kept, tried_with
from bot.question.suggest_made import GeneratedQuestion
from bot.question.titles import Titles
from bot.question.understand import SearchVocabulary, rephrased, understand
from bot.reader.extractive import ExtractiveReader, Reading, lines_about_document
from bot.reader.network import ReadingTask, SpanReader, SpanScores
from bot.reader.selection import cited_first
from bot.settings import RetrievalSettings, Settings
from corpus import Document, Passage
from corpus.language.text import fold
from index import Encoder, Hit, Retriever, Vectors
from index.encoder import is_bundled
from index.fusion import FusedRetriever
from index.lexical import LexicalRetriever
from index.manifest import Generation
from index.retriever import RowNumbers
from index.snapshot import Snapshot

RULES_ONLY_NOTICE: Pair = (
    "现在提问的人多，这次没有用阅读模型，答案由规则摘出。",
    "Many are asking now: this answer was found by rules, without the reading network.",
)

PASSAGES_SEARCHED = 20
"""Passages whose sentences may be cited."""

WINDOWS_FIRST, WINDOWS_AT_MOST = 8, 12
"""Windows that the network reads for one answer, and all it reads where the first leave doubt."""

NO_DOUBT = 2.0
"""Log-odds of a span from which no more is read."""


DECISIVE = {"retrieval", "refusal", "confidence"}
"""Settings that decide what is answered by rules, and so what is suggested."""

MENTIONS_SOUGHT = 50
"""Passages, those that share most with the name of a work, in which it is looked for."""

MISSING: Pair = ("资料库里没有《{work}》。", "The documents do not include “{work}”.")
MISSING_HERE: Pair = (
    "限定的文章里没有《{work}》。",
    "The documents that were chosen do not include “{work}”.",
)
NEAREST: Pair = ("最接近的是《{work}》。", " The nearest is “{work}”.")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request limits the search to: documents with one of these ids and one of these tags.

    None is no limit.
    """

    doc_ids: frozenset[str] | None = None
    tags: frozenset[str] | None = None

    def allow(self, document: Document) -> bool:
        """Whether a document may be searched."""
        if self.doc_ids is not None and document.doc_id not in self.doc_ids:
            return False
        return self.tags is None or not self.tags.isdisjoint(document.tags)


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class IndexState:
    """What every answer says about the index: its `identity`, and `notices` that readers need.

    With its `generation` on disk, what was tried out with it is kept.
    """

    identity: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[Pair] = ()
    generation: Generation | None = None


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
        self._is_bundled = is_bundled(encoder)
        self.retriever = retriever_for(snapshot, settings.retrieval)
        threshold = settings.confidence if settings.refusal == "on" else None
        self.reader = ExtractiveReader(snapshot, encoder, threshold)
        self._vocabulary = SearchVocabulary.of(snapshot)
        self._whole: Service | None = None
        self._suggestions: Suggestions | None = None
        self._suggestions_lock = Lock()
        self._cover(snapshot.collection.documents, None)

    def _cover(self, documents: Sequence[Document], rows: RowNumbers | None) -> None:
        """Answers from `documents`, whose passages are `rows` (None: all)."""
        self._documents = documents
        self._search = ScopedSearch(self.retriever, self.snapshot.collection, rows)
        self._scopes = ScopeFinder(
            Titles(documents),
            partial(mentions, self.snapshot.lexical, rows),
            partial(rephrased, vocabulary=self._vocabulary),
        )
        # By a copy: a circle would keep all of this from going when another takes its place.
        apart = copy(self)
        self.sources = Sources(
            documents, self.snapshot, self.reader, apart.search, apart.understand
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
        narrow._suggestions = None
        narrow._suggestions_lock = Lock()
        return narrow

    @property
    def suggestions(self) -> Suggestions:
        """Questions that this service answers by rules.

        The first call takes seconds, and less where the generation has kept what was tried.
        """
        with self._suggestions_lock:
            if self._suggestions is None:
                # By a copy: a circle would keep all of this from going when another takes its place.
                by_rules = partial(copy(self).answer, rules_only=True)
                self._suggestions = Suggestions(by_rules, self._documents, self._known(by_rules))
            return self._suggestions

    def _known(self, by_rules: Ask) -> Sequence[GeneratedQuestion]:
        """The good questions: of the whole, those kept with the generation, or tried now and kept."""
        if self._whole is not None:
            held = {document.doc_id for document in self._documents}
            of_whole = self._whole.suggestions.known
            known = [one for one in of_whole if one.answer.document.doc_id in held]
            return known if len(known) >= OPENING else try_out(by_rules, self._documents)
        if self._generation is None:
            return try_out(by_rules, self._documents)
        answering = self.settings.model_dump(mode="json", include=DECISIVE)
        trial = tried_with({**answering, "dense": self.snapshot.dense is not None})
        kept = read_kept(self._generation, trial, self._documents)
        if kept is not None:
            return kept
        found = try_out(by_rules, self._documents)
        keep(self._generation, trial, found)
        return found

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
        timer = StageTimer()
        carried = continued(asked, history)
        if carried is None:
            return self._answered(asked, history, rules_only, limits, timer).answer
        language = language_of(asked)
        answer = self._absent(asked, language, rules_only)
        if carried.turn is None:
            timer.finish("understand")
            lacks = ASK_FIRST if len(carried.steps) == 1 else TOO_LONG_AGO
            text = pick(lacks, language)
            return _finished(replace(answer, outcome="about", text=text), timer)
        # The same answer as then: nothing more is searched or read than for that.
        before, question = history[: carried.turn], history[carried.turn]["content"]
        earlier = self._answered(question, before, rules_only, limits, timer)
        composition = carry_on(earlier, carried, language)
        if composition is None:
            return replace(earlier.answer, question=asked)
        scope = earlier.answer.scope
        if scope.by == "title":
            scope = replace(scope, by="history")
        answer = replace(answer, scope=scope, reader=earlier.answer.reader)
        answer = _with_composition(answer, composition)
        timer.finish("compose")
        hits = self._shown(earlier.material.hits, answer.citations)
        return _finished(replace(answer, hits=hits), timer)

    def _answered(
        self,
        asked: str,
        history: Sequence[Mapping[str, str]],
        rules_only: bool,
        limits: Limits,
        timer: StageTimer,
    ) -> Earlier:
        """The answer to a question of its own, with what it was put together from."""
        question = self.understand(asked, history)
        answer = self._absent(asked, question.language, rules_only)
        form = self._form(asked, question)
        material = Material(question, form, NO_SCOPE, (), (), self.sources)
        if form == "request":
            timer.finish("understand")
            text = smalltalk_reply(question.smalltalk or "request", question.language)
            answer = replace(answer, outcome="about", text=text)
            return Earlier(_finished(answer, timer), (), material)
        scope = self.scope_of(question, limits, history)
        timer.finish("understand")
        answer = replace(answer, scope=scope)
        if scope.missing:
            return Earlier(_finished(_without(answer, scope), timer), (), material)
        hits = self.search(question, PASSAGES_SEARCHED, scope)
        timer.finish("retrieve")
        material = replace(material, scope=scope, hits=hits)
        return self._read(answer, material, rules_only, timer)

    def _read(
        self,
        answer: Answer,
        material: Material,
        rules_only: bool,
        timer: StageTimer,
    ) -> Earlier:
        """`answer` with what was found for its question: several sentences, or one."""
        question, hits, scope = material.question, material.hits, material.scope
        composition = compose_unread(material)
        if composition is None and not rules_only:
            material = replace(material, scores=self.span_scores(question, hits, scope))
        timer.finish("read")
        if composition is None:
            composition = compose(material)
        if composition is not None:
            timer.finish("compose")
            answer = _with_composition(answer, composition)
        else:
            reading = self.reader.read(question, hits, material.scores, scope)
            timer.finish("decide")
            answer = _with_reading(answer, reading)
            found = agreement(reading, material)
            answer = with_others(answer, found) if found else answer
        answer = replace(
            answer,
            hits=self._shown(hits, answer.citations),
            reader="neural" if material.scores else "rules",
        )
        return Earlier(_finished(answer, timer), lines_of(answer, composition), material)

    def _form(self, asked: str, question: Question) -> AskedForm:
        """The form that `asked`, understood as `question`, asks for; "request" for small talk too.

        A request is one as it was typed: what the questions before would add to it is not asked for.
        A follow-up question that asks for none itself asks for that of the question it completes.
        """
        if question.smalltalk:
            return "request"
        typed = analyse(without_courtesy(asked), self.snapshot.segmenter)
        if asked_form(typed, self._form_vector(typed)) == "request":
            return "request"
        if question.whole == question.asked:
            return asked_form(question, self._form_vector(question))
        form = asked_form(question, self._form_vector(question), LEAST_OF_FOLLOWING)
        if form != "fact":
            return form
        complete = replace(question, asked=question.whole)
        return asked_form(complete, self._form_vector(complete))

    def _form_vector(self, question: Question) -> Vectors | None:
        """The vector of what was asked, where it is the bundled encoder's, which the forms are fitted on."""
        dense = self.snapshot.dense
        return dense.vector(question.asked) if dense is not None and self._is_bundled else None

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

    def understand(self, asked: str, history: Sequence[Mapping[str, str]] = ()) -> Question:
        """`asked` as the question that is searched and read; see `bot.question.understand`."""
        return understand(asked, history, self._vocabulary)

    def search(self, question: str | Question, k: int, scope: Scope | None = None) -> list[Hit]:
        """The best `k` passages for a question, best first. A text is understood first."""
        if isinstance(question, str):
            question = self.understand(question)
        if scope is None:
            scope = self.scope_of(question)
        return self._search.search(question, scope, k)

    def explain(self, question: Question, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """The score that each stage of the search gives each of `passages`, by name."""
        return self.retriever.explain(question.text, passages)

    def span_scores(
        self, question: Question, hits: Sequence[Hit], scope: Scope = NO_SCOPE
    ) -> list[SpanScores]:
        """The network's scores of spans in the first hits, one item a passage.

        It reads WINDOWS_FIRST windows, and up to WINDOWS_AT_MOST where no span in these is sure.
        Empty if it does not read: it leaves out questions about the article itself, which rules
        answer, and English ones: it was trained on Chinese questions alone.
        """
        if self.network is None or question.language == "en" or not hits:
            return []
        if lines_about_document(scope.question_for(hits[0].passage.document, question), hits):
            return []
        tasks = []
        for passage, _ in hits:
            asked = scope.question_for(passage.document, question)
            tasks.append(ReadingTask(asked.whole, passage.context, passage.text))
        scores = self.network.read(tasks, WINDOWS_FIRST)
        if len(scores) < len(tasks) and not any(_is_sure(one) for one in scores):
            used = sum(len(one.windows) for one in scores)
            left = WINDOWS_AT_MOST - used
            if left > 0:
                scores += self.network.read(tasks[len(scores) :], left)
        return [
            in_passage.shifted(hit.passage.start)
            for hit, in_passage in zip(hits, scores, strict=False)
        ]

    def _absent(self, asked: str, language: Language, rules_only: bool) -> Answer:
        """The answer that the documents do not say, with what every answer has."""
        notices = list(self.notices)
        would_read = self.network is not None and language == "zh"
        if rules_only and would_read:
            notices.append(RULES_ONLY_NOTICE)
        return Answer(
            question=asked,
            language=language,
            outcome="absent",
            text=ABSENT[language],
            notices=tuple(pick(notice, language) for notice in notices),
            reader="rules",
            index=self.index,
        )


def _without(answer: Answer, scope: Scope) -> Answer:
    """The refusal of a question about a work that is not held: by its name, with the nearest held."""
    work = (scope.missing or "").strip("《》")
    lack = MISSING if scope.doc_ids is None else MISSING_HERE
    text = pick(lack, answer.language).format(work=work)
    suggestions = (scope.instead,) if scope.instead else ()
    if scope.nearest is not None:
        nearest = scope.nearest.title.strip("《》")
        text += pick(NEAREST, answer.language).format(work=nearest)
    return replace(answer, text=text, suggestions=suggestions)


def _with_reading(answer: Answer, reading: Reading) -> Answer:
    """An answer with what was read: its citations, or only how sure it would have been."""
    if not reading.citations:
        return replace(answer, confidence=reading.confidence)
    return replace(
        answer,
        outcome="answered",
        text=extracted_text(reading.citations),
        citations=reading.citations,
        short_answer=reading.short_answer,
        confidence=reading.confidence,
    )


def _with_composition(answer: Answer, composition: Composition | Absence) -> Answer:
    """An answer with what several sentences say, or that none does."""
    if isinstance(composition, Absence):
        return replace(answer, text=composition.text)
    text, parts, citations = told(composition)
    return replace(
        answer,
        outcome="answered",
        form=composition.form,
        text=text,
        parts=parts,
        citations=citations,
        confidence=composition.confidence,
    )


def _finished(answer: Answer, timer: StageTimer) -> Answer:
    return replace(answer, milliseconds=timer.milliseconds())


def _is_sure(scores: SpanScores) -> bool:
    best = scores.best()
    return best is not None and best.odds >= NO_DOUBT


def mentions(lexical: LexicalRetriever, rows: RowNumbers | None, work: str) -> bool:
    """Whether one of the passages `rows` has the name of a work as it is."""
    name = fold(work)
    hits = lexical.search(work, MENTIONS_SOUGHT, rows)
    return any(name in fold(hit.passage.text) for hit in hits)


def retriever_for(snapshot: Snapshot, settings: RetrievalSettings) -> Retriever:
    """The retriever that the settings name. Without an encoder it is the lexical one."""
    if snapshot.dense is None or settings.mode == "lexical":
        return snapshot.lexical
    if settings.mode == "dense":
        return snapshot.dense
    return FusedRetriever(snapshot.dense, snapshot.lexical, settings.weight, settings.candidates)


class StageTimer:
    """Starts when it is made. Each stage begins where the one before ended."""

    def __init__(self) -> None:
        self._started = self._last = perf_counter()
        self._seconds: dict[str, float] = {}

    def finish(self, stage: str) -> None:
        """Ends `stage`, which began when the stage before ended; what it took before is added to."""
        now = perf_counter()
        self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._last
        self._last = now

    def milliseconds(self) -> dict[str, float]:
        """Milliseconds in all (`total`) and of each finished stage, to one decimal."""
        seconds = {"total": self._last - self._started, **self._seconds}
        return {stage: round(1000 * spent, 1) for stage, spent in seconds.items()}
