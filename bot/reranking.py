"""Puts the passages that were found first into a better order, where a reranker is set."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bot.i18n import Pair, language_of_locale
from bot.model_settings import RerankerSettings
from bot.question.analysis import Question
from bot.question.scope import Scope
from corpus import ChengwenError, EncoderUnavailable
from index import Hit
from index.cross_encoder import LocalReranker
from index.remote.failures import ServerFailed
from index.remote.reranking import RemoteReranker
from index.remote.server import Server
from index.retriever import Reranker

DEPTH = 50
"""Passages that are put into another order: the first so many."""

WITHOUT: Pair = (
    "这次没有重排：重排模型没有及时回应。",
    "The passages were not re-ordered this time: the reranker did not answer in time.",
)


class Ordered(NamedTuple):
    """Hits, best first, with what their reader should know of their order."""

    hits: list[Hit]
    notices: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Reranking:
    """The reranker that is set, or None with `notices` that say why there is none, if one is set."""

    reranker: Reranker | None = None
    notices: tuple[Pair, ...] = ()

    @property
    def depth(self) -> int:
        """How many passages it needs, at least."""
        return DEPTH if self.reranker else 0

    def order(self, question: Question, scope: Scope, hits: Sequence[Hit]) -> Ordered:
        """The same hits, the first DEPTH of them in the order of the reranker.

        Those of documents that the question names stay before all others. The scores stay with the
        places, best first: what reads them was fitted on scores of the search. A reranker that is
        down or slow leaves the order as it is, and a notice.
        """
        first, rest = list(hits[:DEPTH]), list(hits[DEPTH:])
        if self.reranker is None or len(first) < 2:
            return Ordered([*first, *rest], self.notices)
        texts = [f"{hit.passage.document.title}\n{hit.passage.text}" for hit in first]
        try:
            scores = self.reranker.scores(question.whole, texts)
        except ServerFailed as failure:
            if failure.kind != "breaker":
                _log(failure)
            return Ordered([*first, *rest], (WITHOUT,))
        named = np.array([scope.fit_of(hit.passage.document) >= 1 for hit in first])
        # Sorted by the last key first; equal ones keep their order.
        order = np.lexsort((-scores, ~named)).tolist()
        places = [hit.score for hit in first]
        reordered = [
            Hit(first[row].passage, score) for row, score in zip(order, places, strict=True)
        ]
        return Ordered([*reordered, *rest])


@lru_cache(maxsize=4)
def find_reranking(settings: RerankerSettings) -> Reranking:
    """What re-orders where the settings name a reranker. It is loaded once, and kept."""
    try:
        if settings.url:
            server = Server("reranker.url", settings.url, settings.key.get_secret_value())
            return Reranking(RemoteReranker(server, settings.name, settings.seconds))
        if settings.name:
            return Reranking(LocalReranker(settings.name))
    except EncoderUnavailable as error:
        return Reranking(None, ((error.zh, error.en),))
    return Reranking()


def _log(failure: ChengwenError) -> None:
    logging.getLogger(__name__).warning(failure.message(language_of_locale()))
