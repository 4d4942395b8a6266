"""Figures of the language model for Prometheus, beside those of `bot.web.metrics`."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.llm.client import Figures
from bot.llm.writer import WriterReport


class ModelMetrics:
    """What is written, what of it is dropped, and where the extract takes its place.

    `figures` are those of the model's client, and are read when somebody looks.
    """

    def __init__(self, registry: CollectorRegistry, figures: Figures) -> None:
        def counter(name: str, description: str, *labels: str) -> Counter:
            return Counter(f"chengwen_llm_{name}", description, labels, registry=registry)

        self.writing = Gauge(
            "chengwen_llm_writing", "Answers being written by the model", registry=registry
        )
        self.crowded = counter("crowded", "Answers left as extracts because too many were written")
        self._answers = counter("answers", "Calls of the model by what became of them", "ending")
        self._fallbacks = counter("fallbacks", "Extracts in place of prose, by reason", "why")
        self._refusals = counter("refusals", "Calls that the model answered with a refusal")
        self._broken = counter("broken", "Prose that was not finished, by reason", "why")
        registry.register(_Client(figures))
        self._sentences = counter("sentences", "Sentences of the model", "fate")
        self._marks_dropped = counter("marks_dropped", "Marks that their sources did not support")
        self._failed = counter("checks_failed", "Sentences that a check did not pass", "check")

    def count(self, report: WriterReport) -> None:
        """Counts a call of the model."""
        self._answers.labels(report.ending).inc()
        if report.ending == "extract":
            self._fallbacks.labels(report.why).inc()
        if report.ending == "prose" and report.why:
            self._broken.labels(report.why).inc()
        if report.why == "refused":
            self._refusals.inc()
        self._sentences.labels("kept").inc(report.kept)
        self._sentences.labels("dropped").inc(report.dropped)
        self._marks_dropped.inc(report.marks_dropped)
        for check, times in report.failed.items():
            self._failed.labels(check).inc(times)


class _Client(Collector):
    """The figures of the model's client."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Tokens as the server counts them, or else as we estimate; requests; failures by kind."""
        tokens = CounterMetricFamily(
            "chengwen_llm_tokens", "Tokens that the model was given and has written", labels=["of"]
        )
        tokens.add_metric(["messages"], self._figures.tokens_asked)
        tokens.add_metric(["answers"], self._figures.tokens_written)
        yield tokens
        requests = CounterMetricFamily("chengwen_llm_requests", "Requests, retries included")
        requests.add_metric([], self._figures.calls)
        yield requests
        failures = CounterMetricFamily(
            "chengwen_llm_failures", "Questions not answered to the end, by kind", labels=["kind"]
        )
        for kind, times in tuple(self._figures.failures.items()):
            failures.add_metric([kind], times)
        yield failures
