"""Prose over HTTP: a language model writes from an extract, and so many may at most at the same time."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from weakref import WeakKeyDictionary

from bot.answer import Answer
from bot.extract import Extract
from bot.i18n import Pair, pick
from bot.llm.budgets import Budgets
from bot.llm.checks import Checker
from bot.llm.client import ChatModel
from bot.llm.writer import Writer
from bot.service import Service
from bot.settings import LlmSettings
from bot.storage.daily_counts import DailyCounts
from bot.web.metrics import Metrics
from bot.web.model_metrics import ModelMetrics

CROWDED_NOTICE: Pair = (
    "现在请语言模型撰写的人多，这次的答案是原文摘录。",
    "Many are having answers written now: this one is quoted from the articles.",
)


class Prose:
    """Has the model of `settings` write, in at most `llm.streams` streams at once.

    Writing waits for the model in the event loop, and holds no thread. Its figures go to
    `metrics`; `counts`, of tokens, are kept over restarts.
    """

    def __init__(
        self, settings: LlmSettings, metrics: Metrics, counts: DailyCounts | None = None
    ) -> None:
        self._settings = settings
        self._model = ChatModel(settings, Budgets(settings, counts))
        self._metrics = ModelMetrics(metrics.registry, self._model.figures)
        self._checkers: WeakKeyDictionary[Service, Checker] = WeakKeyDictionary()
        self._streams = 0

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._settings.model

    @property
    def streams_at_most(self) -> int:
        """How many may be written at the same time."""
        return self._settings.streams

    def writes(self, extract: Extract) -> bool:
        """Whether the model is asked about an extract: there is something to write from, and room."""
        return bool(extract.candidates) and self._streams < self._settings.streams

    async def write(
        self, extract: Extract, service: Service, owner: str = ""
    ) -> AsyncGenerator[str | Answer, None]:
        """Whole checked sentences as they are written, and last the one answer that counts.

        `service` is the one that the extract is from, and `owner` the site whose budget is used.
        Where as many are written as may be, the answer is the extract with a notice.
        """
        if not self.writes(extract):
            yield self._extracted(extract)
            return
        self._count(1)
        try:
            checker = self._checker(service)
            writer = Writer(self._model, checker, self._settings, self._metrics.count)
            async with aclosing(writer.write(extract, owner)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            self._count(-1)

    async def aclose(self) -> None:
        """Closes the connections to the model."""
        await self._model.aclose()

    def _checker(self, service: Service) -> Checker:
        """That of a service, which remembers the sentences it has seen."""
        checker = self._checkers.get(service)
        if checker is None:
            checker = Checker(service.snapshot.segmenter, service.network)
            self._checkers[service] = checker
        return checker

    def _extracted(self, extract: Extract) -> Answer:
        answer = extract.answer
        if not extract.candidates:
            return answer
        self._metrics.crowded.inc()
        notice = pick(CROWDED_NOTICE, answer.language)
        return replace(answer, notices=(*answer.notices, notice))

    def _count(self, change: int) -> None:
        self._streams += change
        self._metrics.writing.set(self._streams)
