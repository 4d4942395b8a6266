"""What the bot says in the chat while it answers: the states of one message, without Gradio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Literal, NamedTuple, TypeVar
from uuid import uuid4

from starlette.requests import HTTPConnection

from bot.answer import Answer
from bot.extract import Extract
from bot.i18n import Spoken
from bot.limits import check_history, check_question
from bot.originals import Originals
from bot.traditional import answer_in, spoken_for
from bot.web.chosen import limits_of_chosen
from bot.web.messages import (
    answer_message,
    bot_message,
    waiting_message,
    writing_message,
)
from bot.web.page_language import page_language
from bot.web.work_queue import WorkQueue
from corpus import ChengwenError

Item = TypeVar("Item")


class Visits:
    """The answers under way in the tabs of the page. Not safe for several threads."""

    def __init__(self) -> None:
        self._left: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def answering(self, session: str) -> Iterator[asyncio.Event]:
        """What will be set if the tab of `session` stops or is closed before the block ends."""
        left = asyncio.Event()
        of_session = self._left.setdefault(session, set())
        of_session.add(left)
        try:
            yield left
        finally:
            of_session.discard(left)
            if not of_session:
                self._left.pop(session, None)

    def leave(self, session: str) -> None:
        """Notes that the tab of `session` wants no more of its answers."""
        for left in self._left.get(session, ()):
            left.set()


class Asked(NamedTuple):
    """A question as it was `typed`, the turns `before` it, and the ids of the documents `chosen` for
    it, as `bot.web.chosen` reads them.
    """

    typed: str
    before: Sequence[Mapping[str, str]] = ()
    chosen: str = ""


async def bot_messages(
    queue: WorkQueue,
    caller: HTTPConnection,
    asked: Asked,
    left: asyncio.Event,
) -> AsyncGenerator[str, None]:
    """The states of the bot's message, each to replace the one before it; none once `left` is set."""
    language = spoken_for(asked.typed, page_language(caller).language)
    yield waiting_message(language)
    try:
        question, turns = check_question(asked.typed), check_history(list(asked.before))
        limits = limits_of_chosen(asked.chosen, queue.live.documents)
        # The limits are for strangers: questions from this machine are not counted.
        if not queue.addresses.is_local(caller):
            queue.admit(caller)
        async with aclosing(until(queue.stream(question, turns, limits=limits), left)) as pieces:
            async for message in _states(queue, pieces, language):
                yield message
    except ChengwenError as error:
        yield bot_message(error.message(language), language)


async def _states(
    queue: WorkQueue, pieces: AsyncIterator[Extract | str | Answer], language: Spoken
) -> AsyncIterator[str]:
    """An extract comes whole; prose grows as it is written, the extract beside it."""
    has_file = Originals(queue.live).hold
    answer_id = uuid4().hex
    prose = queue.prose
    extract: Answer | None = None
    written = ""
    async for piece in pieces:
        if isinstance(piece, Answer):
            piece = answer_in(piece, language)
            yield answer_message(piece, language, answer_id, has_file)
            return
        if isinstance(piece, str):
            written += piece
        elif prose is not None and prose.writes(piece):
            extract = answer_in(piece.answer, language)
        if prose is not None and extract is not None:
            yield writing_message(extract, written, language, prose.model, has_file)


async def until(
    items: AsyncGenerator[Item, None], over: asyncio.Event
) -> AsyncGenerator[Item, None]:
    """`items` until `over` is set, even while the next of them is waited for. Closes `items`."""
    ending = asyncio.ensure_future(over.wait())
    async with aclosing(items):
        try:
            while (item := await _next_before(ending, items)) is not None:
                yield item
        finally:
            ending.cancel()


async def _next_before(
    ending: asyncio.Task[Literal[True]], items: AsyncGenerator[Item, None]
) -> Item | None:
    """The next of `items`; None where there is none, or `ending` comes first."""
    following = asyncio.ensure_future(anext(items, None))
    try:
        await asyncio.wait({following, ending}, return_when=asyncio.FIRST_COMPLETED)
        return following.result() if following.done() else None
    finally:
        following.cancel()
        await asyncio.wait({following})
