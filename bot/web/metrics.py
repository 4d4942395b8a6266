"""Figures of the service for Prometheus. They hold nothing of any question or caller."""

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

# An answer by rules takes 0.01 to 0.1 seconds, one by a model up to 60: steps are fine below 0.3.
_FAST = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3)
_SLOW = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)

BUCKETS = _FAST + _SLOW
"""Upper bounds of the histograms' buckets, seconds."""


class Metrics:
    """The figures of one application: histograms in seconds, counters and gauges of questions."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.retrieval = self._histogram("retrieval", "Seconds that the search took")
        self.first_delta = self._histogram(
            "first_delta", "Seconds from a question to the first words of a stream"
        )
        self.whole_answer = self._histogram(
            "answer", "Seconds from a question to its whole answer, waiting included"
        )
        self.answers = self._counter("answers", "Answers by outcome", "outcome", "reader")
        self.refused = self._counter("refused", "Questions refused, by reason", "code")
        self.working = self._gauge("working", "Questions being answered")
        self.waiting = self._gauge("waiting", "Questions waiting")

    def count_answer(self, answer: Answer, seconds: float) -> None:
        """Counts an answer that took `seconds` in all, waiting included."""
        self.answers.labels(answer.outcome, answer.reader).inc()
        self.whole_answer.observe(seconds)
        # Greetings and questions about the bot are answered without a search.
        if answer.outcome != "about":
            milliseconds = answer.milliseconds.get("retrieve", 0.0)
            self.retrieval.observe(milliseconds / 1000)

    def _histogram(self, name: str, description: str) -> Histogram:
        full_name = f"chengwen_{name}_seconds"
        return Histogram(full_name, description, buckets=BUCKETS, registry=self.registry)

    def _counter(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(f"chengwen_{name}", description, labels, registry=self.registry)

    def _gauge(self, name: str, description: str) -> Gauge:
        return Gauge(f"chengwen_{name}", description, registry=self.registry)


def metrics_router(metrics: Metrics, may_see: Callable[[Request], bool]) -> APIRouter:
    """/metrics, which does not exist for a caller who may not see it."""
    router = APIRouter(tags=["state"])

    @router.get(
        "/metrics",
        summary="运行指标 / Metrics",
        description="Prometheus 文本格式；仅限本机，或持有密钥者。Prometheus text format; "
        "for this machine itself, or with a key.",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    # The function's name goes into /openapi.json.
    async def shown(request: Request) -> Response:
        if not may_see(request):
            raise NotFound("没有这个地址。", "There is nothing at this address.")
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
