"""Asks a language model and streams what it writes; what may go wrong is told by ModelFailed.

`bot/llm/chat_server.py` makes one call; here is which calls are made: within budgets, at most two
more where one fails at once, and none while the server keeps failing or has asked for a rest.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count

from bot.i18n import language_of_locale
from bot.llm.budgets import Budgets, Share, estimated_tokens
from bot.llm.chat_server import ChatServer, request_body
from bot.llm.chat_server import Message as Message
from bot.llm.deadlines import Deadlines
from bot.llm.failures import ModelFailed
from bot.llm.pieces import AnswerReader, Usage
from bot.settings import LlmSettings
from index.remote.breaker import Breaker
from index.remote.failures import OF_THE_REQUEST, PASSING, FailureKind
from index.remote.retries import LONGEST_REST, MOST, Allowance, seconds_before

LEAST_TOKENS = 16
"""Tokens that an answer must be allowed to have."""

UNREAD: frozenset[FailureKind] = frozenset(
    {"unreachable", "rejected", "busy", "broken", "filtered", "too_long", "breaker"}
)
"""Failures before the model had the messages: nobody counts their tokens."""


@dataclass(slots=True)
class Figures:
    """What has happened since the start, for whoever runs the program."""

    calls: int = 0
    """Requests that were sent, retries included."""
    retries: int = 0
    tokens_asked: int = 0
    tokens_written: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    """Questions that the model did not answer, or not to the end."""


@dataclass(slots=True)
class _Question:
    """What is asked, with the time and the tokens that it has."""

    messages: Sequence[Message]
    owner: str
    deadlines: Deadlines
    tokens: int
    """Those of the messages, as we think."""
    budget: int
    """Those that are left, for messages and answers of all calls."""


class ChatModel:
    """A language model behind an OpenAI-compatible server. It belongs to one event loop.

    `budgets` are those of all who ask; without them they begin with the program. `clock` is that of
    the breaker, in seconds that never go back.
    """

    def __init__(
        self,
        settings: LlmSettings,
        budgets: Budgets | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.figures = Figures()
        self.breaker = Breaker(clock)
        self._server = ChatServer(settings)
        self._budgets = budgets or Budgets(settings)
        self._allowance = Allowance()
        self._rests_until = 0.0

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._server.aclose()

    async def stream(
        self, messages: Sequence[Message], owner: str = ""
    ) -> AsyncGenerator[str, None]:
        """Yields what the model writes, in pieces. `owner` is the site that asks, for its budget.

        It ends only where the model says that its answer is whole; there may be nothing in it.
        Raises ModelFailed for everything else; nothing is asked again once there was a piece. Close
        it (`contextlib.aclosing`) where no more is wanted: that ends the call at once.
        """
        question = self._question(messages, owner)
        with self._noted():
            await self._rest(question)
            texts, first = await self._begun(question)
            async with aclosing(texts):
                if first:
                    yield first
                async for text in texts:
                    yield text

    def _question(self, messages: Sequence[Message], owner: str) -> _Question:
        return _Question(
            messages,
            owner,
            Deadlines(self.settings),
            estimated_tokens(message["content"] for message in messages),
            self.settings.question_tokens,
        )

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Counts and logs a question that the model does not answer."""
        try:
            yield
        except ModelFailed as failure:
            self.figures.failures[failure.kind] += 1
            if failure.kind != "breaker":
                _log(failure)
            raise

    async def _rest(self, question: _Question) -> None:
        """Waits as long as the server has asked. Raises ModelFailed where the question cannot."""
        wait = self._rests_until - time.monotonic()
        if wait <= 0:
            return
        if wait >= question.deadlines.left:
            raise self._server.failed("busy")
        await asyncio.sleep(wait)

    async def _begun(self, question: _Question) -> tuple[AsyncGenerator[str, None], str]:
        """The texts of the first call that brings one, and this one; empty where it brings none.

        Raises the ModelFailed of the last call.
        """
        self._allowance.call()
        for retry in count(1):
            texts = self._attempt(question)
            try:
                return texts, await anext(texts, "")
            except ModelFailed as failure:
                wait = seconds_before(retry, failure.wait)
                if retry > MOST or not self._may_retry(failure, question, wait):
                    raise
            self.figures.retries += 1
            await asyncio.sleep(wait)
        raise AssertionError("count() has no end")

    def _may_retry(self, failure: ModelFailed, question: _Question, wait: float) -> bool:
        """Whether to ask again after `wait` seconds; it is counted."""
        is_in_time = failure.kind in PASSING and wait < question.deadlines.left
        return is_in_time and not self.breaker.is_open and self._allowance.take()

    async def _attempt(self, question: _Question) -> AsyncGenerator[str, None]:
        """The texts of one call, within the budgets, where the breaker allows it. Raises ModelFailed."""
        most_tokens = self._tokens_of_answer(question)
        body = request_body(self.settings, question.messages, most_tokens)
        share = self._budgets.set_aside(question.owner, question.tokens + most_tokens)
        answer = AnswerReader(self._server.failed)
        texts = self._server.texts(body, question.deadlines, answer)
        async with self._settled(question, share, answer), self._judged(), aclosing(texts):
            async for text in texts:
                yield text

    def _tokens_of_answer(self, question: _Question) -> int:
        """How many tokens the answer may have. Raises ModelFailed where the question has too few left."""
        most = min(self.settings.answer_tokens, question.budget - question.tokens)
        if most < LEAST_TOKENS:
            raise self._server.failed("budget")
        return most

    @asynccontextmanager
    async def _judged(self) -> AsyncIterator[None]:
        """Counts a call, and tells the breaker how it ends.

        Raises ModelFailed where the breaker allows none.
        """
        call = self.breaker.begin()
        if call is None:
            raise self._server.failed("breaker")
        self.figures.calls += 1
        try:
            yield
            call.succeeded()
        except ModelFailed as failure:
            if failure.wait is not None:
                self._rests_until = time.monotonic() + min(failure.wait, LONGEST_REST)
            if failure.kind not in OF_THE_REQUEST and call.failed():
                _log(self._server.failed("breaker"))
            raise
        finally:
            # Whoever asked has left, or the failure says nothing of the server.
            call.left()

    @asynccontextmanager
    async def _settled(
        self, question: _Question, share: Share, answer: AnswerReader
    ) -> AsyncIterator[None]:
        """Counts the tokens of a call: those that the server has counted, or else as we think."""
        asked = question.tokens
        try:
            yield
        except ModelFailed as failure:
            if failure.kind in UNREAD:
                asked = 0
            raise
        finally:
            usage = answer.usage or Usage(asked, estimated_tokens([answer.text, answer.thought]))
            self.figures.tokens_asked += usage.asked
            self.figures.tokens_written += usage.written
            share.settle(usage.asked + usage.written)
            question.budget -= usage.asked + usage.written


def _log(failure: ModelFailed) -> None:
    logging.getLogger(__name__).warning(failure.message(language_of_locale()))
