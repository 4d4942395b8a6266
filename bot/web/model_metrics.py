"""Figures of the language model for Prometheus, beside those of `bot.web.metrics`."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.llm.writer import WriterReport


class ModelMetrics:
    """What is written, what of it is dropped, and where the extract takes its place.

    Tokens are estimates, of what is sent to the model and of what comes from it.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
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
        self._tokens = counter("tokens", "Tokens, about", "direction")
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
        self._tokens.labels("read").inc(report.tokens_read)
        self._tokens.labels("written").inc(report.tokens_written)
        self._sentences.labels("kept").inc(report.kept)
        self._sentences.labels("dropped").inc(report.dropped)
        self._marks_dropped.inc(report.marks_dropped)
        for check, times in report.failed.items():
            self._failed.labels(check).inc(times)
