"""What the service did, for Prometheus: how long, how it ended, how many wait. Nothing of any question or caller."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bot.answer import Answer
from bot.web.http_errors import NotFound

BUCKETS = (
    0.005,
    0.01,
    0.02,
    0.03,
    0.05,
    0.075,
    0.1,
    0.15,
    0.2,
    0.3,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    30.0,
    60.0,
)
"""Seconds: an answer by rules takes 0.01 to 0.1, one of a model up to 60."""


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.retrieval = self._histogram("retrieval", "Seconds that the search took")
        self.first_delta = self._histogram(
            "first_delta", "Seconds from a question to the first words of a stream"
        )
        self.whole = self._histogram(
            "answer", "Seconds from a question to its whole answer, waiting included"
        )
        self.answers = Counter(
            "chengwen_answers", "Answers by outcome", ["outcome", "reader"], registry=self.registry
        )
        self.refused = Counter(
            "chengwen_refused", "Questions refused, by reason", ["code"], registry=self.registry
        )
        self.working = Gauge("chengwen_working", "Questions being answered", registry=self.registry)
        self.waiting = Gauge("chengwen_waiting", "Questions waiting", registry=self.registry)

    def answered(self, answer: Answer, seconds: float) -> None:
        """Counts an answer that took `seconds` in all."""
        self.answers.labels(answer.outcome, answer.reader).inc()
        self.whole.observe(seconds)
        if answer.outcome != "about":
            self.retrieval.observe(answer.milliseconds.get("retrieve", 0.0) / 1000)

    def _histogram(self, name: str, what: str) -> Histogram:
        return Histogram(f"chengwen_{name}_seconds", what, buckets=BUCKETS, registry=self.registry)


def measured(metrics: Metrics, may_see: Callable[[Request], bool]) -> APIRouter:
    """/metrics, which is not there for whoever may not see it."""
    router = APIRouter(tags=["state"])

    @router.get(
        "/metrics",
        summary="运行指标 / Metrics",
        description="Prometheus 文本格式；仅限本机，或持有密钥者。Prometheus text format; "
        "for this machine itself, or with a key.",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def shown(request: Request) -> Response:
        if not may_see(request):
            raise NotFound("没有这个地址。", "There is nothing at this address.")
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
