"""The servers of others that the service asks, and what is sent to those that are not on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from bot.i18n import Pair
from bot.settings import Settings, has_model
from index.remote.server import is_local

Kind = Literal["llm", "encoder", "reranker"]

_TOLD: dict[Kind, Pair] = {
    "llm": (
        "语言模型{name}在 {host}，不在本机：资料里有答案的每个问题，连同此前的几轮对话和选出的原句，"
        "都会发往那里。",
        "The language model{name} is at {host}, not on this machine: every question that the "
        "documents answer is sent there, with the last turns and the sentences chosen.",
    ),
    "encoder": (
        "编码模型{name}在 {host}，不在本机：所有文章的文字和每个问题都会发往那里。",
        "The encoder{name} is at {host}, not on this machine: the texts of all documents and every "
        "question are sent there.",
    ),
    "reranker": (
        "重排模型{name}在 {host}，不在本机：每个问题和检索到的前 50 段都会发往那里。",
        "The reranker{name} is at {host}, not on this machine: every question is sent there, with "
        "the first 50 passages found.",
    ),
}


class Asked(NamedTuple):
    """A server that is asked: the `model` there, its `host` with the port, whether it is this machine."""

    kind: Kind
    model: str
    host: str
    is_here: bool


def asked_servers(settings: Settings) -> Iterator[Asked]:
    """The servers that the settings name."""
    if has_model(settings):
        yield _asked("llm", settings.llm.model, settings.llm.url)
    if settings.encoder.url:
        yield _asked("encoder", settings.encoder.model, settings.encoder.url)
    if settings.reranker.url:
        yield _asked("reranker", settings.reranker.name, settings.reranker.url)


def warnings(settings: Settings) -> Iterator[Pair]:
    """What whoever starts the server should know: what leaves this machine, and where it goes."""
    for server in asked_servers(settings):
        if server.is_here:
            continue
        chinese, english = _TOLD[server.kind]
        name = f" {server.model}" if server.model else ""
        yield (
            chinese.format(name=f"{name} " if name else "", host=server.host),
            english.format(name=name, host=server.host),
        )


def _asked(kind: Kind, model: str, url: str) -> Asked:
    return Asked(kind, model, urlsplit(url).netloc, is_local(url))
