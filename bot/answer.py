"""What the bot says: an answer, and its citations, which are slices of documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bot.i18n import Language
from corpus import Document
from index import Hit

Outcome = Literal["answered", "absent", "about"]
ReaderName = Literal["rules", "neural", "llm"]
Label = Literal["原文摘录", "人工智能生成"]

EXTRACTED: Final = "原文摘录"
GENERATED: Final = "人工智能生成"
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
    reader: ReaderName = "rules"
    notices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    index: Mapping[str, Any] = field(default_factory=dict)
    confidence: float = 0.0
    language: Language = "zh"

    def __post_init__(self) -> None:
        if (self.outcome == "answered") != bool(self.citations):
            raise ValueError(f"{self.outcome} with {len(self.citations)} citations")

    @property
    def ai_generated(self) -> bool:
        """Whether a language model wrote the text."""
        return self.reader == "llm"

    @property
    def label(self) -> Label:
        """What the text is, quoted or generated; it goes wherever the text goes."""
        return GENERATED if self.ai_generated else EXTRACTED


def extracted_text(citations: tuple[Citation, ...]) -> str:
    """The quotes in order, each followed by its mark: 「……。[1]……。[2]」."""
    return "".join(f"{c.quote}[{n}]" for n, c in enumerate(citations, 1))
