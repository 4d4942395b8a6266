"""What the tests of the API share: an application on the article, events read from a stream, an encoder that waits."""

import json
from functools import cache
from threading import Event
from typing import Any

from conftest import ARTICLE, BigramEncoder
from fastapi import FastAPI

from bot.live import Live
from bot.service import Service
from bot.settings import load_settings
from bot.web.app import create_app
from bot.web.stopping import Stop
from corpus import Document
from corpus.language.terms import read_vocabulary
from index import Vectors
from index.snapshot import Snapshot, build

QUESTION = "杭州健康码日最高使用量是多少？"
ANSWER = "“杭州健康码”日最高使用量超过2685万次。[1]"
VOCABULARY = read_vocabulary([ARTICLE])
"""The word lists that are kept beside the article."""

UNLIMITED = ("api.per_minute=100000", "api.waiting=1000")


class HeldEncoder(BigramEncoder):
    """Encodes a question only while `open` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.open = Event()
        self.open.set()

    def encode_query(self, sentences: list[str]) -> Vectors:
        self.open.wait(20)
        return super().encode_query(sentences)


@cache
def words_of(article: Document) -> Snapshot:
    """The index of one article, without an encoder. It never changes, so all that a process tests may share it."""
    return build([article], None, vocabulary=VOCABULARY)


def application(
    article: Document,
    *settings: str,
    encoder: BigramEncoder | None = None,
    stop: Stop | None = None,
) -> FastAPI:
    """The whole application on one article, without an encoder unless one is given."""
    snapshot = words_of(article)
    if encoder:
        snapshot = build([article], encoder, vocabulary=VOCABULARY)
    return create_app(Live(Service(snapshot, encoder, load_settings(settings, {}))), stop=stop)


def events(stream: str) -> list[tuple[str, int, Any]]:
    """(name, id, data) of each event of a stream."""
    found = []
    for block in stream.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            found.append((fields["event"], int(fields["id"]), json.loads(fields["data"])))
    return found
