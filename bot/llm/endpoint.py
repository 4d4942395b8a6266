"""Where a language model is, and what is sent there."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.i18n import Pair
from bot.settings import LlmSettings
from index.remote.server import is_local


def host_of(settings: LlmSettings) -> str:
    """The host and port of the model, as the setting `llm.url` names them, without any password."""
    return urlsplit(settings.url).netloc.rpartition("@")[2]


def told_at_start(settings: LlmSettings) -> Pair | None:
    """What whoever starts the server should know; None where nothing leaves this machine."""
    if is_local(settings.url):
        return None
    host = host_of(settings)
    return (
        f"语言模型 {settings.model} 在 {host}，不在本机：资料里有答案的每个问题，连同此前的几轮对话"
        "和选出的原句，都会发往那里。",
        f"The language model {settings.model} is at {host}, not on this machine: every question that "
        "the documents answer is sent there, with the last turns and the sentences chosen.",
    )
