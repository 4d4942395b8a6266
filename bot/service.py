"""Answers a question: understand → search → read → Answer. Everything that asks, asks here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from time import perf_counter
from typing import Any

from bot.answer import ABSENT, Answer, extracted_text
from bot.i18n import Pair, pick
from bot.question.analysis import Question
from bot.question.scope import TaggedRetriever, is_tagged
from bot.question.smalltalk import smalltalk_reply
from bot.question.suggest import Suggestions
from bot.question.understand import SearchVocabulary, understand
from bot.reader.decision import ExtractiveReader, lines_about_document
from bot.reader.features import load_mixture, load_model
from bot.reader.network import SpanReader, SpanScores
from bot.reader.selection import cited_first
from bot.settings import RetrievalSettings, Settings
from corpus import Document, Passage
from index import Encoder, Hit, Retriever
from index.fusion import FusedRetriever
from index.snapshot import Snapshot

RULES_ONLY_NOTICE: Pair = (
    "现在提问的人多，这次没有用阅读模型，答案由规则摘出。",
    "Many are asking now: this answer was found by rules, without the reading network.",
)

PASSAGES_READ = 5
"""Passages that the network reads for one answer."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """What every answer says about the index: its `identity`, and `notices` that readers need."""

    identity: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[Pair] = ()


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
        self.network = network
        self.retriever = retriever_for(snapshot, settings.retrieval)
        threshold = settings.confidence if settings.refusal == "on" else None
        self.reader = ExtractiveReader(snapshot, encoder, load_model(), load_mixture(), threshold)
        self._vocabulary = SearchVocabulary.of(snapshot)
        self._documents: Sequence[Document] = snapshot.collection.documents
        self._suggestions: Suggestions | None = None
        self._suggestions_lock = Lock()

    def narrowed(self, tags: frozenset[str]) -> Service:
        """A service that answers only from articles with one of `tags`. It shares this one's models."""
        if not tags:
            return self
        narrow = copy(self)
        passages = len(self.snapshot.collection.passages)
        narrow.retriever = TaggedRetriever(self.retriever, tags, passages)
        narrow._documents = [d for d in self._documents if is_tagged(d, tags)]
        narrow._suggestions = None
        narrow._suggestions_lock = Lock()
        return narrow

    @property
    def suggestions(self) -> Suggestions:
        """Questions that this service answers by rules. The first call takes about a second."""
        with self._suggestions_lock:
            if self._suggestions is None:
                by_rules = partial(self.answer, rules_only=True)
                self._suggestions = Suggestions(by_rules, self._documents)
            return self._suggestions

    def ask(
        self, asked: str, history: Sequence[Mapping[str, str]] = (), rules_only: bool = False
    ) -> Answer:
        """The answer to `asked` after the turns of `history`, oldest first, with suggestions.

        With `rules_only` the reading network is left out; the answer has a notice if it would have
        read.
        """
        answer = self.answer(asked, history, rules_only)
        return replace(answer, suggestions=tuple(self.suggestions.after(answer)))

    def answer(
        self, asked: str, history: Sequence[Mapping[str, str]] = (), rules_only: bool = False
    ) -> Answer:
        """The same as `ask`, without suggestions."""
        timer = StageTimer()
        question = self.understand(asked, history)
        timer.finish("understand")
        answer = self._absent(asked, question, rules_only)
        if question.smalltalk:
            text = smalltalk_reply(question.smalltalk, question.language)
            return replace(answer, outcome="about", text=text, milliseconds=timer.milliseconds())
        hits = self.search(question, self.settings.retrieval.k)
        timer.finish("retrieve")
        span_scores = [] if rules_only else self.span_scores(question, hits)
        timer.finish("read")
        reading = self.reader.read(question, hits, span_scores)
        if reading.citations and self.settings.rerank == "on":
            passages = self.snapshot.collection.passages
            hits = list(cited_first(reading.citations, hits, passages))
        timer.finish("decide")
        answer = replace(
            answer,
            hits=tuple(hits),
            milliseconds=timer.milliseconds(),
            confidence=reading.confidence,
            reader="neural" if span_scores else "rules",
        )
        if not reading.citations:
            return answer
        return replace(
            answer,
            outcome="answered",
            text=extracted_text(reading.citations),
            citations=reading.citations,
            short_answer=reading.short_answer,
        )

    def understand(self, asked: str, history: Sequence[Mapping[str, str]] = ()) -> Question:
        """`asked` as the question that is searched and read; see `bot.question.understand`."""
        return understand(asked, history, self._vocabulary)

    def search(self, question: str | Question, k: int) -> list[Hit]:
        """The best `k` passages for a question, best first. A text is understood first."""
        if isinstance(question, str):
            question = self.understand(question)
        return self.retriever.search(question.text, k)

    def explain(self, question: Question, passages: Sequence[Passage]) -> list[dict[str, float]]:
        """The score that each stage of the search gives each of `passages`, by name."""
        return self.retriever.explain(question.text, passages)

    def span_scores(self, question: Question, hits: Sequence[Hit]) -> list[SpanScores]:
        """The network's scores of spans in the first PASSAGES_READ hits, one item a passage.

        Empty if it does not read: it leaves out questions about the article itself, which rules
        answer, nor English ones: it was trained on Chinese questions alone.
        """
        if (
            self.network is None
            or question.language == "en"
            or lines_about_document(question, hits)
        ):
            return []
        passages = [hit.passage for hit in hits[:PASSAGES_READ]]
        texts = [(passage.context, passage.text) for passage in passages]
        scores = self.network.read(question.whole, texts)
        return [
            in_passage.shifted(passage.start)
            for passage, in_passage in zip(passages, scores, strict=True)
        ]

    def _absent(self, asked: str, question: Question, rules_only: bool) -> Answer:
        """The answer that the documents do not say, with what every answer has."""
        notices = list(self.notices)
        would_read = self.network is not None and question.language == "zh"
        if rules_only and would_read:
            notices.append(RULES_ONLY_NOTICE)
        return Answer(
            question=asked,
            language=question.language,
            outcome="absent",
            text=ABSENT[question.language],
            notices=tuple(pick(notice, question.language) for notice in notices),
            reader="rules",
            index=self.index,
        )


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
        """Ends `stage`, which began when the stage before ended."""
        now = perf_counter()
        self._seconds[stage] = now - self._last
        self._last = now

    def milliseconds(self) -> dict[str, float]:
        """Milliseconds in all (`total`) and of each finished stage, to one decimal."""
        seconds = {"total": self._last - self._started, **self._seconds}
        return {stage: round(1000 * spent, 1) for stage, spent in seconds.items()}
