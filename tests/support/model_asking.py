"""Asks a model as the program does, and says what came of it."""

import asyncio
from contextlib import aclosing
from typing import Any, NamedTuple

from pydantic import SecretStr

from bot.llm.client import ChatModel, Message
from bot.llm.failures import ModelFailed
from bot.settings import LlmSettings

KEY = "sk-canary-0123456789abcdef"
MESSAGES: list[Message] = [
    {"role": "system", "content": "只用材料回答。"},
    {"role": "user", "content": "首批有多少个小区？"},
]

PATIENT = 60.0
"""Seconds that a test would wait for what should be there at once, on however busy a machine."""


def model_settings(url: str, **values: Any) -> LlmSettings:
    """Settings for a model at `url`; deadlines are long unless a test is about them."""
    patient = {"first_seconds": PATIENT, "gap_seconds": PATIENT, "whole_seconds": 2 * PATIENT}
    return LlmSettings(url=url, model="scripted", key=SecretStr(KEY), **{**patient, **values})


class Asked(NamedTuple):
    """The texts that came, and why they ended: None where the answer is whole."""

    texts: tuple[str, ...]
    failure: ModelFailed | None

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def kind(self) -> str | None:
        return self.failure.kind if self.failure else None


async def asked(model: ChatModel, owner: str = "") -> Asked:
    texts: list[str] = []
    try:
        async with aclosing(model.stream(MESSAGES, owner)) as stream:
            async for text in stream:
                texts.append(text)
    except ModelFailed as failure:
        return Asked(tuple(texts), failure)
    return Asked(tuple(texts), None)


def ask(url: str, **values: Any) -> Asked:
    """One question to a model at `url`."""

    async def run() -> Asked:
        model = ChatModel(model_settings(url, **values))
        try:
            return await asked(model)
        finally:
            await model.aclose()

    return asyncio.run(run())
