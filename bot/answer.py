"""An answer: its text, its citations, which are slices of documents, and its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.i18n import Language
from corpus import Document
from index import Hit

Outcome = Literal["answered", "absent", "about"]

EXTRACTED = "原文摘录"
GENERATED = "人工智能生成"
ABSENT = {
    "zh": "资料中没有找到能回答这个问题的内容。",
    "en": "The documents do not answer this question.",
}

CITED_AT_MOST = 4
"""Most citations of an extracted answer."""

TEXT_LIMIT = 400
"""Most characters of an extracted answer, marks included."""

MARK_SIZE = 3
"""Characters of a citation mark such as [1]."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of a document, in characters, end exclusive. The quote is a slice, so never wrong."""

    document: Document
    start: int
    end: int

    @property
    def quote(self) -> str:
        """document.text[start:end]."""
        return self.document.text[self.start : self.end]

    @property
    def section(self) -> str:
        """The heading of the section that the span begins in, or empty."""
        section = self.document.section_at(self.start)
        return section.heading if section else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. Only an `answered` one has citations, at least one.

    `short_answer` is a slice of a quote, or None. `milliseconds` maps "total" and each stage that
    took place ("understand", "retrieve", "read", "decide") to the time spent. `confidence` (0 to 1)
    orders answers by how likely they are right; it is not shown. `language` is that of the
    question.
    """

    question: str
    outcome: Outcome
    text: str
    hits: tuple[Hit, ...] = ()
    citations: tuple[Citation, ...] = ()
    short_answer: str | None = None
    reader: str = "rules"
    notices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    index: Mapping[str, Any] = field(default_factory=dict)
    confidence: float = 0.0
    language: Language = "zh"

    def __post_init__(self) -> None:
        if (self.outcome == "answered") != bool(self.citations):
            raise ValueError(f"{self.outcome} with {len(self.citations)} citations")

    def as_json(self) -> dict[str, Any]:
        """The answer object of docs/api.md, ready for json.dumps."""
        generated = self.reader == "llm"
        return {
            "question": self.question,
            "outcome": self.outcome,
            "answered": self.outcome == "answered",
            "text": self.text,
            "short_answer": self.short_answer,
            "citations": [_citation_json(n, c) for n, c in enumerate(self.citations, 1)],
            "hits": [hit_json(hit) for hit in self.hits],
            "reader": self.reader,
            "label": GENERATED if generated else EXTRACTED,
            "ai_generated": generated,
            "notices": list(self.notices),
            "suggestions": list(self.suggestions),
            "milliseconds": dict(self.milliseconds),
            "index": dict(self.index),
        }


def extracted_text(citations: tuple[Citation, ...]) -> str:
    """The quotes in order, each followed by its citation mark: 「……。[1]……。[2]」."""
    return "".join(f"{citation.quote}[{n}]" for n, citation in enumerate(citations, 1))


def _citation_json(n: int, citation: Citation) -> dict[str, Any]:
    document = citation.document
    return {
        "n": n,
        "doc_id": document.doc_id,
        "title": document.title,
        "section": citation.section,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """The JSON form of a hit; its text is a slice of the document."""
    passage, score = hit
    return {
        "passage_id": passage.passage_id,
        "doc_id": passage.document.doc_id,
        "title": passage.document.title,
        "section": passage.heading,
        "start": passage.start,
        "end": passage.end,
        "score": round(score, 6),
        "text": passage.text,
    }
