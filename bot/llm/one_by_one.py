"""Asks one question after the other, and has a language model write where one is set.

For the command line and the evaluations; a server has an event loop of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Protocol

from bot.answer import Answer
from bot.extract import Extract
from bot.llm.checks import Checker
from bot.llm.client import ChatModel
from bot.llm.writer import Writer
from bot.request_limits import NO_LIMITS, Limits
from bot.service import Service
from bot.settings import Settings, has_model


class Ask(Protocol):
    """What answers a question after the turns before it, as `Service.ask` and `Service.answer` do."""

    def __call__(
        self,
        asked: str,
        history: Sequence[Mapping[str, str]] = (),
        *,
        limits: Limits = NO_LIMITS,
    ) -> Answer:
        """The answer, from the documents of `limits`."""


@contextmanager
def asking(service: Service, settings: Settings, without_model: Ask) -> Iterator[Ask]:
    """What answers: `without_model`, or a model that writes from the extracts of `service`.

    All its calls share one event loop, and so the connections to the model.
    """
    if not has_model(settings):
        yield without_model
        return
    model = ChatModel(settings.llm)
    checker = Checker(service.snapshot.segmenter, service.network)
    writer = Writer(model, checker, settings.llm)
    with asyncio.Runner() as runner:

        def ask(
            asked: str,
            history: Sequence[Mapping[str, str]] = (),
            *,
            limits: Limits = NO_LIMITS,
        ) -> Answer:
            extract = service.extract(asked, history, limits=limits)
            return runner.run(whole(writer, extract))

        try:
            yield ask
        finally:
            runner.run(model.aclose())


async def whole(writer: Writer, extract: Extract) -> Answer:
    """The answer that a writer makes of an extract, as soon as it is whole."""
    answer = extract.answer
    async with aclosing(writer.write(extract)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Answer):
                answer = piece
    return answer
