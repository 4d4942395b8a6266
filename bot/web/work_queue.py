"""The queue of all questions over HTTP, whatever sends them: one limit, one count."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from time import perf_counter
from typing import NamedTuple, TypeVar

from starlette.requests import HTTPConnection

from bot.answer import Answer
from bot.extract import Extract
from bot.live import Live
from bot.request_limits import NO_LIMITS, Limits
from bot.service import Service
from bot.settings import has_model, listed
from bot.storage.daily_counts import DailyCounts
from bot.web.client_address import ClientAddresses
from bot.web.http_errors import Busy, HttpError, TooMany
from bot.web.metrics import Metrics
from bot.web.prose import Prose
from bot.web.rate_limit import RateLimit
from index import Hit

WAIT_LIMIT = 10.0
"""Seconds that a question waits for its turn at most."""

RETRY_AFTER = (2, 6)
"""Seconds after which a refused caller may ask again: drawn, or all would come back at once."""

RULES_ONLY_AFTER = 2.0
"""Seconds of waiting from which answers are made by rules only, without the reading network."""

ANSWERS_AVERAGED = 20
"""How many of the last answers decide how long one is taken to last."""

Result = TypeVar("Result")


class SearchResult(NamedTuple):
    """Hits, best first, and for each of them the scores that the stages of the search gave it."""

    hits: list[Hit]
    stages: list[dict[str, float]]


class WorkQueue:
    """Asks the service of `live` in `api.parallel` threads, while at most `api.waiting` questions wait.

    An answer that has begun is finished, and keeps its thread, even where its caller has left. A
    question that still waits is dropped then, and so is what a model writes. `prose` is what has a
    model write, None without one. `clock` gives seconds and never goes back.
    """

    def __init__(
        self,
        live: Live,
        daily_counts: DailyCounts | None = None,
        token_counts: DailyCounts | None = None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        settings = live.service.settings.api
        self.live = live
        self.metrics = Metrics()
        self.prose: Prose | None = None
        if has_model(live.service.settings):
            self.prose = Prose(live.service.settings.llm, self.metrics, token_counts)
        self.addresses = ClientAddresses(listed(settings.proxies), live.service.settings.public.url)
        self._clock = clock
        self._rate_limit = RateLimit(settings.per_minute, settings.per_day, daily_counts)
        self._parallel = settings.parallel
        self._waiting_limit = settings.waiting
        self._slots = asyncio.Semaphore(settings.parallel)
        self._threads = ThreadPoolExecutor(settings.parallel, thread_name_prefix="answer")
        self._working = 0
        self._waiting = 0
        self._seconds_per_answer = 0.0

    @property
    def service(self) -> Service:
        """The service that answers now."""
        return self.live.service

    def answers_by_rules_only(self) -> bool:
        """Whether the last in the queue will wait longer than RULES_ONLY_AFTER seconds."""
        expected_wait = self._waiting * self._seconds_per_answer / self._parallel
        return expected_wait > RULES_ONLY_AFTER

    def check_capacity(self) -> None:
        """Raises Busy where as many questions wait as may."""
        if self._working + self._waiting >= self._parallel + self._waiting_limit:
            raise self._counted(_busy())

    def admit(self, connection: HTTPConnection) -> None:
        """Counts a question of this caller.

        Raises Busy where as many questions wait as may, and TooMany where the caller, or all
        callers together, have asked as often as they may. Neither is counted as a question.
        """
        self.check_capacity()
        try:
            self._rate_limit.count(self.addresses.key(connection))
        except TooMany as refusal:
            raise self._counted(refusal) from None

    async def stream(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        service: Service | None = None,
        limits: Limits = NO_LIMITS,
        owner: str = "",
    ) -> AsyncGenerator[Extract | str | Answer, None]:
        """The extract as soon as a thread has made it, then what a model writes, last the answer.

        A model, where there is one, writes whole sentences outside the queue; `owner` is the site
        whose budget it uses. `service` is asked, or the queue's own where none is given; `limits`
        are those of the request, inside what the service answers from.
        Raises Busy where as many questions wait as may, or no thread is free in WAIT_LIMIT seconds.
        """
        started = self._clock()
        asked = service or self.service
        extract = await self._run(partial(self._extract, asked, question, history, limits))
        yield extract
        answer = extract.answer
        async with aclosing(self._written(extract, asked, owner)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Answer):
                    answer = piece
                else:
                    yield piece
        self.metrics.count_answer(answer, self._clock() - started)
        yield answer

    async def _written(
        self, extract: Extract, asked: Service, owner: str
    ) -> AsyncGenerator[str | Answer, None]:
        """What a model writes from an extract, and the answer it makes of it; nothing without one."""
        if self.prose is None:
            return
        async with aclosing(self.prose.write(extract, asked, owner)) as pieces:
            async for piece in pieces:
                yield piece

    async def search(
        self,
        question: str,
        k: int,
        service: Service | None = None,
        limits: Limits = NO_LIMITS,
    ) -> SearchResult:
        """Finds the best `k` passages for a question. Raises Busy as `stream` does."""
        return await self._run(partial(self._search, service or self.service, question, k, limits))

    def _extract(
        self,
        service: Service,
        question: str,
        history: Sequence[Mapping[str, str]],
        limits: Limits,
    ) -> Extract:
        """Runs in a thread. Answers by rules only say nothing of how long others take."""
        rules_only = self.answers_by_rules_only()
        started = self._clock()
        if self.prose is None:
            extract = Extract(service.ask(question, history, rules_only, limits), question)
        else:
            extract = service.extract(question, history, rules_only, limits)
        if not rules_only:
            seconds = self._clock() - started
            self._seconds_per_answer += (seconds - self._seconds_per_answer) / ANSWERS_AVERAGED
        return extract

    def _search(self, service: Service, asked: str, k: int, limits: Limits) -> SearchResult:
        """Runs in a thread."""
        question = service.understand(asked)
        scope = service.scope_of(question, limits)
        started = self._clock()
        hits = service.search(question, k, scope)
        self.metrics.retrieval.observe(self._clock() - started)
        stages = service.explain(question, [hit.passage for hit in hits])
        return SearchResult(hits, stages)

    async def _run(self, work: Callable[[], Result]) -> Result:
        """Runs `work` in a thread when its turn has come."""
        await self._wait()
        self._change_counts(working=1)
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        # The slot is free when the thread ends, not when its caller leaves: the thread works on.
        running.add_done_callback(self._release)
        return await asyncio.shield(running)

    async def _wait(self) -> None:
        """Waits for a free slot, and takes it. Raises Busy."""
        self.check_capacity()
        self._change_counts(waiting=1)
        try:
            async with asyncio.timeout(WAIT_LIMIT):
                await self._slots.acquire()
        except TimeoutError:
            raise self._counted(_busy()) from None
        finally:
            self._change_counts(waiting=-1)

    def _release(self, done: asyncio.Future[Result]) -> None:
        self._change_counts(working=-1)
        self._slots.release()

    def _counted(self, refusal: HttpError) -> HttpError:
        """The refusal, after it was counted for /metrics."""
        self.metrics.refused.labels(refusal.code).inc()
        return refusal

    def _change_counts(self, working: int = 0, waiting: int = 0) -> None:
        self._working += working
        self._waiting += waiting
        self.metrics.working.set(self._working)
        self.metrics.waiting.set(self._waiting)


async def whole_answer(pieces: AsyncGenerator[Extract | str | Answer, None]) -> Answer:
    """The answer that the pieces of `WorkQueue.stream` end with. Closes them."""
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Answer):
                return piece
    raise AssertionError("the last piece is the answer")


def _busy() -> Busy:
    wait = random.randint(*RETRY_AFTER)
    return Busy(
        f"现在提问的人太多：请 {wait} 秒后再试。",
        f"Too many are asking at the moment: try again in {wait} seconds.",
        wait,
    )
