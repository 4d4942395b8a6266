"""The queue that all questions over HTTP pass, whatever page or program sends them: one limit on work, one count."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import TypeVar

from starlette.requests import HTTPConnection

from bot.answer import Answer
from bot.service import Service
from bot.settings import listed
from bot.storage.daily_counts import DailyCounts
from bot.web.client_address import ClientAddresses
from bot.web.http_errors import Busy, HttpError, TooMany
from bot.web.metrics import Metrics
from bot.web.rate_limit import RateLimit
from index import Hit

PATIENCE = 10.0
"""Seconds a question waits for its turn at most."""

AGAIN = (2, 6)
"""Seconds after which a busy server is worth asking again: drawn, or all who are refused would come back at once."""

LONG = 2.0
"""Seconds of waiting from which answers are made by rules only."""

RECENT = 20
"""Answers by which the pace is judged."""

Found = tuple[list[Hit], list[dict[str, float]]]
"""Hits, and what each stage of the search says of each."""

T = TypeVar("T")


class WorkQueue:
    """Asks `service` in `api.parallel` threads; at most `api.waiting` questions wait.

    Once begun, an answer is finished and keeps its place even when its reader has gone; one that waits is dropped.
    """

    def __init__(self, service: Service, days: DailyCounts | None = None) -> None:
        settings = service.settings.api
        self.service = service
        self.metrics = Metrics()
        self.addresses = ClientAddresses(listed(settings.proxies))
        self.rates = RateLimit(settings.per_minute, settings.per_day, days)
        self._parallel = settings.parallel
        self._most = settings.waiting
        self._places = asyncio.Semaphore(settings.parallel)
        self._threads = ThreadPoolExecutor(settings.parallel, thread_name_prefix="answer")
        self._working = self._waiting = 0
        self._pace = 0.0

    def is_crowded(self) -> bool:
        """Whether who comes last in the line now waits longer than LONG, at the pace of answers with the network."""
        return self._waiting * self._pace > LONG * self._parallel

    def check_room(self) -> None:
        """Raises Busy where too many wait."""
        if self._working + self._waiting >= self._parallel + self._most:
            raise self._refused(_busy())

    def admit(self, connection: HTTPConnection) -> None:
        """Counts a question of this caller. Raises Busy where too many wait, and TooMany, at once."""
        self.check_room()
        try:
            self.rates.count(self.addresses.key(connection))
        except TooMany as refusal:
            raise self._refused(refusal) from None

    async def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        service: Service | None = None,
    ) -> Answer:
        """What `Service.ask` gives; `service` is one of some articles only.

        Raises Busy where too many wait, or the turn does not come in PATIENCE seconds.
        """
        started = perf_counter()
        answer = await self._turn(partial(self._answer, service or self.service, question, history))
        self.metrics.answered(answer, perf_counter() - started)
        return answer

    async def search(self, question: str, k: int) -> Found:
        """The best `k` passages. Raises Busy as `ask` does."""
        return await self._turn(partial(self._found, question, k))

    def _answer(
        self, service: Service, question: str, history: Sequence[Mapping[str, str]]
    ) -> Answer:
        rules_only = self.is_crowded()
        started = perf_counter()
        answer = service.ask(question, history, rules_only)
        if not rules_only:
            self._pace += (perf_counter() - started - self._pace) / RECENT
        return answer

    def _found(self, asked: str, k: int) -> Found:
        question = self.service.understand(asked)
        started = perf_counter()
        hits = self.service.search(question, k)
        self.metrics.retrieval.observe(perf_counter() - started)
        return hits, self.service.explain(question, [hit.passage for hit in hits])

    async def _turn(self, work: Callable[[], T]) -> T:
        await self._wait()
        self._count(working=1)
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        # Released by the thread's end, not by ours: whoever leaves must not make room that is not there.
        running.add_done_callback(self._leave)
        return await asyncio.shield(running)

    async def _wait(self) -> None:
        """Until there is a place, which it takes."""
        self.check_room()
        self._count(waiting=1)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            raise self._refused(_busy()) from None
        finally:
            self._count(waiting=-1)

    def _leave(self, done: asyncio.Future[T]) -> None:
        self._count(working=-1)
        self._places.release()

    def _refused(self, refusal: HttpError) -> HttpError:
        self.metrics.refused.labels(refusal.code).inc()
        return refusal

    def _count(self, working: int = 0, waiting: int = 0) -> None:
        self._working += working
        self._waiting += waiting
        self.metrics.working.set(self._working)
        self.metrics.waiting.set(self._waiting)


def _busy() -> Busy:
    wait = random.randint(*AGAIN)
    return Busy(
        f"现在提问的人太多：请 {wait} 秒后再试。",
        f"Too many are asking at the moment: try again in {wait} seconds.",
        wait,
    )
